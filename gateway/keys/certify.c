/* certify.c - what certificates of ours say; and certificates on demand, that end when what is signed under them does.
 *
 * A form without an expiry of its own lasts as long as its signer's certificate.  Such a certificate is the
 * key's own once more, with another end and serial number.  It is made where the authority's private part is:
 * whoever asks names a key and an end, and no more.
 */
#include "codecs/base/buf.h"
#include "gateway/keys/keys_impl.h"

#include <errno.h>
#include <stdlib.h>

enum { NAME_MAX_OCTETS = 4096 };

/* --- what a certificate says --- */

static int
c_text(struct arena *a, const char *before, struct span text, const char **out)
{
	struct buf b = buf_in(a, NAME_MAX_OCTETS);

	buf_str(&b, before);
	buf_add(&b, text);
	buf_char(&b, '\0');
	*out = (const char *)b.ptr;
	return b.error;
}

int
own_entry_describe(const struct own_entry *e, struct arena *a, struct cert_request *r)
{
	const struct purpose *p = &purposes[e->public.purpose];
	const struct keys *k = e->keys;
	struct buf cn = buf_in(a, 256);
	int error = c_text(a, "", k->who.country, &r->country);

	if (error == 0)
		error = c_text(a, "", k->who.name, &r->organisation);
	/* the name by which verifiers of health cards look for it */
	if (error == 0 && e->public.purpose == PURPOSE_SHC)
		error = c_text(a, "URI:", k->who.url, &r->names);
	buf_str(&cn, p->common_name);
	buf_char(&cn, ' ');
	buf_add(&cn, e->public.name);
	buf_char(&cn, '\0');
	r->common_name = (const char *)cn.ptr;
	r->is_ca = p->is_authority;
	r->eku = p->eku;
	r->eku_critical = p->eku_critical;
	r->document_types = p->document_types;
	r->spki = e->public.spki;
	r->use_from = e->public.from;
	r->use_until = e->public.until;
	return error ? error : cn.error;
}

/* --- on demand --- */

bool
purpose_on_demand(enum key_purpose p)
{
	return p == PURPOSE_ICAO;
}

const struct own_key *
keys_authority(const struct keys *k, const struct own_key *key, int64_t now)
{
	return purpose_on_demand(key->purpose)
		       ? keys_active(k, purposes[key->purpose].authority, now)
		       : NULL;
}

/* The authority's signature, with both checks. */
struct endorser {
	const struct own_entry *authority;
	struct kit *kit;
};

static int
endorse(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	const struct endorser *e = self->self;

	return own_entry_sign(e->authority, e->kit, a, bytes, out);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int
own_entry_certify(const struct own_entry *e, const struct certify_order *o, struct kit *kit,
	struct arena *a, struct span *der)
{
	const struct own_key *above = keys_authority(e->keys, &e->public, o->now);
	struct endorser endorser = { above ? own_entry_of(above) : NULL, kit };
	struct signer by = { .sign = endorse, .self = &endorser };
	struct cert_request r = { .by = &by };
	int error;

	if (!purpose_on_demand(e->public.purpose) || o->until <= o->now ||
		o->until > e->public.ends || own_key_state(&e->public, o->now) != OWN_ACTIVE)
		return -EPERM;
	if (!above || !endorser.authority->raw.sign || o->until > above->ends)
		return -ENOKEY;
	by.alg = above->alg;
	if ((error = own_entry_describe(e, a, &r)) != 0)
		return error;
	r.ca = endorser.authority->cert;
	r.not_before = cert_not_before(e->cert);
	r.not_after = o->until;
	r.use_until = earlier(r.use_until, o->until);
	return cert_issue(&r, a, der);
}

/* --- what was made already --- */

static struct certified *
place_of(struct keys *k, int64_t until)
{
	return &k->certified[(size_t)(until / CERTIFIED_STEP) % CERTIFIED_MAX];
}

/* Of this key, by this authority: one that was withdrawn since vouches no more.  *der stays as it is: there is none. */
static int
recall(struct keys *k, const struct certified *wanted, struct arena *a, struct span *der)
{
	int r = 0;

	pthread_mutex_lock(&k->certified_lock);
	const struct certified *c = place_of(k, wanted->until);
	if (c->der.len > 0 && c->key == wanted->key && c->authority == wanted->authority &&
		c->until == wanted->until) {
		struct span copy = arena_copy(a, c->der);
		if (copy.ptr)
			*der = copy;
		else
			r = arena_error(a);
	}
	pthread_mutex_unlock(&k->certified_lock);
	return r;
}

/* Without memory it is made again next time. */
static void
remember(struct keys *k, struct certified made)
{
	uint8_t *copy = malloc(made.der.len);

	if (!copy)
		return;
	memcpy(copy, made.der.ptr, made.der.len);
	made.der.ptr = copy;
	pthread_mutex_lock(&k->certified_lock);
	struct certified *c = place_of(k, made.until);
	struct span old = c->der;
	*c = made;
	pthread_mutex_unlock(&k->certified_lock);
	free((void *)(uintptr_t)old.ptr);
}

void
certified_forget(struct keys *k)
{
	for (size_t i = 0; i < CERTIFIED_MAX; i++)
		free((void *)(uintptr_t)k->certified[i].der.ptr);
	pthread_mutex_destroy(&k->certified_lock);
}

static int
make(struct keys *k, const struct own_key *key, const struct certify_order *o, struct arena *a,
	struct span *der)
{
	if (k->process)
		return signer_ask_certificate(k->process, key, o->until, a, der);
	struct kit *kit = kit_new(); /* any thread's: the kit of all keys is one thread's */
	int r = kit ? own_entry_certify(own_entry_of(key), o, kit, a, der) : -ENOMEM;
	kit_free(kit);
	return r;
}

int
keys_certify(struct keys *k, const struct own_key *key, const struct certify_order *o,
	struct arena *a, struct span *der)
{
	struct certified c = { key, keys_authority(k, key, o->now), o->until, SPAN_NONE };
	int r;

	if (!purpose_on_demand(key->purpose))
		return -EPERM;
	if (!c.authority)
		return -ENOKEY;
	if ((r = recall(k, &c, a, &c.der)) != 0)
		return r;
	if (c.der.len == 0) {
		if ((r = make(k, key, o, a, &c.der)) != 0)
			return r;
		remember(k, c);
	}
	*der = c.der;
	return 0;
}
