/* steps.h - one function per check; each speaks about the check that the engine has set running. */
#ifndef ENGINE_STEPS_H
#define ENGINE_STEPS_H

#include "codecs/seal/key.h"
#include "trust/trust.h"

struct verify;

int step_format(struct work *w, struct verify *v);
int step_decode(struct work *w, struct verify *v);
int step_issuer(struct work *w, struct verify *v);
int step_signature(struct work *w, struct verify *v);
int step_validity(struct work *w, struct verify *v);
int step_revocation(struct work *w, struct verify *v);
int step_profile(struct work *w, struct verify *v);
int step_record(struct work *w, struct verify *v);
int step_policy(struct work *w, struct verify *v);

/* Tries one key on p and, where it does not fit, on whatever else its signature may be over; *out says how it went. */
int step_try_key(const struct work *w, const struct key *k, const struct proof *p, enum key_result *out);
/* What a result is called in reports; not of KEY_VALID. */
extern const enum reason step_signature_reason[];

/* Where the scheme's keys are looked for. */
struct trust_scope step_scope(const struct verify *v);

#endif
