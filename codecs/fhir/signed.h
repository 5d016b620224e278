/* signed.h - documents with a signature of their own (Bundle.signature), and what is demanded of those alone.
 *
 * The signature is a JWS (RFC 7515, ES256 and its kin) with a detached payload, base64 in Signature.data.  What it covers is
 * the bundle without `signature`, all of it, as canonical JSON (RFC 8785); of XML that of the JSON which it stands for.  When
 * and by whom, as Signature says it, is not covered, and not read: the key says who, its header's kid which key.
 */
#ifndef FHIR_SIGNED_H
#define FHIR_SIGNED_H

#include "codecs/base/work.h"
#include "codecs/credential.h"
#include "codecs/tree/node.h"

#define FHIR_LAYER "json"

/* The bytes that the signature of such a bundle covers.  *out SPAN_NONE: a number that is not written as the canonical form
 * has it was reported (fhir.signature), since its text would not be covered.  0, -ENOMEM, -ENOBUFS. */
int fhir_covered(struct work *w, const struct node *bundle, struct span *out);
/* What is signed with it: base64url of the header, a dot, base64url of the covered bytes. */
int fhir_signing_input(struct work *w, struct span header, struct span covered, struct span *out);
/* Fills proofs, dates, usage and domains of a bundle with a signature; any other resource stays without proof.  What is
 * wrong is reported (fhir.signature, jws.*, signature.*, encoding.*).  0, -ENOMEM, -ENOBUFS. */
int fhir_read_signature(struct work *w, const struct node *resource, struct credential *c);
/* One composition and one patient, whose all entries are; nothing undone or unfinished; nothing that changes the meaning of
 * the rest (modifierExtension, implicitRules).  codec->check. */
int fhir_check(struct work *w, const struct credential *c);

#endif
