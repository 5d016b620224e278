/* members.h - a CBOR map whose keys are texts, its members given in any order and written in the one of RFC 8949, 4.2.1. */
#ifndef HCERT_EMIT_MEMBERS_H
#define HCERT_EMIT_MEMBERS_H

#include "codecs/base/buf.h"

enum { MEMBERS_MAX = 16 };

struct members {
	struct member {
		const char *key; /* shorter than 24 bytes */
		enum { MEMBER_TEXT, MEMBER_INT, MEMBER_CBOR } kind;
		struct span value; /* a text; or one item, already written */
		int64_t     number;
	} list[MEMBERS_MAX];
	size_t count;
};

/* An empty value is left out.  A member beyond MEMBERS_MAX, or a key twice, is a fault of the caller's. */
void members_text(struct members *m, const char *key, struct span value);
void members_cbor(struct members *m, const char *key, struct span item);
void members_int(struct members *m, const char *key, int64_t number);
/* The map; errors stay in b. */
void members_write(struct members *m, struct buf *b);

#endif
