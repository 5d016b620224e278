/* seal.h - a SMART Health Card made from a bundle: payload, DEFLATE, JWS, numeric text (SHC framework 1.4.0).
 *
 * The recipe's defaults give what the specification asks for.  Its switches give what is met in the field, and
 * what must be refused: the demo world and the tests make their bad cards with them.
 */
#ifndef SHC_SEAL_H
#define SHC_SEAL_H

#include "codecs/base/buf.h"
#include "codecs/base/work.h"
#include "codecs/signer.h"

enum shc_form {
	SHC_NUMERIC, /* shc:/ and digits */
	SHC_CHUNKS,  /* as many lines of shc:/C/N/ and digits as `chunks` says, of the same length but for the last */
	SHC_JWS,
	SHC_FILE     /* {"verifiableCredential":[...]} */
};

enum shc_packing { SHC_DEFLATE, SHC_ZLIB, SHC_PLAIN };

struct shc_recipe {
	/* the payload */
	struct span bundle;   /* FHIR, as minified JSON */
	const char *not_before, *expires; /* numbers as JSON writes them; NULL: left out */
	const char *rid;      /* NULL: left out */
	const char *types;    /* a JSON array; NULL: the health card type alone */
	const char *fhir_version; /* NULL: 4.0.1 */
	struct span evidence; /* a JSON object: what was verified before it was written anew; empty: left out */
	struct span payload;  /* instead of all this */
	struct span mark;     /* stands before the payload: a byte order mark */
	/* the header */
	const char *alg, *zip; /* NULL: ES256 and DEF; empty: left out */
	struct span kid;       /* empty: the signer's */
	const char *header;    /* further members, each with a comma behind it */
	/* how it is wrapped */
	enum shc_packing packing;
	struct span tail;      /* bytes behind the compressed data */
	bool der_signature;    /* an ASN.1 SEQUENCE instead of r and s */
	enum shc_form form;
	unsigned chunks;
	const char *prefix;    /* NULL: "shc:/" */
};

/* The issuer is the signer's.  *out in the arena.  0, or a negative errno. */
int shc_seal(struct work *w, const struct shc_recipe *r, const struct signer *s, struct span *out);
/* Two digits for each character (framework, "Encoding Chunks as QR Codes"). */
void shc_digits(struct buf *b, struct span jws);

#endif
