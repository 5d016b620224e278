/* locate.c - the URL at which the document of a DID is asked for. */
#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"
#include "trust/did/did.h"
#include "trust/net/did_web.h"

/* The DID is one segment of the path: an escape of its own is escaped again. */
static void
add_segment(struct buf *b, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (ascii_letter(c) || ascii_digit(c) || memchr("-._~:", c, 5)) {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '%');
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		}
	}
}

int
did_url(struct arena *a, struct span did, struct span resolver, struct span *url)
{
	struct span method = did_method_of(did);
	struct buf b = buf_in(a, resolver.len + 3 * (size_t)DID_BYTES);

	*url = SPAN_NONE;
	if (!did_is(did) || span_is(method, "did:key") || span_is(method, "did:jwk"))
		return 0;
	if (span_is(method, "did:web"))
		return did_web_url(a, did, url);
	if (resolver.len == 0)
		return 0;
	buf_add(&b, resolver);
	add_segment(&b, did);
	if (b.error == 0)
		*url = buf_span(&b);
	return b.error;
}
