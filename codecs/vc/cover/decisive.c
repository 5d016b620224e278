/* decisive.c - see decisive.h: members of one object against the statements of it, both ways.
 *
 * An object's own members are statements of the default graph; of which node, the dataset tells.  So it does not
 * matter how else, or where in the document, something is said of that node.
 */
#include "codecs/vc/cover/decisive.h"

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/vc/model.h"

#define CRED "https://www.w3.org/2018/credentials#"
#define SEC  "https://w3id.org/security#"
/* The same where a context forgot to say what the prefix stands for (RsaSignature2018 in credentials/v1). */
#define SEC_BARE "sec:"
#define DC       "http://purl.org/dc/terms/"

enum { STEPS = 1 << 22 };

enum shape {
	VALUE, /* a text or whole number, or an object's identifier */
	DATE, /* the same; one that is stated as something else only narrows */
	WORD, /* of which a context makes an IRI that ends with it */
	COUNTED, /* as many: what they say is looked at elsewhere */
	OBJECT /* with rows of its own */
};

struct row {
	const char *member;
	const char *space, *other, *name; /* of the predicate; space NULL: any */
	enum shape shape;
	const struct row *inside;
};

/* Each dialect of status lists has a space of its own. */
static const struct row of_entries[] = {
	{ "statusPurpose", NULL, NULL, "statusPurpose", VALUE, NULL },
	{ "statusListIndex", NULL, NULL, "statusListIndex", VALUE, NULL },
	{ "statusListCredential", NULL, NULL, "statusListCredential", VALUE, NULL },
	{ "statusSize", NULL, NULL, "statusSize", VALUE, NULL },
	{ "revocationListIndex", NULL, NULL, "revocationListIndex", VALUE, NULL },
	{ "revocationListCredential", NULL, NULL, "revocationListCredential", VALUE, NULL },
	{ 0 },
};

/* Either model's dates: where they are not the context's, they may be words of the issuer's own. */
static const struct row of_credentials[] = {
	{ "issuer", CRED, NULL, "issuer", VALUE, NULL },
	{ "issuanceDate", CRED, NULL, "issuanceDate", DATE, NULL },
	{ "expirationDate", CRED, NULL, "expirationDate", DATE, NULL },
	{ "validFrom", CRED, NULL, "validFrom", DATE, NULL },
	{ "validUntil", CRED, NULL, "validUntil", DATE, NULL },
	{ "credentialStatus", CRED, NULL, "credentialStatus", OBJECT, of_entries },
	{ 0 },
};

static const struct row of_presentations[] = {
	{ "holder", CRED, NULL, "holder", VALUE, NULL },
	{ "verifiableCredential", CRED, NULL, "verifiableCredential", COUNTED, NULL },
	{ 0 },
};

#define BITS "encodedList"
static const struct row of_bits[] = {
	{ BITS, NULL, NULL, BITS, VALUE, NULL },
	{ "statusPurpose", NULL, NULL, "statusPurpose", VALUE, NULL },
	{ 0 },
};
static const struct row of_lists[] = {
	{ "credentialSubject", CRED, NULL, "credentialSubject", OBJECT, of_bits },
	{ 0 },
};

static const struct row of_options[] = {
	{ "type", RDF, NULL, "type", WORD, NULL },
	{ "cryptosuite", SEC, NULL, "cryptosuite", VALUE, NULL },
	{ "created", DC, NULL, "created", VALUE, NULL },
	{ "expires", SEC, SEC_BARE, "expiration", VALUE, NULL },
	{ "proofPurpose", SEC, SEC_BARE, "proofPurpose", WORD, NULL },
	{ "verificationMethod", SEC, SEC_BARE, "verificationMethod", VALUE, NULL },
	{ "domain", SEC, SEC_BARE, "domain", VALUE, NULL },
	{ "challenge", SEC, SEC_BARE, "challenge", VALUE, NULL },
	{ 0 },
};

struct look {
	const struct rdf_dataset *d;
	size_t steps; /* left; none: nothing agrees any more */
	const struct node *bad; /* where it was noticed, or its map */
	const char *missing; /* the member that is not there; NULL: bad is it */
};

static bool rows_good(struct look *l, const struct row *rows, const struct node *map,
	const struct rdf_term *about);

/* --- names --- */

static struct span
last_part(struct span iri)
{
	size_t at = iri.len;

	while (at > 0 && iri.ptr[at - 1] != '#' && iri.ptr[at - 1] != '/' && iri.ptr[at - 1] != ':')
		at--;
	return span_from(iri, at);
}

static bool
is_in(struct span iri, const char *space, const char *name)
{
	struct span s = span_of(space);

	return span_starts(iri, s) && span_is(span_from(iri, s.len), name);
}

static bool
is_predicate(const struct row *row, struct span iri)
{
	if (!row->space)
		return span_is(last_part(iri), row->name);
	return is_in(iri, row->space, row->name) ||
	       (row->other && is_in(iri, row->other, row->name));
}

/* --- one value and one term --- */

static bool
identifies(const struct node *map, const struct rdf_term *t)
{
	const struct node *id = node_get(map, "id");

	return id ? t->kind == RDF_IRI && span_eq(node_text(id), t->value) : t->kind != RDF_LITERAL;
}

/* "assertionMethod" and https://w3id.org/security#assertionMethod; one has an IRI that says more. */
static bool
is_word(struct span word, struct span stated)
{
	if (span_eq(word, stated) || span_eq(word, last_part(stated)))
		return true;
	return span_is(word, "authentication") &&
	       span_is(last_part(stated), "authenticationMethod");
}

static bool
agrees(struct look *l, const struct row *row, const struct node *v, const struct rdf_term *t)
{
	if (l->steps == 0)
		return false;
	l->steps--;
	if (row->shape == COUNTED)
		return true;
	if (row->shape == WORD)
		return is_word(node_text(v), t->value);
	if (v->kind == NODE_MAP)
		return identifies(v, t) &&
		       (row->shape != OBJECT || rows_good(l, row->inside, v, t));
	if (v->kind == NODE_INT)
		return t->kind == RDF_LITERAL && span_eq(v->raw, t->value);
	return v->kind == NODE_TEXT && t->kind != RDF_BLANK && span_eq(v->as.bytes, t->value);
}

/* --- all values and all statements --- */

static const struct node *
first_value(const struct node *n)
{
	return n && n->kind == NODE_LIST ? n->child : n;
}

static const struct node *
next_value(const struct node *n, const struct node *v)
{
	return n->kind == NODE_LIST ? v->next : NULL;
}

/* The next statement of the row from *at on; NULL: there is none. */
static const struct rdf_term *
next_stated(struct look *l, const struct row *row, const struct rdf_term *about, size_t *at)
{
	for (; *at < l->d->count && l->steps > 0; ++*at, l->steps--) {
		const struct rdf_quad *q = &l->d->quads[*at];

		if (q->g.kind != RDF_NONE || !rdf_term_equal(&q->s, about) ||
			!is_predicate(row, q->p.value))
			continue;
		++*at;
		return &q->o;
	}
	return NULL;
}

static bool
is_read(struct look *l, const struct row *row, const struct node *n, const struct rdf_term *t)
{
	for (const struct node *v = first_value(n); v; v = next_value(n, v))
		if (agrees(l, row, v, t))
			return true;
	return false;
}

static bool
is_stated(struct look *l, const struct row *row, const struct node *v, const struct rdf_term *about)
{
	const struct rdf_term *t;
	size_t at = 0;

	if (v->kind == NODE_NULL)
		return true;
	while ((t = next_stated(l, row, about, &at)) != NULL)
		if (agrees(l, row, v, t))
			return true;
	return false;
}

static bool
row_good(struct look *l, const struct row *row, const struct node *n, const struct rdf_term *about)
{
	const struct rdf_term *t;
	size_t at = 0, stated = 0, values = 0;

	while ((t = next_stated(l, row, about, &at)) != NULL) {
		if (!is_read(l, row, n, t))
			return false;
		stated++;
	}
	if (stated == 0 && row->shape == DATE)
		return l->steps > 0;
	for (const struct node *v = first_value(n); v; v = next_value(n, v)) {
		if (!is_stated(l, row, v, about))
			return false;
		values += v->kind != NODE_NULL;
	}
	return l->steps > 0 && (row->shape != COUNTED || values == stated);
}

static bool
rows_good(struct look *l, const struct row *rows, const struct node *map,
	const struct rdf_term *about)
{
	for (; rows->member; rows++) {
		const struct node *n = node_get(map, rows->member);

		if (row_good(l, rows, n, about))
			continue;
		l->bad = n ? n : map;
		l->missing = n ? NULL : rows->member;
		return false;
	}
	return true;
}

/* --- the whole --- */

/* Whether anything has the bits of a list, or this document would be read as if it had. */
static bool
has_bits(const struct rdf_dataset *d, const struct node *doc)
{
	if (node_get(node_get(doc, "credentialSubject"), BITS))
		return true;
	for (size_t i = 0; i < d->count; i++)
		if (span_is(last_part(d->quads[i].p.value), BITS))
			return true;
	return false;
}

/* Whether it is said of something else. */
static bool
is_used(struct look *l, const struct rdf_term *t)
{
	for (size_t i = 0; i < l->d->count && l->steps > 0; i++, l->steps--) {
		const struct rdf_quad *q = &l->d->quads[i];

		if (q->g.kind == RDF_NONE && rdf_term_equal(&q->o, t) && !rdf_term_equal(&q->s, t))
			return true;
	}
	return false;
}

/* The same statements can be written with any of their nodes outermost.  A credential within a credential, by the same
 * issuer, might be read in its place: it must be within, and nothing may lead back.
 */
static bool
is_outermost(struct look *l, struct span issuer)
{
	bool used = is_used(l, &l->d->root);

	for (size_t i = 0; i < l->d->count && l->steps > 0; i++, l->steps--) {
		const struct rdf_quad *q = &l->d->quads[i];

		if (q->g.kind != RDF_NONE || rdf_term_equal(&q->s, &l->d->root) ||
			!span_is(q->p.value, CRED "issuer") || !span_eq(q->o.value, issuer))
			continue;
		if (used || !is_used(l, &q->s))
			return false;
	}
	return l->steps > 0;
}

static bool
told(struct work *w, const struct look *l, const char *layer)
{
	report_fail(w->report, REASON_VC_AMBIGUOUS,
		l->missing ? node_place_under(w, l->bad, l->missing, layer)
			   : node_place(w, l->bad, layer));
	return false;
}

bool
vc_decisive_document(
	struct work *w, const struct node *doc, const char *layer, const struct rdf_dataset *d)
{
	struct look l = { .d = d, .steps = STEPS, .bad = doc };
	bool presents = vc_is_presentation(doc);

	if (d->root.kind == RDF_NONE || !identifies(doc, &d->root))
		return told(w, &l, layer);
	if (presents ? rows_good(&l, of_presentations, doc, &d->root)
		     : rows_good(&l, of_credentials, doc, &d->root) &&
				is_outermost(&l, vc_identity(doc, "issuer")) &&
				(!has_bits(d, doc) || rows_good(&l, of_lists, doc, &d->root)))
		return true;
	return told(w, &l, layer);
}

bool
vc_decisive_options(
	struct work *w, const struct node *options, const char *layer, const struct rdf_dataset *d)
{
	struct look l = { .d = d, .steps = STEPS, .bad = options };

	if (d->root.kind != RDF_NONE && rows_good(&l, of_options, options, &d->root))
		return true;
	return told(w, &l, layer);
}
