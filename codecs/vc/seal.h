/* seal.h - a W3C credential secured: by a proof inside it (Data Integrity 1.0, and the Linked Data suites before it),
 * as JWT (1.1, 6.3.1), or by VC-JOSE-COSE.
 *
 * The recipe's defaults give what the specifications ask for.  Its switches give what must be refused: the demo world
 * and the tests make their bad credentials with them.
 */
#ifndef VC_SEAL_H
#define VC_SEAL_H

#include "codecs/base/work.h"
#include "codecs/signer.h"
#include "codecs/vc/vc.h"

struct vc_recipe {
	enum vc_form form;
	struct span document;  /* a JSON object without proof, no blank behind it; of a token its claims */
	struct span signed_as; /* what is signed in its place; empty: itself */

	/* VC_JSON.  The method is the signer's kid. */
	const char *suite;     /* a cryptosuite, or an older type of proof; NULL: eddsa-jcs-2022 */
	const char *covers_as; /* another suite, by whose rules it is signed all the same */
	const char *purpose;   /* NULL: assertionMethod; "": left out */
	const char *created;   /* NULL: left out */
	const char *more;      /* further members of the proof, with a comma in front of each */
	const char *signed_more; /* what is signed in their place; NULL: themselves */
	struct span before;    /* other proofs in front of it, JSON, with a comma behind each */
	const char *value;     /* members that hold the signature, instead of it, with a comma in front */
	char        letter;    /* of the proofValue: 'u' is base64url; 0: 'z' */
	const char *between;   /* the dots of a detached JWS */

	/* The others, and the JWS of a proof. */
	const char *alg;    /* NULL: the signer's; "": left out */
	const char *typ;    /* NULL: what the form asks for; "": left out */
	const char *cty;    /* likewise */
	struct span kid;    /* ptr NULL: the signer's; empty: left out */
	const char *header; /* further members of a JWS header, with a comma in front of each; of a proof's JWS instead of
			     * ,"b64":false,"crit":["b64"] */
	bool        der;    /* an ASN.1 SEQUENCE instead of r and s */
};

/* The credential, in the arena.  0; -EINVAL: the document is no JSON, or cannot be made canonical; -ENOMEM, -ENOBUFS. */
int vc_seal(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out);
/* The proof alone, for another's `before`. */
int vc_seal_proof(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out);

#endif
