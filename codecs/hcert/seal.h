/* seal.h - an HC1 text made from content: CWT, COSE_Sign1, zlib, base45 (hcert_spec 1.0.8).
 *
 * The recipe's defaults give what the specification asks for.  Its switches give
 * what is met in the field, and what must be refused: the demo world and the tests
 * make their bad certificates with them.
 */
#ifndef HCERT_SEAL_H
#define HCERT_SEAL_H

#include "codecs/base/work.h"
#include "codecs/signer.h"

enum hcert_kid { HCERT_KID_PROTECTED, HCERT_KID_UNPROTECTED, HCERT_KID_BOTH, HCERT_KID_NONE };

struct hcert_recipe {
	/* what goes in */
	struct span content; /* CBOR of the sub-claim's content */
	int64_t     claim;   /* the sub-claim; 0: 1, the EU DCC */
	struct span issuer;  /* claim 1; empty: left out */
	int64_t     issued, expires; /* TIME_NONE: left out */
	/* how it is wrapped */
	enum hcert_kid kid;
	struct span other_kid;     /* HCERT_KID_BOTH: what the unprotected header names instead */
	bool alg_unprotected;
	bool empty_protected_map;  /* protected as a map without entries instead of no bytes; only when nothing is in it */
	int64_t alg;               /* the number to state; 0: the signer's own */
	bool alg_left_out;
	const uint64_t *tags;      /* outermost first; tag_count 0 and tags NULL: 18 */
	size_t tag_count;
	bool untagged;
	bool float_dates, tagged_dates;
	const char *prefix;        /* NULL: "HC1:" */
	bool raw_cose;             /* stop behind COSE: no zlib, no base45, no prefix */
	bool not_compressed;       /* base45 of the COSE itself */
	struct span cose_tail, zlib_tail; /* bytes behind the COSE item, behind the zlib stream */
	bool crit;                 /* an unknown critical header */
	bool claim_twice;          /* exp twice */
	int64_t other_expires;     /* an expiry in the other form of its key (text, number); 0: none */
	bool expiry_nan;           /* the expiry as a float that is no number */
	bool text_keys;            /* claims named by texts */
	bool text_kid;             /* the key identifier as a text, in base64 */
	bool milliseconds;         /* when it was issued */
	bool flat;                 /* the content in the place of the claims */
};

/* *out in the arena.  0, or a negative errno. */
int hcert_seal(struct work *w, const struct hcert_recipe *r, const struct signer *s, struct span *out);

#endif
