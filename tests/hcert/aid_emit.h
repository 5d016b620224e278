/* aid_emit.h - a source that is verified, a key of ours, and what the writers of HC1 texts make of the one with the other. */
#ifndef TESTS_HCERT_AID_EMIT_H
#define TESTS_HCERT_AID_EMIT_H

#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"

struct emits {
	struct mint        source, ours;
	struct work       *work; /* of the verification; the source's, unless the test says otherwise */
	struct verify      verify, again; /* the source; what was written */
	struct attest      attest;
	struct emit_issuer issuer;
	struct emit_supply supplies[4];
};

struct emits *emits_open(const char *target);
void          emits_close(struct emits *x);
void          emits_supply(struct emits *x, enum element e, const char *value);
/* A source of that sub-claim (0: EU DCC) is verified, and its attestation planned. */
enum refusal  emits_plan(struct emits *x, int64_t claim, const char *json);
/* Planned again, after the test has changed what was verified. */
enum refusal  emits_again(struct emits *x);
/* Written, read with our key as trust without a finding, and compared with what was told. */
void          emits_write(struct emits *x, const char *scheme);
/* What was told; fate LOSS_FATES: nothing. */
const struct loss_row *emits_row(const struct emits *x, int event, enum element e);
/* Each allocation of the writer fails once. */
void          emits_starve(struct emits *x);

#endif
