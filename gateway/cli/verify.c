/* verify.c - `vidimus verify`: files, standard input or a line at a time, against the configured anchors. */
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 16 << 20 };

static const struct option_row rows[] = {
	{ "--config", true, false },
	{ "--trust", true, true },
	{ "--env", true, false },
	{ "--policy", true, false },
	{ "--at", true, false },
	{ "--json", false, false },
	{ "--ndjson", false, false },
	{ 0 },
};

enum form { FORM_PEOPLE, FORM_JSON };

/* The worst of several: what could not be read weighs most. */
static int
worse(int a, int b)
{
	static const int rank[] = { [EXIT_VERIFIED] = 0,
		[EXIT_REJECTED] = 2,
		[EXIT_INDETERMINATE] = 1,
		[EXIT_UNREADABLE] = 3 };

	if (a > EXIT_UNREADABLE || b > EXIT_UNREADABLE)
		return a > b ? a : b;
	return rank[a] >= rank[b] ? a : b;
}

static int
exit_code(const struct report *r)
{
	bool readable = r->checks[CHECK_FORMAT].status == STATUS_PASS &&
			r->checks[CHECK_DECODE].status == STATUS_PASS;

	switch (report_verdict(r)) {
	case VERDICT_VERIFIED:
		return EXIT_VERIFIED;
	case VERDICT_INDETERMINATE:
		return EXIT_INDETERMINATE;
	case VERDICT_REJECTED:
		break;
	}
	return readable ? EXIT_REJECTED : EXIT_UNREADABLE;
}

static int
print_json(struct session *s, const struct work *w, const struct verify *v)
{
	struct arena *a = arena_new(ANSWER_MAX);
	struct buf b = a ? buf_in(a, ANSWER_MAX) : (struct buf){ .error = -1 };

	(void)s;
	if (a)
		render_report(&b, w, v);
	if (!b.error) {
		buf_char(&b, '\n');
		fwrite(b.ptr, 1, b.len, stdout);
	}
	int r = b.error ? EXIT_FAULT : 0;
	arena_free(a);
	return r;
}

static int
verify_one(struct session *s, struct span in, const char *name, enum form form)
{
	struct report report;
	struct work w = session_work(s, &report);
	struct verify v = { .input = in, .trust = s->trust, .policy = &s->policy };

	if (engine_verify(&w, &v) != 0) {
		fputs("vidimus verify: there is no memory for this certificate\n", stderr);
		return EXIT_FAULT;
	}
	if (form == FORM_PEOPLE)
		show_report(&w, &v, name);
	else if (print_json(s, &w, &v) != 0)
		return EXIT_FAULT;
	return exit_code(&report);
}

/* A file may hold several certificates: each has a report and a verdict of its own. */
static int
verify_file(struct session *s, const char *path, bool many, enum form form)
{
	struct span in, *entries;
	size_t count;
	struct report report;
	int r = load_file(s->arena, path, s->config.limits.input_document, &in);

	if (r != 0) {
		fprintf(stderr, "vidimus verify: %s: %s\n", path, strerror(-r));
		return EXIT_UNREADABLE;
	}
	struct work split = { s->arena, &report, &s->config.limits, s->kit, s->now };
	report_begin(&report, s->arena);
	if (engine_split(&split, in, &entries, &count) != 0)
		return EXIT_FAULT;
	int worst = EXIT_VERIFIED;
	for (size_t i = 0; i < count; i++)
		worst = worse(
			worst, verify_one(s, entries[i], many || count > 1 ? path : NULL, form));
	return worst;
}

/* One certificate a line in, one report a line out, whatever the line holds. */
static int
verify_lines(struct session *s)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int worst = EXIT_VERIFIED;

	while ((n = getline(&line, &room, stdin)) > 0) {
		struct span text = span_trim((struct span){ (uint8_t *)line, (size_t)n });
		if (text.len > 0)
			worst = worse(worst, verify_one(s, text, NULL, FORM_JSON));
		fflush(stdout);
	}
	free(line);
	return worst;
}

static int
run(struct session *s, const struct options *o)
{
	enum form form = option_value(o, "--json") ? FORM_JSON : FORM_PEOPLE;
	int worst = EXIT_VERIFIED;

	if (option_value(o, "--ndjson"))
		return o->operand_count == 0
			       ? verify_lines(s)
			       : usage("verify", "--ndjson reads standard input only", NULL);
	if (o->operand_count == 0)
		return verify_file(s, "-", false, form);
	for (size_t i = 0; i < o->operand_count; i++)
		worst = worse(worst, verify_file(s, o->operands[i], o->operand_count > 1, form));
	return worst;
}

int
cli_verify(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0)
		r = session_from_options(&s, &o, "verify");
	if (r == 0)
		r = run(&s, &o);
	session_close(&s);
	return r;
}
