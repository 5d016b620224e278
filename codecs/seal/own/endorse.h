/* endorse.h - CMS SignedData (RFC 5652) by a struct signer, wherever its private part is. */
#ifndef SEAL_OWN_ENDORSE_H
#define SEAL_OWN_ENDORSE_H

#include "codecs/seal/cert.h"
#include "codecs/signer.h"

/* Detached, with the signer's certificate c and with signed attributes (content type, digest, time): what the EU's
 * gateway takes.  by->alg: ES256 or EdDSA.  0, -ENOMEM, -EINVAL (another algorithm), or what by->sign gave. */
int cms_sign_by(const struct signer *by, const struct cert *c, struct span content, int64_t at, struct kit *kit,
		struct arena *a, struct span *out);
/* The same around its content, which is in it: at most CMS_WRAPPED bytes, else -ENOBUFS. */
enum { CMS_WRAPPED = 60000 };
int cms_wrap_by(const struct signer *by, const struct cert *c, struct span content, int64_t at, struct kit *kit,
		struct arena *a, struct span *out);

#endif
