/* person.c - Patient: the name whole and in its parts, birth, gender, identifiers. */
#include "codecs/base/date.h"
#include "codecs/fhir/emit/doc.h"

/* The guide wants the whole; of parts it is what they say, given before family. */
static struct span
whole_of(struct doc *d, struct span given, struct span family)
{
	struct buf b = buf_in(d->w->arena, SIZE_MAX);

	buf_add(&b, given);
	if (given.len > 0 && family.len > 0)
		buf_char(&b, ' ');
	buf_add(&b, family);
	d->b.error = d->b.error ? d->b.error : b.error;
	return buf_span(&b);
}

static void
put_name(struct doc *d)
{
	const struct person_name *n = &d->e->record->name;
	struct span text = n->text;
	bool parts = n->family.len + n->given.len > 0;

	emit_carry(d->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, n->text);
	emit_carry(d->loss, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY, n->family);
	emit_carry(d->loss, LOSS_NO_EVENT, ELEMENT_NAME_GIVEN, n->given);
	if (text.len == 0 && parts)
		text = whole_of(d, n->given, n->family);
	if (text.len == 0 && n->family_icao.len + n->given_icao.len > 0) {
		text = whole_of(d, n->given_icao, n->family_icao);
		loss_map(d->loss, LOSS_NO_EVENT,
			n->family_icao.len > 0 ? ELEMENT_NAME_FAMILY_ICAO : ELEMENT_NAME_GIVEN_ICAO,
			MAP_EQUAL, SPAN_NONE, SPAN_NONE);
	}
	if (text.len == 0)
		loss_miss(d->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE);
	doc_open(d, "name", '[');
	doc_open(d, "", '{');
	doc_str(d, "use", "official");
	doc_text(d, "text", text);
	doc_text(d, "family", n->family);
	if (n->given.len > 0) {
		doc_open(d, "given", '[');
		doc_text(d, "", n->given);
		doc_close(d, ']');
	}
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_identifiers(struct doc *d)
{
	const struct record *r = d->e->record;

	if (r->identifier_count == 0)
		return;
	loss_keep(d->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS);
	doc_open(d, "identifier", '[');
	for (size_t i = 0; i < r->identifier_count; i++) {
		const struct identifier *id = &r->identifiers[i];
		doc_open(d, "", '{');
		if (id->type.len > 0) {
			struct span type = id->type;
			doc_open(d, "type", '{');
			doc_open(d, "coding", '[');
			doc_open(d, "", '{');
			doc_str(d, "system", "http://terminology.hl7.org/CodeSystem/v2-0203");
			doc_text(d, "code", type);
			doc_close(d, '}');
			doc_close(d, ']');
			doc_close(d, '}');
		}
		doc_text(d, "system", id->system);
		doc_text(d, "value", id->value);
		doc_close(d, '}');
	}
	doc_close(d, ']');
}

static void
put_birth(struct doc *d)
{
	struct span birth = d->e->record->birth_date;
	struct date day;

	if (date_parse(birth, &day) && day.exists)
		doc_text(d, "birthDate",
			emit_carry(d->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, birth));
	else if (birth.len > 0)
		loss_drop(d->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_FORMAT);
}

void
doc_person(struct doc *d)
{
	doc_begin(d, DOC_PATIENT, "Patient");
	put_identifiers(d);
	put_name(d);
	doc_text(d, "gender", emit_sex(d->e, d->loss));
	put_birth(d);
	doc_end(d);
}
