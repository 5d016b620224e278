/* seals.h - the demo world's VDS-NC seals: their authorities, bar code signers, and how seals are made and broken. */
#ifndef CLI_DEMO_SEALS_H
#define CLI_DEMO_SEALS_H

#include "codecs/seal/signer_file.h"
#include "codecs/vdsnc/seal.h"

struct demo;
struct sample;

/* Who signs; each row of the table in seal_keys.c. */
enum demo_seal {
	SEAL_AQ,       /* the usual one */
	SEAL_AQ_P384,
	SEAL_AQ_P521,
	SEAL_AQ_LINK,  /* under the same authority's key of before, listed by a link certificate alone */
	SEAL_AQ_SHOTS, /* may sign proofs of vaccination only */
	SEAL_AQ_OTHER, /* signs something else than bar codes */
	SEAL_AQ_EXPIRED,
	SEAL_AQ_FUTURE,
	SEAL_AQ_WEAK,  /* RSA-1024 */
	SEAL_BV,       /* of a country whose authority is on no list */
	SEAL_COPY,     /* self-made: bears the names, identifiers and dates of the usual one */
	SEAL_ALONE,    /* self-made and self-signed */
	SEAL_ACCEPTANCE, /* under an authority of the acceptance environment */
	SEAL_COUNT
};

enum demo_csca { SEAL_CSCA_AQ, SEAL_CSCA_OLD, SEAL_CSCA_LINK, SEAL_CSCA_BV, SEAL_CSCA_TEST, SEAL_CSCA_COUNT };

struct seal_sample {
	enum demo_seal    signer;
	struct vds_recipe recipe; /* its certificate is the signer's */
	size_t            cut;    /* so many characters off the end */
	const char       *text;   /* instead of a seal */
};

/* seal_keys.c.  Each 0 or a negative errno. */
int  seal_make_keys(struct demo *d);
int  seal_write_lists(struct demo *d, const char *folder);
void seal_drop_keys(struct demo *d);

#endif
