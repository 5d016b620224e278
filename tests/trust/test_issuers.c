/* test_issuers.c - issuers, keys by (iss, kid), and how old a key is. */
#include "tests/trust/aid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct world w;

static int
open_world(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static struct trust_input
keys_of(const char *iss, struct trust_file *f, enum trust_env env)
{
	struct trust_input in = world_input("jwks", f, world_jwks(&w));

	in.issuer = span_of(iss);
	in.domain = TRUST_SHC;
	in.env = env;
	return in;
}

static const char upper[] = "https://A.example", lower[] = "https://a.example";

/* Two issuers with the same keys: each finds its own, byte for byte. */
static void
test_keys_of_their_issuer(void **state)
{
	struct trust_file files[3];
	struct trust_input in[3] = { keys_of(upper, &files[0], ENV_PRODUCTION),
		keys_of(lower, &files[1], ENV_PRODUCTION), keys_of(lower, &files[2], ENV_DEMO) };
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_SHC };
	const struct trust_key *found[4];
	struct trust *t = world_build(&w, in, 3);
	struct key_hint hint = { span_of(upper), trust_key_at(t, 0)->kid, SPAN_NONE };

	(void)state;
	assert_int_equal(trust_find(t, scope, &hint, found, 4), 1);
	assert_ptr_equal(found[0]->source, trust_source_at(t, 0));
	assert_false(trust_elsewhere(t, scope, &hint));
	assert_true(trust_kid_elsewhere(t, scope, &hint));
	hint.issuer = span_of(lower);
	assert_int_equal(trust_find(t, scope, &hint, found, 4), 1);
	assert_ptr_equal(found[0]->source, trust_source_at(t, 1));
	assert_true(trust_elsewhere(t, scope, &hint));
	hint.issuer = SPAN_LIT("https://a.example/");
	assert_int_equal(trust_find(t, scope, &hint, found, 4), 0);
	assert_true(trust_kid_elsewhere(t, scope, &hint));
	hint.kid = SPAN_LIT("other");
	assert_false(trust_kid_elsewhere(t, scope, &hint));
	hint.kid = SPAN_NONE;
	assert_false(trust_kid_elsewhere(t, scope, &hint));
	scope.env = ENV_DEMO;
	hint = (struct key_hint){ span_of(lower), trust_key_at(t, 0)->kid, SPAN_NONE };
	assert_false(
		trust_kid_elsewhere(t, scope, &hint)); /* of this scope only one issuer has it */
	trust_unref(t);
}

/* Every issuer of a key is one, once a list; in other domains there are none. */
static void
test_issuers_of_keys(void **state)
{
	struct trust_file files[4];
	struct trust_input in[4] = { keys_of(upper, &files[0], ENV_PRODUCTION),
		keys_of(lower, &files[1], ENV_PRODUCTION),
		keys_of(lower, &files[2], ENV_PRODUCTION),
		keys_of("https://b.example", &files[3], ENV_PRODUCTION) };
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_SHC };

	(void)state;
	in[3].domain = TRUST_VC;
	struct trust *t = world_build(&w, in, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(trust_source_at(t, i)->issuers, i < 3);
	const struct trust_issuer *found = trust_issuer(t, scope, span_of(lower));
	assert_non_null(found);
	assert_ptr_equal(found->source, trust_source_at(t, 1));
	assert_true(span_is(found->iss, lower));
	assert_int_equal(found->seen_at, TIME_NONE);
	assert_ptr_equal(trust_issuer(t, scope, span_of(upper))->source, trust_source_at(t, 0));
	assert_null(trust_issuer(t, scope, SPAN_LIT("https://b.example")));
	assert_null(trust_issuer(t, scope, SPAN_LIT("https://a.exampl")));
	assert_null(trust_issuer(t, scope, SPAN_NONE));
	scope.domain = TRUST_VC;
	assert_null(trust_issuer(t, scope, SPAN_LIT("https://b.example")));
	scope = (struct trust_scope){ ENV_DEMO, TRUST_SHC };
	assert_null(trust_issuer(t, scope, span_of(upper)));
	trust_unref(t);
}

/* A key of a DID has a URL for its identifier; elsewhere 64 bytes are enough. */
static void
test_long_kids(void **state)
{
	static const struct {
		enum trust_domain domain;
		int length;
		size_t keys;
	} rows[] = { { TRUST_SHC, 64, 2 }, { TRUST_SHC, 65, 1 }, { TRUST_VC, 4096, 2 },
		{ TRUST_VC, 4097, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = keys_of("did:web:a.example", &f, ENV_PRODUCTION);
		struct span kid = world_print(&w, "\"kid\":\"%0*d\",\"old\":\"", rows[i].length, 0);
		f.bytes = world_swap(&w, f.bytes, "\"kid\":\"", (const char *)kid.ptr);
		in.domain = rows[i].domain;
		assert_int_equal(world_read(&w, &in).keys, rows[i].keys);
	}
}

static void
test_key_age(void **state)
{
	enum { N = WORLD_NOW, D = WORLD_DAY };
	static const struct {
		int64_t read, max_age, seen, now;
		bool stale;
	} rows[] = {
		{ N, D, TIME_NONE, N + D, false },
		{ N, D, TIME_NONE, N + D + 1, true },
		{ N, D, N - 1, N + D, true },
		{ N, D, N, N + D, false },
		{ N, D, N + D, N + D + 1, true }, /* seen lately, by a list that is old itself */
		{ N, 0, N - 1000 * (int64_t)D, N, false },
		{ TIME_NONE, D, N, N, true },
		{ N, D, INT64_MAX, N, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = { .issued_at = TIME_NONE,
			.read_at = rows[i].read,
			.expires_at = TIME_NONE,
			.max_age = rows[i].max_age };
		struct trust_key k = { .source = &s, .seen_at = rows[i].seen };
		assert_int_equal(trust_key_stale(&k, rows[i].now), rows[i].stale);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_of_their_issuer),
		cmocka_unit_test(test_issuers_of_keys),
		cmocka_unit_test(test_long_kids),
		cmocka_unit_test(test_key_age),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
