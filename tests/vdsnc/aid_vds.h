/* aid_vds.h - a state with an authority and a bar code signer, a snapshot that trusts it, and seals of any content. */
#ifndef TESTS_VDSNC_AID_VDS_H
#define TESTS_VDSNC_AID_VDS_H

#include "codecs/base/kit.h"
#include "codecs/seal/signer_file.h"
#include "codecs/vdsnc/seal.h"
#include "gateway/engine/engine.h"

enum { SEALS_NOW = 1796126400, SEALS_DAY = 86400, SEALS_OWNED = 128 };

/* A key and its certificate. */
struct seals_key {
	struct private_key *key;
	struct cert        *cert;
	struct span         der;
};

struct seals {
	struct arena    *arena, *scratch;
	struct kit      *kit;
	struct report    report;
	struct work      work; /* over scratch; begun anew by seals_verify */
	struct limits    limits;
	struct seals_key csca, signer_key; /* of AQ: header ATA */
	struct signer    signer;
	struct trust    *trust;
	struct policy    policy;
	struct seals_key owned[SEALS_OWNED]; /* to be freed */
	size_t           owned_count;
};

#define SEALS_PID  "\"pid\":{\"n\":\"PINGUIN OTTO\",\"dob\":\"1998-02-26\",\"sex\":\"M\",\"i\":\"P0001\"}"
#define SEALS_DOSE "{\"dvc\":\"2026-05-29\",\"seq\":2,\"ctr\":\"ATA\",\"adm\":\"Station 7\",\"lot\":\"L1\",\"dvn\":\"2027-01-01\"}"
#define SEALS_VE(doses) "\"ve\":[{\"des\":\"XM0GQ8\",\"nam\":\"Comirnaty\",\"dis\":\"RA01\",\"vd\":[" doses "]}]"
#define SEALS_SHOT "{\"uvci\":\"U1\"," SEALS_PID "," SEALS_VE(SEALS_DOSE) "}"
#define SEALS_TESTED "\"pid\":{\"n\":\"PINGUIN OTTO\",\"dob\":\"1998-02-26\",\"dt\":\"P\",\"dn\":\"P0001\"}"
#define SEALS_SP   "\"sp\":{\"spn\":\"Station 7\",\"ctr\":\"ATA\",\"cd\":{\"p\":\"0\",\"e\":\"a@b\",\"a\":\"Ice\"}}"
#define SEALS_DAT  "\"dat\":{\"sc\":\"2026-11-20T12:00:00+08:00\",\"ri\":\"2026-11-20T14:00:00+08:00\"}"
#define SEALS_TR   "\"tr\":{\"tc\":\"antigen\",\"r\":\"negative\",\"m\":\"saliva\"}"
#define SEALS_TEST "{\"utci\":\"T1\"," SEALS_TESTED "," SEALS_SP "," SEALS_DAT "," SEALS_TR ",\"opt\":\"x\"}"

void seals_open(struct seals *s); /* asserts, as all of these */
void seals_close(struct seals *s);
/* What departs from a good bar code signer of AQ, valid from a year before to a year after now. */
struct seals_request {
	const char *country, *types; /* NULL: AQ; no extension */
	const char *const *eku;      /* NULL: bar code signer; empty: none */
	bool is_ca;
	enum private_kind kind;      /* 0: P-256 */
	int64_t from, until;         /* 0: a year */
	const struct seals_key *ca;  /* whose name and key identifier it bears; NULL: its own */
	const struct private_key *by; /* who signs it; NULL: ca's key */
	struct private_key *key;     /* NULL: a new one */
};
struct seals_key seals_mint(struct seals *s, const struct seals_request *r);
struct trust *seals_trust(struct seals *s, enum trust_env env, const struct seals_key *const *authorities, size_t count);
/* The recipe's seal; message and certificate are filled in where empty. */
struct span seals_seal(struct seals *s, struct vds_recipe recipe);
/* A good seal under another signer. */
struct span seals_by(struct seals *s, const struct seals_key *k, enum sig_alg alg);
/* The engine's answer at SEALS_NOW; the report is in s->report. */
enum verdict seals_verify(struct seals *s, struct span input, struct verify *v);
bool         seals_found(const struct seals *s, enum reason reason);

#endif
