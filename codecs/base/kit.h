/* kit.h - what one thread keeps between requests because making it anew costs more than using it.
 *
 * A loop, a worker or the command line makes one kit and hands it to every
 * work it does.  Modules put their own object into their own slot: no module
 * knows another's, and there are no mutable globals.
 */
#ifndef BASE_KIT_H
#define BASE_KIT_H

enum kit_slot { KIT_INFLATE, KIT_DEFLATE, KIT_DIGEST, KIT_VERIFY, KIT_CONTEXTS, KIT_PROCESSED, KIT_SLOTS };

struct kit;

struct kit *kit_new(void); /* NULL: -ENOMEM */
void        kit_free(struct kit *k);
/* The slot's object, made with make() at first use and dropped with the kit; NULL when make gave NULL. */
/* Another's object, which outlives the kit, for a slot that is still empty: many threads may share what is only read. */
void  kit_share(struct kit *k, enum kit_slot slot, void *object);
void *kit_get(struct kit *k, enum kit_slot slot, void *(*make)(void), void (*drop)(void *));

#endif
