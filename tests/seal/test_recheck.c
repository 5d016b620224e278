/* Our own check of signatures against OpenSSL's: what it makes is valid, and nothing else is. */
#include "codecs/seal/own/recheck.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/key.h"
#include "codecs/seal/signer_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { KEYS = 8, ROUNDS = 24 };

struct own {
	struct arena *arena;
	struct kit *kit;
	struct private_key *key;
	struct signer signer;
	struct span spki;
	struct recheck *check;
};

static void
own_open(struct own *o, enum private_kind kind)
{
	*o = (struct own){ .arena = arena_new(1 << 20), .kit = kit_new() };
	assert_int_equal(private_new(kind, &o->key), 0);
	assert_int_equal(private_spki(o->key, o->arena, &o->spki), 0);
	assert_int_equal(recheck_new(o->spki, &o->check), 0);
}

static void
own_close(struct own *o)
{
	recheck_free(o->check);
	private_free(o->key);
	kit_free(o->kit);
	arena_free(o->arena);
}

static bool
valid(const struct own *o, const uint8_t *digest, struct span signature)
{
	bool v;

	assert_int_equal(recheck_valid(o->check, digest, signature, &v), 0);
	return v;
}

static void
what_openssl_signs_is_valid_and_no_bit_may_change(void **state)
{
	(void)state;
	for (int k = 0; k < KEYS; k++) {
		struct own o;
		own_open(&o, PRIVATE_P256);
		assert_non_null(o.check);
		assert_int_equal(signer_over(o.key, SIG_ES256, &o.signer), 0);
		for (int i = 0; i < ROUNDS; i++) {
			uint8_t text[4] = { (uint8_t)k, (uint8_t)i, 7, 7 }, digest[32], changed[64];
			struct span signature;
			assert_int_equal(digest_of(o.kit, DIGEST_SHA256,
						 (struct span){ text, sizeof(text) }, digest),
				0);
			assert_int_equal(o.signer.sign(&o.signer, o.arena,
						 (struct span){ text, sizeof(text) }, &signature),
				0);
			assert_true(valid(&o, digest, signature));
			memcpy(changed, signature.ptr, 64);
			changed[(k * ROUNDS + i) % 64] ^= (uint8_t)(1 << (i % 8));
			assert_false(valid(&o, digest, (struct span){ changed, 64 }));
			digest[(k * ROUNDS + i) % 32] ^= (uint8_t)(1 << (i % 8));
			assert_false(valid(&o, digest, signature));
		}
		own_close(&o);
	}
}

/* 0 and the order are no halves of a signature, whatever else holds; nor is one too short. */
static void
halves_out_of_range_are_refused(void **state)
{
	static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3,
		0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
	uint8_t digest[32] = { 1 }, s[64] = { 0 };
	struct own o;

	(void)state;
	own_open(&o, PRIVATE_P256);
	assert_false(valid(&o, digest, (struct span){ s, 64 }));
	s[31] = s[63] = 1;
	assert_false(valid(&o, digest, (struct span){ s, 64 }));
	memcpy(s, order, 32);
	assert_false(valid(&o, digest, (struct span){ s, 64 }));
	memcpy(s + 32, order, 32);
	assert_false(valid(&o, digest, (struct span){ s, 64 }));
	memset(s, 0xff, 64);
	assert_false(valid(&o, digest, (struct span){ s, 64 }));
	assert_false(valid(&o, digest, (struct span){ s, 63 }));
	own_close(&o);
}

static void
other_keys_have_no_table(void **state)
{
	static const enum private_kind kinds[] = { PRIVATE_P384, PRIVATE_ED25519, PRIVATE_RSA2048 };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct own o;
		own_open(&o, kinds[i]);
		assert_null(o.check);
		own_close(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_openssl_signs_is_valid_and_no_bit_may_change),
		cmocka_unit_test(halves_out_of_range_are_refused),
		cmocka_unit_test(other_keys_have_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
