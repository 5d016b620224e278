/* source.h - one kind of trust list: how to recognise it, how to read it. */
#ifndef TRUST_SOURCE_H
#define TRUST_SOURCE_H

#include "trust/dcc/batches.h"
#include "trust/trust.h"

struct trust_builder;

enum {
	SERVES_DCC = 1u << TRUST_DCC,
	SERVES_SHC = 1u << TRUST_SHC,
	SERVES_VC = 1u << TRUST_VC,
	SERVES_ICAO = 1u << TRUST_ICAO,
	SERVES_WHO = 1u << TRUST_WHO
};

struct trust_source {
	const char *kind;  /* "dgcg" */
	const char *title; /* "EU Digital COVID Certificate Gateway trust list" */
	size_t      files; /* that a list of this kind may consist of */
	bool        takes_pin;     /* it carries a signature; where it doesn't, a configured pin is a fault */
	bool        takes_anchors; /* it carries certificates; likewise */
	bool        takes_issuer;  /* it is one issuer's own and does not say whose; likewise */
	bool        takes_untyped; /* allow_untyped_keys has a meaning for it; likewise */
	unsigned    serves; /* SERVES_*: whose keys it may hold, where nobody says which */
	bool        health_cards;  /* of SMART Health Cards: then its keys are in TRUST_SHC, and takes_issuer demands one */
	bool (*detect)(const struct trust_input *in);
	/* Adds keys to the builder; a list at fault is told by builder_fault and adds nothing.  w has an arena and a
	 * report for this list alone, and w->now, for which the list must be valid. */
	int (*read)(struct work *w, const struct trust_input *in, struct trust_builder *b);
};

const struct trust_source *trust_source_detect(const struct trust_input *in);
/* SERVES_* of a list of which only the files are known: of every kind that it may be. */
unsigned                   trust_source_serves(const struct trust_input *in);
const struct trust_source *trust_source_kind(struct span kind);
const struct trust_source *trust_source_kind_at(size_t index); /* NULL at the end */

/* What a source hands over for one signer; spans are copied. */
struct trust_item {
	struct span        kid, authority, name;
	const struct cert *cert; /* the builder takes a reference */
	const struct key  *key;  /* likewise, for bare keys; NULL with cert */
	enum key_fault fault;
	unsigned     usage;
	unsigned     domains; /* GDHCN_*, or 0 */
	bool         usage_foreign, unchecked;
	int64_t      seen_at; /* TIME_NONE, or 0 (nobody saw a key in 1970), where the list does not say */
	int64_t      crl_version;
	int64_t      until; /* of a bare key: withdrawn or expired then; likewise */
};

struct trust_issuer_item {
	struct span iss, name, canonical, did;
	bool        at_hand; /* the DID's document */
	int64_t     seen_at; /* likewise */
};

/* One revocation list of SMART Health Cards: {kid, method: "rid", ctr, rids}. */
struct trust_rid {
	struct span   rid;
	struct moment before; /* cards issued earlier are revoked; seconds TIME_NONE: all */
};
struct trust_rid_list {
	struct span             iss, kid;
	int64_t                 ctr;
	int64_t                 seen_at; /* likewise */
	const struct trust_rid *rids;
	size_t                  count;
	size_t                  malformed; /* entries that are not among them */
};

/* One revocation batch of the EU's gateway. */
struct trust_batch_item {
	struct span          kid; /* empty: of any key */
	enum trust_hash_type type;
	int64_t              expires;
	const uint8_t       *hashes; /* TRUST_HASH bytes each */
	size_t               count;
};

int  builder_add(struct trust_builder *b, const struct trust_item *item);
/* Each copies what it is given; 0 or -ENOMEM, and more than trust.keys issuers or trust.rids entries is a fault. */
int  builder_issuer(struct trust_builder *b, const struct trust_issuer_item *item);
int  builder_rids(struct trust_builder *b, const struct trust_rid_list *list);
int  builder_batch(struct trust_builder *b, const struct trust_batch_item *item);
void builder_skip(struct trust_builder *b); /* an item that is no signer, or malformed, or not vouched for */
/* The first fault counts; `sentence` is kept, not copied. */
void builder_fault(struct trust_builder *b, const char *sentence, struct span file, size_t offset);
bool builder_faulty(const struct trust_builder *b);
struct trust_source_info *builder_info(struct trust_builder *b);

#endif
