/* trust.c - the finished snapshot: an index over key identifiers, and a count of who still reads it.
 *
 * Nothing in it changes once trust_build has returned, so look-ups take no lock;
 * the memory goes with the last reference.
 */
#include "trust/trust.h"

#include "trust/trust_impl.h"

#include <string.h>

static const char *const env_names[ENV_COUNT] = { "production", "acceptance", "demo" };

const char *
env_name(enum trust_env env)
{
	return env_names[env];
}

bool
env_named(struct span name, enum trust_env *out)
{
	for (enum trust_env e = 0; e < ENV_COUNT; e++)
		if (span_is(name, env_names[e])) {
			*out = e;
			return true;
		}
	return false;
}

const char *
domain_name(enum trust_domain domain)
{
	static const char *const names[TRUST_DOMAINS] = { [TRUST_DCC] = "dcc",
		[TRUST_SHC] = "shc",
		[TRUST_VC] = "vc",
		[TRUST_ICAO] = "icao",
		[TRUST_WHO] = "who" };

	return names[domain];
}

struct trust *
trust_ref(struct trust *t)
{
	atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
	return t;
}

void
trust_drop_keys(struct trust *t, size_t from)
{
	for (size_t i = from; i < t->key_count; i++) {
		key_free((struct key *)(uintptr_t)t->keys[i].key);
		cert_free((struct cert *)(uintptr_t)t->keys[i].cert);
	}
	t->key_count = from;
}

void
trust_unref(struct trust *t)
{
	if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
		return;
	trust_drop_keys(t, 0);
	arena_free(t->arena); /* t itself lives in it */
}

/* FNV-1a: spread is all that is asked of it, since the lists decide what is in the table. */
uint32_t
trust_hash(struct trust_scope scope, struct span kid)
{
	uint32_t h = (2166136261u ^ (uint32_t)(scope.env * TRUST_DOMAINS + scope.domain)) *
		     16777619u;

	for (size_t i = 0; i < kid.len; i++)
		h = (h ^ kid.ptr[i]) * 16777619u;
	return h ^ h >> 15;
}

/* In most domains the identifier alone names the key; where each issuer has its own, both must fit. */
static bool
fits(const struct trust_key *k, struct trust_scope scope, const struct key_hint *hint)
{
	if (k->source->env != scope.env || k->source->domain != scope.domain ||
		!span_eq(k->kid, hint->kid))
		return false;
	return (scope.domain != TRUST_SHC && scope.domain != TRUST_VC) ||
	       span_eq(k->authority, hint->issuer);
}

size_t
trust_find(const struct trust *t, struct trust_scope scope, const struct key_hint *hint,
	const struct trust_key **out, size_t max)
{
	size_t n = 0;

	if (hint->kid.len == 0 || t->slot_count == 0)
		return 0;
	uint32_t i = t->slots[trust_hash(scope, hint->kid) & (t->slot_count - 1)];
	for (; i != TRUST_END && n < max; i = t->next[i])
		if (fits(&t->keys[i], scope, hint))
			out[n++] = &t->keys[i];
	return n;
}

bool
trust_elsewhere(const struct trust *t, struct trust_scope scope, const struct key_hint *hint)
{
	const struct trust_key *k;

	for (enum trust_env e = 0; e < ENV_COUNT; e++)
		if (e != scope.env &&
			trust_find(t, (struct trust_scope){ e, scope.domain }, hint, &k, 1) > 0)
			return true;
	return false;
}

bool
trust_kid_elsewhere(const struct trust *t, struct trust_scope scope, const struct key_hint *hint)
{
	if (hint->kid.len == 0 || t->slot_count == 0)
		return false;
	uint32_t i = t->slots[trust_hash(scope, hint->kid) & (t->slot_count - 1)];
	for (; i != TRUST_END; i = t->next[i]) {
		const struct trust_key *k = &t->keys[i];
		if (k->source->env == scope.env && k->source->domain == scope.domain &&
			span_eq(k->kid, hint->kid) && !span_eq(k->authority, hint->issuer))
			return true;
	}
	return false;
}

size_t
trust_source_count(const struct trust *t)
{
	return t->source_count;
}

const struct trust_source_info *
trust_source_at(const struct trust *t, size_t index)
{
	return &t->sources[index];
}

size_t
trust_key_count(const struct trust *t)
{
	return t->key_count;
}

const struct trust_key *
trust_key_at(const struct trust *t, size_t index)
{
	return &t->keys[index];
}

bool
trust_stale(const struct trust_source_info *s, int64_t now)
{
	int64_t born = s->issued_at != TIME_NONE ? s->issued_at : s->read_at;

	if (s->expires_at != TIME_NONE && now > s->expires_at)
		return true;
	if (s->max_age <= 0)
		return false;
	return born == TIME_NONE || (now > born && now - born > s->max_age);
}

bool
trust_key_stale(const struct trust_key *k, int64_t now)
{
	int64_t max_age = k->source->max_age, seen = k->seen_at;

	if (max_age > 0 && seen != TIME_NONE && now > seen && now - seen > max_age)
		return true;
	return trust_stale(k->source, now);
}

int
trust_scope_cmp(const struct trust_source_info *a, const struct trust_source_info *b)
{
	if (a->env != b->env)
		return a->env < b->env ? -1 : 1;
	return a->domain == b->domain ? 0 : a->domain < b->domain ? -1 : 1;
}

bool
trust_older(const struct trust_source_info *fresh, const struct trust_source_info *kept)
{
	return fresh->issued_at != TIME_NONE && kept->issued_at != TIME_NONE &&
	       fresh->issued_at < kept->issued_at;
}
