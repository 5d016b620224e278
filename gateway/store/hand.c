/* hand.c - blocks of indices by family, under one lock that is held for a few steps only.
 *
 * The order within a block is random: who sees two indices does not learn who came first.
 */
#include "gateway/store/hand.h"

#include "gateway/store/secret.h"

#include <errno.h>
#include <stdlib.h>

enum { FAMILIES = 4096 };

struct family {
	struct family *next;
	struct block *blocks;
	size_t left;
	bool asked;
	size_t len;
	uint8_t name[STORE_FAMILY];
};

struct hand {
	pthread_mutex_t lock;
	struct family *first;
	size_t count;
};

struct hand *
hand_new(void)
{
	struct hand *h = calloc(1, sizeof(*h));

	if (h)
		pthread_mutex_init(&h->lock, NULL);
	return h;
}

void
hand_free(struct hand *h)
{
	if (!h)
		return;
	for (struct family *f = h->first, *after; f; f = after) {
		after = f->next;
		for (struct block *b = f->blocks, *next; b; b = next) {
			next = b->next;
			free(b);
		}
		free(f);
	}
	pthread_mutex_destroy(&h->lock);
	free(h);
}

static struct family *
named(struct hand *h, struct span name)
{
	struct family *f = h->first;

	while (f && !span_eq((struct span){ f->name, f->len }, name))
		f = f->next;
	return f;
}

static struct family *
make(struct hand *h, struct span name)
{
	struct family *f = h->count < FAMILIES ? calloc(1, sizeof(*f)) : NULL;

	if (!f)
		return NULL;
	memcpy(f->name, name.ptr, name.len);
	f->len = name.len;
	f->next = h->first;
	h->first = f;
	h->count++;
	return f;
}

int
hand_know(struct hand *h, struct span family)
{
	pthread_mutex_lock(&h->lock);
	struct family *f = named(h, family);
	if (!f)
		f = make(h, family);
	pthread_mutex_unlock(&h->lock);
	return f ? 0 : -ENOMEM;
}

static void
pop(struct family *f, struct store_place *out)
{
	struct block *b = f->blocks;

	f->left--;
	*out = (struct store_place){ b->lease.list,
		b->lease.first + (int64_t)b->order[--b->lease.count] };
	if (b->lease.count > 0)
		return;
	f->blocks = b->next;
	free(b);
}

int
hand_take(struct hand *h, struct span family, struct store_place *out, bool *low)
{
	int r = -EAGAIN;

	*low = false;
	pthread_mutex_lock(&h->lock);
	struct family *f = named(h, family);
	if (f && f->left > 0) {
		pop(f, out);
		r = 0;
	}
	if (f && f->left < HAND_LOW && !f->asked)
		*low = f->asked = true;
	pthread_mutex_unlock(&h->lock);
	return r;
}

void
hand_low(struct hand *h, struct span family)
{
	pthread_mutex_lock(&h->lock);
	struct family *f = named(h, family);
	if (f)
		f->asked = false;
	pthread_mutex_unlock(&h->lock);
}

size_t
hand_left(struct hand *h, struct span family)
{
	pthread_mutex_lock(&h->lock);
	struct family *f = named(h, family);
	size_t left = f ? f->left : 0;
	pthread_mutex_unlock(&h->lock);
	return left;
}

static void
shuffle(struct block *b)
{
	uint32_t random[STORE_LEASE] = { 0 };

	/* without randomness the order tells more than it should, but indices stay good */
	(void)secret_random(random, sizeof(random));
	for (uint32_t i = 0; i < b->lease.count; i++)
		b->order[i] = i;
	for (uint32_t i = (uint32_t)b->lease.count; i > 1; i--) {
		uint32_t j = random[i - 1] % i, kept = b->order[i - 1];
		b->order[i - 1] = b->order[j];
		b->order[j] = kept;
	}
}

void
hand_put(struct hand *h, struct span family, struct block *b)
{
	shuffle(b);
	pthread_mutex_lock(&h->lock);
	struct family *f = named(h, family);
	if (f) {
		struct block **end = &f->blocks;
		while (*end)
			end = &(*end)->next;
		b->next = NULL;
		*end = b;
		f->left += b->lease.count;
		f->asked = false;
	}
	pthread_mutex_unlock(&h->lock);
	if (!f)
		free(b);
}
