/* qr.h - an attestation's text as QR code (ISO/IEC 18004), drawn as SVG or PNG. */
#ifndef QR_QR_H
#define QR_QR_H

#include "codecs/emit.h"

enum qr_form { QR_SVG, QR_PNG };

/* The text in the mode that its form asks for, at the highest of the levels Q, M and L at which it fits: HC1 up to
 * version 40, SMART Health Cards (a prefix in bytes, then digits) up to 22.  0; -EMSGSIZE: it fits at none, or its form
 * is not made for codes; -EINVAL: the text has characters that the mode does not; -ENOMEM, -ENOBUFS. */
int qr_write(struct arena *a, const struct emitted *e, enum qr_form form, struct span *out);

#endif
