/* aid.c - see aid.h. */
#include "tests/aid/aid.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, PATH_LENGTH = 1024 };

void
aid_begin(struct aid_work *a)
{
	*a = (struct aid_work){
		.arena = arena_new(BUDGET), .kit = kit_new(), .limits = limits_default
	};
	assert_non_null(a->arena);
	assert_non_null(a->kit);
	report_begin(&a->report, a->arena);
	a->work = (struct work){ a->arena, &a->report, &a->limits, a->kit, 0 };
}

void
aid_end(struct aid_work *a)
{
	arena_free(a->arena);
	kit_free(a->kit);
}

/* --- files --- */

void
aid_folder_make(struct aid_folder *f)
{
	const char *base = getenv("TMPDIR");

	snprintf(f->path, sizeof(f->path), "%s/vidimus-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(f->path));
}

static int
drop_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
aid_folder_drop(struct aid_folder *f)
{
	assert_int_equal(nftw(f->path, drop_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *
aid_path(struct arena *a, const struct aid_folder *f, const char *name)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", f->path, name);

	assert_in_range(n, 1, PATH_LENGTH - 1);
	struct span kept = arena_copy(a, span_of(path));
	assert_non_null(kept.ptr);
	return (const char *)kept.ptr;
}

void
aid_write(const struct aid_folder *f, const char *name, struct span bytes)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", f->path, name);

	assert_in_range(n, 1, PATH_LENGTH - 1);
	for (size_t i = strlen(f->path) + 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		path[i] = '/';
	}
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

void
aid_write_text(const struct aid_folder *f, const char *name, const char *text)
{
	aid_write(f, name, span_of(text));
}

static struct span
read_stream(struct arena *a, FILE *file)
{
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	uint8_t *p = arena_bytes(a, (size_t)size + 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)size, file), size);
	p[size] = '\0';
	return (struct span){ p, (size_t)size };
}

struct span
aid_read(struct arena *a, const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		fail_msg("%s can't be opened", path);
	struct span s = read_stream(a, file);
	fclose(file);
	return s;
}

/* --- what is printed --- */

/* From now on what goes to fd goes to a file; *kept: where it went before. */
static FILE *
divert(int fd, int *kept)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	*kept = dup(fd);
	assert_true(*kept >= 0);
	assert_true(dup2(fileno(file), fd) >= 0);
	return file;
}

static void
restore(int fd, int kept)
{
	dup2(kept, fd);
	close(kept);
}

int
aid_capture(struct arena *a, int (*fn)(void *arg), void *arg, struct span *out, struct span *err)
{
	int kept_out, kept_err = -1;
	FILE *to_out, *to_err = NULL;

	fflush(NULL);
	to_out = divert(STDOUT_FILENO, &kept_out);
	if (err)
		to_err = divert(STDERR_FILENO, &kept_err);
	int r = fn(arg);
	fflush(NULL);
	restore(STDOUT_FILENO, kept_out);
	if (err)
		restore(STDERR_FILENO, kept_err);
	*out = read_stream(a, to_out);
	fclose(to_out);
	if (err) {
		*err = read_stream(a, to_err);
		fclose(to_err);
	}
	return r;
}
