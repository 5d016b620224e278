/* demo.h - the demo world: fictional authorities, their lists, and samples good and bad.
 *
 * Its countries are uninhabited ones (Antarctica, Bouvet Island, ...), so that no
 * sample can be mistaken for a real state's certificate.
 */
#ifndef CLI_DEMO_DEMO_H
#define CLI_DEMO_DEMO_H

#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/hcert/seal.h"
#include "codecs/seal/signer_file.h"

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

struct demo_key {
	struct private_key *key;
	struct cert *cert;
	struct signer signer;
};

struct demo {
	struct arena *arena;
	struct kit *kit;
	struct report report;
	struct work work;
	int64_t now;
	const char *dir;
	struct demo_key signers[SIGNER_COUNT];
	struct demo_key csca[3]; /* AQ, BV, GS */
	struct demo_key upload, anchor, list_key; /* of the gateway's list; of the signed line and the COSE file */
};

struct sample {
	const char *name, *title, *spec;
	const char *content; /* JSON of the certificate's content; NULL: `text` as it is */
	enum demo_signer signer;
	struct hcert_recipe recipe;      /* what departs from the usual */
	int64_t issued_in, expires_in;   /* seconds from now; 0: 30 days ago, in 330 days */
	bool no_expiry;
	int (*mangle)(struct demo *d, struct span text, struct span *out);
	const char *text;
	const char *verdict, *reason; /* reason "": none */
	const char *finding;          /* a code that must be among the findings; NULL: none demanded */
	const char *also;             /* further members of a case's "expect", as JSON */
	const char *policy;           /* JSON of a case's policy; such a sample is a case only */
};

extern const struct sample demo_samples[];
extern const size_t demo_sample_count;

/* world.c: keys, certificates and lists.  Each 0 or a negative errno. */
int  demo_make_keys(struct demo *d);
void demo_drop_keys(struct demo *d);
int  demo_write_lists(struct demo *d, const char *folder);
/* write.c */
int demo_write(const struct demo *d, const char *folder, const char *name, struct span bytes, unsigned mode);
/* mint.c: one sample as text. */
int demo_mint(struct demo *d, const struct sample *s, struct span *out);
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
