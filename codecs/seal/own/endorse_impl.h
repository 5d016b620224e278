/* endorse_impl.h - signatures of a struct signer in the form that X.509 and CMS carry. */
#ifndef SEAL_OWN_ENDORSE_IMPL_H
#define SEAL_OWN_ENDORSE_IMPL_H

#include "codecs/signer.h"

#include <openssl/x509.h>

/* The signature algorithm's identifier; false: none for this algorithm, or no memory. */
bool own_sign_algorithm(X509_ALGOR *to, enum sig_alg alg);
/* As by->sign, of ECDSA in DER. */
int own_sign(const struct signer *by, struct arena *a, struct span bytes, struct span *out);

#endif
