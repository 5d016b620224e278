/* medication.c - the medication overview of patients abroad (sub-claim -7; PH4H, MedicationOverviewMin). */
#include "codecs/base/arena.h"
#include "codecs/hcert/who.h"

#include <stddef.h>

enum { LINES_MAX = 3 };

#define TO(member) offsetof(struct who_person, member)
static const struct who_field person_fields[] = {
	{ "n", NULL, WHO_TEXT, WHO_REQUIRED, TO(name) },
	{ "dob", NULL, WHO_DATE, WHO_REQUIRED, TO(birth) },
	{ "s", NULL, WHO_SEX, WHO_REQUIRED, TO(sex) },
	{ "nt", NULL, WHO_TEXT, WHO_OPTIONAL, TO(nationality) },
	{ "id", NULL, WHO_TEXT, WHO_OPTIONAL, TO(id) },
	{ "dt", NULL, WHO_TEXT, WHO_OPTIONAL, TO(id_type) },
	{ 0 },
};
#undef TO

#define TO(member) offsetof(struct medication, member)
static const struct who_field fields[] = {
	{ "m", NULL, WHO_CODED, WHO_REQUIRED, TO(code) },
	{ "s", NULL, WHO_TEXT, WHO_EXPECTED, TO(status) }, /* the WHO's own example leaves it out */
	{ "es", NULL, WHO_DATE, WHO_OPTIONAL, TO(from) },
	{ "ee", NULL, WHO_DATE, WHO_OPTIONAL, TO(until) },
	{ "da", NULL, WHO_DATE, WHO_OPTIONAL, TO(asserted) },
	{ "d", NULL, WHO_TEXT, WHO_OPTIONAL, TO(dosage) },
	{ "r", NULL, WHO_TEXT, WHO_OPTIONAL, TO(reason) },
	{ "a", NULL, WHO_TEXT, WHO_OPTIONAL, TO(adherence) },
	{ 0 },
};
#undef TO

/* None at all is a statement, too: no medication is taken. */
static int
check(struct work *w, const void *found)
{
	const struct node *lines = node_get(found, "m");

	who_check(w, found, person_fields);
	if (!lines || lines->kind == NODE_NULL)
		return 0;
	if (lines->kind != NODE_LIST) {
		who_fail(w, REASON_PROFILE_TYPE, lines);
		return 0;
	}
	if (lines->size > LINES_MAX)
		who_note(w, REASON_NOTE_MEDICATION_LINES, lines);
	for (const struct node *n = lines->child; n; n = n->next) {
		if (n->kind == NODE_MAP)
			who_check(w, n, fields);
		else
			who_fail(w, REASON_PROFILE_TYPE, n);
	}
	return 0;
}

static int
read_lines(struct work *w, const struct node *lines, struct record *out)
{
	if (!lines || lines->kind != NODE_LIST)
		return 0;
	if (lines->size > w->limits->record_events) {
		report_limit(w->report, "record.events", w->limits->record_events, PLACE_NONE);
		return 0;
	}
	out->medications = ARENA_ARRAY(w->arena, lines->size + 1, struct medication);
	if (!out->medications)
		return arena_error(w->arena);
	for (const struct node *n = lines->child; n; n = n->next)
		if (n->kind == NODE_MAP)
			who_fill(n, fields, &out->medications[out->medication_count++]);
	return 0;
}

static int
normalise(struct work *w, const struct credential *c, const void *found, struct record *out)
{
	struct record r = *out;
	int error = who_person(w, c, found, person_fields, &r);

	if (error == 0)
		error = read_lines(w, node_get(found, "m"), &r);
	if (error == 0)
		*out = r;
	return error;
}

/* The extended key usages of health certificates know no medication. */
static int
open(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	(void)w;
	*found = content;
	*usage = 0;
	return 0;
}

const struct subclaim hcert_medication = {
	.key = -7,
	.name = "-7",
	.scheme = "ph4h-medication",
	.kinds = 1u << NODE_MAP,
	.domains = GDHCN_PH4H,
	.as_in_the_field = true,
	.open = open,
	.check = check,
	.normalise = normalise,
};
