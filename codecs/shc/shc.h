/* shc.h - SMART Health Cards (framework 1.4.0; HL7 SMART Health Cards and Links STU 1): what this folder shares. */
#ifndef SHC_SHC_H
#define SHC_SHC_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/codec.h"
#include "codecs/tree/node.h"

#define SHC_SCHEME "smart-health-card"

/* The names of layers, in reports and for inspect. */
#define SHC_LAYER_CODE    "numeric"
#define SHC_LAYER_FILE    "file"
#define SHC_LAYER_HEADER  "jws-header"
#define SHC_LAYER_PAYLOAD "payload"

enum shc_kind {
	KIND_NONE,
	KIND_NUMERIC,    /* shc:/ and digits; chunks on lines of their own */
	KIND_JWS,
	KIND_FILE,       /* {"verifiableCredential":[...]} */
	KIND_PARAMETERS, /* what $health-cards-issue answers */
	KIND_DEEP_LINK,  /* https://.../SMARTHealthCard/#... */
	KIND_UNSIGNED    /* a payload or a bundle, which nobody signed */
};

/* What the first bytes, or the members of a JSON object, say.  Never allocates. */
enum shc_kind shc_kind_of(struct span in);

/* Kept from decode to check and normalise. */
struct shc_card {
	const struct node *claims; /* the payload: the claims of a JWT */
	struct span        text;   /* as JSON */
	const struct node *bundle; /* vc.credentialSubject.fhirBundle */
	struct span        version; /* of FHIR */
};

/* shc:/ text, one code a line, into the compact JWS ("Encoding Chunks as QR Codes").  Reports shc.numeric, shc.chunk*
 * and notes; *jws.ptr NULL then. */
int shc_numeric(struct work *w, struct span text, struct span *jws);
/* The cards among lines with chunks: whole ones each, chunks joined by their total.  *count 0: there are no chunks. */
int shc_numeric_split(struct work *w, struct span text, struct span **cards, size_t *count);

/* One compact JWS into a credential. */
int shc_card_decode(struct work *w, struct span jws, struct credential *out);
/* The JWS of a file, a FHIR Parameters resource or a deep link; *count 0 once a fault was reported. */
int shc_file_cards(struct work *w, struct span text, enum shc_kind kind, struct span **cards, size_t *count);
/* A NumericDate as it is written, to the nanosecond; false beyond 10^15 seconds. */
bool shc_moment(struct span number, struct moment *out);

/* What must not be in a genuine card's content, and the issuer's rules as notes. */
int shc_check(struct work *w, const struct credential *c);
int shc_normalise(struct work *w, const struct credential *c, struct record *out);

#endif
