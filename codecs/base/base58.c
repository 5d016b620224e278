/* base58.c - base58btc, and the one letter in front that makes it multibase.
 *
 * A number in base 58 takes quadratic time, so what is longer than any key or signature is not begun.
 */
#include "codecs/base/text.h"

#include <errno.h>

enum { BASE58_BYTES = 1600 };

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static int
digit_of(uint8_t c)
{
	const char *at = c ? memchr(alphabet, c, 58) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* number = number * 58 + digit, big endian at the end of a buffer of cap bytes, len of which are in use. */
static size_t
shift_in(uint8_t *number, size_t cap, size_t len, unsigned digit)
{
	unsigned carry = digit;
	size_t i = 0;

	for (; i < len || carry; i++) {
		carry += 58u * number[cap - 1 - i];
		number[cap - 1 - i] = (uint8_t)carry;
		carry >>= 8;
	}
	return i;
}

int
base58_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	size_t zeros = 0, len = 0, at = 0;

	*out = SPAN_NONE;
	if (in.len > BASE58_TEXT) {
		*bad = BASE58_TEXT;
		return 0;
	}
	uint8_t *number = arena_alloc(a, in.len + 1, 1);
	if (!number)
		return arena_error(a);
	while (zeros < in.len && in.ptr[zeros] == '1')
		zeros++;
	for (at = zeros; at < in.len; at++) {
		int digit = digit_of(in.ptr[at]);

		if (digit < 0) {
			*bad = at;
			return 0;
		}
		len = shift_in(number, in.len + 1, len, (unsigned)digit);
	}
	*out = (struct span){ &number[in.len + 1 - len - zeros], zeros + len };
	return 0;
}

void
base58_encode(struct buf *b, struct span in)
{
	uint8_t digits[BASE58_BYTES * 14 / 10] = { 0 };
	size_t zeros = 0, len = 0;

	if (in.len > BASE58_BYTES) {
		b->error = b->error ? b->error : -ENOBUFS;
		return;
	}
	while (zeros < in.len && in.ptr[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < in.len; i++) {
		unsigned carry = in.ptr[i];
		size_t k = 0;

		for (; k < len || carry; k++) {
			carry += 256u * digits[k];
			digits[k] = (uint8_t)(carry % 58);
			carry /= 58;
		}
		len = k;
	}
	for (size_t i = 0; i < zeros; i++)
		buf_char(b, '1');
	while (len-- > 0)
		buf_char(b, alphabet[digits[len]]);
}

int
multibase_decode(
	struct arena *a, struct span in, const char *letters, struct span *out, size_t *bad)
{
	bool known = in.len > 0 && in.ptr[0] && memchr(letters, in.ptr[0], strlen(letters));
	int r;

	*out = SPAN_NONE;
	*bad = 0;
	if (!known)
		return 0;
	if (in.ptr[0] == 'z')
		r = base58_decode(a, span_from(in, 1), out, bad);
	else
		r = base64url_decode(a, span_from(in, 1), out, bad);
	*bad += 1;
	return r;
}
