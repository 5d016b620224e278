/* proofs.c - the proofs of a document: which of them are its issuer's, and what they cover.
 *
 * A document may carry proofs of others beside its issuer's: they vouch for nothing here, and are noted.  All of the
 * issuer's must hold.  Only once its key was found is anything canonicalised: that is the dear part.
 */
#include "codecs/base/arena.h"
#include "codecs/vc/vc.h"

/* did:key:z6Mk...#z6Mk... is a method of did:key:z6Mk... */
static bool
is_method_of(struct span method, struct span issuer)
{
	return issuer.len > 0 && span_eq(span_slice(method, 0, span_find(method, '#')), issuer);
}

static int
take(struct work *w, struct vc *vc, const struct vc_proof *read, struct credential *out)
{
	struct proof *p;
	int r = vc_add_proof(w, out, &p);

	if (r != 0)
		return r;
	p->alg = read->suite ? read->alg : SIG_NONE;
	p->accept = read->suite ? read->suite->accept : 0;
	p->signature = read->signature;
	p->hint.issuer = vc->issuer;
	p->hint.kid = read->method;
	vc->proofs[vc->proof_count++] = *read;
	return 0;
}

/* Of several proofs those by the issuer's own methods count; where there is none of these, all must be trusted. */
static int
choose(struct work *w, struct vc *vc, const struct vc_proof *all, size_t count,
	struct credential *out)
{
	size_t own = 0;
	int r = 0;

	for (size_t i = 0; i < count; i++)
		own += is_method_of(all[i].method, vc->issuer);
	for (size_t i = 0; i < count && r == 0; i++) {
		if (own == 0 || is_method_of(all[i].method, vc->issuer))
			r = take(w, vc, &all[i], out);
		else
			report_find(w->report, REASON_NOTE_VC_PROOF_OTHER,
				node_place(w, all[i].node, vc->layer));
	}
	return r;
}

static void
narrow(const struct vc *vc, struct credential *out)
{
	for (size_t i = 0; i < vc->proof_count; i++) {
		const struct node *created = node_get(vc->proofs[i].node, "created");
		const struct node *expires = node_get(vc->proofs[i].node, "expires");
		int64_t t;

		if (created && vc_time(node_text(created), VC_MODEL_20, &t))
			vc_not_before(out, t, created);
		if (expires && vc_time(node_text(expires), VC_MODEL_20, &t))
			vc_not_after(out, t, expires);
	}
}

static int
read_all(struct work *w, struct vc *vc, const struct node *given, struct vc_proof *all,
	size_t *count)
{
	bool list = given->kind == NODE_LIST, ok = true;
	int r = 0;

	*count = 0;
	for (const struct node *n = list ? given->child : given; n && r == 0 && ok;
		n = list ? n->next : NULL)
		r = vc_proof_read(w, n, vc->layer, &all[(*count)++], &ok);
	return r;
}

int
vc_take_proofs(struct work *w, struct vc *vc, struct credential *out)
{
	const struct node *given = node_get(vc->doc, "proof");
	size_t count, max = given && given->kind == NODE_LIST ? given->size : 1;
	struct vc_proof *all;
	int r;

	if (!given)
		return 0;
	if (max > w->limits->vc_proofs) {
		report_limit(w->report, "vc.proofs", w->limits->vc_proofs,
			node_place(w, given, vc->layer));
		return 0;
	}
	all = ARENA_ARRAY(w->arena, max + 1, struct vc_proof);
	vc->proofs = ARENA_ARRAY(w->arena, max + 1, struct vc_proof);
	if (!all || !vc->proofs)
		return arena_error(w->arena);
	if ((r = read_all(w, vc, given, all, &count)) != 0 || report_failed(w->report))
		return r;
	if ((r = choose(w, vc, all, count, out)) != 0)
		return r;
	narrow(vc, out);
	return 0;
}

static int
cover_one(struct work *w, const struct vc *vc, const struct vc_proof *read, struct proof *p,
	bool *subject_stated)
{
	struct vc_covered c;
	bool ok = false;

	if (!read->suite) {
		report_unknown(
			w->report, REASON_VC_PROOF_SUITE, node_place(w, read->node, vc->layer));
		return 0;
	}
	int r = vc_proof_cover(w, vc->doc, read, &c, &ok);
	if (r != 0 || !ok)
		return r;
	p->signed_bytes = c.signed_bytes;
	p->others = c.others;
	p->other_count = c.other_count;
	*subject_stated = *subject_stated || c.subject_stated;
	return 0;
}

int
vc_cover_proofs(struct work *w, const struct vc *vc, struct credential *c, bool *subject_stated)
{
	bool stated = false;
	int r = 0;

	for (size_t i = 0; i < vc->proof_count && r == 0 && !report_failed(w->report); i++)
		r = cover_one(w, vc, &vc->proofs[i], &c->proofs[i], &stated);
	if (r == 0)
		*subject_stated = stated;
	return r;
}
