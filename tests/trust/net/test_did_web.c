/* test_did_web.c - the method's own examples, what may not be hidden in an identifier, limits, memory. */
#include "trust/net/did_web.h"

#include "tests/base/aid_base.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
	const char *did, *url;
} rows[] = {
	{ "did:web:a.org", "https://a.org/.well-known/did.json" },
	{ "did:web:A.Org", "https://a.org/.well-known/did.json" },
	{ "did:web:a.org:user:alice", "https://a.org/user/alice/did.json" },
	{ "did:web:a.org%3A3000:user:alice", "https://a.org:3000/user/alice/did.json" },
	{ "did:web:a.org%3a8443#key-1", "https://a.org:8443/.well-known/did.json" },
	{ "did:web:a.org:A.b:c-d_e~f", "https://a.org/A.b/c-d_e~f/did.json" },
	{ "did:web:a.org:%C3%A4:%20", "https://a.org/%C3%A4/%20/did.json" },
	{ "did:web:127.0.0.1", "https://127.0.0.1/.well-known/did.json" }, /* url_read refuses it */
	{ "did:web:", NULL },
	{ "did:web", NULL },
	{ "did:key:z6Mk", NULL },
	{ "Did:web:a.org", NULL },
	{ "did:Web:a.org", NULL },
	{ "did:web::a", NULL },
	{ "did:web:a.org:", NULL },
	{ "did:web:a.org::b", NULL },
	{ "did:web:a.org:b:", NULL },
	{ "did:web:a.org:.", NULL },
	{ "did:web:a.org:..:b", NULL },
	{ "did:web:a.org:%2e%2e", NULL },
	{ "did:web:a.org:a%2Fb", NULL },
	{ "did:web:a.org:a%5Cb", NULL },
	{ "did:web:a.org:a%25b", NULL },
	{ "did:web:a.org:a%3Fb", NULL },
	{ "did:web:a.org:a%23b", NULL },
	{ "did:web:a.org:a%00", NULL },
	{ "did:web:a.org:a%7F", NULL },
	{ "did:web:a.org:a%", NULL },
	{ "did:web:a.org:a%2", NULL },
	{ "did:web:a.org:a%2x", NULL },
	{ "did:web:a.org:a b", NULL },
	{ "did:web:a.org:a/b", NULL },
	{ "did:web:a.org/b", NULL },
	{ "did:web:a.org?b", NULL },
	{ "did:web:a.org%2Fb", NULL },
	{ "did:web:a.org%40b.org", NULL },
	{ "did:web:u%40a.org", NULL },
	{ "did:web:a.org%253A8443", NULL },
	{ "did:web:a.org%3A", NULL },
	{ "did:web:a.org%3A8443%3A1", NULL },
	{ "did:web:a.org%3A84x3", NULL },
	{ "did:web:%5B%3A%3A1%5D", NULL },
	{ "did:web:\xc3\xa4.org", NULL },
	{ "did:web:a.org%", NULL },
	{ "did:web:a.org%3", NULL },
};

static void
test_rows(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span url = SPAN_LIT("before");
		assert_int_equal(did_web_url(d.arena, span_of(rows[i].did), &url), 0);
		if (rows[i].url ? !span_is(url, rows[i].url) : url.ptr != NULL)
			fail_msg("%s gives %.*s", rows[i].did, (int)url.len, (const char *)url.ptr);
	}
	desk_end(&d);
}

static void
test_limits(void **unused)
{
	struct desk d;
	char did[2048] = "did:web:a.org";
	struct span url;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 1; i <= DID_WEB_SEGMENTS + 1; i++) {
		memcpy(did + 11 + 2 * i, ":a", 3);
		assert_int_equal(did_web_url(d.arena, span_of(did), &url), 0);
		assert_int_equal(url.ptr != NULL, i <= DID_WEB_SEGMENTS);
	}
	memset(did + 13, 'a', sizeof(did) - 13);
	did[13] = ':';
	for (size_t len = DID_WEB_BYTES - 1; len <= DID_WEB_BYTES + 1; len++) {
		assert_int_equal(
			did_web_url(d.arena, (struct span){ (uint8_t *)did, len }, &url), 0);
		assert_int_equal(url.ptr != NULL, len <= DID_WEB_BYTES);
	}
	desk_end(&d);
}

static void
test_memory(void **unused)
{
	struct desk d;
	struct span url;

	(void)unused;
	desk_begin(&d, 16);
	assert_int_equal(did_web_url(d.arena, SPAN_LIT("did:web:a.org"), &url), -ENOBUFS);
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
