/* eu_dcc.c - the EU Digital COVID Certificate (sub-claim 1): what a verifier demands of its content.
 *
 * The profile is the lenient one that every genuine certificate meets; each departure
 * from the schema that is tolerated is told as a note.
 */
#include "codecs/hcert/eu_dcc.h"
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/cert.h"

#include <math.h>
#include <stddef.h>

enum { TEXT_MAX = 255, DATE_LENGTH = 10 };

#define TO(member) offsetof(struct event, member)

static const struct dcc_field vaccination[] = {
	{ "tg", DCC_TG, DCC_CODE, true, VALUES_DISEASE, TO(disease) },
	{ "vp", DCC_VP, DCC_CODE, true, VALUES_PROPHYLAXIS, TO(vaccine) },
	{ "mp", DCC_MP, DCC_CODE, true, VALUES_PRODUCT, TO(brand) },
	{ "ma", DCC_MA, DCC_CODE, true, VALUES_HOLDER, TO(ma_holder) },
	{ "dn", DCC_DN, DCC_NUMBER, true, VALUES_NONE, TO(dose) },
	{ "sd", DCC_SD, DCC_NUMBER, true, VALUES_NONE, TO(total_doses) },
	{ "dt", DCC_DT, DCC_DATE, true, VALUES_NONE, TO(date) },
	{ "co", DCC_CO, DCC_TEXT, true, VALUES_NONE, TO(country) },
	{ "is", DCC_IS, DCC_TEXT, true, VALUES_NONE, TO(issuer) },
	{ "ci", DCC_CI, DCC_IDENTIFIER, true, VALUES_NONE, TO(identifier) },
	{ 0 },
};

static const struct dcc_field test[] = {
	{ "tg", DCC_TG, DCC_CODE, true, VALUES_DISEASE, TO(disease) },
	{ "tt", DCC_TT, DCC_CODE, true, VALUES_TEST_TYPE, TO(test_type) },
	{ "nm", DCC_NM, DCC_TEXT, false, VALUES_NONE, TO(test_name) },
	{ "ma", DCC_MA, DCC_CODE, false, VALUES_TEST_DEVICE, TO(test_device) },
	{ "sc", DCC_SC, DCC_TIME, true, VALUES_NONE, TO(sample_time) },
	{ "dr", DCC_DR, DCC_TIME, false, VALUES_NONE, TO(result_time) },
	{ "tr", DCC_TR, DCC_CODE, true, VALUES_TEST_RESULT, TO(result) },
	{ "tc", DCC_TC, DCC_TEXT, false, VALUES_NONE, TO(centre) },
	{ "co", DCC_CO, DCC_TEXT, true, VALUES_NONE, TO(country) },
	{ "is", DCC_IS, DCC_TEXT, true, VALUES_NONE, TO(issuer) },
	{ "ci", DCC_CI, DCC_IDENTIFIER, true, VALUES_NONE, TO(identifier) },
	{ 0 },
};

static const struct dcc_field recovery[] = {
	{ "tg", DCC_TG, DCC_CODE, true, VALUES_DISEASE, TO(disease) },
	{ "fr", DCC_FR, DCC_DATE, true, VALUES_NONE, TO(first_positive) },
	{ "df", DCC_DF, DCC_DATE, true, VALUES_NONE, TO(valid_from) },
	{ "du", DCC_DU, DCC_DATE, true, VALUES_NONE, TO(valid_until) },
	{ "co", DCC_CO, DCC_TEXT, true, VALUES_NONE, TO(country) },
	{ "is", DCC_IS, DCC_TEXT, true, VALUES_NONE, TO(issuer) },
	{ "ci", DCC_CI, DCC_IDENTIFIER, true, VALUES_NONE, TO(identifier) },
	{ 0 },
};

const struct dcc_group dcc_groups[DCC_GROUPS] = {
	{ "v", EVENT_VACCINATION, USAGE_VACCINATION, vaccination },
	{ "t", EVENT_TEST, USAGE_TEST, test },
	{ "r", EVENT_RECOVERY, USAGE_RECOVERY, recovery },
};

static void
fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, HCERT_LAYER));
}

static void
note(struct work *w, enum reason reason, const struct node *n)
{
	report_find(w->report, reason, node_place(w, n, HCERT_LAYER));
}

/* A text, where there is one: the schema bounds its length and lets it be empty.  Blanks around it are tolerated. */
static bool
check_text(struct work *w, const struct node *n)
{
	if (n->kind != NODE_TEXT) {
		fail(w, REASON_PROFILE_TYPE, n);
		return false;
	}
	struct span s = span_trim(n->as.bytes);
	if (s.len > TEXT_MAX && utf8_count(s) > TEXT_MAX) {
		fail(w, REASON_PROFILE_VALUE, n);
		return false;
	}
	if (s.len == 0) {
		note(w, REASON_NOTE_EMPTY, n);
		return false;
	}
	if (s.len != n->as.bytes.len)
		note(w, REASON_NOTE_BLANKS, n);
	return true;
}

static void
check_code(struct work *w, const struct node *n, struct span words)
{
	if (check_text(w, n) && !words.ptr)
		note(w, REASON_NOTE_CODE_UNKNOWN, n);
}

static void
check_number(struct work *w, const struct node *n)
{
	bool whole = n->kind == NODE_REAL && n->as.real == floor(n->as.real) &&
		     fabs(n->as.real) < 1e9;

	if (n->kind != NODE_INT && n->kind != NODE_REAL)
		fail(w, REASON_PROFILE_TYPE, n);
	else if ((n->kind == NODE_REAL && (!whole || n->as.real < 0)) ||
		 (n->kind == NODE_INT && n->as.integer < 0))
		fail(w, REASON_PROFILE_VALUE, n);
	else if (whole)
		note(w, REASON_NOTE_NUMBER_FLOAT, n);
}

static void
note_tag(struct work *w, const struct node *n)
{
	if (n->tag_count > 0)
		note(w, REASON_NOTE_DATE_TAGGED, n);
}

/* A text that says something, as a date or time must. */
static bool
check_filled(struct work *w, const struct node *n)
{
	if (n->kind == NODE_TEXT && span_trim(n->as.bytes).len == 0) {
		fail(w, REASON_PROFILE_VALUE, n);
		return false;
	}
	return check_text(w, n);
}

/* A full date; some issuers add a time of day, which is cut off. */
static void
check_date(struct work *w, const struct node *n)
{
	struct date d;

	if (!check_filled(w, n))
		return;
	note_tag(w, n);
	struct span s = span_trim(n->as.bytes);
	if (s.len < DATE_LENGTH || !date_parse(span_slice(s, 0, DATE_LENGTH), &d)) {
		fail(w, REASON_PROFILE_VALUE, n);
		return;
	}
	if (s.len > DATE_LENGTH && s.ptr[DATE_LENGTH] != 'T' && s.ptr[DATE_LENGTH] != ' ')
		fail(w, REASON_PROFILE_VALUE, n);
	else if (s.len > DATE_LENGTH)
		note(w, REASON_NOTE_DATE_TIME, n);
	if (!d.exists || d.month == 0 || d.day == 0)
		note(w, REASON_NOTE_DATE_IMPOSSIBLE, n);
}

static void
check_time(struct work *w, const struct node *n)
{
	int64_t t;
	unsigned odd = 0;

	if (!check_filled(w, n))
		return;
	note_tag(w, n);
	if (!time_parse(span_trim(n->as.bytes), &t, &odd))
		fail(w, REASON_PROFILE_VALUE, n);
	else if (odd & (TIME_NO_ZONE | TIME_ODD_ZONE))
		note(w, REASON_NOTE_TIME_ZONE, n);
}

static void
check_field(struct work *w, const struct dcc_entry *e, const struct dcc_field *f)
{
	const struct node *n = dcc_present(e->member[f->id]);
	/* an optional text may be there and empty */
	bool empty = n && n->kind == NODE_TEXT && span_trim(n->as.bytes).len == 0;
	if (!n || (empty && !f->required)) {
		if (f->required)
			report_fail(w->report, REASON_PROFILE_MISSING,
				node_place_under(w, e->node, f->key, HCERT_LAYER));
		return;
	}
	switch (f->kind) {
	case DCC_TEXT:
		check_text(w, n);
		break;
	case DCC_CODE:
		check_code(w, n, e->words[f->id]);
		break;
	case DCC_NUMBER:
		check_number(w, n);
		break;
	case DCC_DATE:
		check_date(w, n);
		break;
	case DCC_TIME:
		check_time(w, n);
		break;
	case DCC_IDENTIFIER:
		if (check_text(w, n))
			dcc_check_identifier(w, n);
		break;
	}
}

static int64_t
as_number(const struct node *n)
{
	if (!n || (n->kind != NODE_INT && n->kind != NODE_REAL))
		return RECORD_NO_NUMBER;
	return n->kind == NODE_INT ? n->as.integer : (int64_t)n->as.real;
}

static void
note_nulls(struct work *w, const struct node *entry)
{
	for (const struct node *n = entry->child; n; n = n->next)
		if (n->kind == NODE_NULL)
			note(w, REASON_NOTE_NULL, n);
}

static void
check_country(struct work *w, const struct node *country)
{
	struct span code = span_trim(node_text(country));

	if (code.len > 0 && !valueset_display(VALUES_COUNTRY, code).ptr)
		note(w, REASON_NOTE_CODE_UNKNOWN, country);
}

static void
check_entry(struct work *w, const struct dcc_entry *e, const struct dcc_group *g)
{
	const struct node *dose = dcc_present(e->member[DCC_DN]);
	const struct node *doses = dcc_present(e->member[DCC_SD]);

	if (e->nulls)
		note_nulls(w, e->node);
	for (const struct dcc_field *f = g->fields; f->key; f++) {
		check_field(w, e, f);
		if (f->id == DCC_CO)
			check_country(w, dcc_present(e->member[DCC_CO]));
	}
	if (g->kind == EVENT_VACCINATION && dose && as_number(dose) > as_number(doses))
		note(w, REASON_NOTE_DOSES, dose);
}

/* Since schema 1.3.0, and in the guidelines all along: one certificate, one event. */
static void
check_groups(struct work *w, const struct dcc *d)
{
	size_t groups = 0, last = 0;

	for (size_t i = 0; i < DCC_GROUPS; i++) {
		const struct node *n = d->group[i];
		if (n && n->kind == NODE_NULL)
			note(w, REASON_NOTE_NULL, n);
		if (!dcc_present(n))
			continue;
		groups++;
		last = i;
	}
	const struct dcc_entry *entry = dcc_only_entry(d, last);
	if (groups != 1 || !entry) {
		fail(w, REASON_PROFILE_GROUPS, d->root);
		return;
	}
	check_entry(w, entry, &dcc_groups[last]);
}

static void
check_transliterated(struct work *w, const struct node *n)
{
	struct span s = node_text(n);

	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < 'A' || s.ptr[i] > 'Z') && s.ptr[i] != '<') {
			note(w, REASON_NOTE_NAME_CHARACTERS, n);
			return;
		}
}

static void
check_person(struct work *w, const struct dcc *d)
{
	const struct node *name = dcc_present(d->name);
	bool any = false;

	if (!name || name->kind != NODE_MAP) {
		report_fail(w->report, name ? REASON_PROFILE_TYPE : REASON_PROFILE_MISSING,
			node_place_under(w, d->root, "nam", HCERT_LAYER));
		return;
	}
	for (size_t i = 0; i < DCC_NAMES; i++) {
		const struct node *n = dcc_present(d->names[i]);
		if (n && n->kind != NODE_TEXT)
			fail(w, REASON_PROFILE_TYPE, n);
		any = any || span_trim(node_text(n)).len > 0;
		if (n && i >= DCC_FNT)
			check_transliterated(w, n);
	}
	if (!any)
		report_fail(w->report, REASON_PROFILE_MISSING,
			node_place_under(w, name, "fnt", HCERT_LAYER));
}

/* Full, partial, with zeros for what is unknown, with a time behind it, or empty. */
static void
check_birth_date(struct work *w, const struct dcc *d)
{
	const struct node *n = dcc_present(d->birth);
	struct date date;

	if (!n || n->kind != NODE_TEXT) {
		report_fail(w->report, n ? REASON_PROFILE_TYPE : REASON_PROFILE_MISSING,
			node_place_under(w, d->root, "dob", HCERT_LAYER));
		return;
	}
	note_tag(w, n);
	struct span s = span_trim(n->as.bytes);
	if (s.len == 0)
		return;
	if (!date_parse(span_slice(s, 0, DATE_LENGTH), &date) ||
		(s.len > DATE_LENGTH && s.ptr[DATE_LENGTH] != 'T')) {
		fail(w, REASON_PROFILE_VALUE, n);
		return;
	}
	if (s.len > DATE_LENGTH)
		note(w, REASON_NOTE_DATE_TIME, n);
	if (!date.exists)
		note(w, REASON_NOTE_DATE_IMPOSSIBLE, n);
}

static void
check_version(struct work *w, const struct dcc *d)
{
	const struct node *n = dcc_present(d->version);

	if (!n || n->kind != NODE_TEXT)
		report_fail(w->report, n ? REASON_PROFILE_TYPE : REASON_PROFILE_MISSING,
			node_place_under(w, d->root, "ver", HCERT_LAYER));
}

int
dcc_check(struct work *w, const void *found)
{
	const struct dcc *d = found;

	check_version(w, d);
	check_person(w, d);
	check_birth_date(w, d);
	check_groups(w, d);
	dcc_check_schema(w, d);
	return 0;
}

int
dcc_open(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	struct dcc *d = ARENA_NEW(w->arena, struct dcc);

	if (!d)
		return arena_error(w->arena);
	dcc_find(content, d);
	*usage = 0;
	for (size_t i = 0; i < DCC_GROUPS; i++)
		if (dcc_present(d->group[i]))
			*usage |= dcc_groups[i].usage;
	*found = d;
	return 0;
}

/* Of a certificate with several entries the first counts here, and its profile is broken anyway.  Not trimmed: hashes
 * are of the very bytes. */
static void
find_status(const void *found, struct status_claim *out)
{
	const struct dcc *d = found;

	out->kind = STATUS_CLAIM_UCI;
	for (size_t i = 0; i < DCC_GROUPS && out->id.len == 0; i++) {
		out->node = d->entry[i].member[DCC_CI];
		out->id = node_text(out->node);
		out->country = node_text(d->entry[i].member[DCC_CO]);
	}
}

const struct subclaim hcert_eu_dcc = {
	.key = 1,
	.name = "1",
	.scheme = "eu-dcc",
	.kinds = 1u << NODE_MAP,
	.domains = GDHCN_DCC,
	.open = dcc_open,
	.status = find_status,
	.check = dcc_check,
	.normalise = dcc_normalise,
};
