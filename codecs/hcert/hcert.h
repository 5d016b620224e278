/* hcert.h - what the container and its sub-claims share (hcert_spec 1.0.8). */
#ifndef HCERT_HCERT_H
#define HCERT_HCERT_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/codec.h"
#include "codecs/record/record.h"
#include "codecs/tree/node.h"

/* One type of certificate that an HC1 container can carry: a key of claim -260. */
struct subclaim {
	int64_t     key;
	const char *name;   /* the key as text, as some issuers write it */
	const char *scheme; /* of the codec's list of schemes */
	unsigned    kinds;  /* that the content may have: bits of enum node_kind */
	unsigned    domains; /* of the WHO's network: GDHCN_* */
	bool        as_in_the_field; /* also read with claims and kid as texts, times in milliseconds, or without times */
	/* Looks the content's members up once, into the arena; usage: what the issuer's key must allow (USAGE_*). */
	int (*open)(struct work *w, const struct node *content, const void **found, unsigned *usage);
	/* Under which name the issuer can withdraw it; NULL: under none. */
	void (*status)(const void *found, struct status_claim *out);
	/* As those of a codec, with what open found. */
	int (*check)(struct work *w, const void *found);
	int (*normalise)(struct work *w, const struct credential *c, const void *found, struct record *out);
};

extern const struct subclaim hcert_eu_dcc, hcert_ddcc_vs, hcert_ddcc_tr, hcert_link, hcert_icvp, hcert_medication;
extern const struct subclaim hcert_ddcc_flat; /* no sub-claim: the payload itself */

/* Kept from decode to check and normalise. */
struct hcert {
	const struct subclaim *type;
	const struct node     *claims;
	const void            *found;
	struct span            issuer; /* claim 1; empty when absent */
	bool                   as_text; /* the claims' keys are texts */
};

/* The layer in which places of the content count. */
#define HCERT_LAYER "cwt"

#endif
