/* who_icvp.c - claims of vaccination certificates against the logical model, and both lists of products.
 *
 * Read: icvp-expectations.ndjson ({case, corpus, logical_model, model_violations}) with the codes of the corpora
 * who-itb and who-validator-samples, product-ids-2025.ndjson and product-ids-2026.ndjson.
 */
#include "codecs/base/arena.h"
#include "codecs/record/products.h"
#include "conformance/adapters/who.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter who_icvp_adapter;

struct wanted {
	const char *id;
	json_t *row;
};

static int
find(struct suite *s, const json_t *row, void *arg)
{
	struct wanted *w = arg;

	(void)s;
	if (!w->row && span_is(dcc_text(row, "id"), w->id))
		w->row = json_deep_copy(row);
	return 0;
}

static bool
same(const json_t *want, const char *member, struct span got)
{
	struct span text = dcc_text(want, member);

	return json_object_get(want, member) ? span_eq(text, got) : got.len == 0;
}

static bool
same_issuer(const json_t *details, struct span got)
{
	struct span text = dcc_text(json_object_get(details, "issuer"), "reference");

	return text.len == 0 ? got.len == 0
			     : span_eq(span_from(text, strlen("Organization/")), got);
}

/* The first member that differs; NULL: none. */
static const char *
event_differs(const json_t *want, const struct event *e)
{
	const json_t *period = json_object_get(want, "validityPeriod");
	struct span product = e->brand.code.len && e->vaccine.code.len == 0 ? e->brand.code
									    : e->vaccine.code;

	if (!same(json_object_get(want, "productID"), "code", product))
		return "productID";
	if (!same(want, "date", e->date))
		return "date";
	if (!same(json_object_get(want, "batchNo"), "text", e->lot))
		return "batchNo";
	if (!same(period, "start", e->certified_from) || !same(period, "end", e->certified_until))
		return "validityPeriod";
	if (!same(want, "clinicianName", e->practitioner))
		return "clinicianName";
	return same_issuer(want, e->issuer) ? NULL : "issuer";
}

static bool
same_sex(const json_t *want, struct span got)
{
	struct span text = dcc_text(want, "sex");

	return span_eq(text, got) || (span_is(text, "M") && span_is(got, "male")) ||
	       (span_is(text, "F") && span_is(got, "female"));
}

static const char *
differs(const json_t *want, const struct record *r)
{
	const json_t *details = json_object_get(want, "vaccineDetails");
	struct identifier none = { 0 }, id = r->identifier_count ? r->identifiers[0] : none;

	if (!same(want, "name", r->name.text))
		return "name";
	if (!same(want, "dob", r->birth_date))
		return "dob";
	if (!same_sex(want, r->sex))
		return "sex";
	if (!same(want, "nid", id.value) || !same(want, "ndt", id.type))
		return "nid";
	if (!same(want, "nationality", r->nationality) || !same(want, "guardian", r->guardian))
		return "nationality or guardian";
	if (json_array_size(details) != r->event_count)
		return "number of vaccinations";
	for (size_t i = 0; i < r->event_count; i++) {
		const char *member = event_differs(json_array_get(details, i), &r->events[i]);
		if (member)
			return member;
	}
	return NULL;
}

static const struct {
	const char *words;
	enum reason reason;
} violations[] = {
	{ "v is not an array", REASON_NOTE_ICVP_OBJECT },
	{ "has neither is nor cn", REASON_NOTE_ICVP_NOBODY },
	{ "not in ICVPProductIds", REASON_NOTE_ICVP_DRAFT },
	{ "is a key of the 2024 DVC draft", REASON_NOTE_ICVP_DRAFT },
};

/* Content alone is looked at: one of the codes is not signed by the key that it names. */
static const char *
read_claim(struct suite *s, const json_t *code, const json_t *expected)
{
	struct credential c = { .not_before = TIME_NONE, .not_after = TIME_NONE };
	struct record r;
	struct work *w = suite_work(s);
	const struct codec *codec = codec_detect(dcc_text(code, "qr"));
	size_t i;
	json_t *words;

	record_init(&r);
	if (!codec || codec->decode(w, dcc_text(code, "qr"), &c) != 0 || !c.payload)
		return "it is not decoded";
	w->now = c.not_before + 1;
	if (codec->check(w, &c) != 0 || codec->normalise(w, &c, &r) != 0)
		return "it can't be read";
	/* whether its certificate counts at the time of issue the rows do not say */
	if (report_failed(w->report) && dcc_reason(s, CHECK_FORMAT) != REASON_ICVP_EXPIRED)
		return reason_code(dcc_reason(s, CHECK_FORMAT));
	json_array_foreach(json_object_get(expected, "model_violations"), i, words)
	{
		bool told = false;
		for (size_t k = 0; k < sizeof(violations) / sizeof(violations[0]); k++)
			told = told || (strstr(json_string_value(words), violations[k].words) &&
					       dcc_found(s, violations[k].reason));
		if (!told)
			return json_string_value(words);
	}
	return differs(json_object_get(expected, "logical_model"), &r);
}

static int
claim(struct suite *s, const json_t *row, void *arg)
{
	struct wanted w = { json_string_value(json_object_get(row, "case")), NULL };
	char path[96];

	(void)arg;
	snprintf(path, sizeof(path), "../%s/cases.ndjson",
		json_string_value(json_object_get(row, "corpus")));
	int r = who_lines(s, path, find, &w);
	if (r != 0 || !w.row) {
		suite_tell(s, w.id, CASE_SKIP, "the corpus with its code is not beside this one");
		return 0;
	}
	const char *why = read_claim(s, w.row, row);
	suite_tell(s, w.id, why ? CASE_FAIL : CASE_PASS, "%s", why ? why : "");
	json_decref(w.row);
	return 0;
}

static enum product_disease
disease_of(struct span text)
{
	if (text.len > 0 && memmem(text.ptr, text.len, "Yellow", 6))
		return PRODUCT_YELLOW_FEVER;
	return text.len > 0 && memmem(text.ptr, text.len, "Polio", 5) ? PRODUCT_POLIO
								      : PRODUCT_OTHER;
}

static int
old_product(struct suite *s, const json_t *row, void *arg)
{
	const struct product *p = product_named(dcc_text(row, "code"));
	struct span text = dcc_text(row, "display"), since = p ? p->since : SPAN_NONE;
	char day[16] = "";

	++*(long long *)arg;
	if (since.len == 10) /* written there as day/month/year */
		snprintf(day, sizeof(day), "%.2s/%.2s/%.4s", (const char *)&since.ptr[8],
			(const char *)&since.ptr[5], (const char *)since.ptr);
	bool good = p && p->disease == disease_of(text) && p->disease != PRODUCT_OTHER &&
		    span_starts(text, span_of(day));
	suite_tell(s, json_string_value(json_object_get(row, "code")), good ? CASE_PASS : CASE_FAIL,
		"not in the table, or of another disease or day");
	return 0;
}

static int
new_product(struct suite *s, const json_t *row, void *arg)
{
	const struct product *p = product_named(dcc_text(row, "code"));
	const struct product *twin = p && p->twin.len ? product_named(p->twin) : NULL;

	++*(long long *)arg;
	bool good = p && same(row, "type", p->type) && same(row, "date", p->since) &&
		    p->doses == json_integer_value(json_object_get(row, "doses")) &&
		    (!twin || (span_eq(twin->twin, p->code) && twin->doses == p->doses));
	suite_tell(s, json_string_value(json_object_get(row, "code")), good ? CASE_PASS : CASE_FAIL,
		"not in the table, or another product there");
	return 0;
}

static int
run(struct suite *s)
{
	long long old = 0, present = 0;
	int r = who_lines(s, "icvp-expectations.ndjson", claim, NULL);

	if (r == 0)
		r = who_lines(s, "product-ids-2025.ndjson", old_product, &old);
	if (r == 0)
		r = who_lines(s, "product-ids-2026.ndjson", new_product, &present);
	suite_figure(s, "products of the guide", old);
	suite_figure(s, "products of 2026", present);
	return r;
}

const struct adapter who_icvp_adapter = { "who-icvp", run };
