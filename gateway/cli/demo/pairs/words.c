/* words.c - titles of cases. */
#include "gateway/cli/demo/pairs/words.h"

static const struct {
	enum element element;
	const char *words;
} names[] = {
	{ ELEMENT_BIRTH_DATE, "date of birth" },
	{ ELEMENT_IDENTIFIERS, "number of a document" },
	{ ELEMENT_DISEASE, "disease" },
	{ ELEMENT_VACCINE, "vaccine" },
	{ ELEMENT_BRAND, "product" },
	{ ELEMENT_MA_HOLDER, "holder of the authorisation" },
	{ ELEMENT_LOT, "lot" },
	{ ELEMENT_DATE, "date" },
	{ ELEMENT_DOSE, "number of the dose" },
	{ ELEMENT_TOTAL_DOSES, "number of doses in all" },
	{ ELEMENT_TEST_TYPE, "type of test" },
	{ ELEMENT_SAMPLE_TIME, "time of the sample" },
	{ ELEMENT_RESULT_TIME, "time of the result" },
	{ ELEMENT_RESULT, "result" },
	{ ELEMENT_COUNTRY, "country" },
	{ ELEMENT_CENTRE, "centre" },
	{ ELEMENT_CONTACT_PHONE, "telephone number of the centre" },
	{ ELEMENT_CONTACT_MAIL, "mail address of the centre" },
	{ ELEMENT_CONTACT_ADDRESS, "address of the centre" },
	{ ELEMENT_PRACTITIONER, "practitioner" },
};

/* What stands in front of the elements that are missing for this reason. */
static const char *const fronts[WHY_COUNT] = {
	[WHY_NONE] = "it does not say the ",
	[WHY_NO_PLACE] = "the form has no place for the ",
	[WHY_NO_CODE] = "the form has no code for the ",
	[WHY_FORMAT] = "the form can't hold the ",
	[WHY_DERIVED] = "it was only counted here, not said: the ",
};

static const char *
name_of(enum element e)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].element == e)
			return names[i].words;
	return element_path(e);
}

static bool
is_missing(const struct loss *l, enum element e, enum loss_why why)
{
	size_t at = 0;

	for (const struct loss_row *r = loss_next(l, &at); r; r = loss_next(l, &at))
		if (r->fate == LOSS_MISSING && r->element == e && r->why == why)
			return true;
	return false;
}

/* Each element once, of however many events. */
static size_t
put_elements(struct buf *b, const struct loss *l, enum loss_why why, const char *before)
{
	size_t count = 0, done = 0;

	for (enum element e = 0; e < ELEMENT_EVENT; e++)
		count += is_missing(l, e, why);
	for (enum element e = 0; e < ELEMENT_EVENT; e++) {
		if (!is_missing(l, e, why))
			continue;
		buf_str(b, done == 0 ? before : ++done < count ? ", " : " or ");
		buf_str(b, done == 0 ? fronts[why] : "");
		buf_str(b, name_of(e));
		done += done == 0;
	}
	return count;
}

static void
put_missing(struct buf *b, const struct loss *l)
{
	const char *before = ": ";

	if (is_missing(l, ELEMENT_EVENT, WHY_KIND)) {
		buf_str(b, ": there is nothing in it of what the form is for");
		return;
	}
	for (enum loss_why why = 0; why < WHY_COUNT; why++)
		if (put_elements(b, l, why, before) > 0)
			before = "; ";
}

void
pair_title(struct buf *b, const char *what, const struct attest *a)
{
	buf_str(b, what);
	buf_str(b, a->refusal == REFUSAL_NONE ? ", written as " : ", not written as ");
	buf_str(b, a->target->title);
	if (a->refusal == REFUSAL_SOURCE)
		buf_str(b, ": only what was verified is");
	else if (a->refusal == REFUSAL_EMPTY)
		buf_str(b, ": there is no vaccination, test or recovery in it");
	else if (a->refusal == REFUSAL_TERM)
		buf_str(b, ": nothing would be left of its validity");
	else if (a->refusal == REFUSAL_SIZE)
		buf_str(b, ": it would be too long");
	else if (a->refusal == REFUSAL_MISSING)
		put_missing(b, &a->loss);
}
