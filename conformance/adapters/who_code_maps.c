/* who_code_maps.c - the DDCC guide's maps to ICD-11, row by row: each code through the reader of its scheme.
 *
 * Read: codemaps.ndjson ({map, code, tcode}).
 */
#include "codecs/base/arena.h"
#include "codecs/record/core.h"
#include "codecs/record/crosswalk.h"
#include "codecs/vc/health/divoc_words.h"
#include "codecs/vdsnc/vdsnc.h"
#include "conformance/adapters/who.h"

#include <stdio.h>
#include <string.h>

#define SNOMED SPAN_LIT("http://snomed.info/sct")

/* Which member of a core data set's test the map fills; VACCINE: it is one of vaccines, and of our crosswalk. */
enum part { VACCINE, TYPE, RESULT, ORIGIN, PATHOGEN };
enum reader { CROSSWALK, DIVOC, SEAL };

static const struct map {
	const char *name;
	enum part part;
	enum reader reader;
	enum code_system from;
} maps[] = {
	{ "vaccine-covid19-euur-to-icd11", VACCINE, CROSSWALK, CODES_PRODUCT },
	{ "vaccine-covid19-cvx-to-icd11", VACCINE, CROSSWALK, CODES_CVX },
	{ "vaccine-covid19-snomed-to-icd11", VACCINE, CROSSWALK, CODES_SNOMED },
	{ "lab-test-type-covid19-loinc-to-icd11", TYPE, CROSSWALK, CODES_LOINC },
	{ "lab-test-type-snomed-to-icd11", TYPE, CROSSWALK, CODES_OTHER },
	{ "lab-test-type-divoc-to-icd11", TYPE, DIVOC, CODES_OTHER },
	{ "lab-test-type-icao-to-icd11", TYPE, SEAL, CODES_OTHER },
	{ "lab-test-qual-result-snomed-to-icd11", RESULT, CROSSWALK, CODES_RESULT },
	{ "lab-test-qual-result-divoc-to-icd11", RESULT, DIVOC, CODES_OTHER },
	{ "lab-test-qual-result-icao-to-icd11", RESULT, SEAL, CODES_OTHER },
	{ "lab-test-sample-origin-divoc-to-icd11", ORIGIN, DIVOC, CODES_OTHER },
	{ "lab-test-sample-origin-icao-to-icd11", ORIGIN, SEAL, CODES_OTHER },
	{ "who-ddcc-map-sct-ichi-specimen-origin", ORIGIN, CROSSWALK, CODES_SPECIMEN },
	{ "lab-test-pathogen-snomed-to-icd11", PATHOGEN, CROSSWALK, CODES_OTHER },
	{ "lab-test-pathogen-divoc-to-icd11", PATHOGEN, DIVOC, CODES_OTHER },
};

static const struct {
	const char *map, *code, *ours, *why;
} exceptions[] = {
	{ "lab-test-qual-result-", NULL, "QA02",
		"the value set has QA02 for what is not detected" },
	{ "lab-test-type-covid19-loinc-to-icd11", "98069-8", "",
		"it is a test of antibodies, and no nucleic acid amplification" },
	{ "lab-test-type-icao-to-icd11", "molecular(other)", "1334426561",
		"it is no test of antigens: amplification of nucleic acids is the nearest" },
};

static struct coded *
part_of(struct event *e, enum part part)
{
	return part == TYPE     ? &e->test_type
	       : part == RESULT ? &e->result
	       : part == ORIGIN ? &e->specimen
				: &e->disease;
}

static struct coded
divoc_code(enum part part, struct span text)
{
	return part == TYPE     ? divoc_test(text)
	       : part == RESULT ? divoc_result(text)
	       : part == ORIGIN ? divoc_origin(text)
				: divoc_disease(text);
}

static struct coded
crosswalk_code(const struct map *m, struct span code)
{
	struct coded c = { .code = code };

	if (m->part == PATHOGEN)
		c.system = SNOMED;
	if (m->from != CODES_OTHER && !crosswalk_map(m->from, &c))
		c.code = SPAN_NONE;
	return c;
}

/* A seal's message of this one member. */
static int
seal_code(struct work *w, enum part part, struct span code, struct event *out)
{
	const char *member = part == TYPE ? "tc" : part == RESULT ? "r" : "m";
	struct buf b = buf_in(w->arena, SIZE_MAX);
	const struct node *message = NULL;
	struct record r;

	buf_str(&b, "{\"tr\":{\"");
	buf_str(&b, member);
	buf_str(&b, "\":");
	buf_json(&b, code);
	buf_str(&b, "}}");
	record_init(&r);
	int error = b.error ? b.error : node_from_json(w, buf_span(&b), "row", &message);
	struct vds v = { .type = VDS_TEST, .header = message, .message = message };
	struct credential c = { .scheme_data = &v };
	if (error == 0)
		error = message ? vds_normalise(w, &c, &r) : -1;
	if (error == 0 && r.event_count == 1)
		*out = r.events[0];
	return error;
}

static struct span
written(struct suite *s, const struct event *e, enum part part)
{
	static const char *const members[] = {
		[TYPE] = "type", [RESULT] = "result", [ORIGIN] = "origin", [PATHOGEN] = "pathogen"
	};
	struct buf b = buf_in(dcc_report(s)->arena, SIZE_MAX);
	struct record r;

	record_init(&r);
	core_event(&b, &r, e);
	json_t *core = b.error ? NULL : dcc_json(buf_span(&b));
	const json_t *test = json_object_get(core, "test");
	struct span out = arena_copy(
		dcc_report(s)->arena, dcc_text(json_object_get(test, members[part]), "code"));
	json_decref(core);
	return out;
}

/* What the code becomes in the core data set; SPAN_NONE: nothing. */
static struct span
mapped_code(struct suite *s, const struct map *m, struct span code)
{
	struct coded c = crosswalk_code(m, code);
	struct event e;

	event_init(&e, EVENT_TEST);
	if (m->part == VACCINE || (m->reader == CROSSWALK && c.code.len == 0))
		return m->part == VACCINE ? c.to_code : SPAN_NONE;
	if (m->reader == SEAL && seal_code(suite_work(s), m->part, code, &e) != 0)
		return SPAN_NONE;
	if (m->reader != SEAL)
		*part_of(&e, m->part) = m->reader == DIVOC ? divoc_code(m->part, code) : c;
	return written(s, &e, m->part);
}

static const char *
exception(struct span map, struct span code, struct span got)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (span_starts(map, span_of(exceptions[i].map)) &&
			(!exceptions[i].code || span_is(code, exceptions[i].code)) &&
			span_is(got, exceptions[i].ours))
			return exceptions[i].why;
	return NULL;
}

static int
code_map(struct suite *s, const json_t *row, void *arg)
{
	long long *alike = arg;
	struct span map = dcc_text(row, "map"), code = dcc_text(row, "code"),
		    want = dcc_text(row, "tcode");
	size_t i = 0;
	char id[128];

	while (i < sizeof(maps) / sizeof(maps[0]) && !span_is(map, maps[i].name))
		i++;
	if (i == sizeof(maps) / sizeof(maps[0]))
		return 0;
	snprintf(id, sizeof(id), "%s %.*s", maps[i].name, (int)code.len, (const char *)code.ptr);
	struct span got = mapped_code(s, &maps[i], code);
	const char *why = exception(map, code, got);
	*alike += span_eq(got, want);
	if (span_eq(got, want))
		suite_tell(s, id, CASE_PASS, NULL);
	else if (why)
		suite_tell(s, id, CASE_EXCEPTION, "%s", why);
	else
		suite_tell(s, id, CASE_FAIL, "%.*s, where it is %.*s", (int)got.len,
			(const char *)(got.ptr ? got.ptr : (const uint8_t *)""), (int)want.len,
			(const char *)want.ptr);
	return 0;
}

int
who_code_maps(struct suite *s)
{
	long long alike = 0;
	int r = who_lines(s, "codemaps.ndjson", code_map, &alike);

	suite_figure(s, "codes mapped alike", alike);
	return r;
}
