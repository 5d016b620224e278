/* seal.h - a VDS-NC made from a message: header, canonical JSON, signature (VDS-NC 1.1).
 *
 * The recipe's defaults give what the specification asks for.  Its switches give what is met in the field, and
 * what must be refused: the demo world and the tests make their bad seals with them.
 */
#ifndef VDSNC_SEAL_H
#define VDSNC_SEAL_H

#include "codecs/base/work.h"
#include "codecs/signer.h"

struct vds_recipe {
	/* data */
	const char *type;     /* NULL: "icao.vacc" */
	const char *version;  /* as JSON; NULL: 1 */
	const char *state;    /* as JSON; NULL: the signer's issuer as a string */
	const char *message;  /* data.msg, as JSON */
	const char *data;     /* instead of all this */
	const char *shown;    /* what stands as data in place of what was signed */
	/* sig */
	const char *alg;      /* as JSON; NULL: by the signer; empty: left out */
	struct span cert;     /* DER; empty: left out */
	const char *cer, *sigvl; /* as JSON, instead of the real ones; empty: left out */
	bool padded;
	bool short_signature; /* without its last octet */
	const char *sig;      /* instead of all this, as JSON; empty: left out */
	/* around */
	bool sig_first;
	unsigned array;       /* so many copies in an array; 0: none */
};

/* *out in the arena.  -EINVAL when data is no JSON.  0, or a negative errno. */
int vds_seal(struct work *w, const struct vds_recipe *r, const struct signer *s, struct span *out);

#endif
