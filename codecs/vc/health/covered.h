/* covered.h - is what a record says of the person and the event among the statements that are signed?
 *
 * A proof over statements covers no object whose identifier is relative: all that is said of it falls out, and anyone
 * can be put in its place.  Processors leave it out in silence; here it ends the verification.
 */
#ifndef VC_HEALTH_COVERED_H
#define VC_HEALTH_COVERED_H

#include "codecs/jsonld/rdf.h"
#include "codecs/tree/node.h"

struct work;

/* Each identifier within credentialSubject and evidence is absolute (a scheme, a colon, anything, as credentials of
 * before 2023 have it), or there is none.  Else vc.subject_unsigned, with its place; false. */
bool vc_subject_named(struct work *w, const struct node *credential, const char *layer);

/* Each value within credentialSubject and evidence is stated of its own object, and that object is reached from the
 * credential.  d: what jsonld_to_rdf made of the credential.  Else vc.subject_unsigned; false.  For credentials whose
 * contexts put values where they stand (no containers by language, index or graph), as those of DIVOC do. */
bool vc_subject_stated(struct work *w, const struct node *credential, const char *layer, const struct rdf_dataset *d);

#endif
