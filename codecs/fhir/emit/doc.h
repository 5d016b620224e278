/* doc.h - a DDCC document being written as JSON: its resources, and values that are told as they are written.
 *
 * Resources are named by UUIDs (RFC 9562, version 8) made of the attestation's number and their place.
 */
#ifndef FHIR_EMIT_DOC_H
#define FHIR_EMIT_DOC_H

#include "codecs/emit.h"

#define DOC_GUIDE           "http://smart.who.int/ddcc/"
#define DOC_EXTENSION(name) DOC_GUIDE "StructureDefinition/" name

enum doc_entry {
	DOC_COMPOSITION, DOC_PATIENT, DOC_ORGANIZATION, DOC_EVENT, DOC_RECOMMENDATION, DOC_DEVICE, DOC_SPECIMEN, DOC_PROCEDURE,
	DOC_REPORT, DOC_PROVENANCE
};

struct doc {
	struct work           *w;
	const struct emission *e;
	struct loss           *loss;
	struct buf             b;
	int                    event; /* its place in the record; -1: none */
	const struct event    *v;
};

/* Name and bracket of an object or list; "" has no name.  doc_close writes the bracket alone. */
void doc_open(struct doc *d, const char *name, char bracket);
void doc_close(struct doc *d, char bracket);
/* Empty texts are left out. */
void doc_text(struct doc *d, const char *name, struct span value);
void doc_str(struct doc *d, const char *name, const char *value);
void doc_number(struct doc *d, const char *name, int64_t value);
void doc_time(struct doc *d, const char *name, int64_t t);
/* {"coding": [{"system", "code"}]}, in a list of one where `many`. */
void doc_concept(struct doc *d, const char *name, const char *system, const char *code, bool many);
/* name: {"reference": ...}; "" is an item of a list. */
void doc_reference(struct doc *d, const char *name, enum doc_entry to);
void doc_uuid(struct doc *d, const char *name, enum doc_entry of);
/* {"fullUrl": ..., "resource": {"resourceType": type, and its end. */
void doc_begin(struct doc *d, enum doc_entry entry, const char *type);
void doc_end(struct doc *d);

/* {"system", "code", "display"}; and a concept of it, or of words alone. */
void doc_coding(struct doc *d, const char *name, const struct coded *c);
void doc_coded(struct doc *d, const char *name, const struct coded *c);
/* The source's own code, what it was mapped to where that has no system, or its words; of a required one the operator's.
 * False: it is not to be had, and told. */
bool doc_choose(struct doc *d, enum element el, const struct coded *c, bool required, struct coded *out);
/* FHIR's dateTime: as precise as it is, a moment with its zone.  doc_when: required. */
bool doc_is_when(struct span s);
void doc_when(struct doc *d, const char *name, enum element el, struct span value);
/* The extension of the event's country, alpha-3; required. */
void doc_country(struct doc *d);
/* {"display": value}; empty: nothing. */
void doc_display(struct doc *d, const char *name, struct span value);

/* The running event as the resources that the guide has for it. */
void doc_vaccination(struct doc *d);
void doc_test(struct doc *d);
void doc_person(struct doc *d);

#endif
