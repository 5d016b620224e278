/* aid_keys.h - a whole set of keys, made once: deriving keys from passphrases is slow on purpose. */
#ifndef TESTS_KEYS_AID_KEYS_H
#define TESTS_KEYS_AID_KEYS_H

#include "gateway/keys/keys_impl.h"
#include "gateway/keys/make.h"
#include "tests/aid/aid.h"

enum { KEYS_NOW = 1796126400 };

#define PASSPHRASE SPAN_LIT("correct horse battery staple")

/* What keys of each purpose sign. */
#define COSE    SPAN_LIT("\x84\x6aSignature1\x40\x40\x40")
#define JWS     SPAN_LIT("eyJhbGciOiJFUzI1NiJ9.e30")
#define SEAL    SPAN_LIT("{\"hdr\":{},\"msg\":{}}")
#define DIGESTS SPAN_LIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
#define CMS_SET SPAN_LIT("\x31\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03....")
#define TBS     SPAN_LIT("\x30\x82\x01\x00\xa0\x03\x02\x01\x02\x02")
#define PROOF   SPAN_LIT("eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9." \
			 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\xff")

extern const struct keys_identity aid_who;

struct aid_keys {
	struct aid_folder folder;
	struct aid_work   aid;
	const char       *dir; /* of the set */
};

int          aid_keys_make(struct aid_keys *a); /* 0; asserts */
int          aid_keys_drop(struct aid_keys *a);
struct keys *aid_keys_open(const struct aid_keys *a);
const char  *aid_keys_path(struct aid_keys *a, const char *name);

#endif
