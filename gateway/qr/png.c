/* png.c - one bit a pixel; libpng ends here.
 *
 * The library leaves a call that fails by longjmp: nothing that must be freed lives between.
 */
#include "gateway/qr/qr_impl.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = (177 + 2 * QR_QUIET) * QR_SCALE };

static void
on_write(png_structp png, png_bytep data, png_size_t len)
{
	buf_add(png_get_io_ptr(png), (struct span){ data, len });
}

static void
on_flush(png_structp png)
{
	(void)png;
}

static void
set_dark(uint8_t *row, size_t module)
{
	for (size_t x = module * QR_SCALE; x < (module + 1) * QR_SCALE; x++)
		row[x / 8] &= (uint8_t) ~(0x80u >> (x % 8));
}

static void
fill(uint8_t *row, const struct qr_symbol *s, size_t y)
{
	memset(row, 0xff, SIDE_MAX / 8);
	if (y < QR_QUIET || y >= QR_QUIET + s->width)
		return;
	for (size_t x = 0; x < s->width; x++)
		if (qr_dark(s, x, y - QR_QUIET))
			set_dark(row, x + QR_QUIET);
}

static void
draw(png_structp png, png_infop info, struct buf *b, const struct qr_symbol *s)
{
	size_t side = s->width + 2 * QR_QUIET;
	uint8_t line[SIDE_MAX / 8];

	if (setjmp(png_jmpbuf(png))) {
		b->error = b->error ? b->error : -ENOMEM;
		return;
	}
	png_set_write_fn(png, b, on_write, on_flush);
	png_set_IHDR(png, info, (png_uint_32)(side * QR_SCALE), (png_uint_32)(side * QR_SCALE), 1,
		PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (size_t y = 0; y < side; y++) {
		fill(line, s, y);
		for (int i = 0; i < QR_SCALE; i++)
			png_write_row(png, line);
	}
	png_write_end(png, info);
}

void
qr_png(struct buf *b, const struct qr_symbol *s)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (info)
		draw(png, info, b, s);
	else
		b->error = -ENOMEM;
	png_destroy_write_struct(&png, &info);
}
