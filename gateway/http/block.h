/* block.h - bytes on their way in or out; reply.c has the functions. */
#ifndef HTTP_BLOCK_H
#define HTTP_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

/* Bytes [from, to) of a malloc'ed run. */
struct block {
	uint8_t *ptr;
	size_t   from, to, cap;
};

bool block_room(struct loop *l, struct block *b, size_t more); /* false: out of memory */
void block_drop(struct loop *l, struct block *b);
bool block_grow(struct block *b, size_t more); /* as block_room, on any thread */
void block_pack(struct block *b);              /* to the front of its run */
void block_wipe(struct block *b);              /* overwritten and freed */

#endif
