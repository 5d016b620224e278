/* cert_bounds.h - how much a certificate may hold before OpenSSL is asked anything about it.
 *
 * OpenSSL's own reading copies the issuer's name for each CRL distribution point, and looks for each kind of extension
 * among all of them: without ceilings a few kilobytes from anybody cost minutes.  To be asked of every certificate that
 * comes from outside: cert_from_der does, and so does whoever hands OpenSSL one of its own finding (a TLS server's).
 */
#ifndef SEAL_CERT_BOUNDS_H
#define SEAL_CERT_BOUNDS_H

#include <openssl/x509.h>
#include <stdbool.h>

/* What real certificates stay far below. */
enum { CERT_BYTES_MAX = 65536, CERT_NAME_MAX = 32, CERT_EXTENSIONS_MAX = 32, CERT_POINTS_MAX = 32 };

/* Parts of issuer and subject, extensions, CRL distribution points; takes time linear in its length. */
bool cert_in_bounds(const X509 *x);

#endif
