/* signed.c - the signature of a bundle, what it covers, and how long the document is valid. */
#include "codecs/fhir/signed.h"

#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/codec.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/edit.h"
#include "codecs/tree/jcs.h"

enum { KID = 8 };

static void
fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, FHIR_LAYER));
}

/* --- what is covered --- */

static bool
is_number(const struct node *n)
{
	return n->kind == NODE_INT || n->kind == NODE_BIG || n->kind == NODE_REAL;
}

/* 1.50 is another measurement than 1.5, and 2.0 no count: a text that signing changes could be changed afterwards. */
static bool
has_plain_numbers(struct work *w, const struct node *n, struct buf *scratch)
{
	if (is_number(n)) {
		scratch->len = 0;
		if (!jcs_write(scratch, n) || scratch->error ||
			!span_eq(buf_span(scratch), n->raw)) {
			if (!scratch->error)
				fail(w, REASON_FHIR_SIGNATURE, n);
			return false;
		}
	}
	if (n->kind != NODE_MAP && n->kind != NODE_LIST)
		return true;
	for (const struct node *c = n->child; c; c = c->next)
		if (!has_plain_numbers(w, c, scratch))
			return false;
	return true;
}

int
fhir_covered(struct work *w, const struct node *bundle, struct span *out)
{
	struct edit edit = { .without = { "signature" } };
	struct buf b = buf_in(w->arena, SIZE_MAX), scratch = buf_in(w->arena, SIZE_MAX);
	const struct node *rest;
	int r;

	*out = SPAN_NONE;
	if (!has_plain_numbers(w, bundle, &scratch))
		return scratch.error;
	if ((r = edit_map(w, bundle, &edit, &rest)) != 0)
		return r;
	if (!jcs_write(&b, rest) && !b.error)
		fail(w, REASON_FHIR_SIGNATURE, bundle);
	else
		*out = buf_span(&b);
	return b.error;
}

int
fhir_signing_input(struct work *w, struct span header, struct span covered, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	base64url_encode(&b, header);
	buf_char(&b, '.');
	base64url_encode(&b, covered);
	*out = buf_span(&b);
	return b.error;
}

/* --- the signature --- */

/* The JWS; *jws SPAN_NONE once something was reported. */
static int
read_data(struct work *w, const struct node *sig, struct span *jws)
{
	const struct node *data = node_get(sig, "data");
	const struct node *form = node_get(sig, "sigFormat");
	size_t bad = 0;

	*jws = SPAN_NONE;
	if (!data || !span_is(node_text(form), "application/jose")) {
		fail(w, REASON_FHIR_SIGNATURE, form ? form : sig);
		return 0;
	}
	int r = base64_decode(w->arena, node_text(data), false, jws, &bad);
	if (r == 0 && !jws->ptr)
		fail(w, REASON_FHIR_SIGNATURE, data);
	return r;
}

/* The WHO's network names keys by 8 bytes, which a header has as base64. */
static int
read_kid(struct work *w, struct span text, struct span *out)
{
	size_t bad;
	int r = base64_decode(w->arena, text, false, out, &bad);

	if (r == 0 && (!out->ptr || out->len != KID))
		*out = text;
	return r;
}

static int
read_proof(struct work *w, const struct node *bundle, const struct node *sig, struct proof *p)
{
	struct span text, covered;
	struct jws jws;
	bool ok = false;
	int r = read_data(w, sig, &text);

	if (r != 0 || !text.ptr || (r = jws_read(w, text, &jws, &ok)) != 0 || !ok)
		return r;
	if (jws.payload.len > 0)
		fail(w, REASON_FHIR_SIGNATURE, node_get(sig, "data"));
	p->accept = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384) | SIG_BIT(SIG_ES512) |
		    SIG_BIT(SIG_PS256) | SIG_BIT(SIG_PS384) | SIG_BIT(SIG_PS512);
	p->alg = jws.alg;
	p->signature = jws.signature;
	if (!(p->accept & SIG_BIT(p->alg)))
		fail(w, REASON_SIGNATURE_ALGORITHM, node_get(sig, "data"));
	if (jws_signature_is_der(p->signature))
		fail(w, REASON_SIGNATURE_DER, node_get(sig, "data"));
	if (report_failed(w->report) || (r = read_kid(w, jws.kid, &p->hint.kid)) != 0)
		return r;
	if ((r = fhir_covered(w, bundle, &covered)) != 0 || !covered.ptr)
		return r;
	return fhir_signing_input(w, jws.header_json, covered, &p->signed_bytes);
}

/* --- dates --- */

static const struct node *
resource_of(const struct node *entry)
{
	return node_get(entry, "resource");
}

/* All of a day, month or year that a period names belongs to it. */
static bool
bound_of(struct span text, bool end, int64_t *out)
{
	struct date d;
	unsigned odd;
	int year, month, day;

	if (time_parse(text, out, &odd))
		return true;
	if (!date_parse(text, &d) || !d.exists)
		return false;
	year = d.year + (end && d.month == 0);
	month = d.month == 0 ? 1 : d.month + (end && d.day == 0);
	day = d.day == 0 ? 1 : d.day;
	if (month > 12) {
		month = 1;
		year++;
	}
	*out = time_of(year, month, day, 0, 0, 0);
	if (end)
		*out += d.day == 0 ? -1 : 86400 - 1;
	return true;
}

static void
narrow(struct work *w, const struct node *period, struct credential *c)
{
	const struct node *start = node_get(period, "start"), *end = node_get(period, "end");
	int64_t t;

	if (start && !bound_of(node_text(start), false, &t))
		fail(w, REASON_FHIR_ELEMENT, start);
	else if (start && (c->not_before == TIME_NONE || t > c->not_before)) {
		c->not_before = t;
		c->dates.not_before = start;
	}
	if (end && !bound_of(node_text(end), true, &t))
		fail(w, REASON_FHIR_ELEMENT, end);
	else if (end && (c->not_after == TIME_NONE || t < c->not_after)) {
		c->not_after = t;
		c->dates.not_after = end;
	}
}

/* Composition.event.period, as the guide has it, and what the key must be good for. */
static void
read_entry(struct work *w, const struct node *resource, struct credential *c)
{
	struct span type = node_text(node_get(resource, "resourceType"));
	const struct node *events = node_get(resource, "event");

	if (span_is(type, "Immunization"))
		c->usage |= USAGE_VACCINATION;
	else if (span_is(type, "Observation"))
		c->usage |= USAGE_TEST;
	else if (span_is(type, "Composition") && events && events->kind == NODE_LIST)
		for (const struct node *e = events->child; e; e = e->next)
			narrow(w, node_get(e, "period"), c);
}

int
fhir_read_signature(struct work *w, const struct node *resource, struct credential *c)
{
	const struct node *sig = node_get(resource, "signature");
	const struct node *entries = node_get(resource, "entry");
	bool bundle = span_is(node_text(node_get(resource, "resourceType")), "Bundle");
	struct proof *p;
	int r;

	if (!bundle || !sig)
		return 0;
	if (!(p = ARENA_NEW(w->arena, struct proof)))
		return arena_error(w->arena);
	if ((r = read_proof(w, resource, sig, p)) != 0 || report_failed(w->report))
		return r;
	c->proofs = p;
	c->proof_count = 1;
	c->domains = GDHCN_DDCC;
	c->dates.layer = FHIR_LAYER;
	for (const struct node *e = entries && entries->kind == NODE_LIST ? entries->child : NULL;
		e; e = e->next)
		read_entry(w, resource_of(e), c);
	return 0;
}
