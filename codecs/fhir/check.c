/* check.c - what a signed document must not leave open: whose it is, and whether what it says was done. */
#include "codecs/base/report.h"
#include "codecs/fhir/signed.h"

static void
fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, FHIR_LAYER));
}

static bool
is_type(const struct node *resource, const char *type)
{
	return span_is(node_text(node_get(resource, "resourceType")), type);
}

static bool
is_one_of(struct span s, const char *const *words)
{
	for (; *words; words++)
		if (span_is(s, *words))
			return true;
	return false;
}

/* Nothing was given, or nothing is found out yet, whatever else stands there. */
static void
check_status(struct work *w, const struct node *resource, const char *const *good)
{
	const struct node *status = node_get(resource, "status");

	if (!status)
		report_fail(w->report, REASON_PROFILE_MISSING,
			node_place_under(w, resource, "status", FHIR_LAYER));
	else if (!is_one_of(node_text(status), good))
		fail(w, REASON_PROFILE_STATUS, status);
}

/* By the entry's address, or as Patient/id. */
static bool
is_meant(const struct node *entry, struct span reference)
{
	struct span id = node_text(node_get(node_get(entry, "resource"), "id"));
	struct span type = SPAN_LIT("Patient/");

	if (reference.len > 0 && span_eq(node_text(node_get(entry, "fullUrl")), reference))
		return true;
	return id.len > 0 && span_starts(reference, type) &&
	       span_eq(span_from(reference, type.len), id);
}

static void
check_person(
	struct work *w, const struct node *resource, const char *member, const struct node *patient)
{
	const struct node *reference = node_get(node_get(resource, member), "reference");

	if (reference && !is_meant(patient, node_text(reference)))
		fail(w, REASON_PROFILE_PERSON, reference);
}

/* Whoever does not understand such an element must not read the rest as if it were not there (R4, 2.4.2). */
static void
check_modifiers(struct work *w, const struct node *resource)
{
	static const char *const names[] = { "modifierExtension", "implicitRules" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (node_get(resource, names[i]))
			fail(w, REASON_PROFILE_VALUE, node_get(resource, names[i]));
}

static void
check_resource(struct work *w, const struct node *resource, const struct node *patient)
{
	static const char *const done[] = { "completed", NULL };
	static const char *const found[] = { "final", "amended", "corrected", NULL };
	static const char *const issued[] = { "final", "amended", NULL };

	check_modifiers(w, resource);
	if (is_type(resource, "Immunization")) {
		check_status(w, resource, done);
		check_person(w, resource, "patient", patient);
	} else if (is_type(resource, "Observation")) {
		check_status(w, resource, found);
		check_person(w, resource, "subject", patient);
	} else if (is_type(resource, "Composition")) {
		check_status(w, resource, issued);
		check_person(w, resource, "subject", patient);
	}
}

/* The only entry of a type; NULL once it was reported that there is none, or a second one. */
static const struct node *
only(struct work *w, const struct node *bundle, const struct node *entries, const char *type)
{
	const struct node *found = NULL;

	for (const struct node *e = entries ? entries->child : NULL; e; e = e->next) {
		if (!is_type(node_get(e, "resource"), type))
			continue;
		if (found)
			fail(w, REASON_PROFILE_VALUE, e);
		found = e;
	}
	if (!found)
		report_fail(w->report, REASON_PROFILE_MISSING,
			node_place_under(w, bundle, "entry", FHIR_LAYER));
	return found;
}

int
fhir_check(struct work *w, const struct credential *c)
{
	const struct node *entries = node_get(c->payload, "entry");
	const struct node *patient = only(w, c->payload, entries, "Patient");

	if (!span_is(node_text(node_get(c->payload, "type")), "document"))
		fail(w, REASON_PROFILE_VALUE, c->payload);
	only(w, c->payload, entries, "Composition");
	check_modifiers(w, c->payload);
	for (const struct node *e = entries ? entries->child : NULL; e; e = e->next)
		check_resource(w, node_get(e, "resource"), patient);
	return 0;
}
