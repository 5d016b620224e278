/* test_text.c - the strict encodings: published vectors, every faulty character at every place, every overflow;
 * and whatever decodes encodes to the same text again.
 */
#include "codecs/base/text.h"
#include "tests/aid/oom.h"
#include "tests/base/aid_base.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int (*decoder)(struct arena *a, struct span in, struct span *out, size_t *bad);
typedef void (*encoder)(struct buf *b, struct span in);

static int
base64_plain(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	return base64_decode(a, in, false, out, bad);
}

static int
base64_lines(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	return base64_decode(a, in, true, out, bad);
}

static const char alphabet45[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
static const char alphabet_url[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet_std[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet_hex[] = "0123456789abcdefABCDEF";

static const struct {
	const char *name;
	decoder decode;
	encoder encode;
	const char *alphabet;
} codings[] = {
	{ "base45", base45_decode, base45_encode, alphabet45 },
	{ "base64url", base64url_decode, base64url_encode, alphabet_url },
	{ "base64", base64_plain, base64_encode, alphabet_std },
	{ "hex", hex_decode, buf_hex, alphabet_hex },
};

enum { BASE45, BASE64URL, BASE64, HEX };

/* Of RFC 9285 section 4.3 and 4.4, RFC 4648 section 10. */
static const struct {
	int coding;
	const char *bytes, *text;
} vectors[] = {
	{ BASE45, "", "" },
	{ BASE45, "AB", "BB8" },
	{ BASE45, "Hello!!", "%69 VD92EX0" },
	{ BASE45, "base-45", "UJCLQE7W581" },
	{ BASE45, "ietf!", "QED8WEX0" },
	{ BASE45, "\xff\xff", "FGW" },
	{ BASE45, "\xff", "U5" },
	{ BASE45, "a", "72" },
	{ BASE64URL, "", "" },
	{ BASE64URL, "f", "Zg" },
	{ BASE64URL, "fo", "Zm8" },
	{ BASE64URL, "foo", "Zm9v" },
	{ BASE64URL, "foob", "Zm9vYg" },
	{ BASE64URL, "fooba", "Zm9vYmE" },
	{ BASE64URL, "foobar", "Zm9vYmFy" },
	{ BASE64URL, "\xfb\xff\xfe", "-__-" },
	{ BASE64, "", "" },
	{ BASE64, "f", "Zg==" },
	{ BASE64, "fo", "Zm8=" },
	{ BASE64, "foo", "Zm9v" },
	{ BASE64, "foob", "Zm9vYg==" },
	{ BASE64, "fooba", "Zm9vYmE=" },
	{ BASE64, "foobar", "Zm9vYmFy" },
	{ BASE64, "\xfb\xff\xfe", "+//+" },
	{ HEX, "", "" },
	{ HEX, "foobar", "666f6f626172" },
	{ HEX, "\xfe\x01", "fe01" },
};

static void
test_vectors(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct desk d;
		struct span out;
		size_t bad = 99;
		desk_begin(&d, 65536);
		struct buf b = buf_in(d.arena, strlen(vectors[i].text)); /* room for no more */
		assert_int_equal(codings[vectors[i].coding].decode(
					 d.arena, span_of(vectors[i].text), &out, &bad),
			0);
		assert_span_is(out, vectors[i].bytes);
		assert_int_equal(bad, 99);
		codings[vectors[i].coding].encode(&b, span_of(vectors[i].bytes));
		assert_span_is(buf_span(&b), vectors[i].text);
		desk_end(&d);
	}
}

static const struct {
	decoder decode;
	const char *text;
	size_t bad;
} faults[] = {
	{ base45_decode, "A", 0 },
	{ base45_decode, "BB8A", 3 },
	{ base45_decode, "BB8a", 3 },
	{ base45_decode, "GGW", 0 }, /* 65536 */
	{ base45_decode, "FGX", 0 },
	{ base45_decode, ":::", 0 }, /* 91124 */
	{ base45_decode, "BB8GGW", 3 },
	{ base45_decode, "V5", 0 }, /* 256 */
	{ base45_decode, "::", 0 },
	{ base45_decode, "BB8V5", 3 },
	{ base45_decode, "GGWb", 0 }, /* the first fault counts */
	{ base45_decode, "BB8B=8GGW", 4 },
	{ base45_decode, "BB8BB=", 5 },
	{ base45_decode, "bb8", 0 },
	{ base45_decode, "BB\n", 2 },
	{ base45_decode, "\xd0\x92\x42", 0 }, /* a letter that looks like B */
	{ base45_decode, "U,", 1 },
	{ base64url_decode, "Z", 0 },
	{ base64url_decode, "Zm9vY", 4 },
	{ base64url_decode, "Zh", 1 }, /* bits left over */
	{ base64url_decode, "Zg==", 2 },
	{ base64url_decode, "Zm9", 2 },
	{ base64url_decode, "Zm9v=", 4 },
	{ base64url_decode, "Zm 9", 2 },
	{ base64url_decode, "Zm9v\n", 4 },
	{ base64url_decode, "Z+9v", 1 },
	{ base64url_decode, "Zm9vZ/", 5 },
	{ base64_plain, "Zg", 2 },
	{ base64_plain, "Zg=", 2 },
	{ base64_plain, "Zm9", 2 },
	{ base64_plain, "Zm8", 3 },
	{ base64_plain, "Z===", 1 },
	{ base64_plain, "====", 0 },
	{ base64_plain, "=", 0 },
	{ base64_plain, "Zg==Zg==", 2 },
	{ base64_plain, "Zm9v====", 4 },
	{ base64_plain, "Zh==", 1 },
	{ base64_plain, "Zm9=", 2 },
	{ base64_plain, "Zm9v\n", 4 },
	{ base64_plain, "Z-9v", 1 },
	{ base64_lines, "Zm9v\r\nZ-9v", 7 },
	{ base64_lines, "\nZg\n", 4 },
	{ base64_lines, "\nZg", 3 },
	{ base64_lines, "Zg=\r\n=\nA", 2 },
	{ base64_lines, "Zm9v Zm9", 4 },
	{ base64_lines, "\r\n=\r\n", 2 },
	{ hex_decode, "0", 0 },
	{ hex_decode, "001", 2 },
	{ hex_decode, "0g", 1 },
	{ hex_decode, "g0", 0 },
	{ hex_decode, "00 0", 2 },
	{ hex_decode, "0x00", 1 },
	{ hex_decode, "00/0", 2 },
	{ hex_decode, "00:0", 2 },
	{ hex_decode, "00@0", 2 },
	{ hex_decode, "00`0", 2 },
};

static void
test_faults(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct desk d;
		struct span out = SPAN_LIT("before");
		size_t bad = 99;
		desk_begin(&d, 65536);
		assert_int_equal(faults[i].decode(d.arena, span_of(faults[i].text), &out, &bad), 0);
		if (out.ptr || bad != faults[i].bad)
			fail_msg("\"%s\": fault at %zu, not %zu", faults[i].text, bad,
				faults[i].bad);
		desk_end(&d);
	}
}

static void
test_line_ends_are_skipped_anywhere(void **unused)
{
	static const char *const texts[] = { "Zm9vYmE=", "Zm9v\r\nYmE=\r\n",
		"\n\nZ\nm\r9v\nYmE\n=\n" };
	struct desk d;
	struct span out;
	size_t bad;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(base64_lines(d.arena, span_of(texts[i]), &out, &bad), 0);
		assert_span_is(out, "fooba");
	}
	desk_end(&d);
}

static void
test_hex_of_both_cases(void **unused)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	struct desk d;
	struct span out;
	size_t bad;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < 32 * 32; i++) {
		const uint8_t text[] = { (uint8_t)digits[i / 32], (uint8_t)digits[i % 32] };
		assert_int_equal(hex_decode(d.arena, (struct span){ text, 2 }, &out, &bad), 0);
		assert_int_equal(out.len, 1);
		assert_int_equal(out.ptr[0], i / 32 % 16 * 16 + i % 16);
	}
	desk_end(&d);
}

/* A text with one byte replaced in each possible way is refused there, or says other bytes. */
static void
replace_each(int coding, struct span text, struct span bytes)
{
	char *copy = malloc(text.len);
	struct desk d;
	size_t accepted = 0;

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	desk_begin(&d, 65536);
	for (size_t i = 0; i < text.len * 256; i++) {
		struct span out, mutant = { (const uint8_t *)copy, text.len };
		size_t at = i / 256, bad = SIZE_MAX;
		char c = (char)(i % 256), old = copy[at];
		copy[at] = c;
		assert_int_equal(codings[coding].decode(d.arena, mutant, &out, &bad), 0);
		if (c != old && !(coding == HEX && (c ^ old) == 0x20)) /* hex has two cases */
			assert_false(out.ptr && span_eq(out, bytes));
		if (!out.ptr)
			assert_true(bad <= at && at - bad < 3); /* a group starts before */
		if (out.ptr && (c == 0 || !strchr(codings[coding].alphabet, c)) && c != '=')
			fail_msg("%s: byte %d accepted", codings[coding].name, c);
		accepted += out.ptr != NULL;
		copy[at] = old;
		arena_reset(d.arena);
	}
	assert_true(accepted > text.len);
	desk_end(&d);
	free(copy);
}

static void
test_each_character_replaced_by_each_byte(void **unused)
{
	(void)unused;
	for (int coding = BASE45; coding <= HEX; coding++)
		for (size_t len = 1; len < 8; len++) {
			struct desk d;
			desk_begin(&d, 65536);
			struct buf b = buf_in(d.arena, 1000);
			struct span bytes = desk_noise(&d, len);
			codings[coding].encode(&b, bytes);
			replace_each(coding, buf_span(&b), bytes);
			desk_end(&d);
		}
}

static void
test_every_group_of_base45(void **unused)
{
	struct desk d;
	struct span out;
	size_t bad;

	(void)unused;
	desk_begin(&d, 65536);
	for (unsigned v = 0; v < 45 * 45 * 45; v++) {
		char text[] = { alphabet45[v % 45], alphabet45[v / 45 % 45], alphabet45[v / 2025] };
		struct span in = { (const uint8_t *)text, 3 };
		assert_int_equal(base45_decode(d.arena, in, &out, &bad), 0);
		assert_int_equal(out.ptr != NULL, v <= 65535);
		if (out.ptr)
			assert_int_equal(out.ptr[0] << 8 | out.ptr[1], v);
		in.len = 2;
		assert_int_equal(base45_decode(d.arena, in, &out, &bad), 0);
		assert_int_equal(out.ptr != NULL, v % 2025 <= 255);
		if (out.ptr)
			assert_int_equal(out.ptr[0], v % 2025);
		arena_reset(d.arena);
	}
	desk_end(&d);
}

static void
test_there_and_back(void **unused)
{
	(void)unused;
	for (int coding = BASE45; coding <= HEX; coding++)
		for (size_t len = 0; len < 700; len += len < 40 ? 1 : 61) {
			struct desk d;
			struct span out;
			size_t bad;
			desk_begin(&d, 65536);
			struct buf b = buf_in(d.arena, 4000);
			struct span bytes = desk_noise(&d, len);
			codings[coding].encode(&b, bytes);
			assert_int_equal(
				codings[coding].decode(d.arena, buf_span(&b), &out, &bad), 0);
			assert_non_null(out.ptr);
			assert_true(span_eq(out, bytes));
			desk_end(&d);
		}
}

static void
test_no_room(void **unused)
{
	struct desk d;
	struct span text = SPAN_LIT("6BF6BF6BF6BF6BF6BF6BF6BF6BF6BF6BF6BF"), out = text;
	size_t bad = 99;

	(void)unused;
	desk_begin(&d, 16);
	for (int coding = BASE45; coding <= HEX; coding++) {
		assert_int_equal(codings[coding].decode(d.arena, text, &out, &bad), -ENOBUFS);
		struct buf b = buf_in(d.arena, 20);
		codings[coding].encode(&b, text);
		assert_int_equal(b.error, -ENOBUFS);
		assert_null(buf_span(&b).ptr);
	}
	assert_int_equal(base64_decode(d.arena, text, true, &out, &bad), -ENOBUFS);
	assert_ptr_equal(out.ptr, text.ptr); /* untouched */
	assert_int_equal(bad, 99);
	desk_end(&d);
}

static int
decode_all(void *arg)
{
	struct arena *a = arena_new(1 << 20);
	struct span out, text = *(struct span *)arg;
	size_t bad;
	int r = a ? 0 : -ENOMEM;

	for (int coding = BASE45; coding <= HEX && r == 0; coding++)
		r = codings[coding].decode(a, text, &out, &bad);
	if (r == 0)
		r = base64_lines(a, text, &out, &bad);
	arena_free(a);
	return r;
}

static void
test_out_of_memory(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 1 << 20);
	struct buf b = buf_in(d.arena, 200000);
	buf_hex(&b, desk_noise(&d, 50000));
	struct span text = buf_span(&b);
	assert_true(oom_each(decode_all, &text) >= 2 * 3);
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_line_ends_are_skipped_anywhere),
		cmocka_unit_test(test_hex_of_both_cases),
		cmocka_unit_test(test_each_character_replaced_by_each_byte),
		cmocka_unit_test(test_every_group_of_base45),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
