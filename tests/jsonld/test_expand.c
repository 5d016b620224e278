/* test_expand.c - what documents expand to, which rule they break, and what a safe run does not let pass. */
#include "codecs/base/buf.h"
#include "tests/aid/oom.h"
#include "tests/jsonld/aid_jsonld.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define A "'@context':'http://c.example/a',"

/* "" where a fault was reported; the rest as JSON with ' for ". */
static const char *
expanded(struct aid_work *w, const char *text, bool safe, struct jsonld_outcome *outcome)
{
	const struct jsonld_options o = aid_options(safe);
	const struct node *n = aid_json(&w->work, text);
	struct buf b = buf_in(w->arena, 65536);
	struct ld *out = NULL;

	assert_non_null(n);
	assert_int_equal(jsonld_expand(&w->work, &o, n, outcome, &out), 0);
	if (!out)
		return "";
	ld_to_json(&b, out);
	buf_char(&b, 0);
	assert_int_equal(b.error, 0);
	for (size_t i = 0; i < b.len; i++)
		if (b.ptr[i] == '"')
			b.ptr[i] = '\'';
	return (const char *)b.ptr;
}

static void
forms(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "{" A "'id':'urn:x:1','name':'n'}",
			"[{'@id':'urn:x:1','http://v.example/name':[{'@value':'n'}]}]" },
		{ "{" A "'type':'Person','age':7}", "[{'http://v.example/age':[{'@value':7}],"
						    "'@type':['http://v.example/Person']}]" },
		{ "{" A "'type':'Person','knows':{'age':7,'name':'x'}}",
			"[{'http://v.example/knows':[{'http://v.example/name':[{'@value':'x'}]}],"
			"'@type':['http://v.example/Person']}]" },
		{ "{" A "'name':['a',null,['b']],'at':'now'}",
			"[{'http://v.example/name':[{'@value':'a'},{'@value':'b'}],"
			"'http://v.example/at':[{'@value':'now','@type':'http://v.example/"
			"time'}]}]" },
		{ "{'@context':['http://c.example/"
		  "a',{'deep':'@nest'}],'deep':[{'name':'a'},{'name':'b'}]}",
			"[{'http://v.example/name':[{'@value':'a'},{'@value':'b'}]}]" },
		{ "{'@context':{'@vocab':'http://v.example/"
		  "','l':{'@container':'@list'}},'l':[[1],[]]}",
			"[{'http://v.example/"
			"l':[{'@list':[{'@list':[{'@value':1}]},{'@list':[]}]}]}]" },
		{ "{'@context':{'j':{'@id':'http://v.example/"
		  "j','@type':'@json'}},'j':{'b':[1,null]}}",
			"[{'http://v.example/j':[{'@value':{'b':[1,null]},'@type':'@json'}]}]" },
		{ "[{" A "'unknown':1},{'@value':'free'}]", "[]" },
	};
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jsonld_outcome outcome = { JSONLD_FINE };

		aid_begin(&w);
		assert_string_equal(expanded(&w, rows[i].in, false, &outcome), rows[i].out);
		assert_int_equal(outcome.code, JSONLD_FINE);
		assert_false(report_failed(&w.report));
		aid_end(&w);
	}
}

struct fault_row {
	const char *in;
	bool safe;
	enum jsonld_code code;
	enum reason reason;
	const char *pointer;
};

static const struct fault_row fault_rows[] = {
	{ "{'@context':'http://c.example/unheard','a':1}", false,
		JSONLD_LOADING_REMOTE_CONTEXT_FAILED, REASON_JSONLD_CONTEXT_UNKNOWN, "/@context" },
	{ "{'a':{'@context':['http://c.example/a','http://c.example/none']}}", false, JSONLD_FINE,
		REASON_NONE, NULL },
	{ "{'@context':{'a':'http://v.example/a'},'a':{'@context':['http://c.example/none']}}",
		false, JSONLD_INVALID_REMOTE_CONTEXT, REASON_JSONLD_MALFORMED, "/a/@context/0" },
	{ "{'@context':['http://c.example/a',{'name':'http://v.example/other'}]}", false,
		JSONLD_PROTECTED_TERM_REDEFINITION, REASON_JSONLD_PROTECTED, "/@context/1/name" },
	{ "{'@context':['http://c.example/a',null]}", false, JSONLD_INVALID_CONTEXT_NULLIFICATION,
		REASON_JSONLD_PROTECTED, "/@context/1" },
	{ "{'@context':{'a':'b:c','b':'a:c'}}", false, JSONLD_CYCLIC_IRI_MAPPING,
		REASON_JSONLD_MALFORMED, "/@context/a" },
	{ "{'@context':{'p':{'@id':'http://v.example/p','@context':{'q':1}}}}", false,
		JSONLD_INVALID_SCOPED_CONTEXT, REASON_JSONLD_MALFORMED, "/@context/p/@context/q" },
	{ "{" A "'id':5}", false, JSONLD_INVALID_ID_VALUE, REASON_JSONLD_MALFORMED, "/id" },
	{ "{" A "'id':'urn:x','@id':'urn:y'}", false, JSONLD_COLLIDING_KEYWORDS,
		REASON_JSONLD_MALFORMED, "/@id" },
	{ "{'@context':'http://c.example/loop'}", false, JSONLD_FINE, REASON_INPUT_TOO_LARGE,
		"/@context" },
	/* what a signature would not cover */
	{ "{" A "'name':'n','unknown':1}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/unknown" },
	{ "{" A "'name':'n','knows':{'unknown':null}}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/knows/unknown" },
	{ "{" A "'name':'n','type':'Robot'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/type" },
	{ "{" A "'name':'n','type':['Person','Robot']}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/type/1" },
	{ "{" A "'name':'n','id':'872550100V'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/id" },
	{ "{" A "'name':'n','id':'did:x y:1'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/id" },
	{ "{" A "'name':'n','knows':'somebody'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/knows" },
	{ "{" A "'name':'n','@future':'x'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/@future" },
	{ "{" A "'name':'n','@vocab':'x'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/@vocab" },
	{ "{" A "'name':{'@value':null}}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/name" },
	{ "{" A "'name':{'@value':'x','@index':'i'}}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/name/@index" },
	{ "{" A "'name':{'@value':'x','@language':'a b'}}", true, JSONLD_UNSAFE,
		REASON_JSONLD_UNSAFE, "/name" },
	{ "{" A "'id':'urn:x:1'}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "" },
	{ "[{" A "'name':'n'},'loose']", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/1" },
	{ "{'@context':{'@vocab':'rel/'},'x':1}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/x" },
	{ "{" A "'name':'n','_:b':1}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE, "/_:b" },
	{ "{" A "'name':'n','http://v.example/a b':1}", true, JSONLD_UNSAFE, REASON_JSONLD_UNSAFE,
		"/http:~1~1v.example~1a b" },
	{ "{" A "'name':null,'type':'Person','age':[]}", true, JSONLD_FINE, REASON_NONE, NULL },
};

static void
faults(void **state)
{
	struct aid_work w;

	(void)state;
	for (size_t i = 0; i < sizeof(fault_rows) / sizeof(fault_rows[0]); i++) {
		const struct fault_row *r = &fault_rows[i];
		struct jsonld_outcome outcome = { JSONLD_FINE };
		const struct check *c;

		aid_begin(&w);
		(void)expanded(&w, r->in, r->safe, &outcome);
		c = &w.report.checks[w.report.running];
		if (c->reason != r->reason || outcome.code != r->code ||
			(r->pointer && !span_is(c->at.pointer, r->pointer)))
			fail_msg("%s: %s (%s) at %.*s", r->in, reason_code(c->reason),
				jsonld_code_text(outcome.code), (int)c->at.pointer.len,
				c->at.pointer.ptr ? (const char *)c->at.pointer.ptr : "");
		aid_end(&w);
	}
}

/* {"@context": {"t0": "t1:x", "t1": "t2:x", ...}} with that many terms; the last is an IRI. */
static const char *
chain(struct arena *a, unsigned count)
{
	struct buf b = buf_in(a, (size_t)1 << 20);

	buf_str(&b, "{'@context':{");
	for (unsigned i = 0; i < count; i++) {
		buf_str(&b, "'t");
		buf_uint(&b, i);
		buf_str(&b, "':'t");
		buf_uint(&b, i + 1);
		buf_str(&b, ":x',");
	}
	buf_str(&b, "'z':'urn:x'}}");
	buf_char(&b, 0);
	return (const char *)b.ptr;
}

static void
limits(void **state)
{
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	(void)expanded(&w, chain(w.arena, 20), false, &outcome);
	assert_false(report_failed(&w.report));
	(void)expanded(&w, chain(w.arena, 100), false, &outcome);
	assert_string_equal(w.report.checks[w.report.running].limit, "jsonld.depth");
	aid_end(&w);

	aid_begin(&w);
	w.limits.jsonld_terms = 5;
	(void)expanded(&w, chain(w.arena, 5), false, &outcome);
	assert_string_equal(w.report.checks[w.report.running].limit, "jsonld.terms");
	aid_end(&w);

	aid_begin(&w);
	w.limits.jsonld_contexts = 2;
	(void)expanded(&w,
		"{'@context':['http://c.example/a','http://c.example/a','http://c.example/a']}",
		false, &outcome);
	assert_string_equal(w.report.checks[w.report.running].limit, "jsonld.contexts");
	aid_end(&w);

	aid_begin(&w);
	w.limits.rdf_quads = 2;
	(void)expanded(&w, "{'urn:a':1,'urn:b':1,'urn:c':1}", false, &outcome);
	assert_string_equal(w.report.checks[w.report.running].limit, "rdf.quads");
	aid_end(&w);
}

static int
expand_once(void *arg)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, NULL, 0 };
	const struct jsonld_options o = aid_options(true);
	struct ld *out = NULL;
	int rc = -ENOMEM;

	if (a) {
		const struct node *n;

		report_begin(&report, a);
		n = aid_json(&w, arg);
		rc = n ? jsonld_expand(&w, &o, n, NULL, &out) : -ENOMEM;
	}
	arena_free(a);
	return rc;
}

static void
memory(void **state)
{
	char text[] = "{" A "'type':'Person','age':7,'knows':{'id':'urn:x','name':['a','b']}}";

	(void)state;
	assert_true(oom_each(expand_once, text) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(faults),
		cmocka_unit_test(limits),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
