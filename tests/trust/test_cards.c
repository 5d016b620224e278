/* test_cards.c - trust data of SMART Health Cards: keys of an issuer, certificates over them, revocation lists. */
#include "tests/trust/aid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr)
#define ISS    "https://a.example/Issuer"

static const struct trust_scope cards = { ENV_PRODUCTION, TRUST_SHC };
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
of_issuer(const char *kind, struct trust_file *f, struct span bytes)
{
	struct trust_input in = world_input(kind, f, bytes);

	in.domain = TRUST_SHC;
	in.issuer = SPAN_LIT(ISS);
	return in;
}

static struct span
set_of(struct span jwk)
{
	return world_print(&w, "{\"keys\":[%s]}", STR(jwk));
}

#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* One thing changed in a good key: usable, refused and why, or passed over. */
static void
test_key_rules(void **state)
{
	enum { USABLE = -1, SKIPPED = -2 };
	static const struct {
		const char *from, *to;
		int strict, lax;
	} rows[] = {
		{ "{", "{", USABLE, USABLE },
		{ "{", "{\"ctr\":7,\"x5c\":[\"AAAA\"],", USABLE, USABLE },
		{ "\"use\":\"sig\",", "", KEY_UNTYPED, USABLE },
		{ "\"alg\":\"ES256\",", "", KEY_UNTYPED, USABLE },
		{ "\"sig\"", "\"enc\"", KEY_ALG_CONFLICT, KEY_ALG_CONFLICT },
		{ "\"ES256\"", "\"ES384\"", KEY_ALG_CONFLICT, KEY_ALG_CONFLICT },
		{ "\"ES256\"", "\"none\"", KEY_ALG_CONFLICT, KEY_ALG_CONFLICT },
		{ "\"kid\":\"", "\"kid\":\"A", KEY_MISNAMED, KEY_MISNAMED },
		{ "{", "{\"d\":\"AAAA\",", KEY_MALFORMED, KEY_MALFORMED },
		{ "\"x\":\"", "\"x\":\"A", KEY_MALFORMED, KEY_MALFORMED },
		{ "\"x\":\"", "\"x\":\"" ZERO "\",\"old\":\"", KEY_NOT_ON_CURVE, KEY_NOT_ON_CURVE },
		{ "\"y\"", "\"z\"", KEY_MALFORMED, KEY_MALFORMED },
		{ "\"EC\"", "\"RSA\"", SKIPPED, SKIPPED },
		{ "\"P-256\"", "\"P-384\"", SKIPPED, SKIPPED },
		{ "\"P-256\"", "\"secp256k1\"", SKIPPED, SKIPPED },
		{ "\"kid\"", "\"kit\"", SKIPPED, SKIPPED },
		{ "\"kid\":", "\"kid\":1,\"old\":", SKIPPED, SKIPPED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int lax = 0; lax < 2; lax++) {
			struct trust_file f;
			struct span jwk = world_swap(
				&w, world_card_jwk(&w, &w.aq), rows[i].from, rows[i].to);
			struct trust_input in = of_issuer("", &f, set_of(jwk));
			in.allow_untyped_keys = lax;
			struct trust *t = world_build(&w, &in, 1);
			const struct trust_source_info *s = trust_source_at(t, 0);
			int want = lax ? rows[i].lax : rows[i].strict;
			if (s->fault || s->keys != (want == USABLE) || s->refused != (want >= 0) ||
				s->skipped != (want == SKIPPED))
				fail_msg("row %zu: %s, %zu %zu %zu", i, s->fault, s->keys,
					s->refused, s->skipped);
			assert_true(span_is(s->kind, "issuer-keys"));
			assert_int_equal(s->issuers, 1);
			if (want >= 0)
				assert_int_equal(trust_key_at(t, 0)->fault, want);
			if (want != SKIPPED)
				assert_true(span_is(trust_key_at(t, 0)->authority, ISS));
			trust_unref(t);
		}
}

static void
test_crl_version(void **state)
{
	static const struct {
		const char *member;
		int64_t want;
	} rows[] = { { "", 0 }, { "\"crlVersion\":5,", 5 }, { "\"crlVersion\":\"1\",", 1 },
		{ "\"crlVersion\":\"017\",", 17 }, { "\"crlVersion\":0,", 0 },
		{ "\"crlVersion\":null,", 0 }, { "\"crlVersion\":-3,", 1 },
		{ "\"crlVersion\":2.5,", 1 }, { "\"crlVersion\":\"two\",", 1 },
		{ "\"crlVersion\":\"\",", 1 }, { "\"crlVersion\":\"1234567890123456\",", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span start = world_print(&w, "{%s", rows[i].member);
		struct span jwk = world_swap(&w, world_card_jwk(&w, &w.aq), "{", STR(start));
		struct trust_file f;
		struct trust_input in = of_issuer("", &f, set_of(jwk));
		struct trust *t = world_build(&w, &in, 1);
		assert_int_equal(trust_key_at(t, 0)->crl_version, rows[i].want);
		trust_unref(t);
	}
}

/* A set without a key is an issuer all the same; and keys of other types count for nothing. */
static void
test_empty_set(void **state)
{
	struct trust_file f;
	struct trust_input in = of_issuer("", &f, SPAN_LIT("{\"keys\":[]}"));

	(void)state;
	struct trust *t = world_build(&w, &in, 1);
	assert_null(trust_source_at(t, 0)->fault);
	assert_non_null(trust_issuer(t, cards, in.issuer));
	trust_unref(t);
	f.bytes = SPAN_LIT("{\"keys\":{}}");
	assert_string_equal(world_read(&w, &in).fault, "this is not a JWK set: no array of keys");
	f.bytes = SPAN_LIT("{\"kees\":\"keys\"}");
	assert_string_equal(world_read(&w, &in).fault, "this is not a JWK set: no array of keys");
	f.bytes = SPAN_LIT("{\"keys\":["); /* one fault is told, not two */
	assert_non_null(world_read(&w, &in).fault);
	assert_string_not_equal(
		world_read(&w, &in).fault, "this is not a JWK set: no array of keys");
	f.bytes = SPAN_LIT("{\"keys\":[1,{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"AQAB\"}]}");
	struct trust_source_info s = world_read(&w, &in);
	assert_int_equal(s.skipped, 2);
	assert_int_equal(s.keys + s.refused, 0);
}

/* A leaf over k's key with these names, by ca. */
static struct span
leaf_of(struct world_key *k, const char *names, const struct world_key *ca)
{
	struct cert_request r = { .country = "AQ",
		.common_name = "Issuer",
		.not_before = WORLD_NOW - 100 * (int64_t)WORLD_DAY,
		.not_after = WORLD_NOW - 10 * (int64_t)WORLD_DAY, /* lapsed since */
		.names = names,
		.subject = k->key,
		.ca = ca->cert,
		.ca_key = ca->key };
	struct span der;

	assert_int_equal(cert_issue(&r, w.arena, &der), 0);
	return world_base64(&w, der);
}

static void
test_x5c(void **state)
{
	static const char both[] = "URI:https://other.example,URI:" ISS;
	struct span good = leaf_of(&w.aq, both, &w.csca_aq);
	struct span root = world_base64(&w, cert_der(w.csca_aq.cert));
	const struct {
		struct span x5c;
		const struct world_key *anchor;
		size_t keys;
	} rows[] = {
		{ world_print(&w, "\"%s\"", STR(good)), &w.csca_aq, 1 },
		{ world_print(&w, "\"%s\",\"%s\"", STR(good), STR(root)), &w.csca_aq, 1 },
		{ world_print(&w, "\"%s\",\"%s\"", STR(good), STR(root)), &w.csca_bv, 0 },
		{ world_print(&w, "\"%s\",\"AAAA\"", STR(good)), &w.csca_aq, 0 },
		{ world_print(&w, "\"%s\",1", STR(good)), &w.csca_aq, 0 },
		{ world_print(&w, "\"%s\"", STR(leaf_of(&w.aq, "URI:" ISS, &w.csca_aq))),
			&w.csca_aq, 1 },
		{ world_print(&w, "\"%s\"", STR(leaf_of(&w.aq, "URI:" ISS "/", &w.csca_aq))),
			&w.csca_aq, 0 },
		{ world_print(&w, "\"%s\"",
			  STR(leaf_of(&w.aq, "URI:https://A.example/Issuer", &w.csca_aq))),
			&w.csca_aq, 0 },
		{ world_print(&w, "\"%s\"", STR(leaf_of(&w.aq, "DNS:a.example", &w.csca_aq))),
			&w.csca_aq, 0 },
		{ world_print(&w, "\"%s\"", STR(leaf_of(&w.aq, NULL, &w.csca_aq))), &w.csca_aq, 0 },
		{ world_print(&w, "\"%s\"", STR(leaf_of(&w.bv, both, &w.csca_aq))), &w.csca_aq, 0 },
		{ SPAN_LIT(""), &w.csca_aq, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span start = world_print(&w, "{\"x5c\":[%.*s],", (int)rows[i].x5c.len,
			(const char *)rows[i].x5c.ptr);
		struct span jwk = world_swap(&w, world_card_jwk(&w, &w.aq), "{", STR(start));
		struct trust_file f;
		struct trust_input in = of_issuer("issuer-keys", &f, set_of(jwk));
		in.anchors = world_pem(&w, rows[i].anchor->cert);
		struct trust_source_info s = world_read(&w, &in);
		if (s.keys != rows[i].keys || s.skipped == rows[i].keys)
			fail_msg("row %zu: %zu keys, %s", i, s.keys, s.fault);
		assert_true(s.items_checked);
		in.anchors = SPAN_NONE; /* nobody asked */
		assert_int_equal(world_read(&w, &in).keys, 1);
	}
}

/* Several entries for one key, each for a community: one that an anchor vouches for is enough. */
static void
test_two_communities(void **state)
{
	struct span jwk = world_card_jwk(&w, &w.aq), ours = leaf_of(&w.aq, "URI:" ISS, &w.csca_aq),
		    theirs = leaf_of(&w.aq, "URI:" ISS, &w.csca_bv);
	struct span list = world_print(&w, "{\"keys\":[{\"x5c\":[\"%s\"],%s,{\"x5c\":[\"%s\"],%s]}",
		STR(theirs), STR(span_from(jwk, 1)), STR(ours), STR(span_from(jwk, 1)));
	struct trust_file f;
	struct trust_input in = of_issuer("", &f, list);

	(void)state;
	assert_int_equal(world_read(&w, &in).keys, 2);
	in.anchors = world_pem(&w, w.csca_aq.cert);
	struct trust *t = world_build(&w, &in, 1);
	assert_int_equal(trust_source_at(t, 0)->keys, 1);
	assert_int_equal(trust_source_at(t, 0)->skipped, 1);
	assert_true(trust_key_at(t, 0)->name.len > 0);
	assert_int_equal(trust_key_at(t, 0)->not_after, TIME_NONE);
	trust_unref(t);
}

/* What is configured has an effect or is a fault. */
static void
test_misfits(void **state)
{
	static const char keys[] = "{\"keys\":[]}",
			  snapshot[] = "{\"time\":\"2026-11-01\",\"issuerInfo\":[]}";
	static const struct {
		const char *list, *issuer;
		enum trust_domain domain;
		bool untyped;
		const char *fault;
	} rows[] = {
		{ keys, ISS, TRUST_SHC, true, NULL },
		{ keys, ISS, TRUST_DCC, false,
			NULL }, /* the default: an issuer tells what is meant */
		{ keys, "", TRUST_SHC, false,
			"this kind of list does not say whose it is: configure its issuer" },
		{ "{\"rids\":[]}", "", TRUST_SHC, false,
			"this kind of list does not say whose it is: configure its issuer" },
		{ "{\"rids\":[]}", ISS, TRUST_SHC, true,
			"allow_untyped_keys is configured, but means nothing for this kind of "
			"list" },
		{ snapshot, ISS, TRUST_SHC, false,
			"an issuer is configured, but this kind of list names its own" },
		{ snapshot, "", TRUST_ICAO, false,
			"this kind of list is of SMART Health Cards, not of the configured "
			"scheme" },
		{ snapshot, "", TRUST_SHC, false,
			"this is no snapshot with a time and an array of issuers" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input("", &f, span_of(rows[i].list));
		in.issuer = rows[i].issuer[0] ? span_of(rows[i].issuer) : SPAN_NONE;
		in.domain = rows[i].domain;
		in.allow_untyped_keys = rows[i].untyped;
		struct trust_source_info s = world_read(&w, &in);
		if (rows[i].fault && s.fault)
			assert_string_equal(s.fault, rows[i].fault);
		else
			assert_true(!rows[i].fault && !s.fault);
		assert_true(s.fault || s.domain == TRUST_SHC);
	}
}

/* --- revocation --- */

static struct trust_input
rids(struct trust_file *f, const char *ctr, const char *entries)
{
	struct span list = world_print(
		&w, "{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":%s,\"rids\":[%s]}", ctr, entries);

	return of_issuer("", f, list);
}

static bool
revoked(const struct trust *t, const char *rid, int64_t seconds, uint32_t nanoseconds)
{
	struct trust_revocation r;
	struct moment at = { .seconds = seconds, .nanoseconds = nanoseconds };

	assert_true(trust_revocation(t, cards, SPAN_LIT(ISS), SPAN_LIT("k"), span_of(rid), at, &r));
	return r.revoked;
}

/* Whole, by case, and to the fraction of a second; of several entries the latest counts. */
static void
test_revoked(void **state)
{
	enum { T = 1643950799 };
	static const struct {
		const char *rid;
		int64_t seconds;
		uint32_t nanoseconds;
		bool want;
	} rows[] = {
		{ "bare", T, 0, true },
		{ "bare", INT64_MAX - 1, 0, true },
		{ "bare", TIME_NONE, 0, true },
		{ "Bare", T, 0, false },
		{ "bar", T, 0, false },
		{ "bare2", T, 0, false },
		{ "", T, 0, false },
		{ "timed", T - 1, 999999999, true },
		{ "timed", T, 0, false },
		{ "timed", T, 1, false },
		{ "timed", TIME_NONE, 0, true },
		{ "fine", T, 249999999, true },
		{ "fine", T, 250000000, false },
		{ "digits", T, 0, true }, /* 0.0000000001 s before the entry's time */
		{ "digits", T, 1, false },
		{ "zeros", T, 0, false },
		{ "twice", T + 4, 0, true },
		{ "twice", T + 5, 0, false },
		{ "both", T + 5, 0, true },
		{ "123456789012345678901234", T, 0, true },
		{ "1234567890123456789012345", T, 0, false },
	};
	struct trust_file f;
	struct trust_input in = rids(&f, "7",
		"\"bare\",\"timed.1643950799\",\"fine.1643950799.25\","
		"\"digits.1643950799.0000000001\",\"zeros.1643950799.0000000000\","
		"\"twice.1643950799\",\"twice.1643950804\",\"twice.1\",\"both.1\",\"both\","
		"\"123456789012345678901234\",\"1234567890123456789012345\"");
	struct trust *t = world_build(&w, &in, 1);

	(void)state;
	assert_true(span_is(trust_source_at(t, 0)->kind, "rid-list"));
	assert_int_equal(trust_source_at(t, 0)->skipped, 1);
	assert_int_equal(trust_source_at(t, 0)->rid_lists, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (revoked(t, rows[i].rid, rows[i].seconds, rows[i].nanoseconds) != rows[i].want)
			fail_msg("row %zu: %s", i, rows[i].rid);
	trust_unref(t);
}

static void
test_malformed_entries(void **state)
{
	static const char entries[] =
		"\"\",\".1\",\"a.\",\"a.b\",\"a.-1\",\"a.1.\",\"a.1.x\",\"a+\","
		"\"a b\",\"a.1e3\",1,null,[\"a\"],\"a.1234567890123456\","
		"\"good\"";
	struct trust_file f;
	struct trust_input in = rids(&f, "\"12\"", entries);
	struct trust *t = world_build(&w, &in, 1);
	struct trust_revocation r;
	struct moment at = { .seconds = 0 };

	(void)state;
	assert_int_equal(trust_source_at(t, 0)->skipped, 14);
	assert_true(revoked(t, "good", 0, 0));
	assert_false(revoked(t, "a", 0, 0));
	/* another key, another issuer, another scope: nobody knows */
	assert_false(
		trust_revocation(t, cards, SPAN_LIT(ISS), SPAN_LIT("K"), SPAN_LIT("good"), at, &r));
	assert_false(trust_revocation(
		t, cards, SPAN_LIT(ISS "/"), SPAN_LIT("k"), SPAN_LIT("good"), at, &r));
	assert_false(trust_revocation(t, (struct trust_scope){ ENV_DEMO, TRUST_SHC }, SPAN_LIT(ISS),
		SPAN_LIT("k"), SPAN_LIT("good"), at, &r));
	assert_true(
		trust_revocation(t, cards, SPAN_LIT(ISS), SPAN_LIT("k"), SPAN_LIT("good"), at, &r));
	assert_int_equal(r.ctr, 12);
	assert_int_equal(r.seen_at, WORLD_NOW);
	assert_ptr_equal(r.source, trust_source_at(t, 0));
	assert_null(
		trust_issuer(t, cards, SPAN_LIT(ISS))); /* a list of the revoked names no issuer */
	trust_unref(t);
}

/* The highest counter counts; all that bear it do. */
static void
test_newest_list(void **state)
{
	struct trust_file files[4];
	struct trust_input in[4] = { rids(&files[0], "9", "\"old\""),
		rids(&files[1], "10", "\"one\""), rids(&files[2], "10", "\"two\""),
		rids(&files[3], "10", "") };
	struct trust *t = world_build(&w, in, 4);

	(void)state;
	assert_false(revoked(t, "old", 0, 0));
	assert_true(revoked(t, "one", 0, 0));
	assert_true(revoked(t, "two", 0, 0));
	trust_unref(t);
}

static void
test_list_form(void **state)
{
	static const struct {
		const char *list, *fault;
	} rows[] = {
		{ "{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":1,\"rids\":[]}", NULL },
		{ "{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":0,\"rids\":[]}", NULL },
		{ "{\"kid\":\"k\",\"method\":\"RID\",\"ctr\":1,\"rids\":[]}",
			"the revocation list is of a method that is not known here" },
		{ "{\"kid\":\"k\",\"ctr\":1,\"rids\":[]}",
			"the revocation list is of a method that is not known here" },
		{ "{\"kid\":\"\",\"method\":\"rid\",\"ctr\":1,\"rids\":[]}",
			"the revocation list names no key" },
		{ "{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":-1,\"rids\":[]}",
			"the revocation list has no counter" },
		{ "{\"kid\":\"k\",\"method\":\"rid\",\"rids\":[]}",
			"the revocation list has no counter" },
		{ "{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":1,\"rids\":\"a\"}",
			"the revocation list has no array of rids" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = of_issuer("rid-list", &f, span_of(rows[i].list));
		struct trust_source_info s = world_read(&w, &in);
		assert_int_equal(s.fault != NULL, rows[i].fault != NULL);
		if (s.fault)
			assert_string_equal(s.fault, rows[i].fault);
	}
}

/* trust.rids: at, and one over. */
static void
test_rid_limit(void **state)
{
	struct trust_file f;
	struct trust_input in = rids(&f, "1", "\"a\",\"b\",\"c\"");

	(void)state;
	w.limits.trust_rids = 3;
	assert_null(world_read(&w, &in).fault);
	w.limits.trust_rids = 2;
	assert_string_equal(world_read(&w, &in).fault,
		"the list names more revoked cards than trust.rids allows");
	w.limits.trust_rids = limits_default.trust_rids;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key_rules),
		cmocka_unit_test(test_crl_version),
		cmocka_unit_test(test_empty_set),
		cmocka_unit_test(test_x5c),
		cmocka_unit_test(test_two_communities),
		cmocka_unit_test(test_misfits),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_malformed_entries),
		cmocka_unit_test(test_newest_list),
		cmocka_unit_test(test_list_form),
		cmocka_unit_test(test_rid_limit),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
