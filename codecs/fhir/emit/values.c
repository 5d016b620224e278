/* values.c - codes, moments and countries of the document's events, told as they are written. */
#include "codecs/base/date.h"
#include "codecs/fhir/emit/doc.h"
#include "codecs/record/countries.h"

/* --- codes --- */

/* The source's own code where that has a system, else what it was mapped to, else whatever it has. */
static struct coded
best_of(const struct coded *c)
{
	bool own = c->code.len > 0 && (c->system.len > 0 || c->to_code.len == 0);

	if (own || (c->to_code.len == 0 && c->display.len > 0))
		return (struct coded){
			.code = c->code, .system = c->system, .display = c->display, .map = MAP_NONE
		};
	return (struct coded){ .code = c->to_code,
		.system = c->to_system,
		.display = c->to_display,
		.map = c->code.len > 0 ? c->map : MAP_NONE };
}

static bool
has_any(const struct coded *c)
{
	return c->code.len + c->display.len + c->to_code.len > 0;
}

void
doc_coding(struct doc *d, const char *name, const struct coded *c)
{
	doc_open(d, name, '{');
	doc_text(d, "system", c->system);
	doc_text(d, "code", c->code);
	doc_text(d, "display", c->display);
	doc_close(d, '}');
}

/* Words alone stand as the text of a concept. */
void
doc_coded(struct doc *d, const char *name, const struct coded *c)
{
	doc_open(d, name, '{');
	if (c->code.len > 0) {
		doc_open(d, "coding", '[');
		doc_coding(d, "", c);
		doc_close(d, ']');
	} else {
		doc_text(d, "text", c->display);
	}
	doc_close(d, '}');
}

static void
tell(struct doc *d, enum element el, const struct coded *from, const struct coded *to)
{
	if (to->map == MAP_NONE)
		loss_keep(d->loss, d->event, el);
	else
		loss_map(d->loss, d->event, el, to->map, from->code, to->code);
}

/* False: it is not to be had. */
bool
doc_choose(struct doc *d, enum element el, const struct coded *c, bool required, struct coded *out)
{
	*out = best_of(c);
	if (has_any(out)) {
		tell(d, el, c, out);
		return true;
	}
	if (required)
		out->code = emit_require(d->e, d->loss, d->event, el, SPAN_NONE);
	return out->code.len > 0;
}

/* --- other values --- */

/* As precise as it is, or a moment with its zone: FHIR's dateTime. */
bool
doc_is_when(struct span s)
{
	struct date day;
	unsigned odd = 0;
	int64_t t;

	return (date_parse(s, &day) && day.exists) ||
	       (time_parse(s, &t, &odd) && !(odd & (TIME_ODD_ZONE | TIME_NO_ZONE)) &&
		       s.ptr[10] == 'T');
}

void
doc_when(struct doc *d, const char *name, enum element el, struct span value)
{
	if (doc_is_when(value))
		doc_text(d, name, emit_carry(d->loss, d->event, el, value));
	else
		loss_miss(d->loss, d->event, el, value.len > 0 ? WHY_FORMAT : WHY_NONE);
}

/* Alpha-3, as the guide's value set has them. */
static struct span
country_of(struct doc *d)
{
	struct span value = d->v->country, two = country_alpha2(value);
	struct span three = country_known(two) ? country_alpha3(two) : SPAN_NONE;
	struct span supplied = emit_supplied(d->e, ELEMENT_COUNTRY);

	if (three.len > 0 && span_eq(three, value)) {
		loss_keep(d->loss, d->event, ELEMENT_COUNTRY);
	} else if (three.len > 0) {
		loss_map(d->loss, d->event, ELEMENT_COUNTRY, MAP_EQUAL, value, three);
	} else if (country_alpha3(country_alpha2(supplied)).len > 0) {
		three = country_alpha3(country_alpha2(supplied));
		loss_supply(d->loss, d->event, ELEMENT_COUNTRY);
	} else {
		loss_miss(
			d->loss, d->event, ELEMENT_COUNTRY, value.len > 0 ? WHY_NO_CODE : WHY_NONE);
	}
	return three;
}

void
doc_country(struct doc *d)
{
	struct span code = country_of(d);

	if (code.len == 0)
		return;
	doc_open(d, "", '{');
	doc_str(d, "url", DOC_EXTENSION("DDCCCountryOfEvent"));
	doc_text(d, "valueCode", code);
	doc_close(d, '}');
}

void
doc_display(struct doc *d, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	doc_open(d, name, '{');
	doc_text(d, "display", value);
	doc_close(d, '}');
}
