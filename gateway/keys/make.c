/* make.c - keys made, succeeded and retired: first the private part, then the index that names it.
 *
 * A run that is cut short leaves a file that no index names, never a key without its file.
 */
#include "gateway/keys/make.h"

#include "codecs/base/buf.h"
#include "codecs/seal/own/pkcs8.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/token/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A clock that is behind by so much must not see a certificate from the future. */
enum { BEFORE = 3600, FILE_NAME = KEYS_NAME + 16 };

static int
open_or_begin(
	const char *dir, struct span passphrase, const struct keys_identity *who, struct keys **out)
{
	struct keys *k;
	int r = keys_open(dir, passphrase, out);

	if (r != -ENOENT || (r = keys_make(dir, passphrase, &k)) != 0)
		return r;
	r = index_identity(k, who);
	if (r == 0)
		r = index_write(k);
	if (r == 0)
		*out = k;
	else
		keys_close(k);
	return r == -EBADMSG ? -EINVAL : r;
}

int
keys_create(
	const char *dir, struct span passphrase, const struct keys_identity *who, struct keys **out)
{
	struct keys *k = NULL;
	int lock = -1, r = files_folder(dir);

	if (r == 0)
		r = files_lock(dir, &lock);
	if (r == 0)
		r = open_or_begin(dir, passphrase, who, &k);
	if (r == 0) {
		k->lock = lock;
		*out = k;
	} else if (lock >= 0) {
		files_unlock(lock);
	}
	return r;
}

/* "dcc-3": the first number that no key of the purpose has. */
static int
name_it(struct keys *k, struct own_entry *e)
{
	char name[KEYS_NAME];

	for (int i = 1; i <= KEYS_MAX + 1; i++) {
		snprintf(name, sizeof(name), "%s-%d", purpose_name(e->public.purpose), i);
		if (!keys_named(k, span_of(name)))
			break;
	}
	e->public.name = arena_copy(k->arena, span_of(name));
	return e->public.name.ptr ? 0 : arena_error(k->arena);
}

/* What stands in the index must be there as long as the index. */
static int
take_token(struct own_entry *e, const struct key_request *r)
{
	enum private_kind kind = purposes[r->purpose].kind;
	struct keys *k = e->keys;
	struct token_module *m;
	struct token_uri uri;
	int error = token_uri_read(r->token, &uri);

	if (error == 0)
		error = keys_module(k, &m);
	if (error == 0 && r->generate)
		error = token_generate(m, &uri, k->pin, kind);
	if (error == 0)
		error = token_public(m, &uri, k->pin, kind, k->arena, &e->public.spki);
	e->token = arena_copy(k->arena, r->token);
	if (error == 0 && !e->token.ptr)
		error = arena_error(k->arena);
	return error ? error : token_open(m, &uri, k->pin, e->public.alg, &e->raw);
}

static int
make_private(struct own_entry *e)
{
	int r = private_new(purposes[e->public.purpose].kind, &e->private);

	if (r == 0)
		r = private_spki(e->private, e->keys->arena, &e->public.spki);
	return r ? r : signer_over(e->private, e->public.alg, &e->raw);
}

/* No key outlives the authority that vouches for it. */
static int
find_authority(struct own_entry *e, int64_t now, struct own_entry **out)
{
	enum key_purpose above = purposes[e->public.purpose].authority;
	const struct own_key *ca;

	*out = NULL;
	if (above == PURPOSE_COUNT)
		return 0;
	if (!(ca = keys_active(e->keys, above, now)))
		return -ENOENT;
	if (e->public.ends > ca->ends)
		e->public.ends = ca->ends;
	if (e->public.until > e->public.ends)
		e->public.until = e->public.ends;
	e->authority_name = ca->name;
	e->public.authority = ca->cert;
	*out = own_entry_of(ca);
	return 0;
}

static int
certify(struct own_entry *e, int64_t now)
{
	struct cert_request r = { .not_before = now - BEFORE, .by = &e->raw };
	struct own_entry *ca;
	int error = find_authority(e, now, &ca);

	if (error == 0 && ca)
		error = own_entry_unlock(ca);
	if (error == 0)
		error = own_entry_describe(e, e->keys->arena, &r);
	if (error != 0)
		return error;
	if (ca) {
		r.ca = ca->cert;
		r.by = &ca->raw;
	}
	r.not_after = e->public.ends;
	return cert_issue(&r, e->keys->arena, &e->public.cert);
}

static int
store_private(struct own_entry *e)
{
	struct keys *k = e->keys;
	char name[FILE_NAME];
	struct span pem;
	int r;

	if (!e->private)
		return 0;
	if (k->passphrase.len == 0)
		return -EACCES;
	snprintf(name, sizeof(name), "%.*s.key.pem", (int)e->public.name.len,
		(const char *)e->public.name.ptr);
	r = private_to_pkcs8(e->private, k->passphrase, k->arena, &pem);
	return r ? r : files_write(k, name, pem);
}

/* Whom the new key succeeds ends when it begins, unless that comes first. */
static void
succeed(struct keys *k, const struct own_entry *e, int64_t now)
{
	for (size_t i = 0; i < k->count; i++) {
		struct own_key *o = &k->entries[i]->public;
		if (o->purpose == e->public.purpose && own_key_state(o, now) <= OWN_ACTIVE &&
			o->from <= e->public.from && o->until > e->public.from)
			o->until = e->public.from;
	}
}

static int
begin(struct keys *k, const struct key_request *r, struct own_entry **out)
{
	const struct purpose *p = &purposes[r->purpose];
	struct own_entry *e = ARENA_NEW(k->arena, struct own_entry);
	int64_t use = r->use > 0 ? r->use : p->use_days * (int64_t)DAY;

	if (!e)
		return arena_error(k->arena);
	e->keys = k;
	e->public = (struct own_key){ .purpose = r->purpose,
		.alg = p->alg,
		.from = r->from,
		.until = r->from + use,
		.ends = r->from + p->cert_days * (int64_t)DAY,
		.withdrawn = TIME_NONE };
	if (e->public.ends < e->public.until)
		e->public.ends = e->public.until;
	*out = e;
	return name_it(k, e);
}

static int
fill(struct own_entry *e, const struct key_request *r)
{
	int error = r->token.len > 0 ? take_token(e, r) : make_private(e);

	if (error == 0 && purposes[r->purpose].certified)
		error = certify(e, r->now);
	if (error == 0)
		error = own_entry_finish(e);
	return error ? error : store_private(e);
}

int
keys_new(struct keys *k, const struct key_request *r, const struct own_key **out)
{
	struct own_entry *e = NULL;
	int error = k->count == KEYS_MAX ? -ENOSPC : begin(k, r, &e);

	if (error == 0)
		error = fill(e, r);
	if (error != 0) {
		if (e)
			own_entry_drop(e);
		return error == -ENOBUFS ? -ENOMEM : error;
	}
	succeed(k, e, r->now);
	own_entry_join(e);
	if ((error = index_write(k)) != 0)
		return error;
	if (out)
		*out = &e->public;
	return 0;
}

int
keys_new_all(struct keys *k, int64_t now, size_t *made)
{
	size_t count = 0;
	int r = 0;

	/* authorities come last in the list of purposes */
	for (int p = PURPOSE_COUNT - 1; r == 0 && p >= 0; p--) {
		struct key_request request = {
			.purpose = (enum key_purpose)p, .now = now, .from = now
		};
		if (keys_active(k, request.purpose, now))
			continue;
		r = keys_new(k, &request, NULL);
		count += r == 0;
	}
	if (r == 0 && made)
		*made = count;
	return r;
}

int
keys_retire(struct keys *k, struct span name, int64_t now, bool withdraw)
{
	const struct own_key *key = keys_named(k, name);

	if (!key)
		return -ENOENT;
	struct own_key *o = &own_entry_of(key)->public;
	if (o->until > now)
		o->until = now;
	if (withdraw && o->withdrawn == TIME_NONE)
		o->withdrawn = now;
	return index_write(k);
}
