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
text(const struct node *n)
{
	return span_trim(node_text(n));
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
read_field(const struct dcc_entry *entry, const struct dcc_field *f, struct event *e)
{
	const struct node *n = dcc_present(entry->member[f->id]);
	if (!n)
		return;
	uint8_t *to = (uint8_t *)e + f->offset;
	struct span s = text(n);

	switch (f->kind) {
	case DCC_CODE:
		*(struct coded *)(void *)to = valueset_worded(f->values, s, entry->words[f->id]);
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
read_entry(const struct dcc_entry *entry, const struct dcc_group *g, struct event *e)
{
	event_init(e, g->kind);
	for (const struct dcc_field *f = g->fields; f->key; f++)
		read_field(entry, f, e);
	if (g->kind == EVENT_TEST)
		e->date = span_slice(e->sample_time, 0, 10);
	else if (g->kind == EVENT_RECOVERY)
		e->date = e->first_positive;
}

static int
read_events(struct work *w, const struct dcc *d, struct record *out)
{
	const struct dcc_entry *entry[DCC_GROUPS];
	size_t count = 0;

	for (size_t i = 0; i < DCC_GROUPS; i++)
		count += (entry[i] = dcc_only_entry(d, i)) != NULL;
	out->events = count > 0 ? ARENA_ARRAY(w->arena, count, struct event) : NULL;
	if (count > 0 && !out->events)
		return arena_error(w->arena);
	for (size_t i = 0; i < DCC_GROUPS; i++)
		if (entry[i])
			read_entry(entry[i], &dcc_groups[i], &out->events[out->event_count++]);
	return 0;
}

int
dcc_normalise(struct work *w, const struct credential *c, const void *found, struct record *out)
{
	const struct dcc *d = found;
	struct record r = *out;

	r.name = (struct person_name){ .family = text(d->names[DCC_FN]),
		.given = text(d->names[DCC_GN]),
		.family_icao = text(d->names[DCC_FNT]),
		.given_icao = text(d->names[DCC_GNT]) };
	r.birth_date = birth_date(text(d->birth));
	r.certificate.version = text(d->version);
	r.certificate.from = c->not_before;
	r.certificate.until = c->not_after;
	int error = read_events(w, d, &r);
	if (error != 0)
		return error;
	if (r.event_count > 0) {
		r.certificate.issuer = r.events[0].issuer;
		r.certificate.identifier = r.events[0].identifier;
	}
	note_absent(w, r.birth_date, d->root, "dob");
	*out = r;
	return 0;
}
