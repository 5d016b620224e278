/* keys.h - the gateway's own keys: a folder with an index, one key set for each family of what it attests.
 *
 * Everything that can be had here is public.  Private parts stay in this folder's files: in memory only
 * where they sign (the signer's process, or a command), else in encrypted files or in a token (PKCS#11).
 * Pure but for files: whoever calls brings the time.
 */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H

#include "codecs/seal/cert.h"
#include "codecs/signer.h"

/* One signing key set per target family, and the authorities that issue their certificates. */
enum key_purpose {
	PURPOSE_DCC,      /* EU Digital COVID Certificates */
	PURPOSE_SHC,      /* SMART Health Cards */
	PURPOSE_VC_EDDSA, /* W3C credentials, Ed25519 */
	PURPOSE_VC_ECDSA, /* likewise, P-256; and credentials as JWT */
	PURPOSE_WHO,      /* DDCC, ICVP, documents in FHIR */
	PURPOSE_ICAO,     /* VDS-NC */
	PURPOSE_LIST,     /* our own trust lists; its certificate is what verifiers pin */
	PURPOSE_CSCA_DCC, PURPOSE_CA_SHC, PURPOSE_SCA_WHO, PURPOSE_CSCA_ICAO, /* authorities */
	PURPOSE_COUNT
};

enum own_state {
	OWN_NEXT,      /* published, does not sign yet */
	OWN_ACTIVE,    /* signs, or would if no newer one did */
	OWN_RETIRED,   /* signs no more; published as long as what it signed may live */
	OWN_WITHDRAWN, /* compromised: neither, for ever */
	OWN_GONE       /* retired long enough: no longer published */
};

struct own_key {
	struct span      name;    /* "dcc-1" */
	enum key_purpose purpose;
	enum sig_alg     alg;
	struct span      kid;     /* as the scheme names it: dcc, who, icao 8 bytes; shc the thumbprint; vc a DID URL */
	struct span      issuer;  /* dcc, who: alpha-2; icao: alpha-3; shc: the public URL; vc: the DID */
	int64_t          from, until; /* signs from <= now < until */
	int64_t          ends;    /* of its certificate (of keys without: how long it stays published); nothing it signs
				   * may be valid for longer */
	int64_t          withdrawn; /* TIME_NONE: is not */
	struct span      spki;    /* DER */
	struct span      cert;    /* DER; empty: has none (vc) */
	struct span      authority; /* DER of the certificate above it; empty: self-signed, or none */
	bool             token;   /* its private part is in a token */
	const struct key *key;    /* ready to verify */
};

struct keys; /* one thread's, but for keys_certify, and what keys_signer gives once keys_attach was called */

enum { KEYS_MAX = 512, KEYS_NAME = 32, KEYS_SIGNED_MAX = 131072, KEYS_SIGNATURE_MAX = 512,
       KEYS_CERTIFICATE_MAX = 4096 };

/* Reads the index of the folder.  With an empty passphrase private parts stay unread, and keys_signer gives -EACCES
 * for those in files.  0; -ENOMEM; -ENOENT: there is no index; -EACCES: others may read the folder or its files;
 * -EBADMSG: the index is damaged; another -errno. */
int  keys_open(const char *dir, struct span passphrase, struct keys **out);
void keys_close(struct keys *k); /* wipes; NULL is allowed */

size_t                keys_count(const struct keys *k);
const struct own_key *keys_at(const struct keys *k, size_t index); /* by time of making */
const struct own_key *keys_named(const struct keys *k, struct span name); /* NULL: none */
/* The key that signs for this purpose now: of several the one that began last.  NULL: none. */
const struct own_key *keys_active(const struct keys *k, enum key_purpose purpose, int64_t now);
enum own_state        own_key_state(const struct own_key *key, int64_t now);
bool                  own_key_published(const struct own_key *key, int64_t now);

const char *purpose_name(enum key_purpose p);  /* "vc-eddsa" */
const char *purpose_title(enum key_purpose p); /* "W3C credentials, Ed25519" */
bool        purpose_named(struct span name, enum key_purpose *out);
bool        purpose_is_authority(enum key_purpose p);
const char *own_state_name(enum own_state s);

/* Who the gateway is, as its index says. */
struct keys_identity {
	struct span url;     /* "https://gateway.example", without a / at its end */
	struct span country; /* alpha-2 */
	struct span name;    /* for people, and organisation of the certificates */
};
const struct keys_identity *keys_identity(const struct keys *k);
struct span keys_did(const struct keys *k); /* did:web of the URL */

/* A signer for the key: refuses bytes that are not what keys of its purpose sign (-EPERM), and checks every signature
 * with the public key before it leaves (-EIO).  Lives as long as k.  0; -ENOMEM; -EACCES: no passphrase;
 * -EKEYREJECTED: a wrong one, or a key file that is damaged or another's; what a token said. */
int keys_signer(struct keys *k, const struct own_key *key, struct signer *out);
/* The authority of ours that would make certificates of this key on demand now; NULL: none, or such keys have none. */
const struct own_key *keys_authority(const struct keys *k, const struct own_key *key, int64_t now);
/* For forms without an expiry of their own (icao): a certificate of the key like its own, but it ends at `until`, which is
 * no later than the key's, and has a serial number of its own.  One that was made before, by the authority that signs now, is
 * given again.  Any thread may call it.  0; -EPERM: not of this key, or not with this end; -ENOKEY: no authority's private part is
 * at hand; as a signer's sign: -EAGAIN, -EIO, what a token said. */
struct certify_order {
	int64_t now, until;
};
int keys_certify(struct keys *k, const struct own_key *key, const struct certify_order *o, struct arena *a,
		 struct span *der);
/* What keys in tokens need: the module's path, and a PIN; before the first of them signs or is made.  0 or -ENOMEM. */
int keys_token(struct keys *k, struct span module, struct span pin);
/* Reads the index again, while other threads may use the keys: new keys join, ends and withdrawals count; what is
 * withdrawn stays so whatever the index says, and what was handed out stays valid.  Of one thread at a time.  0; as keys_open,
 * or -EAGAIN, for the signer reads its folder again as well: then all is as it was; -EXDEV: the index is
 * another gateway's. */
int keys_refresh(struct keys *k);
/* Reads all private parts that may sign from now on, so that what is wrong with them shows at once; that of an authority that
 * certifies on demand, too, where it can be had. */
int keys_unlock(struct keys *k, int64_t now);
/* For whoever signs much: tables with which signatures of unlocked P-256 keys are checked at a third of the cost; some
 * 20 ms and 150 KiB a key.  0 or -ENOMEM. */
int keys_quicken(struct keys *k, int64_t now);

#endif
