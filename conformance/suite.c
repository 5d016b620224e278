/* suite.c - files of a corpus, a fresh work for each case, outcomes kept for the reports. */
#include "conformance/suite.h"

#include "conformance/suite_impl.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	SUITE_MEMORY = 1 << 30,
	CASE_MEMORY = 256 << 20,
	FILE_MAX = 64 << 20,
	PATH_LENGTH = 2048,
	DETAIL = 600,
	TREE_DEPTH = 8
};

struct suite *
suite_open(const char *name, struct span folder, struct kit *kit)
{
	struct suite *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kit = kit;
	s->limits = limits_default;
	s->arena = arena_new(SUITE_MEMORY);
	s->scratch = arena_new(CASE_MEMORY);
	if (s->arena && s->scratch) {
		s->folder = arena_copy(s->arena, folder);
		s->name = (const char *)arena_copy(s->arena, span_of(name)).ptr;
	}
	if (s->folder.ptr && s->name)
		return s;
	suite_close(s);
	return NULL;
}

void
suite_close(struct suite *s)
{
	if (!s)
		return;
	arena_free(s->scratch);
	arena_free(s->arena);
	free(s);
}

struct work *
suite_work(struct suite *s)
{
	arena_reset(s->scratch);
	report_begin(&s->report, s->scratch);
	s->work = (struct work){ s->scratch, &s->report, &s->limits, s->kit, 0 };
	return &s->work;
}

static int
full_path(const struct suite *s, const char *path, char *out)
{
	int n = snprintf(out, PATH_LENGTH, "%s/%s", (const char *)s->folder.ptr, path);

	return n > 0 && n < PATH_LENGTH ? 0 : -ENAMETOOLONG;
}

static int
read_file(struct arena *a, FILE *f, struct span *out)
{
	if (fseek(f, 0, SEEK_END) != 0)
		return -EIO;
	long size = ftell(f);
	if (size < 0 || size > FILE_MAX)
		return size < 0 ? -EIO : -EFBIG;
	rewind(f);
	uint8_t *p = arena_bytes(a, (size_t)size + 1);
	if (!p)
		return -ENOMEM;
	if (fread(p, 1, (size_t)size, f) != (size_t)size)
		return -EIO;
	p[size] = 0;
	*out = (struct span){ p, (size_t)size };
	return 0;
}

int
suite_read(struct suite *s, const char *path, struct span *out)
{
	char full[PATH_LENGTH];
	int r = full_path(s, path, full);
	FILE *f = r == 0 ? fopen(full, "rb") : NULL;

	if (!f)
		return r != 0 ? r : -errno;
	r = read_file(s->arena, f, out);
	fclose(f);
	return r;
}

typedef int (*file_fn)(struct suite *s, const char *path, void *arg);

struct walk {
	const char *suffix;
	file_fn fn;
	void *arg;
};

static int walk_folder(struct suite *s, const char *path, const struct walk *w, int depth);

static int
visit(struct suite *s, const char *path, const struct walk *w, int depth)
{
	char full[PATH_LENGTH];
	struct stat st;
	size_t len = strlen(path), tail = strlen(w->suffix);
	int r = full_path(s, path, full);

	if (r != 0 || stat(full, &st) != 0)
		return r;
	if (S_ISDIR(st.st_mode))
		return depth < TREE_DEPTH ? walk_folder(s, path, w, depth + 1) : 0;
	bool fits = len >= tail && strcmp(path + len - tail, w->suffix) == 0;
	return fits ? w->fn(s, path, w->arg) : 0;
}

static int
not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
walk_folder(struct suite *s, const char *path, const struct walk *w, int depth)
{
	char full[PATH_LENGTH], child[PATH_LENGTH];
	struct dirent **entries;
	int r = full_path(s, path, full);
	int n = r == 0 ? scandir(full, &entries, not_hidden, by_bytes) : -1;

	if (n < 0)
		return r != 0 ? r : -errno;
	for (int i = 0; i < n; i++) {
		int len = snprintf(child, sizeof(child), "%s%s%s", path, path[0] ? "/" : "",
			entries[i]->d_name);
		if (r == 0 && len > 0 && (size_t)len < sizeof(child))
			r = visit(s, child, w, depth);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int
suite_each(struct suite *s, const char *path, const char *suffix, file_fn fn, void *arg)
{
	return walk_folder(s, path, &(struct walk){ suffix, fn, arg }, 0);
}

/* Ids and details may hold anything that a corpus holds: nothing of it may steer a terminal. */
static struct span
one_line(struct arena *a, const char *text)
{
	struct span in = span_of(text);
	uint8_t *p = arena_bytes(a, in.len + 1);

	if (!p)
		return SPAN_NONE;
	for (size_t i = 0; i < in.len; i++)
		p[i] = in.ptr[i] < ' ' || in.ptr[i] == 0x7f ? '?' : in.ptr[i];
	p[in.len] = '\0';
	return (struct span){ p, in.len };
}

void
suite_tell(struct suite *s, const char *id, enum outcome o, const char *format, ...)
{
	char detail[DETAIL] = "";
	va_list args;
	struct told *t = ARENA_NEW(s->arena, struct told);

	s->counts[o]++;
	va_start(args, format);
	if (format)
		vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	struct span kept = one_line(s->arena, id), line = one_line(s->arena, detail);
	if (!t || !kept.ptr || !line.ptr) {
		s->broken = true;
		return;
	}
	*t = (struct told){ kept, line, o, NULL };
	if (s->last)
		s->last->next = t;
	else
		s->first = t;
	s->last = t;
}

void
suite_figure(struct suite *s, const char *name, long long value)
{
	struct figure *f = ARENA_NEW(s->arena, struct figure);
	struct span kept = one_line(s->arena, name);

	if (!f || !kept.ptr) {
		s->broken = true;
		return;
	}
	*f = (struct figure){ kept, value, NULL };
	*(s->last_figure ? &s->last_figure->next : &s->figures) = f;
	s->last_figure = f;
}

struct totals
suite_totals(const struct suite *s)
{
	return (struct totals){ s->counts[CASE_PASS] + s->counts[CASE_EXCEPTION],
		s->counts[CASE_FAIL], s->counts[CASE_SKIP], s->counts[CASE_EXCEPTION] };
}

struct totals
all_totals(const struct suite *suites)
{
	struct totals sum = { 0 };

	for (const struct suite *s = suites; s; s = s->next) {
		const struct totals t = suite_totals(s);
		sum.passed += t.passed;
		sum.failed += t.failed;
		sum.skipped += t.skipped;
		sum.exceptions += t.exceptions;
	}
	return sum;
}
