/* eu_dcc_record.c - the EU DCC into the common record, by the table of its fields.
 *
 * Codes keep their own system beside them; nothing is mapped, since the record's
 * systems for COVID-19 are the EU's own.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/hcert/eu_dcc.h"

/* What the WHO core data set demands of every record. */
static void
note_absent(struct work *w, struct span value, const struct node *map, const char *key)
{
	if (value.len == 0)
		report_find(w->report, REASON_NOTE_RECORD_MISSING,
			node_place_under(w, map, key, HCERT_LAYER));
}

static struct span
text(const struct node *map, const char *key)
{
	return span_trim(node_text(node_get(map, key)));
}

/* Parts written as zeros are unknown, and a time of day is none of a birth date's. */
static struct span
birth_date(struct span s)
{
	struct date d;

	s = span_slice(s, 0, 10);
	if (!date_parse(s, &d))
		return SPAN_NONE;
	if (s.len == 10 && d.day == 0)
		s = span_slice(s, 0, 7);
	return s.len >= 7 && d.month == 0 ? span_slice(s, 0, 4) : s;
}

static int64_t
number(const struct node *n)
{
	if (n->kind == NODE_INT)
		return n->as.integer;
	return n->kind == NODE_REAL ? (int64_t)n->as.real : RECORD_NO_NUMBER;
}

static void
read_field(const struct node *n, const struct dcc_field *f, struct event *e)
{
	uint8_t *to = (uint8_t *)e + f->offset;
	struct span s = span_trim(node_text(n));

	switch (f->kind) {
	case DCC_CODE:
		*(struct coded *)(void *)to = valueset_coded(f->values, s);
		break;
	case DCC_NUMBER:
		*(int64_t *)(void *)to = number(n);
		break;
	case DCC_DATE:
		*(struct span *)(void *)to = span_slice(s, 0, 10);
		break;
	case DCC_TEXT:
	case DCC_TIME:
	case DCC_IDENTIFIER:
		*(struct span *)(void *)to = s;
		break;
	}
}

static void
read_entry(const struct node *entry, const struct dcc_group *g, struct event *e)
{
	struct dcc_found found;

	event_init(e, g->kind);
	dcc_find(entry, g, &found);
	for (size_t i = 0; g->fields[i].key; i++)
		if (found.field[i])
			read_field(found.field[i], &g->fields[i], e);
	if (g->kind == EVENT_TEST)
		e->date = span_slice(e->sample_time, 0, 10);
	else if (g->kind == EVENT_RECOVERY)
		e->date = e->first_positive;
}

static int
read_events(struct work *w, const struct node *dcc, struct record *out)
{
	out->events = ARENA_ARRAY(w->arena, 3, struct event);
	if (!out->events)
		return arena_error(w->arena);
	for (size_t i = 0; i < 3; i++) {
		const struct node *entry = dcc_entry(dcc, &dcc_groups[i]);
		if (entry)
			read_entry(entry, &dcc_groups[i], &out->events[out->event_count++]);
	}
	return 0;
}

int
dcc_normalise(struct work *w, const struct credential *c, struct record *out)
{
	const struct node *dcc = c->payload, *name = node_get(dcc, "nam");
	struct record r = *out;

	r.name = (struct person_name){ .family = text(name, "fn"),
		.given = text(name, "gn"),
		.family_icao = text(name, "fnt"),
		.given_icao = text(name, "gnt") };
	r.birth_date = birth_date(text(dcc, "dob"));
	r.certificate.version = text(dcc, "ver");
	r.certificate.from = c->not_before;
	r.certificate.until = c->not_after;
	int error = read_events(w, dcc, &r);
	if (error != 0)
		return error;
	if (r.event_count > 0) {
		r.certificate.issuer = r.events[0].issuer;
		r.certificate.identifier = r.events[0].identifier;
	}
	note_absent(w, r.birth_date, dcc, "dob");
	*out = r;
	return 0;
}
