/* gdhcn_proof.c - the canonical form of a document of known shape, and what its proof signs.
 *
 * The document's graph has no blank node and that of the options exactly one, so URDNA2015
 * comes down to writing all quads, sorting them by octets, and leaving out repetitions.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/jcs.h"
#include "trust/source/gdhcn.h"

#include <stdlib.h>

#define SECURITY "https://w3id.org/security#"
#define RDF_NS   "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define TRUST_NS "https://smart.who.int/trust/ValueSet-"

enum { QUADS_A_KEY = 8, HALF = 32, HASH = 32 };

/* Lines in one buffer; where each begins and ends is kept, since the buffer moves as it grows. */
struct quads {
	struct buf text;
	struct span *lines; /* ptr is set in the end */
	size_t *starts;
	size_t count;
};

static void
iri(struct buf *b, const char *begin, const char *suffix, struct span end)
{
	buf_char(b, '<');
	buf_str(b, begin);
	buf_str(b, suffix);
	buf_add(b, end);
	buf_str(b, "> ");
}

static void
open_quad(struct quads *q, struct span subject, const char *predicate)
{
	q->starts[q->count] = q->text.len;
	iri(&q->text, "", "", subject);
	iri(&q->text, predicate, "", SPAN_NONE);
}

static void
close_quad(struct quads *q)
{
	buf_str(&q->text, ".\n");
	q->lines[q->count].len = q->text.len - q->starts[q->count];
	q->count++;
}

static void
link_quad(struct quads *q, struct span subject, const char *predicate, struct span object)
{
	open_quad(q, subject, predicate);
	iri(&q->text, "", "", object);
	close_quad(q);
}

/* domain, participant, keyusage: the property and the code system have one name. */
static void
code_quad(struct quads *q, const struct gdhcn_network *net, const struct node *m,
	const char *member, const char *set)
{
	struct span id = node_text(node_get(m, "id"));

	q->starts[q->count] = q->text.len;
	iri(&q->text, "", "", id);
	iri(&q->text, set, net->suffix, SPAN_LIT(".jsonld"));
	buf_char(&q->text, '<');
	buf_str(&q->text, set);
	buf_str(&q->text, net->suffix);
	buf_str(&q->text, ".jsonld");
	buf_add(&q->text, node_text(node_get(node_get(m, member), "code")));
	buf_str(&q->text, "> ");
	close_quad(q);
}

/* A JSON literal; canonical JSON has neither line ends nor controls to escape. */
static bool
jwk_quad(struct work *w, struct quads *q, const struct node *m)
{
	struct buf json = buf_in(w->arena, SIZE_MAX);
	bool known = jcs_write(&json, node_get(m, "publicKeyJwk"));
	struct span s = buf_span(&json);

	open_quad(q, node_text(node_get(m, "id")), SECURITY "publicKeyJwk");
	buf_char(&q->text, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' || s.ptr[i] == '\\')
			buf_char(&q->text, '\\');
		buf_char(&q->text, (char)s.ptr[i]);
	}
	buf_str(&q->text, "\"^^<" RDF_NS "JSON> ");
	close_quad(q);
	if (json.error)
		q->text.error = json.error;
	return known;
}

static bool
key_quads(struct work *w, struct quads *q, const struct gdhcn_network *net, const struct node *m)
{
	struct span id = node_text(node_get(m, "id"));

	link_quad(q, id, RDF_NS "type", SPAN_LIT(SECURITY "JsonWebKey2020"));
	link_quad(q, id, SECURITY "controller", node_text(node_get(m, "controller")));
	code_quad(q, net, m, "domain", TRUST_NS "Domains");
	code_quad(q, net, m, "participant", TRUST_NS "Participants");
	code_quad(q, net, m, "keyusage", TRUST_NS "KeyUsage");
	return jwk_quad(w, q, m);
}

static int
by_octets(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static int
sorted(struct work *w, struct quads *q, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	if (q->text.error)
		return q->text.error;
	for (size_t i = 0; i < q->count; i++)
		q->lines[i] = span_slice(buf_span(&q->text), q->starts[i], q->lines[i].len);
	qsort(q->lines, q->count, sizeof(*q->lines), by_octets);
	for (size_t i = 0; i < q->count; i++)
		if (i == 0 || !span_eq(q->lines[i - 1], q->lines[i]))
			buf_add(&b, q->lines[i]);
	*out = buf_span(&b);
	return b.error;
}

static int
document_quads(struct work *w, const struct gdhcn_document *d, struct span *out)
{
	size_t max = (d->methods->size + 1) * QUADS_A_KEY;
	struct quads q = { .text = buf_in(w->arena, SIZE_MAX),
		.lines = ARENA_ARRAY(w->arena, max, struct span),
		.starts = ARENA_ARRAY(w->arena, max, size_t) };
	bool known = true;

	if (!q.lines || !q.starts)
		return arena_error(w->arena);
	link_quad(&q, d->id, SECURITY "controller",
		node_text(node_get(d->methods->parent, "controller")));
	for (const struct node *m = d->methods->child; m && known; m = m->next) {
		bool whole = m->kind == NODE_MAP;
		link_quad(&q, d->id, SECURITY "verificationMethod",
			whole ? node_text(node_get(m, "id")) : m->as.bytes);
		known = !whole || key_quads(w, &q, d->network, m);
	}
	*out = SPAN_NONE;
	return known ? sorted(w, &q, out) : 0;
}

/* In order already. */
static int
option_quads(struct work *w, const struct gdhcn_document *d, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	buf_str(&b, "_:c14n0 <http://purl.org/dc/terms/created> \"");
	buf_add(&b, node_text(node_get(d->proof, "created")));
	buf_str(&b, "\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
		    "_:c14n0 <" RDF_NS "type> <" SECURITY "JsonWebSignature2020> .\n"
		    "_:c14n0 <" SECURITY "nonce> \"");
	buf_add(&b, node_text(node_get(d->proof, "nonce")));
	buf_str(&b, "\" .\n_:c14n0 <" SECURITY "proofPurpose> <" SECURITY "assertionMethod> .\n"
		    "_:c14n0 <" SECURITY "verificationMethod> <");
	buf_add(&b, node_text(node_get(d->proof, "verificationMethod")));
	buf_str(&b, "> .\n");
	*out = buf_span(&b);
	return b.error;
}

int
gdhcn_canonical(
	struct work *w, const struct gdhcn_document *d, struct span *document, struct span *options)
{
	int r = document_quads(w, d, document);

	return r == 0 ? option_quads(w, d, options) : r;
}

/* INTEGER in its shortest form, positive, of at most 32 octets: right-aligned into out. */
static bool
read_half(struct cursor *c, uint8_t *out)
{
	bool is_integer = cursor_u8(c) == 2;
	size_t len = cursor_u8(c);
	struct span s = cursor_take(c, len);
	bool padded = s.len > 1 && s.ptr[0] == 0;

	if (!is_integer || c->failed || s.len == 0 || (s.ptr[0] & 0x80) ||
		(padded && !(s.ptr[1] & 0x80)))
		return false;
	s = padded ? span_from(s, 1) : s;
	if (s.len > HALF)
		return false;
	memset(out, 0, HALF);
	memcpy(&out[HALF - s.len], s.ptr, s.len);
	return true;
}

/* The network writes ECDSA-Sig-Value, where RFC 7518 has r||s; both are taken. */
static int
plain_signature(struct work *w, struct span in, struct span *out)
{
	uint8_t *plain = arena_bytes(w->arena, 2 * HALF);
	struct cursor c = cursor_over(in);

	if (!plain)
		return arena_error(w->arena);
	*out = in;
	if (cursor_u8(&c) == 0x30 && cursor_u8(&c) == in.len - 2 && read_half(&c, plain) &&
		read_half(&c, &plain[HALF]) && cursor_done(&c))
		*out = (struct span){ plain, 2 * HALF };
	return 0;
}

static int
signing_input(struct work *w, const struct gdhcn_document *d, struct span header, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	uint8_t hashes[2 * HASH];
	struct span document, options;
	int r = gdhcn_canonical(w, d, &document, &options);

	*out = SPAN_NONE;
	if (r != 0 || !document.ptr)
		return r;
	if ((r = digest_of(w->kit, DIGEST_SHA256, options, hashes)) != 0 ||
		(r = digest_of(w->kit, DIGEST_SHA256, document, &hashes[HASH])) != 0)
		return r;
	buf_add(&b, header);
	buf_char(&b, '.');
	buf_add(&b, (struct span){ hashes, sizeof(hashes) });
	*out = buf_span(&b);
	return b.error;
}

int
gdhcn_proof(struct work *w, const struct gdhcn_document *d, struct proof *out, const char **fault)
{
	/* {"b64":false,"crit":["b64"],"alg":"ES256"}, and the payload left out */
	struct span header = SPAN_LIT("eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9");
	struct span jws = node_text(node_get(d->proof, "jws")), der = SPAN_NONE;
	struct proof p = { .alg = SIG_ES256, .accept = SIG_BIT(SIG_ES256) };
	size_t bad;
	int r = 0;

	*fault = NULL;
	if (span_starts(jws, header) && span_starts(span_from(jws, header.len), SPAN_LIT("..")))
		r = base64url_decode(w->arena, span_from(jws, header.len + 2), &der, &bad);
	if (r == 0 && der.ptr)
		r = plain_signature(w, der, &p.signature);
	if (r == 0 && der.ptr)
		r = signing_input(w, d, header, &p.signed_bytes);
	if (r != 0)
		return r;
	if (!p.signed_bytes.ptr)
		*fault = "the document's proof has not the form that proofs of the network have";
	*out = p;
	return 0;
}
