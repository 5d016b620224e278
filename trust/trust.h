/* trust.h - who may sign what, as of now: an immutable, counted snapshot.
 *
 * A refresh builds a new snapshot and publishes it; requests under way keep
 * the one they started with.  Nothing here opens a socket or a file.
 */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include "codecs/base/work.h"
#include "codecs/codec.h"
#include "codecs/seal/cert.h"

struct trust;

/* Never mixed: a key of one is never found for a verification in another. */
enum trust_env { ENV_PRODUCTION, ENV_ACCEPTANCE, ENV_DEMO, ENV_COUNT };
const char *env_name(enum trust_env env); /* "production", "acceptance", "demo" */
bool        env_named(struct span name, enum trust_env *out);
const char *domain_name(enum trust_domain domain); /* "dcc", "shc", "vc", "icao", "who": `scheme` of a source */

/* One list as it was read: a file, or the files of a folder. */
struct trust_file {
	struct span name; /* path, for messages and for the country of a certificate in a folder (see source/folder.c) */
	struct span bytes;
};

struct trust_input {
	struct span              name; /* the operator's name for the source, unique */
	struct span              kind; /* a name in trust/sources.def; empty: recognised by content */
	enum trust_env           env;
	enum trust_domain        domain;
	const struct trust_file *files;
	size_t                   file_count;
	struct span              pin;     /* PEM or DER: key or certificate that must have signed the list; empty: none */
	struct span              anchors; /* PEM: CSCA (or upload) certificates that items must chain to; empty: not checked */
	struct span              issuer;  /* of every key, where the list is one issuer's own set of keys: its iss */
	struct span              did;     /* of a DID document that was asked for: whose it must be; else empty */
	bool                     allow_untyped_keys; /* of SMART Health Cards: keys that state no use or algorithm count */
	struct span              country; /* of every key, where the list itself names none */
	int64_t                  read_at; /* when the operator's copy was fetched or written; TIME_NONE: unknown */
	int64_t                  max_age; /* seconds after which its keys answer trust.stale; 0: no limit */
	const char              *fault;   /* NULL, or why it could not be loaded: static text; it then has no files */
	struct span              fault_file;
};

/* Where a key came from, for /v1/trust and `vidimus trust`. */
struct trust_source_info {
	struct span       name, kind;
	enum trust_env    env;
	enum trust_domain domain;
	int64_t           read_at, issued_at, expires_at, max_age; /* TIME_NONE where unknown */
	int64_t           newest_at; /* of its items, where they bear dates; says nothing of the list's own age */
	bool              list_signed; /* the list's own signature was checked against the pin */
	bool              items_checked; /* each key was checked against its CSCA or upload certificate */
	size_t            issuers, rid_lists; /* named; lists of revoked cards, one a key, or batches of certificates */
	size_t            keys, refused, skipped; /* usable; refused by key policy; items that are no signers or malformed */
	size_t            unchecked; /* usable, but what would vouch for it beside its list was not there or did not fit */
	const char       *fault; /* NULL, or why nothing of it was taken: one plain sentence */
	struct span       fault_file;
	size_t            fault_offset; /* PLACE_NO_OFFSET where it has no place */
};

struct trust_key {
	const struct trust_source_info *source;
	const struct key  *key;   /* NULL: refused, `fault` says why; such an entry is found too, to say so */
	enum key_fault     fault;
	const struct cert *cert;  /* NULL where the list carries bare keys */
	struct span        kid, authority; /* authority: ISO 3166-1 alpha-2 as the list says, else an issuer id */
	struct span        name;  /* the subject, for people */
	unsigned           usage; /* USAGE_* */
	bool               usage_foreign; /* extended key usage names only foreign purposes */
	unsigned           domains; /* of the WHO's network, for which its list vouches: GDHCN_*; 0: the list knows no such */
	int64_t            not_before, not_after; /* TIME_NONE: the list carries bare keys */
	int64_t            seen_at; /* when the list's maker last saw it at its issuer; TIME_NONE: the list does not say */
	int64_t            crl_version; /* of the revocation list that the key announces (SHC 1.4.0); 0: none */
};

/* An issuer that a list names, with or without keys of it: of SMART Health Cards. */
struct trust_issuer {
	const struct trust_source_info *source;
	struct span iss;       /* exactly as listed; never normalised */
	struct span name;      /* for people */
	struct span canonical; /* the same issuer's present iss, for people; may be empty */
	struct span did;       /* of W3C credentials: whose keys are the issuer's; else empty */
	bool        at_hand;   /* the list has the DID's document, or needs none (did:key) */
	int64_t     seen_at;   /* when its keys were last seen; TIME_NONE: the list does not say */
};

/* Builds a snapshot of all inputs.  A list that is at fault contributes no key and says why in its
 * trust_source_info: the others still count.  w->now: the time for which signed lists must be valid; of w only
 * limits, kit and now are used, each list gets memory of its own.  0, or -ENOMEM. */
int           trust_build(struct work *w, const struct trust_input *in, size_t count, struct trust **out);
struct trust *trust_ref(struct trust *t);
void          trust_unref(struct trust *t); /* NULL is allowed */

struct trust_scope {
	enum trust_env    env;
	enum trust_domain domain;
};

/* Every key that fits the hint in that scope, in the order of the inputs, at most max; returns how many.
 * Refused keys come last.  O(1) in the number of keys, allocates nothing. */
size_t trust_find(const struct trust *t, struct trust_scope scope, const struct key_hint *hint,
		  const struct trust_key **out, size_t max);
/* Whether any other environment knows the hint: what issuer.environment reports. */
bool   trust_elsewhere(const struct trust *t, struct trust_scope scope, const struct key_hint *hint);

/* The first list's entry for an issuer, byte for byte; NULL: no list of that scope names it.  Every issuer of a key in
 * TRUST_SHC is one, too. */
const struct trust_issuer *trust_issuer(const struct trust *t, struct trust_scope scope, struct span iss);
/* The first list's entry that names this DID as the issuer's, where no list of that scope has its document; else NULL. */
const struct trust_issuer *trust_issuer_did(const struct trust *t, struct trust_scope scope, struct span iss, struct span did);
/* Whether the kid is known in that scope under another issuer. */
bool trust_kid_elsewhere(const struct trust *t, struct trust_scope scope, const struct key_hint *hint);

/* What the newest revocation list of (iss, kid) says of a card; SHC 1.4.0, "Revocation". */
struct trust_revocation {
	const struct trust_source_info *source;
	int64_t ctr;     /* of the list */
	int64_t seen_at; /* when it was fetched; TIME_NONE: unknown */
	size_t  malformed; /* entries of it that could not be read */
	bool    revoked; /* an entry without a time, or one later than `issued`, compared exactly */
};
/* False: no list of that key is here; then *out is untouched.  rid may be empty (such a card cannot be listed). */
bool trust_revocation(const struct trust *t, struct trust_scope scope, struct span iss, struct span kid, struct span rid,
		      struct moment issued, struct trust_revocation *out);

size_t                          trust_issuer_count(const struct trust *t);
const struct trust_issuer      *trust_issuer_at(const struct trust *t, size_t index); /* by source, then list order */
size_t                          trust_source_count(const struct trust *t);
const struct trust_source_info *trust_source_at(const struct trust *t, size_t index);
size_t                          trust_key_count(const struct trust *t);
const struct trust_key         *trust_key_at(const struct trust *t, size_t index); /* by source, then list order */
/* The key itself: by when its list's maker last saw it, where the list says; else as its list. */
bool trust_key_stale(const struct trust_key *k, int64_t now);
/* Past its own expiry; or with a max_age, issued (where the list says when) or read (where not) longer ago than
 * that, or of an age that nobody knows. */
bool trust_stale(const struct trust_source_info *s, int64_t now);
/* A list that states an earlier time of issue than the one already in use: a rollback, to be refused at refresh.
 * The newest item of a list is no measure: taking a key away must count at once. */
bool trust_older(const struct trust_source_info *fresh, const struct trust_source_info *kept);

#endif
