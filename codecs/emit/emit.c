/* emit.c - what every writer needs: values that the form requires, and the one event of forms that carry one. */
#include "codecs/emit.h"

#include "codecs/base/ascii.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"

struct span
emit_supplied(const struct emission *e, enum element el)
{
	for (size_t i = 0; i < e->supply_count; i++)
		if (e->supplies[i].element == el)
			return e->supplies[i].value;
	return SPAN_NONE;
}

struct span
emit_require(
	const struct emission *e, struct loss *loss, int event, enum element el, struct span value)
{
	struct span supplied = emit_supplied(e, el);

	if (value.len > 0) {
		loss_keep(loss, event, el);
		return value;
	}
	if (supplied.len > 0)
		loss_supply(loss, event, el);
	else
		loss_miss(loss, event, el, WHY_NONE);
	return supplied;
}

struct span
emit_carry(struct loss *loss, int event, enum element el, struct span value)
{
	if (value.len > 0)
		loss_keep(loss, event, el);
	return value;
}

/* By day; of two on the same day the later entry. */
static bool
is_newer(const struct record *r, int a, int b)
{
	return b < 0 || span_cmp(r->events[a].date, r->events[b].date) >= 0;
}

int
emit_newest_that(const struct record *r, bool (*fit)(const struct event *v, const void *arg),
	const void *arg, struct loss *loss)
{
	int newest = -1;

	for (int i = 0; (size_t)i < r->event_count; i++)
		if (fit(&r->events[i], arg) && is_newer(r, i, newest))
			newest = i;
	for (int i = 0; (size_t)i < r->event_count; i++)
		if (i != newest)
			loss_drop(loss, i, ELEMENT_EVENT,
				fit(&r->events[i], arg) ? WHY_ONE_EVENT : WHY_KIND);
	if (newest < 0)
		loss_miss(loss, LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND);
	return newest;
}

static bool
is_of_kind(const struct event *v, const void *kinds)
{
	return (*(const unsigned *)kinds & 1u << v->kind) != 0;
}

int
emit_newest(const struct record *r, unsigned kinds, struct loss *loss)
{
	return emit_newest_that(r, is_of_kind, &kinds, loss);
}

static bool
is_word(struct span s, const char *word)
{
	struct span w = span_of(word);

	for (size_t i = 0; s.len == w.len && i < s.len; i++)
		if (ascii_lower(s.ptr[i]) != w.ptr[i])
			return false;
	return s.len == w.len;
}

struct span
emit_gender(struct span sex)
{
	static const char *const words[][2] = { { "male", "male" }, { "female", "female" },
		{ "other", "other" }, { "unknown", "unknown" }, { "m", "male" },
		{ "f", "female" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(sex, words[i][0]))
			return span_of(words[i][1]);
	return SPAN_NONE;
}

struct span
emit_sex(const struct emission *e, struct loss *loss)
{
	struct span sex = e->record->sex, gender = emit_gender(sex);

	if (gender.len > 0 && span_eq(gender, sex))
		loss_keep(loss, LOSS_NO_EVENT, ELEMENT_SEX);
	else if (gender.len > 0)
		loss_map(loss, LOSS_NO_EVENT, ELEMENT_SEX, MAP_EQUAL, SPAN_NONE, SPAN_NONE);
	else if (sex.len > 0)
		loss_drop(loss, LOSS_NO_EVENT, ELEMENT_SEX, WHY_NO_CODE);
	return gender;
}

void
emit_replaced(const struct emission *e, struct loss *loss)
{
	static const enum element own[] = { ELEMENT_ISSUER, ELEMENT_HCID, ELEMENT_VERSION,
		ELEMENT_PERIOD_START, ELEMENT_PERIOD_END };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (record_has(e->record, LOSS_NO_EVENT, own[i]))
			loss_drop(loss, LOSS_NO_EVENT, own[i], WHY_REPLACED);
}

void
emit_provenance(struct buf *b, const struct emission *e)
{
	const struct emit_source *s = e->source;

	buf_str(b, "{\"type\":[\"SourceVerification\"],\"scheme\":");
	buf_json(b, span_of(s->scheme));
	if (s->issuer.len > 0) {
		buf_str(b, ",\"issuer\":");
		buf_json(b, s->issuer);
	}
	if (s->key.len > 0) {
		buf_str(b, ",\"key\":");
		buf_json(b, s->key);
	}
	buf_str(b, ",\"sha256\":\"");
	base64url_encode(b, s->sha256);
	buf_str(b, "\",\"verifiedAt\":\"");
	time_format(b, s->verified_at);
	buf_str(b, "\",\"verdict\":\"verified\"}");
}

struct span
emit_id_text(struct arena *a, const uint8_t *id)
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t *out = arena_bytes(a, 2 * EMIT_ID);

	if (!out)
		return SPAN_NONE;
	for (size_t i = 0; i < EMIT_ID; i++) {
		out[2 * i] = (uint8_t)digits[id[i] >> 4];
		out[2 * i + 1] = (uint8_t)digits[id[i] & 15];
	}
	return (struct span){ out, 2 * EMIT_ID };
}
