/* shape.c - holding a JSON object against the table of its members. */
#include "conformance/shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAULT_LENGTH = 400 };

const char *
fault_text(struct arena *a, const char *format, ...)
{
	char text[FAULT_LENGTH];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	struct span kept = arena_copy(a, span_of(text));
	return kept.ptr ? (const char *)kept.ptr : "there was no memory to say what is wrong";
}

static unsigned
kind_of(const json_t *value)
{
	if (json_is_string(value))
		return SHAPE_TEXT;
	if (json_is_integer(value))
		return SHAPE_INTEGER;
	if (json_is_boolean(value))
		return SHAPE_BOOLEAN;
	if (json_is_object(value))
		return SHAPE_OBJECT;
	return json_is_array(value) ? SHAPE_ARRAY : 0;
}

static const struct shape *
row_of(const struct shape *table, const char *name)
{
	while (table->name && strcmp(table->name, name) != 0)
		table++;
	return table->name ? table : NULL;
}

const char *
shape_fault(struct arena *a, json_t *value, const char *what, const struct shape *table)
{
	if (!json_is_object(value))
		return fault_text(a, "%s is no object", what);
	for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
		const char *name = json_object_iter_key(it);
		const struct shape *row = row_of(table, name);
		if (!row)
			return fault_text(a, "%s has the unknown member \"%s\"", what, name);
		if (!(row->kinds & kind_of(json_object_iter_value(it))))
			return fault_text(a, "%s: \"%s\" has the wrong type", what, name);
	}
	for (const struct shape *row = table; row->name; row++)
		if (row->required && !json_object_get(value, row->name))
			return fault_text(a, "%s lacks \"%s\"", what, row->name);
	return NULL;
}
