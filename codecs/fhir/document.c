/* document.c - FHIR resources handed in as they are, as JSON or XML: read, and believed only where they are signed.
 *
 * A bundle with a signature of the form that signed.h describes is verified by it.  Any other resource ends at
 * signature.missing: whoever wants its content believed signs it, or wraps it in a card, a container or a
 * credential.  What can be said is whether it is well-formed FHIR R4, and that is said first.
 */
#include "codecs/codec.h"
#include "codecs/fhir/ddcc.h"
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/kind.h"
#include "codecs/fhir/signed.h"

#define SCHEME "fhir"

static void
add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree)
{
	c->layers[c->layer_count++] = (struct layer){ name, bytes, tree };
}

static int
read_xml(struct work *w, struct span in, struct credential *out, struct span *json)
{
	const struct node *tree;
	int r = node_from_xml(w, in, "xml", &tree);

	*json = SPAN_NONE;
	if (r != 0 || !tree)
		return r;
	add_layer(out, "xml", in, tree);
	return fhir_to_json(w, tree, "xml", json);
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	bool is_xml = fhir_kind_of(in) == FHIR_KIND_XML;
	const struct node *resource;
	struct span json = in, xml;
	int r = is_xml ? read_xml(w, in, out, &json) : 0;

	out->scheme = SCHEME;
	if (r != 0 || !json.ptr)
		return r;
	if ((r = node_from_json(w, json, "json", &resource)) != 0 || !resource)
		return r;
	add_layer(out, "json", json, resource);
	out->payload = resource;
	if (!is_xml &&
		(r = fhir_to_xml(w, resource, "json", &xml)) != 0) /* looks at each element */
		return r;
	return report_failed(w->report) ? 0 : fhir_read_signature(w, resource, out);
}

static bool
detect(struct span in)
{
	return fhir_kind_of(in) != FHIR_KIND_NONE;
}

/* Of what is signed; and for those who know by other means whom a document is of. */
static int
normalise(struct work *w, const struct credential *c, struct record *out)
{
	return ddcc_record(w, c->payload, out);
}

static const struct scheme schemes[] = {
	{ SCHEME, "HL7 FHIR R4 resource", TRUST_WHO },
	{ 0 },
};

const struct codec fhir_codec = {
	.name = "fhir",
	.schemes = schemes,
	.detect = detect,
	.decode = decode,
	.check = fhir_check,
	.normalise = normalise,
};
