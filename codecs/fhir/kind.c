/* kind.c - see kind.h: told by the members of the outermost object, found without reading it as a tree. */
#include "codecs/fhir/kind.h"

#include "codecs/fhir/fhir.h"
#include "codecs/tree/json_peek.h"

enum { PEEK = 2048 };

static bool
is_resource(struct span in)
{
	struct json_peek p = { cursor_over(in), 0 };
	struct span name, value, type = SPAN_NONE;
	bool document = false;

	while (json_peek_next(&p, &name, &value)) {
		if (p.depth != 1)
			continue;
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

enum fhir_kind
fhir_kind_of(struct span in)
{
	size_t mark = span_starts(in, SPAN_LIT("\xef\xbb\xbf")) ? 3 : 0;

	if (mark < in.len && in.ptr[mark] == '<')
		return span_holds(span_slice(in, 0, PEEK), SPAN_LIT("\"" FHIR_SPACE "\"")) ||
				       span_holds(span_slice(in, 0, PEEK),
					       SPAN_LIT("'" FHIR_SPACE "'"))
			       ? FHIR_KIND_XML
			       : FHIR_KIND_NONE;
	return in.len > 0 && in.ptr[0] == '{' && is_resource(in) ? FHIR_KIND_JSON : FHIR_KIND_NONE;
}
