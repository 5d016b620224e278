/* attest.h - a certificate that was verified in this very call, written anew in another form under our key.
 *
 * A pure function of the verification, the target and what the caller hands in: key, identifier, place in a status
 * list.  The caller logs before the text leaves.
 */
#ifndef ATTEST_ATTEST_H
#define ATTEST_ATTEST_H

#include "codecs/emit.h"
#include "gateway/engine/engine.h"

/* Why nothing is attested; each is a reason of its own for the client. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_SOURCE,  /* rejected or indeterminate: the report says why */
	REFUSAL_EMPTY,   /* genuine, but there is nothing of health in it (a link, a membership, medications) */
	REFUSAL_TERM,    /* nothing would be left of its validity */
	REFUSAL_MISSING, /* the form requires what the source lacks: the loss report says what */
	REFUSAL_SIZE,    /* too long for the form */
	REFUSAL_UNDATED, /* the form has no expiry, and there is no certificate that ends with the source */
	REFUSAL_COUNT
};

struct attest {
	/* asked */
	const struct target      *target;
	const struct emit_issuer *issuer; /* when an undated form is written: with a certificate that ends no later than `until` */
	const struct emit_supply *supplies;
	size_t                    supply_count;
	int64_t                   term; /* seconds that an attestation is valid at most */
	int64_t                   key_until; /* of the signing key's certificate; TIME_NONE: it has none */
	/* for the writing alone */
	const struct signer      *signer;
	uint8_t                   id[EMIT_ID];
	struct span               status_list;
	int64_t                   status_index;
	/* found */
	enum refusal              refusal;
	struct loss               loss; /* whatever was refused from REFUSAL_MISSING on, and where nothing was */
	struct emit_source        source;
	int64_t                   from, until;
	struct emitted            emitted;
};

/* Certificates for undated forms end on the hour, so that attestations share them, and none tells its own by its end. */
enum { ATTEST_HOUR = 3600 };

/* Whether the verification may be attested, and what would be lost: refusal, loss, source, from, until.  Signs nothing.
 * 0, or a negative errno. */
int attest_plan(struct work *w, const struct verify *v, struct attest *a);
/* After a plan without refusal: writes and signs.  0; -EIO: the key did not sign; else a negative errno. */
int attest_write(struct work *w, const struct verify *v, struct attest *a);

const char *refusal_code(enum refusal r); /* "attest.source" */
const char *refusal_text(enum refusal r);

/* {"target": ..., "scheme": ..., "mediaType": ..., "text": ..., "id": ..., "validity": {...}, "source": {...}} */
void attest_json(struct buf *b, const struct attest *a);

#endif
