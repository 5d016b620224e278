/* hand.h - leased indices, handed out from memory by any thread. */
#ifndef STORE_HAND_H
#define STORE_HAND_H

#include "gateway/store/log.h"

enum { HAND_LOW = 2 * STORE_LEASE }; /* under load a lease takes as long as some hundred are given */

struct hand *hand_new(void); /* NULL: -ENOMEM */
void         hand_free(struct hand *h);
/* Makes room for the family.  0, -ENOMEM. */
int          hand_know(struct hand *h, struct span family);
/* 0, or -EAGAIN.  *low: it's time to lease more, told to one caller only until hand_put or hand_low. */
int          hand_take(struct hand *h, struct span family, struct store_place *out, bool *low);
void         hand_low(struct hand *h, struct span family); /* the one who was told could not */
size_t       hand_left(struct hand *h, struct span family);
/* A leased block of a known family, in random order from now on. */
void         hand_put(struct hand *h, struct span family, struct block *b);

#endif
