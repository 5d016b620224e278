/* kind.h - is this text a FHIR resource? */
#ifndef FHIR_KIND_H
#define FHIR_KIND_H

#include "codecs/base/span.h"

enum fhir_kind { FHIR_KIND_NONE, FHIR_KIND_JSON, FHIR_KIND_XML };

/* XML that names FHIR's namespace in its first 2 KiB, or a JSON object with resourceType that other schemes don't
 * claim: no @context (credentials), no Parameters, and bundles only of type document (health cards have others). */
enum fhir_kind fhir_kind_of(struct span in);

#endif
