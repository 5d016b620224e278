/* signer_file.h - a struct signer over a private key in memory (PKCS#8, PEM or fresh); used by the demo world. */
#ifndef SEAL_SIGNER_FILE_H
#define SEAL_SIGNER_FILE_H

#include "codecs/seal/cert.h"
#include "codecs/signer.h"

struct private_key; /* opaque; wiped when freed */

enum private_kind { PRIVATE_P256, PRIVATE_P384, PRIVATE_P521, PRIVATE_RSA1024, PRIVATE_RSA2048, PRIVATE_RSA3072,
		    PRIVATE_ED25519 };

int  private_new(enum private_kind kind, struct private_key **out);
int  private_from_pem(struct span pem, struct private_key **out);
int  private_to_pem(const struct private_key *k, struct arena *a, struct span *out);
int  private_spki(const struct private_key *k, struct arena *a, struct span *out);
void private_free(struct private_key *k);

/* s->sign signs with k, which must outlive s.  alg must fit the key. */
int signer_over(const struct private_key *k, enum sig_alg alg, struct signer *s);

/* A certificate for `subject` signed by `ca` (or by itself): the X.509 profile of EU DSC and CSCA. */
struct cert_request {
	const char              *country, *organisation, *common_name;
	int64_t                  not_before, not_after;
	bool                     is_ca;
	const char              *names; /* alternative names as OpenSSL's configuration has them ("URI:https://a.example"); NULL: none */
	const char *const       *eku; /* dotted OIDs, NULL ended; NULL: no extension */
	const char              *document_types; /* ICAO: two letters each ("NVNT"); NULL: no extension.  Malformed where there is an
						  * odd one, and given twice where there are two texts ("NV,NT") */
	bool                     eku_critical; /* as ICAO Doc 9303-12 has it for bar code signers */
	int64_t                  use_from, use_until; /* when the key itself signs (RFC 3280, 4.2.1.4); both 0: no extension */
	const struct private_key *subject, *ca_key;
	struct span              spki; /* of the subject, where `subject` is NULL: its private part is elsewhere */
	const struct signer     *by; /* in place of ca_key, or of the subject's own key: one whose private part is elsewhere */
	const struct cert       *ca; /* NULL: self-signed */
};
/* 0, -ENOMEM, or what by->sign gave. */
int cert_issue(const struct cert_request *r, struct arena *a, struct span *der);
/* Detached CMS over content, DER. */
int cms_sign(const struct private_key *k, const struct cert *c, struct span content, struct arena *a, struct span *out);

#endif
