/* hc1.c - the container, days, countries and counts of the writers of HC1 texts. */
#include "codecs/hcert/emit/hc1.h"

#include "codecs/base/date.h"
#include "codecs/hcert/seal.h"
#include "codecs/record/countries.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/digest.h"

#include <errno.h>

enum { KID = 8, DAY_LENGTH = 10, COUNT_DIGITS = 3 };

static int
name_key(struct work *w, const struct emission *e, struct signer *s)
{
	uint8_t *digest;
	int r;

	if (e->issuer->cert.len == 0)
		return 0;
	if (!(digest = arena_bytes(w->arena, 32)))
		return arena_error(w->arena);
	if ((r = digest_of(w->kit, DIGEST_SHA256, e->issuer->cert, digest)) == 0)
		s->kid = (struct span){ digest, KID };
	return r;
}

int
hc1_seal(struct work *w, const struct emission *e, int64_t claim, const struct buf *content,
	struct emitted *out)
{
	struct hcert_recipe recipe = { .content = buf_span(content),
		.claim = claim,
		.issuer = e->issuer->country,
		.issued = e->from,
		.expires = e->until };
	struct signer s = *e->signer;
	struct span text;
	int r = content->error;

	if (r != 0 || (r = name_key(w, e, &s)) != 0 || (r = hcert_seal(w, &recipe, &s, &text)) != 0)
		return r;
	if (text.len > HC1_MAX)
		return -EMSGSIZE;
	*out = (struct emitted){ text, EMIT_CODE_ALPHANUMERIC, "text/plain", "txt" };
	return 0;
}

int
hc1_usage(const struct emission *e, unsigned *out)
{
	struct cert *c = NULL;
	bool foreign;
	int r = 0;

	*out = USAGE_ANY;
	if (e->issuer->cert.len > 0)
		r = cert_from_der(e->issuer->cert, &key_policy_default, &c);
	if (r == 0 && c)
		*out = cert_usage(c, &foreign);
	cert_free(c);
	return r;
}

/* --- the person --- */

/* Fillers of a transliterated name are blanks. */
static void
add_part(struct buf *b, struct span part)
{
	if (part.len > 0 && b->len > 0)
		buf_char(b, ' ');
	for (size_t i = 0; i < part.len; i++)
		buf_char(b, part.ptr[i] == '<' ? ' ' : (char)part.ptr[i]);
}

static void
tell_parts(struct loss *loss, const struct record *r, const enum element *parts)
{
	for (size_t i = 0; i < 2; i++)
		if (record_has(r, LOSS_NO_EVENT, parts[i]))
			loss_map(loss, LOSS_NO_EVENT, parts[i], MAP_INEXACT, SPAN_NONE, SPAN_NONE);
}

int
hc1_name(struct arena *a, const struct emission *e, struct loss *loss, struct span *out)
{
	static const enum element parts[] = { ELEMENT_NAME_GIVEN, ELEMENT_NAME_FAMILY };
	static const enum element icao[] = { ELEMENT_NAME_GIVEN_ICAO, ELEMENT_NAME_FAMILY_ICAO };
	const struct person_name *n = &e->record->name;
	bool written = n->family.len + n->given.len > 0;
	struct buf b = buf_in(a, SIZE_MAX);

	*out = n->text;
	if (n->text.len > 0) {
		loss_keep(loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT);
		return 0;
	}
	add_part(&b, written ? n->given : n->given_icao);
	add_part(&b, written ? n->family : n->family_icao);
	if (b.len > 0)
		tell_parts(loss, e->record, written ? parts : icao);
	else
		loss_miss(loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE);
	*out = buf_span(&b);
	return b.error;
}

/* --- days, countries, counts --- */

bool
hc1_is_day(struct span s)
{
	struct date d;

	return date_parse(s, &d) && d.exists && d.day > 0;
}

struct span
hc1_day(const struct emission *e, struct loss *loss, int event, enum element el, struct span value)
{
	struct span supplied = emit_supplied(e, el), day = span_slice(value, 0, DAY_LENGTH);

	if (hc1_is_day(value)) {
		loss_keep(loss, event, el);
		return value;
	}
	if (value.len > DAY_LENGTH && value.ptr[DAY_LENGTH] == 'T' && hc1_is_day(day)) {
		loss_map(loss, event, el, MAP_WIDER, SPAN_NONE, SPAN_NONE);
		return day;
	}
	if (hc1_is_day(supplied)) {
		loss_supply(loss, event, el);
		return supplied;
	}
	loss_miss(loss, event, el, value.len > 0 ? WHY_FORMAT : WHY_NONE);
	return SPAN_NONE;
}

struct span
hc1_country(const struct emission *e, struct loss *loss, int event, struct span value)
{
	struct span two = country_alpha2(value), supplied = emit_supplied(e, ELEMENT_COUNTRY);

	if (two.len == 2 && country_known(two)) {
		if (value.len == 2)
			loss_keep(loss, event, ELEMENT_COUNTRY);
		else
			loss_map(loss, event, ELEMENT_COUNTRY, MAP_EQUAL, value, two);
		return two;
	}
	if (supplied.len == 2 && country_known(supplied)) {
		loss_supply(loss, event, ELEMENT_COUNTRY);
		return supplied;
	}
	loss_miss(loss, event, ELEMENT_COUNTRY, value.len > 0 ? WHY_NO_CODE : WHY_NONE);
	return SPAN_NONE;
}

struct span
hc1_alpha3(struct span code)
{
	if (code.len == 3)
		return country_known(country_alpha2(code)) ? code : SPAN_NONE;
	if (span_is(code, "EL"))
		return SPAN_LIT("GRC");
	if (span_is(code, "UK"))
		return SPAN_LIT("GBR");
	return country_known(code) ? country_alpha3(code) : SPAN_NONE;
}

struct span
hc1_country3(const struct emission *e, struct loss *loss, int event, struct span value)
{
	struct span three = hc1_alpha3(value);
	struct span supplied = hc1_alpha3(emit_supplied(e, ELEMENT_COUNTRY));

	if (three.len > 0) {
		if (span_eq(three, value))
			loss_keep(loss, event, ELEMENT_COUNTRY);
		else
			loss_map(loss, event, ELEMENT_COUNTRY, MAP_EQUAL, value, three);
		return three;
	}
	if (supplied.len > 0)
		loss_supply(loss, event, ELEMENT_COUNTRY);
	else
		loss_miss(loss, event, ELEMENT_COUNTRY, value.len > 0 ? WHY_NO_CODE : WHY_NONE);
	return supplied;
}

static int64_t
number_of(struct span s)
{
	int64_t v = 0;

	for (size_t i = 0; i < s.len && i < COUNT_DIGITS; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return 0;
		v = 10 * v + (s.ptr[i] - '0');
	}
	return s.len <= COUNT_DIGITS ? v : 0;
}

int64_t
hc1_count(const struct emission *e, struct loss *loss, int event, enum element el, int64_t value,
	bool derived)
{
	int64_t supplied = number_of(emit_supplied(e, el));

	if (value != RECORD_NO_NUMBER && value >= 1 && !derived) {
		loss_keep(loss, event, el);
		return value;
	}
	if (supplied >= 1) {
		loss_supply(loss, event, el);
		return supplied;
	}
	loss_miss(loss, event, el,
		value == RECORD_NO_NUMBER ? WHY_NONE
		: derived                 ? WHY_DERIVED
					  : WHY_FORMAT);
	return RECORD_NO_NUMBER;
}
