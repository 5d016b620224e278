/* test_vci.c - the VCI directory: its snapshot's signature, times and contents, and the list of issuers itself. */
#include "tests/trust/aid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct trust_scope cards = { ENV_PRODUCTION, TRUST_SHC };
static struct world w;
static struct world_key maker, other;

static int
open_world(void **state)
{
	(void)state;
	world_open(&w);
	assert_int_equal(private_new(PRIVATE_P521, &maker.key), 0);
	assert_int_equal(private_new(PRIVATE_P521, &other.key), 0);
	world_mint(&w, &maker, "EU", NULL, false);
	world_mint(&w, &other, "EU", NULL, false);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static struct trust_source_info
read_pair(struct span list, struct span signature, struct span pin)
{
	struct trust_file files[2] = { { SPAN_LIT("list"), list },
		{ SPAN_LIT("signature"), signature } };
	struct trust_input in = { .name = SPAN_LIT("vci"),
		.files = files,
		.file_count = signature.ptr ? 2 : 1,
		.pin = pin,
		.read_at = WORLD_NOW };

	return world_read(&w, &in);
}

static void
test_signature(void **state)
{
	static const char whose[] = "the snapshot's signature is not by the pinned certificate",
			  none[] = "the signature file is no ECDSA signature";
	struct span list = world_snapshot(&w), sig = world_ecdsa_der(&w, list, &maker);
	struct span pin = world_pem(&w, maker.cert);
	const struct {
		struct span list, signature, pin;
		const char *fault;
	} rows[] = {
		{ list, sig, pin, NULL },
		{ list, SPAN_NONE, SPAN_NONE, NULL },
		{ list, SPAN_NONE, pin, "a pin is configured, but the signature file is missing" },
		{ list, sig, SPAN_NONE, "there is a signature file, but no pin to check it with" },
		{ list, sig, world_pem(&w, other.cert), whose },
		{ list, sig, world_pem(&w, w.anchor.cert), whose }, /* of another curve */
		{ list, world_ecdsa_der(&w, list, &other), pin, whose },
		{ world_join(&w, list, SPAN_LIT("\n")), sig, pin, whose },
		{ world_swap(&w, list, "Bouvet", "Bouvot"), sig, pin, whose },
		{ list, world_join(&w, sig, SPAN_LIT("x")), pin, none },
		{ list, span_slice(sig, 0, sig.len - 1), pin, none },
		{ list, SPAN_LIT(""), pin, none },
		{ list, sig, SPAN_LIT("pin"),
			"the pin of this list is no usable public key or certificate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = read_pair(
			rows[i].list, rows[i].signature, rows[i].pin);
		if ((s.fault != NULL) != (rows[i].fault != NULL))
			fail_msg("row %zu: %s", i, s.fault ? s.fault : "taken");
		if (s.fault)
			assert_string_equal(s.fault, rows[i].fault);
		assert_int_equal(s.keys, rows[i].fault ? 0 : 2);
		assert_int_equal(s.issuers, rows[i].fault ? 0 : 3);
		assert_int_equal(s.rid_lists, rows[i].fault ? 0 : 1);
		assert_int_equal(s.list_signed, !rows[i].fault && rows[i].pin.ptr);
	}
}

static void
test_contents(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_snapshot(&w));
	struct trust_revocation r;

	(void)state;
	in.max_age = 30 * (int64_t)WORLD_DAY;
	struct trust *t = world_build(&w, &in, 1);
	const struct trust_source_info *s = trust_source_at(t, 0);
	assert_true(span_is(s->kind, "vci-snapshot"));
	assert_int_equal(s->domain, TRUST_SHC);
	assert_int_equal(s->issued_at, 1796083200);
	const struct trust_issuer *aq = trust_issuer(t, cards, SPAN_LIT("https://AQ.example"));
	assert_true(span_is(aq->name, "Antarctica"));
	assert_int_equal(aq->seen_at, 1796083200 - 12 * 3600);
	assert_int_equal(aq->canonical.len, 0);
	assert_null(trust_issuer(t, cards, SPAN_LIT("https://aq.example")));
	const struct trust_issuer *bv = trust_issuer(t, cards, SPAN_LIT("https://bv.example"));
	assert_true(span_is(bv->canonical, "https://AQ.example"));
	assert_int_equal(
		trust_issuer(t, cards, SPAN_LIT("https://none.example"))->seen_at, TIME_NONE);
	/* the key of the issuer that was last seen years ago is stale, the list is not */
	assert_false(trust_key_stale(trust_key_at(t, 0), WORLD_NOW));
	assert_true(trust_key_stale(trust_key_at(t, 1), WORLD_NOW));
	assert_false(trust_stale(s, WORLD_NOW));
	assert_true(trust_revocation(t, cards, SPAN_LIT("https://AQ.example"), SPAN_LIT("k"),
		SPAN_LIT("later"), (struct moment){ 1700000000, 499999999, false }, &r));
	assert_true(r.revoked);
	assert_int_equal(r.ctr, 2);
	assert_int_equal(r.seen_at, aq->seen_at);
	trust_unref(t);
}

/* Times from nowhere and from the future, and what is no snapshot. */
static void
test_times(void **state)
{
	static const char form[] = "this is no snapshot with a time and an array of issuers";
	static const struct {
		const char *from, *to;
		int64_t issued, seen;
		const char *fault;
	} rows[] = {
		{ "{", "{", 1796083200, 1796040000, NULL },
		{ "2026-12-01T00:00:00Z", "2026-12-01 00:00:00", 1796083200, 1796040000, NULL },
		{ "2026-12-01T00:00:00Z", "2099-12-01T00:00:00Z", TIME_NONE, 1796040000, NULL },
		{ "2026-11-30T12:00:00Z", "2099-11-30T12:00:00Z", 1796083200, 1796083200, NULL },
		{ "2026-11-30T12:00:00Z", "lately", 1796083200, TIME_NONE, NULL },
		{ "2026-12-01T00:00:00Z", "lately", 0, 0, form },
		{ "\"time\"", "\"tims\"", 0, 0, form },
		{ "\"issuerInfo\":", "\"issuerInfo\":1,\"old\":", 0, 0, form },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input("vci-snapshot", &f,
			world_swap(&w, world_snapshot(&w), rows[i].from, rows[i].to));
		struct trust *t = world_build(&w, &in, 1);
		const struct trust_source_info *s = trust_source_at(t, 0);
		if (rows[i].fault) {
			assert_string_equal(s->fault, rows[i].fault);
		} else {
			assert_int_equal(s->issued_at, rows[i].issued);
			assert_int_equal(trust_key_at(t, 0)->seen_at, rows[i].seen);
		}
		trust_unref(t);
	}
}

/* One entry at fault costs that entry. */
static void
test_entries(void **state)
{
	static const struct {
		const char *from, *to;
		size_t keys, issuers, lists, skipped;
	} rows[] = {
		{ "\"iss\"", "\"isx\"", 1, 2, 0, 1 },
		{ "\"iss\":", "\"iss\":1,\"old\":", 1, 2, 0, 1 },
		{ "\"keys\":[", "\"keys\":{},\"old\":[", 1, 2, 0, 1 },
		{ "\"method\":\"rid\"", "\"method\":\"bits\"", 2, 3, 0, 1 },
		{ "\"crls\":[", "\"crls\":{},\"old\":[", 2, 3, 0, 0 },
		{ "\"rids\":[", "\"rids\":[\"no rid\",", 2, 3, 1, 1 },
		{ "https://bv.example", "https://AQ.example", 2, 2, 1, 0 },
		{ "\"kty\":\"EC\"", "\"kty\":\"RSA\"", 1, 3, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span list = world_swap(&w, world_snapshot(&w), rows[i].from, rows[i].to);
		struct trust_source_info s = read_pair(list, SPAN_NONE, SPAN_NONE);
		if (s.fault || s.keys != rows[i].keys || s.issuers != rows[i].issuers ||
			s.rid_lists != rows[i].lists || s.skipped != rows[i].skipped)
			fail_msg("row %zu: %s %zu %zu %zu %zu", i, s.fault, s.keys, s.issuers,
				s.rid_lists, s.skipped);
	}
}

static void
test_directory(void **state)
{
	static const char list[] =
		"{\"participating_issuers\":[{\"iss\":\"https://a.example\",\"name\":\"A\"},"
		"{\"iss\":\"https://b.example\",\"name\":\"B\",\"canonical_iss\":\"https://"
		"a.example\"},"
		"{\"name\":\"nobody\"},{\"iss\":\"https://c.example\",\"canonical_iss\":null}]}",
			  labels[] =
				  "{\"issuer_metadata\":[{\"canonical_iss\":\"https://a.example\","
				  "\"label\":\"State\"},{\"canonical_iss\":\"https://c.example\","
				  "\"label\":\"C\"}]}";
	/* in whichever order a folder has them */
	struct trust_file files[2] = { { SPAN_LIT("labels"), span_of(labels) },
		{ SPAN_LIT("list"), span_of(list) } };
	struct trust_input in = { .name = SPAN_LIT("vci"), .files = files, .file_count = 2 };

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct trust *t = world_build(&w, &in, 1);
		const struct trust_source_info *s = trust_source_at(t, 0);
		assert_null(s->fault);
		assert_true(span_is(s->kind, "vci-directory"));
		assert_int_equal(s->issuers, 3);
		assert_int_equal(s->skipped, 1);
		assert_true(span_is(
			trust_issuer(t, cards, SPAN_LIT("https://a.example"))->name, "A (State)"));
		assert_true(span_is(
			trust_issuer(t, cards, SPAN_LIT("https://b.example"))->name, "B (State)"));
		assert_true(
			span_is(trust_issuer(t, cards, SPAN_LIT("https://c.example"))->name, "C"));
		trust_unref(t);
		struct trust_file swapped = files[0];
		files[0] = files[1];
		files[1] = swapped;
	}
	files[0].bytes = SPAN_LIT("{}");
	assert_string_equal(
		world_read(&w, &in).fault, "the second file is not the directory's metadata");
	in.kind = SPAN_LIT("vci-directory");
	in.file_count = 1;
	files[0].bytes = SPAN_LIT("{\"participating_issuers\":1}");
	assert_string_equal(
		world_read(&w, &in).fault, "this is no directory of participating issuers");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_directory),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
