/* divoc.c - see divoc.h: whose credential it is, the shape that alone is read, the person. */
#include "codecs/vc/health/divoc.h"

#include "codecs/base/arena.h"
#include "codecs/vc/health/values.h"
#include "codecs/vc/model.h"

static const struct divoc_shape address[] = {
	{ "streetAddress", DIVOC_SCALAR, NULL },
	{ "streetAddress2", DIVOC_SCALAR, NULL },
	{ "city", DIVOC_SCALAR, NULL },
	{ "district", DIVOC_SCALAR, NULL },
	{ "addressRegion", DIVOC_SCALAR, NULL },
	{ "postalCode", DIVOC_SCALAR, NULL },
	{ "addressCountry", DIVOC_SCALAR, NULL },
	{ 0 },
};

static const struct divoc_shape person[] = {
	{ "type", DIVOC_TYPE, NULL },
	{ "id", DIVOC_SCALAR, NULL },
	{ "refId", DIVOC_SCALAR, NULL },
	{ "uhid", DIVOC_SCALAR, NULL },
	{ "name", DIVOC_SCALAR, NULL },
	{ "age", DIVOC_SCALAR, NULL },
	{ "dob", DIVOC_SCALAR, NULL },
	{ "gender", DIVOC_SCALAR, NULL },
	{ "nationality", DIVOC_SCALAR, NULL },
	{ "address", DIVOC_OBJECT, address },
	{ 0 },
};

static const struct divoc_shape verifier[] = {
	{ "id", DIVOC_SCALAR, NULL },
	{ "name", DIVOC_SCALAR, NULL },
	{ "sign-image", DIVOC_SCALAR, NULL },
	{ 0 },
};

static const struct divoc_shape facility[] = {
	{ "name", DIVOC_SCALAR, NULL },
	{ "address", DIVOC_OBJECT, address },
	{ "seal-image", DIVOC_SCALAR, NULL },
	{ 0 },
};

static const struct divoc_shape vaccination[] = {
	{ "type", DIVOC_TYPE, NULL },
	{ "id", DIVOC_SCALAR, NULL },
	{ "certificateId", DIVOC_SCALAR, NULL },
	{ "feedbackUrl", DIVOC_SCALAR, NULL },
	{ "infoUrl", DIVOC_SCALAR, NULL },
	{ "batch", DIVOC_SCALAR, NULL },
	{ "vaccine", DIVOC_SCALAR, NULL },
	{ "manufacturer", DIVOC_SCALAR, NULL },
	{ "icd11Code", DIVOC_SCALAR, NULL },
	{ "prophylaxis", DIVOC_SCALAR, NULL },
	{ "date", DIVOC_SCALAR, NULL },
	{ "effectiveStart", DIVOC_SCALAR, NULL },
	{ "effectiveUntil", DIVOC_SCALAR, NULL },
	{ "dose", DIVOC_SCALAR, NULL },
	{ "totalDoses", DIVOC_SCALAR, NULL },
	{ "verifier", DIVOC_OBJECT, verifier },
	{ "facility", DIVOC_OBJECT, facility },
	{ 0 },
};

static const struct divoc_shape test[] = {
	{ "type", DIVOC_TYPE, NULL },
	{ "id", DIVOC_SCALAR, NULL },
	{ "certificateId", DIVOC_SCALAR, NULL },
	{ "feedbackUrl", DIVOC_SCALAR, NULL },
	{ "infoUrl", DIVOC_SCALAR, NULL },
	{ "batch", DIVOC_SCALAR, NULL },
	{ "testType", DIVOC_SCALAR, NULL },
	{ "testName", DIVOC_SCALAR, NULL },
	{ "manufacturer", DIVOC_SCALAR, NULL },
	{ "disease", DIVOC_SCALAR, NULL },
	{ "sampleOrigin", DIVOC_SCALAR, NULL },
	{ "sampleCollectionTimestamp", DIVOC_SCALAR, NULL },
	{ "resultTimestamp", DIVOC_SCALAR, NULL },
	{ "result", DIVOC_SCALAR, NULL },
	{ "verifier", DIVOC_OBJECT, verifier },
	{ "facility", DIVOC_OBJECT, facility },
	{ 0 },
};

/* What stands beside the statements on the person is the data model's concern. */
static const struct divoc_shape whole[] = {
	{ "@context", DIVOC_ANY, NULL },
	{ "id", DIVOC_SCALAR, NULL },
	{ "type", DIVOC_ANY, NULL },
	{ "issuer", DIVOC_ANY, NULL },
	{ "issuanceDate", DIVOC_SCALAR, NULL },
	{ "expirationDate", DIVOC_SCALAR, NULL },
	{ "nonTransferable", DIVOC_SCALAR, NULL },
	{ "credentialSubject", DIVOC_OBJECT, person },
	{ "evidence", DIVOC_ANY, NULL },
	{ "credentialStatus", DIVOC_ANY, NULL },
	{ "credentialSchema", DIVOC_ANY, NULL },
	{ "proof", DIVOC_ANY, NULL },
	{ 0 },
};

/* --- recognising --- */

/* https://cowin.gov.in/credentials/vaccination/v2 */
static bool
is_context(struct span url)
{
	return span_holds(url, SPAN_LIT("/credentials/vaccination/v")) ||
	       span_holds(url, SPAN_LIT("/credentials/testCertificate/v"));
}

bool
divoc_is(const struct node *doc)
{
	const struct node *contexts = node_get(doc, "@context");

	if (!contexts || contexts->kind != NODE_LIST || contexts->size != 2)
		return false;
	return span_is(node_text(contexts->child), VC_CONTEXT_11) &&
	       is_context(node_text(contexts->child->next)) &&
	       (vc_has_type(doc, "ProofOfVaccinationCredential") ||
		       vc_has_type(doc, "ProofOfTestCertificateCredential"));
}

/* --- shape --- */

void
divoc_fail(struct divoc_reading *r, enum reason reason, const struct node *n)
{
	report_fail(r->w->report, reason, node_place(r->w, n, r->layer));
	r->bad = true;
}

void
divoc_note(struct divoc_reading *r, const struct node *map, const char *member)
{
	report_find(r->w->report, REASON_NOTE_VC_AMBIGUOUS,
		node_place_under(r->w, map, member, r->layer));
}

struct span
divoc_text(const struct node *map, const char *member)
{
	return span_trim(node_text(node_get(map, member)));
}

static const struct divoc_shape *
shape_of(const struct divoc_shape *s, struct span member)
{
	while (s->member && !span_is(member, s->member))
		s++;
	return s->member ? s : NULL;
}

static bool
is_scalar(const struct node *n)
{
	return n->kind == NODE_TEXT || n->kind == NODE_INT || n->kind == NODE_REAL ||
	       n->kind == NODE_NULL || n->kind == NODE_BIG;
}

static bool
is_type(const struct node *n)
{
	if (n->kind == NODE_LIST && n->size == 1)
		n = n->child;
	return n->kind == NODE_TEXT;
}

static bool
fits(const struct divoc_shape *s, const struct node *n)
{
	switch (s->kind) {
	case DIVOC_SCALAR:
		return is_scalar(n);
	case DIVOC_TYPE:
		return is_type(n);
	case DIVOC_OBJECT:
		return n->kind == NODE_MAP;
	case DIVOC_ANY:
		break;
	}
	return true;
}

/* Another member could only be another name for the same (schema:name), or a context of its own. */
void
divoc_check_shape(struct divoc_reading *r, const struct node *map, const struct divoc_shape *shape)
{
	for (const struct node *n = map ? map->child : NULL; n && !r->bad; n = n->next) {
		const struct divoc_shape *s = shape_of(shape, n->key);
		if (!s)
			divoc_fail(r, REASON_VC_MEMBER, n);
		else if (!fits(s, n))
			divoc_fail(r, REASON_PROFILE_TYPE, n);
		else if (s->inside)
			divoc_check_shape(r, n, s->inside);
	}
}

static void
check_evidence(struct divoc_reading *r, const struct node *n)
{
	bool is_test = vc_has_type(n, "TestDetails");

	if (n->kind != NODE_MAP)
		divoc_fail(r, REASON_PROFILE_TYPE, n);
	else if (!is_test && !vc_has_type(n, "Vaccination"))
		divoc_fail(r, REASON_VC_MEMBER, n);
	else
		divoc_check_shape(r, n, is_test ? test : vaccination);
}

/* Two objects of one identifier are one to the signature: values could move from one to the other. */
static void
check_identifiers(struct divoc_reading *r, const struct node *list)
{
	struct span subject = divoc_text(node_get(r->doc, "credentialSubject"), "id");

	for (const struct node *n = list->child; n && !r->bad; n = n->next) {
		struct span id = divoc_text(n, "id");
		bool twice = id.len > 0 && span_eq(id, subject);
		for (const struct node *o = n->next; o && id.len > 0; o = o->next)
			twice = twice || span_eq(id, divoc_text(o, "id"));
		if (twice)
			divoc_fail(r, REASON_VC_AMBIGUOUS, n);
	}
}

static const struct node *
check_credential(struct divoc_reading *r)
{
	const struct node *evidence = node_get(r->doc, "evidence");
	const struct node *subject = node_get(r->doc, "credentialSubject");

	divoc_check_shape(r, r->doc, whole);
	if (!r->bad && subject && !vc_has_type(subject, "Person"))
		divoc_fail(r, REASON_VC_MEMBER, subject);
	if (!r->bad && evidence && evidence->kind != NODE_LIST)
		divoc_fail(r, REASON_PROFILE_TYPE, evidence);
	for (const struct node *n = evidence ? evidence->child : NULL; n && !r->bad; n = n->next)
		check_evidence(r, n);
	if (!r->bad && evidence)
		check_identifiers(r, evidence);
	return r->bad ? NULL : evidence;
}

/* --- the person --- */

static int
read_identifiers(struct divoc_reading *r, const struct node *subject, struct record *out)
{
	static const char *const members[] = { "id", "refId", "uhid" };
	struct identifier *all = ARENA_ARRAY(r->w->arena, 3, struct identifier);
	struct span ref = divoc_text(subject, "refId"), uhid = divoc_text(subject, "uhid");
	bool either = !r->known && ref.len > 0 && uhid.len > 0 && !span_eq(ref, uhid);

	if (!all)
		return arena_error(r->w->arena);
	if (either)
		divoc_note(r, subject, "uhid");
	out->identifiers = all;
	for (size_t i = 0; i < 3; i++) {
		struct span value = divoc_text(subject, members[i]);
		bool typed = i > 0 && !either;
		if (value.len > 0)
			all[out->identifier_count++] = (struct identifier){ .value = value,
				.type = typed ? span_of(members[i]) : SPAN_NONE };
	}
	return 0;
}

static int
read_person(struct divoc_reading *r, struct record *out)
{
	const struct node *subject = node_get(r->doc, "credentialSubject");

	out->name.text = divoc_text(subject, "name");
	out->birth_date = health_day(divoc_text(subject, "dob"));
	out->sex = divoc_text(subject, "gender");
	out->nationality = divoc_text(subject, "nationality");
	if (out->birth_date.len == 0)
		report_find(r->w->report, REASON_NOTE_RECORD_MISSING,
			node_place_under(r->w, subject ? subject : r->doc, "dob", r->layer));
	return read_identifiers(r, subject, out);
}

/* The address of its own context, which says whose form it is and in which version. */
static struct span
version(const struct node *doc)
{
	return node_text(node_get(doc, "@context")->child->next);
}

static int
read_events(struct divoc_reading *r, const struct node *list, struct record *out)
{
	size_t n = list ? list->size : 0, max = r->w->limits->record_events;

	if (n > max) {
		report_limit(r->w->report, "record.events", max, node_place(r->w, list, r->layer));
		r->bad = true;
		return 0;
	}
	out->events = n > 0 ? ARENA_ARRAY(r->w->arena, n, struct event) : NULL;
	if (n > 0 && !out->events)
		return arena_error(r->w->arena);
	for (const struct node *e = n > 0 ? list->child : NULL; e && !r->bad; e = e->next)
		divoc_read_event(r, e, &out->events[out->event_count++]);
	return 0;
}

static int
read_credential(struct divoc_reading *r, struct record *out)
{
	struct record read = *out;

	r->issuer = vc_identity(r->doc, "issuer");
	if (!vc_time(divoc_text(r->doc, "issuanceDate"), VC_MODEL_11, &r->issued))
		r->issued = INT64_MIN;
	const struct node *evidence = check_credential(r);
	int error = r->bad ? 0 : read_person(r, &read);
	if (error == 0 && !r->bad)
		error = read_events(r, evidence, &read);
	if (error != 0 || r->bad)
		return error;
	read.certificate.issuer = r->issuer;
	read.certificate.version = version(r->doc);
	if (read.event_count > 0)
		read.certificate.identifier = read.events[0].identifier;
	*out = read;
	return 0;
}

int
divoc_normalise(
	struct work *w, const struct node *credential, const char *layer, struct record *out)
{
	struct divoc_reading r = { .w = w, .layer = layer, .doc = credential };

	return read_credential(&r, out);
}

int
divoc_read_known(
	struct work *w, const struct node *credential, const char *layer, struct record *out)
{
	struct divoc_reading r = { .w = w, .layer = layer, .doc = credential, .known = true };

	return read_credential(&r, out);
}
