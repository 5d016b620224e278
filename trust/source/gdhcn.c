/* gdhcn.c - the WHO's network: DID documents with the participants' signers, each document with a proof.
 *
 * Keys are taken from their certificates (x5c): the coordinates beside them are often
 * malformed.  Only keys listed as DSC sign; those listed as CSCA, or with anchors the
 * countersigned ones, vouch for them.  Documents that are only referred to are never
 * followed: the production root once referred to the development network.
 */
#include "trust/source/gdhcn.h"
#include "codecs/base/arena.h"
#include "codecs/record/countries.h"
#include "codecs/seal/cms.h"
#include "trust/chain.h"
#include "trust/source/anchors.h"

#include <stdlib.h>
#include <string.h>

enum { FILES = 20000, DAY = 86400, AUTHORITIES_MAX = 64 };

static const struct {
	const char *code;
	unsigned domain;
} domains[] = { { "DCC", GDHCN_DCC }, { "DDCC", GDHCN_DDCC }, { "ICVP", GDHCN_ICVP },
	{ "DICVP", GDHCN_ICVP }, { "dICVP", GDHCN_ICVP }, { "PH4H", GDHCN_PH4H },
	{ "IPS", GDHCN_IPS }, { "IPS-PILGRIMAGE", GDHCN_IPS } };

struct entry {
	struct cert *cert;
	struct span kid, participant;
	unsigned domains;
	size_t place; /* in the list */
	bool merged; /* into another of the same certificate and participant */
};

struct reading {
	struct work *w;
	const struct trust_input *in;
	struct trust_builder *b;
	struct key *pin;
	struct anchors anchors; /* authorities that an anchor has countersigned are added to them */
	struct entry *signers, *authorities;
	size_t signer_count, authority_count, references;
};

static bool
detect(const struct trust_input *in)
{
	return list_mentions(in, "https://www.w3.org/ns/did/v1") ||
	       list_mentions(in, "\"trustAnchorSignature\"");
}

static struct span
code_of(const struct node *method, const char *member)
{
	return span_from(node_text(node_get(node_get(method, member), "code")), 1);
}

static unsigned
domain_of(const struct node *method)
{
	struct span code = code_of(method, "domain");

	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++)
		if (span_is(code, domains[i].code))
			return domains[i].domain;
	return GDHCN_OTHER;
}

/* The certificate of a key; NULL when there is none that can be read. */
static int
read_entry(struct work *w, const struct node *method, struct entry *out)
{
	const struct node *jwk = node_get(method, "publicKeyJwk");
	struct span der;
	struct entry e = { .participant = code_of(method, "participant"),
		.domains = domain_of(method) };
	int r = list_base64(w, node_text(node_at(node_get(jwk, "x5c"), 0)), &der);

	if (r == 0)
		r = list_base64(w, node_text(node_get(jwk, "kid")), &e.kid);
	if (r == 0 && der.ptr && e.kid.len > 0)
		r = cert_from_der(der, &key_policy_default, &e.cert);
	*out = e;
	return r;
}

static int
take_method(struct reading *g, const struct node *method)
{
	struct span usage = code_of(method, "keyusage");
	bool signer = span_is(usage, "DSC"),
	     authority = span_is(usage, "CSCA") || span_is(usage, "SCA");
	bool wanted = g->in->domain == TRUST_WHO || domain_of(method) == GDHCN_DCC;
	struct entry e = { 0 };
	int r = wanted && (signer || authority) ? read_entry(g->w, method, &e) : 0;

	if (!e.cert) {
		builder_skip(g->b);
		return r;
	}
	e.place = g->signer_count;
	if (signer)
		g->signers[g->signer_count++] = e;
	else
		g->authorities[g->authority_count++] = e;
	return r;
}

static int
grow(struct reading *g, struct entry **list, size_t count, size_t more)
{
	struct entry *grown = ARENA_ARRAY(g->w->arena, count + more + 1, struct entry);

	if (!grown)
		return arena_error(g->w->arena);
	if (count > 0)
		memcpy(grown, *list, count * sizeof(*grown));
	*list = grown;
	return 0;
}

static const char *
misplaced(const struct reading *g, const struct gdhcn_document *d)
{
	if (d->network->env != ENV_COUNT && d->network->env != g->in->env)
		return "the document is of another environment of the network than its source";
	if (d->created - DAY > g->w->now)
		return "the document says that it was made in the future";
	return NULL;
}

static int
prove(struct reading *g, const struct gdhcn_document *d, const char **fault)
{
	enum key_result result = KEY_MISMATCH;
	struct proof p;
	int r = gdhcn_proof(g->w, d, &p, fault);

	if (r == 0 && !*fault)
		r = key_verify(g->pin, &p, g->w->kit, &result);
	if (r == 0 && !*fault && result != KEY_VALID)
		*fault = "the document's proof is not by the pinned key: it was altered, or "
			 "another made it";
	return r;
}

static void
note_age(struct trust_source_info *info, int64_t created)
{
	if (info->issued_at == TIME_NONE || created < info->issued_at)
		info->issued_at = created;
}

static int
read_document(struct reading *g, const struct node *root, struct span file)
{
	struct gdhcn_document d;
	const char *fault;
	int r = gdhcn_form(g->w, root, &d, &fault);

	if (r == 0 && !fault)
		fault = misplaced(g, &d);
	if (r == 0 && !fault)
		r = prove(g, &d, &fault);
	if (r == 0 && fault)
		builder_fault(g->b, fault, file, PLACE_NO_OFFSET);
	if (r != 0 || fault)
		return r;
	note_age(builder_info(g->b), d.created);
	g->references += d.references;
	if ((r = grow(g, &g->signers, g->signer_count, d.methods->size)) != 0 ||
		(r = grow(g, &g->authorities, g->authority_count, d.methods->size)) != 0)
		return r;
	for (const struct node *m = d.methods->child; m && r == 0; m = m->next)
		if (m->kind == NODE_MAP)
			r = take_method(g, m);
	return r;
}

/* {trustAnchorSignature, certificateRawData}: a participant's certificate as the WHO's trust anchor signed it. */
static int
read_countersigned(struct reading *g, const struct node *root, struct span file)
{
	struct cert_list *anchors = &g->anchors.uploaders;
	enum cms_result result = CMS_BAD;
	struct span cms, der;
	struct cert *c = NULL;
	int r = list_base64(g->w, node_text(node_get(root, "trustAnchorSignature")), &cms);

	if (r == 0)
		r = list_base64(g->w, node_text(node_get(root, "certificateRawData")), &der);
	for (size_t i = 0; r == 0 && cms.ptr && der.ptr && i < anchors->count; i++)
		if (result != CMS_VALID)
			r = cms_verify(cms, der, anchors->certs[i], NULL, &result);
	if (r == 0 && result == CMS_VALID)
		r = cert_from_der(der, &key_policy_default, &c);
	if (r == 0 && result != CMS_VALID)
		builder_fault(g->b, "a certificate is not countersigned by any of the anchors",
			file, PLACE_NO_OFFSET);
	else if (r == 0 && c && cert_is_ca(c))
		r = anchors_add(g->w, &g->anchors.authorities, c);
	g->anchors.chain = true;
	cert_free(c);
	return r;
}

static int
read_file(struct reading *g, const struct trust_file *f)
{
	const struct node *root;
	int r = list_nodes(g->w, g->b, (struct list_text){ f->bytes, f->name, 0 }, &root);

	if (r != 0 || !root)
		return r;
	if (!node_get(root, "trustAnchorSignature"))
		return read_document(g, root, f->name);
	if (g->in->anchors.len > 0)
		return read_countersigned(g, root, f->name);
	builder_skip(g->b);
	return 0;
}

/* 0: the same signer, wherever it stands. */
static int
signer_cmp(const struct entry *x, const struct entry *y)
{
	int order = span_cmp(cert_sha256(x->cert), cert_sha256(y->cert));

	if (order == 0)
		order = span_cmp(x->participant, y->participant);
	return order != 0 ? order : span_cmp(x->kid, y->kid);
}

static int
by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

static int
by_certificate(const void *a, const void *b)
{
	int order = signer_cmp(a, b);

	return order != 0 ? order : by_place(a, b);
}

/* The network publishes each key in several documents; it counts once, for all domains in which it stands. */
static void
merge(struct reading *g)
{
	size_t first = 0;

	if (g->signer_count == 0)
		return;
	qsort(g->signers, g->signer_count, sizeof(*g->signers), by_certificate);
	for (size_t i = 1; i < g->signer_count; i++) {
		if (signer_cmp(&g->signers[first], &g->signers[i]) != 0) {
			first = i;
			continue;
		}
		g->signers[first].domains |= g->signers[i].domains;
		g->signers[i].merged = true;
	}
	qsort(g->signers, g->signer_count, sizeof(*g->signers), by_place);
}

/* As of the day on which the signer was made: authorities may lapse before their signers do. */
static int
vouched_for(const struct reading *g, const struct entry *e, bool *good)
{
	struct cert *own[AUTHORITIES_MAX];
	enum chain_result result = CHAIN_BAD;
	const struct cert_list *l = &g->anchors.authorities;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < g->authority_count && n < AUTHORITIES_MAX; i++)
		if (span_eq(g->authorities[i].participant, e->participant))
			own[n++] = g->authorities[i].cert;
	r = g->anchors.chain
		    ? chain_check(e->cert, l->certs, l->count, cert_not_before(e->cert), &result)
		    : chain_check(e->cert, own, n, cert_not_before(e->cert), &result);
	*good = result == CHAIN_GOOD;
	return r;
}

static int
add_signer(struct reading *g, const struct entry *e)
{
	struct trust_item item = { .kid = e->kid,
		.authority = country_alpha2(e->participant),
		.name = cert_subject(e->cert),
		.cert = e->cert,
		.domains = e->domains };
	bool good = false;
	int r = vouched_for(g, e, &good);

	if (r != 0)
		return r;
	if (!good && g->anchors.chain) {
		builder_skip(g->b);
		return 0;
	}
	item.unchecked = !good;
	item.usage = cert_usage(e->cert, &item.usage_foreign);
	return builder_add(g->b, &item);
}

static int
read_all(struct reading *g)
{
	int r = 0;

	for (size_t i = 0; i < g->in->file_count && r == 0 && !builder_faulty(g->b); i++)
		r = read_file(g, &g->in->files[i]);
	if (r != 0 || builder_faulty(g->b))
		return r;
	if (g->signer_count == 0 && g->references > 0)
		builder_fault(g->b,
			"the document only refers to others, which are not followed: take one with "
			"keys",
			g->in->files[0].name, PLACE_NO_OFFSET);
	merge(g);
	for (size_t i = 0; i < g->signer_count && r == 0 && !builder_faulty(g->b); i++)
		if (!g->signers[i].merged)
			r = add_signer(g, &g->signers[i]);
	builder_info(g->b)->list_signed = !builder_faulty(g->b);
	return r;
}

static void
drop(struct reading *g)
{
	for (size_t i = 0; i < g->signer_count; i++)
		cert_free(g->signers[i].cert);
	for (size_t i = 0; i < g->authority_count; i++)
		cert_free(g->authorities[i].cert);
	anchors_drop(&g->anchors);
	key_free(g->pin);
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct reading g = { .w = w, .in = in, .b = b };
	int r = 0;

	if (in->domain != TRUST_DCC && in->domain != TRUST_WHO)
		builder_fault(b, "this kind of list is for EU certificates or for those of the WHO",
			in->name, PLACE_NO_OFFSET);
	else if (in->pin.len == 0)
		builder_fault(b,
			"this kind of list is not taken without the key of its proofs as pin",
			in->name, PLACE_NO_OFFSET);
	else
		r = list_pin_key(w, in, b, &g.pin);
	if (r == 0 && g.pin)
		r = anchors_read(w, in, true, b, &g.anchors);
	g.anchors.chain = in->anchors.len > 0;
	if (r == 0 && g.pin && !builder_faulty(b))
		r = read_all(&g);
	drop(&g);
	return r;
}

const struct trust_source gdhcn_source = {
	.kind = "gdhcn",
	.title = "DID documents of the WHO's certification network (GDHCN), version 2",
	.files = FILES,
	.takes_pin = true,
	.takes_anchors = true,
	.serves = SERVES_DCC | SERVES_WHO,
	.detect = detect,
	.read = read,
};
