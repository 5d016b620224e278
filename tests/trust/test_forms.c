/* test_forms.c - the Austrian and the Dutch list, JWK sets, and certificates in files. */
#include "codecs/base/text.h"
#include "codecs/tree/cbor_write.h"
#include "tests/trust/aid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr)

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

static struct trust_source_info
read_pair(struct span list, struct span cose, struct span pin)
{
	struct trust_file files[2] = { { SPAN_LIT("list"), list }, { SPAN_LIT("cose"), cose } };
	struct trust_input in = { .name = SPAN_LIT("at"),
		.domain = TRUST_DCC,
		.files = files,
		.file_count = cose.ptr ? 2 : 1,
		.pin = pin,
		.read_at = WORLD_NOW };

	return world_read(&w, &in);
}

enum { SKEW = 300, DAY = WORLD_DAY };

/* Dates of the signature file: on the edge, one second past it, nonsense. */
static void
test_at_dates(void **state)
{
	static const struct {
		int64_t from, until;
		const char *fault;
	} rows[] = {
		{ WORLD_NOW - DAY, WORLD_NOW + DAY, NULL },
		{ WORLD_NOW + SKEW, WORLD_NOW + DAY, NULL },
		{ WORLD_NOW + SKEW + 1, WORLD_NOW + DAY, "the list's signature is not valid yet" },
		{ WORLD_NOW - DAY, WORLD_NOW - SKEW, NULL },
		{ WORLD_NOW - DAY, WORLD_NOW - SKEW - 1, "the list's signature has expired" },
		{ INT64_MIN, WORLD_NOW,
			"the signature states no time from or until which it counts" },
		{ WORLD_NOW, INT64_MAX,
			"the signature states no time from or until which it counts" },
		{ INT64_MAX, INT64_MAX,
			"the signature states no time from or until which it counts" },
	};
	struct span list = world_cbor(&w), pin = world_pem(&w, w.anchor.cert);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int pinned = 0; pinned < 2; pinned++) {
			struct span cose = world_cose(&w, list, rows[i].from, rows[i].until);
			struct trust_source_info s = read_pair(
				list, cose, pinned ? pin : SPAN_NONE);
			assert_int_equal(s.fault != NULL, rows[i].fault != NULL);
			if (s.fault)
				assert_string_equal(s.fault, rows[i].fault);
			if (s.fault)
				continue;
			assert_int_equal(s.keys, 3);
			assert_int_equal(s.issued_at, rows[i].from);
			assert_int_equal(s.expires_at, rows[i].until);
			assert_int_equal(s.list_signed, pinned);
		}
}

static void
test_at_signature(void **state)
{
	struct span list = world_cbor(&w), pin = world_pem(&w, w.anchor.cert);
	struct span cose = world_cose(&w, list, WORLD_NOW - DAY, WORLD_NOW + DAY);
	struct span other = world_cose(&w, SPAN_LIT("other"), WORLD_NOW - DAY, WORLD_NOW + DAY);
	struct span bent = world_join(&w, cose, SPAN_LIT(""));
	const struct {
		struct span list, cose, pin;
		const char *fault;
	} rows[] = {
		{ list, cose, pin, NULL },
		{ list, cose, SPAN_NONE, NULL },
		{ list, SPAN_NONE, SPAN_NONE, NULL },
		{ list, SPAN_NONE, pin, "a pin is configured, but the signature file is missing" },
		{ list, other, pin, "the signed digest is not the list's" },
		{ list, other, SPAN_NONE, "the signed digest is not the list's" },
		{ world_join(&w, list, SPAN_LIT("\x00")), cose, pin,
			"the signed digest is not the list's" },
		{ list, cose, world_pem(&w, w.stranger.cert),
			"the list's signature is not by the pinned certificate" },
		{ list, bent, pin, "the list's signature is not by the pinned certificate" },
		{ list, SPAN_LIT("cose"), pin, "the signature file is not a COSE_Sign1 message" },
		{ list, span_slice(cose, 0, cose.len - 1), pin,
			"the signature file is not a COSE_Sign1 message" },
		{ list, cose, SPAN_LIT("pin"),
			"the pin of this list is no usable public key or certificate" },
	};

	(void)state;
	((uint8_t *)(uintptr_t)bent.ptr)[bent.len - 1] ^= 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = read_pair(rows[i].list, rows[i].cose, rows[i].pin);
		if ((s.fault != NULL) != (rows[i].fault != NULL))
			fail_msg("row %zu: %s", i, s.fault ? s.fault : "taken");
		if (s.fault)
			assert_string_equal(s.fault, rows[i].fault);
		assert_int_equal(s.keys, rows[i].fault ? 0 : 3);
		assert_int_equal(s.list_signed, !rows[i].fault && rows[i].pin.ptr);
	}
}

/* Good, text for bytes, empty, not the certificate's, and without certificate. */
static struct span
odd_items(void)
{
	const struct span kids[] = { { NULL, 8 }, { NULL, 0 }, SPAN_LIT(""), SPAN_LIT("8 bytes."),
		{ NULL, 8 } };
	struct buf b = buf_in(w.arena, SIZE_MAX);

	cborw_map(&b, 1);
	cborw_text(&b, SPAN_LIT("c"));
	cborw_list(&b, 5);
	for (int i = 0; i < 5; i++) {
		cborw_map(&b, i == 4 ? 1 : 2);
		cborw_text(&b, SPAN_LIT("i"));
		if (i == 1)
			cborw_text(&b, SPAN_LIT("8 bytes."));
		else
			cborw_bytes(&b,
				kids[i].ptr ? kids[i] : span_slice(cert_sha256(w.aq.cert), 0, 8));
		if (i == 4)
			continue;
		cborw_text(&b, SPAN_LIT("c"));
		cborw_bytes(&b, cert_der(w.aq.cert));
	}
	return buf_span(&b);
}

/* An item at fault is skipped, and a CBOR at fault is told with its place. */
static void
test_at_items(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("at", &f, odd_items());
	struct trust_source_info s = world_read(&w, &in);

	(void)state;
	assert_int_equal(s.keys, 1);
	assert_int_equal(s.skipped, 4);
	f.bytes = SPAN_LIT("\xa1\x61\x63\x81\x1c");
	s = world_read(&w, &in);
	assert_int_equal(s.fault_offset, 4);
	f.bytes = SPAN_LIT("\xa1\x61\x63\x00");
	assert_string_equal(
		world_read(&w, &in).fault, "the list is not CBOR with an array of certificates");
	f.bytes = SPAN_LIT("\xa1\x61\x63\x80");
	assert_string_equal(world_read(&w, &in).fault, "the list holds no signer at all");
}

static void
test_at_anchors(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_cbor(&w));

	(void)state;
	in.anchors = world_pem(&w, w.csca_bv.cert);
	struct trust_source_info s = world_read(&w, &in);
	assert_int_equal(s.keys, 1);
	assert_int_equal(s.skipped, 2);
	assert_true(s.items_checked);
	/* this form signs no items: upload certificates vouch for nothing in it */
	in.anchors = world_pem(&w, w.upload_bv.cert);
	assert_string_equal(world_read(&w, &in).fault,
		"the anchors hold no certificate that can vouch for this list");
	/* the source's country must be the certificates' own, once anything is checked */
	in.anchors = world_pem(&w, w.csca_bv.cert);
	in.country = SPAN_LIT("AQ");
	assert_string_equal(world_read(&w, &in).fault, "the list holds no signer at all");
}

static void
test_nl(void **state)
{
	struct span payload = world_nl_payload(&w);
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_nl(&w, payload, &w.anchor));
	struct key_hint ascii = { .kid = SPAN_LIT("Key1PRO") };
	const struct trust_key *k;

	(void)state;
	in.pin = world_pem(&w, w.anchor.cert);
	struct trust *t = world_build(&w, &in, 1);
	assert_true(span_is(trust_source_at(t, 0)->kind, "nl"));
	assert_true(trust_source_at(t, 0)->list_signed);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.aq.cert), 2);
	assert_int_equal(trust_key_at(t, 0)->usage, USAGE_ANY);
	assert_int_equal(trust_key_at(t, 1)->usage, USAGE_TEST | USAGE_VACCINATION);
	assert_int_equal(
		trust_find(t, (struct trust_scope){ ENV_PRODUCTION, TRUST_DCC }, &ascii, &k, 1), 1);
	assert_int_equal(k->usage, USAGE_RECOVERY);
	assert_true(span_is(k->authority, "BV"));
	assert_null(k->cert);
	assert_int_equal(k->not_before, TIME_NONE);
	trust_unref(t);
}

static void
test_nl_signature(void **state)
{
	static const char whose[] = "the list's signature is not by the pinned certificate";
	struct world_key under = { 0 };
	struct span payload = world_nl_payload(&w);
	struct span good = world_nl(&w, payload, &w.anchor);
	struct span pin = world_pem(&w, w.anchor.cert);
	struct span other = world_nl(&w, SPAN_LIT("{\"eu_keys\":{}}"), &w.anchor);

	(void)state;
	world_mint(&w, &under, "AQ", &w.csca_aq, false);
	size_t cut = span_find(good, ',');
	struct span mixed = world_join(
		&w, span_slice(good, 0, cut), span_from(other, span_find(other, ',')));
	const struct {
		struct span list, pin;
		const char *fault;
	} rows[] = {
		{ good, pin, NULL },
		{ good, SPAN_NONE, NULL },
		{ payload, SPAN_NONE, NULL },
		{ payload, pin, "a pin is configured, but the list carries no signature" },
		{ good, world_pem(&w, w.stranger.cert), whose },
		{ good, SPAN_LIT("pin"), whose },
		{ mixed, pin, whose }, /* one list's payload, the other's signature */
		{ world_nl(&w, payload, &under), world_pem(&w, under.cert), NULL },
		{ world_nl(&w, payload, &under), world_pem(&w, w.csca_aq.cert), NULL },
		{ world_nl(&w, payload, &under), world_pem(&w, w.csca_bv.cert), whose },
		{ world_swap(&w, good, "\"signature\"", "\"signatura\""), pin, whose },
		{ world_swap(&w, good, "\"payload\":\"", "\"payload\":\"*"), pin,
			"the payload is not base64" },
		{ world_swap(&w, payload, "eu_keys", "ex_keys"), SPAN_NONE,
			"the list has no eu_keys" },
		{ other, pin, "the list holds no signer at all" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input("nl", &f, rows[i].list);
		in.pin = rows[i].pin;
		struct trust_source_info s = world_read(&w, &in);
		if ((s.fault != NULL) != (rows[i].fault != NULL))
			fail_msg("row %zu: %s", i, s.fault ? s.fault : "taken");
		if (s.fault)
			assert_string_equal(s.fault, rows[i].fault);
		assert_int_equal(s.list_signed, !rows[i].fault && rows[i].pin.ptr);
	}
}

static void
test_nl_letters(void **state)
{
	static const struct {
		const char *letters;
		unsigned usage;
	} rows[] = {
		{ "[]", USAGE_ANY },
		{ "[\"t\"]", USAGE_TEST },
		{ "[\"v\",\"r\"]", USAGE_VACCINATION | USAGE_RECOVERY },
		{ "[\"r\",\"r\"]", USAGE_RECOVERY },
		{ "[\"x\"]", 0 }, /* a use that we don't know is none that we may allow */
		{ "[\"test\"]", 0 },
		{ "[7]", 0 },
		{ "[\"x\",\"t\"]", USAGE_TEST },
		{ "null", USAGE_ANY },
	};
	struct span payload = world_nl_payload(&w);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input(
			"nl", &f, world_swap(&w, payload, "[\"r\"]", rows[i].letters));
		struct trust *t = world_build(&w, &in, 1);
		assert_int_equal(trust_key_count(t), 3);
		assert_int_equal(trust_key_at(t, 2)->usage, rows[i].usage);
		trust_unref(t);
	}
}

static void
test_nl_items(void **state)
{
	static const struct {
		const char *from, *to;
		size_t keys, refused, skipped;
	} rows[] = {
		{ "\"cl_keys\"", "\"cl_keys\"", 3, 0, 0 },
		{ "\"S2V5MVBSTw==\"", "\"S2V5MVBSTw\"", 2, 0, 1 },
		{ "\"S2V5MVBSTw==\"", "\"\"", 2, 0, 1 },
		{ "\"S2V5MVBSTw==\":[", "\"AAAA\":7,\"S2V5MVBSTw==\":[", 3, 0, 1 },
		{ "\"S2V5MVBSTw==\":[", "\"S2V5MVBSTw==\":[null,", 3, 0, 1 },
		{ "\"S2V5MVBSTw==\":[", "\"S2V5MVBSTw==\":[{\"subjectPk\":\"AAAA\"},", 3, 1, 0 },
		{ "\"S2V5MVBSTw==\":[", "\"S2V5MVBSTw==\":[{\"subjectPk\":7},", 3, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input(
			"nl", &f, world_swap(&w, world_nl_payload(&w), rows[i].from, rows[i].to));
		struct trust_source_info s = world_read(&w, &in);
		if (s.keys != rows[i].keys || s.refused != rows[i].refused ||
			s.skipped != rows[i].skipped)
			fail_msg("row %zu: %zu, %zu, %zu", i, s.keys, s.refused, s.skipped);
	}
}

static void
test_jwks(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_jwks(&w));
	const struct trust_key *k;

	(void)state;
	in.country = SPAN_LIT("AQ");
	struct trust *t = world_build(&w, &in, 1);
	assert_true(span_is(trust_source_at(t, 0)->kind, "jwks"));
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.aq.cert), 1);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.bv.cert), 1);
	assert_true(span_is(trust_key_at(t, 1)->authority, "AQ"));
	trust_unref(t);
	/* elsewhere the identifier is the text itself */
	in.domain = TRUST_VC;
	t = world_build(&w, &in, 1);
	struct key_hint hint = { .issuer = SPAN_LIT("AQ"), .kid = trust_key_at(t, 0)->kid };
	assert_int_equal(hint.kid.len, 11);
	assert_int_equal(
		trust_find(t, (struct trust_scope){ ENV_PRODUCTION, TRUST_VC }, &hint, &k, 1), 1);
	trust_unref(t);
}

static void
test_jwks_items(void **state)
{
	static const struct {
		const char *from, *to;
		size_t keys, refused, skipped;
		bool fault;
	} rows[] = {
		{ "\"kid\":\"", "\"kid\":\"", 2, 0, 0, false },
		{ "\"kid\":\"", "\"kid\":\"*", 1, 0, 1, false },
		{ "\"kid\"", "\"kit\"", 1, 0, 1, false },
		{ "\"P-256\"", "\"P-999\"", 1, 1, 0, false },
		{ "\"EC\"", "\"oct\"", 1, 1, 0, false },
		{ "\"keys\":[", "\"keys\":[7,", 2, 0, 1, false },
		{ "\"keys\":[", "\"kees\":[", 0, 0, 0, true },
		{ "\"keys\":[", "\"keys\":[],\"x\":[", 0, 0, 0, true },
		{ "\"keys\":[", "\"keys\":[,", 0, 0, 0, true },
		{ "\"keys\":[", "\"keys\":0,\"keys\":[", 0, 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input(
			"jwks", &f, world_swap(&w, world_jwks(&w), rows[i].from, rows[i].to));
		struct trust_source_info s = world_read(&w, &in);
		if (s.keys != rows[i].keys || s.refused != rows[i].refused ||
			s.skipped != rows[i].skipped || (s.fault != NULL) != rows[i].fault)
			fail_msg("row %zu: %zu, %zu, %zu, %s", i, s.keys, s.refused, s.skipped,
				s.fault ? s.fault : "-");
	}
}

/* Country by folder, by the name's beginning, by the source, by the certificate: in this order. */
static void
test_country(void **state)
{
	static const struct {
		const char *path, *source, *country;
	} rows[] = {
		{ "lists/SE/dsc.pem", "FI", "SE" },
		{ "lists/SE_dsc.pem", "FI", "SE" },
		{ "lists/SE-1.der", "", "SE" },
		{ "SE_dsc.pem", "FI", "SE" },
		{ "lists/SEA_dsc.pem", "FI", "FI" },
		{ "lists/se/dsc.pem", "FI", "FI" },
		{ "SE/x/dsc.pem", "FI", "FI" },
		{ "lists/SE", "FI", "FI" },
		{ "lists/dsc.pem", "", "AQ" },
		{ "NO/SE_dsc.pem", "FI", "NO" },
		{ "", "", "AQ" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input("", &f, world_pem(&w, w.aq.cert));
		f.name = span_of(rows[i].path);
		in.country = span_of(rows[i].source);
		struct trust *t = world_build(&w, &in, 1);
		if (!span_is(trust_key_at(t, 0)->authority, rows[i].country))
			fail_msg("row %zu: %s", i, (const char *)trust_key_at(t, 0)->authority.ptr);
		trust_unref(t);
	}
}

/* A folder holds what it holds: several in one file, DER, authorities, and things that are no certificate. */
static void
test_folder(void **state)
{
	struct span two = world_join(&w, world_pem(&w, w.aq.cert), world_pem(&w, w.bv.cert));
	struct trust_file files[] = { { SPAN_LIT("f/README"), SPAN_LIT("what lies here") },
		{ SPAN_LIT("f/empty"), SPAN_LIT("") }, { SPAN_LIT("f/two.pem"), two },
		{ SPAN_LIT("f/one.der"), cert_der(w.aq2.cert) },
		{ SPAN_LIT("f/csca.pem"), world_pem(&w, w.csca_aq.cert) },
		{ SPAN_LIT("f/cut.der"), span_slice(cert_der(w.aq.cert), 0, 99) } };
	struct trust_input in = { .name = SPAN_LIT("folder"),
		.domain = TRUST_DCC,
		.files = files,
		.file_count = sizeof(files) / sizeof(files[0]),
		.read_at = WORLD_NOW };
	struct trust *t = world_build(&w, &in, 1);

	(void)state;
	assert_true(span_is(trust_source_at(t, 0)->kind, "certificates"));
	assert_int_equal(trust_source_at(t, 0)->keys, 3);
	assert_int_equal(trust_source_at(t, 0)->skipped, 4);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.csca_aq.cert), 0);
	trust_unref(t);
	in.anchors = world_pem(&w, w.csca_aq.cert);
	struct trust_source_info s = world_read(&w, &in);
	assert_int_equal(s.keys, 2);
	assert_true(s.items_checked);
	in.file_count = 2;
	assert_string_equal(world_read(&w, &in).fault,
		"this is none of the kinds of trust list that are known here");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_dates),
		cmocka_unit_test(test_at_signature),
		cmocka_unit_test(test_at_items),
		cmocka_unit_test(test_at_anchors),
		cmocka_unit_test(test_nl),
		cmocka_unit_test(test_nl_signature),
		cmocka_unit_test(test_nl_letters),
		cmocka_unit_test(test_nl_items),
		cmocka_unit_test(test_jwks),
		cmocka_unit_test(test_jwks_items),
		cmocka_unit_test(test_country),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
