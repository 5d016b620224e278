/* credentials.h - the demo world's W3C credentials: who issues them, with which keys, how they are made and broken. */
#ifndef CLI_DEMO_VC_CREDENTIALS_H
#define CLI_DEMO_VC_CREDENTIALS_H

#include "codecs/vc/seal.h"

struct demo;
struct demo_key;
struct sample;

/* The keys; each row of the table in issuers.c says whose it is. */
enum demo_vc_key {
	VC_MINISTRY,    /* Ed25519; a did:key on the list */
	VC_AGENCY,      /* P-256; likewise */
	VC_REGISTRY,    /* P-256; a did:jwk */
	VC_HEALTH,      /* P-384; of a did:web whose document is kept */
	VC_HEALTH_ED,   /* Ed25519; of the same */
	VC_HEALTH_LEFT, /* P-256; of the same, revoked long ago */
	VC_HEALTH_DOOR, /* P-256; of the same, there to log in with */
	VC_HEALTH_GUEST, /* P-256; of the same, but controlled by another */
	VC_HEALTH_WEAK, /* RSA-1024; of the same */
	VC_HEALTH_LOST, /* P-256; would be of the same, were it in the document */
	VC_CAMPAIGN,    /* RSA-2048; a DID that signs for https://campaign.example/ */
	VC_TEST,        /* Ed25519; a did:key of the acceptance environment */
	VC_STRANGER,    /* Ed25519; a did:key on no list */
	VC_KEY_COUNT
};

/* A ZIP archive around it. */
struct demo_archive {
	const char *name, *tail; /* tail: what follows it; NULL: nothing */
	unsigned    flags;
};

/* How a credential does.  In every text * stands for the issuer. */
struct credential_sample {
	enum demo_vc_key  key;
	const char       *document; /* JSON */
	const char       *signed_as; /* what is signed in its place */
	struct vc_recipe  recipe;   /* its spans are filled in from here */
	int               issuer_of; /* 1 and the key whose issuer the document names; 0: the own one's */
	const char       *before;   /* other proofs, JSON with a comma behind each */
	const char       *again;    /* members of a proof that comes first, by the same key; with a comma in front */
	const char       *kid;      /* NULL: the key's */
	const char       *form;     /* the text of the sample; ~ in it stands for the credential */
	const char       *text;     /* instead of all this */
	struct demo_archive zip;    /* name NULL: none */
};

/* issuers.c: keys and lists.  Each 0 or a negative errno. */
int  credential_make_keys(struct demo *d);
int  credential_write_lists(struct demo *d, const char *folder);
void credential_drop_keys(struct demo *d);
struct span credential_issuer(const struct demo *d, enum demo_vc_key key);
/* status.c: lists of withdrawn credentials. */
int  credential_write_status(struct demo *d, const char *folder);
/* archive.c */
int  credential_archive(struct demo *d, const struct demo_archive *z, struct span file, struct span *out);
/* mint.c: one sample. */
int  credential_mint(struct demo *d, const struct sample *s, struct span *out);

#endif
