/* verify.c - `vidimus verify`: files, standard input or a line at a time, against the configured anchors. */
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 16 << 20 };

static const struct option_row rows[] = {
	{ "--config", true, false },
	{ "--trust", true, true },
	{ "--pin", true, true },
	{ "--env", true, false },
	{ "--policy", true, false },
	{ "--at", true, false },
	{ "--json", false, false },
	{ "--core", false, false },
	{ "--ndjson", false, false },
	{ "--fetch", false, false },
	{ "--passcode", true, false },
	{ "--recipient", true, false },
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
no_memory(const char *what)
{
	fprintf(stderr, "vidimus verify: there is no memory %s\n", what);
	return EXIT_FAULT;
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

static void
print_link(const struct work *w, const struct link_verify *v)
{
	struct buf b = buf_in(w->arena, ANSWER_MAX);

	render_link(&b, w, v);
	buf_char(&b, '\n');
	if (!b.error)
		fwrite(b.ptr, 1, b.len, stdout);
}

/* A health link with everything that it leads to: the worst of all counts. */
static int
verify_link(struct session *s, struct span in, enum form form)
{
	static const int codes[] = { [VERDICT_VERIFIED] = EXIT_VERIFIED,
		[VERDICT_INDETERMINATE] = EXIT_INDETERMINATE,
		[VERDICT_REJECTED] = EXIT_REJECTED };
	struct link_ask q = { .arena = arena_new(s->config.limits.link_memory),
		.input = in,
		.passcode = s->passcode,
		.recipient = s->recipient,
		.show = form == FORM_PEOPLE ? show_link : print_link };
	int r = q.arena ? session_link(s, &q) : -ENOMEM;

	if (r == 0)
		r = codes[q.verify->verdict];
	else
		r = no_memory("for this link");
	arena_free(q.arena);
	return r;
}

static int
verify_one(struct session *s, struct span in, const char *name, enum form form)
{
	struct report report;
	struct work w;
	struct verify v = { .input = in, .trust = s->trust, .policy = &s->policy, .core = s->core };

	if (link_looks_like(span_trim(in)))
		return verify_link(s, in, form);
	if (session_verify(s, &report, &w, &v) != 0)
		return no_memory("for this certificate");
	if (engine_leads(&v))
		return verify_link(s, in, form);
	if (form == FORM_PEOPLE)
		show_report(&w, &v, name);
	else if (print_json(s, &w, &v) != 0)
		return EXIT_FAULT;
	return exit_code(&report);
}

/* What stands in front of a verdict: nothing for a single one. */
static const char *
label(struct arena *a, const char *path, bool many, size_t index, size_t count)
{
	struct buf b = buf_in(a, 8192);

	if (count <= 1)
		return many ? path : NULL;
	buf_str(&b, path);
	buf_str(&b, " #");
	buf_uint(&b, index + 1);
	buf_char(&b, '\0');
	return b.error ? path : (const char *)b.ptr;
}

struct request {
	const char *path;
	bool many; /* paths */
	enum form form;
};

/* One certificate, or several: each has a report and a verdict of its own. */
static int
verify_entries(struct session *s, struct arena *a, struct span in, const struct request *q)
{
	struct report report;
	struct work w = { a, &report, &s->config.limits, s->kit, s->now };
	struct span *entries;
	size_t count;
	int worst = EXIT_VERIFIED;

	report_begin(&report, a);
	if (engine_split(&w, in, &entries, &count) != 0)
		return EXIT_FAULT;
	for (size_t i = 0; i < count; i++)
		worst = worse(worst,
			verify_one(s, entries[i], label(a, q->path, q->many, i, count), q->form));
	return worst;
}

/* A byte more than is allowed is read, so that the report can say so. */
static int
verify_file(struct session *s, const struct request *q)
{
	size_t max = s->config.limits.input_document;
	struct arena *a = arena_new(s->config.limits.memory + 4 * max);
	struct span in;
	int r = a ? load_head(a, q->path, max + 1, &in) : -ENOMEM;

	if (r == 0) {
		r = verify_entries(s, a, in, q);
	} else {
		fprintf(stderr, "vidimus verify: %s: %s\n", q->path, load_error(r));
		r = r == -ENOMEM ? EXIT_FAULT : EXIT_UNREADABLE;
	}
	arena_free(a);
	return r;
}

/* A line of standard input, of which no more than max bytes are kept.  false: there is none. */
static bool
read_line(char *line, size_t max, struct span *out)
{
	size_t n = 0;
	int c;

	while ((c = getc_unlocked(stdin)) != EOF && c != '\n')
		if (n < max)
			line[n++] = (char)c;
	*out = span_trim((struct span){ (uint8_t *)line, n });
	return c != EOF || n > 0;
}

/* A line may be the certificate itself or a JSON string of it. */
static int
verify_line(struct session *s, struct span line)
{
	json_t *quoted = line.ptr[0] == '"' ? json_loadb((const char *)line.ptr, line.len,
						      JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
					    : NULL;

	if (quoted)
		line = (struct span){ (const uint8_t *)json_string_value(quoted),
			json_string_length(quoted) };
	int r = verify_one(s, line, NULL, FORM_JSON);
	json_decref(quoted);
	return r;
}

/* One certificate a line in, one report a line out, whatever the line holds.  Lines may come for days, and each is
 * judged as of its own time. */
static int
verify_lines(struct session *s)
{
	size_t max = s->config.limits.input_document + 1;
	char *line = malloc(max);
	struct span text;
	int worst = EXIT_VERIFIED;

	if (!line)
		return EXIT_FAULT;
	while (read_line(line, max, &text)) {
		if (!s->now_given)
			s->now = clock_now();
		if (text.len > 0)
			worst = worse(worst, verify_line(s, text));
		fflush(stdout);
	}
	free(line);
	return worst;
}

static int
run(struct session *s, const struct options *o)
{
	struct request q = { "-", o->operand_count > 1,
		s->core || option_value(o, "--json") ? FORM_JSON : FORM_PEOPLE };
	int worst = EXIT_VERIFIED;

	if (option_value(o, "--ndjson"))
		return o->operand_count == 0
			       ? verify_lines(s)
			       : usage("verify", "--ndjson reads standard input only", NULL);
	if (o->operand_count == 0)
		return verify_file(s, &q);
	for (size_t i = 0; i < o->operand_count; i++) {
		q.path = o->operands[i];
		worst = worse(worst, verify_file(s, &q));
	}
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
		r = session_fetch(&s, &o);
	if (r == 0) {
		s.core = option_value(&o, "--core") != NULL;
		s.passcode = span_of(option_value(&o, "--passcode"));
		s.recipient = span_of(option_value(&o, "--recipient"));
		r = run(&s, &o);
	}
	session_close(&s);
	return r;
}
