/* test_canon.c - canonical names: the same for every way of writing a dataset, others for another; and limits hold. */
#include "codecs/jsonld/canon.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

static const struct canon_rules sha256 = { DIGEST_SHA256, NQUADS_CANONICAL };

/* An edge i -> k under predicate p for every pair that `joined` says. */
struct graph {
	unsigned nodes;
	bool (*joined)(unsigned i, unsigned k);
};

static bool
clique(unsigned i, unsigned k)
{
	return i != k;
}

static bool
ring(unsigned i, unsigned k)
{
	return k == (i + 1) % 6;
}

static bool
star(unsigned i, unsigned k)
{
	return i == 0 && k > 0;
}

static bool
two_rings(unsigned i, unsigned k)
{
	return i / 3 == k / 3 && k % 3 == (i + 1) % 3;
}

/* Labels and the order of quads depend on the seed alone. */
static struct span
graph_text(struct arena *a, const struct graph *g, unsigned seed)
{
	struct buf b = buf_in(a, 1 << 20);

	for (unsigned n = 0; n < g->nodes * g->nodes; n++) {
		unsigned m = (n + seed * 7) % (g->nodes * g->nodes);
		unsigned i = m / g->nodes, k = m % g->nodes;

		if (!g->joined(i, k))
			continue;
		buf_str(&b, "_:x");
		buf_uint(&b, (i + seed) % g->nodes);
		buf_str(&b, " <http://p.example/> _:x");
		buf_uint(&b, (k + seed) % g->nodes);
		buf_str(&b, " .\n");
	}
	return buf_span(&b);
}

static bool
canonical(struct aid_work *w, struct span in, struct canon_rules rules, struct canon *out)
{
	struct rdf_dataset d = rdf_dataset_in(&w->work, true);
	bool ok = false;

	assert_int_equal(nquads_read(&w->work, in, "nquads", &d, &ok), 0);
	assert_true(ok);
	assert_int_equal(canon_dataset(&w->work, &d, rules, out, &ok), 0);
	return ok;
}

static void
same_however_written(void **state)
{
	static const struct graph graphs[] = { { 4, clique }, { 6, ring }, { 7, star },
		{ 6, two_rings }, { 1, ring } };
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(graphs) / sizeof(graphs[0]); i++) {
		struct canon first, other;

		aid_begin(&w);
		assert_true(canonical(&w, graph_text(w.arena, &graphs[i], 0), sha256, &first));
		for (unsigned seed = 1; seed < graphs[i].nodes; seed++) {
			struct span text = graph_text(w.arena, &graphs[i], seed);

			assert_true(canonical(&w, text, sha256, &other));
			assert_true(span_eq(first.text, other.text));
		}
		assert_int_equal(first.name_count, first.text.len ? graphs[i].nodes : 0);
		aid_end(&w);
	}
}

static void
different(void **state)
{
	static const struct graph one = { 6, ring }, two = { 6, two_rings };
	struct canon a, b;
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(canonical(&w, graph_text(w.arena, &one, 0), sha256, &a));
	assert_true(canonical(&w, graph_text(w.arena, &two, 0), sha256, &b));
	assert_int_equal(a.line_count, b.line_count);
	assert_false(span_eq(a.text, b.text));
	aid_end(&w);
}

/* Worked out by hand: without blank nodes canonicalising is sorting; names follow the first hashes. */
static void
plain(void **state)
{
	struct canon c;
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(canonical(&w, SPAN_NONE, sha256, &c));
	assert_int_equal(c.text.len, 0);
	assert_true(canonical(
		&w, SPAN_LIT("<b:b> <p:p> \"\\t\" <g:g> .\n<a:a> <p:p> <o:o> .\n"), sha256, &c));
	assert_true(span_is(c.text, "<a:a> <p:p> <o:o> .\n<b:b> <p:p> \"\\t\" <g:g> .\n"));
	assert_int_equal(c.line_count, 2);
	assert_true(span_is(c.lines[0], "<a:a> <p:p> <o:o> .\n"));
	assert_true(canonical(&w, SPAN_LIT("_:me <p:p> _:me _:me .\n"), sha256, &c));
	assert_true(span_is(c.text, "_:c14n0 <p:p> _:c14n0 _:c14n0 .\n"));
	assert_true(span_is(c.names[0].from, "me") && span_is(c.names[0].to, "c14n0"));
	aid_end(&w);
}

/* The digest decides the order of names, the style what is written and hashed. */
static void
rules(void **state)
{
	static const char text[] = "_:a <p:p> \"1\" .\n_:b <p:p> \"2\" .\n_:c <p:p> \"3\\t\" .\n"
				   "_:d <p:p> \"4\" .\n";
	struct canon_rules longer = { DIGEST_SHA384, NQUADS_CANONICAL };
	struct canon_rules older = { DIGEST_SHA256, NQUADS_LEGACY };
	struct canon a, b, c;
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(canonical(&w, span_of(text), sha256, &a));
	assert_true(canonical(&w, span_of(text), longer, &b));
	assert_true(canonical(&w, span_of(text), older, &c));
	assert_false(span_eq(a.text, b.text));
	assert_ptr_not_equal(memchr(c.text.ptr, '\t', c.text.len), NULL);
	assert_ptr_equal(memchr(a.text.ptr, '\t', a.text.len), NULL);
	aid_end(&w);
}

static void
limits(void **state)
{
	static const struct {
		struct graph graph;
		const char *limit;
		size_t blanks, calls, paths;
	} rows[] = {
		{ { 10, clique }, "rdf.paths", 256, 20000, 20000 },
		{ { 10, clique }, "rdf.calls", 256, 2000, 400000 },
		{ { 10, clique }, "rdf.calls", 256, 50, 400000 },
		{ { 7, star }, "rdf.blanks", 6, 2000, 20000 },
		{ { 7, star }, NULL, 7, 2000, 20000 },
		{ { 100, star }, NULL, 256, 2000, 20000 },
	};
	struct canon c;
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct check *check = &w.report.checks[CHECK_FORMAT];

		aid_begin(&w);
		w.limits.rdf_blanks = rows[i].blanks;
		w.limits.rdf_calls = rows[i].calls;
		w.limits.rdf_paths = rows[i].paths;
		bool ok = canonical(&w, graph_text(w.arena, &rows[i].graph, 0), sha256, &c);
		assert_int_equal(ok, rows[i].limit == NULL);
		if (!ok) {
			assert_int_equal(check->reason, REASON_INPUT_TOO_LARGE);
			assert_string_equal(check->limit, rows[i].limit);
		}
		aid_end(&w);
	}
}

static void
unwritable(void **state)
{
	struct rdf_quad q = { rdf_iri(SPAN_LIT("a:b> <c:d")), rdf_iri(SPAN_LIT("p:p")),
		rdf_blank(SPAN_LIT("o")), { 0 } };
	struct canon c;
	struct aid_work w;
	bool ok = true;

	(void)state;
	aid_begin(&w);
	struct rdf_dataset d = rdf_dataset_in(&w.work, true);
	rdf_add(&d, &q);
	assert_int_equal(canon_dataset(&w.work, &d, sha256, &c, &ok), 0);
	assert_false(ok);
	assert_int_equal(w.report.checks[CHECK_FORMAT].reason, REASON_RDF_TERM);
	aid_end(&w);
}

struct once {
	struct work work;
	size_t budget;
	struct span text;
};

static int
canon_once(void *arg)
{
	const struct once *o = arg;
	struct work w = o->work;
	struct canon c;
	struct report report;
	bool ok = false;
	int r = -ENOMEM;

	w.arena = arena_new(o->budget);
	w.report = &report;
	if (w.arena) {
		struct rdf_dataset d = rdf_dataset_in(&w, true);

		report_begin(&report, w.arena);
		r = nquads_read(&w, o->text, "nquads", &d, &ok);
		if (r == 0 && ok)
			r = canon_dataset(&w, &d, sha256, &c, &ok);
	}
	arena_free(w.arena);
	return r;
}

static void
without_memory(void **state)
{
	static const struct graph g = { 4, clique };
	struct aid_work w;
	size_t spent = 0;

	(void)state;
	aid_begin(&w);
	struct once o = { w.work, 1 << 20, graph_text(w.arena, &g, 0) };
	assert_true(oom_each(canon_once, &o) > 0);
	for (o.budget = 0; o.budget < 40000; o.budget += 64)
		spent += canon_once(&o) == -ENOBUFS;
	assert_in_range(spent, 20, 624);
	aid_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_however_written),
		cmocka_unit_test(different),
		cmocka_unit_test(plain),
		cmocka_unit_test(rules),
		cmocka_unit_test(limits),
		cmocka_unit_test(unwritable),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("canon", tests, NULL, NULL);
}
