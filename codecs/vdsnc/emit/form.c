/* form.c - members of data.msg; canonical JSON puts them in order afterwards. */
#include "codecs/vdsnc/emit/form.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/record/countries.h"

enum { DAY_LENGTH = 10 };

static void
name(struct form *f, const char *key)
{
	uint8_t last = !f->b.error && f->b.len > 0 ? f->b.ptr[f->b.len - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(&f->b, ',');
	if (!key[0])
		return;
	buf_json(&f->b, span_of(key));
	buf_char(&f->b, ':');
}

void
form_open(struct form *f, const char *key, char bracket)
{
	name(f, key);
	buf_char(&f->b, bracket);
}

void
form_close(struct form *f, char bracket)
{
	buf_char(&f->b, bracket);
}

void
form_text(struct form *f, const char *key, struct span value)
{
	name(f, key);
	buf_json(&f->b, value);
}

void
form_number(struct form *f, const char *key, int64_t value)
{
	name(f, key);
	buf_int(&f->b, value);
}

bool
form_fits(struct span value, size_t max)
{
	return value.len > 0 && (max == 0 || utf8_count(value) <= max);
}

bool
form_is_day(struct span s)
{
	struct date d;

	return date_parse(s, &d) && d.exists && d.day > 0;
}

/* --- values that are told --- */

/* The operator's, where that is good; else the element is missing. */
static void
supply(struct form *f, const char *key, enum element el, struct span supplied, bool had)
{
	if (supplied.len > 0) {
		loss_supply(f->loss, f->event, el);
		form_text(f, key, supplied);
	} else {
		loss_miss(f->loss, f->event, el, had ? WHY_FORMAT : WHY_NONE);
	}
}

void
form_required(struct form *f, const char *key, enum element el, struct span value, size_t max)
{
	struct span supplied = emit_supplied(f->e, el);

	if (form_fits(value, max))
		form_text(f, key, emit_carry(f->loss, f->event, el, value));
	else
		supply(f, key, el, form_fits(supplied, max) ? supplied : SPAN_NONE, value.len > 0);
}

void
form_optional(struct form *f, const char *key, enum element el, struct span value, size_t max)
{
	if (form_fits(value, max))
		form_text(f, key, emit_carry(f->loss, f->event, el, value));
	else if (value.len > 0)
		loss_drop(f->loss, f->event, el, WHY_FORMAT);
}

void
form_day(struct form *f, const char *key, enum element el, struct span value)
{
	struct span supplied = emit_supplied(f->e, el), day = span_slice(value, 0, DAY_LENGTH);

	if (form_is_day(value)) {
		form_text(f, key, emit_carry(f->loss, f->event, el, value));
	} else if (value.len > DAY_LENGTH && value.ptr[DAY_LENGTH] == 'T' && form_is_day(day)) {
		loss_map(f->loss, f->event, el, MAP_WIDER, SPAN_NONE, SPAN_NONE);
		form_text(f, key, day);
	} else {
		supply(f, key, el, form_is_day(supplied) ? supplied : SPAN_NONE, value.len > 0);
	}
}

/* RFC 3339 to the letter; another way to write the same moment is written anew. */
void
form_moment(struct form *f, const char *key, enum element el, struct span value)
{
	struct buf b = buf_in(f->w->arena, SIZE_MAX);
	unsigned odd = 0;
	int64_t t;

	if (!time_parse(value, &t, &odd) || odd & TIME_NO_ZONE) {
		loss_miss(f->loss, f->event, el, value.len > 0 ? WHY_FORMAT : WHY_NONE);
	} else if (!(odd & TIME_ODD_ZONE) && value.ptr[DAY_LENGTH] == 'T') {
		form_text(f, key, emit_carry(f->loss, f->event, el, value));
	} else {
		time_format(&b, t);
		loss_map(f->loss, f->event, el, MAP_EQUAL, SPAN_NONE, SPAN_NONE);
		form_text(f, key, buf_span(&b));
		f->b.error = f->b.error ? f->b.error : b.error;
	}
}

/* As passports write it. */
void
form_country(struct form *f, const char *key)
{
	struct span value = f->v->country, three = country_passport(passport_country(value));
	struct span supplied = emit_supplied(f->e, ELEMENT_COUNTRY);

	if (value.len == 3 && three.len > 0) {
		form_text(f, key, emit_carry(f->loss, f->event, ELEMENT_COUNTRY, value));
	} else if (three.len > 0) {
		loss_map(f->loss, f->event, ELEMENT_COUNTRY, MAP_EQUAL, value, three);
		form_text(f, key, three);
	} else {
		supply(f, key, ELEMENT_COUNTRY, country_passport(passport_country(supplied)),
			value.len > 0);
	}
}
