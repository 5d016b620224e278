/* test_zip.c - one file and nothing else; each byte of the headers that could tell two readers different things. */
#include "codecs/base/buf.h"
#include "codecs/base/inflate.h"
#include "codecs/vc/zip.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NAME     "certificate.json"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { TEXT = 1000 };

static struct aid_work a;

static int
begin(void **state)
{
	(void)state;
	aid_begin(&a);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	aid_end(&a);
	return 0;
}

static void
little(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> 8 * i));
}

static void
fields(struct buf *b, struct span file, struct span packed, bool deflated)
{
	little(b, 0, 2);
	little(b, deflated ? 8 : 0, 2);
	little(b, 0x52f24cb7, 4);
	little(b, crc32_of(file), 4);
	little(b, packed.len, 4);
	little(b, file.len, 4);
	little(b, sizeof(NAME) - 1, 2);
	little(b, 0, 2);
}

static struct span
archive(struct span file, bool deflated)
{
	struct buf b = buf_in(a.arena, 1 << 20);
	struct span packed = file;

	if (deflated)
		assert_int_equal(deflate_raw(&a.work, file, &packed), 0);
	little(&b, 0x04034b50, 4);
	little(&b, 20, 2);
	fields(&b, file, packed, deflated);
	buf_str(&b, NAME);
	buf_add(&b, packed);
	size_t directory = b.len;
	little(&b, 0x02014b50, 4);
	little(&b, 20 << 16 | 0x031e, 4);
	fields(&b, file, packed, deflated);
	little(&b, 0, 4);
	little(&b, 0x81a40000, 6);
	little(&b, 0, 4);
	buf_str(&b, NAME);
	size_t size = b.len - directory;
	little(&b, 0x06054b50, 4);
	little(&b, 0, 4);
	little(&b, 0x00010001, 4);
	little(&b, size, 4);
	little(&b, directory, 4);
	little(&b, 0, 2);
	assert_int_equal(b.error, 0);
	return buf_span(&b);
}

static enum reason
read_it(struct span in, struct span *out)
{
	static const struct zip_rules rules = { "zip", NAME, "vc.unpacked", 65536 };

	report_begin(&a.report, a.arena);
	assert_int_equal(zip_only_file(&a.work, in, &rules, out), 0);
	enum reason is = a.report.checks[CHECK_FORMAT].reason;
	assert_true((is == REASON_NONE) == (out->ptr != NULL));
	return is;
}

static struct span
text(size_t len)
{
	uint8_t *p = arena_bytes(a.arena, len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * i % 11 + 'a');
	return (struct span){ p, len };
}

static void
whole(void **state)
{
	(void)state;
	for (size_t len = 0; len <= TEXT; len += TEXT / 4)
		for (int deflated = 0; deflated < 2; deflated++) {
			struct span file = text(len), in = archive(file, deflated), out;
			assert_true(zip_looks_like(in));
			enum reason is = read_it(in, &out);
			if (is != REASON_NONE || !span_eq(out, file))
				fail_msg("%zu %d: %s", len, deflated, reason_code(is));
		}
	assert_false(zip_looks_like(SPAN_LIT("PK\x05\x06")));
}

static void
cut_or_longer(void **state)
{
	struct span in = archive(text(TEXT), true), out;

	(void)state;
	for (size_t len = 0; len < in.len; len++)
		if (read_it(span_slice(in, 0, len), &out) != REASON_ZIP_MALFORMED)
			fail_msg("cut at %zu: %s", len,
				reason_code(a.report.checks[CHECK_FORMAT].reason));
	struct buf b = buf_in(a.arena, 1 << 16);
	buf_add(&b, in);
	buf_char(&b, '\n');
	assert_int_equal(read_it(buf_span(&b), &out), REASON_ZIP_MALFORMED);
}

/* One byte, counted from the start (local), the directory or the end, is changed. */
static const struct change {
	enum { FROM_LOCAL, FROM_DIRECTORY, FROM_END } from;
	size_t at;
	uint8_t flip;
	enum reason reason;
} changes[] = {
	{ FROM_LOCAL, 6, 1, REASON_ZIP_FORM }, /* encrypted */
	{ FROM_LOCAL, 6, 8, REASON_ZIP_FORM }, /* sizes stated behind */
	{ FROM_LOCAL, 7, 0x20, REASON_ZIP_FORM },
	{ FROM_LOCAL, 8, 1, REASON_ZIP_FORM }, /* method 9 */
	{ FROM_LOCAL, 10, 1, REASON_ZIP_MALFORMED },
	{ FROM_LOCAL, 14, 1, REASON_ZIP_MALFORMED },
	{ FROM_LOCAL, 22, 1, REASON_ZIP_MALFORMED },
	{ FROM_LOCAL, 30, 0x20, REASON_ZIP_FILE }, /* another name */
	{ FROM_LOCAL, 28, 1, REASON_ZIP_FILE }, /* an extra field: the directory is elsewhere */
	{ FROM_DIRECTORY, 0, 1, REASON_ZIP_FILE },
	{ FROM_DIRECTORY, 8, 8, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 10, 8, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 12, 1, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 16, 1, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 20, 1, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 24, 1, REASON_ZIP_MALFORMED },
	{ FROM_DIRECTORY, 32, 1, REASON_ZIP_FORM }, /* a comment */
	{ FROM_DIRECTORY, 34, 1, REASON_ZIP_FORM }, /* another disk */
	{ FROM_DIRECTORY, 42, 1, REASON_ZIP_FORM }, /* another place */
	{ FROM_DIRECTORY, 46, 1, REASON_ZIP_MALFORMED },
	{ FROM_END, 0, 1, REASON_ZIP_FILE },
	{ FROM_END, 4, 1, REASON_ZIP_FORM },
	{ FROM_END, 8, 3, REASON_ZIP_FILE },
	{ FROM_END, 10, 3, REASON_ZIP_FILE },
	{ FROM_END, 12, 1, REASON_ZIP_MALFORMED },
	{ FROM_END, 16, 1, REASON_ZIP_MALFORMED },
	{ FROM_END, 20, 1, REASON_ZIP_FORM },
};

static void
changed(void **state)
{
	struct span in = archive(text(TEXT), true), out;
	size_t starts[] = { 0, in.len - 22 - 46 - 16, in.len - 22 };
	uint8_t *p = (uint8_t *)(uintptr_t)in.ptr;

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		size_t at = starts[changes[i].from] + changes[i].at;
		p[at] ^= changes[i].flip;
		enum reason is = read_it(in, &out);
		p[at] ^= changes[i].flip;
		if (is != changes[i].reason)
			fail_msg("change %zu: %s", i, reason_code(is));
	}
	assert_int_equal(read_it(in, &out), REASON_NONE);
}

/* Whatever bit is wrong: another content never comes out. */
static void
flipped(void **state)
{
	struct span file = text(200), in = archive(file, true), out;
	uint8_t *p = (uint8_t *)(uintptr_t)in.ptr;
	size_t good = 0;

	(void)state;
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (read_it(in, &out) == REASON_NONE) {
			assert_true(span_eq(out, file));
			good++;
		}
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_in_range(good, 1, 160); /* versions, attributes, hints */
}

/* Stated sizes are believed for nothing. */
static void
too_large(void **state)
{
	struct span out, in = archive(text(65537), true);

	(void)state;
	assert_int_equal(read_it(in, &out), REASON_INPUT_TOO_LARGE);
	assert_string_equal(a.report.checks[CHECK_FORMAT].limit, "vc.unpacked");
	uint8_t *zeros = arena_bytes(a.arena, 60000);
	memset(zeros, 'a', 60000);
	in = archive((struct span){ zeros, 60000 }, true);
	assert_int_equal(read_it(in, &out), REASON_INPUT_TOO_LARGE);
	assert_string_equal(a.report.checks[CHECK_FORMAT].limit, "inflate.ratio");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole, begin, end),
		cmocka_unit_test_setup_teardown(cut_or_longer, begin, end),
		cmocka_unit_test_setup_teardown(changed, begin, end),
		cmocka_unit_test_setup_teardown(flipped, begin, end),
		cmocka_unit_test_setup_teardown(too_large, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
