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
	const char *scheme; /* of the codec's list of schemes */
	/* Looks the content's members up once, into the arena; usage: what the issuer's key must allow (USAGE_*). */
	int (*open)(struct work *w, const struct node *content, const void **found, unsigned *usage);
	/* As those of a codec, with what open found. */
	int (*check)(struct work *w, const void *found);
	int (*normalise)(struct work *w, const struct credential *c, const void *found, struct record *out);
};

extern const struct subclaim hcert_eu_dcc;

/* Kept from decode to check and normalise. */
struct hcert {
	const struct subclaim *type;
	const struct node     *claims;
	const void            *found;
	struct span            issuer; /* claim 1; empty when absent */
};

/* The layer in which places of the content count. */
#define HCERT_LAYER "cwt"

#endif
