/* QR codes of every mode: which sizes fit, and that a reader of somebody else's (zbar) gives the text back. */
#include "gateway/qr/qr.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;

static struct emitted
text_of(enum emit_code code, const char *prefix, char c, size_t len)
{
	struct buf b = buf_in(arena, SIZE_MAX);

	buf_str(&b, prefix);
	for (size_t i = 0; i < len; i++)
		buf_char(&b, (char)(i % 7 ? c : c + 1));
	return (struct emitted){ .text = buf_span(&b), .code = code };
}

static bool
read_back(struct span png, struct span text)
{
	static char out[8192];
	char path[] = "/tmp/vidimus-qr-XXXXXX", command[128];
	int fd = mkstemp(path);
	FILE *p;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, png.ptr, png.len), (ssize_t)png.len);
	close(fd);
	snprintf(command, sizeof(command), "zbarimg -q --raw --nodbus %s 2>/dev/null", path);
	p = popen(command, "r");
	assert_non_null(p);
	size_t n = fread(out, 1, sizeof(out), p);
	pclose(p);
	unlink(path);
	while (n > 0 && out[n - 1] == '\n')
		n--;
	return span_eq((struct span){ (const uint8_t *)out, n }, text);
}

static const struct row {
	enum emit_code code;
	const char *prefix;
	char c;
	size_t len;
	int result;
} rows[] = {
	{ EMIT_CODE_ALPHANUMERIC, "HC1:", 'A', 600, 0 },
	{ EMIT_CODE_ALPHANUMERIC, "HC1:", 'A', 2416, 0 }, /* 40-Q takes 2420 */
	{ EMIT_CODE_ALPHANUMERIC, "HC1:", 'A', 4292, 0 }, /* 40-L takes 4296 */
	{ EMIT_CODE_ALPHANUMERIC, "HC1:", 'A', 4293, -EMSGSIZE },
	{ EMIT_CODE_ALPHANUMERIC, "HC1:", 'a', 10, -EINVAL },
	{ EMIT_CODE_NUMERIC, "shc:/", '3', 1200, 0 },
	{ EMIT_CODE_NUMERIC, "shc:/", '3', 2386, 0 }, /* 1,193 characters of a JWS: 22-L */
	{ EMIT_CODE_NUMERIC, "shc:/", '3', 2410, -EMSGSIZE },
	{ EMIT_CODE_BYTES, "{", 'x', 900, 0 },
	{ EMIT_CODE_BYTES, "{", 'x', 2952, 0 },
	{ EMIT_CODE_BYTES, "{", 'x', 2953, -EMSGSIZE },
	{ EMIT_CODE_NONE, "{", 'x', 9, -EMSGSIZE },
	{ EMIT_CODE_BYTES, "", 'x', 0, -EMSGSIZE },
};

static void
every_mode_fits_as_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct emitted e = text_of(rows[i].code, rows[i].prefix, rows[i].c, rows[i].len);
		struct span svg = SPAN_NONE;
		int r = qr_write(arena, &e, QR_SVG, &svg);
		if (r != rows[i].result)
			print_error("row %zu: %d\n", i, r);
		assert_int_equal(r, rows[i].result);
		assert_int_equal(svg.ptr != NULL, r == 0);
		if (r == 0)
			assert_true(span_starts(svg, SPAN_LIT("<svg ")));
	}
}

static void
a_stranger_reads_what_we_draw(void **state)
{
	(void)state;
	if (system("command -v zbarimg >/dev/null 2>&1") != 0) {
		print_message("zbarimg is not here\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct emitted e = text_of(rows[i].code, rows[i].prefix, rows[i].c, rows[i].len);
		struct span png = SPAN_NONE;
		if (rows[i].result != 0)
			continue;
		assert_int_equal(qr_write(arena, &e, QR_PNG, &png), 0);
		if (!read_back(png, e.text))
			print_error("row %zu: read otherwise\n", i);
		assert_true(read_back(png, e.text));
	}
}

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena ? 0 : -1;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mode_fits_as_the_standard_says),
		cmocka_unit_test(a_stranger_reads_what_we_draw),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
