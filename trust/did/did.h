/* did.h - decentralised identifiers (W3C, DID 1.0) to their keys: did:key and did:jwk by themselves, others by document.
 *
 * Nothing is fetched, and nothing here trusts anybody: who may issue is for the lists to say.  Keys are given back
 * when the work's arena is.
 */
#ifndef TRUST_DID_DID_H
#define TRUST_DID_DID_H

#include "codecs/base/work.h"
#include "codecs/seal/key.h"

struct node;

enum did_fault {
	DID_OK,
	DID_SYNTAX,     /* invalidDid */
	DID_METHOD,     /* methodNotSupported */
	DID_KEY_TYPE,   /* unsupportedPublicKeyType */
	DID_KEY_LENGTH, /* invalidPublicKeyLength */
	DID_KEY,        /* invalidPublicKey */
	DID_DOCUMENT    /* the document is none, or is another's */
};

enum { DID_ASSERTION = 1u << 0, DID_AUTHENTICATION = 1u << 1 };

struct did_method {
	struct span       id;       /* absolute */
	const struct key *key;      /* NULL: fault says why */
	enum key_fault    fault;
	unsigned          purposes; /* DID_ bits of the relationships that name it */
	bool              foreign;  /* controlled by another than the document's subject: it vouches for nothing here */
	int64_t           until;    /* revoked or expired then (Controlled Identifiers 1.0, 2.2); TIME_NONE */
};

struct did_document {
	struct span        id;
	struct did_method *methods;
	size_t             count;
	bool               deactivated;
};

/* The keys that issuers of W3C credentials may use: every algorithm that we know. */
extern const struct key_policy did_key_policy;

enum { DID_BYTES = 4096, DID_METHODS = 64 };

/* did:key (every multicodec of multikey.h; those that sign nothing come without key) and did:jwk; all else is
 * DID_METHOD.  *out is set for DID_OK only.  0, -ENOMEM, -ENOBUFS. */
int did_resolve(struct work *w, struct span did, const struct key_policy *p, struct did_document *out,
		enum did_fault *fault);
/* A document, which must be of `did` (empty: of whomever it says).  Methods that cannot be read are kept with their
 * fault; at most DID_METHODS are read. */
int did_document_read(struct work *w, const struct node *doc, struct span did, const struct key_policy *p,
		      struct did_document *out, enum did_fault *fault);
/* Where the document of a DID that does not bring it along is to be asked for: did:web at its host, any other method of
 * the resolver (https://host/1.0/identifiers/; W3C, DID Resolution, 7.1).  ptr NULL: nowhere.  0, -ENOMEM, -ENOBUFS. */
int did_url(struct arena *a, struct span did, struct span resolver, struct span *url);
/* A DID: "did:", a method's name and something behind it; no path, query or fragment. */
bool did_is(struct span s);
/* "did:web", of any form: the part up to the second colon. */
struct span did_method_of(struct span did);

/* document.c, for did.c: gives the key back with the arena. */
int did_keep_key(struct work *w, struct key *k);

#endif
