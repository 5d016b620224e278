/* bound.c - see bound.h: the certificate in the document, traced to an authority of the policy's environment. */
#include "gateway/engine/bound.h"

#include "gateway/engine/steps.h"

bool
bound_asks(const struct verify *v, const struct proof *p)
{
	return p->cert && trust_binds(step_scope(v).domain);
}

int
bound_find(struct work *w, struct verify *v, const struct proof *p)
{
	if (v->bound_cert != p->cert) {
		int r = trust_bind(w, v->trust, step_scope(v), p->cert, &v->bound, &v->bond);
		if (r != 0)
			return r;
		v->bound_cert = p->cert;
	}
	v->candidates[0] = v->bound;
	v->candidate_count = v->bound != NULL;
	return 0;
}

int
bound_missing(struct work *w, struct verify *v, const struct proof *p)
{
	enum reason reason = v->bond == BOND_BAD ? REASON_ISSUER_CHAIN : REASON_ISSUER_UNKNOWN;
	bool elsewhere = false;

	if (v->bond == BOND_BAD && !cert_key(p->cert)) /* no path ends with such a key */
		reason = REASON_ISSUER_KEY_REFUSED;
	int r = trust_bind_elsewhere(w, v->trust, step_scope(v), p->cert, &elsewhere);

	if (r == 0)
		report_fail(w->report, elsewhere ? REASON_ISSUER_ENVIRONMENT : reason, PLACE_NONE);
	return r;
}
