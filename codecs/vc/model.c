/* model.c - the data model as a table: a member, where it is demanded, and the shape it must have.
 *
 * Both versions share the table.  A shape is a function that is shown one value;
 * members that may be one or several are walked here.
 */
#include "codecs/vc/model.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/jsonld/iri.h"

#include <stdlib.h>

enum { IN_11 = 1, IN_20 = 2, IN_BOTH = 3 };

struct check_of {
	struct work *w;
	const char *layer;
	enum vc_model model;
	int *error;
};

struct rule {
	const char *member;
	unsigned required, allowed; /* IN_ bits */
	bool many; /* one value or a list of them */
	void (*shape)(const struct check_of *c, const struct node *n);
};

static void
fail(const struct check_of *c, const struct node *n, enum reason reason)
{
	report_fail(c->w->report, reason, node_place(c->w, n, c->layer));
}

static void
missing(const struct check_of *c, const struct node *map, const char *member)
{
	report_fail(c->w->report, REASON_PROFILE_MISSING,
		node_place_under(c->w, map, member, c->layer));
}

/* Characters that RFC 3987 has no place for. */
static bool
never_in_iri(uint8_t c)
{
	return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '{' || c == '}' ||
	       c == '|' || c == '\\' || c == '^' || c == '`';
}

bool
vc_is_url(struct span s)
{
	size_t colon = span_find(s, ':');

	if (!iri_absolute(s, true) || colon + 1 >= s.len)
		return false;
	for (size_t i = colon; i < s.len; i++)
		if (never_in_iri(s.ptr[i]))
			return false;
	return true;
}

bool
vc_time(struct span s, enum vc_model model, int64_t *out)
{
	unsigned oddities = 0;
	unsigned bad = model == VC_MODEL_20 ? TIME_ODD_ZONE | TIME_NO_ZONE : TIME_ODD_ZONE;

	return time_parse(s, out, &oddities) && (oddities & bad) == 0 && span_find(s, ' ') == s.len;
}

static const struct node *
first_of(const struct node *n)
{
	return n && n->kind == NODE_LIST ? n->child : n;
}

enum vc_model
vc_model_of(const struct node *doc)
{
	struct span first = node_text(first_of(node_get(doc, "@context")));

	if (span_is(first, VC_CONTEXT_11))
		return VC_MODEL_11;
	return span_is(first, VC_CONTEXT_20) ? VC_MODEL_20 : VC_MODEL_NONE;
}

bool
vc_says(const struct node *n, struct span text)
{
	if (n && n->kind == NODE_TEXT)
		return span_eq(n->as.bytes, text);
	for (n = n && n->kind == NODE_LIST ? n->child : NULL; n; n = n->next)
		if (n->kind == NODE_TEXT && span_eq(n->as.bytes, text))
			return true;
	return false;
}

bool
vc_has_type(const struct node *doc, const char *type)
{
	return vc_says(node_get(doc, "type"), span_of(type));
}

bool
vc_is_presentation(const struct node *doc)
{
	return vc_has_type(doc, "VerifiablePresentation");
}

struct span
vc_identity(const struct node *doc, const char *member)
{
	const struct node *n = node_get(doc, member);

	return node_text(n && n->kind == NODE_MAP ? node_get(n, "id") : n);
}

/* --- shapes --- */

static void
shape_url(const struct check_of *c, const struct node *n)
{
	if (n->kind != NODE_TEXT)
		fail(c, n, REASON_PROFILE_TYPE);
	else if (!vc_is_url(n->as.bytes))
		fail(c, n, REASON_PROFILE_VALUE);
}

static void
shape_text(const struct check_of *c, const struct node *n)
{
	if (n->kind != NODE_TEXT || n->as.bytes.len == 0)
		fail(c, n, REASON_PROFILE_TYPE);
}

static void
shape_time(const struct check_of *c, const struct node *n)
{
	int64_t t;

	if (n->kind != NODE_TEXT)
		fail(c, n, REASON_PROFILE_TYPE);
	else if (!vc_time(n->as.bytes, c->model, &t))
		fail(c, n, REASON_PROFILE_VALUE);
}

static void
shape_context(const struct check_of *c, const struct node *n)
{
	if (n->kind == NODE_TEXT ? !vc_is_url(n->as.bytes) : n->kind != NODE_MAP)
		fail(c, n, REASON_VC_CONTEXT);
}

/* {"@value", "@language"?, "@direction"?} or a text (2.0, 11.1). */
static void
shape_language(const struct check_of *c, const struct node *n)
{
	if (n->kind != NODE_TEXT && n->kind != NODE_MAP)
		fail(c, n, REASON_PROFILE_TYPE);
	if (n->kind != NODE_MAP)
		return;
	if (!node_get(n, "@value"))
		missing(c, n, "@value");
	for (const struct node *m = n->child; m; m = m->next)
		if (!span_is(m->key, "@value") && !span_is(m->key, "@language") &&
			!span_is(m->key, "@direction"))
			fail(c, m, REASON_PROFILE_VALUE);
}

static void apply(const struct check_of *c, const struct node *map, const struct rule *rules);

static void
shape_map(const struct check_of *c, const struct node *n, const struct rule *rules)
{
	if (n->kind == NODE_MAP)
		apply(c, n, rules);
	else
		fail(c, n, REASON_PROFILE_TYPE);
}

/* A URL, or an object with one (2.0, 4.7 and 4.13.1). */
static void
shape_identity(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "id", IN_BOTH, IN_BOTH, false, shape_url },
		{ "name", 0, IN_20, true, shape_language },
		{ "description", 0, IN_20, true, shape_language }, { 0 } };

	if (n->kind == NODE_MAP)
		apply(c, n, rules);
	else
		shape_url(c, n);
}

/* Of 1.1, identifiers that only processors of its time took for IRIs are in the field: did:Aadhaar Card:1234. */
static void
shape_subject_id(const struct check_of *c, const struct node *n)
{
	struct span s = node_text(n);
	bool absolute = iri_absolute(s, true) && span_find(s, ':') + 1 < s.len;

	if (c->model != VC_MODEL_11 || !absolute)
		shape_url(c, n);
}

static void
shape_subject(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "id", 0, IN_BOTH, false, shape_subject_id }, { 0 } };

	shape_map(c, n, rules);
	if (n->kind == NODE_MAP && n->size == 0)
		fail(c, n, REASON_PROFILE_MISSING);
}

static void
shape_typed(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "type", IN_BOTH, IN_BOTH, true, shape_text },
		{ "id", 0, IN_BOTH, false, shape_url }, { 0 } };

	shape_map(c, n, rules);
}

static void
shape_typed_id(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "type", IN_BOTH, IN_BOTH, true, shape_text },
		{ "id", IN_BOTH, IN_BOTH, false, shape_url }, { 0 } };

	shape_map(c, n, rules);
}

/* `id` is demanded of a status by 1.1 alone (4.9). */
static void
shape_status(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "type", IN_BOTH, IN_BOTH, true, shape_text },
		{ "id", IN_11, IN_BOTH, false, shape_url }, { 0 } };

	shape_map(c, n, rules);
}

static void
shape_related(const struct check_of *c, const struct node *n)
{
	static const struct rule rules[] = { { "id", IN_BOTH, IN_BOTH, false, shape_url }, { 0 } };

	shape_map(c, n, rules);
	if (!node_get(n, "digestSRI") && !node_get(n, "digestMultibase"))
		missing(c, n, "digestMultibase");
}

static void shape_credential(const struct check_of *c, const struct node *n);

/* --- the tables --- */

static const struct rule credential_rules[] = {
	{ "@context", IN_BOTH, IN_BOTH, true, shape_context },
	{ "id", 0, IN_BOTH, false, shape_url },
	{ "type", IN_BOTH, IN_BOTH, true, shape_text },
	{ "name", 0, IN_20, true, shape_language },
	{ "description", 0, IN_20, true, shape_language },
	{ "issuer", IN_BOTH, IN_BOTH, false, shape_identity },
	{ "credentialSubject", IN_BOTH, IN_BOTH, true, shape_subject },
	{ "issuanceDate", IN_11, IN_11, false, shape_time },
	{ "expirationDate", 0, IN_11, false, shape_time },
	{ "validFrom", 0, IN_20, false, shape_time },
	{ "validUntil", 0, IN_20, false, shape_time },
	{ "credentialStatus", 0, IN_BOTH, true, shape_status },
	{ "credentialSchema", 0, IN_BOTH, true, shape_typed_id },
	{ "refreshService", 0, IN_11, true, shape_typed_id },
	{ "refreshService", 0, IN_20, true, shape_typed },
	{ "termsOfUse", 0, IN_BOTH, true, shape_typed },
	{ "evidence", 0, IN_BOTH, true, shape_typed },
	{ "relatedResource", 0, IN_20, true, shape_related },
	{ "proof", 0, IN_BOTH, true, shape_typed },
	{ 0 },
};

static const struct rule presentation_rules[] = {
	{ "@context", IN_BOTH, IN_BOTH, true, shape_context },
	{ "id", 0, IN_BOTH, false, shape_url },
	{ "type", IN_BOTH, IN_BOTH, true, shape_text },
	{ "holder", 0, IN_BOTH, false, shape_identity },
	{ "verifiableCredential", 0, IN_BOTH, true, shape_credential },
	{ "termsOfUse", 0, IN_20, true, shape_typed },
	{ "proof", 0, IN_BOTH, true, shape_typed },
	{ 0 },
};

static unsigned
bit_of(enum vc_model model)
{
	return model == VC_MODEL_11 ? IN_11 : IN_20;
}

static void
apply_to(const struct check_of *c, const struct node *n, const struct rule *r)
{
	if (!r->many || n->kind != NODE_LIST) {
		r->shape(c, n);
		return;
	}
	if (n->size == 0)
		fail(c, n, REASON_PROFILE_MISSING);
	for (const struct node *item = n->child; item; item = item->next)
		r->shape(c, item);
}

static void
apply(const struct check_of *c, const struct node *map, const struct rule *rules)
{
	unsigned bit = bit_of(c->model);

	for (const struct rule *r = rules; r->member; r++) {
		const struct node *n = node_get(map, r->member);
		if (n && (r->allowed & bit))
			apply_to(c, n, r);
		else if (!n && (r->required & bit))
			missing(c, map, r->member);
	}
}

static void
check_order(const struct check_of *c, const struct node *doc)
{
	bool first = c->model == VC_MODEL_11;
	const struct node *from = node_get(doc, first ? "issuanceDate" : "validFrom");
	const struct node *until = node_get(doc, first ? "expirationDate" : "validUntil");
	int64_t a, b;

	if (vc_time(node_text(from), c->model, &a) && vc_time(node_text(until), c->model, &b) &&
		a > b)
		fail(c, until, REASON_VALIDITY_INVERTED);
}

static int
by_text(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* No resource is named twice, for its digests could differ (2.0, 5.3). */
static void
check_related(const struct check_of *c, const struct node *n)
{
	struct span *all;
	size_t count = 0;

	if (c->model != VC_MODEL_20 || !n || n->kind != NODE_LIST || n->size < 2)
		return;
	all = ARENA_ARRAY(c->w->arena, n->size, struct span);
	if (!all) {
		*c->error = arena_error(c->w->arena);
		return;
	}
	for (const struct node *item = n->child; item; item = item->next)
		if (node_text(node_get(item, "id")).len > 0)
			all[count++] = node_text(node_get(item, "id"));
	qsort(all, count, sizeof(*all), by_text);
	for (size_t i = 1; i < count; i++)
		if (span_eq(all[i - 1], all[i])) {
			fail(c, n, REASON_PROFILE_VALUE);
			return;
		}
}

static void
check_credential(const struct check_of *c, const struct node *doc)
{
	apply(c, doc, credential_rules);
	check_related(c, node_get(doc, "relatedResource"));
	if (node_get(doc, "type") && !vc_has_type(doc, "VerifiableCredential"))
		fail(c, node_get(doc, "type"), REASON_VC_TYPE);
	check_order(c, doc);
}

bool
vc_envelope_defined(struct work *w, const struct node *doc, const char *layer)
{
	if (vc_says(node_get(doc, "@context"), SPAN_LIT(VC_CONTEXT_20)))
		return true;
	report_fail(w->report, REASON_VC_CONTEXT, node_place_under(w, doc, "@context", layer));
	return false;
}

/* A credential as a data URL that holds its secured form (2.0, 4.12.1). */
static void
check_enveloped(const struct check_of *c, const struct node *n)
{
	struct span id = node_text(node_get(n, "id"));

	if (!span_starts(id, SPAN_LIT("data:application/vc")))
		report_fail(c->w->report, REASON_PROFILE_VALUE,
			node_place_under(c->w, n, "id", c->layer));
	(void)vc_envelope_defined(c->w, n, c->layer);
}

static void
shape_credential(const struct check_of *c, const struct node *n)
{
	struct check_of own = *c;

	/* a JWT, which is a document of its own; JSON is no text */
	if (n->kind == NODE_TEXT && c->model == VC_MODEL_11 &&
		span_find(n->as.bytes, '{') == n->as.bytes.len)
		return;
	if (n->kind != NODE_MAP) {
		fail(c, n, REASON_PROFILE_TYPE);
		return;
	}
	own.model = vc_model_of(n);
	if (vc_has_type(n, "EnvelopedVerifiableCredential"))
		check_enveloped(c, n);
	else if (own.model == VC_MODEL_NONE)
		report_fail(c->w->report, REASON_VC_CONTEXT,
			node_place_under(c->w, n, "@context", c->layer));
	else
		check_credential(&own, n);
}

int
vc_model_check(struct work *w, const struct node *doc, const char *layer)
{
	int error = 0;
	struct check_of c = { w, layer, vc_model_of(doc), &error };

	if (doc->kind != NODE_MAP) {
		fail(&c, doc, REASON_PROFILE_TYPE);
	} else if (c.model == VC_MODEL_NONE) {
		report_fail(
			w->report, REASON_VC_CONTEXT, node_place_under(w, doc, "@context", layer));
	} else if (vc_is_presentation(doc)) {
		apply(&c, doc, presentation_rules);
	} else {
		check_credential(&c, doc);
	}
	return error;
}
