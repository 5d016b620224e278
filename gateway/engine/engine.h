/* engine.h - the whole product as one pure function. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/codec.h"
#include "codecs/record/record.h"
#include "config/policy.h"
#include "trust/bind.h"
#include "trust/web.h"

enum { VERIFY_NEEDS = 8 };

/* One verification.  Everything it points to lives in the work's arena or outlives it. */
struct verify {
	/* asked */
	struct span          input;
	const struct trust  *trust;
	const struct policy *policy;
	const struct web    *web; /* what was fetched so far; NULL: nothing */
	const struct at_hand *at_hand; /* NULL: nothing */
	bool                 brief; /* others wait meanwhile: what is dear beside the document is left out, see `dear` */
	bool                 core; /* the record is given out as the WHO's core data set (codecs/record/core.h) */
	/* found, step by step */
	struct span             text; /* the input without blanks and line ends around it */
	const struct codec     *codec;
	struct credential       credential;
	const struct trust_key *candidates[32];
	size_t                  candidate_count;
	const struct trust_key *bound; /* the key of the certificate in the document, where its authority is trusted */
	const struct cert      *bound_cert; /* for which that was asked; NULL: not yet */
	enum trust_bond         bond;
	const struct trust_key *signer; /* the key that verified; else the deepest failure's */
	bool                    verified; /* the signature check passed */
	bool                    has_record;
	struct record           record;
	bool                    dear; /* a status list was left out: no verdict yet, to be run again without `brief` */
	/* What is lacking and could be fetched; with any, a second run with a fuller web may decide otherwise.
	 * Never anything on account of an issuer that no list names. */
	struct need             needs[VERIFY_NEEDS];
	size_t                  need_count;
};

/* Runs the nine checks into w->report.  0, or a negative errno when we are at fault (-ENOMEM).
 * v->input, trust and policy are set, all else is zero. */
int engine_verify(struct work *w, struct verify *v);

/* Whether the input is genuine and valid now: the checks up to validity, and no other; for what documents lead to. */
int engine_genuine(struct work *w, struct verify *v, bool *genuine);

/* Unwraps without trusting anything: format and decode only; for `inspect`.  With v->core the record is read, too, as far
 * as it can be, from content that nobody vouches for. */
int engine_inspect(struct work *w, struct verify *v);

/* How many certificates the input holds: one, the parts of a container (codec->split), or the lines of a text of
 * several.  Entries point into `in` or into the arena. */
int engine_split(struct work *w, struct span in, struct span **entries, size_t *count);

#endif
