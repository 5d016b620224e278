/* batch_impl.h - a batch under way: known to batch.c, which has it on the loop, and batch_lines.c, on a worker. */
#ifndef HTTP_BATCH_IMPL_H
#define HTTP_BATCH_IMPL_H

#include "gateway/http/loop.h"

/* What is kept free around a worker's reports for a chunk's size in hex with its line end, and for its own. */
enum { CHUNK_HEAD = 18, CHUNK_TAIL = 2 };

struct stream {
	struct job    job;
	struct conn  *conn;
	struct trust *trust;       /* one snapshot for the whole batch */
	struct web   *web;         /* what was fetched so far; NULL: nothing */
	struct wish  *wish;        /* what the first of the worker's lines lacks, and some of those behind */
	uint64_t      waits_since; /* of that line; 0: it has lacked nothing yet */
	uint64_t      looked_to;   /* lines whose lacks were looked for ahead */
	unsigned      rounds;
	int64_t       now;     /* of the block */
	struct block  fill;    /* what has arrived */
	struct block  work;    /* the worker's lines */
	struct block  reports; /* the worker's answers, behind room for a chunk's head */
	struct block  spare;   /* sent, and kept for the answers after the next */
	struct fault  fault;   /* told as the last line */
	uint64_t      left;    /* of a body of known length */
	uint64_t      lines;
	size_t        line_max;
	bool          busy, ended, failed;
	bool          lacks;    /* the worker stopped at a line that lacks something */
	bool          patient;  /* that line may wait for it */
	bool          skipping; /* the rest of an overlong line is thrown away */
	bool          overlong; /* one is to be told behind the worker's lines */
};

static inline size_t
block_len(const struct block *b)
{
	return b->to - b->from;
}

bool stream_run(struct job *job, struct tools *tools);
bool stream_put(struct block *b, struct span data); /* behind what is there; false: out of memory */

#endif
