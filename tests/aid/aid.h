/* aid.h - what most tests need: a work of its own, a folder that goes away, files, what was printed.
 *
 * Whatever goes wrong in here fails the running test.
 */
#ifndef TESTS_AID_AID_H
#define TESTS_AID_AID_H

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"

/* A work with the default limits (a copy, to be changed before use). */
struct aid_work {
	struct arena *arena;
	struct kit   *kit;
	struct report report;
	struct limits limits;
	struct work   work;
};

void aid_begin(struct aid_work *a);
void aid_end(struct aid_work *a);

/* A folder below $TMPDIR. */
struct aid_folder {
	char path[256];
};

void aid_folder_make(struct aid_folder *f);
void aid_folder_drop(struct aid_folder *f); /* with everything in it */
/* Writes path/name, making the folders in between. */
void aid_write(const struct aid_folder *f, const char *name, struct span bytes);
void aid_write_text(const struct aid_folder *f, const char *name, const char *text);
/* "path/name", in the arena. */
const char *aid_path(struct arena *a, const struct aid_folder *f, const char *name);
struct span aid_read(struct arena *a, const char *path);

/* Runs fn(arg) and returns what it gave; everything it wrote to standard output (and, where err is not NULL,
 * to standard error) is copied into the arena, with a NUL behind it. */
int aid_capture(struct arena *a, int (*fn)(void *arg), void *arg, struct span *out, struct span *err);

#endif
