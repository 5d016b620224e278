/* cms.h - CMS SignedData (RFC 5652) on items of trust lists; OpenSSL does the work. */
#ifndef SEAL_CMS_H
#define SEAL_CMS_H

#include "codecs/base/arena.h"
#include "codecs/seal/cert.h"

enum cms_result { CMS_VALID, CMS_BAD, CMS_NO_SIGNER /* carries no certificate and none was given */ };

/* Detached signature over content, BER allowed.  `signer`: the certificate that must have signed; NULL
 * accepts the embedded one and returns it in *embedded (the caller decides whether to trust it). */
int cms_verify(struct span cms, struct span content, const struct cert *signer, struct cert **embedded,
	       enum cms_result *out);
/* What a CMS is around, without a look at its signature; *out SPAN_NONE: it is none, or detached.  0 or -ENOMEM. */
int cms_content(struct span cms, struct arena *a, struct span *out);

#endif
