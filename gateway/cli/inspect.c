/* inspect.c - `vidimus inspect`: every layer, decoded and named, without trusting anything. */
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 64 << 20 };

static const struct option_row rows[] = { { "--config", true, false }, { "--json", false, false },
	{ "--core", false, false }, { 0 } };

/* DEL and the controls of C1 stand in strings only, and must not reach a terminal as they are. */
static int
print_tame(const char *text, size_t n, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)text[i], next = i + 1 < n ? (uint8_t)text[i + 1] : 0;
		bool c1 = c == 0xc2 && next >= 0x80 && next <= 0x9f;
		if (c1 || c == 0x7f)
			printf("\\u%04x", c1 ? (unsigned)next : (unsigned)c);
		else
			putchar(c);
		i += c1;
	}
	return 0;
}

/* The same JSON, indented. */
static int
print_indented(struct span json)
{
	json_t *root = json_loadb(
		(const char *)json.ptr, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (!root)
		return EXIT_FAULT;
	json_dump_callback(root, print_tame, NULL, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
	return 0;
}

static int
inspect_one(struct session *s, struct span in, bool json)
{
	struct report report;
	struct work w = session_work(s, &report);
	struct verify v = { .input = in, .policy = &s->policy, .core = s->core };
	struct arena *a = arena_new(ANSWER_MAX);
	int r = EXIT_FAULT;

	struct buf b = a ? buf_in(a, ANSWER_MAX) : (struct buf){ .error = -ENOMEM };
	bool link = link_looks_like(span_trim(in));

	if (a && (link ? render_link_inspect(&b, &w, in) : engine_inspect(&w, &v)) == 0) {
		if (!link)
			render_inspect(&b, &w, &v);
		struct span out = buf_span(&b);
		if (out.ptr && json)
			r = printf("%.*s\n", (int)out.len, (const char *)out.ptr) > 0 ? 0
										      : EXIT_FAULT;
		else if (out.ptr)
			r = print_indented(out);
	}
	arena_free(a);
	if (r != 0)
		return r;
	return report.checks[link ? CHECK_FORMAT : CHECK_DECODE].status == STATUS_PASS
		       ? EXIT_SUCCESS
		       : EXIT_UNREADABLE;
}

static int
inspect_file(struct session *s, const char *path, bool json)
{
	size_t max = s->config.limits.input_document;
	struct arena *a = arena_new(4 * max + 65536);
	struct span in;
	int r = a ? load_head(a, path, max + 1, &in) : -ENOMEM;

	if (r == 0) {
		r = inspect_one(s, in, json);
	} else {
		fprintf(stderr, "vidimus inspect: %s: %s\n", path, load_error(r));
		r = r == -ENOMEM ? EXIT_FAULT : EXIT_UNREADABLE;
	}
	arena_free(a);
	return r;
}

int
cli_inspect(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0)
		r = session_configure(&s, option_value(&o, "--config"));
	s.core = r == 0 && option_value(&o, "--core") != NULL;
	bool json = r == 0 && option_value(&o, "--json") != NULL;
	if (r == 0 && o.operand_count == 0)
		r = inspect_file(&s, "-", json);
	for (size_t i = 0; r == 0 && i < o.operand_count; i++)
		r = inspect_file(&s, o.operands[i], json);
	session_close(&s);
	return r;
}
