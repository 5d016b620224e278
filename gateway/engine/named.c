/* named.c - see named.h. */
#include "gateway/engine/named.h"

#include "gateway/engine/listed.h"
#include "gateway/engine/steps.h"
#include "trust/did/did.h"

/* Of a verification method's name. */
static struct span
did_of(struct span kid)
{
	size_t n = 0;

	while (n < kid.len && kid.ptr[n] != '#' && kid.ptr[n] != '?' && kid.ptr[n] != '/')
		n++;
	return span_slice(kid, 0, n);
}

static const struct trust_issuer *
who(const struct verify *v, const struct key_hint *hint)
{
	struct trust_scope scope = step_scope(v);

	return scope.domain == TRUST_VC
		       ? trust_issuer_did(v->trust, scope, hint->issuer, did_of(hint->kid))
		       : NULL;
}

bool
named_asks(const struct verify *v, const struct key_hint *hint)
{
	return who(v, hint) != NULL;
}

/* What became of the document; *need is what is asked for, url.ptr NULL: of nobody. */
static int
document(struct work *w, const struct verify *v, const struct key_hint *hint, struct need *need,
	const struct web_entry **out)
{
	struct need n = { .kind = NEED_DID_DOCUMENT,
		.scope = step_scope(v),
		.issuer = hint->issuer,
		.kid = did_of(hint->kid) };
	int r = did_url(w->arena, n.kid, v->policy->resolver, &n.url);

	*need = n;
	*out = r == 0 && n.url.ptr ? web_find(v->web, &n, w->now) : NULL;
	return r;
}

int
named_find(struct work *w, struct verify *v, const struct key_hint *hint, size_t max)
{
	const struct web_entry *e;
	struct need need;
	int r = document(w, v, hint, &need, &e);

	if (r == 0 && e && e->trust)
		v->candidate_count = trust_find(e->trust, step_scope(v), hint, v->candidates, max);
	return r;
}

int
named_missing(struct work *w, struct verify *v, const struct key_hint *hint)
{
	const struct web_entry *e;
	struct need need;
	int r = document(w, v, hint, &need, &e);

	if (r == 0)
		listed_unsure(w, v, hint, &need, e);
	return r;
}

bool
named_stale(const struct work *w, const struct verify *v)
{
	for (size_t i = 0; i < v->credential.proof_count; i++) {
		const struct trust_issuer *issuer = who(v, &v->credential.proofs[i].hint);
		if (issuer && trust_stale(issuer->source, w->now))
			return true;
	}
	return false;
}
