/* cover.c - what a proof's signature covers: the hash of its options, then that of the document.
 *
 * The document is meant without its proofs, or, in a chain, with those that the proof names.  The options are the
 * proof without the signature.
 */
#include "codecs/vc/cover/cover.h"
#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/edit.h"
#include "codecs/tree/jcs.h"
#include "codecs/vc/proof.h"

/* --- the document and the options --- */

static const struct node *
proof_named(const struct node *doc, struct span id)
{
	const struct node *all = node_get(doc, "proof");
	const struct node *n = all && all->kind == NODE_LIST ? all->child : NULL;

	while (n && !(n->kind == NODE_MAP && span_eq(node_text(node_get(n, "id")), id)))
		n = n->next;
	return n;
}

/* The proofs that came before; *count SIZE_MAX: one of them is not there. */
static int
previous(struct work *w, const struct node *doc, const struct vc_proof *p, const struct node ***out,
	size_t *count)
{
	const struct node *names = node_get(p->node, "previousProof");
	bool list = names && names->kind == NODE_LIST;
	size_t n = 0, max = list ? names->size : 1;
	const struct node **found = ARENA_ARRAY(w->arena, max, const struct node *);

	if (!found)
		return arena_error(w->arena);
	for (const struct node *name = list ? names->child : names; name;
		name = list ? name->next : NULL) {
		found[n] = proof_named(doc, node_text(name));
		if (!found[n] || found[n] == p->node) {
			report_fail(
				w->report, REASON_VC_PROOF_CHAIN, node_place(w, name, p->layer));
			return 0;
		}
		n++;
	}
	*out = found;
	*count = n;
	return 0;
}

static int
secured(struct work *w, const struct node *doc, const struct vc_proof *p, const struct node **out)
{
	struct edit e = { .without = { "proof" } };
	const struct node **before = NULL;
	size_t count = 0;
	int r = previous(w, doc, p, &before, &count);

	if (r != 0 || report_failed(w->report))
		return r;
	if (count > 0) {
		e.key = "proof";
		r = edit_list(w, before, count, &e.value);
	}
	return r != 0 ? r : edit_map(w, doc, &e, out);
}

/* Whether a begins with b, entry by entry; a text counts as a list of one. */
static bool
begins_with(const struct node *a, const struct node *b)
{
	bool alone = a && a->kind != NODE_LIST;
	const struct node *x = alone ? a : a ? a->child : NULL;
	const struct node *y = b->kind == NODE_LIST ? b->child : b;

	if (b->kind != NODE_LIST)
		return x && node_equal(x, y);
	for (; y; y = y->next, x = x && !alone ? x->next : NULL)
		if (!x || !node_equal(x, y))
			return false;
	return true;
}

/* A proof's own contexts must be those with which the document begins: others could give its words other meanings.
 * Where the members are signed and not statements, no more may follow: those would be nobody's.
 */
static bool
contexts_agree(struct work *w, const struct node *doc, const struct vc_proof *p)
{
	const struct node *own = node_get(p->node, "@context");
	const struct node *given = node_get(doc, "@context");

	if (!own || (given && begins_with(given, own) &&
			    (p->suite->canon != VC_CANON_JCS || begins_with(own, given))))
		return true;
	report_fail(w->report, REASON_VC_PROOF_CONTEXT, node_place(w, own, p->layer));
	return false;
}

static int
options_of(
	struct work *w, const struct node *doc, const struct vc_proof *p, const struct node **out)
{
	struct edit e = { .without = { "proofValue", "jws", "signatureValue" } };

	if (p->suite->canon != VC_CANON_JCS && node_get(doc, "@context")) {
		e.key = "@context";
		e.value = node_get(doc, "@context");
	}
	return edit_map(w, p->node, &e, out);
}

/* --- canonical texts --- */

static int
write_jcs(struct work *w, const struct node *n, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX / 2);

	jcs_write(&b, n);
	*out = buf_span(&b);
	return b.error;
}

/* jcs: a proof with contexts of its own has signed the document with those. */
static int
canonise_jcs(
	struct work *w, const struct node *doc, const struct node *options, struct vc_covered *out)
{
	const struct node *own = node_get(options, "@context");
	struct edit e = { .key = own ? "@context" : NULL, .value = own };
	int r = edit_map(w, doc, &e, &doc);

	if (r == 0)
		r = write_jcs(w, options, &out->options);
	return r != 0 ? r : write_jcs(w, doc, &out->document);
}

/* --- hashes --- */

enum digest
cover_digest(const struct vc_proof *p)
{
	return p->suite->integrity && p->alg == SIG_ES384 ? DIGEST_SHA384 : DIGEST_SHA256;
}

int
cover_hashes(struct work *w, const struct vc_proof *p, struct span options, struct span document,
	struct span *out)
{
	enum digest which = cover_digest(p);
	size_t len = which == DIGEST_SHA384 ? 48 : 32;
	uint8_t *both = arena_bytes(w->arena, 2 * len);

	if (!both)
		return arena_error(w->arena);
	int r = digest_of(w->kit, which, options, both);
	if (r == 0)
		r = digest_of(w->kit, which, document, &both[len]);
	*out = (struct span){ both, 2 * len };
	return r;
}

/* Under a JWS the hashes are its payload, as they are. */
int
cover_signed(struct work *w, const struct vc_proof *p, struct span hashes, struct span *out)
{
	struct buf b = buf_in(w->arena, p->header.len + 1 + hashes.len);

	*out = hashes;
	if (p->carrier != VC_CARRIER_JWS)
		return 0;
	buf_add(&b, p->header);
	buf_char(&b, '.');
	buf_add(&b, hashes);
	*out = buf_span(&b);
	return b.error;
}

static int
cover_jcs(struct work *w, const struct vc_proof *p, const struct node *document,
	const struct node *options, struct vc_covered *c)
{
	int r = canonise_jcs(w, document, options, c);

	if (r == 0)
		r = cover_hashes(w, p, c->options, c->document, &c->hashes);
	return r != 0 ? r : cover_signed(w, p, c->hashes, &c->signed_bytes);
}

int
vc_proof_cover(struct work *w, const struct node *doc, const struct vc_proof *p,
	struct vc_covered *out, bool *ok)
{
	const struct node *document = NULL, *options = NULL;
	struct vc_covered c = { 0 };
	int r = secured(w, doc, p, &document);

	*ok = false;
	if (r != 0 || report_failed(w->report) || !contexts_agree(w, doc, p))
		return r;
	if ((r = options_of(w, doc, p, &options)) != 0)
		return r;
	if (p->suite->canon == VC_CANON_JCS)
		r = cover_jcs(w, p, document, options, &c);
	else if (p->suite->canon == VC_CANON_RDFC)
		r = cover_rdf(w, p, document, options, &c);
	else
		r = cover_selective(w, p, document, options, &c);
	*ok = r == 0 && c.signed_bytes.ptr;
	if (*ok)
		*out = c;
	return r;
}
