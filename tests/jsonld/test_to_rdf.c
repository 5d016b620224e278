/* test_to_rdf.c - the statements that documents make, and their nodes side by side. */
#include "codecs/base/buf.h"
#include "codecs/jsonld/canon.h"
#include "tests/aid/oom.h"
#include "tests/jsonld/aid_jsonld.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define A    "'@context':'http://c.example/a',"
#define V    "http://v.example/"
#define SELF "<urn:x:1> <" V

static const char *
statements(struct aid_work *w, const char *text, const struct jsonld_options *o)
{
	const struct node *n = aid_json(&w->work, text);
	struct rdf_dataset d = rdf_dataset_in(&w->work, true);
	struct canon c = { 0 };
	bool ok = false;

	assert_non_null(n);
	assert_int_equal(jsonld_to_rdf(&w->work, o, n, NULL, &d), 0);
	if (report_failed(&w->report))
		return reason_code(w->report.checks[w->report.running].reason);
	assert_int_equal(canon_dataset(&w->work, &d,
				 (struct canon_rules){ DIGEST_SHA256, NQUADS_LEGACY }, &c, &ok),
		0);
	assert_true(ok);
	return c.line_count ? (const char *)arena_copy(w->arena, c.text).ptr : "";
}

struct row {
	const char *in, *out;
};

static void
check_rows(const struct row *rows, size_t count, const struct jsonld_options *o)
{
	struct aid_work w;

	for (size_t i = 0; i < count; i++) {
		aid_begin(&w);
		assert_string_equal(statements(&w, rows[i].in, o), rows[i].out);
		aid_end(&w);
	}
}

#define NUMBER(text, lexical, type)                                   \
	{                                                             \
		"{'@id':'urn:x:1','" V "n':" text "}",                \
			SELF "n> \"" lexical "\"^^<" XSD type "> .\n" \
	}

static void
numbers(void **state)
{
	static const struct row rows[] = {
		NUMBER("0", "0", "integer"),
		NUMBER("-0.0", "0", "integer"),
		NUMBER("1.0", "1", "integer"),
		NUMBER("9007199254740993", "9007199254740992", "integer"),
		NUMBER("18446744073709551615", "18446744073709551616", "integer"),
		NUMBER("1e20", "100000000000000000000", "integer"),
		NUMBER("1e21", "1.0E21", "double"),
		NUMBER("0.1", "1.0E-1", "double"),
		NUMBER("-12.5", "-1.25E1", "double"),
		NUMBER("1e-7", "1.0E-7", "double"),
		NUMBER("0.30000000000000004", "3.0E-1", "double"),
		NUMBER("true", "true", "boolean"),
		NUMBER("{'@value':5,'@type':'" XSD "double'}", "5.0E0", "double"),
		NUMBER("{'@value':5,'@type':'" XSD "byte'}", "5", "byte"),
		NUMBER("{'@value':false,'@type':'" XSD "byte'}", "false", "byte"),
	};
	const struct jsonld_options o = aid_options(true);

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]), &o);
}

static void
forms(void **state)
{
	static const struct row rows[] = {
		{ "{" A "'id':'urn:x:1','type':'Person','name':'n'}",
			SELF "name> \"n\" .\n<urn:x:1> <" RDF "type> <" V "Person> .\n" },
		{ "{" A "'id':'urn:x:1','at':'now','name':{'@value':'n','@language':'en-GB'}}",
			SELF "at> \"now\"^^<" V "time> .\n" SELF "name> \"n\"@en-GB .\n" },
		{ "{" A "'id':'urn:x:1','knows':[{'name':'y'},{'name':'y'},'urn:x:1','urn:x:1']}",
			SELF "knows> <urn:x:1> .\n" SELF "knows> _:c14n0 .\n" SELF
			     "knows> _:c14n1 .\n"
			     "_:c14n0 <" V "name> \"y\" .\n_:c14n1 <" V "name> \"y\" .\n" },
		{ "{'@id':'urn:x:1','" V "l':{'@list':['a',{'@id':'_:z'}]}}",
			SELF "l> _:c14n2 .\n"
			     "_:c14n1 <" RDF "first> _:c14n0 .\n_:c14n1 <" RDF "rest> <" RDF
			     "nil> .\n_:c14n2 <" RDF "first> \"a\" .\n_:c14n2 <" RDF
			     "rest> _:c14n1 .\n" },
		{ "{'@id':'urn:x:1','" V "l':{'@list':[]}}", SELF "l> <" RDF "nil> .\n" },
		{ "{'@id':'urn:x:g','@graph':[{'@id':'urn:x:1','" V "p':'v'}],'" V "p':'w'}",
			SELF "p> \"v\" <urn:x:g> .\n<urn:x:g> <" V "p> \"w\" .\n" },
		{ "{'@id':'urn:x:2','@reverse':{'" V "p':{'@id':'urn:x:1'}}}",
			SELF "p> <urn:x:2> .\n" },
		{ "{'@id':'urn:x:1','@included':[{'@id':'urn:x:2','" V "p':{'@id':'urn:x:1'}}],'" V
		  "p':1}",
			SELF "p> \"1\"^^<" XSD "integer> .\n<urn:x:2> <" V "p> <urn:x:1> .\n" },
		{ "{'@context':{'j':{'@id':'" V
		  "j','@type':'@json'}},'@id':'urn:x:1','j':{'b':1.50,'a':[]}}",
			SELF "j> \"{\\\"a\\\":[],\\\"b\\\":1.5}\"^^<" RDF "JSON> .\n" },
	};
	const struct jsonld_options o = aid_options(true);

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]), &o);
}

/* Left out where it may be, refused where it matters. */
static void
drops(void **state)
{
	static const struct row rows[] = {
		{ "{'@id':'urn:x:1','" V "p':{'@value':'v','@type':'urn:a<b'}}", "" },
		{ "{'@id':'urn:x:1','" V "p':{'@id':'relative','" V "q':'lost'}}", "" },
		{ "{'@id':'urn:x:1','" V "p':{'@value':'v','@language':'a_b'}}", "" },
		{ "{'@id':'urn:x:1','_:p':{'@id':'urn:x:2','" V "q':'kept'}}",
			"<urn:x:2> <" V "q> \"kept\" .\n" },
		{ "{'@id':'urn:x:1','" V "p':{'@value':'v','@direction':'rtl'}}",
			SELF "p> \"v\" .\n" },
		{ "{'@id':'rel','@graph':[{'@id':'urn:x:1','" V "p':'v'}]}", "" },
	};
	struct jsonld_options o = aid_options(false);
	struct aid_work w;

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]), &o);
	o.safe = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aid_begin(&w);
		assert_string_equal(statements(&w, rows[i].in, &o), "jsonld.unsafe");
		aid_end(&w);
	}
}

/* Identifiers with blanks in them, as older processors signed them. */
static void
loose(void **state)
{
	static const struct row rows[] = {
		{ "{" A "'id':'did:Card Nr:*1','type':'Person'}",
			"<did:Card Nr:*1> <" RDF "type> <" V "Person> .\n" },
		{ "{" A "'id':'872550100V','type':'Person'}", "jsonld.unsafe" },
	};
	struct jsonld_options o = aid_options(true);

	(void)state;
	o.loose = true;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]), &o);
}

static void
flattened(void **state)
{
	const struct jsonld_options o = aid_options(false);
	struct aid_work w;
	struct ld *out = NULL;
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct buf b;

	(void)state;
	aid_begin(&w);
	b = buf_in(w.arena, 4096);
	assert_int_equal(
		jsonld_flatten(&w.work, &o,
			aid_json(&w.work, "{" A "'id':'_:x','knows':{'name':'n','id':'urn:x:2'},"
					  "'name':['n','n']}"),
			&outcome, &out),
		0);
	ld_to_json(&b, out);
	assert_true(span_is(buf_span(&b),
		"[{\"@id\":\"_:b0\",\"" V "knows\":[{\"@id\":\"urn:x:2\"}],\"" V
		"name\":[{\"@value\":\"n\"}]},{\"@id\":\"urn:x:2\",\"" V
		"name\":[{\"@value\":\"n\"}]}]"));
	out = NULL;
	assert_int_equal(jsonld_flatten(&w.work, &o,
				 aid_json(&w.work, "[{'@id':'urn:x:1','@index':'a'},"
						   "{'@id':'urn:x:1','@index':'b'}]"),
				 &outcome, &out),
		0);
	assert_null(out);
	assert_int_equal(outcome.code, JSONLD_CONFLICTING_INDEXES);
	aid_end(&w);
}

static void
limits(void **state)
{
	const struct jsonld_options o = aid_options(true);
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	w.limits.rdf_quads = 3;
	assert_string_equal(
		statements(&w, "{'@id':'urn:x:1','" V "p':[1,2,3,4]}", &o), "input.too_large");
	assert_string_equal(w.report.checks[w.report.running].limit, "rdf.quads");
	aid_end(&w);
}

static int
to_rdf_once(void *arg)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, NULL, 0 };
	const struct jsonld_options o = aid_options(true);
	int rc = -ENOMEM;

	if (a) {
		struct rdf_dataset d = rdf_dataset_in(&w, true);
		const struct node *n;

		report_begin(&report, a);
		n = aid_json(&w, arg);
		rc = n ? jsonld_to_rdf(&w, &o, n, NULL, &d) : -ENOMEM;
	}
	arena_free(a);
	return rc;
}

static void
memory(void **state)
{
	char text[] = "{" A
		      "'id':'_:a','knows':{'id':'_:b','name':['a',2.5,{'@list':['_:a',{}]}]}}";

	(void)state;
	assert_true(oom_each(to_rdf_once, text) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(forms),
		cmocka_unit_test(drops),
		cmocka_unit_test(loose),
		cmocka_unit_test(flattened),
		cmocka_unit_test(limits),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
