/* cert_impl.h - the inside of a certificate, for the files that hand it to OpenSSL. */
#ifndef SEAL_CERT_IMPL_H
#define SEAL_CERT_IMPL_H

#include "codecs/seal/cert.h"

#include <openssl/x509.h>
#include <stdatomic.h>

struct cert {
	atomic_uint refs;
	X509 *x509;
	struct key *key;
	enum key_fault key_fault;
	uint8_t *der;
	size_t der_len;
	uint8_t sha256[32];
	char *subject, *issuer, *serial;
	char country[3];
	int64_t not_before, not_after;
	bool is_ca, usage_foreign;
	unsigned usage;
};

#endif
