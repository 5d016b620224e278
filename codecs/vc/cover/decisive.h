/* decisive.h - what decides a verdict and is read by its name must be what was signed.
 *
 * Suites over statements sign no names: an expiry under its full IRI, by a prefix or an alias, inside @nest or
 * @included, or of a second object with the same identifier, is the same statement, and a reader of members would not
 * see it.
 */
#ifndef VC_DECISIVE_H
#define VC_DECISIVE_H

#include "codecs/jsonld/rdf.h"
#include "codecs/tree/node.h"

struct work;

/* d: what jsonld_to_rdf made of the object.  What is stated of the object itself must be what its members say under
 * their plain names, else vc.ambiguous at layer, and false.  What is stated of other things is nobody's concern here:
 * a subject may have an issuer or dates of its own. */

/* A credential: identifier, issuer, dates, entries of status lists with their purpose, place and list, and, of such a
 * list, its purpose and its bits.  A presentation: identifier, holder, credentials (how many). */
bool vc_decisive_document(struct work *w, const struct node *doc, const char *layer, const struct rdf_dataset *d);
/* A proof's options: type, suite, times, purpose, method, domain, challenge. */
bool vc_decisive_options(struct work *w, const struct node *options, const char *layer, const struct rdf_dataset *d);

#endif
