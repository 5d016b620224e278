/* aid_fhir.h - a source that is verified, a key of ours that the WHO's lists have, and documents under it. */
#ifndef TESTS_FHIR_AID_FHIR_H
#define TESTS_FHIR_AID_FHIR_H

#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"

struct papers {
	struct mint        source, ours;
	struct trust      *trust; /* our certificate, for the WHO's domain */
	struct work       *work;  /* of the verification; the source's, unless the test says otherwise */
	struct verify      verify, again; /* the source; what was written */
	struct attest      attest;
	struct emit_issuer issuer;
	struct emit_supply supplies[4];
};

struct papers *papers_open(const char *target); /* asserts, as all of these */
void           papers_close(struct papers *x);
/* Its certificate, for that domain alone. */
struct trust  *papers_trust(struct mint *m, enum trust_domain domain);
void           papers_supply(struct papers *x, enum element e, const char *value);
/* An EU DCC is verified, and its attestation planned. */
enum refusal   papers_plan(struct papers *x, const char *json);
/* Planned again, after the test has changed what was verified. */
enum refusal   papers_again(struct papers *x);
/* Written, verified without a finding, and compared with what was told. */
void           papers_write(struct papers *x);
/* The engine's answer into x->again and the report of x->ours. */
enum verdict   papers_verify(struct papers *x, struct span text);
/* Outlives a verification. */
struct span    papers_copy(struct papers *x, struct span text);
const struct loss_row *papers_row(const struct papers *x, int event, enum element e);
/* A document of this JSON, which ends before the bundle's last bracket, signed by us. */
struct span    papers_sign(struct papers *x, const char *open, const char *header);

#endif
