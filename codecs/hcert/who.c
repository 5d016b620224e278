/* who.c - rows of fields, checked and read: texts, codes, dates and counts as the WHO's issuers write them. */
#include "codecs/hcert/who.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"

enum { TEXT_MAX = 1024, DATE_LENGTH = 10, DAY_SECONDS = 86400 };

void
who_fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, HCERT_LAYER));
}

void
who_note(struct work *w, enum reason reason, const struct node *n)
{
	report_find(w->report, reason, node_place(w, n, HCERT_LAYER));
}

const struct node *
who_find(const struct node *map, const struct who_field *f)
{
	const struct node *n = node_get(map, f->key);

	if ((!n || n->kind == NODE_NULL) && f->alias)
		n = node_get(map, f->alias);
	return n && n->kind != NODE_NULL ? n : NULL;
}

/* What a map says for itself, in the order in which people would want to read it. */
static const struct node *
label_of(const struct node *n)
{
	static const char *const members[] = { "display", "code", "value", "reference", "name" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct node *m = node_get(n, members[i]);
		if (m && m->kind == NODE_TEXT)
			return m;
	}
	return NULL;
}

/* U+FFFD is what is left of letters that a program could not read. */
static bool
is_mangled(struct span s)
{
	return span_holds(s, SPAN_LIT("\xef\xbf\xbd"));
}

static bool
check_text(struct work *w, const struct node *n)
{
	if (n->kind != NODE_TEXT) {
		who_fail(w, REASON_PROFILE_TYPE, n);
		return false;
	}
	struct span s = span_trim(n->as.bytes);
	if (s.len > TEXT_MAX && utf8_count(s) > TEXT_MAX) {
		who_fail(w, REASON_PROFILE_VALUE, n);
		return false;
	}
	if (is_mangled(s))
		who_note(w, REASON_NOTE_MANGLED, n);
	if (s.len == 0)
		who_note(w, REASON_NOTE_EMPTY, n);
	else if (s.len != n->as.bytes.len)
		who_note(w, REASON_NOTE_BLANKS, n);
	return s.len > 0;
}

static void
check_coded(struct work *w, const struct node *n)
{
	const struct node *code = n->kind == NODE_MAP ? node_get(n, "code") : n;

	if (!code)
		code = label_of(n);
	if (code)
		check_text(w, code);
	else
		who_fail(w, REASON_PROFILE_TYPE, n);
}

static void
check_day_of(struct work *w, const struct node *n, bool bounds)
{
	struct date d;

	if (!check_text(w, n))
		return;
	struct span s = span_trim(n->as.bytes);
	if (!date_parse(span_slice(s, 0, DATE_LENGTH), &d) ||
		(s.len > DATE_LENGTH && s.ptr[DATE_LENGTH] != 'T')) {
		who_fail(w, REASON_PROFILE_VALUE, n);
		return;
	}
	if (s.len > DATE_LENGTH)
		who_note(w, REASON_NOTE_DATE_TIME, n);
	if (!d.exists && bounds)
		who_fail(w, REASON_PROFILE_VALUE, n);
	else if (!d.exists)
		who_note(w, REASON_NOTE_DATE_IMPOSSIBLE, n);
}

static void
check_date(struct work *w, const struct node *n)
{
	check_day_of(w, n, false);
}

static void
check_day(struct work *w, const struct node *n)
{
	check_day_of(w, n, true);
}

static void
check_time_of(struct work *w, const struct node *n, bool bounds)
{
	int64_t t;
	unsigned odd = 0;

	if (n->kind != NODE_TEXT || span_trim(n->as.bytes).len <= DATE_LENGTH) {
		check_day_of(w, n, bounds);
		return;
	}
	if (!time_parse(span_trim(n->as.bytes), &t, &odd))
		who_fail(w, REASON_PROFILE_VALUE, n);
	else if (odd & (TIME_NO_ZONE | TIME_ODD_ZONE))
		who_note(w, REASON_NOTE_TIME_ZONE, n);
}

static void
check_time(struct work *w, const struct node *n)
{
	check_time_of(w, n, false);
}

static void
check_moment(struct work *w, const struct node *n)
{
	check_time_of(w, n, true);
}

static void
check_sex(struct work *w, const struct node *n)
{
	static const char *const known[] = { "male", "female", "other", "unknown", "Male", "Female",
		"M", "F", "m", "f" };
	const struct node *code = n->kind == NODE_MAP ? node_get(n, "code") : n;
	bool good = false;

	if (!code || !check_text(w, code)) {
		if (!code)
			who_fail(w, REASON_PROFILE_TYPE, n);
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		good = good || span_is(span_trim(code->as.bytes), known[i]);
	if (!good)
		who_note(w, REASON_NOTE_CODE_UNKNOWN, code);
}

static void
check_count(struct work *w, const struct node *n)
{
	if (n->kind != NODE_INT)
		who_fail(w, REASON_PROFILE_TYPE, n);
	else if (n->as.integer < 1)
		who_fail(w, REASON_PROFILE_VALUE, n);
}

static void
check_label(struct work *w, const struct node *n)
{
	const struct node *label = n->kind == NODE_MAP ? label_of(n) : n;

	if (label)
		check_text(w, label);
	else
		who_fail(w, REASON_PROFILE_TYPE, n);
}

static void (*const checks[])(struct work *, const struct node *) = {
	[WHO_LABEL] = check_label,
	[WHO_CODED] = check_coded,
	[WHO_DATE] = check_date,
	[WHO_TIME] = check_time,
	[WHO_DAY] = check_day,
	[WHO_MOMENT] = check_moment,
	[WHO_SEX] = check_sex,
	[WHO_COUNT] = check_count,
};

static void
check_absent(struct work *w, const struct node *map, const struct who_field *f)
{
	struct place at = node_place_under(w, map, f->key, HCERT_LAYER);

	if (f->need == WHO_REQUIRED)
		report_fail(w->report, REASON_PROFILE_MISSING, at);
	else if (f->need == WHO_EXPECTED)
		report_find(w->report, REASON_NOTE_FIELD_MISSING, at);
}

void
who_check(struct work *w, const struct node *map, const struct who_field *rows)
{
	for (const struct who_field *f = rows; f->key; f++) {
		const struct node *n = who_find(map, f);
		if (!n)
			check_absent(w, map, f);
		else if (f->kind == WHO_TEXT)
			check_text(w, n);
		else
			checks[f->kind](w, n);
	}
}

/* --- reading --- */

static struct span
text(const struct node *n)
{
	return span_trim(node_text(n));
}

static struct coded
coded(const struct node *n)
{
	if (n->kind == NODE_TEXT)
		return (struct coded){ .code = text(n) };
	struct coded c = { .code = text(node_get(n, "code")),
		.system = text(node_get(n, "system")),
		.display = text(node_get(n, "display")) };
	if (c.code.len == 0 && c.display.len == 0)
		c.display = text(label_of(n));
	return c;
}

/* FHIR's administrative gender, where the text says one. */
static struct span
sex(const struct node *n)
{
	struct span s = text(n->kind == NODE_MAP ? node_get(n, "code") : n);
	uint8_t c = s.len > 0 ? s.ptr[0] | 0x20 : 0;

	if ((s.len == 1 && c == 'm') || span_is(s, "Male"))
		return SPAN_LIT("male");
	return (s.len == 1 && c == 'f') || span_is(s, "Female") ? SPAN_LIT("female") : s;
}

static struct span
date(const struct node *n)
{
	struct date d;
	struct span s = span_slice(text(n), 0, DATE_LENGTH);

	return date_parse(s, &d) ? s : SPAN_NONE;
}

static void
fill_field(const struct node *n, const struct who_field *f, uint8_t *to)
{
	struct span *s = (struct span *)(void *)to;

	switch (f->kind) {
	case WHO_TEXT:
	case WHO_TIME:
	case WHO_MOMENT:
		*s = text(n);
		break;
	case WHO_LABEL:
		*s = text(n->kind == NODE_MAP ? label_of(n) : n);
		break;
	case WHO_CODED:
		*(struct coded *)(void *)to = coded(n);
		break;
	case WHO_DATE:
	case WHO_DAY:
		*s = date(n);
		break;
	case WHO_SEX:
		*s = sex(n);
		break;
	case WHO_COUNT:
		if (n->kind == NODE_INT)
			*(int64_t *)(void *)to = n->as.integer;
		break;
	}
}

void
who_fill(const struct node *map, const struct who_field *rows, void *to)
{
	for (const struct who_field *f = rows; f->key; f++) {
		const struct node *n = who_find(map, f);
		if (n)
			fill_field(n, f, &((uint8_t *)to)[f->offset]);
	}
}

static bool
real_date(struct span s, struct date *d)
{
	return date_parse(span_slice(s, 0, DATE_LENGTH), d) && d->exists;
}

int64_t
who_begin(struct span s)
{
	struct date d;

	if (!real_date(s, &d))
		return TIME_NONE;
	return time_of(d.year, d.month ? d.month : 1, d.day ? d.day : 1, 0, 0, 0);
}

int64_t
who_end(struct span s)
{
	struct date d;

	if (!real_date(s, &d))
		return TIME_NONE;
	if (d.day != 0)
		return time_of(d.year, d.month, d.day, 0, 0, 0) + DAY_SECONDS;
	if (d.month == 0 || d.month == 12)
		return time_of(d.year + 1, 1, 1, 0, 0, 0);
	return time_of(d.year, d.month + 1, 1, 0, 0, 0);
}

void
who_period(const struct credential *c, struct record *out)
{
	out->certificate.from = c->not_before;
	out->certificate.until = c->not_after;
	out->certificate.issuer = ((const struct hcert *)c->scheme_data)->issuer;
}

int
who_identifier(
	struct work *w, struct span value, struct span system, struct span type, struct record *out)
{
	if (value.len == 0)
		return 0;
	out->identifiers = ARENA_NEW(w->arena, struct identifier);
	if (!out->identifiers)
		return arena_error(w->arena);
	out->identifiers[0] = (struct identifier){ .value = value, .system = system, .type = type };
	out->identifier_count = 1;
	return 0;
}

int
who_person(struct work *w, const struct credential *c, const struct node *claim,
	const struct who_field *rows, struct record *out)
{
	struct who_person p = { 0 };

	who_fill(claim, rows, &p);
	out->name.text = p.name;
	out->birth_date = p.birth;
	out->sex = p.sex;
	out->nationality = p.nationality;
	out->guardian = p.guardian;
	who_period(c, out);
	return who_identifier(w, p.id, SPAN_NONE, p.id_type, out);
}
