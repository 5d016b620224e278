/* test_snapshot.c - look-ups, environments, order, age, limits, and a snapshot shared by threads. */
#include "tests/trust/aid_trust.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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
certificate(struct trust_file *f, const struct world_key *k, enum trust_env env)
{
	struct trust_input in = world_input("certificates", f, cert_der(k->cert));

	in.env = env;
	return in;
}

/* Each environment and each domain knows its own keys and none of another's. */
static void
test_never_mixed(void **state)
{
	struct trust_file files[4];
	struct trust_input in[4] = { certificate(&files[0], &w.aq, ENV_PRODUCTION),
		certificate(&files[1], &w.aq2, ENV_ACCEPTANCE),
		certificate(&files[2], &w.bv, ENV_DEMO),
		certificate(&files[3], &w.stranger, ENV_PRODUCTION) };
	const struct world_key *keys[] = { &w.aq, &w.aq2, &w.bv };
	const struct trust_key *found[2];

	(void)state;
	in[3].domain = TRUST_SHC;
	struct trust *t = world_build(&w, in, 4);
	for (enum trust_env env = 0; env < ENV_COUNT; env++)
		for (size_t k = 0; k < 3; k++) {
			struct key_hint hint = world_hint(keys[k]->cert);
			struct trust_scope scope = { env, TRUST_DCC };
			assert_int_equal(world_find(t, env, keys[k]->cert), (size_t)env == k);
			assert_int_equal(trust_elsewhere(t, scope, &hint), (size_t)env != k);
			for (enum trust_domain d = 0; d < TRUST_DOMAINS; d++)
				assert_int_equal(trust_find(t, (struct trust_scope){ env, d },
							 &hint, found, 2),
					(size_t)env == k && d == TRUST_DCC);
		}
	struct key_hint other = world_hint(w.stranger.cert);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.stranger.cert), 0);
	assert_false(trust_elsewhere(t, (struct trust_scope){ ENV_DEMO, TRUST_DCC }, &other));
	other.issuer = SPAN_LIT("AQ");
	assert_int_equal(
		trust_find(t, (struct trust_scope){ ENV_PRODUCTION, TRUST_SHC }, &other, found, 2),
		1);
	trust_unref(t);
}

static void
test_unknown(void **state)
{
	struct trust_file f;
	struct trust_input in = certificate(&f, &w.aq, ENV_PRODUCTION);
	struct trust *t = world_build(&w, &in, 1), *none = world_build(&w, NULL, 0);
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_DCC };
	struct key_hint hint = world_hint(w.aq.cert), empty = { 0 };
	const struct trust_key *found[1];

	(void)state;
	assert_int_equal(trust_find(t, scope, &empty, found, 1), 0);
	assert_int_equal(trust_find(none, scope, &hint, found, 1), 0);
	assert_int_equal(trust_find(t, scope, &hint, found, 0), 0);
	assert_int_equal(trust_find(t, scope, &hint, found, 1), 1);
	hint.kid.len = 7; /* bytes are compared, not prefixes */
	assert_int_equal(trust_find(t, scope, &hint, found, 1), 0);
	assert_int_equal(trust_key_count(none), 0);
	trust_unref(NULL);
	trust_unref(none);
	trust_unref(t);
}

/* The same certificate on two lists: two entries, each with where it came from, in the order of the inputs. */
static void
test_two_lists(void **state)
{
	struct trust_file files[2];
	struct trust_input in[2] = { certificate(&files[0], &w.aq, ENV_PRODUCTION),
		certificate(&files[1], &w.aq, ENV_PRODUCTION) };
	struct key_hint hint = world_hint(w.aq.cert);
	const struct trust_key *found[4];

	(void)state;
	in[0].name = SPAN_LIT("first");
	in[1].name = SPAN_LIT("second");
	in[1].country = SPAN_LIT("BV");
	struct trust *t = world_build(&w, in, 2);
	assert_int_equal(
		trust_find(t, (struct trust_scope){ ENV_PRODUCTION, TRUST_DCC }, &hint, found, 4),
		2);
	assert_true(span_is(found[0]->source->name, "first"));
	assert_true(span_is(found[0]->authority, "AQ"));
	assert_true(span_is(found[1]->source->name, "second"));
	assert_true(span_is(found[1]->authority, "BV"));
	assert_int_equal(found[0]->not_before, cert_not_before(w.aq.cert));
	assert_int_equal(found[0]->not_after, cert_not_after(w.aq.cert));
	assert_ptr_equal(found[0], trust_key_at(t, 0));
	assert_ptr_equal(trust_key_at(t, 1)->source, trust_source_at(t, 1));
	trust_unref(t);
}

/* A refused key keeps its entry, so that a report can say why, but stands behind the usable ones. */
static void
test_refused_last(void **state)
{
	struct span first = world_nl_payload(&w);
	struct span kid = world_base64(&w, span_slice(cert_sha256(w.aq.cert), 0, 8));
	struct span list = world_print(&w,
		"{\"eu_keys\":{\"%s\":[{\"subjectPk\":\"AAAA\",\"ian\":\"AQ\"}]}}",
		(const char *)kid.ptr);
	struct trust_file files[2];
	struct trust_input in[2] = { world_input("nl", &files[0], list),
		world_input("nl", &files[1], first) };
	struct key_hint hint = world_hint(w.aq.cert);
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_DCC };
	const struct trust_key *found[4];

	(void)state;
	struct trust *t = world_build(&w, in, 2);
	assert_int_equal(trust_source_at(t, 0)->refused, 1);
	assert_int_equal(trust_source_at(t, 0)->keys, 0);
	assert_null(trust_source_at(t, 0)->fault);
	assert_int_equal(trust_find(t, scope, &hint, found, 4), 3);
	assert_non_null(found[0]->key);
	assert_non_null(found[1]->key);
	assert_null(found[2]->key);
	assert_int_equal(found[2]->fault, KEY_MALFORMED);
	assert_int_equal(trust_find(t, scope, &hint, found, 2), 2);
	trust_unref(t);
}

static void
test_weak_key(void **state)
{
	struct trust_file f;
	struct trust_input in = certificate(&f, &w.weak, ENV_PRODUCTION);
	struct trust *t = world_build(&w, &in, 1);

	(void)state;
	assert_int_equal(trust_key_count(t), 1);
	assert_null(trust_key_at(t, 0)->key);
	assert_int_equal(trust_key_at(t, 0)->fault, KEY_WEAK);
	assert_int_equal(trust_source_at(t, 0)->refused, 1);
	trust_unref(t);
}

/* One list at fault costs the others nothing. */
static void
test_fault_stays_alone(void **state)
{
	struct trust_file files[3];
	struct trust_input in[3] = { certificate(&files[0], &w.aq, ENV_PRODUCTION),
		world_input("dgcg", &files[1], SPAN_LIT("[{\"rawData\":]")),
		certificate(&files[2], &w.bv, ENV_PRODUCTION) };

	(void)state;
	struct trust *t = world_build(&w, in, 3);
	assert_int_equal(trust_key_count(t), 2);
	assert_null(trust_source_at(t, 0)->fault);
	assert_string_equal(trust_source_at(t, 1)->fault, "the list is not valid JSON");
	assert_true(span_is(trust_source_at(t, 1)->fault_file, "lists/list"));
	assert_int_equal(trust_source_at(t, 1)->fault_offset, 13);
	assert_int_equal(trust_source_at(t, 1)->keys, 0);
	assert_null(trust_source_at(t, 2)->fault);
	trust_unref(t);
}

/* What is configured must fit the kind: nothing is ignored in silence. */
static void
test_misfits(void **state)
{
	static const struct {
		const char *kind, *content;
		bool pin, anchors;
		size_t files;
		const char *fault;
	} rows[] = {
		{ "", "certificate", false, false, 1, NULL },
		{ "certificates", "certificate", true, false, 1,
			"a pin is configured, but this kind of list carries no signature" },
		{ "certificates", "certificate", false, true, 1, NULL },
		{ "jwks", "jwks", true, false, 1,
			"a pin is configured, but this kind of list carries no signature" },
		{ "jwks", "jwks", false, true, 1,
			"anchors are configured, but this kind of list carries no certificates" },
		{ "nl", "nl", false, true, 1,
			"anchors are configured, but this kind of list carries no certificates" },
		{ "dgcg", "dgcg", false, false, 2,
			"this kind of list stands in fewer files than were given" },
		{ "at", "at", false, false, 3,
			"this kind of list stands in fewer files than were given" },
		{ "", "garbage", false, false, 1,
			"this is none of the kinds of trust list that are known here" },
		{ "xx", "certificate", false, false, 1,
			"the kind that is configured is none that is known here" },
		{ "", "certificate", false, false, 0, "there is no file to read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *c = rows[i].content;
		struct span bytes = strcmp(c, "certificate") == 0 ? cert_der(w.aq.cert)
				    : strcmp(c, "jwks") == 0      ? world_jwks(&w)
				    : strcmp(c, "nl") == 0        ? world_nl_payload(&w)
				    : strcmp(c, "dgcg") == 0      ? world_gateway(&w)
				    : strcmp(c, "at") == 0        ? world_cbor(&w)
								  : SPAN_LIT("<html></html>");
		struct trust_file files[3];
		struct trust_input in = world_input(rows[i].kind, &files[0], bytes);
		files[2] = files[1] = files[0];
		in.file_count = rows[i].files;
		in.pin = rows[i].pin ? world_pem(&w, w.anchor.cert) : SPAN_NONE;
		in.anchors = rows[i].anchors ? world_pem(&w, w.csca_aq.cert) : SPAN_NONE;
		struct trust_source_info info = world_read(&w, &in);
		if (rows[i].fault)
			assert_string_equal(info.fault, rows[i].fault);
		else
			assert_null(info.fault);
	}
}

/* trust.keys and trust.bytes: at, one under, one over. */
static void
test_limits(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_cbor(&w));

	(void)state;
	for (size_t keys = 2; keys <= 4; keys++) {
		w.limits.trust_keys = keys;
		struct trust_source_info info = world_read(&w, &in);
		assert_int_equal(info.keys, keys < 3 ? 0 : 3);
		if (keys < 3)
			assert_string_equal(
				info.fault, "the list has more keys than trust.keys allows");
	}
	w.limits.trust_keys = limits_default.trust_keys;
	for (size_t more = 0; more <= 2; more++) {
		w.limits.trust_bytes = f.bytes.len - 1 + more;
		struct trust_source_info info = world_read(&w, &in);
		assert_int_equal(info.keys, more == 0 ? 0 : 3);
		if (more == 0)
			assert_string_equal(
				info.fault, "the list is larger than trust.bytes allows");
	}
	w.limits.trust_bytes = limits_default.trust_bytes;
}

static void
test_stale(void **state)
{
	enum { N = WORLD_NOW, D = WORLD_DAY };
	static const struct {
		int64_t issued, read, expires, max_age, now;
		bool stale;
	} rows[] = {
		{ TIME_NONE, N, TIME_NONE, 0, INT64_C(1) << 40, false },
		{ TIME_NONE, N, TIME_NONE, D, N + D, false },
		{ TIME_NONE, N, TIME_NONE, D, N + D + 1, true },
		{ TIME_NONE, N, TIME_NONE, D, N - D, false },
		{ N - D, N, TIME_NONE, D, N, false },
		{ N - D - 1, N, TIME_NONE, D, N, true }, /* an old list, fetched today */
		{ TIME_NONE, TIME_NONE, TIME_NONE, D, N, true },
		{ TIME_NONE, TIME_NONE, TIME_NONE, 0, N, false },
		{ N, N, N + 5, 0, N + 5, false },
		{ N, N, N + 5, 0, N + 6, true },
		{ INT64_MAX, N, TIME_NONE, D, INT64_MIN + 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = { .issued_at = rows[i].issued,
			.read_at = rows[i].read,
			.expires_at = rows[i].expires,
			.max_age = rows[i].max_age };
		assert_int_equal(trust_stale(&s, rows[i].now), rows[i].stale);
	}
}

static void
test_older(void **state)
{
	struct trust_source_info a = { .issued_at = 5 }, b = { .issued_at = 5 };

	(void)state;
	assert_false(trust_older(&a, &b));
	a.issued_at = 4;
	assert_true(trust_older(&a, &b));
	assert_false(trust_older(&b, &a));
	a.issued_at = TIME_NONE;
	assert_false(trust_older(&a, &b));
	assert_false(trust_older(&b, &a));
}

static void
test_env_names(void **state)
{
	enum trust_env env;

	(void)state;
	for (enum trust_env e = 0; e < ENV_COUNT; e++) {
		assert_true(env_named(span_of(env_name(e)), &env));
		assert_int_equal(env, e);
	}
	assert_false(env_named(SPAN_LIT("Production"), &env));
	assert_false(env_named(SPAN_LIT(""), &env));
}

enum { THREADS = 4, ROUNDS = 2000 };

struct shared {
	struct trust *t;
	struct key_hint hint;
	size_t found;
};

static void *
reader(void *arg)
{
	struct shared *s = arg;
	const struct trust_key *k;

	for (int i = 0; i < ROUNDS; i++) {
		struct trust *t = trust_ref(s->t);
		s->found += trust_find(
			t, (struct trust_scope){ ENV_PRODUCTION, TRUST_DCC }, &s->hint, &k, 1);
		trust_unref(t);
	}
	trust_unref(s->t);
	return NULL;
}

/* The last one out frees it, whoever that is. */
static void
test_threads(void **state)
{
	struct trust_file f;
	struct trust_input in = certificate(&f, &w.aq, ENV_PRODUCTION);
	struct trust *t = world_build(&w, &in, 1);
	struct shared s[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		s[i] = (struct shared){ trust_ref(t), world_hint(w.aq.cert), 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, reader, &s[i]), 0);
	}
	trust_unref(t);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(s[i].found, ROUNDS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_mixed),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_two_lists),
		cmocka_unit_test(test_refused_last),
		cmocka_unit_test(test_weak_key),
		cmocka_unit_test(test_fault_stays_alone),
		cmocka_unit_test(test_misfits),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_env_names),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
