/* emit.c - a record as DDCC document (guide 1.0.1, DDCCVSDocumentSigned and DDCCTRDocumentSigned), as JSON or as XML.
 *
 * Its models have one event.  Whom we verified stands in a Provenance, under the signature like all the rest.
 */
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/credential.h"
#include "codecs/fhir/emit/doc.h"
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/signed.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/digest.h"

#include <errno.h>

enum { KID = 8, FORM_JSON = 0, FORM_XML = 1 };

#define URI "urn:ietf:rfc:3986" /* the system of identifiers that are URIs */

/* --- what stands around the event --- */

static bool
is_test(const struct doc *d)
{
	return d->v && d->v->kind == EVENT_TEST;
}

static void
put_number(struct doc *d, const char *name)
{
	doc_open(d, name, '{');
	doc_text(d, "system", d->e->issuer->url);
	doc_text(d, "value", emit_id_text(d->w->arena, d->e->id));
	doc_close(d, '}');
}

static void
put_period(struct doc *d)
{
	doc_open(d, "event", '[');
	doc_open(d, "", '{');
	doc_open(d, "period", '{');
	doc_time(d, "start", d->e->from);
	doc_time(d, "end", d->e->until);
	doc_close(d, '}');
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_section(struct doc *d)
{
	doc_open(d, "section", '[');
	doc_open(d, "", '{');
	doc_concept(d, "code", "http://loinc.org", is_test(d) ? "30954-2" : "11369-6", false);
	doc_reference(d, "focus", DOC_EVENT);
	doc_open(d, "entry", '[');
	doc_reference(d, "", DOC_EVENT);
	doc_close(d, ']');
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_composition(struct doc *d)
{
	doc_begin(d, DOC_COMPOSITION, "Composition");
	put_number(d, "identifier");
	doc_str(d, "status", "final");
	doc_concept(d, "type", "http://loinc.org", "82593-5", false);
	doc_concept(d, "category", DOC_GUIDE "CodeSystem/DDCCCompositionCategoryCodeSystem",
		is_test(d) ? "ddcc-tr" : "ddcc-vs", true);
	doc_reference(d, "subject", DOC_PATIENT);
	doc_time(d, "date", d->e->from);
	doc_open(d, "author", '[');
	doc_reference(d, "", DOC_ORGANIZATION);
	doc_close(d, ']');
	doc_str(d, "title", "Digital Documentation of COVID-19 Certificate (DDCC)");
	doc_open(d, "attester", '[');
	doc_open(d, "", '{');
	doc_str(d, "mode", "official");
	doc_reference(d, "party", DOC_ORGANIZATION);
	doc_close(d, '}');
	doc_close(d, ']');
	put_period(d);
	put_section(d);
	doc_end(d);
}

static void
put_organization(struct doc *d)
{
	struct span did = d->e->issuer->did;

	if (d->e->issuer->name.len == 0)
		loss_miss(d->loss, LOSS_NO_EVENT, ELEMENT_ISSUER, WHY_NONE);
	doc_begin(d, DOC_ORGANIZATION, "Organization");
	doc_open(d, "identifier", '[');
	doc_open(d, "", '{');
	doc_str(d, "system", URI);
	doc_text(d, "value", did.len > 0 ? did : d->e->issuer->url);
	doc_close(d, '}');
	doc_close(d, ']');
	doc_text(d, "name", d->e->issuer->name);
	doc_end(d);
}

/* RFC 6920: what was verified is named by its digest. */
static void
put_digest(struct doc *d)
{
	struct buf b = buf_in(d->w->arena, SIZE_MAX);

	buf_str(&b, "ni:///sha-256;");
	base64url_encode(&b, d->e->source->sha256);
	d->b.error = d->b.error ? d->b.error : b.error;
	doc_open(d, "identifier", '{');
	doc_str(d, "system", URI);
	doc_text(d, "value", buf_span(&b));
	doc_close(d, '}');
}

static void
put_source(struct doc *d)
{
	const struct emit_source *s = d->e->source;

	doc_open(d, "what", '{');
	put_digest(d);
	doc_str(d, "display", s->scheme);
	doc_close(d, '}');
	if (s->issuer.len + s->key.len == 0)
		return;
	doc_open(d, "agent", '[');
	doc_open(d, "", '{');
	doc_open(d, "who", '{');
	if (s->key.len > 0) {
		doc_open(d, "identifier", '{');
		doc_text(d, "value", s->key);
		doc_close(d, '}');
	}
	doc_text(d, "display", s->issuer);
	doc_close(d, '}');
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_provenance(struct doc *d)
{
	doc_begin(d, DOC_PROVENANCE, "Provenance");
	doc_open(d, "target", '[');
	doc_reference(d, "", DOC_EVENT);
	doc_close(d, ']');
	doc_time(d, "recorded", d->e->source->verified_at);
	doc_open(d, "agent", '[');
	doc_open(d, "", '{');
	doc_concept(d, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
		"verifier", false);
	doc_reference(d, "who", DOC_ORGANIZATION);
	doc_close(d, '}');
	doc_close(d, ']');
	doc_open(d, "entity", '[');
	doc_open(d, "", '{');
	doc_str(d, "role", "source");
	put_source(d);
	doc_close(d, '}');
	doc_close(d, ']');
	doc_end(d);
}

/* --- the bundle, but for its end --- */

static void
put_head(struct doc *d)
{
	struct buf hcid = buf_in(d->w->arena, SIZE_MAX);

	buf_str(&hcid, "urn:HCID:");
	buf_add(&hcid, emit_id_text(d->w->arena, d->e->id));
	d->b.error = d->b.error ? d->b.error : hcid.error;
	doc_str(d, "resourceType", "Bundle");
	put_number(d, "identifier");
	doc_str(d, "type", "document");
	doc_time(d, "timestamp", d->e->from);
	doc_open(d, "link", '[');
	doc_open(d, "", '{');
	doc_str(d, "relation", "publication");
	doc_text(d, "url", buf_span(&hcid));
	doc_close(d, '}');
	doc_close(d, ']');
}

/* What the key's certificate lets it sign; without one all. */
static int
read_usage(const struct emission *e, unsigned *out)
{
	struct cert *c = NULL;
	bool foreign;
	int r = 0;

	*out = USAGE_ANY;
	if (e->issuer->cert.len > 0)
		r = cert_from_der(e->issuer->cert, &key_policy_default, &c);
	if (r == 0 && c)
		*out = cert_usage(c, &foreign);
	cert_free(c);
	return r;
}

static bool
is_ours(const struct event *v, const void *usage)
{
	unsigned may = *(const unsigned *)usage;

	if (v->kind == EVENT_TEST)
		return (may & USAGE_TEST) != 0;
	return v->kind == EVENT_VACCINATION && !v->subpotent && may & USAGE_VACCINATION;
}

/* Of a vaccination its issuer stands apart from us, as the protocol's authority; of a test the guide has nobody but the
 * document's author, and that is us. */
static void
put_event(struct doc *d)
{
	if (is_test(d))
		doc_test(d);
	else
		doc_vaccination(d);
	if (d->v->identifier.len > 0)
		loss_drop(d->loss, d->event, ELEMENT_IDENTIFIER, WHY_REPLACED);
	if (is_test(d) && d->v->issuer.len > 0)
		loss_drop(d->loss, d->event, ELEMENT_EVENT_ISSUER, WHY_REPLACED);
}

/* Where no event fits, the rest is told all the same. */
static void
put_bundle(struct doc *d, unsigned usage)
{
	d->event = emit_newest_that(d->e->record, is_ours, &usage, d->loss);
	if (d->event >= 0)
		d->v = &d->e->record->events[d->event];
	doc_open(d, "", '{');
	put_head(d);
	doc_open(d, "entry", '[');
	put_composition(d);
	doc_person(d);
	put_organization(d);
	if (d->v)
		put_event(d);
	put_provenance(d);
	doc_close(d, ']');
	emit_replaced(d->e, d->loss);
}

/* --- the signature --- */

/* As the WHO's network names keys: the first bytes of the certificate's digest, in base64. */
static int
put_kid(struct doc *d, struct buf *b)
{
	uint8_t digest[32];
	struct buf kid = buf_in(d->w->arena, SIZE_MAX);
	int r = 0;

	if (d->e->issuer->cert.len > 0) {
		r = digest_of(d->w->kit, DIGEST_SHA256, d->e->issuer->cert, digest);
		if (r == 0)
			base64_encode(&kid, (struct span){ digest, KID });
	} else {
		buf_add(&kid, d->e->signer->kid);
	}
	buf_json(b, buf_span(&kid));
	return r != 0 ? r : kid.error;
}

/* Compact, with nothing between its dots' payload: the document is that. */
static int
make_jws(struct doc *d, struct span covered, struct buf *jws)
{
	struct buf header = buf_in(d->w->arena, SIZE_MAX);
	struct span input, signature;
	int r;

	buf_str(&header, "{\"alg\":\"ES256\",\"kid\":");
	if ((r = put_kid(d, &header)) != 0)
		return r;
	buf_char(&header, '}');
	if ((r = header.error) != 0)
		return r;
	if ((r = fhir_signing_input(d->w, buf_span(&header), covered, &input)) != 0)
		return r;
	if ((r = d->e->signer->sign(d->e->signer, d->w->arena, input, &signature)) != 0)
		return r;
	base64url_encode(jws, buf_span(&header));
	buf_str(jws, "..");
	base64url_encode(jws, signature);
	return jws->error;
}

/* ASTM E1762: the signature of a source. */
static int
put_signature(struct doc *d, const struct buf *jws)
{
	struct buf data = buf_in(d->w->arena, SIZE_MAX);

	base64_encode(&data, buf_span(jws));
	doc_open(d, "signature", '{');
	doc_open(d, "type", '[');
	doc_open(d, "", '{');
	doc_str(d, "system", "urn:iso-astm:E1762-95:2013");
	doc_str(d, "code", "1.2.840.10065.1.12.1.14");
	doc_close(d, '}');
	doc_close(d, ']');
	doc_time(d, "when", d->e->from);
	doc_reference(d, "who", DOC_ORGANIZATION);
	doc_str(d, "targetFormat", "application/fhir+json");
	doc_str(d, "sigFormat", "application/jose");
	doc_text(d, "data", buf_span(&data));
	doc_close(d, '}');
	doc_close(d, '}');
	return d->b.error ? d->b.error : data.error;
}

/* The text as a tree: what we wrote ourselves is well-formed, but may be more than a reader takes. */
static int
as_tree(struct doc *d, const struct buf *b, const struct node **out)
{
	int r = node_from_json(d->w, buf_span(b), FHIR_LAYER, out);

	return r == 0 && !*out ? -EMSGSIZE : r;
}

static int
sign(struct doc *d)
{
	struct buf open = buf_in(d->w->arena, SIZE_MAX), jws = buf_in(d->w->arena, SIZE_MAX);
	const struct node *bundle;
	struct span covered;
	int r;

	buf_add(&open, buf_span(&d->b));
	buf_char(&open, '}');
	if ((r = open.error) != 0 || (r = as_tree(d, &open, &bundle)) != 0)
		return r;
	if ((r = fhir_covered(d->w, bundle, &covered)) != 0 || !covered.ptr)
		return r != 0 ? r : -EINVAL;
	if ((r = make_jws(d, covered, &jws)) != 0)
		return r;
	return put_signature(d, &jws);
}

/* A text may have a character that FHIR's texts cannot: then the document would be none. */
static int
check_texts(struct doc *d)
{
	struct buf b = buf_in(d->w->arena, SIZE_MAX);
	const struct node *bundle;
	struct span xml;
	int r;

	buf_add(&b, buf_span(&d->b));
	buf_char(&b, '}');
	if ((r = b.error) != 0 ||
		(r = node_from_json(d->w, buf_span(&b), FHIR_LAYER, &bundle)) != 0)
		return r;
	if (bundle && (r = fhir_to_xml(d->w, bundle, FHIR_LAYER, &xml)) != 0)
		return r;
	if (!bundle || !xml.ptr)
		loss_miss(d->loss, d->event, ELEMENT_EVENT, WHY_FORMAT);
	return 0;
}

static int
finish(struct doc *d, const struct target *t, struct emitted *out)
{
	const struct node *bundle;
	struct span xml;
	int r = sign(d);

	if (r != 0)
		return r;
	if (t->variant == FORM_JSON) {
		*out = (struct emitted){ buf_span(&d->b), EMIT_CODE_NONE, "application/fhir+json",
			"json" };
		return 0;
	}
	if ((r = as_tree(d, &d->b, &bundle)) != 0 ||
		(r = fhir_to_xml(d->w, bundle, FHIR_LAYER, &xml)) != 0)
		return r;
	if (!xml.ptr)
		return -EINVAL;
	*out = (struct emitted){ xml, EMIT_CODE_NONE, "application/fhir+xml", "xml" };
	return 0;
}

static int
emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct report unread; /* what is said of our own text is not said of the source */
	struct work own = *w;
	struct doc d = { .w = &own, .e = e, .loss = loss, .b = buf_in(w->arena, SIZE_MAX) };
	unsigned usage;
	int r;

	own.report = &unread;
	report_begin(&unread, w->arena);
	loss_begin(loss, w->arena, e->record);
	if ((r = loss->error) != 0 || (r = read_usage(e, &usage)) != 0)
		return r;
	put_bundle(&d, usage);
	if ((r = loss_rest(loss)) != 0 || (r = d.b.error) != 0)
		return r;
	if (loss->count[LOSS_MISSING] == 0 && (r = check_texts(&d)) != 0)
		return r;
	if (!e->signer || loss->count[LOSS_MISSING] > 0)
		return 0;
	return finish(&d, t, out);
}

const struct target fhir_targets[] = {
	{ "fhir-json", "WHO DDCC document (FHIR, JSON)", "fhir", "who", SIG_ES256, false, false,
		FORM_JSON, emit },
	{ "fhir-xml", "WHO DDCC document (FHIR, XML)", "fhir", "who", SIG_ES256, false, false,
		FORM_XML, emit },
	{ 0 },
};
