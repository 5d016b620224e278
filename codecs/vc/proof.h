/* proof.h - the proofs inside a document (W3C, Data Integrity 1.0, and the Linked Data suites before it).
 *
 * A proof is read here down to the bytes that its signature covers.  No key is known here: which key made it and
 * whether it may is trust's.
 */
#ifndef VC_PROOF_H
#define VC_PROOF_H

#include "codecs/credential.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/node.h"

struct jsonld_loader;
struct rdf_dataset;
struct kit;
struct work;

/* How the document and the proof's options become bytes. */
enum vc_canon { VC_CANON_JCS, VC_CANON_RDFC, VC_CANON_SELECTIVE /* ecdsa-sd-2023 */ };

/* Where the signature stands. */
enum vc_carrier {
	VC_CARRIER_VALUE = 1, /* proofValue: multibase z */
	VC_CARRIER_DERIVED = 2, /* proofValue: multibase u, CBOR */
	VC_CARRIER_JWS = 4    /* jws: detached, unencoded (RFC 7797) */
};

struct vc_suite {
	const char   *name; /* a cryptosuite, or, before those, a type of proof */
	bool          integrity; /* type DataIntegrityProof */
	enum vc_canon canon;
	unsigned      carriers; /* bits */
	unsigned      accept;   /* SIG_BITs */
};

struct vc_proof {
	const struct node     *node;
	const char            *layer;
	const struct vc_suite *suite; /* NULL: none that is verified here; nothing but `method` is set then */
	struct span            method; /* verificationMethod */
	enum vc_carrier        carrier;
	enum sig_alg           alg; /* by the suite and the signature's length, or as the JWS header states it */
	struct span            signature; /* decoded; of a derived proof, what the issuer signed */
	struct span            header;    /* of a JWS, as it stands */
	struct span            derived;   /* of a derived proof: its CBOR */
};

/* NULL: none that is verified here. */
const struct vc_suite *vc_suite_named(const char *name);

/* Reads one proof of a credential; what is wrong is reported on the running check and leaves *ok false.
 * 0, -ENOMEM, -ENOBUFS. */
int vc_proof_read(struct work *w, const struct node *proof, const char *layer, struct vc_proof *out, bool *ok);
/* Of another purpose. */
int vc_proof_read_for(struct work *w, const struct node *proof, const char *layer, const char *purpose,
		      struct vc_proof *out, bool *ok);

/* The two canonical texts, as they are hashed, and what is signed. */
struct vc_covered {
	struct span document, options;
	struct span hashes; /* of the options, then of the document */
	struct span signed_bytes;
	const struct span *others; /* other texts that issuers have signed in its place: see RsaSignature2018 */
	size_t      other_count;
	bool        subject_stated; /* a credential of DIVOC, and vc_subject_stated holds for what is signed */
};

/* What p's signature covers in doc, the document with all its proofs.  Faults are reported, *ok false. */
int vc_proof_cover(struct work *w, const struct node *doc, const struct vc_proof *p, struct vc_covered *out,
		   bool *ok);

/* --- for cover.c --- */

struct canon;
struct canon_rules;
struct jsonld_contexts;
/* canonise.c: the statements of a document, canonical.  Nothing is left out of them in silence. */
struct vc_statements {
	const struct node *document;
	const char        *layer;
	enum digest        digest;
	bool               legacy; /* as processors before 2023 wrote it, who took an IRI for any text with a colon */
	const struct rdf_dataset **made; /* NULL, or for what was made canonical: lives until something else is */
};
/* *ok false: reported (jsonld.*, rdf.*, limits). */
int vc_canonise(struct work *w, const struct vc_statements *s, struct canon *out, bool *ok);
/* The contexts that this kit's thread keeps; NULL: out of memory. */
const struct jsonld_loader *vc_contexts(struct kit *kit);
/* From now on the kit's thread reads these, which are finished and outlive it, and keeps none of its own. */
void vc_contexts_share(struct kit *kit, struct jsonld_contexts *c);
/* For test suites: this kit's contexts are to include those that define every word. */
int vc_contexts_for_tests(struct kit *kit);

#endif
