/* fhir.h - what a card's content needs of FHIR R4: entries, references, and which elements are of which type. */
#ifndef SHC_FHIR_H
#define SHC_FHIR_H

#include "codecs/tree/node.h"

/* The first resource of that type in a bundle; NULL when there is none. */
const struct node *fhir_first(const struct node *bundle, const char *type);
/* The resource whose entry has that fullUrl; NULL when there is none. */
const struct node *fhir_resolve(const struct node *bundle, struct span url);
/* resource:N, N decimal. */
bool fhir_is_short(struct span url);

#endif
