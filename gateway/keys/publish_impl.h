/* publish_impl.h - shared by the files that publish. */
#ifndef KEYS_PUBLISH_IMPL_H
#define KEYS_PUBLISH_IMPL_H

#include "codecs/base/buf.h"
#include "gateway/keys/keys.h"

/* The next published key of one of the purposes (a bit each), from *at on; NULL at the end. */
const struct own_key *published_next(const struct keys *k, unsigned purposes_wanted, int64_t now, size_t *at);
/* "kty":...,"crv":...,"x":... */
void publish_jwk_members(struct buf *b, const struct own_key *o);
/* "x5c":[...] */
void publish_x5c(struct buf *b, const struct own_key *o);

#endif
