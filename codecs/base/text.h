/* text.h - strict text encodings and UTF-8: each string has one meaning, each meaning one string. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"

/* Offset of the first byte that is not UTF-8 (RFC 3629), s.len when all are. */
size_t utf8_check(struct span s);
/* Number of Unicode scalar values of valid UTF-8. */
size_t utf8_count(struct span s);

/* The decoders: on bad input out->ptr is NULL and *bad the offset of the first fault; the call returns 0.
 * An empty input gives an empty, non-NULL output.  -ENOMEM or -ENOBUFS as arena_error. */

/* RFC 9285, all checks of section 6: alphabet, length mod 3, overflow of triplets and of the last pair. */
int  base45_decode(struct arena *a, struct span in, struct span *out, size_t *bad);
void base45_encode(struct buf *b, struct span in);
/* RFC 4648 section 5 without padding, unused bits zero. */
int  base64url_decode(struct arena *a, struct span in, struct span *out, size_t *bad);
void base64url_encode(struct buf *b, struct span in);
/* RFC 4648 section 4 with padding, unused bits zero; for trust lists.  CR and LF are skipped when lines is true. */
int  base64_decode(struct arena *a, struct span in, bool lines, struct span *out, size_t *bad);
void base64_encode(struct buf *b, struct span in);
/* base58btc, at most BASE58_TEXT characters. */
enum { BASE58_TEXT = 2048 };
int  base58_decode(struct arena *a, struct span in, struct span *out, size_t *bad);
void base58_encode(struct buf *b, struct span in); /* at most 1600 bytes, else -ENOBUFS */
/* Multibase (W3C, Controlled Identifiers 1.0, 2.4) in one of the bases that `letters` names: z base58btc, u base64url
 * without padding. */
int  multibase_decode(struct arena *a, struct span in, const char *letters, struct span *out, size_t *bad);
int  hex_decode(struct arena *a, struct span in, struct span *out, size_t *bad);

#endif
