/* private_impl.h - the inside of a private key, for the files that sign. */
#ifndef SEAL_PRIVATE_IMPL_H
#define SEAL_PRIVATE_IMPL_H

#include <openssl/evp.h>

struct private_key {
	EVP_PKEY *pkey;
};

#endif
