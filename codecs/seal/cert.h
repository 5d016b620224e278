/* cert.h - what a signer certificate (X.509, RFC 5280) says; parsed once, when trust data is loaded. */
#ifndef SEAL_CERT_H
#define SEAL_CERT_H

#include "codecs/seal/key.h"

struct cert; /* counted, immutable */

/* *out NULL: these bytes are no certificate (malformed, trailing bytes, or more than any has: 64 KiB, 32 parts of
 * issuer or subject, 32 extensions, 32 CRL distribution points).  A certificate whose key is refused is still
 * returned: cert_key is NULL and cert_key_fault says why. */
int  cert_from_der(struct span der, const struct key_policy *p, struct cert **out);
/* Every certificate of a PEM text, or the one DER; at most max.  Malformed entries are counted in *bad. */
int  cert_from_file(struct span bytes, const struct key_policy *p, struct cert **out, size_t max, size_t *count,
		    size_t *bad);
struct cert *cert_ref(const struct cert *c);
void         cert_free(struct cert *c);

const struct key *cert_key(const struct cert *c);
enum key_fault    cert_key_fault(const struct cert *c);
struct span       cert_der(const struct cert *c);
struct span       cert_sha256(const struct cert *c);  /* 32 bytes over the DER; the first 8 are the DCC kid */
struct span       cert_subject(const struct cert *c); /* one line, RFC 4514 */
struct span       cert_issuer(const struct cert *c);
struct span       cert_country(const struct cert *c); /* C of the subject, empty when absent or repeated */
struct span       cert_serial(const struct cert *c);  /* hex */
int64_t           cert_not_before(const struct cert *c);
int64_t           cert_not_after(const struct cert *c);
bool              cert_is_ca(const struct cert *c);
/* The authority's subject is the certificate's issuer, and the key identifiers, where both are there, agree: without
 * this no path leads from one to the other.  It proves nothing. */
bool              cert_may_come_from(const struct cert *c, const struct cert *authority);
/* The value (DER) of the extension with this dotted OID; SPAN_NONE when there is none, or more than one. */
struct span       cert_extension(const struct cert *c, const char *oid);
size_t            cert_extension_count(const struct cert *c, const char *oid);

/* The DCC's extended key usage, both OID forms (1.3.6.1.4.1.1847.2021.1.x and 1.3.6.1.4.1.0.1847.2021.1.x). */
enum { USAGE_TEST = 1u << 0, USAGE_VACCINATION = 1u << 1, USAGE_RECOVERY = 1u << 2, USAGE_ANY = 7u };
/* What it may sign: USAGE_ANY when there is no extension, an empty one, or only foreign purposes;
 * *foreign tells the last case. */
unsigned cert_usage(const struct cert *c, bool *foreign);

#endif
