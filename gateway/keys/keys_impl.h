/* keys_impl.h - the inside of the key store, for the files of this folder. */
#ifndef KEYS_KEYS_IMPL_H
#define KEYS_KEYS_IMPL_H

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/work.h"
#include "codecs/base/report.h"
#include "codecs/seal/own/recheck.h"
#include "codecs/seal/signer_file.h"
#include "gateway/keys/keys.h"

#include <pthread.h>

enum { DAY = 86400 };

/* What keys of a purpose are like. */
struct purpose {
	const char *name, *title;
	enum private_kind kind;
	enum sig_alg alg;
	enum key_purpose authority; /* PURPOSE_COUNT: self-signed */
	bool certified, is_authority;
	const char *const *eku;
	bool eku_critical;
	const char *document_types;
	int use_days, cert_days;
	const char *common_name;
	bool (*signs)(struct span bytes); /* the form that is signed under such keys, and no other */
};
extern const struct purpose purposes[PURPOSE_COUNT];


struct own_entry {
	struct own_key public;
	struct keys *keys;
	struct span token, authority_name; /* a PKCS#11 URI; the name of the authority's key */
	struct key *key;
	struct cert *cert;
	struct private_key *private; /* NULL: not read */
	struct signer raw; /* sign NULL: not ready */
	struct recheck *recheck; /* NULL: signatures are checked as strangers' are */
	struct own_entry *next; /* of keys->own */
};

struct signer_process;
struct token_module;

/* A certificate made on demand, in the place of its end: they end on the hour (any other end is kept as well). */
struct certified {
	const struct own_key *key, *authority;
	int64_t until;
	struct span der; /* of malloc; empty: none */
};
enum { CERTIFIED_MAX = 64, CERTIFIED_STEP = 3600 };

struct keys {
	struct arena *arena;
	struct kit *kit;
	struct report report;
	struct work work;
	struct span dir, passphrase, did;
	struct span module, pin;
	struct token_module *token; /* NULL: not loaded */
	struct keys_identity who;
	struct own_entry *_Atomic entries[KEYS_MAX]; /* of these keys or of newer ones that were read since */
	_Atomic size_t count;
	struct own_entry *own; /* those that this set drops */
	struct keys *newer; /* what keys_refresh has read; drops its own */
	int lock; /* a descriptor, or -1 */
	struct signer_process *process; /* NULL: signatures are made here */
	pthread_mutex_t certified_lock;
	struct certified certified[CERTIFIED_MAX];
};

struct own_entry *own_entry_of(const struct own_key *key);
int keys_make(const char *dir, struct span passphrase, struct keys **out); /* empty */
/* Fills in what follows from certificate and purpose: kid, issuer, key.  -EBADMSG: they don't fit together. */
int own_entry_finish(struct own_entry *e);
void own_entry_drop(struct own_entry *e);
/* The entry joins the set, at its end. */
void own_entry_join(struct own_entry *e);
void keys_forget(struct keys *k); /* wipes the passphrase: what is not read yet stays so */
/* Makes e->raw ready. */
int own_entry_unlock(struct own_entry *e);
/* The module, loaded. */
int keys_module(struct keys *k, struct token_module **out);
/* e->raw, with both checks. */
int own_entry_sign(const struct own_entry *e, struct kit *kit, struct arena *a, struct span bytes, struct span *out);

/* process/ask.c */
int signer_ask(struct signer_process *p, const struct own_key *key, struct arena *a, struct span bytes, struct span *out);
int signer_ask_certificate(struct signer_process *p, const struct own_key *key, int64_t until, struct arena *a,
			   struct span *der);

/* certify.c */
bool purpose_on_demand(enum key_purpose p); /* certificates of such keys are made on demand */
/* What a certificate of the key says, but for its dates and who issues it; the texts in the arena. */
int own_entry_describe(const struct own_entry *e, struct arena *a, struct cert_request *r);
/* As keys_certify, made anew; the authority is ready already. */
int own_entry_certify(const struct own_entry *e, const struct certify_order *o, struct kit *kit, struct arena *a,
		      struct span *der);
void certified_forget(struct keys *k);

/* index.c */
int index_read(struct keys *k, struct span text);
int index_write(struct keys *k);
/* -EBADMSG: no https URL without a / at its end, no country, or no name. */
int index_identity(struct keys *k, const struct keys_identity *who);

/* files.c: names in the folder; all files 0600, the folder 0700, and refused otherwise. */
int files_folder(const char *dir); /* makes it */
int files_check(const char *dir);
int files_read(const struct keys *k, const char *name, size_t max, struct span *out);
/* Whole or not at all, and on disk when it returns. */
int files_write(const struct keys *k, const char *name, struct span bytes);
int files_lock(const char *dir, int *out);
void files_unlock(int lock);

#endif
