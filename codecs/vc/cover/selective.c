/* selective.c - ecdsa-sd-2023: a document of which its holder discloses parts (W3C, vc-di-ecdsa 3.6).
 *
 * The issuer signed what is mandatory as a whole, and every other statement by itself with a key made for this one
 * credential.  Blank nodes bear the names that the issuer gave them, which the proof's label map tells.  What the
 * issuer's key signs is handed on; the statements' own signatures are checked here, since their key is in the proof.
 */
#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/canon.h"
#include "codecs/seal/multikey.h"
#include "codecs/vc/cover/cover.h"
#include "codecs/vc/cover/decisive.h"

enum { HASH = 32, SIGNATURE = 64, PUBLIC_KEY = 35 };

struct selective {
	struct span base, key; /* the issuer's signature; the multikey's bytes */
	const struct node *signatures, *labels, *mandatory;
};

static int
malformed(struct work *w, const struct vc_proof *p)
{
	report_fail(w->report, REASON_VC_PROOF_VALUE,
		node_place(w, node_get(p->node, "proofValue"), p->layer));
	return 0;
}

static bool
is_bytes(const struct node *n, size_t len)
{
	return n && n->kind == NODE_BYTES && n->as.bytes.len == len;
}

static bool
is_list(const struct node *n)
{
	return n && n->kind == NODE_LIST;
}

/* Two nodes under one name would be one node in the issuer's statements, and two for whoever reads the document. */
static int
labels_differ(struct work *w, const struct selective *s, bool *ok)
{
	struct span *all = ARENA_ARRAY(w->arena, s->labels->size + 1, struct span);
	size_t n = 0;

	if (!all)
		return arena_error(w->arena);
	for (const struct node *c = s->labels->child; c; c = c->next)
		all[n++] = c->as.bytes;
	nquads_sort(all, n);
	for (size_t i = 1; i < n; i++)
		*ok = *ok && !span_eq(all[i - 1], all[i]);
	return 0;
}

/* Indexes ascend, so that each stands for one statement. */
static bool
shape_good(const struct selective *s)
{
	int64_t last = -1;

	for (const struct node *n = s->signatures->child; n; n = n->next)
		if (!is_bytes(n, SIGNATURE))
			return false;
	for (const struct node *n = s->labels->child; n; n = n->next)
		if (n->key_kind != KEY_INT || n->key_int < 0 || !is_bytes(n, HASH))
			return false;
	for (const struct node *n = s->mandatory->child; n; n = n->next) {
		if (n->kind != NODE_INT || n->as.integer <= last)
			return false;
		last = n->as.integer;
	}
	return true;
}

/* [baseSignature, publicKey, signatures, labelMap, mandatoryIndexes] */
static int
read_value(struct work *w, const struct vc_proof *p, struct selective *out, bool *ok)
{
	const struct node *root = NULL;
	struct report aside;
	struct work own = *w;

	report_begin(&aside, w->arena);
	own.report = &aside;
	*ok = false;
	int r = node_from_cbor(&own, p->derived, "proofValue", &root);
	if (r != 0)
		return r;
	if (!is_list(root) || root->size != 5 || root->tag_count > 0 ||
		!is_bytes(node_at(root, 0), SIGNATURE) || !is_bytes(node_at(root, 1), PUBLIC_KEY) ||
		!is_list(node_at(root, 2)) || node_at(root, 3)->kind != NODE_MAP ||
		!is_list(node_at(root, 4)))
		return malformed(w, p);
	*out = (struct selective){ node_at(root, 0)->as.bytes, node_at(root, 1)->as.bytes,
		node_at(root, 2), node_at(root, 3), node_at(root, 4) };
	*ok = shape_good(out);
	r = *ok ? labels_differ(w, out, ok) : 0;
	return r != 0 || *ok ? r : malformed(w, p);
}

/* --- statements under the issuer's names --- */

/* "c14n3" by the label map: u and base64url of 32 bytes; ptr NULL: it is not in it. */
static int
issuers_label(struct work *w, const struct selective *s, struct span label, struct span *out)
{
	struct buf b = buf_in(w->arena, 64);

	*out = SPAN_NONE;
	for (const struct node *n = s->labels->child; n; n = n->next)
		if (span_starts(label, SPAN_LIT("c14n")) && span_eq(n->key, span_from(label, 4))) {
			buf_char(&b, 'u');
			base64url_encode(&b, n->as.bytes);
			*out = buf_span(&b);
		}
	return b.error;
}

static int
rename(struct work *w, const struct selective *s, struct rdf_term *t, bool *ok)
{
	int r = 0;

	if (t->kind != RDF_BLANK)
		return 0;
	r = issuers_label(w, s, t->value, &t->value);
	*ok = *ok && t->value.ptr;
	return r;
}

/* The canonical lines with other names, sorted again. */
static int
relabel(struct work *w, const struct selective *s, const struct canon *c, struct span **out,
	bool *ok)
{
	struct rdf_dataset d = rdf_dataset_in(w, true);
	struct span *lines = ARENA_ARRAY(w->arena, c->line_count + 1, struct span);
	int r = nquads_read(w, c->text, "nquads", &d, ok);

	if (r != 0 || !lines)
		return r != 0 ? r : arena_error(w->arena);
	for (size_t i = 0; i < d.count && r == 0 && *ok; i++) {
		struct buf b = buf_in(w->arena, SIZE_MAX / 2);
		struct rdf_quad q = d.quads[i];

		r = rename(w, s, &q.s, ok);
		r = r != 0 ? r : rename(w, s, &q.o, ok);
		r = r != 0 ? r : rename(w, s, &q.g, ok);
		nquads_quad(&b, &q, NQUADS_CANONICAL);
		lines[i] = buf_span(&b);
		r = r != 0 ? r : b.error;
	}
	nquads_sort(lines, d.count);
	*out = lines;
	return r;
}

/* --- signatures --- */

static int
disclosure_key(struct work *w, struct span bytes, struct key **out)
{
	struct buf b = buf_in(w->arena, 64);
	enum multikey_fault fault = MULTIKEY_FORM;
	enum key_fault why;
	struct multikey m;

	*out = NULL;
	buf_char(&b, 'z');
	base58_encode(&b, bytes);
	if (b.error)
		return b.error;
	int r = multikey_read(w, buf_span(&b), &m, &fault);
	if (r != 0 || fault != MULTIKEY_OK)
		return r;
	return key_from_multikey(w, &m, &key_policy_default, out, &why);
}

/* Each line that is not mandatory has a signature of its own, in their order. */
static int
check_lines(struct work *w, const struct selective *s, const struct key *k,
	const struct span *lines, size_t count, bool *ok)
{
	const struct node *index = s->mandatory->child, *sig = s->signatures->child;
	int r = 0;

	for (size_t i = 0; i < count && r == 0 && *ok; i++) {
		struct proof p = { .alg = SIG_ES256, .accept = SIG_BIT(SIG_ES256) };
		enum key_result result = KEY_MISMATCH;

		if (index && index->as.integer == (int64_t)i) {
			index = index->next;
			continue;
		}
		if (sig) {
			p.signed_bytes = lines[i];
			p.signature = sig->as.bytes;
			r = key_verify(k, &p, w->kit, &result);
			sig = sig->next;
		}
		*ok = result == KEY_VALID;
	}
	*ok = *ok && !index && !sig;
	return r;
}

static int
mandatory_text(struct work *w, const struct selective *s, const struct span *lines, size_t count,
	struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX / 2);

	buf_room(&b, 1);
	for (const struct node *n = s->mandatory->child; n; n = n->next)
		if ((size_t)n->as.integer < count)
			buf_add(&b, lines[n->as.integer]);
	*out = (struct span){ b.ptr, b.len };
	return b.error;
}

/* proofHash, the disclosure key, mandatoryHash. */
static int
join(struct work *w, const struct selective *s, struct span hashes, struct span *out)
{
	struct buf b = buf_in(w->arena, 2 * HASH + PUBLIC_KEY);

	buf_add(&b, span_slice(hashes, 0, HASH));
	buf_add(&b, s->key);
	buf_add(&b, span_from(hashes, HASH));
	*out = buf_span(&b);
	return b.error;
}

static int
cover(struct work *w, const struct vc_proof *p, const struct selective *s,
	const struct canon *document, struct vc_covered *out)
{
	struct span *lines, mandatory;
	struct key *k = NULL;
	bool ok = true;
	int r = relabel(w, s, document, &lines, &ok);

	if (r == 0 && ok)
		r = disclosure_key(w, s->key, &k);
	ok = ok && k;
	if (r == 0 && ok)
		r = check_lines(w, s, k, lines, document->line_count, &ok);
	key_free(k);
	if (r != 0)
		return r;
	if (!ok) {
		report_fail(w->report, REASON_SIGNATURE_MISMATCH,
			node_place(w, node_get(p->node, "proofValue"), p->layer));
		return 0;
	}
	r = mandatory_text(w, s, lines, document->line_count, &mandatory);
	if (r == 0)
		r = cover_hashes(w, p, out->options, mandatory, &out->hashes);
	return r != 0 ? r : join(w, s, out->hashes, &out->signed_bytes);
}

int
cover_selective(struct work *w, const struct vc_proof *p, const struct node *document,
	const struct node *options, struct vc_covered *out)
{
	const struct rdf_dataset *d = NULL;
	struct vc_statements s = { options, p->layer, DIGEST_SHA256, false, &d };
	struct canon c = { 0 };
	struct selective sel;
	bool ok;
	int r = read_value(w, p, &sel, &ok);

	if (r != 0 || !ok)
		return r;
	r = vc_canonise(w, &s, &c, &ok);
	if (r != 0 || !ok || !vc_decisive_options(w, options, p->layer, d))
		return r;
	out->options = c.text;
	s.document = document;
	r = vc_canonise(w, &s, &c, &ok);
	if (r != 0 || !ok || !vc_decisive_document(w, document, p->layer, d))
		return r;
	out->document = c.text;
	return cover(w, p, &sel, &c, out);
}
