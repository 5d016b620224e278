/* test_earl.c - earl.jsonld to the byte, and as our own JSON-LD processor reads it. */
#include "codecs/base/report.h"
#include "codecs/jsonld/jsonld.h"
#include "codecs/tree/node_json.h"
#include "conformance/suite_impl.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct aid_work aid;
	struct suite *suite;
	struct buf buf;
};

static void
begin(struct world *w, const char *name)
{
	aid_begin(&w->aid);
	w->suite = suite_open(name, SPAN_LIT("/nowhere"), w->aid.kit);
	assert_non_null(w->suite);
	w->buf = buf_in(w->aid.arena, SIZE_MAX);
}

static void
end(struct world *w)
{
	suite_close(w->suite);
	aid_end(&w->aid);
}

static const char *
text(struct world *w, const char *target)
{
	report_earl(&w->buf, target, w->suite);
	buf_char(&w->buf, '\0');
	assert_int_equal(w->buf.error, 0);
	return (const char *)w->buf.ptr;
}

#define ASSERTION                                                            \
	"{\"@type\":\"earl:Assertion\",\"assertedBy\":\"urn:vidimus\","      \
	"\"subject\":\"urn:vidimus\",\"test\":\"https://w3c.github.io/json-" \
	"ld-api/tests/"
#define RESULT                                                                                  \
	"\",\"mode\":\"earl:automatic\",\"result\":{\"@type\":\"earl:TestResult\",\"outcome\":" \
	"\"earl:"

static void
outcomes(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "w3c-json-ld");
	suite_tell(w.suite, "expand#t0001", CASE_PASS, NULL);
	suite_tell(w.suite, "toRdf#te075", CASE_FAIL, "differs: \"x\"");
	suite_tell(w.suite, "compact#t2", CASE_SKIP, "is for others");
	suite_tell(w.suite, "toRdf#tnt01", CASE_EXCEPTION, "by design");
	const char *list = strstr(text(&w, NULL), "}},\n");
	assert_non_null(list);
	assert_string_equal(list + 4, ASSERTION
		"expand-manifest#t0001" RESULT "passed\"}},\n" ASSERTION
		"toRdf-manifest#te075" RESULT
		"failed\",\"description\":\"differs: \\\"x\\\"\"}},\n" ASSERTION
		"compact-manifest#t2" RESULT
		"untested\",\"description\":\"is for others\"}},\n" ASSERTION
		"toRdf-manifest#tnt01" RESULT "failed\",\"description\":\"by design\"}}]}\n");
	end(&w);
}

static void
names(void **state)
{
	static const struct {
		const char *suite, *id, *iri;
	} rows[] = {
		{ "w3c-json-ld", "toRdf#t1",
			"https://w3c.github.io/json-ld-api/tests/toRdf-manifest#t1" },
		{ "w3c-rdf-canon", "#test001c",
			"https://w3c.github.io/rdf-canon/tests/manifest#test001c" },
		{ "w3c-vc-di-eddsa", "a/b.json:1", "urn:vidimus:w3c-vc-di-eddsa:a/b.json:1" },
		{ "w3c-vc-di-ecdsa", "a \"<>\xc3\xa9",
			"urn:vidimus:w3c-vc-di-ecdsa:a%20%22%3C%3E%C3%A9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world w;
		char want[256];

		begin(&w, rows[i].suite);
		suite_tell(w.suite, rows[i].id, CASE_PASS, NULL);
		snprintf(want, sizeof(want), "\"test\":\"%s\"", rows[i].iri);
		assert_non_null(strstr(text(&w, NULL), want));
		end(&w);
	}
}

static void
others(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "wycheproof");
	suite_tell(w.suite, "a", CASE_PASS, NULL);
	assert_null(strstr(text(&w, NULL), "Assertion"));
	end(&w);
	begin(&w, "w3c-json-ld");
	suite_tell(w.suite, "expand#t0001", CASE_SKIP, "not here");
	assert_null(strstr(text(&w, "http://127.0.0.1:1"), "Assertion"));
	end(&w);
}

/* Every word of it means something: nothing is left out of the statements, and the identifiers are IRIs. */
static void
as_json_ld(void **state)
{
	const struct jsonld_options o = { .safe = true, .layer = "json" };
	const struct node *n = NULL;
	struct ld *out = NULL;
	struct world w;

	(void)state;
	begin(&w, "w3c-rdf-canon");
	suite_tell(w.suite, "#test001c", CASE_FAIL, "differs");
	assert_int_equal(node_from_json(&w.aid.work, span_of(text(&w, NULL)), "json", &n), 0);
	assert_int_equal(jsonld_expand(&w.aid.work, &o, n, NULL, &out), 0);
	assert_non_null(out);
	struct buf b = buf_in(w.aid.arena, SIZE_MAX);
	ld_to_json(&b, out);
	buf_char(&b, '\0');
	assert_non_null(strstr((const char *)b.ptr,
		"\"http://www.w3.org/ns/earl#test\":[{\"@id\":\"https://w3c.github.io/rdf-canon/"
		"tests/manifest#test001c\"}]"));
	assert_non_null(strstr((const char *)b.ptr,
		"\"http://www.w3.org/ns/earl#outcome\":[{\"@id\":\"http://www.w3.org/ns/"
		"earl#failed\"}]"));
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(names),
		cmocka_unit_test(others),
		cmocka_unit_test(as_json_ld),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
