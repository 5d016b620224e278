/* test_routes.c - paths, methods, and the types that are read and accepted. */
#include "gateway/http/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
test_find(void **state)
{
	static const struct {
		enum method method;
		const char *path, *found, *allow;
		enum problem problem;
	} rows[] = {
		{ METHOD_POST, "/v1/verify", "/v1/verify", "POST", 0 },
		{ METHOD_GET, "/v1/verify", NULL, "POST", PROBLEM_ROUTE_METHOD },
		{ METHOD_OPTIONS, "/v1/verify", NULL, "POST", PROBLEM_ROUTE_METHOD },
		{ METHOD_POST, "/v1/verify/", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_POST, "/v1/VERIFY", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_POST, "/v1/verif", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_POST, "/v1/%76erify", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_GET, "/v1/trust", "/v1/trust", "GET, HEAD", 0 },
		{ METHOD_HEAD, "/v1/trust", "/v1/trust", "GET, HEAD", 0 },
		{ METHOD_GET, "/v1/trust/SE", "/v1/trust/", "GET, HEAD", 0 },
		{ METHOD_GET, "/v1/trust/", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_GET, "/v1/trust/SE/x", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_POST, "/v1/trust/SE", NULL, "GET, HEAD", PROBLEM_ROUTE_METHOD },
		{ METHOD_GET, "/", "/", "GET, HEAD", 0 },
		{ METHOD_GET, "", "/", "GET, HEAD", 0 },
		{ METHOD_GET, "/x", NULL, NULL, PROBLEM_ROUTE_UNKNOWN },
		{ METHOD_OTHER, "/healthz", NULL, "GET, HEAD", PROBLEM_ROUTE_METHOD },
		{ METHOD_OPTIONS, "*", NULL, "GET, HEAD, POST", PROBLEM_ROUTE_METHOD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = { PROBLEM_NONE, NULL, 0 };
		const struct route *r = route_find(rows[i].method, span_of(rows[i].path), &f);
		const char *allow = route_allow(span_of(rows[i].path));
		if (!r != !rows[i].found || (r && strcmp(r->path, rows[i].found) != 0) ||
			f.problem != rows[i].problem)
			fail_msg("%s: %s, problem %d", rows[i].path, r ? r->path : "none",
				(int)f.problem);
		assert_true(!allow == !rows[i].allow);
		if (allow)
			assert_string_equal(allow, rows[i].allow);
	}
}

static void
test_reads(void **state)
{
	struct fault f = { PROBLEM_NONE, NULL, 0 };
	const struct route *r = route_find(METHOD_POST, SPAN_LIT("/v1/verify"), &f);

	(void)state;
	assert_true(route_reads(r, SPAN_LIT("text/plain")));
	assert_true(route_reads(r, SPAN_LIT("Application/JSON")));
	assert_true(route_reads(r, SPAN_LIT("application/x-ndjson")));
	assert_false(route_reads(r, SPAN_LIT("text/plai")));
	assert_false(route_reads(r, SPAN_LIT("text/plain application/json")));
	assert_false(route_reads(r, SPAN_LIT("application/x-www-form-urlencoded")));
	assert_false(route_reads(r, SPAN_NONE));
}

static void
test_accept(void **state)
{
	static const struct {
		const char *accept;
		bool taken;
	} rows[] = {
		{ "", true },
		{ "*/*", true },
		{ "application/*", true },
		{ "application/json", true },
		{ "APPLICATION/JSON;q=0.1", true },
		{ "text/html, application/problem+json", true },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true },
		{ "text/html", false },
		{ "text/*", false },
		{ "application/jso", false },
		{ "application", false },
		{ "application/json;q=0", false },
		{ "application/json; q=0.000", false },
		{ "application/json;v=1;q=0.0", false },
		{ "*", false },
		{ ",,", false },
	};
	struct fault f = { PROBLEM_NONE, NULL, 0 };
	const struct route *r = route_find(METHOD_GET, SPAN_LIT("/v1/reasons"), &f);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (route_satisfies(r, span_of(rows[i].accept)) != rows[i].taken)
			fail_msg("Accept: %s", rows[i].accept);
}

static void
test_record(void **state)
{
	static const struct {
		const char *query;
		bool known, core;
	} rows[] = {
		{ "", true, false },
		{ "record=core", true, true },
		{ "a=b&record=core&c", true, true },
		{ "record=core&record=core", true, true },
		{ "record", true, false },
		{ "xrecord=core", true, false },
		{ "Record=core", true, false },
		{ "record=", false, false },
		{ "record=cor", false, false },
		{ "record=core%20", false, false },
		{ "record=core&record=fhir", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool core;
		bool known = route_record(span_of(rows[i].query), &core);
		if (known != rows[i].known || (known && core != rows[i].core))
			fail_msg("?%s", rows[i].query);
	}
}

/* What the counters of /metrics have room for. */
static void
test_count(void **state)
{
	(void)state;
	assert_in_range(route_count(), 1, 31);
	for (size_t i = 0; i < route_count(); i++)
		assert_int_equal(route_index(route_at(i)), i);
	assert_int_equal(route_index(NULL), route_count());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
