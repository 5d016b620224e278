/* demo.h - the demo world: fictional authorities, their lists, and samples good and bad.
 *
 * Its countries are uninhabited ones (Antarctica, Bouvet Island, ...) and its hosts end with .example, so that no
 * sample can be mistaken for a real issuer's certificate.  Each scheme is a part of its own.
 */
#ifndef CLI_DEMO_DEMO_H
#define CLI_DEMO_DEMO_H

#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "gateway/cli/demo/cards.h"
#include "gateway/cli/demo/dcc.h"
#include "gateway/cli/demo/icao/seals.h"
#include "gateway/cli/demo/who.h"
#include "gateway/cli/demo/vc/credentials.h"

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
	struct demo_key issuers[ISSUER_COUNT], snapshot_key;
	struct demo_key participants[PARTICIPANT_COUNT], network; /* of the WHO's network, and who signs its lists */
	struct demo_key seals[SEAL_COUNT], seal_cscas[SEAL_CSCA_COUNT];
	struct demo_key credentials[VC_KEY_COUNT];
};

struct sample {
	const char *name, *title, *spec;
	const char *verdict, *reason; /* reason "": none */
	const char *finding;          /* a code that must be among the findings; NULL: none demanded */
	const char *also;             /* further members of a case's "expect", as JSON */
	const char *policy, *web, *trust; /* JSON of a case's members; such a sample is a case only; trust: not the part's */
	const char *passcode;         /* of a health link; likewise */
	union {
		struct dcc_sample dcc;
		struct card_sample card;
		struct who_sample who;
		struct seal_sample seal;
		struct credential_sample credential;
	};
};

/* One scheme of the world. */
struct demo_part {
	const char *suite;  /* the folder of its cases */
	const char *config; /* its sources in vidimus.conf: files in trust/ */
	const char *trust;  /* the same as a case has them: files in ../_trust/ */
	const struct sample *samples;
	size_t sample_count;
	/* Each 0 or a negative errno. */
	int (*make_keys)(struct demo *d);
	int (*write_lists)(struct demo *d, const char *folder);
	int (*mint)(struct demo *d, const struct sample *s, struct span *out);
	void (*drop_keys)(struct demo *d);
	const struct demo_key *(*keys)(const struct demo *d, size_t *count); /* to be written out */
};

extern const struct demo_part demo_dcc, demo_cards, demo_who, demo_seals, demo_credentials;

/* world.c */
int  demo_key_new(enum private_kind kind, enum sig_alg alg, struct demo_key *k);
void demo_key_drop(struct demo_key *k);
/* write.c */
int demo_write(const struct demo *d, const char *folder, const char *name, struct span bytes, unsigned mode);
int demo_make_folder(const struct demo *d, const char *name, unsigned mode);
/* A file whose content bears no date of its own is as old as the file. */
int demo_backdate(const struct demo *d, const char *folder, const char *name, int64_t at);
void demo_pem(struct buf *b, const char *label, struct span der);
/* r and s in ASN.1. */
int demo_der_signature(struct demo *d, struct span raw, struct span *out);
/* JSON as CBOR. */
int demo_cbor(struct demo *d, struct span json, struct span *out);
/* The text, with the value in the place of each mark. */
void demo_fill(struct buf *b, const char *text, char mark, struct span value);
#endif
