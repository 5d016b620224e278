/* test_nquads.c - N-Quads: what is read, what is refused and where, and the one form in which terms are written. */
#include "codecs/jsonld/nquads.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define S "<http://s.example/>"
#define P "<http://p.example/>"

/* Reads, then writes every quad; SPAN_NONE where it was refused. */
static struct span
again(struct aid_work *w, struct span in, enum nquads_style style)
{
	struct rdf_dataset d = rdf_dataset_in(&w->work, true);
	struct buf b = buf_in(w->arena, 65536);
	bool ok = false;

	assert_int_equal(nquads_read(&w->work, in, "nquads", &d, &ok), 0);
	assert_int_equal(ok, !report_failed(&w->report));
	buf_str(&b, ""); /* what is empty was read, too */
	for (size_t i = 0; i < d.count && ok; i++)
		nquads_quad(&b, &d.quads[i], style);
	return ok ? buf_span(&b) : SPAN_NONE;
}

static const struct {
	const char *in, *out; /* out NULL: as in */
} good[] = {
	{ "", NULL },
	{ "\n\r\n \t# nothing\n", "" },
	{ S " " P " " S " .\n", NULL },
	{ S P S ".", S " " P " " S " .\n" },
	{ S "\t" P "  _:b0 . # why\n", S " " P " _:b0 .\n" },
	{ "_:a " P " _:b.c _:g .\n", NULL },
	{ "_:a " P " _:b.\n", "_:a " P " _:b .\n" },
	{ "_:0:_- " P " _:\xc3\xa9\xc2\xb7 .\n", NULL },
	{ S " " P " \"\" .\n", NULL },
	{ S " " P " \"x\"@en-GB-1 " S " .\n", NULL },
	{ S " " P " \"x\"^^<http://d.example/> .\n", NULL },
	{ S " " P " \"x\"^^<" XSD "string> .\n", S " " P " \"x\" .\n" },
	{ S " " P " \"\\t\\b\\n\\r\\f\\\"\\'\\\\\" .\n",
		S " " P " \"\\t\\b\\n\\r\\f\\\"'\\\\\" .\n" },
	{ S " " P " \"\\u0000\\u001F\\U0000007F\\u00e9\\U0001F600\" .\n",
		S " " P " \"\\u0000\\u001F\\u007F\xc3\xa9\xf0\x9f\x98\x80\" .\n" },
	{ S " " P " \"a\tb\x7f\" .\n", S " " P " \"a\\tb\\u007F\" .\n" },
	{ "<http://\\u00e9.example/> " P " " S " .\n",
		"<http://\xc3\xa9.example/> " P " " S " .\n" },
	{ S " " P " " S " .\r\n" S " " P " " S " .\n", S " " P " " S " .\n" },
};

static void
reads(void **state)
{
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *want = good[i].out ? good[i].out : good[i].in;
		aid_begin(&w);
		struct span is = again(&w, span_of(good[i].in), NQUADS_CANONICAL);
		if (report_failed(&w.report) || !span_is(is, want))
			fail_msg("row %zu: %.*s", i, (int)is.len,
				is.ptr ? (const char *)is.ptr : "");
		aid_end(&w);
	}
}

static const struct {
	const char *in;
	size_t at;
} bad[] = {
	{ "x", 0 },
	{ S " " P " _:b0 # why\n", 45 },
	{ "<s> " P " " S " .", 0 },
	{ "<1a:s> " P " " S " .", 0 },
	{ "<a b:s> " P " " S " .", 2 },
	{ "<a:\\u0020> " P " " S " .", 0 },
	{ "<a:\\n> " P " " S " .", 4 },
	{ "<a:{> " P " " S " .", 3 },
	{ "<a:", 3 },
	{ "\"s\" " P " " S " .", 0 },
	{ S " _:p " S " .", 20 },
	{ S " " P " \"x\" \"g\" .", 44 },
	{ S " " P " \"x\"@ .", 44 },
	{ S " " P " \"x\"@en- .", 47 },
	{ S " " P " \"x\"@1 .", 44 },
	{ S " " P " \"x\"^<a:b> .", 44 },
	{ S " " P " \"x\"^^_:b .", 45 },
	{ S " " P " \"x\\a\" .", 43 },
	{ S " " P " \"\\uD800\" .", 47 },
	{ S " " P " \"\\U00110000\" .", 51 },
	{ S " " P " \"\\u12\" .", 45 },
	{ S " " P " \"a\nb\" .", 42 },
	{ S " " P " \"a", 42 },
	{ S " " P " " S, 59 },
	{ S " " P " " S " . " S, 62 },
	{ S " " P " _: .", 42 },
	{ S " " P " _:-a .", 42 },
	{ S " " P " _:a\n.", 43 },
	{ S " " P " _:\xe2\x80\xbf .", 42 },
	{ S " " P " \"\xff\" .", 41 },
};

static void
refuses(void **state)
{
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct check *c = &w.report.checks[CHECK_FORMAT];

		aid_begin(&w);
		struct span is = again(&w, span_of(bad[i].in), NQUADS_CANONICAL);
		if (is.ptr || c->reason != REASON_RDF_SYNTAX || c->at.offset != bad[i].at)
			fail_msg("row %zu: at %zu", i, c->at.offset);
		aid_end(&w);
	}
}

/* Every text cut short is refused or read without a fault of ours; NUL counts as a character. */
static void
cut(void **state)
{
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		for (size_t len = 0; len < strlen(good[i].in); len++) {
			char *exact = test_malloc(len + 1);

			memcpy(exact, good[i].in, len);
			exact[len] = '\0';
			aid_begin(&w);
			again(&w, (struct span){ (uint8_t *)exact, len + 1 }, NQUADS_LEGACY);
			assert_true(report_failed(&w.report) || strchr(exact, '#'));
			aid_end(&w);
			test_free(exact);
		}
}

static void
legacy_escapes(void **state)
{
	struct span in = SPAN_LIT(S " " P " \"\\t\\n\\r\\\"\\\\\\u007F\\u0001\" .\n");
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(
		span_is(again(&w, in, NQUADS_LEGACY), S " " P " \"\t\\n\\r\\\"\\\\\x7f\x01\" .\n"));
	aid_end(&w);
}

static void
writable(void **state)
{
	static const struct {
		enum rdf_kind kind;
		const char *value, *datatype, *language;
		bool canonical, legacy;
	} rows[] = {
		{ RDF_IRI, "did:a b", "", "", false, true },
		{ RDF_IRI, "a:b", "", "", true, true },
		{ RDF_IRI, "a:b> <c:d", "", "", false, false },
		{ RDF_IRI, "a:b\n", "", "", false, false },
		{ RDF_IRI, "", "", "", false, false },
		{ RDF_BLANK, "b 1", "", "", false, false },
		{ RDF_BLANK, "b1", "", "", true, true },
		{ RDF_LITERAL, "\" .\n", "", "", true, true },
		{ RDF_LITERAL, "x", "", "en .", false, false },
		{ RDF_LITERAL, "x", "a:>", "", false, false },
		{ RDF_NONE, "", "", "", true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rdf_term t = { rows[i].kind, span_of(rows[i].value),
			span_of(rows[i].datatype), span_of(rows[i].language) };

		assert_int_equal(nquads_writable(&t, NQUADS_CANONICAL), rows[i].canonical);
		assert_int_equal(nquads_writable(&t, NQUADS_LEGACY), rows[i].legacy);
	}
}

static void
many(void **state)
{
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	w.limits.rdf_quads = 1;
	again(&w, SPAN_LIT(S P "_:a .\n" S P "_:b .\n"), NQUADS_CANONICAL);
	assert_string_equal(w.report.checks[CHECK_FORMAT].limit, "rdf.quads");
	aid_end(&w);
}

static int
read_once(void *arg)
{
	struct work w = *(const struct work *)arg;
	struct arena *a = arena_new(1 << 20);
	int r = -ENOMEM;
	bool ok = false;

	w.arena = a;
	if (a) {
		struct rdf_dataset d = rdf_dataset_in(&w, true);

		r = nquads_read(&w, SPAN_LIT(S P "\"\\n\" ."), "nquads", &d, &ok);
	}
	arena_free(a);
	return r;
}

static void
without_memory(void **state)
{
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(oom_each(read_once, &w.work) > 0);
	aid_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(cut),
		cmocka_unit_test(legacy_escapes),
		cmocka_unit_test(writable),
		cmocka_unit_test(many),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("nquads", tests, NULL, NULL);
}
