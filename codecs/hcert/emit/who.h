/* who.h - the two writers of the WHO's forms; their targets stand in who.c. */
#ifndef HCERT_EMIT_WHO_H
#define HCERT_EMIT_WHO_H

#include "codecs/emit.h"

int ddcc_emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss, struct emitted *out);
int icvp_emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss, struct emitted *out);

#endif
