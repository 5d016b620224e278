/* test_items.c - the gateway's items, bare and behind a signature line: signers, anchors, refusals. */
#include "codecs/base/text.h"
#include "tests/trust/aid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr) /* what the world makes ends in NUL */

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
read_items(struct span list, struct span pin, struct span anchors)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, list);

	in.pin = pin;
	in.anchors = anchors;
	return world_read(&w, &in);
}

/* Without a pin only DSC items are signers, and nothing was checked. */
static void
test_plain(void **state)
{
	struct trust_file f;
	struct trust_input in = world_input("", &f, world_gateway(&w));
	struct trust *t = world_build(&w, &in, 1);
	const struct trust_source_info *s = trust_source_at(t, 0);

	(void)state;
	assert_true(span_is(s->kind, "dgcg"));
	assert_int_equal(s->keys, 3);
	assert_int_equal(s->skipped, 5);
	assert_false(s->list_signed || s->items_checked);
	assert_int_equal(s->newest_at, WORLD_NOW - WORLD_DAY - 3600);
	assert_int_equal(s->issued_at, TIME_NONE);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.csca_aq.cert), 0);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.upload_aq.cert), 0);
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.stranger.cert), 0);
	assert_true(span_is(trust_key_at(t, 2)->authority, "BV"));
	trust_unref(t);
}

static void
test_pinned(void **state)
{
	struct trust_source_info s = read_items(
		world_gateway(&w), world_pem(&w, w.anchor.cert), SPAN_NONE);

	(void)state;
	assert_null(s.fault);
	assert_int_equal(s.keys, 3);
	assert_int_equal(s.skipped, 5);
	assert_int_equal(s.unchecked, 0);
	assert_true(s.items_checked);
}

/* What an intruder on the way would try on a pinned list. */
static void
test_pinned_attacks(void **state)
{
	struct world_key forged_csca = { 0 }, forged = { 0 }, crossed = { 0 };
	struct span pin = world_pem(&w, w.anchor.cert), list = world_gateway(&w);

	(void)state;
	world_mint(&w, &forged_csca, "AQ", NULL, true);
	world_mint(&w, &forged, "AQ", &forged_csca, false);
	world_mint(&w, &crossed, "AQ", &w.csca_bv, false);
	const struct {
		struct span list;
		size_t keys;
	} rows[] = {
		/* the anchors taken out of the list: nothing hangs on the pin any more */
		{ world_print(&w, "[%s]", STR(world_item(&w, &w.aq, "DSC", &w.upload_aq))), 0 },
		/* only one of the two kinds of anchors left */
		{ world_print(&w, "[%s,%s]", STR(world_item(&w, &w.csca_aq, "CSCA", &w.anchor)),
			  STR(world_item(&w, &w.aq, "DSC", &w.upload_aq))),
			0 },
		{ world_print(&w, "[%s,%s]", STR(world_item(&w, &w.upload_aq, "UPLOAD", &w.anchor)),
			  STR(world_item(&w, &w.aq, "DSC", &w.upload_aq))),
			0 },
		/* an authority that the trust anchor has not signed, and its signer */
		{ world_print(&w, "[%s,%s,%s]",
			  STR(world_item(&w, &forged_csca, "CSCA", &w.upload_aq)),
			  STR(world_item(&w, &w.upload_aq, "UPLOAD", &w.anchor)),
			  STR(world_item(&w, &forged, "DSC", &w.upload_aq))),
			0 },
		/* an anchor's item with the type changed: CSCA as UPLOAD and the other way */
		{ world_swap(&w, world_swap(&w, list, "\"CSCA\"", "\"UPLOAD\""), "\"CSCA\"",
			  "\"UPLOAD\""),
			0 },
		{ world_swap(&w, world_swap(&w, list, "\"UPLOAD\"", "\"CSCA\""), "\"UPLOAD\"",
			  "\"CSCA\""),
			0 },
		/* BV uploads a signer of AQ, AQ's authority or not */
		{ world_swap(&w, list, "]",
			  STR(world_print(
				  &w, ",%s]", STR(world_item(&w, &crossed, "DSC", &w.upload_bv))))),
			3 },
		{ world_swap(&w, list, "]",
			  STR(world_print(
				  &w, ",%s]", STR(world_item(&w, &crossed, "DSC", &w.upload_aq))))),
			3 },
		/* the country, which nobody has signed, changed */
		{ world_swap(&w, list, "\"country\":\"BV\",\"certificateType\":\"DSC\"",
			  "\"country\":\"AQ\",\"certificateType\":\"DSC\""),
			2 },
		/* the trust anchor itself, an upload certificate or an authority as a signer */
		{ world_swap(&w, list, "\"AUTHENTICATION\"", "\"DSC\""), 3 },
		{ world_swap(&w, list, "\"UPLOAD\"", "\"DSC\""), 1 },
		{ world_swap(&w, list, "\"CSCA\"", "\"DSC\""), 1 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = read_items(rows[i].list, pin, SPAN_NONE);
		if (s.keys != rows[i].keys)
			fail_msg("row %zu: %zu keys, not %zu", i, s.keys, rows[i].keys);
	}
}

/* A pin that is not one certificate must not pass for none. */
static void
test_bad_pins(void **state)
{
	struct span one = world_pem(&w, w.anchor.cert);
	const struct span pins[] = { SPAN_LIT("garbage"), SPAN_LIT("\x30\x00"),
		key_spki(cert_key(w.anchor.cert)), world_join(&w, one, one),
		span_slice(cert_der(w.anchor.cert), 0, 100) };

	(void)state;
	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++)
		assert_string_equal(read_items(world_gateway(&w), pins[i], SPAN_NONE).fault,
			"the pin of a gateway list is one certificate: its trust anchor's");
	assert_string_equal(
		read_items(world_gateway(&w), world_pem(&w, w.upload_aq.cert), SPAN_NONE).fault,
		"the list holds no signer at all");
}

static void
test_anchors(void **state)
{
	struct span csca = world_pem(&w, w.csca_aq.cert);
	struct span upload = world_pem(&w, w.upload_aq.cert);
	struct span other = world_pem(&w, w.csca_bv.cert);
	struct span cut = SPAN_LIT(
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	const struct {
		struct span anchors;
		size_t keys, unchecked;
		const char *fault;
	} rows[] = {
		{ csca, 2, 2, NULL },
		{ upload, 2, 0, NULL },
		{ world_join(&w, csca, upload), 2, 0, NULL },
		{ world_join(&w, csca, other), 3, 3, NULL },
		{ other, 1, 1, NULL },
		{ world_pem(&w, w.stranger.cert), 0, 0, "the list holds no signer at all" },
		{ cut, 0, 0, "one of the anchors can't be read as a certificate" },
		{ world_join(&w, csca, cut), 0, 0,
			"one of the anchors can't be read as a certificate" },
		{ SPAN_LIT("none"), 0, 0,
			"the anchors hold no certificate that can vouch for this list" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = read_items(
			world_gateway(&w), SPAN_NONE, rows[i].anchors);
		if (s.keys != rows[i].keys || s.unchecked != rows[i].unchecked)
			fail_msg("row %zu: %zu keys, %zu unchecked", i, s.keys, s.unchecked);
		assert_int_equal(s.fault != NULL, rows[i].fault != NULL);
		if (s.fault)
			assert_string_equal(s.fault, rows[i].fault);
		assert_int_equal(s.items_checked, !s.fault);
	}
}

/* One item at fault costs that item; the list of the row holds AQ's signer besides it. */
static void
test_bad_items(void **state)
{
	struct span good = world_item(&w, &w.aq, "DSC", NULL);
	struct span item = world_item(&w, &w.bv, "DSC", NULL);
	struct span kid = world_base64(&w, span_slice(cert_sha256(w.bv.cert), 0, 8));
	const char *kid_text = STR(world_print(&w, "\"kid\":\"%s\"", STR(kid)));
	const struct {
		struct span item;
		size_t keys;
	} rows[] = {
		{ item, 2 },
		{ world_swap(&w, item, kid_text, "\"kid\":\"AAAAAAAAAAA=\""), 1 },
		{ world_swap(&w, item, kid_text, "\"kid\":\"\""), 1 },
		{ world_swap(&w, item, kid_text, "\"kid\":null"), 1 },
		{ world_swap(&w, item, kid_text, "\"kid\":\"-_-_\""), 1 },
		{ world_swap(&w, item, kid_text, "\"kit\":\"\""), 1 },
		{ world_swap(&w, item, "\"DSC\"", "\"dsc\""), 1 },
		{ world_swap(&w, item, "\"DSC\"", "\"DSC \""), 1 },
		{ world_swap(&w, item, "\"DSC\"", "\"NEW\""), 1 },
		{ world_swap(&w, item, "\"DSC\"", "null"), 1 },
		{ world_swap(&w, item, "\"certificateType\"", "\"type\""),
			2 }, /* as re-published */
		{ world_swap(&w, item, "\"thumbprint\":\"", "\"thumbprint\":\"00"), 1 },
		{ world_swap(&w, item, "\"thumbprint\":\"", "\"thumbprint\":1,\"x\":\""), 1 },
		{ world_swap(&w, item, "\"thumbprint\"", "\"x\""), 2 },
		{ world_swap(&w, item, "\"rawData\":\"", "\"rawData\":\"AAAA"), 1 },
		{ world_swap(&w, item, "\"rawData\":\"", "\"rawData\":\"*"), 1 },
		{ world_swap(&w, item, "\"rawData\":\"", "\"rawData\":[],\"x\":\""), 1 },
		{ world_swap(&w, item, "\"timestamp\":\"", "\"timestamp\":\"x"), 2 },
		{ world_swap(&w, item, "\"country\":\"BV\"", "\"country\":7"), 2 }, /* its own C */
		{ SPAN_LIT("null"), 1 },
		{ SPAN_LIT("[]"), 1 },
		{ SPAN_LIT("{}"), 1 },
		{ SPAN_LIT("\"DSC\""), 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span list = world_print(&w, "[%s,%s]", STR(rows[i].item), STR(good));
		struct trust_file f;
		struct trust_input in = world_input("dgcg", &f, list);
		struct trust_source_info s = world_read(&w, &in);
		if (s.fault || s.keys != rows[i].keys || s.keys + s.skipped != 2)
			fail_msg("row %zu: %s, %zu keys", i, s.fault ? s.fault : "-", s.keys);
	}
}

/* The same identifier twice, with different certificates: both are kept and both are found. */
static void
test_same_kid(void **state)
{
	struct span item = world_item(&w, &w.aq, "DSC", NULL);
	struct trust_file f;
	struct trust_input in = world_input(
		"", &f, world_print(&w, "[%s,%s]", STR(item), STR(item)));
	struct trust *t = world_build(&w, &in, 1);

	(void)state;
	assert_int_equal(world_find(t, ENV_PRODUCTION, w.aq.cert), 2);
	trust_unref(t);
}

/* A date from the future must not make each later list look old. */
static void
test_timestamps(void **state)
{
	static const struct {
		const char *text;
		int64_t newest;
	} rows[] = {
		{ "2026-12-01T12:00:00Z", WORLD_NOW },
		{ "2026-12-02T12:00:00Z", WORLD_NOW + WORLD_DAY },
		{ "2026-12-02T12:00:01Z", TIME_NONE },
		{ "9999-12-31T23:59:59Z", TIME_NONE },
		{ "yesterday", TIME_NONE },
	};
	struct span item = world_item(&w, &w.aq, "DSC", NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span list = world_swap(&w, item, "2026-11-30T12:00:00+01:00", rows[i].text);
		list = world_print(&w, "{\"certificates\":[%s]}", STR(list));
		assert_int_equal(read_items(list, SPAN_NONE, SPAN_NONE).newest_at, rows[i].newest);
	}
}

static void
test_bad_json(void **state)
{
	struct buf deep = buf_in(w.arena, SIZE_MAX);
	static const struct {
		const char *text, *fault;
		size_t offset;
	} rows[] = {
		{ "", "the list is not valid JSON", 0 },
		{ "[]", "the list holds no signer at all", PLACE_NO_OFFSET },
		{ "{}", "the list has no array of certificates", PLACE_NO_OFFSET },
		{ "{\"certificates\":{}}", "the list has no array of certificates",
			PLACE_NO_OFFSET },
		{ "{\"certificates\":[],\"certificates\":[]}", "the list is not valid JSON", 33 },
		{ "[] []", "the list is not valid JSON", 4 },
		{ "[\"\\u0000\"]", "the list is not valid JSON", 9 },
		{ "<html>", "the list is not valid JSON", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_file f;
		struct trust_input in = world_input("dgcg", &f, span_of(rows[i].text));
		struct trust_source_info s = world_read(&w, &in);
		assert_string_equal(s.fault, rows[i].fault);
		assert_int_equal(s.fault_offset, rows[i].offset);
	}
	for (int depth = 64; depth <= 65; depth++) {
		struct trust_file f;
		struct trust_input in = world_input("dgcg", &f, SPAN_NONE);
		deep.len = 0;
		for (int i = 0; i < depth; i++)
			buf_char(&deep, '[');
		for (int i = 0; i < depth; i++)
			buf_char(&deep, ']');
		f.bytes = buf_span(&deep);
		assert_string_equal(world_read(&w, &in).fault,
			depth == 64 ? "the list holds no signer at all"
				    : "the list is nested deeper than any trust list");
	}
	struct trust_file f;
	struct trust_input in = world_input("dgcg", &f, SPAN_LIT("[\"a\",\0]"));
	struct trust_source_info s = world_read(&w, &in);
	assert_string_equal(s.fault, "the list is not JSON: it holds a NUL byte");
	assert_int_equal(s.fault_offset, 5);
}

/* Small bytes that would become large memory. */
static void
test_many_values(void **state)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);
	struct trust_file f;
	struct trust_input in = world_input("dgcg", &f, SPAN_NONE);

	(void)state;
	w.limits.trust_keys = 10;
	for (int values = 480; values <= 481; values++) {
		b.len = 0;
		for (int i = 0; i < values; i++)
			buf_str(&b, i == 0 ? "[0" : ",0"); /* each adds one */
		buf_char(&b, ']');
		f.bytes = buf_span(&b);
		assert_string_equal(world_read(&w, &in).fault,
			values == 480 ? "the list holds no signer at all"
				      : "the list holds more values than trust.keys keys have");
	}
	w.limits.trust_keys = limits_default.trust_keys;
}

static struct span
der_signature(struct span json)
{
	struct span raw = world_signed_line(&w, json, &w.anchor),
		    der = SPAN_LIT("MEUCIQDJGVzs6ZcTALJzl4jx1s4pXkz1a3WnmYk4xkVvUzTlkwIgYtCkDp2o5k0"
				   "kVn4VQ8mM2k3m5Hq1a5mJ8m4b9aC0b5U=");

	return world_join(
		&w, world_join(&w, der, SPAN_LIT("\n")), span_from(raw, span_find(raw, '\n') + 1));
}

/* The signature line: whose, over what, in which form. */
static void
test_line(void **state)
{
	static const char form[] = "the first line is no signature of 64 bytes in base64";
	static const char whose[] = "the signature in the first line is not by the pinned key";
	struct span json = world_print(
		&w, "{\"certificates\":[%s]}", STR(world_item(&w, &w.aq, "DSC", NULL)));
	struct span good = world_signed_line(&w, json, &w.anchor);
	size_t line = span_find(good, '\n');
	struct span signature = span_slice(good, 0, line);
	struct span crlf = world_join(&w, world_join(&w, signature, SPAN_LIT("\r\n")), json);
	const struct {
		struct span list;
		const char *fault; /* with the pin */
		const char *bare; /* without */
	} rows[] = {
		{ good, NULL, NULL },
		{ world_signed_line(&w, json, &w.stranger), whose, NULL },
		{ world_swap(&w, good, "+01:00", "+01:01"), whose, NULL },
		{ world_join(&w, good, SPAN_LIT(" ")), whose, NULL },
		{ world_join(&w, good, SPAN_LIT("\n")), whose, NULL },
		{ crlf, form, form },
		{ json, form, form },
		{ signature, form, form },
		{ der_signature(json), form, form },
		{ world_join(&w, SPAN_LIT("\n"), json), form, form },
		{ world_join(&w, SPAN_LIT("\n"), good), form, form },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int pinned = 0; pinned < 2; pinned++) {
			struct trust_file f;
			struct trust_input in = world_input("de", &f, rows[i].list);
			const char *fault = pinned ? rows[i].fault : rows[i].bare;
			in.pin = pinned ? world_pem(&w, w.anchor.cert) : SPAN_NONE;
			struct trust_source_info s = world_read(&w, &in);
			if ((s.fault != NULL) != (fault != NULL))
				fail_msg("row %zu: %s", i, s.fault ? s.fault : "taken");
			if (fault)
				assert_string_equal(s.fault, fault);
			assert_int_equal(s.list_signed, pinned && !fault);
			assert_int_equal(s.keys, !fault);
		}
}

/* The pin as a PEM or DER key, or as a certificate; anything else is a fault, not a list without pin. */
static void
test_line_pins(void **state)
{
	struct span json = world_print(
		&w, "{\"certificates\":[%s]}", STR(world_item(&w, &w.aq, "DSC", NULL)));
	struct span list = world_signed_line(&w, json, &w.anchor);
	struct span spki = key_spki(cert_key(w.anchor.cert));
	struct span pem = world_print(&w,
		"-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n",
		STR(world_base64(&w, spki)));
	struct span cert = world_pem(&w, w.anchor.cert);
	const struct {
		struct span pin;
		bool good;
	} rows[] = {
		{ pem, true },
		{ spki, true },
		{ cert, true },
		{ cert_der(w.anchor.cert), true },
		{ world_join(&w, cert, world_pem(&w, w.stranger.cert)), false },
		{ key_spki(cert_key(w.stranger.cert)), false },
		{ span_slice(spki, 0, spki.len - 1), false },
		{ world_swap(&w, pem, "-----END PUBLIC", "-----END PRIVATE"), false },
		{ world_swap(&w, pem, "\n", "\n*"), false },
		{ SPAN_LIT(" "), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_source_info s = read_items(list, rows[i].pin, SPAN_NONE);
		if (s.list_signed != rows[i].good || (s.fault == NULL) != rows[i].good)
			fail_msg("row %zu: %s", i, s.fault ? s.fault : "taken");
		assert_int_equal(s.keys, rows[i].good);
	}
}

/* The pin of the line is no trust anchor for the items; anchors are asked beside it. */
static void
test_line_anchors(void **state)
{
	struct span items = world_gateway(&w);
	struct span json = world_print(&w, "{\"certificates\":%s}", STR(items));
	struct span list = world_signed_line(&w, json, &w.anchor);
	struct span pin = world_pem(&w, w.anchor.cert);
	struct trust_source_info s = read_items(list, pin, SPAN_NONE);

	(void)state;
	assert_true(s.list_signed && !s.items_checked && s.keys == 3);
	s = read_items(list, pin, world_pem(&w, w.csca_bv.cert));
	assert_true(s.list_signed && s.items_checked && s.keys == 1);
	/* a fault inside the JSON counts from the file's first byte */
	list = world_signed_line(&w, SPAN_LIT("{\"certificates\":x}"), &w.anchor);
	s = read_items(list, pin, SPAN_NONE);
	assert_int_equal(s.fault_offset, 89 + 17);
	assert_false(s.list_signed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_pinned_attacks),
		cmocka_unit_test(test_bad_pins),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_bad_items),
		cmocka_unit_test(test_same_kid),
		cmocka_unit_test(test_timestamps),
		cmocka_unit_test(test_bad_json),
		cmocka_unit_test(test_many_values),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_line_pins),
		cmocka_unit_test(test_line_anchors),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
