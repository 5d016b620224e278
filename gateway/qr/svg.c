/* svg.c - one path: a rectangle for each run of dark modules. */
#include "gateway/qr/qr_impl.h"

static size_t
run_from(const struct qr_symbol *s, size_t x, size_t y)
{
	size_t end = x;

	while (end < s->width && qr_dark(s, end, y))
		end++;
	return end - x;
}

static void
row(struct buf *b, const struct qr_symbol *s, size_t y)
{
	for (size_t x = 0; x < s->width;) {
		size_t len = run_from(s, x, y);
		if (len == 0) {
			x++;
			continue;
		}
		buf_char(b, 'M');
		buf_uint(b, x + QR_QUIET);
		buf_char(b, ' ');
		buf_uint(b, y + QR_QUIET);
		buf_char(b, 'h');
		buf_uint(b, len);
		buf_str(b, "v1h-");
		buf_uint(b, len);
		buf_char(b, 'z');
		x += len;
	}
}

void
qr_svg(struct buf *b, const struct qr_symbol *s)
{
	size_t side = s->width + 2 * QR_QUIET;

	buf_str(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
	buf_uint(b, side);
	buf_char(b, ' ');
	buf_uint(b, side);
	buf_str(b, "\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR code\">"
		   "<path fill=\"#fff\" d=\"M0 0h");
	buf_uint(b, side);
	buf_char(b, 'v');
	buf_uint(b, side);
	buf_str(b, "H0z\"/><path d=\"");
	for (size_t y = 0; y < s->width; y++)
		row(b, s, y);
	buf_str(b, "\"/></svg>\n");
}
