/* workers.h - run jobs off the event loop, and come back to it. */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct app;
struct job;
struct tools;
struct workers;

/* Where finished jobs come back: fd becomes readable when the box was empty. */
struct mailbox {
	_Atomic(struct job *) head;
	int fd;
};

/* Embedded in what it carries.  Owned by one thread at a time: by the loop until submitted, by a worker
 * during run, by the loop again from done. */
struct job {
	/* On a worker; touches no libevent.  false: somebody else has it now, and posts it to its home. */
	bool (*run)(struct job *j, struct tools *tools);
	void (*done)(struct job *j);                     /* on the loop; always called once */
	struct mailbox *home;                            /* NULL: run ends it, done is not called */
	struct job *next;
};

int         mailbox_open(struct mailbox *m); /* 0 or -errno */
void        mailbox_close(struct mailbox *m);
void        mailbox_ring(struct mailbox *m);
void        mailbox_post(struct mailbox *m, struct job *j); /* as a worker does with what it has done */
struct job *mailbox_take(struct mailbox *m); /* all that is there, oldest first */

int    workers_new(struct app *app, unsigned threads, size_t queue_max, struct workers **out);
int    workers_submit(struct workers *w, struct job *j); /* -EAGAIN: full */
size_t workers_waiting(struct workers *w);
void   workers_free(struct workers *w); /* finishes what was submitted; NULL is allowed */

#endif
