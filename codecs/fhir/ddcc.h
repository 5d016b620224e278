/* ddcc.h - a DDCC document (guide 1.0.1, DDCCDocument), or any bundle or resource with the same elements, as a record. */
#ifndef FHIR_DDCC_H
#define FHIR_DDCC_H

#include "codecs/base/work.h"
#include "codecs/record/record.h"
#include "codecs/tree/node.h"

/* Patient, every Immunization and Observation, and what they refer to.  *out is initialised.  What is not there stays
 * absent; nothing is judged.  More events than record.events are reported on the running check.  0, -ENOMEM, -ENOBUFS. */
int ddcc_record(struct work *w, const struct node *resource, struct record *out);

#endif
