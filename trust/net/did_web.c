/* did_web.c - the identifier's parts, checked, written down as a URL.
 *
 * Only the colon of a port may be escaped in front, only once; segments keep the escapes they have, except
 * those that would mean something to whoever reads the path.
 */
#include "trust/net/did_web.h"

#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"

static bool
is_unreserved(uint8_t c)
{
	return ascii_letter(c) || ascii_digit(c) || (c != '\0' && memchr("-._~", c, 4));
}

static bool
segment_good(struct span s)
{
	if (s.len == 0 || span_is(s, ".") || span_is(s, ".."))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int c = ascii_escaped(s, i);
		if (c < 0 && !is_unreserved(s.ptr[i]))
			return false;
		if (c >= 0 && (c < ' ' || c == 0x7f || memchr("/\\.%?#", c, 6)))
			return false;
		if (c >= 0)
			i += 2;
	}
	return true;
}

/* host, or host%3Aport. */
static bool
add_authority(struct buf *b, struct span s)
{
	size_t percent = span_find(s, '%');
	struct span host = span_slice(s, 0, percent), port = span_from(s, percent + 3);

	if (host.len == 0 ||
		(host.len < s.len && (ascii_escaped(s, percent) != ':' || port.len == 0)))
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (!ascii_letter(host.ptr[i]) && !ascii_digit(host.ptr[i]) && host.ptr[i] != '-' &&
			host.ptr[i] != '.')
			return false;
	for (size_t i = 0; i < port.len; i++)
		if (!ascii_digit(port.ptr[i]))
			return false;
	for (size_t i = 0; i < host.len; i++)
		buf_char(b, (char)ascii_lower(host.ptr[i]));
	if (port.len > 0)
		buf_char(b, ':');
	buf_add(b, port);
	return true;
}

static bool
add_segments(struct buf *b, struct span rest)
{
	struct span segment;
	size_t count = 0;

	while (span_split(&rest, ':', &segment)) {
		if (!segment_good(segment) || ++count > DID_WEB_SEGMENTS)
			return false;
		buf_char(b, '/');
		buf_add(b, segment);
	}
	return true;
}

int
did_web_url(struct arena *a, struct span did, struct span *url)
{
	const struct span method = SPAN_LIT("did:web:");
	struct buf b = buf_in(a, DID_WEB_BYTES + 64);
	struct span id = span_slice(did, 0, span_find(did, '#')), rest, host;
	bool path;

	*url = SPAN_NONE;
	if (did.len > DID_WEB_BYTES || !span_starts(id, method))
		return 0;
	id = span_from(id, method.len);
	host = span_slice(id, 0, span_find(id, ':'));
	path = host.len < id.len;
	rest = span_from(id, host.len + 1);
	buf_str(&b, "https://");
	/* "did:web:host:" has a segment, which is empty */
	if (!add_authority(&b, host) || (path && !add_segments(&b, rest)))
		return 0;
	buf_str(&b, path ? "/did.json" : "/.well-known/did.json");
	if (b.error != 0)
		return b.error;
	*url = buf_span(&b);
	return 0;
}
