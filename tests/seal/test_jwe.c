/* test_jwe.c - compact JWE: what another library sealed, every part changed, cut or replaced, every limit. */
#include "codecs/seal/jwe.h"

#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Octets 0 to 31; the IV of all of them is a0 to ab. */
#define KEY                                                                                 \
	((struct span){                                                                     \
		(const uint8_t *)"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d" \
				 "\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b" \
				 "\x1c\x1d\x1e\x1f",                                        \
		JWE_KEY })
#define IV_TEXT "oKGio6Slpqeoqaqr"
#define IV      SPAN_LIT("\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab")
#define HEADER  "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}"
#define FILE_   "{\"verifiableCredential\":[\"a.b.c\"]}"

/* Made with another library. */
#define CARD                                                                                       \
	"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiYXBwbGljYXRpb24vc21hcnQtaGVhbHRoLWNhcmQi" \
	"fQ.." IV_TEXT ".nToKSDeiZNYDB-u2RAiluhXCLXnz22BWxyxHqB2FFiOPCw.N5gxdlUk694qYhWjm9aCUw"

static const struct {
	const char *jwe, *plain, *cty;
	bool deflated;
} vectors[] = {
	{ CARD, FILE_, "application/smart-health-card", false },
	{ "eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0.." IV_TEXT "..C_a2SsraWraLMYej97Tiag", "", NULL,
		false },
	{ "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIiwia2lkIjoieCIsIngiOlsxXX0."
	  "." IV_TEXT
	  ".TU5WZmgBTnQuKU2aclSKkzlhctneexPeFlhsUjR5PldY2-pZJChT.o4Vu3uiFyRYIIgpTGdlUDA",
		FILE_ FILE_ FILE_ FILE_, NULL, true },
};

static enum reason
reason_of(const struct aid_work *a)
{
	return a->report.checks[CHECK_FORMAT].reason;
}

/* Reads and opens; REASON_NONE and *plain when both went well. */
static enum reason
try(struct aid_work *a, struct span text, struct span key, size_t max, struct span *plain)
{
	struct jwe j;
	bool ok;

	report_begin(&a->report, a->arena);
	assert_int_equal(jwe_read(&a->work, text, &j, &ok), 0);
	assert_int_equal(ok, reason_of(a) == REASON_NONE);
	if (!ok)
		return reason_of(a);
	assert_int_equal(jwe_open(&a->work, &j, key, "link.bytes", max, plain, &ok), 0);
	assert_int_equal(ok, reason_of(a) == REASON_NONE);
	return reason_of(a);
}

static void
test_vectors(void **state)
{
	struct aid_work a;
	struct span plain;
	struct jwe j;
	bool ok;

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct span text = span_of(vectors[i].jwe);
		assert_true(jwe_looks_like(text));
		assert_int_equal(try(&a, text, KEY, 1000, &plain), REASON_NONE);
		assert_true(span_is(plain, vectors[i].plain));
		assert_int_equal(jwe_read(&a.work, text, &j, &ok), 0);
		assert_true(ok);
		assert_true(span_eq(j.cty, span_of(vectors[i].cty)));
		assert_int_equal(j.cty.ptr != NULL, vectors[i].cty != NULL);
		assert_int_equal(j.deflated, vectors[i].deflated);
	}
	aid_end(&a);
}

/* A compact JWE over any header, sealed with KEY. */
static struct span
sealed(struct aid_work *a, const char *header, struct span plain)
{
	struct span out = SPAN_NONE;

	assert_int_equal(jwe_write(&a->work, span_of(header), KEY, IV, plain, &out), 0);
	return out;
}

/* clang-format off */
static const struct {
	const char *header;
	enum reason reason;
} headers[] = {
	{ HEADER, REASON_NONE },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"\",\"kid\":7,\"jwk\":{},\"jku\":\"https://x\"}",
	  REASON_NONE },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"crit\":[\"exp\"]}", REASON_JWE_CRIT },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"crit\":null}", REASON_JWE_CRIT },
	{ "{\"alg\":\"DIR\",\"enc\":\"A256GCM\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"A256KW\",\"enc\":\"A256GCM\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"none\",\"enc\":\"A256GCM\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"A256CBC-HS512\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"a256gcm\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"def\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"\"}", REASON_JWE_ALGORITHM },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":1}", REASON_JWE_HEADER },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":[]}", REASON_JWE_HEADER },
	{ "{\"alg\":\"dir\"}", REASON_JWE_HEADER }, { "{\"enc\":\"A256GCM\"}", REASON_JWE_HEADER },
	{ "{\"alg\":1,\"enc\":\"A256GCM\"}", REASON_JWE_HEADER },
	{ "{\"alg\":\"dir\",\"enc\":null}", REASON_JWE_HEADER },
	{ "{}", REASON_JWE_HEADER }, { "[]", REASON_JWE_HEADER }, { "\"dir\"", REASON_JWE_HEADER },
	{ "{\"alg\":\"dir\",\"enc\":\"A256GCM\"", REASON_JSON_MALFORMED }, { HEADER " x", REASON_JSON_TRAILING },
	{ "{\"alg\":\"dir\",\"alg\":\"dir\",\"enc\":\"A256GCM\"}", REASON_JSON_DUPLICATE },
};

#define H "eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0"
#define T "C_a2SsraWraLMYej97Tiag"
static const struct {
	const char *text;
	enum reason reason;
	size_t      offset;
} forms[] = {
	{ "", REASON_JWE_STRUCTURE, 0 }, { "....", REASON_JWE_STRUCTURE, 0 }, { H, REASON_JWE_STRUCTURE, 0 },
	{ H ".." IV_TEXT "." T, REASON_JWE_STRUCTURE, 0 }, { H "." IV_TEXT "." T, REASON_JWE_STRUCTURE, 0 },
	{ H ".." IV_TEXT ".." T ".", REASON_JWE_STRUCTURE, 0 },
	{ H ".." IV_TEXT ".." T "." T, REASON_JWE_STRUCTURE, 0 },
	{ "." H "." IV_TEXT ".." T, REASON_JWE_STRUCTURE, 0 },
	{ H ".AA." IV_TEXT ".." T, REASON_JWE_STRUCTURE, 40 },
	{ H ".." IV_TEXT "..", REASON_JWE_STRUCTURE, 59 },
	{ H ".." IV_TEXT "..C_a2SsraWraLMYej97Ti", REASON_JWE_STRUCTURE, 59 },
	{ H ".." IV_TEXT "..C_a2SsraWraLMYej97TiagAA", REASON_JWE_STRUCTURE, 59 },
	{ H "....." T, REASON_JWE_STRUCTURE, 0 }, { H "...." T, REASON_JWE_STRUCTURE, 41 },
	{ H "..oKGio6Slpqeoqao.." T, REASON_JWE_STRUCTURE, 41 },
	{ H "..oKGio6SlpqeoqaqrrA.." T, REASON_JWE_STRUCTURE, 41 },
	{ H ".." IV_TEXT ".." "C_a2SsraWraLMYej97Tiah", REASON_ENCODING_BASE64URL, 80 },
	{ H ".." IV_TEXT ".." T "==", REASON_ENCODING_BASE64URL, 81 },
	{ H ".." IV_TEXT ".A." T, REASON_ENCODING_BASE64URL, 58 },
	{ H ".." IV_TEXT ".A+." T, REASON_ENCODING_BASE64URL, 59 },
	{ H "= .." IV_TEXT ".." T, REASON_ENCODING_BASE64URL, 39 },
	{ H ".." IV_TEXT ".." T "\n", REASON_ENCODING_BASE64URL, 81 },
	{ H ".." IV_TEXT ".AA." T, REASON_JWE_DECRYPT, PLACE_NO_OFFSET },
};
/* clang-format on */

static void
test_headers(void **state)
{
	struct aid_work a;
	struct span plain;

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct span text = sealed(&a, headers[i].header, SPAN_LIT("x"));
		enum reason got = try(&a, text, KEY, 1000, &plain);
		if (got != headers[i].reason)
			print_error("%s: %s\n", headers[i].header, reason_code(got));
		assert_int_equal(got, headers[i].reason);
	}
	aid_end(&a);
}

static void
test_forms(void **state)
{
	struct aid_work a;
	struct span plain;

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(forms); i++) {
		enum reason got = try(&a, span_of(forms[i].text), KEY, 1000, &plain);
		const struct place *at = &a.report.checks[CHECK_FORMAT].at;
		if (got != forms[i].reason || at->offset != forms[i].offset)
			print_error("%s: %s at %zu\n", forms[i].text, reason_code(got), at->offset);
		assert_int_equal(got, forms[i].reason);
		assert_int_equal(at->offset, forms[i].offset);
	}
	aid_end(&a);
}

/* Every character but the dots, changed to the next one of the alphabet: never opened. */
static void
test_every_change_is_found(void **state)
{
	static const char next[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_A";
	char text[sizeof(CARD)];
	struct aid_work a;
	struct span plain;

	(void)state;
	for (size_t i = 0; i < sizeof(CARD) - 1; i++) {
		aid_begin(&a);
		memcpy(text, CARD, sizeof(text));
		const char *at = strchr(next, text[i]);
		text[i] = at ? at[1] : 'A';
		assert_int_not_equal(try(&a, span_of(text), KEY, 1000, &plain), REASON_NONE);
		text[i] = '\0';
		assert_int_not_equal(try(&a, span_of(text), KEY, 1000, &plain), REASON_NONE);
		aid_end(&a);
	}
}

static void
test_keys(void **state)
{
	struct aid_work a;
	struct span plain;
	uint8_t key[JWE_KEY + 1];

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < JWE_KEY * 8; i++) {
		memcpy(key, KEY.ptr, JWE_KEY);
		key[i / 8] ^= (uint8_t)(1u << i % 8);
		struct span wrong = { key, JWE_KEY };
		assert_int_equal(try(&a, span_of(CARD), wrong, 1000, &plain), REASON_JWE_DECRYPT);
	}
	for (size_t len = 0; len <= sizeof(key); len++) {
		memset(key, 0, sizeof(key));
		memcpy(key, KEY.ptr, JWE_KEY);
		struct span part = { key, len };
		assert_int_equal(try(&a, span_of(CARD), part, 1000, &plain),
			len == JWE_KEY ? REASON_NONE : REASON_JWE_DECRYPT);
	}
	aid_end(&a);
}

/* At the bound, one under and one over; stored and compressed. */
static void
test_bounds(void **state)
{
	static const char *const zipped = "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}";
	struct aid_work a;
	struct span plain, packed;
	uint8_t bytes[300];

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i / 3);
	for (size_t len = 255; len <= 257; len++) {
		enum reason due = len > 256 ? REASON_INPUT_TOO_LARGE : REASON_NONE;
		struct span in = { bytes, len };
		assert_int_equal(try(&a, sealed(&a, HEADER, in), KEY, 256, &plain), due);
		assert_int_equal(deflate_raw(&a.work, in, &packed), 0);
		assert_int_equal(try(&a, sealed(&a, zipped, packed), KEY, 256, &plain), due);
		if (due)
			assert_string_equal(a.report.checks[CHECK_FORMAT].limit, "link.bytes");
		else
			assert_true(span_eq(plain, in));
	}
	a.limits.inflate_ratio = 2;
	assert_int_equal(
		deflate_raw(&a.work, (struct span){ (uint8_t[200]){ 0 }, 200 }, &packed), 0);
	assert_int_equal(
		try(&a, sealed(&a, zipped, packed), KEY, 256, &plain), REASON_INPUT_TOO_LARGE);
	assert_string_equal(a.report.checks[CHECK_FORMAT].limit, "inflate.ratio");
	aid_end(&a);
}

static void
test_compressed_badly(void **state)
{
	static const char *const zipped = "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}";
	struct aid_work a;
	struct span plain, packed;

	(void)state;
	aid_begin(&a);
	assert_int_equal(deflate_raw(&a.work, SPAN_LIT(FILE_), &packed), 0);
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(
			try(&a, sealed(&a, zipped, span_slice(packed, 0, len)), KEY, 1000, &plain),
			REASON_INFLATE_MALFORMED);
	uint8_t *longer = arena_bytes(a.arena, packed.len + 1);
	memcpy(longer, packed.ptr, packed.len);
	longer[packed.len] = 0;
	assert_int_equal(try(&a, sealed(&a, zipped, (struct span){ longer, packed.len + 1 }), KEY,
				 1000, &plain),
		REASON_INFLATE_TRAILING);
	assert_int_equal(deflate_zlib(&a.work, SPAN_LIT(FILE_), &packed), 0);
	assert_int_equal(
		try(&a, sealed(&a, zipped, packed), KEY, 1000, &plain), REASON_INFLATE_MALFORMED);
	aid_end(&a);
}

/* What was altered is not even inflated. */
static void
test_tag_before_inflate(void **state)
{
	struct aid_work a;
	struct span plain, packed;

	(void)state;
	aid_begin(&a);
	a.limits.inflate_ratio = 1;
	assert_int_equal(
		deflate_raw(&a.work, (struct span){ (uint8_t[200]){ 0 }, 200 }, &packed), 0);
	struct span text = sealed(
		&a, "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}", packed);
	struct span wrong = { (uint8_t[JWE_KEY]){ 1 }, JWE_KEY };
	assert_int_equal(try(&a, text, wrong, 1000, &plain), REASON_JWE_DECRYPT);
	aid_end(&a);
}

static void
test_writing(void **state)
{
	struct aid_work a;
	struct span out;

	(void)state;
	aid_begin(&a);
	out = sealed(&a,
		"{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"application/smart-health-card\"}",
		SPAN_LIT(FILE_));
	assert_true(span_is(out, CARD));
	assert_int_equal(
		jwe_write(&a.work, SPAN_LIT(HEADER), SPAN_LIT("short"), IV, SPAN_LIT("x"), &out),
		-EINVAL);
	assert_int_equal(
		jwe_write(&a.work, SPAN_LIT(HEADER), KEY, SPAN_LIT("short"), SPAN_LIT("x"), &out),
		-EINVAL);
	assert_false(jwe_looks_like(SPAN_LIT("a.b.c")));
	assert_false(jwe_looks_like(SPAN_LIT("a..b.c.d ")));
	assert_false(jwe_looks_like(SPAN_LIT(".a.b.c.d")));
	assert_false(jwe_looks_like(SPAN_NONE));
	aid_end(&a);
}

static int
once(void *arg)
{
	struct work w = *(struct work *)arg;
	struct report report;
	struct span plain;
	struct jwe j;
	bool ok = false;
	int r;

	w.arena = arena_new(1 << 20);
	w.kit = kit_new();
	w.report = &report;
	r = w.arena && w.kit ? 0 : -ENOMEM;
	if (r == 0) {
		report_begin(&report, w.arena);
		r = jwe_read(&w, span_of(vectors[2].jwe), &j, &ok);
	}
	if (r == 0 && ok)
		r = jwe_open(&w, &j, KEY, "link.bytes", 1000, &plain, &ok);
	if (r == 0 && !ok)
		r = -EINVAL;
	kit_free(w.kit);
	arena_free(w.arena);
	return r;
}

static void
test_without_memory(void **state)
{
	struct aid_work a;

	(void)state;
	aid_begin(&a);
	assert_true(oom_each(once, &a.work) > 0);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_every_change_is_found),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_compressed_badly),
		cmocka_unit_test(test_tag_before_inflate),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
