/* doc.c - members, references and entries of the document that is written. */
#include "codecs/fhir/emit/doc.h"

#include "codecs/base/date.h"

enum { VERSION_BYTE = 6, VARIANT_BYTE = 8 };

static void
name(struct doc *d, const char *key)
{
	uint8_t last = !d->b.error && d->b.len > 0 ? d->b.ptr[d->b.len - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(&d->b, ',');
	if (!key[0])
		return;
	buf_json(&d->b, span_of(key));
	buf_char(&d->b, ':');
}

void
doc_open(struct doc *d, const char *key, char bracket)
{
	name(d, key);
	buf_char(&d->b, bracket);
}

void
doc_close(struct doc *d, char bracket)
{
	buf_char(&d->b, bracket);
}

void
doc_text(struct doc *d, const char *key, struct span value)
{
	if (value.len == 0)
		return;
	name(d, key);
	buf_json(&d->b, value);
}

void
doc_str(struct doc *d, const char *key, const char *value)
{
	doc_text(d, key, span_of(value));
}

void
doc_number(struct doc *d, const char *key, int64_t value)
{
	name(d, key);
	buf_int(&d->b, value);
}

void
doc_time(struct doc *d, const char *key, int64_t t)
{
	name(d, key);
	buf_char(&d->b, '"');
	time_format(&d->b, t);
	buf_char(&d->b, '"');
}

void
doc_concept(struct doc *d, const char *key, const char *system, const char *code, bool many)
{
	doc_open(d, key, many ? '[' : '{');
	if (many)
		doc_open(d, "", '{');
	doc_open(d, "coding", '[');
	doc_open(d, "", '{');
	doc_str(d, "system", system);
	doc_str(d, "code", code);
	doc_close(d, '}');
	doc_close(d, ']');
	doc_close(d, '}');
	if (many)
		doc_close(d, ']');
}

void
doc_uuid(struct doc *d, const char *key, enum doc_entry of)
{
	uint8_t id[EMIT_ID];

	memcpy(id, d->e->id, EMIT_ID);
	id[VERSION_BYTE] = (uint8_t)((id[VERSION_BYTE] & 0x0f) | 0x80);
	id[VARIANT_BYTE] = (uint8_t)((id[VARIANT_BYTE] & 0x3f) | 0x80);
	id[EMIT_ID - 1] = (uint8_t)(id[EMIT_ID - 1] + (unsigned)of);
	name(d, key);
	buf_str(&d->b, "\"urn:uuid:");
	for (size_t i = 0; i < EMIT_ID; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_char(&d->b, '-');
		buf_hex(&d->b, (struct span){ &id[i], 1 });
	}
	buf_char(&d->b, '"');
}

void
doc_reference(struct doc *d, const char *key, enum doc_entry to)
{
	doc_open(d, key, '{');
	doc_uuid(d, "reference", to);
	doc_close(d, '}');
}

void
doc_begin(struct doc *d, enum doc_entry entry, const char *type)
{
	doc_open(d, "", '{');
	doc_uuid(d, "fullUrl", entry);
	doc_open(d, "resource", '{');
	doc_str(d, "resourceType", type);
}

void
doc_end(struct doc *d)
{
	doc_close(d, '}');
	doc_close(d, '}');
}
