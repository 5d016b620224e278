/* who_fhir.h - parts of the adapter who-ddcc-ig: the guide's resources and documents as JSON and XML. */
#ifndef CONFORMANCE_ADAPTERS_WHO_FHIR_H
#define CONFORMANCE_ADAPTERS_WHO_FHIR_H

#include "conformance/suite.h"

/* Every resource from JSON to XML and back, without loss. */
int who_fhir(struct suite *s);
/* The documents, as core data set. */
int who_documents(struct suite *s);

#endif
