/* dcc.h - the demo world's EU certificates: who signs them, how they are made and broken. */
#ifndef CLI_DEMO_DCC_H
#define CLI_DEMO_DCC_H

#include "codecs/hcert/seal.h"
#include "codecs/seal/signer_file.h"

struct demo;
struct sample;

/* Who signs samples; each row of the table in world.c. */
enum demo_signer {
	SIGNER_AQ,         /* the usual one: P-256, any type */
	SIGNER_AQ_RSA,     /* PS256 */
	SIGNER_AQ_P384,
	SIGNER_AQ_TEST,    /* may sign tests only */
	SIGNER_AQ_EXPIRED,
	SIGNER_AQ_FUTURE,
	SIGNER_AQ_WEAK,    /* RSA-1024 */
	SIGNER_AQ_FOREIGN, /* extended key usage of another system */
	SIGNER_AQ_SHORT,   /* lapses before its certificates do */
	SIGNER_BV,         /* from a folder of certificates, checked against its authority */
	SIGNER_HM,         /* from a JWK set */
	SIGNER_GS,         /* from a gateway list with CMS, countersigned by a trust anchor */
	SIGNER_TF,         /* from a CBOR list with a COSE signature file */
	SIGNER_ACCEPTANCE, /* known, but in the acceptance environment only */
	SIGNER_STALE,      /* on a list that is older than allowed */
	SIGNER_UNLISTED,
	SIGNER_COUNT
};

/* How an EU certificate departs from the usual. */
struct dcc_sample {
	const char *content; /* JSON of the certificate's content; NULL: `text` as it is */
	enum demo_signer signer;
	struct hcert_recipe recipe;
	int64_t issued_in, expires_in; /* seconds from now; 0: 30 days ago, in 330 days */
	bool no_expiry;
	int (*mangle)(struct demo *d, struct span text, struct span *out);
	const char *text;
};

/* world.c: keys, certificates and lists.  Each 0 or a negative errno. */
int  dcc_make_keys(struct demo *d);
void dcc_drop_keys(struct demo *d);
int  dcc_write_lists(struct demo *d, const char *folder);
/* mint.c: one sample as text. */
int dcc_mint(struct demo *d, const struct sample *s, struct span *out);
/* mangle.c: ways of breaking a good text. */
int mangle_tamper(struct demo *d, struct span text, struct span *out);
int mangle_symbol(struct demo *d, struct span text, struct span *out);
int mangle_cut_zlib(struct demo *d, struct span text, struct span *out);
int mangle_cut_cose(struct demo *d, struct span text, struct span *out);
int mangle_utf8(struct demo *d, struct span text, struct span *out);
int mangle_short_signature(struct demo *d, struct span text, struct span *out);
int mangle_bomb(struct demo *d, struct span text, struct span *out);
int mangle_long(struct demo *d, struct span text, struct span *out);
int mangle_three_parts(struct demo *d, struct span text, struct span *out);
int mangle_header(struct demo *d, struct span text, struct span *out);
int mangle_claims(struct demo *d, struct span text, struct span *out);

#endif
