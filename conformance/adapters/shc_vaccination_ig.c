/* shc_vaccination_ig.c - the Vaccination & Testing guide: its signed scenarios, and its resources with what must be
 * said of each, sealed as cards under a key of ours.
 */
#include "conformance/adapters/shc_codes.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter shc_vaccination_ig_adapter;

enum { CLOCK = 1760000000, ID = 200 };

static const char issuer[] = "https://spec.smarthealth.cards/examples/issuer";
static const char keys[] = "../shc-spec-examples/v1.4.0-2023-06-22/issuer/.well-known/jwks.json";

/* --- signed scenarios --- */

static int
ask(struct shc_world *w, const char *path, struct shc_seen *seen, size_t *count)
{
	struct span text;
	int r = suite_read(w->suite, path, &text);

	return r == 0 ? shc_ask(w, text, seen, count) : r;
}

static int
run_scenarios(struct suite *s)
{
	static const char *const names[] = { "Scenario1Bundle", "Scenario3Bundle" };
	static const char *const tails[] = { "jws.txt", "file.smart-health-card",
		"qr-code-numeric-value-0.txt" };
	struct shc_world w = { .suite = s, .at = CLOCK };
	const char *iss = issuer;
	char path[ID];
	int r = shc_trust_issuers(&w, &iss, 1);

	if (!shc_page_file(&w,
		    "https://spec.smarthealth.cards/examples/issuer/.well-known/jwks.json", keys))
		r = -ENOENT;
	for (size_t i = 0; i < 6 && r == 0; i++) {
		struct shc_seen seen[SHC_ENTRIES];
		size_t count = 0;
		snprintf(path, sizeof(path), "examples/%s-%s", names[i / 3], tails[i % 3]);
		r = ask(&w, path, seen, &count);
		shc_tell_if(s, path, r == 0 && count == 1 && seen[0].verdict == VERDICT_VERIFIED,
			"is not verified", NULL);
	}
	shc_close(&w);
	return r;
}

/* --- resources --- */

/* What the guide's own messages are here. */
static const struct {
	const char *part;
	enum reason reason;
} messages[] = {
	{ "vc-should-be-omitted-privacy", REASON_NOTE_SHC_ELEMENT },
	{ "vc-should-be-omitted", REASON_NOTE_SHC_ID },
	{ "vc-name-invariant", REASON_NOTE_SHC_NAME },
	{ "vc-polymorphic-date-invariant", REASON_NOTE_SHC_DATE },
	{ "vc-shall-be-true-if-populated-invariant", REASON_NOTE_SHC_ELEMENT },
	{ "vc-should-not-include-string-lot", REASON_NOTE_SHC_LOT },
	{ "vc-should-be-under-30-chars", REASON_NOTE_SHC_PERFORMER },
	{ "vc-shall-be-resource-uri", REASON_NOTE_SHC_FULL_URL },
	{ "Not in value set", REASON_NOTE_SHC_IAL },
	{ "vc-observation-quantity-should-have-range", REASON_NOTE_SHC_RANGE },
	{ "vc-observation-range-only-quantity-or-string", REASON_NOTE_SHC_RANGE },
	{ "vaccineCode.coding[0]", REASON_NOTE_SHC_VACCINE_CODE },
};

#define DAY                                                                                     \
	"a result of a day without a time is a note, as the guide wants a time; it passes all " \
	"the same"

static const struct shc_exception exceptions[] = {
	{ "pass 12 invariants/observation-quantity-dm.test.json", DAY },
	{ "pass 13 invariants/observation-string-dm.test.json", DAY },
	{ "pass 14 invariants/observation-non-covid-loinc.test.json", DAY },
	{ "error 23 examples/byCodeSystem/icd11_immunization.json",
		"ICD-11 is one of the three code systems of the present profile" },
	{ 0 },
};

#define PATIENT                                                                              \
	"{\"fullUrl\":\"resource:0\",\"resource\":{\"resourceType\":\"Patient\",\"name\":[{" \
	"\"family\":\"Anyperson\",\"given\":[\"John\"]}],\"birthDate\":\"1951-01-20\"}}"
#define SHOT                                                                                      \
	"{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Immunization\",\"status\":" \
	"\"completed\",\"vaccineCode\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/cvx\"," \
	"\"code\":\"207\"}]},\"patient\":{\"reference\":\"resource:0\"},\"occurrenceDateTime\":"  \
	"\"2021-01-01\"}}"

/* A resource alone is put into a bundle, a patient with a vaccination and anything else with a patient. */
static struct span
bundle_of(struct suite *s, json_t *root)
{
	const char *type = json_string_value(json_object_get(root, "resourceType"));
	bool patient = type && strcmp(type, "Patient") == 0;
	char *text = json_dumps(root, JSON_COMPACT);
	struct buf b = buf_in(s->arena, 1 << 20);

	if (!text)
		return SPAN_NONE;
	if (type && strcmp(type, "Bundle") == 0) {
		buf_str(&b, text);
	} else {
		buf_str(&b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
		buf_str(&b, patient ? "{\"fullUrl\":\"resource:0\",\"resource\":"
				    : PATIENT ",{\"fullUrl\":\"resource:1\",\"resource\":");
		buf_str(&b, text);
		buf_str(&b, patient ? "}," SHOT "]}" : "}]}");
	}
	free(text);
	return buf_span(&b);
}

/* Seals the file's resource and asks about it; false: it is not there. */
static bool
judge(struct suite *s, struct shc_sealer *k, const char *path, struct shc_seen *seen)
{
	struct shc_world w = { .suite = s, .at = CLOCK };
	struct shc_seen all[SHC_ENTRIES];
	struct span bytes, card;
	size_t count = 0;

	if (suite_read(s, path, &bytes) != 0)
		return false;
	json_t *root = json_loadb((const char *)bytes.ptr, bytes.len, 0, NULL);
	int r = shc_sealer_seal(k, bundle_of(s, root), false, &card);
	json_decref(root);
	if (r == 0)
		r = shc_sealer_publish(k, &w);
	if (r == 0)
		r = shc_ask(&w, card, all, &count);
	shc_close(&w);
	if (r == 0 && count == 1)
		*seen = all[0];
	return r == 0 && count == 1;
}

/* "src/test/resources/x.test.json" is invariants/x.test.json. */
static void
path_of(struct span file, char *out)
{
	static const char from[] = "src/test/resources/";
	struct span rest = file;
	bool moved = span_starts(file, SPAN_LIT(from));

	if (moved)
		rest = span_from(file, sizeof(from) - 1);
	snprintf(out, ID, "%s%.*s", moved ? "invariants/" : "", (int)rest.len,
		(const char *)rest.ptr);
}

static enum reason
reason_of(const char *line)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (strstr(line, messages[i].part))
			return messages[i].reason;
	return REASON_NONE;
}

/* A note of the guide's profiles, or why it is no genuine card: where it must pass there is none. */
static enum reason
objection(const struct shc_seen *seen)
{
	for (enum reason r = REASON_NOTE_SHC_BUNDLE_TYPE; r <= REASON_NOTE_SHC_RANGE; r++)
		if (seen->found[r])
			return r;
	return seen->reason;
}

static void
run_line(struct suite *s, struct shc_sealer *k, struct span line, int number, bool errors)
{
	struct span rest = line, file;
	struct shc_seen seen = { 0 };
	char path[ID], id[ID], copy[1024];

	if (!span_split(&rest, ',', &file))
		return;
	snprintf(copy, sizeof(copy), "%.*s", (int)line.len, (const char *)line.ptr);
	path_of(file, path);
	snprintf(id, sizeof(id), "%s %d %.160s", errors ? "error" : "pass", number, path);
	if (!judge(s, k, path, &seen)) {
		suite_tell(s, id, CASE_SKIP, "the resource is not in the corpus");
		return;
	}
	enum reason want = errors ? reason_of(copy) : objection(&seen);
	bool agrees = errors ? seen.found[want] : want == REASON_NONE;
	shc_tell_if(
		s, id, agrees, want ? reason_code(want) : "the message is not known", exceptions);
}

static int
run_table(struct suite *s, struct shc_sealer *k, const char *path, bool errors)
{
	struct span text, line;
	int number = 0, r = suite_read(s, path, &text);

	while (r == 0 && span_split(&text, '\n', &line)) {
		line = span_trim(line);
		if (number++ > 0 && line.len > 0)
			run_line(s, k, line, number, errors);
	}
	return r;
}

static int
run(struct suite *s)
{
	struct shc_sealer *k = shc_sealer_new(s);
	int r = k ? run_scenarios(s) : -ENOMEM;

	if (r == 0)
		r = run_table(s, k, "invariants/tests.csv", false);
	if (r == 0)
		r = run_table(s, k, "invariants/tests_errors.csv", true);
	suite_tell(s, "images", CASE_SKIP,
		"images of QR codes are not read; the digits beside them are");
	shc_sealer_free(k);
	return r;
}

const struct adapter shc_vaccination_ig_adapter = { "shc-vaccination-ig", run };
