/* publish.h - what others need to verify what our keys sign, each in the form that they read: keys that are next,
 * active or retired as of w->now; withdrawn and gone ones in none.
 *
 * Each writes to *b.  0, -ENOMEM, -ENOBUFS.  The two lists and what is wrapped are signed with the active key of PURPOSE_LIST (-ENOENT:
 * there is none; or what keys_signer and it gave), the rest needs no private part.
 */
#ifndef KEYS_PUBLISH_H
#define KEYS_PUBLISH_H

#include "codecs/base/buf.h"
#include "codecs/base/work.h"
#include "gateway/keys/keys.h"

/* /.well-known/jwks.json: health cards' keys (SMART Health Cards 1.4.0), with x5c.  crl_version: of the revocation list of
 * each, which then has to be where the framework looks for it; 0: there is none. */
#define PUBLISH_JWKS ".well-known/jwks.json"
int publish_jwks(struct work *w, const struct keys *k, int64_t crl_version, struct buf *b);
/* did.json of keys_did: each key of W3C credentials as Multikey (its kid) and as JsonWebKey (its kid and "-jwk"); the
 * list's key as JsonWebKey, in whose name the proof of publish_gdhcn is made. */
int publish_did(struct work *w, const struct keys *k, struct buf *b);
/* PEM of every certificate of the purpose; may be nothing. */
int publish_certificates(struct work *w, const struct keys *k, enum key_purpose p, struct buf *b);
/* /trustlist: items as the EU's gateway has them: CSCA, UPLOAD and DSC, each with CMS by the list's key; pin its certificate. */
int publish_dgcg(struct work *w, struct keys *k, struct buf *b);
/* /v2/trustlist/did.json: a document as the WHO's network has them, under our own DID; pin the same certificate. */
int publish_gdhcn(struct work *w, struct keys *k, struct buf *b);
/* CMS around the content by the list's key, in base64 on one line: what the EU's gateway has of a revocation batch. */
int publish_wrapped(struct work *w, struct keys *k, struct span content, struct buf *b);

/* What is published as files: `vidimus keys publish`, and by the same names over HTTP. */
struct publication {
	const char *path, *media_type;
	int (*write)(struct work *w, struct keys *k, struct buf *b);
};
const struct publication *publication_at(size_t index); /* NULL at the end */

#endif
