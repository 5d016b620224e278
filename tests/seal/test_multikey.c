/* test_multikey.c - base58btc, multibase and multicodec keys: what is read, what is not, and with which fault. */
#include "codecs/base/text.h"
#include "codecs/seal/multikey.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define ED "z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"

/* The draft's examples (draft-msporny-base58-03, 5), and leading zeros. */
static void
base58(void **state)
{
	static const struct {
		const char *hex, *text;
	} rows[] = {
		{ "", "" },
		{ "00", "1" },
		{ "000001", "112" },
		{ "61", "2g" },
		{ "48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U" },
		{ "0000287fb4cd", "11233QC4" },
		{ "ffffffffffffffff", "jpXCZedGfVQ" },
	};
	struct aid_work w;
	size_t bad;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_in(w.arena, 100);
		struct span bytes, again;

		assert_int_equal(hex_decode(w.arena, span_of(rows[i].hex), &bytes, &bad), 0);
		base58_encode(&b, bytes);
		assert_true(span_is(buf_span(&b), rows[i].text));
		assert_int_equal(base58_decode(w.arena, span_of(rows[i].text), &again, &bad), 0);
		assert_non_null(again.ptr);
		assert_true(span_eq(bytes, again));
	}
	aid_end(&w);
}

static void
base58_bounds(void **state)
{
	static const char *const wrong[] = { "0", "O", "I", "l", "2g ", "2g\n", "-" };
	uint8_t ones[BASE58_TEXT + 1];
	struct aid_work w;
	struct span out;
	size_t bad;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(base58_decode(w.arena, span_of(wrong[i]), &out, &bad), 0);
		assert_null(out.ptr);
		assert_int_equal(bad, strlen(wrong[i]) > 1 ? 2 : 0);
	}
	memset(ones, 'z', sizeof(ones));
	base58_decode(w.arena, (struct span){ ones, BASE58_TEXT }, &out, &bad);
	assert_non_null(out.ptr);
	base58_decode(w.arena, (struct span){ ones, sizeof(ones) }, &out, &bad);
	assert_null(out.ptr);
	struct buf b = buf_in(w.arena, 8192);
	base58_encode(&b, (struct span){ ones, 1601 });
	assert_int_equal(b.error, -ENOBUFS);
	aid_end(&w);
}

static void
multibase(void **state)
{
	static const struct {
		const char *text, *letters, *hex; /* hex NULL: refused */
	} rows[] = {
		{ "z2g", "z", "61" },
		{ "z2g", "u", NULL },
		{ "uYQ", "u", "61" },
		{ "uYQ", "zu", "61" },
		{ "uYQ==", "u", NULL },
		{ "uYR", "u", NULL },
		{ "f61", "zu", NULL },
		{ "", "zu", NULL },
	};
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span out, want = SPAN_NONE;
		size_t bad;

		assert_int_equal(multibase_decode(w.arena, span_of(rows[i].text), rows[i].letters,
					 &out, &bad),
			0);
		if (rows[i].hex)
			hex_decode(w.arena, span_of(rows[i].hex), &want, &bad);
		assert_int_equal(out.ptr != NULL, rows[i].hex != NULL);
		assert_true(!rows[i].hex || span_eq(out, want));
	}
	aid_end(&w);
}

/* Codes and lengths, written as bytes. */
static void
faults(void **state)
{
	static const struct {
		const char *head;
		size_t length;
		enum multikey_fault fault;
		bool verifies;
	} rows[] = {
		{ "ed01", 32, MULTIKEY_OK, true },
		{ "ed01", 31, MULTIKEY_LENGTH, true },
		{ "ed01", 33, MULTIKEY_LENGTH, true },
		{ "ec01", 32, MULTIKEY_OK, false },
		{ "8024", 33, MULTIKEY_OK, true },
		{ "8024", 65, MULTIKEY_LENGTH, true },
		{ "8524", 0, MULTIKEY_LENGTH, true },
		{ "8026", 32, MULTIKEY_CODE, false }, /* a private key */
		{ "ed8100", 32, MULTIKEY_FORM, false }, /* longer than it need be */
		{ "ed", 0, MULTIKEY_FORM, false },
		{ "ffffff01", 32, MULTIKEY_FORM, false },
		{ "", 0, MULTIKEY_FORM, false },
	};
	static const uint8_t raw[65] = { 2 };
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf bytes = buf_in(w.arena, 200), text = buf_in(w.arena, 400);
		enum multikey_fault fault = MULTIKEY_OK;
		struct multikey m = { 0 };
		struct span head;
		size_t bad;

		hex_decode(w.arena, span_of(rows[i].head), &head, &bad);
		buf_add(&bytes, head);
		buf_add(&bytes, (struct span){ raw, rows[i].length });
		buf_char(&text, 'z');
		base58_encode(&text, buf_span(&bytes));
		assert_int_equal(multikey_read(&w.work, buf_span(&text), &m, &fault), 0);
		assert_int_equal(fault, rows[i].fault);
		assert_true(fault != MULTIKEY_OK || m.verifies == rows[i].verifies);
	}
	aid_end(&w);
}

/* Without secp256k1 being asked for by name, such a key is none. */
static void
policies(void **state)
{
	static const char k1[] = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme";
	struct key_policy all = key_policy_default;
	enum multikey_fault fault;
	enum key_fault why = KEY_OK;
	struct multikey m;
	struct aid_work w;
	struct key *k;

	(void)state;
	all.algs = ~0u;
	aid_begin(&w);
	multikey_read(&w.work, span_of(k1), &m, &fault);
	assert_int_equal(fault, MULTIKEY_OK);
	assert_int_equal(key_from_multikey(&w.work, &m, &key_policy_default, &k, &why), 0);
	assert_null(k);
	assert_int_equal(why, KEY_ALG_CONFLICT);
	assert_int_equal(key_from_multikey(&w.work, &m, &all, &k, &why), 0);
	assert_string_equal(key_type(k), "EC secp256k1");
	assert_int_equal(key_algs(k), SIG_BIT(SIG_ES256K));
	key_free(k);
	aid_end(&w);
}

static int
read_once(void *arg)
{
	struct work w = *(const struct work *)arg;
	enum multikey_fault fault;
	enum key_fault why;
	struct key *k = NULL;
	struct multikey m;
	int r = -ENOMEM;

	w.arena = arena_new(1 << 20);
	if (w.arena)
		r = multikey_read(&w, SPAN_LIT(ED), &m, &fault);
	if (r == 0)
		r = key_from_multikey(&w, &m, &key_policy_default, &k, &why);
	if (r == 0 && !k)
		r = -ENOMEM; /* OpenSSL does not say why it made no key */
	key_free(k);
	arena_free(w.arena);
	return r;
}

static void
without_memory(void **state)
{
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	assert_true(oom_each(read_once, &w.work) > 0);
	aid_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base58),
		cmocka_unit_test(base58_bounds),
		cmocka_unit_test(multibase),
		cmocka_unit_test(faults),
		cmocka_unit_test(policies),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("multikey", tests, NULL, NULL);
}
