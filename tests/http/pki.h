/* pki.h - an authority made for a test, and what it certifies. */
#ifndef TESTS_HTTP_PKI_H
#define TESTS_HTTP_PKI_H

#include "codecs/base/span.h"

struct ssl_ctx_st;

struct pki {
	struct evp_pkey_st *key;
	struct x509_st     *cert;
	struct span         pem; /* of the certificate */
};

/* A key with its certificate, both as PEM. */
struct pki_leaf {
	struct span cert, key;
};

void pki_open(struct pki *p, const char *name);
void pki_close(struct pki *p);
/* subject: "C=AQ,CN=Port" from the root down; days from now, until then. */
void pki_leaf(const struct pki *p, const char *subject, long from, long until, struct pki_leaf *out);
void pki_leaf_free(struct pki_leaf *l);
/* A client that believes that authority, and shows that certificate (NULL: none). */
struct ssl_ctx_st *pki_client(const struct pki *p, const struct pki_leaf *shows);

#endif
