/* test_compact.c - documents in the words of a context; and datasets as documents. */
#include "codecs/base/buf.h"
#include "codecs/jsonld/nquads.h"
#include "tests/aid/oom.h"
#include "tests/jsonld/aid_jsonld.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define V "http://v.example/"

static const char *
as_text(struct aid_work *w, const struct ld *v)
{
	struct buf b = buf_in(w->arena, 65536);

	ld_to_json(&b, v);
	buf_char(&b, 0);
	assert_int_equal(b.error, 0);
	for (size_t i = 0; i < b.len; i++)
		if (b.ptr[i] == '"')
			b.ptr[i] = '\'';
	return (const char *)b.ptr;
}

struct row {
	const char *context, *in, *out;
};

static const struct row rows[] = {
	{ "{'n':'" V "name'}", "{'@id':'urn:x:1','" V "name':'a'}",
		"{'@context':{'n':'" V "name'},'@id':'urn:x:1','n':'a'}" },
	{ "{'v':'" V "'}", "{'" V "name':['a','b']}",
		"{'@context':{'v':'" V "'},'v:name':['a','b']}" },
	{ "{'@vocab':'" V "','type':'@type'}",
		"{'@type':'" V "T','" V "p':{'@value':'1','@type':'" V "D'}}",
		"{'@context':{'@vocab':'" V "','type':'@type'},"
		"'p':{'@value':'1','type':'D'},'type':'T'}" },
	{ "{'t':{'@id':'" V "t','@type':'" V "D'},'u':'" V "t'}",
		"{'" V "t':[{'@value':'1','@type':'" V "D'},{'@value':'2'}]}",
		"{'@context':{'t':{'@id':'" V "t','@type':'" V "D'},'u':'" V
		"t'},'t':'1','u':'2'}" },
	{ "{'l':{'@id':'" V "l','@container':'@list'}}", "{'" V "l':{'@list':[1,{'@list':[]}]}}",
		"{'@context':{'l':{'@id':'" V "l','@container':'@list'}},'l':[1,[]]}" },
	{ "{'m':{'@id':'" V "m','@container':'@language'}}",
		"{'" V "m':[{'@value':'a','@language':'de'},{'@value':'b','@language':'fr'}]}",
		"{'@context':{'m':{'@id':'" V
		"m','@container':'@language'}},'m':{'de':'a','fr':'b'}}" },
	{ "{'by':{'@id':'" V "p','@container':'@id'}}", "{'" V "p':{'@id':'urn:x:1','" V "q':1}}",
		"{'@context':{'by':{'@id':'" V "p','@container':'@id'}},'by':{'urn:x:1':{'" V
		"q':1}}}" },
	{ "{'of':{'@reverse':'" V "p'}}", "{'@id':'urn:a','@reverse':{'" V "p':{'@id':'urn:b'}}}",
		"{'@context':{'of':{'@reverse':'" V "p'}},'@id':'urn:a','of':{'@id':'urn:b'}}" },
	{ "{'n':'@nest','q':{'@id':'" V "q','@nest':'n'}}", "{'" V "q':1}",
		"{'@context':{'n':'@nest','q':{'@id':'" V "q','@nest':'n'}},'n':{'q':1}}" },
	{ "{}", "[{'@id':'urn:a','" V "p':1},{'@id':'urn:b','" V "p':2}]",
		"{'@graph':[{'@id':'urn:a','" V "p':1},{'@id':'urn:b','" V "p':2}]}" },
	{ "{'tag':'http://x.example/'}", "{'@id':'tag:y','" V "p':1}", "IRI confused with prefix" },
	{ "{'q':{'@id':'" V "q','@nest':'no'}}", "{'" V "q':1}", "invalid @nest value" },
};

static void
compacted(void **state)
{
	const struct jsonld_options o = aid_options(false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jsonld_outcome outcome = { JSONLD_FINE };
		struct ld *out = NULL;
		struct aid_work w;

		aid_begin(&w);
		assert_int_equal(jsonld_compact(&w.work, &o, aid_json(&w.work, rows[i].in),
					 aid_json(&w.work, rows[i].context), &outcome, &out),
			0);
		assert_string_equal(
			out ? as_text(&w, out) : jsonld_code_text(outcome.code), rows[i].out);
		assert_true((outcome.code != JSONLD_FINE) == report_failed(&w.report));
		aid_end(&w);
	}
}

static struct ld *
from_text(struct aid_work *w, const char *text, const struct jsonld_options *o,
	struct jsonld_outcome *outcome)
{
	struct rdf_dataset d = rdf_dataset_in(&w->work, true);
	struct ld *out = NULL;
	bool ok = false;

	assert_int_equal(nquads_read(&w->work, span_of(text), "nquads", &d, &ok), 0);
	assert_true(ok);
	assert_int_equal(jsonld_from_rdf(&w->work, o, &d, outcome, &out), 0);
	return out;
}

static void
from_rdf(void **state)
{
	static const struct {
		const char *in, *out;
	} quads[] = {
		{ "", "[]" },
		{ "<urn:a> <" V "p> \"x\"@en .\n<urn:a> <" RDF "type> <urn:T> .\n",
			"[{'@id':'urn:a','" V
			"p':[{'@value':'x','@language':'en'}],'@type':['urn:T']}]" },
		{ "<urn:a> <" V "p> _:l .\n_:l <" RDF "first> \"1\" .\n_:l <" RDF "rest> <" RDF
		  "nil> .\n",
			"[{'@id':'urn:a','" V "p':[{'@list':[{'@value':'1'}]}]}]" },
		/* used twice: no list */
		{ "<urn:a> <" V "p> _:l .\n<urn:b> <" V "p> _:l .\n_:l <" RDF
		  "first> \"1\" .\n_:l <" RDF "rest> <" RDF "nil> .\n",
			"[{'@id':'urn:a','" V "p':[{'@id':'_:l'}]},"
			"{'@id':'_:l','" RDF "first':[{'@value':'1'}],'" RDF
			"rest':[{'@list':[]}]},"
			"{'@id':'urn:b','" V "p':[{'@id':'_:l'}]}]" },
		{ "<urn:a> <" V "p> \"1\" <urn:g> .\n",
			"[{'@id':'urn:g','@graph':[{'@id':'urn:a','" V "p':[{'@value':'1'}]}]}]" },
		{ "<urn:a> <" V "p> \"[1, 2]\"^^<" RDF "JSON> .\n",
			"[{'@id':'urn:a','" V "p':[{'@value':[1,2],'@type':'@json'}]}]" },
		{ "<urn:a> <" V "p> \"[1\"^^<" RDF "JSON> .\n", "invalid JSON literal" },
	};
	const struct jsonld_options o = aid_options(false);

	(void)state;
	for (size_t i = 0; i < sizeof(quads) / sizeof(quads[0]); i++) {
		struct jsonld_outcome outcome = { JSONLD_FINE };
		struct aid_work w;
		struct ld *out;

		aid_begin(&w);
		out = from_text(&w, quads[i].in, &o, &outcome);
		assert_string_equal(
			out ? as_text(&w, out) : jsonld_code_text(outcome.code), quads[i].out);
		aid_end(&w);
	}
}

/* Numbers and truth values as JSON has them, where it has them. */
static void
native(void **state)
{
	static const struct {
		const char *lexical, *type, *out;
	} values[] = {
		{ "+01", XSD "integer", "{'@value':1}" },
		{ "-0", XSD "integer", "{'@value':0}" },
		{ "1.", XSD "integer", "{'@value':'1.','@type':'" XSD "integer'}" },
		{ "", XSD "integer", "{'@value':'','@type':'" XSD "integer'}" },
		{ ".5", XSD "double", "{'@value':0.5}" },
		{ "-1.E-1", XSD "double", "{'@value':-1.0e-1}" },
		{ "1E", XSD "double", "{'@value':'1E','@type':'" XSD "double'}" },
		{ "INF", XSD "double", "{'@value':'INF','@type':'" XSD "double'}" },
		{ "1", XSD "boolean", "{'@value':true}" },
		{ "no", XSD "boolean", "{'@value':'no','@type':'" XSD "boolean'}" },
		{ "1", XSD "byte", "{'@value':'1','@type':'" XSD "byte'}" },
	};
	struct jsonld_options o = aid_options(false);

	(void)state;
	o.native = true;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct jsonld_outcome outcome = { JSONLD_FINE };
		char line[256], want[256];
		struct aid_work w;

		aid_begin(&w);
		snprintf(line, sizeof(line), "<urn:a> <urn:p> \"%s\"^^<%s> .\n", values[i].lexical,
			values[i].type);
		snprintf(want, sizeof(want), "[{'@id':'urn:a','urn:p':[%s]}]", values[i].out);
		assert_string_equal(as_text(&w, from_text(&w, line, &o, &outcome)), want);
		assert_false(report_failed(&w.report));
		aid_end(&w);
	}
}

static int
compact_once(void *arg)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, NULL, 0 };
	const struct jsonld_options o = aid_options(false);
	const struct row *r = arg;
	struct ld *out = NULL;
	int rc = -ENOMEM;

	if (a) {
		const struct node *n, *c;

		report_begin(&report, a);
		n = aid_json(&w, r->in);
		c = n ? aid_json(&w, r->context) : NULL;
		rc = c ? jsonld_compact(&w, &o, n, c, NULL, &out) : -ENOMEM;
	}
	arena_free(a);
	return rc;
}

static void
memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row r = rows[i];

		assert_true(oom_each(compact_once, &r) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compacted),
		cmocka_unit_test(from_rdf),
		cmocka_unit_test(native),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
