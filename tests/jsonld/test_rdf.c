/* test_rdf.c - a dataset holds each quad once where asked to, grows, and stops at its limit. */
#include "codecs/jsonld/rdf.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct rdf_quad
quad(const char *s, const char *p, struct rdf_term o)
{
	return (struct rdf_quad){ rdf_blank(span_of(s)), rdf_iri(span_of(p)), o, { 0 } };
}

static struct span
number(struct arena *a, unsigned i)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", i);
	return arena_copy(a, span_of(text));
}

static size_t
added(struct aid_work *w, bool unique, unsigned count, unsigned different)
{
	struct rdf_dataset d = rdf_dataset_in(&w->work, unique);

	for (unsigned i = 0; i < count; i++) {
		struct rdf_term o = rdf_literal(number(w->arena, i % different), SPAN_NONE);
		struct rdf_quad q = quad("s", "http://p.example/", o);

		rdf_add(&d, &q);
	}
	assert_int_equal(d.error, 0);
	return d.count;
}

static void
repetitions(void **state)
{
	static const struct {
		unsigned count, different;
	} rows[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 33, 32 }, { 64, 33 }, { 4000, 1000 } };
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned least = rows[i].count < rows[i].different ? rows[i].count
								   : rows[i].different;

		aid_begin(&w);
		assert_int_equal(added(&w, true, rows[i].count, rows[i].different), least);
		assert_int_equal(added(&w, false, rows[i].count, rows[i].different), rows[i].count);
		aid_end(&w);
	}
}

/* Quads that differ in one thing alone are two. */
static void
differences(void **state)
{
	struct rdf_quad a = quad("s", "http://p.example/", rdf_iri(SPAN_LIT("http://o.example/")));
	struct rdf_quad rows[8] = { a, a, a, a, a, a, a, a };
	struct aid_work w;

	(void)state;
	rows[1].s.kind = RDF_IRI;
	rows[2].p.value = SPAN_LIT("http://p.example/2");
	rows[3].o.kind = RDF_LITERAL;
	rows[4].o = rdf_literal(a.o.value, SPAN_LIT("http://d.example/"));
	rows[5].o = rdf_literal(a.o.value, SPAN_NONE);
	rows[5].o.language = SPAN_LIT("en");
	rows[6].g = rdf_iri(SPAN_LIT("http://g.example/"));
	rows[7].g = rdf_blank(SPAN_LIT("http://g.example/"));
	aid_begin(&w);
	struct rdf_dataset d = rdf_dataset_in(&w.work, true);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 8; i++)
			rdf_add(&d, &rows[i]);
	assert_int_equal(d.count, 8);
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < 8; j++)
			assert_int_equal(rdf_quad_equal(&rows[i], &rows[j]), i == j);
	aid_end(&w);
}

static void
default_types(void **state)
{
	struct rdf_term o = rdf_literal(SPAN_LIT("x"), SPAN_LIT(XSD "string"));
	struct rdf_quad typed = quad("s", "http://p.example/", o), plain = typed, tagged = typed;
	struct aid_work w;

	(void)state;
	plain.o.datatype = SPAN_NONE;
	tagged.o.language = SPAN_LIT("en");
	tagged.o.datatype = SPAN_LIT(RDF "langString");
	aid_begin(&w);
	struct rdf_dataset d = rdf_dataset_in(&w.work, true);
	rdf_add(&d, &typed);
	rdf_add(&d, &plain);
	assert_int_equal(d.count, 1);
	rdf_add(&d, &tagged);
	assert_int_equal(d.count, 2);
	assert_int_equal(d.quads[1].o.datatype.len, 0);
	aid_end(&w);
}

static void
limit(void **state)
{
	struct aid_work w;
	struct check *c = &w.report.checks[CHECK_FORMAT];

	(void)state;
	aid_begin(&w);
	w.limits.rdf_quads = 40;
	assert_int_equal(added(&w, true, 80, 40), 40);
	assert_false(report_failed(&w.report));
	assert_int_equal(added(&w, true, 41, 41), 40);
	assert_int_equal(c->reason, REASON_INPUT_TOO_LARGE);
	assert_string_equal(c->limit, "rdf.quads");
	aid_end(&w);
}

static void
spent_arena(void **state)
{
	struct rdf_quad q = quad("s", "http://p.example/", rdf_blank(SPAN_LIT("o")));
	size_t failures = 0;

	(void)state;
	for (size_t budget = 0; budget < 12000; budget += 16) {
		struct aid_work w;
		struct arena *small = arena_new(budget);

		aid_begin(&w);
		w.work.arena = small;
		struct rdf_dataset d = rdf_dataset_in(&w.work, true);
		rdf_add(&d, &q);
		failures += d.error != 0;
		assert_int_equal(d.count, d.error == 0);
		arena_free(small);
		aid_end(&w);
	}
	assert_in_range(failures, 1, 749);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions),
		cmocka_unit_test(differences),
		cmocka_unit_test(default_types),
		cmocka_unit_test(limit),
		cmocka_unit_test(spent_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
