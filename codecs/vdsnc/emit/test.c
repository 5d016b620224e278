/* test.c - msg.sp, dat and tr: who tested, when, how, and with which result, in the words of the annex. */
#include "codecs/record/crosswalk.h"
#include "codecs/vdsnc/emit/form.h"

enum { CENTRE_MAX = 20, PHONE_MAX = 19 };

/* A word of the annex, and what stands for it in records: its own word, codes of the record's systems, others' words.
 * An amplification of nucleic acids alone (LP6464-4) need not be a PCR, nor need it be another: it has no word. */
struct word {
	const char *word, *same[4];
	enum equivalence map;
};

static const struct word conducted[] = {
	{ "molecular(PCR)", { "RT-PCR", "RT PCR", "PCR" }, MAP_EQUAL },
	{ "molecular(other)", { NULL }, MAP_EQUAL },
	{ "antigen", { "LP217198-3" }, MAP_WIDER },
	{ "antibody", { NULL }, MAP_EQUAL },
	{ 0 },
};
static const struct word results[] = {
	{ "positive", { "260373001" }, MAP_EQUAL },
	{ "negative", { "260415000" }, MAP_EQUAL },
	{ "normal", { NULL }, MAP_EQUAL },
	{ "abnormal", { NULL }, MAP_EQUAL },
	{ 0 },
};
static const struct word methods[] = {
	{ "nasopharyngeal", { "JAM.AH.XF" }, MAP_EQUAL },
	{ "oropharyngeal", { "KAR.AH.XF" }, MAP_EQUAL },
	{ "saliva", { "KAZ.AH.XD" }, MAP_EQUAL },
	{ "blood", { "DIA.AH.XA" }, MAP_EQUAL },
	{ "other", { NULL }, MAP_EQUAL },
	{ 0 },
};

static bool
means(const struct word *w, struct span code)
{
	for (size_t i = 0; code.len > 0 && i < 4 && w->same[i]; i++)
		if (span_is(code, w->same[i]))
			return true;
	return false;
}

/* The way to what the code was mapped to, and from there: as exact as its less exact half. */
static enum equivalence
joined(const struct coded *c, const struct word *w, struct span through)
{
	if (!span_eq(through, c->to_code) || c->map == MAP_NONE || c->map == MAP_EQUAL)
		return w->map;
	return w->map == MAP_EQUAL || w->map == c->map ? c->map : MAP_INEXACT;
}

static const struct word *
find(const struct word *table, const struct coded *c, enum equivalence *map)
{
	const struct span said[] = { c->code, c->display, c->to_code };

	*map = MAP_NONE;
	for (const struct word *w = table; w->word; w++)
		if (c->system.len == 0 && span_is(c->code, w->word))
			return w;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		for (const struct word *w = table; w->word; w++)
			if (means(w, said[i])) {
				*map = joined(c, w, said[i]);
				return w;
			}
	return NULL;
}

static bool
is_word(const struct word *table, struct span s)
{
	for (const struct word *w = table; w->word; w++)
		if (span_is(s, w->word))
			return true;
	return false;
}

static void
put_word(struct form *f, const char *name, enum element el, const struct word *table,
	const struct coded *c, bool required)
{
	struct span supplied = emit_supplied(f->e, el);
	enum equivalence map;
	const struct word *w = find(table, c, &map);
	bool had = record_has(f->e->record, f->event, el);

	if (w && map == MAP_NONE)
		loss_keep(f->loss, f->event, el);
	else if (w)
		loss_map(f->loss, f->event, el, map, c->code, span_of(w->word));
	else if (required && is_word(table, supplied))
		loss_supply(f->loss, f->event, el);
	else if (required)
		loss_miss(f->loss, f->event, el, had ? WHY_NO_CODE : WHY_NONE);
	else if (had)
		loss_drop(f->loss, f->event, el, WHY_NO_CODE);
	if (w || (required && is_word(table, supplied)))
		form_text(f, name, w ? span_of(w->word) : supplied);
}

void
form_test(struct form *f)
{
	const struct event *v = f->v;

	form_open(f, "sp", '{');
	form_required(f, "spn", ELEMENT_CENTRE, v->centre, CENTRE_MAX);
	form_country(f, "ctr");
	form_open(f, "cd", '{');
	form_required(f, "p", ELEMENT_CONTACT_PHONE, v->contact_phone, PHONE_MAX);
	form_required(f, "e", ELEMENT_CONTACT_MAIL, v->contact_mail, 0);
	form_required(f, "a", ELEMENT_CONTACT_ADDRESS, v->contact_address, 0);
	form_close(f, '}');
	form_close(f, '}');
	form_open(f, "dat", '{');
	form_moment(f, "sc", ELEMENT_SAMPLE_TIME, v->sample_time);
	form_moment(f, "ri", ELEMENT_RESULT_TIME, v->result_time);
	emit_carry(f->loss, f->event, ELEMENT_DATE, v->date); /* the day of the sample */
	form_close(f, '}');
	form_open(f, "tr", '{');
	put_word(f, "tc", ELEMENT_TEST_TYPE, conducted, &v->test_type, true);
	put_word(f, "r", ELEMENT_RESULT, results, &v->result, true);
	put_word(f, "m", ELEMENT_SPECIMEN, methods, &v->specimen, false);
	form_close(f, '}');
}
