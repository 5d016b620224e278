/* divoc_event.c - one vaccination or test of a DIVOC credential.
 *
 * Three sets of values are signed without saying which is which: identifiers and names (schema:id), dates
 * (schema:date), and doses (schema:doseValue).  What the values are tells where they belong: a name that is in the
 * tables, a code by its form, the certificate's number by the evidence's own identifier, dates and doses by their
 * order.
 */
#include "codecs/base/date.h"
#include "codecs/credential.h"
#include "codecs/vc/health/divoc.h"
#include "codecs/vc/health/divoc_words.h"
#include "codecs/vc/health/values.h"
#include "codecs/vc/model.h"

enum { DAY = 86400, OWN_NUMBER = 1u << 30 };

/* --- identifiers and names --- */

/* A member of the set, and what its value must be known to be; 0: nothing is known of such values. */
struct slot {
	const char *member;
	unsigned own;
};

static const struct slot vaccination_slots[] = {
	{ "certificateId", OWN_NUMBER },
	{ "batch", 0 },
	{ "vaccine", DIVOC_VACCINE },
	{ "manufacturer", DIVOC_MAKER },
	{ "icd11Code", DIVOC_ICD11 },
	{ 0 },
};

static const struct slot test_slots[] = {
	{ "certificateId", OWN_NUMBER },
	{ "batch", 0 },
	{ "testType", DIVOC_TEST },
	{ "manufacturer", DIVOC_MAKER },
	{ "disease", DIVOC_DISEASE },
	{ "sampleOrigin", DIVOC_ORIGIN },
	{ "result", DIVOC_RESULT },
	{ 0 },
};

/* https://cowin.gov.in/vaccine/987654321098: the certificate's number, which is signed as such. */
static struct span
number_of(const struct node *evidence)
{
	struct span id = divoc_text(evidence, "id");
	size_t at = id.len;

	while (at > 0 && id.ptr[at - 1] != '/')
		at--;
	return at > 0 ? span_from(id, at) : SPAN_NONE;
}

static bool
has_digit(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			return true;
	return false;
}

/* Numbers of batches may hold any letters. */
static unsigned
words_of(const struct slot *s, struct span value, struct span number)
{
	unsigned is = divoc_words(value) | (span_eq(value, number) ? OWN_NUMBER : 0);

	return s->own == 0 && has_digit(value) ? is & (OWN_NUMBER | DIVOC_ICD11) : is;
}

/* A maker may have given its name to a vaccine that is in no table. */
static unsigned
excused(const struct slot *s)
{
	return s->own == DIVOC_VACCINE ? DIVOC_MAKER : 0;
}

/* Whether the value is told by itself; where it contradicts its place, that is reported. */
static bool
is_told(struct divoc_reading *r, const struct node *evidence, const struct slot *s)
{
	struct span value = divoc_text(evidence, s->member), number = number_of(evidence);
	unsigned is = words_of(s, value, number);
	bool own = s->own == 0 ? is == 0 : (is & s->own) != 0;

	if (value.len == 0 || own)
		return true;
	bool number_differs = s->own == OWN_NUMBER && number.len > 0;
	if ((is & ~excused(s)) != 0 || number_differs)
		divoc_fail(r, REASON_VC_AMBIGUOUS, node_get(evidence, s->member));
	else
		divoc_note(r, evidence, s->member);
	return false;
}

/* A batch is told by nothing but that all others are. */
static void
check_slots(struct divoc_reading *r, const struct node *evidence, const struct slot *s)
{
	bool all = true;

	for (; s->member && !r->bad && !r->known; s++)
		all = is_told(r, evidence, s) && all;
	if (!all && !r->bad && divoc_text(evidence, "batch").len > 0)
		divoc_note(r, evidence, "batch");
}

/* --- dates --- */

struct moments {
	struct span text[3]; /* in the order in which they must be */
	int64_t at[3];
	bool timed[3];
};

static bool
read_moment(struct span s, int64_t *at, bool *timed)
{
	unsigned oddities;
	struct date d;

	*timed = time_parse(s, at, &oddities);
	if (*timed)
		return true;
	if (!date_parse(s, &d) || !d.exists || d.day == 0)
		return false;
	*at = time_of(d.year, d.month, d.day, 0, 0, 0);
	return true;
}

/* In order; where one is a day and the other a moment, by days, give or take a zone's difference. */
static bool
follows(const struct moments *m, size_t a, size_t b)
{
	if (m->timed[a] == m->timed[b])
		return m->at[a] <= m->at[b];
	return m->at[a] / DAY <= m->at[b] / DAY + 1;
}

/* What is there must be in order, and the only one with a time of day must be the first. */
static bool
in_order(const struct moments *m, int64_t issued)
{
	size_t last = SIZE_MAX, first = SIZE_MAX;

	for (size_t i = 0; i < 3; i++) {
		if (m->text[i].len == 0)
			continue;
		if (last != SIZE_MAX && (!follows(m, last, i) || (m->timed[i] && !m->timed[last])))
			return false;
		first = first == SIZE_MAX ? i : first;
		last = i;
	}
	return first != 0 || issued == INT64_MIN || m->at[0] <= issued + DAY;
}

static bool
read_moments(struct divoc_reading *r, const struct node *evidence, const char *const *members,
	struct moments *m)
{
	for (size_t i = 0; i < 3 && members[i]; i++) {
		m->text[i] = divoc_text(evidence, members[i]);
		if (m->text[i].len > 0 && !read_moment(m->text[i], &m->at[i], &m->timed[i])) {
			divoc_fail(r, REASON_PROFILE_VALUE, node_get(evidence, members[i]));
			return false;
		}
	}
	if (r->known || in_order(m, r->issued))
		return true;
	divoc_fail(r, REASON_VC_AMBIGUOUS, node_get(evidence, members[0]));
	return false;
}

/* One end of a period alone could have been either. */
static void
read_dates(struct divoc_reading *r, const struct node *evidence, struct event *e)
{
	static const char *const members[] = { "date", "effectiveStart", "effectiveUntil" };
	struct moments m = { 0 };

	if (!read_moments(r, evidence, members, &m))
		return;
	bool both = m.text[1].len > 0 && m.text[2].len > 0;
	bool none = m.text[1].len == 0 && m.text[2].len == 0;
	e->date = span_slice(m.text[0], 0, 10);
	e->moment = m.timed[0] ? m.text[0] : SPAN_NONE;
	if (both || r->known) {
		e->valid_from = span_slice(m.text[1], 0, 10);
		e->valid_until = span_slice(m.text[2], 0, 10);
	} else if (!none) {
		divoc_note(r, evidence, m.text[1].len > 0 ? members[1] : members[2]);
	}
}

/* --- doses --- */

static int64_t
number(const struct node *n)
{
	if (n && n->kind == NODE_INT)
		return n->as.integer > 0 ? n->as.integer : RECORD_NO_NUMBER;
	return health_number(span_trim(node_text(n)));
}

/* The larger is the total: "2 of 1" is "1 of 2" exchanged, or an additional dose that can't be told from it. */
static void
read_doses(struct divoc_reading *r, const struct node *evidence, struct event *e)
{
	int64_t dose = number(node_get(evidence, "dose"));
	int64_t total = number(node_get(evidence, "totalDoses"));

	if (dose == RECORD_NO_NUMBER && total == RECORD_NO_NUMBER)
		return;
	if (!r->known && (dose == RECORD_NO_NUMBER || total == RECORD_NO_NUMBER)) {
		divoc_note(r, evidence, dose == RECORD_NO_NUMBER ? "totalDoses" : "dose");
		return;
	}
	if (dose > total && !r->known) {
		divoc_fail(r, REASON_VC_AMBIGUOUS, node_get(evidence, "dose"));
		return;
	}
	e->dose = dose;
	e->total_doses = total;
}

/* --- the event --- */

static void
read_vaccination(struct divoc_reading *r, const struct node *evidence, struct event *e)
{
	struct span code = divoc_text(evidence, "icd11Code");
	struct span maker = divoc_text(evidence, "manufacturer");
	struct span words = divoc_text(evidence, "prophylaxis");

	event_init(e, EVENT_VACCINATION);
	check_slots(r, evidence, vaccination_slots);
	divoc_vaccine(divoc_text(evidence, "vaccine"), &e->brand, &e->vaccine, &e->disease);
	if (divoc_words(code) & DIVOC_ICD11)
		e->vaccine = divoc_icd11(code, words, &e->disease);
	else if (e->vaccine.display.len == 0)
		e->vaccine.display = words;
	e->manufacturer = divoc_maker(maker);
	e->lot = divoc_text(evidence, "batch");
	if (!r->bad)
		read_dates(r, evidence, e);
	if (!r->bad)
		read_doses(r, evidence, e);
}

static void
read_test(struct divoc_reading *r, const struct node *evidence, struct event *e)
{
	static const char *const times[] = { "sampleCollectionTimestamp", "resultTimestamp", NULL };
	struct moments m = { 0 };

	event_init(e, EVENT_TEST);
	check_slots(r, evidence, test_slots);
	e->test_type = divoc_test(divoc_text(evidence, "testType"));
	e->result = divoc_result(divoc_text(evidence, "result"));
	e->disease = divoc_disease(divoc_text(evidence, "disease"));
	e->specimen = divoc_origin(divoc_text(evidence, "sampleOrigin"));
	e->test_name = divoc_text(evidence, "testName");
	e->manufacturer = divoc_maker(divoc_text(evidence, "manufacturer"));
	if (r->bad || !read_moments(r, evidence, times, &m))
		return;
	e->sample_time = m.text[0];
	e->result_time = m.text[1];
	e->date = span_slice(m.text[0], 0, 10);
}

void
divoc_read_event(struct divoc_reading *r, const struct node *evidence, struct event *e)
{
	const struct node *facility = node_get(evidence, "facility");

	if (vc_has_type(evidence, "TestDetails"))
		read_test(r, evidence, e);
	else
		read_vaccination(r, evidence, e);
	e->centre = divoc_text(facility, "name");
	e->country = divoc_text(node_get(facility, "address"), "addressCountry");
	e->practitioner = divoc_text(node_get(evidence, "verifier"), "name");
	e->issuer = r->issuer;
	e->identifier = divoc_text(evidence, "certificateId");
}
