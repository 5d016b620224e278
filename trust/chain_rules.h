/* chain_rules.h - what a path must fulfil beyond what OpenSSL has checked already. */
#ifndef TRUST_CHAIN_RULES_H
#define TRUST_CHAIN_RULES_H

#include "trust/chain.h"

#include <openssl/x509.h>

/* chain: leaf first, anchor last, accepted by X509_verify_cert; crls: those that it was given. */
bool chain_rules(const struct chain_path *p, STACK_OF(X509) *chain, STACK_OF(X509_CRL) *crls);

#endif
