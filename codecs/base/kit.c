/* kit.c - slots for what a thread keeps. */
#include "codecs/base/kit.h"

#include <stdlib.h>

struct kit {
	void *object[KIT_SLOTS];
	void (*drop[KIT_SLOTS])(void *);
};

struct kit *
kit_new(void)
{
	return calloc(1, sizeof(struct kit));
}

void
kit_free(struct kit *k)
{
	if (!k)
		return;
	for (int i = 0; i < KIT_SLOTS; i++)
		if (k->object[i])
			k->drop[i](k->object[i]);
	free(k);
}

static void
leave(void *object)
{
	(void)object;
}

void
kit_share(struct kit *k, enum kit_slot slot, void *object)
{
	if (k->object[slot])
		return;
	k->object[slot] = object;
	k->drop[slot] = leave;
}

void *
kit_get(struct kit *k, enum kit_slot slot, void *(*make)(void), void (*drop)(void *))
{
	if (!k->object[slot]) {
		k->object[slot] = make();
		k->drop[slot] = drop;
	}
	return k->object[slot];
}
