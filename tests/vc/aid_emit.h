/* aid_emit.h - a record with every element that there is, and a gateway that writes it in one form under its own did:key,
 * which its wallet trusts. */
#ifndef TESTS_VC_AID_EMIT_H
#define TESTS_VC_AID_EMIT_H

#include "codecs/emit.h"
#include "tests/vc/aid_vc.h"

struct writing {
	struct wallet wallet;
	struct identifier identifiers[2];
	struct event events[3];
	struct record record;
	struct emit_source source;
	struct emit_issuer issuer;
	struct emission emission;
	struct loss loss;
	struct emitted out;
	const struct target *target;
	struct verify again;
};

/* The form's name; asserts, as all of these.  The record has a vaccination, a test and a recovery. */
struct writing *writing_open(const char *target);
void         writing_close(struct writing *d);
/* What the writer returns; loss and out are filled. */
int          writing_emit(struct writing *d);

#endif
