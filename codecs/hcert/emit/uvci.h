/* uvci.h - the identifier of what we attest as EU Digital COVID Certificate, and the hash by which others know it as
 * revoked.
 */
#ifndef HCERT_EMIT_UVCI_H
#define HCERT_EMIT_UVCI_H

#include "codecs/base/buf.h"

struct kit;

enum { UVCI_HASH = 16 };

/* URN:UVCI:01:<our country>:<our number>#<check character>, of the EMIT_ID bytes that name the attestation. */
void uvci_write(struct buf *b, struct span country, const uint8_t *id);
/* Hash type UCI of the EU's revocation batches: the first bytes of SHA-256 of `ci`, exactly as the certificate has it,
 * with its check character.  0 or -ENOMEM. */
int uvci_hash(struct kit *kit, struct span ci, uint8_t out[UVCI_HASH]);

#endif
