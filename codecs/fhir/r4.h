/* r4.h - what FHIR R4 says of its types: which elements each has, in which order, of which type, and how often.
 *
 * The table is types.def.  JSON and XML need it of each other: XML does not say what is a list, a number or a
 * boolean, and JSON does not say in which order elements stand.
 */
#ifndef FHIR_R4_H
#define FHIR_R4_H

#include "codecs/base/span.h"

struct r4_type; /* a row of the table */

enum r4_form {
	R4_TEXT, R4_NUMBER, R4_BOOLEAN, /* primitive: how JSON writes it */
	R4_XHTML,    /* the text of a narrative */
	R4_RESOURCE, /* a resource of any type */
	R4_COMPLEX   /* of a type of the table */
};

struct r4_element {
	const struct r4_type *parent;
	struct span           name, type;
	bool                  many;
	bool                  open; /* the element's name is followed by the name of a type: value[x] */
};

/* "Patient", "Patient.contact", "HumanName"; NULL: not in the table. */
const struct r4_type *r4_named(struct span name);
/* The type of a primitive's id and extensions. */
const struct r4_type *r4_primitive(void);
struct span           r4_name(const struct r4_type *t);
bool                  r4_is_resource(const struct r4_type *t);
/* Elements other than resources have their id as an attribute in XML, extensions also their url. */
bool                  r4_is_attribute(const struct r4_type *t, struct span name);

/* In the order of the specification, those of the types that it builds on first; attributes are left out. */
struct r4_walk {
	const struct r4_type *type;
	struct span           own, base;
};
struct r4_walk r4_elements(const struct r4_type *t);
bool           r4_next(struct r4_walk *w, struct r4_element *out);
/* Whether `name` is e, or a choice of it where it is open: then *out has that name and type. */
bool           r4_is(const struct r4_element *e, struct span name, struct r4_element *out);
bool           r4_find(const struct r4_type *t, struct span name, struct r4_element *out);

enum r4_form          r4_form(const struct r4_element *e);
const struct r4_type *r4_type_of(const struct r4_element *e); /* R4_COMPLEX only */

#endif
