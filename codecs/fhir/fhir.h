/* fhir.h - HL7 FHIR R4 as JSON and as XML, each made of the other without loss (R4, 2.6.1 and 2.6.2).
 *
 * Without loss, or not at all: what the other form can't carry, and what R4 does not have at its place, is refused.
 * Blanks between elements, comments, the order of members and xsi:schemaLocation are no content.
 */
#ifndef FHIR_FHIR_H
#define FHIR_FHIR_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/node.h"

#define FHIR_SPACE  "http://hl7.org/fhir"
#define XHTML_SPACE "http://www.w3.org/1999/xhtml"

/* A resource (a tree from JSON) as XML, its elements in the order of the specification.  What can't be written is
 * reported on the running check (fhir.*, xml.* of a narrative) and *xml is SPAN_NONE.  0, -ENOMEM, -ENOBUFS. */
int fhir_to_xml(struct work *w, const struct node *resource, const char *layer, struct span *xml);
/* A resource (a tree from XML) as JSON; likewise. */
int fhir_to_json(struct work *w, const struct node *resource, const char *layer, struct span *json);

#endif
