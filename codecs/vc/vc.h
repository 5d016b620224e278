/* vc.h - what the forms of a W3C Verifiable Credential share: signed as JSON (Data Integrity), as JWT, as JOSE, as COSE. */
#ifndef VC_VC_H
#define VC_VC_H

#include "codecs/base/report.h"
#include "codecs/codec.h"
#include "codecs/vc/disclose/sd_jwt.h"
#include "codecs/vc/model.h"
#include "codecs/vc/proof.h"

enum vc_form {
	VC_JSON,  /* the document with its proof inside */
	VC_TOKEN, /* JWT with a `vc` claim (data model 1.1, 6.3.1) */
	VC_JOSE,  /* a JWS, or SD-JWT, whose payload is the document (VC-JOSE-COSE, 3.1 and 3.2) */
	VC_COSE   /* likewise COSE_Sign1 (3.3) */
};

/* Kept from decode to check and normalise. */
struct vc {
	bool               presents; /* asked: the document must be a presentation, and `issuer` is its holder */
	enum vc_form       form;
	enum vc_model      model;
	const char        *layer;  /* in which places of doc count */
	const struct node *doc;    /* the credential itself: of a token, what its `vc` claim holds */
	const struct node *claims; /* VC_TOKEN and VC_JOSE: the payload */
	const struct node *header; /* VC_TOKEN and VC_JOSE */
	struct sd_jwt      sd;     /* VC_JOSE as SD-JWT, whose claims are those that are left and disclosed; or all empty */
	struct span        issuer; /* of the credential, else of the token */
	struct vc_proof   *proofs; /* VC_JSON: beside those of struct credential */
	size_t             proof_count;
	bool               subject_stated; /* see vc_covered; set by cover */
};

/* The algorithms that each form may be signed with (VC-JOSE-COSE, 3.1.1; the 1.1 model leaves it open). */
#define VC_ALGORITHMS                                                                                          \
	(SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384) | SIG_BIT(SIG_ES512) | SIG_BIT(SIG_PS256) | SIG_BIT(SIG_PS384) | \
	 SIG_BIT(SIG_PS512) | SIG_BIT(SIG_RS256) | SIG_BIT(SIG_EDDSA) | SIG_BIT(SIG_ES256K))

/* vc.c: for the files of each form.  Takes over the document: model, issuer, dates; faults are reported. */
int  vc_take_document(struct work *w, struct vc *vc, const struct node *doc, struct credential *out);
void vc_add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree);
/* One proof; *p is zeroed.  0 or arena_error. */
int  vc_add_proof(struct work *w, struct credential *c, struct proof **p);
/* Narrows the time within which the credential is valid; node: where it stands. */
void vc_not_before(struct credential *c, int64_t t, const struct node *node);
void vc_not_after(struct credential *c, int64_t t, const struct node *node);

#define VC_ENVELOPED_PRESENTATION "EnvelopedVerifiablePresentation"

/* kind.c: whether it is a credential or presentation at all, by a look at its beginning. */
bool vc_detect(struct span in);
/* "B64:" and an archive in base64, as some issuers of DIVOC write its codes as text. */
#define VC_B64 "B64:"
bool vc_looks_like_b64(struct span in);
/* A presentation's credentials, each on its own. */
int  vc_split(struct work *w, struct span in, struct span **entries, size_t *count);
/* Whether it is an SD-JWT of anything but a presentation, as its header has it. */
bool vc_is_bound(struct span in);
/* What a data: URL of a credential, or of a presentation, holds; ptr NULL: it is none. */
int  vc_enveloped(struct work *w, struct span url, bool presentation, struct span *out);

/* proofs.c: those inside the document, and, once a trusted key was found, what they cover. */
int vc_take_proofs(struct work *w, struct vc *vc, struct credential *out);
/* *subject_stated: as in vc_covered, of any of them. */
int vc_cover_proofs(struct work *w, const struct vc *vc, struct credential *c, bool *subject_stated);

/* jose.c */
int  vc_decode_jws(struct work *w, struct span in, struct vc *vc, struct credential *out);
/* A key's full name: a fragment alone counts from the issuer, and a DID that is its own key names it. */
int  vc_key_name(struct work *w, struct span issuer, struct span kid, struct span *out);
/* The part of a key's name that is its owner's. */
static inline struct span
vc_did_of(struct span kid)
{
	return span_slice(kid, 0, span_find(kid, '#'));
}
/* What the claims of a token and its credential say must agree (1.1, 6.3.1). */
void vc_check_token(struct work *w, const struct vc *vc);
/* cose.c */
bool vc_looks_like_cose(struct span in);
int  vc_decode_cose(struct work *w, struct span in, struct vc *vc, struct credential *out);

#endif
