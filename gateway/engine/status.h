/* status.h - whether a W3C credential is withdrawn, by the lists that it names.
 *
 * A list is itself a credential, of the same issuer, and is believed only when it is found genuine.  It is asked for
 * only on account of a credential that is genuine already. */
#ifndef ENGINE_STATUS_H
#define ENGINE_STATUS_H

#include "gateway/engine/engine.h"

int status_revocation(struct work *w, struct verify *v);

#endif
