/* desk.c - picks the key, an identifier and a place in a status list; the rest is gateway/attest's. */
#include "gateway/desk/desk.h"

#include "codecs/base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define STATUS_FAMILY SPAN_LIT("vc/revocation")

struct desk {
	const struct config *config;
	struct keys *keys;
	struct store *store;
};

struct store *
desk_store(const struct desk *d)
{
	return d->store;
}

struct keys *
desk_keys(const struct desk *d)
{
	return d->keys;
}

/* --- keys --- */

/* Those that were there at the start are ready; of a signer's process all are. */
static int
signer_of(struct desk *d, struct work *w, const struct own_key *k, const struct signer **out)
{
	struct signer *s = ARENA_NEW(w->arena, struct signer);
	int r = s ? keys_signer(d->keys, k, s) : arena_error(w->arena);

	if (r == 0)
		*out = s;
	return r;
}

static const struct own_key *
key_for(const struct desk *d, const struct target *t, int64_t now)
{
	enum key_purpose purpose;

	return purpose_named(span_of(t->purpose), &purpose) ? keys_active(d->keys, purpose, now)
							    : NULL;
}

/* --- the operator's rules --- */

static int
read_supplies(struct work *w, const struct policy *p, struct attest *a)
{
	struct emit_supply *all = ARENA_ARRAY(w->arena, p->supply_count + 1, struct emit_supply);

	if (!all)
		return arena_error(w->arena);
	for (size_t i = 0; i < p->supply_count; i++)
		all[i] = (struct emit_supply){ element_named(p->supplies[i].element),
			p->supplies[i].value };
	a->supplies = all;
	a->supply_count = p->supply_count;
	return 0;
}

static int
prepare(struct desk *d, struct work *w, const struct verify *v, struct attest *a,
	const struct own_key *k)
{
	const struct keys_identity *who = keys_identity(d->keys);
	struct emit_issuer *issuer = ARENA_NEW(w->arena, struct emit_issuer);

	if (!issuer)
		return arena_error(w->arena);
	*issuer = (struct emit_issuer){ .url = who->url,
		.did = keys_did(d->keys),
		.country = who->country,
		.name = who->name,
		.cert = k->cert };
	a->issuer = issuer;
	a->term = d->config->issue.validity;
	a->key_until = k->ends;
	a->status_index = -1;
	return read_supplies(w, v->policy, a);
}

/* --- what an attestation needs of its own --- */

static int
take_id(uint8_t *id)
{
	return getrandom(id, EMIT_ID, 0) == EMIT_ID ? 0 : -EIO;
}

/* Why none is at hand: the log that would reserve more can't be written, or is only about to. */
static int
no_place(struct desk *d)
{
	int state = store_state(d->store);

	return state == 0 ? -EAGAIN : state == -ENOSPC ? -ENOSPC : -EHOSTUNREACH;
}

static int
take_place(struct desk *d, struct work *w, struct attest *a, struct store_place *place)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	int r;

	*place = (struct store_place){ -1, -1 };
	if (!a->target->status)
		return 0;
	if ((r = store_index(d->store, STATUS_FAMILY, place)) != 0)
		return r == -EAGAIN ? no_place(d) : r;
	buf_add(&b, a->issuer->url);
	buf_str(&b, "/status/");
	buf_int(&b, place->list);
	a->status_list = buf_span(&b);
	a->status_index = place->index;
	return b.error;
}

static int
fill_entry(const struct desk *d, const struct verify *v, const struct attest *a,
	const struct own_key *k, struct store_place place, struct issued *entry)
{
	struct issued e = { .at = a->from,
		.until = a->until,
		.source_scheme = a->source.scheme,
		.scheme = a->target->name,
		.kid = k->kid,
		.status_list = place.list,
		.status_index = place.index };
	int r = store_source_hash(d->store, v->text, e.source);

	memcpy(e.id, a->id, sizeof(e.id));
	if (r == 0)
		*entry = e;
	return r;
}

/* --- forms without an expiry --- */

/* What ends such an attestation is the certificate: the key's own, where it ends then anyway. */
static bool
needs_end(const struct attest *a)
{
	return a->refusal == REFUSAL_NONE && a->target->undated && a->until < a->key_until;
}

/* What passes, and what is our fault, is told as such; else there is no authority that signs. */
static bool
is_passing(int error)
{
	return error == -EAGAIN || error == -ENOMEM || error == -ENOBUFS;
}

static int
take_end(struct desk *d, struct work *w, const struct own_key *k, struct attest *a)
{
	const struct certify_order order = { w->now, a->until };
	struct emit_issuer *issuer = ARENA_NEW(w->arena, struct emit_issuer);

	if (!issuer)
		return arena_error(w->arena);
	*issuer = *a->issuer;
	int r = keys_certify(d->keys, k, &order, w->arena, &issuer->cert);
	if (r == 0)
		a->issuer = issuer;
	else if (!is_passing(r))
		a->refusal = REFUSAL_UNDATED;
	return is_passing(r) ? r : 0;
}

/* One key from the plan to the signature: between two looks another may have become the active one. */
static int
plan(struct desk *d, struct work *w, const struct verify *v, struct attest *a,
	const struct own_key *k)
{
	int r = k ? prepare(d, w, v, a, k) : -ENOKEY;

	if (r == 0)
		r = attest_plan(w, v, a);
	if (r == 0 && needs_end(a) && !keys_authority(d->keys, k, w->now))
		a->refusal = REFUSAL_UNDATED;
	return r;
}

int
desk_plan(struct desk *d, struct work *w, const struct verify *v, struct attest *a)
{
	return plan(d, w, v, a, key_for(d, a->target, w->now));
}

int
desk_attest(struct desk *d, struct work *w, const struct verify *v, struct attest *a,
	struct issued *entry)
{
	const struct own_key *k = key_for(d, a->target, w->now);
	struct store_place place;
	int r = plan(d, w, v, a, k);

	if (r == 0 && needs_end(a))
		r = take_end(d, w, k, a);
	if (r != 0 || a->refusal != REFUSAL_NONE)
		return r;
	if ((r = signer_of(d, w, k, &a->signer)) != 0)
		return r;
	if ((r = take_id(a->id)) != 0)
		return r;
	if ((r = take_place(d, w, a, &place)) != 0)
		return r;
	if ((r = attest_write(w, v, a)) != 0 || a->refusal != REFUSAL_NONE)
		return r;
	return fill_entry(d, v, a, k, place, entry);
}

/* --- open and close --- */

/* A log that is away or full comes back, and verifying does not wait for it. */
static int
lease(struct desk *d)
{
	struct store_wait w;

	store_wait_begin(&w);
	int r = store_wait_end(
		&w, store_lease(d->store, STATUS_FAMILY, 0, NULL, store_wait_done, &w));
	return r == -EHOSTUNREACH || r == -EBUSY || r == -ENOSPC ? 0 : r;
}

int
desk_open(const struct desk_setup *setup, int64_t now, const char **why, struct desk **out)
{
	struct desk *d = calloc(1, sizeof(*d));
	int r;

	*why = "there is no memory";
	if (!d)
		return -ENOMEM;
	*d = (struct desk){ .config = setup->config, .keys = setup->keys, .store = setup->store };
	r = keys_unlock(d->keys, now);
	*why = "a key of our own can't sign";
	if (r == 0 && (r = lease(d)) != 0)
		*why = "no places in status lists could be reserved";
	if (r != 0) {
		desk_close(d);
		return r;
	}
	*out = d;
	return 0;
}

void
desk_close(struct desk *d)
{
	free(d);
}
