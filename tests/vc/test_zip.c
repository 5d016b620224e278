/* test_zip.c - one file and nothing else; each byte of the headers that could tell two readers different things. */
#include "codecs/base/buf.h"
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/vc/vc.h"
#include "codecs/vc/zip.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

extern const struct codec vc_codec;

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

enum form { STORED, DEFLATED, BEHIND, BEHIND_UNMARKED };

static void
sizes(struct buf *b, struct span file, struct span packed)
{
	little(b, file.ptr ? crc32_of(file) : 0, 4);
	little(b, packed.len, 4);
	little(b, file.len, 4);
}

/* No file: its sizes stand elsewhere. */
static void
fields(struct buf *b, struct span file, struct span packed, enum form form)
{
	little(b, form >= BEHIND ? 8 : 0, 2);
	little(b, form != STORED ? 8 : 0, 2);
	little(b, 0x52f24cb7, 4);
	sizes(b, file, packed);
	little(b, sizeof(NAME) - 1, 2);
	little(b, 0, 2);
}

static struct span
archive(struct span file, enum form form)
{
	struct buf b = buf_in(a.arena, 1 << 20);
	struct span packed = file;

	if (form != STORED)
		assert_int_equal(deflate_raw(&a.work, file, &packed), 0);
	little(&b, 0x04034b50, 4);
	little(&b, 20, 2);
	fields(&b, form < BEHIND ? file : SPAN_NONE, form < BEHIND ? packed : SPAN_NONE, form);
	buf_str(&b, NAME);
	buf_add(&b, packed);
	if (form == BEHIND)
		little(&b, 0x08074b50, 4);
	if (form >= BEHIND)
		sizes(&b, file, packed);
	size_t directory = b.len;
	little(&b, 0x02014b50, 4);
	little(&b, 20 << 16 | 0x031e, 4);
	fields(&b, file, packed, form);
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
		for (enum form form = STORED; form <= BEHIND_UNMARKED; form++) {
			struct span file = text(len), in = archive(file, form), out;
			assert_true(zip_looks_like(in));
			enum reason is = read_it(in, &out);
			if (is != REASON_NONE || !span_eq(out, file))
				fail_msg("%zu %d: %s", len, (int)form, reason_code(is));
		}
	assert_false(zip_looks_like(SPAN_LIT("PK\x05\x06")));
}

static void
cut_or_longer(void **state)
{
	struct span out;

	(void)state;
	for (enum form form = DEFLATED; form <= BEHIND_UNMARKED; form++) {
		struct span in = archive(text(TEXT), form);
		for (size_t len = 0; len < in.len; len++)
			if (read_it(span_slice(in, 0, len), &out) != REASON_ZIP_MALFORMED)
				fail_msg("cut at %zu: %s", len,
					reason_code(a.report.checks[CHECK_FORMAT].reason));
		struct buf b = buf_in(a.arena, 1 << 16);
		buf_add(&b, in);
		buf_char(&b, '\n');
		assert_int_equal(read_it(buf_span(&b), &out), REASON_ZIP_MALFORMED);
	}
}

/* One byte, counted from the start (local), the directory or the end, is changed. */
static const struct change {
	enum { FROM_LOCAL, FROM_DIRECTORY, FROM_END } from;
	size_t at;
	uint8_t flip;
	enum reason reason;
} changes[] = {
	{ FROM_LOCAL, 6, 1, REASON_ZIP_FORM }, /* encrypted */
	{ FROM_LOCAL, 6, 8, REASON_ZIP_FORM }, /* sizes in front and behind */
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
	struct span in = archive(text(TEXT), DEFLATED), out;
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
	struct span file = text(200), out;

	(void)state;
	for (enum form form = DEFLATED; form <= BEHIND_UNMARKED; form++) {
		struct span in = archive(file, form);
		uint8_t *p = (uint8_t *)(uintptr_t)in.ptr;
		size_t good = 0;
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
}

/* What stands behind must be what the directory has; a stored file could end anywhere. */
static void
behind(void **state)
{
	struct span in = archive(text(TEXT), BEHIND), out;
	uint8_t *p = (uint8_t *)(uintptr_t)in.ptr;
	size_t descriptor = in.len - 22 - 46 - 16 - 16;

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		p[descriptor + i] ^= 1;
		assert_int_equal(read_it(in, &out), REASON_ZIP_MALFORMED);
		p[descriptor + i] ^= 1;
	}
	p[8] = 0;
	assert_int_equal(read_it(in, &out), REASON_ZIP_FORM);
	p[8] = 8;
	p[in.len - 6] ^= 1; /* where the directory is */
	assert_int_equal(read_it(in, &out), REASON_ZIP_MALFORMED);
	p[in.len - 6] ^= 1;
	assert_int_equal(read_it(in, &out), REASON_NONE);
}

/* As text: the archive alone, in base64 as it should be. */
static void
as_text(void **state)
{
	struct buf b = buf_in(a.arena, 1 << 16);

	(void)state;
	buf_str(&b, "B64:");
	base64_encode(&b, archive(text(TEXT), DEFLATED));
	assert_true(vc_detect(buf_span(&b)));
	assert_false(vc_detect(span_from(buf_span(&b), 4)));
	assert_false(vc_detect(SPAN_LIT("B64:AAAA")));
	for (size_t i = 9; i < b.len; i += 40) {
		struct credential c = { 0 };
		uint8_t was = b.ptr[i];
		b.ptr[i] = '\n';
		report_begin(&a.report, a.arena);
		assert_int_equal(vc_codec.decode(&a.work, buf_span(&b), &c), 0);
		b.ptr[i] = was;
		assert_int_equal(a.report.checks[CHECK_FORMAT].reason, REASON_ZIP_MALFORMED);
		assert_int_equal(a.report.checks[CHECK_FORMAT].at.offset, i);
	}
	struct credential c = { 0 };
	report_begin(&a.report, a.arena);
	assert_int_equal(vc_codec.decode(&a.work, buf_span(&b), &c), 0);
	assert_int_equal(c.layer_count, 2); /* the file was found, and is no JSON */
	assert_true(span_eq(c.layers[1].bytes, text(TEXT)));
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
		cmocka_unit_test_setup_teardown(behind, begin, end),
		cmocka_unit_test_setup_teardown(as_text, begin, end),
		cmocka_unit_test_setup_teardown(too_large, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
