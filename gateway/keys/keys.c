/* keys.c - the set of keys in memory: read once, private parts only where something is to be signed. */
#include "gateway/keys/keys.h"

#include "codecs/base/buf.h"
#include "codecs/record/countries.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/own/pkcs8.h"
#include "codecs/seal/thumbprint.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/token/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of all tokens that the system knows. */
#define MODULE "p11-kit-proxy.so"

enum { MEMORY = 64 << 20, INDEX_MAX = 8 << 20, FILE_MAX = 65536, KID_OCTETS = 8 };

void
own_entry_drop(struct own_entry *e)
{
	if (e->token.len > 0 && e->raw.sign)
		token_close(&e->raw);
	private_free(e->private);
	recheck_free(e->recheck);
	key_free(e->key);
	cert_free(e->cert);
}

void
own_entry_join(struct own_entry *e)
{
	struct keys *k = e->keys;

	e->next = k->own;
	k->own = e;
	k->entries[k->count] = e;
	k->count++;
}

void
keys_close(struct keys *k)
{
	if (!k)
		return;
	keys_close(k->newer);
	for (struct own_entry *e = k->own; e; e = e->next)
		own_entry_drop(e);
	token_unload(k->token);
	kit_free(k->kit);
	certified_forget(k);
	arena_free(k->arena); /* wipes what it held: the passphrase is there */
	files_unlock(k->lock);
	free(k);
}

void
keys_forget(struct keys *k)
{
	explicit_bzero((void *)(uintptr_t)k->passphrase.ptr, k->passphrase.len);
	k->passphrase.len = 0;
}

int
keys_make(const char *dir, struct span passphrase, struct keys **out)
{
	struct keys *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->lock = -1;
	pthread_mutex_init(&k->certified_lock, NULL);
	k->arena = arena_new(MEMORY);
	k->kit = kit_new();
	if (k->arena && k->kit) {
		k->dir = arena_copy(k->arena, span_of(dir));
		k->passphrase = passphrase.len > 0 ? arena_copy(k->arena, passphrase)
						   : SPAN_LIT("");
	}
	if (!k->dir.ptr || !k->passphrase.ptr) {
		keys_close(k);
		return -ENOMEM;
	}
	k->work = (struct work){ k->arena, &k->report, &limits_default, k->kit, 0 };
	report_begin(&k->report, k->arena);
	*out = k;
	return 0;
}

int
keys_open(const char *dir, struct span passphrase, struct keys **out)
{
	struct keys *k;
	struct span text;
	int r = files_check(dir);

	if (r != 0 || (r = keys_make(dir, passphrase, &k)) != 0)
		return r;
	r = files_read(k, "index.json", INDEX_MAX, &text);
	if (r == 0)
		r = index_read(k, text);
	if (r == 0)
		*out = k;
	else
		keys_close(k);
	return r == -ENOBUFS ? -EBADMSG : r;
}

size_t
keys_count(const struct keys *k)
{
	return k->count;
}

const struct own_key *
keys_at(const struct keys *k, size_t index)
{
	return index < k->count ? &k->entries[index]->public : NULL;
}

const struct own_key *
keys_named(const struct keys *k, struct span name)
{
	for (size_t i = 0; i < k->count; i++)
		if (span_eq(k->entries[i]->public.name, name))
			return &k->entries[i]->public;
	return NULL;
}

const struct keys_identity *
keys_identity(const struct keys *k)
{
	return &k->who;
}

struct span
keys_did(const struct keys *k)
{
	return k->did;
}

enum own_state
own_key_state(const struct own_key *key, int64_t now)
{
	if (key->withdrawn != TIME_NONE)
		return OWN_WITHDRAWN;
	if (now >= key->ends)
		return OWN_GONE;
	if (now >= key->until)
		return OWN_RETIRED;
	return now < key->from ? OWN_NEXT : OWN_ACTIVE;
}

bool
own_key_published(const struct own_key *key, int64_t now)
{
	enum own_state s = own_key_state(key, now);

	return s != OWN_WITHDRAWN && s != OWN_GONE;
}

const struct own_key *
keys_active(const struct keys *k, enum key_purpose purpose, int64_t now)
{
	const struct own_key *best = NULL;

	for (size_t i = 0; i < k->count; i++) {
		const struct own_key *key = &k->entries[i]->public;
		if (key->purpose == purpose && own_key_state(key, now) == OWN_ACTIVE &&
			(!best || key->from >= best->from))
			best = key;
	}
	return best;
}

/* --- what follows from the rest --- */

static int
text_kid(struct own_entry *e)
{
	struct keys *k = e->keys;
	struct buf b = buf_in(k->arena, 4096);

	if (e->public.purpose == PURPOSE_SHC)
		return thumbprint_of_key(&k->work, e->key, &e->public.kid);
	buf_add(&b, k->did);
	buf_char(&b, '#');
	buf_add(&b, e->public.name);
	e->public.kid = buf_span(&b);
	return b.error;
}

static struct span
issuer_of(const struct own_entry *e)
{
	const struct keys *k = e->keys;

	switch (e->public.purpose) {
	case PURPOSE_SHC:
		return k->who.url;
	case PURPOSE_VC_EDDSA:
	case PURPOSE_VC_ECDSA:
		return k->did;
	case PURPOSE_ICAO:
		return country_alpha3(k->who.country);
	default:
		return k->who.country;
	}
}

/* The certificate must be this very key's, and the key one of its purpose. */
static bool
fits(const struct own_entry *e)
{
	const struct purpose *p = &purposes[e->public.purpose];

	if (!e->key || !(key_algs(e->key) & SIG_BIT(p->alg)) || p->certified != (e->cert != NULL))
		return false;
	return !e->cert || (cert_key(e->cert) && cert_is_ca(e->cert) == p->is_authority &&
				   span_eq(key_spki(cert_key(e->cert)), key_spki(e->key)) &&
				   cert_not_after(e->cert) == e->public.ends);
}

int
own_entry_finish(struct own_entry *e)
{
	struct own_key *o = &e->public;
	enum key_fault why;
	int r = key_from_spki(o->spki, &key_policy_default, &e->key, &why);

	if (r == 0 && o->cert.len > 0)
		r = cert_from_der(o->cert, &key_policy_default, &e->cert);
	if (r != 0)
		return r;
	if (!fits(e))
		return -EBADMSG;
	o->key = e->key;
	o->alg = purposes[o->purpose].alg;
	o->issuer = issuer_of(e);
	o->token = e->token.len > 0;
	if (!e->cert || o->purpose == PURPOSE_SHC)
		return text_kid(e);
	o->kid = span_slice(cert_sha256(e->cert), 0, KID_OCTETS);
	return 0;
}

/* --- private parts --- */

static int
read_private(struct own_entry *e)
{
	char name[KEYS_NAME + 16];
	struct private_key *p = NULL;
	struct span pem, spki = SPAN_NONE;
	int r = e->keys->passphrase.len > 0 ? 0 : -EACCES;

	snprintf(name, sizeof(name), "%.*s.key.pem", (int)e->public.name.len,
		(const char *)e->public.name.ptr);
	if (r == 0)
		r = files_read(e->keys, name, FILE_MAX, &pem);
	if (r == 0)
		r = private_from_pkcs8(pem, e->keys->passphrase, &p);
	if (r == 0)
		r = private_spki(p, e->keys->arena, &spki);
	/* a file of another key would sign what nobody can verify */
	if (r == 0 && !span_eq(spki, e->public.spki))
		r = -EKEYREJECTED;
	if (r != 0) {
		private_free(p);
		return r == -EINVAL ? -EKEYREJECTED : r;
	}
	e->private = p;
	return signer_over(p, e->public.alg, &e->raw);
}

int
keys_token(struct keys *k, struct span module, struct span pin)
{
	k->module = arena_copy(k->arena, module);
	k->pin = pin.len > 0 ? arena_copy(k->arena, pin) : SPAN_LIT("");
	return k->module.ptr && k->pin.ptr ? 0 : arena_error(k->arena);
}

int
keys_module(struct keys *k, struct token_module **out)
{
	int r = 0;

	if (!k->token)
		r = token_load(k->module.len > 0 ? (const char *)k->module.ptr : MODULE, &k->token);
	if (r == 0)
		*out = k->token;
	return r;
}

static int
open_token(struct own_entry *e)
{
	struct token_module *m;
	struct token_uri uri;
	int r = token_uri_read(e->token, &uri);

	if (r == 0)
		r = keys_module(e->keys, &m);
	return r ? r : token_open(m, &uri, e->keys->pin, e->public.alg, &e->raw);
}

int
own_entry_unlock(struct own_entry *e)
{
	if (e->raw.sign)
		return 0;
	return e->public.token ? open_token(e) : read_private(e);
}

/* With the table of the key where it has one: the signer's process makes them. */
static int
is_right(const struct own_entry *e, struct kit *kit, struct span bytes, struct span signature,
	bool *out)
{
	const struct proof p = { .alg = e->public.alg,
		.accept = SIG_BIT(e->public.alg),
		.signed_bytes = bytes,
		.signature = signature };
	enum key_result result = KEY_MISMATCH;
	uint8_t digest[32];
	int r;

	if (e->recheck && e->public.alg == SIG_ES256) {
		r = digest_of(kit, DIGEST_SHA256, bytes, digest);
		return r != 0 ? r : recheck_valid(e->recheck, digest, signature, out);
	}
	r = key_verify(e->key, &p, kit, &result);
	*out = result == KEY_VALID;
	return r;
}

int
keys_quicken(struct keys *k, int64_t now)
{
	int r = 0;

	for (struct own_entry *e = k->own; e && r == 0; e = e->next)
		if (e->raw.sign && !e->recheck && e->public.alg == SIG_ES256 &&
			!purpose_is_authority(e->public.purpose) &&
			own_key_state(&e->public, now) <= OWN_ACTIVE)
			r = recheck_new(e->public.spki, &e->recheck);
	return r;
}

int
own_entry_sign(const struct own_entry *e, struct kit *kit, struct arena *a, struct span bytes,
	struct span *out)
{
	struct span signature;
	bool right = false;
	int r = bytes.len <= KEYS_SIGNED_MAX && purposes[e->public.purpose].signs(bytes) ? 0
											 : -EPERM;

	if (r == 0)
		r = e->raw.sign(&e->raw, a, bytes, &signature);
	if (r != 0)
		return r;
	if ((r = is_right(e, kit, bytes, signature, &right)) != 0)
		return r;
	if (!right)
		return -EIO;
	*out = signature;
	return 0;
}

struct own_entry *
own_entry_of(const struct own_key *key)
{
	return (struct own_entry *)(uintptr_t)key; /* its first member */
}

static int
sign(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	const struct own_entry *e = self->self;

	if (e->keys->process)
		return signer_ask(e->keys->process, &e->public, a, bytes, out);
	struct kit *kit = kit_new(); /* any thread's: the kit of all keys is one thread's */
	int r = kit ? own_entry_sign(e, kit, a, bytes, out) : -ENOMEM;
	kit_free(kit);
	return r;
}

int
keys_signer(struct keys *k, const struct own_key *key, struct signer *out)
{
	struct own_entry *e = own_entry_of(key);
	int r = e->keys == k ? 0 : -EINVAL;

	if (r == 0 && !k->process)
		r = own_entry_unlock(e);
	if (r != 0)
		return r;
	*out = (struct signer){
		.alg = key->alg, .kid = key->kid, .issuer = key->issuer, .sign = sign, .self = e
	};
	return 0;
}

/* One that is kept elsewhere costs what it would certify, and no more. */
static int
unlock_authorities(struct keys *k, enum key_purpose purpose, int64_t now)
{
	int r = 0;

	for (size_t i = 0; r != -ENOMEM && i < k->count; i++) {
		const struct own_key *o = &k->entries[i]->public;
		enum own_state s = own_key_state(o, now);
		if (o->purpose == purpose && (s == OWN_ACTIVE || s == OWN_NEXT))
			r = own_entry_unlock(k->entries[i]);
	}
	return r == -ENOMEM ? r : 0;
}

int
keys_unlock(struct keys *k, int64_t now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && !k->process && i < k->count; i++) {
		const struct own_key *o = &k->entries[i]->public;
		enum own_state s = own_key_state(o, now);
		if (!purpose_is_authority(o->purpose) && (s == OWN_ACTIVE || s == OWN_NEXT))
			r = own_entry_unlock(k->entries[i]);
		if (r == 0 && purpose_on_demand(o->purpose) && (s == OWN_ACTIVE || s == OWN_NEXT))
			r = unlock_authorities(k, purposes[o->purpose].authority, now);
	}
	return r;
}
