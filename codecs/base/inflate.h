/* inflate.h - RFC 1950, 1951 and 1952 with a bound on what comes out, and an exact end (libdeflate). */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include "codecs/base/work.h"
#include "codecs/base/span.h"

enum inflate_result {
	INFLATE_OK,
	INFLATE_DAMAGED,  /* bad header, FDICT, bad block, bad Adler-32 or CRC-32, or cut off */
	INFLATE_TRAILED,  /* bytes follow the stream */
	INFLATE_TOO_LONG, /* more than max bytes would come out */
	INFLATE_TOO_DENSE /* more than w->limits->inflate_ratio bytes for each byte in */
};

/* Output in the arena, SPAN_NONE unless INFLATE_OK; it never takes more than max.  0, -ENOMEM, -ENOBUFS. */
int inflate_zlib(struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result);
int inflate_raw(struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result);
/* RFC 1952, one member.  Lists of status are mostly zeros and so as dense as can be: max alone bounds them. */
int inflate_gzip(struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result);
/* CRC-32 as in RFC 1952, section 8. */
uint32_t crc32_of(struct span s);
/* RFC 1950, level 9. */
int deflate_zlib(struct work *w, struct span in, struct span *out);
int deflate_raw(struct work *w, struct span in, struct span *out);
int deflate_gzip(struct work *w, struct span in, struct span *out); /* RFC 1952, without a name or a time */

#endif
