/* qr_impl.h - between the symbol and its pictures. */
#ifndef QR_QR_IMPL_H
#define QR_QR_IMPL_H

#include "codecs/base/buf.h"

enum { QR_QUIET = 4, QR_SCALE = 8 }; /* modules of margin on each side (ISO/IEC 18004, 9.1); pixels a module */

struct qr_symbol {
	const uint8_t *modules; /* row by row; bit 0: dark */
	size_t         width;
};

static inline bool
qr_dark(const struct qr_symbol *s, size_t x, size_t y)
{
	return s->modules[y * s->width + x] & 1;
}

void qr_svg(struct buf *b, const struct qr_symbol *s);
void qr_png(struct buf *b, const struct qr_symbol *s);

#endif
