/* test_thumbprint.c - RFC 7638 over published keys, from their JWK and from the key made of it; and what has none. */
#include "codecs/seal/thumbprint.h"

#include "codecs/tree/node.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *jwk, *thumbprint;
	bool key; /* a key can be made of it, too */
} vectors[] = {
	/* RFC 7638, 3.1: members in another order, and further ones */
	{ "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT"
	  "86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lq"
	  "t7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn"
	  "1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-cs"
	  "FCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
	  "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", false },
	/* the same, its algorithm free */
	{ "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM7"
	  "8LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4H"
	  "c5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZH"
	  "zu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBni"
	  "Iqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\"}",
	  "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", true },
	/* RFC 8037, A.3 */
	{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHU"
	  "Ro\"}",
	  "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", true },
	/* SMART Health Cards 1.4.0, the issuer of its examples */
	{ "{\"kty\":\"EC\",\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"use\":\"sig"
	  "\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXN"
	  "xcgw\",\"y\":\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}",
	  "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s", true },
	/* RFC 7520, 3.1: coordinates with a leading zero octet */
	{ "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx"
	  "6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt\",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZ"
	  "aCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1\"}",
	  "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M", true },
	/* a private member changes nothing */
	{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHU"
	  "Ro\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
	  "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", false },
};

/* None of these has one. */
static const char *const without[] = {
	"[]", "\"x\"", "1", "null", "{}", "{\"kty\":\"XYZ\",\"x\":\"AA\"}", "{\"kty\":1}",
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":1}",
	"{\"kty\":\"RSA\",\"n\":\"AA\"}", "{\"kty\":\"OKP\",\"x\":\"AA\"}", "{\"kty\":\"oct\"}",
};
/* clang-format on */

static const struct node *
jwk_of(struct aid_work *a, const char *text)
{
	const struct node *n = NULL;

	assert_int_equal(node_from_json(&a->work, span_of(text), "jwk", &n), 0);
	assert_non_null(n);
	return n;
}

static void
test_vectors(void **state)
{
	struct aid_work a;
	enum key_fault why;
	struct span out;
	struct key *k;

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct node *n = jwk_of(&a, vectors[i].jwk);
		assert_int_equal(thumbprint_of_jwk(&a.work, n, &out), 0);
		assert_int_equal(out.len, THUMBPRINT_LENGTH);
		assert_true(span_is(out, vectors[i].thumbprint));
		assert_int_equal(key_from_jwk(n, &key_policy_default, &k, &why), 0);
		assert_int_equal(k != NULL, vectors[i].key);
		if (!k)
			continue;
		assert_int_equal(thumbprint_of_key(&a.work, k, &out), 0);
		assert_true(span_is(out, vectors[i].thumbprint));
		key_free(k);
	}
	aid_end(&a);
}

static void
test_without(void **state)
{
	struct aid_work a;
	struct span out = SPAN_LIT("untouched");

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(without); i++) {
		out = SPAN_LIT("untouched");
		assert_int_equal(thumbprint_of_jwk(&a.work, jwk_of(&a, without[i]), &out), 0);
		assert_null(out.ptr);
	}
	out = SPAN_LIT("untouched");
	assert_int_equal(thumbprint_of_jwk(&a.work, NULL, &out), 0);
	assert_null(out.ptr);
	aid_end(&a);
}

/* What is hashed is the text as written: a quote in it can't end it early. */
static void
test_texts_stay_inside(void **state)
{
	struct aid_work a;
	struct span plain, odd;

	(void)state;
	aid_begin(&a);
	const struct node *one = jwk_of(&a, "{\"kty\":\"oct\",\"k\":\"A\"}");
	const struct node *two = jwk_of(
		&a, "{\"kty\":\"oct\",\"k\":\"A\\\",\\\"kty\\\":\\\"oct\"}");
	assert_int_equal(thumbprint_of_jwk(&a.work, one, &plain), 0);
	assert_int_equal(thumbprint_of_jwk(&a.work, two, &odd), 0);
	assert_false(span_eq(plain, odd));
	aid_end(&a);
}

static int
once(void *arg)
{
	struct aid_work *a = arg;
	struct arena *arena = arena_new(1 << 20);
	struct work w = a->work;
	const struct node *n = NULL;
	struct key *k = NULL;
	enum key_fault why;
	struct span out;
	int r = arena ? 0 : -ENOMEM;

	w.arena = arena;
	w.kit = kit_new();
	if (!w.kit)
		r = -ENOMEM;
	if (r == 0)
		r = node_from_json(&w, span_of(vectors[4].jwk), "jwk", &n);
	if (r == 0)
		r = key_from_jwk(n, &key_policy_default, &k, &why);
	/* OpenSSL tells its own lack of memory as a malformed key */
	if (r == 0 && k)
		r = thumbprint_of_key(&w, k, &out);
	else if (r == 0)
		r = -ENOMEM;
	key_free(k);
	kit_free(w.kit);
	arena_free(arena);
	return r;
}

static void
test_without_memory(void **state)
{
	struct aid_work a;

	(void)state;
	aid_begin(&a);
	assert_true(oom_each(once, &a) > 0);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_texts_stay_inside),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
