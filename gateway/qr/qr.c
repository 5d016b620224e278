/* qr.c - a text in segments, and the smallest symbol that takes them; libqrencode ends here. */
#include "gateway/qr/qr.h"

#include "gateway/qr/qr_impl.h"

#include <errno.h>
#include <qrencode.h>

enum { VERSION_MAX = 40, VERSION_CARDS = 22 };

/* Where the digits of a card begin. */
static size_t
prefix_len(const struct emitted *e)
{
	return e->code == EMIT_CODE_NUMERIC ? SPAN_LIT("shc:/").len : 0;
}

static int
append(QRinput *in, QRencodeMode mode, struct span s)
{
	if (s.len == 0)
		return 0;
	return QRinput_append(in, mode, (int)s.len, s.ptr) == 0 ? 0 : -errno;
}

static int
fill(QRinput *in, const struct emitted *e)
{
	static const QRencodeMode modes[] = { [EMIT_CODE_ALPHANUMERIC] = QR_MODE_AN,
		[EMIT_CODE_NUMERIC] = QR_MODE_NUM,
		[EMIT_CODE_BYTES] = QR_MODE_8 };
	size_t prefix = prefix_len(e);
	int r = append(in, QR_MODE_8, span_slice(e->text, 0, prefix));

	return r != 0 ? r : append(in, modes[e->code], span_from(e->text, prefix));
}

/* The library says ERANGE where no version takes it. */
static int
encode(const struct emitted *e, QRecLevel level, QRcode **out)
{
	QRinput *in = QRinput_new2(0, level);
	int max = e->code == EMIT_CODE_NUMERIC ? VERSION_CARDS : VERSION_MAX;
	QRcode *code = NULL;
	int r;

	if (!in)
		return -ENOMEM;
	if ((r = fill(in, e)) == 0) {
		code = QRcode_encodeInput(in);
		r = code ? 0 : errno == ERANGE ? -EMSGSIZE : -errno;
	}
	QRinput_free(in);
	if (r == 0 && code->version > max) {
		QRcode_free(code);
		return -EMSGSIZE;
	}
	if (r == 0)
		*out = code;
	return r;
}

int
qr_write(struct arena *a, const struct emitted *e, enum qr_form form, struct span *out)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_Q, QR_ECLEVEL_M, QR_ECLEVEL_L };
	struct buf b = buf_in(a, SIZE_MAX);
	QRcode *code = NULL;
	int r = -EMSGSIZE;

	if (e->code == EMIT_CODE_NONE || e->text.len == 0 || e->text.len > 7089)
		return -EMSGSIZE;
	for (size_t i = 0; i < 3 && r == -EMSGSIZE; i++)
		r = encode(e, levels[i], &code);
	if (r != 0)
		return r;
	struct qr_symbol s = { code->data, (size_t)code->width };
	if (form == QR_SVG)
		qr_svg(&b, &s);
	else
		qr_png(&b, &s);
	QRcode_free(code);
	if (b.error == 0)
		*out = buf_span(&b);
	return b.error;
}
