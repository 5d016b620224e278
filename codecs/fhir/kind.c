/* kind.c - see kind.h: told by the members of the outermost object, found without reading it as a tree. */
#include "codecs/fhir/kind.h"

#include "codecs/fhir/fhir.h"

enum { PEEK = 2048 };

static size_t
skip_blanks(struct span in, size_t at)
{
	while (at < in.len && (in.ptr[at] == ' ' || (in.ptr[at] >= '\t' && in.ptr[at] <= '\r')))
		at++;
	return at;
}

/* From behind an opening quote to behind the closing one. */
static size_t
string_end(struct span in, size_t at)
{
	while (at < in.len && in.ptr[at] != '"')
		at += in.ptr[at] == '\\' ? 2 : 1;
	return at < in.len ? at + 1 : in.len;
}

/* The next member of the outermost object; the text from its value on is left in *value. */
static bool
next_member(struct cursor *c, unsigned *depth, struct span *name, struct span *value)
{
	while (c->at < c->all.len) {
		uint8_t byte = c->all.ptr[c->at++];
		if (byte == '{' || byte == '[')
			++*depth;
		else if (byte == '}' || byte == ']')
			--*depth;
		if (byte != '"')
			continue;
		size_t from = c->at, end = string_end(c->all, from);
		size_t colon = skip_blanks(c->all, end);
		c->at = end;
		if (*depth != 1 || colon >= c->all.len || c->all.ptr[colon] != ':')
			continue;
		*name = span_slice(c->all, from, end - from - 1);
		*value = span_from(c->all, skip_blanks(c->all, colon + 1));
		return true;
	}
	return false;
}

static bool
is_resource(struct span in)
{
	struct cursor c = cursor_over(in);
	struct span name, value, type = SPAN_NONE;
	unsigned depth = 0;
	bool document = false;

	while (next_member(&c, &depth, &name, &value)) {
		if (span_is(name, "@context") || span_is(name, "verifiableCredential"))
			return false;
		if (span_is(name, "resourceType"))
			type = value;
		else if (span_is(name, "type"))
			document = span_starts(value, SPAN_LIT("\"document\""));
	}
	if (!type.ptr || span_starts(type, SPAN_LIT("\"Parameters\"")))
		return false;
	return document || !span_starts(type, SPAN_LIT("\"Bundle\""));
}

static bool
mentions(struct span in, struct span word)
{
	for (size_t at = 0; at + word.len <= in.len; at++)
		if (in.ptr[at] == word.ptr[0] && span_starts(span_from(in, at), word))
			return true;
	return false;
}

enum fhir_kind
fhir_kind_of(struct span in)
{
	size_t mark = span_starts(in, SPAN_LIT("\xef\xbb\xbf")) ? 3 : 0;

	if (mark < in.len && in.ptr[mark] == '<')
		return mentions(span_slice(in, 0, PEEK), SPAN_LIT("\"" FHIR_SPACE "\"")) ||
				       mentions(span_slice(in, 0, PEEK),
					       SPAN_LIT("'" FHIR_SPACE "'"))
			       ? FHIR_KIND_XML
			       : FHIR_KIND_NONE;
	return in.len > 0 && in.ptr[0] == '{' && is_resource(in) ? FHIR_KIND_JSON : FHIR_KIND_NONE;
}
