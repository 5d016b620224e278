/* steps.h - one function per check; each speaks about the check that the engine has set running. */
#ifndef ENGINE_STEPS_H
#define ENGINE_STEPS_H

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

/* Where the scheme's keys are looked for. */
struct trust_scope step_scope(const struct verify *v);

#endif
