/* load.c - the only reader of files besides main.c: lists and certificates into memory, bounded. */
#include "gateway/cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536, FILES_MAX = 20000, FETCH_CA_MAX = 4 << 20, PATH_LENGTH = 4096 };

/* Up to max bytes. */
static int
read_up_to(struct arena *a, FILE *f, size_t max, struct span *out)
{
	struct buf b = buf_in(a, max);
	size_t n = 1;

	while (n > 0 && b.len < max) {
		size_t want = max - b.len < CHUNK ? max - b.len : CHUNK;
		uint8_t *room = buf_room(&b, want);
		if (!room)
			return b.error;
		n = fread(room, 1, want, f);
		buf_took(&b, n);
	}
	if (ferror(f))
		return -EIO;
	*out = b.len > 0 ? buf_span(&b) : SPAN_LIT("");
	return 0;
}

int
load_head(struct arena *a, const char *path, size_t max, struct span *out)
{
	struct stat st;

	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		fputs("vidimus: reading standard input; Ctrl-D ends it\n", stderr);
	if (strcmp(path, "-") == 0)
		return read_up_to(a, stdin, max, out);
	FILE *f = fopen(path, "rb");
	if (!f)
		return -errno;
	int r = fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode) ? -EISDIR
								  : read_up_to(a, f, max, out);
	fclose(f);
	return r;
}

int
load_file(struct arena *a, const char *path, size_t max, struct span *out)
{
	struct span head;
	int r = load_head(a, path, max + 1, &head);

	if (r == 0 && head.len > max)
		r = -EFBIG;
	if (r == 0)
		*out = head;
	return r;
}

const char *
load_error(int error)
{
	switch (error) {
	case -EFBIG:
		return "the file is larger than is allowed here";
	case -ENOBUFS:
		return "its files are larger together than is allowed here";
	case -E2BIG:
		return "the folder holds more than 20000 files";
	default:
		return strerrordesc_np(-error);
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_path(struct arena *a, const char *path, char **paths, size_t *count)
{
	struct span copy = arena_copy(a, span_of(path));

	if (!copy.ptr)
		return arena_error(a);
	if (*count == FILES_MAX)
		return -E2BIG;
	paths[(*count)++] = (char *)(uintptr_t)copy.ptr;
	return 0;
}

/* Paths of the regular files of a folder and of the folders in it, one level deep (a country each). */
static int
list_folder(struct arena *a, const char *path, int depth, char **paths, size_t *count)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int r = dir ? 0 : -errno;

	while (r == 0 && (e = readdir(dir)) != NULL) {
		char full[PATH_LENGTH];
		struct stat st;
		int n = snprintf(full, sizeof(full), "%s/%s", path, e->d_name);
		if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof(full) ||
			stat(full, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth == 0)
			r = list_folder(a, full, depth + 1, paths, count);
		else if (S_ISREG(st.st_mode))
			r = add_path(a, full, paths, count);
	}
	if (dir)
		closedir(dir);
	return r;
}

static int
load_paths(struct arena *a, char *const *paths, size_t count, struct trust_file **out)
{
	struct trust_file *files = ARENA_ARRAY(a, count + 1, struct trust_file);

	if (!files)
		return arena_error(a);
	for (size_t i = 0; i < count; i++) {
		files[i].name = span_of(paths[i]);
		int r = load_file(a, paths[i], LOAD_MAX, &files[i].bytes);
		if (r != 0)
			return r;
	}
	*out = files;
	return 0;
}

int
load_list(struct arena *a, const char *path, struct trust_file **out, size_t *count)
{
	struct stat st;
	char **paths = ARENA_ARRAY(a, FILES_MAX, char *);
	int r = 0;

	*count = 0;
	if (!paths)
		return arena_error(a);
	if (stat(path, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		r = list_folder(a, path, 0, paths, count);
	else
		r = add_path(a, path, paths, count);
	if (r != 0)
		return r;
	qsort(paths, *count, sizeof(*paths), by_name);
	return load_paths(a, paths, *count, out);
}

const char *
load_path(struct arena *a, const char *config_path, struct span path)
{
	const char *slash = config_path ? strrchr(config_path, '/') : NULL;
	struct buf b = buf_in(a, PATH_LENGTH);

	if (slash && path.len > 0 && path.ptr[0] != '/')
		buf_add(&b, (struct span){ (const uint8_t *)config_path,
				    (size_t)(slash - config_path) + 1 });
	buf_add(&b, path);
	struct span whole = arena_copy(a, buf_span(&b));
	return whole.ptr ? (const char *)whole.ptr : "";
}

static int64_t
written_at(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_mtime : TIME_NONE;
}

/* What can't be read is the list's fault; what does not fit into memory is ours. */
static int
failed(struct trust_input *in, int error, const char *path)
{
	if (error == -ENOMEM)
		return error;
	in->fault = error == -EINVAL ? "a signature file goes with one file, not with a folder"
				     : load_error(error);
	in->fault_file = span_of(path);
	in->files = NULL;
	in->file_count = 0;
	return 0;
}

static int
load_beside(struct arena *a, const char *config_path, struct span path, struct trust_input *in,
	struct span *out)
{
	const char *whole = load_path(a, config_path, path);

	*out = SPAN_NONE;
	if (path.len == 0 || in->fault)
		return 0;
	int r = load_file(a, whole, LOAD_MAX, out);
	return r == 0 ? 0 : failed(in, r, whole);
}

static int
with_signature(struct arena *a, const char *config_path, struct span path, struct trust_input *in)
{
	struct trust_file *both = ARENA_ARRAY(a, 2, struct trust_file);

	if (path.len == 0 || in->fault)
		return 0;
	if (!both)
		return arena_error(a);
	if (in->file_count != 1)
		return failed(in, -EINVAL, load_path(a, config_path, path));
	both[0] = in->files[0];
	both[1].name = path;
	in->files = both;
	in->file_count = 2;
	return load_beside(a, config_path, path, in, &both[1].bytes);
}

int
load_source(struct arena *a, const struct config_source *s, const char *config_path,
	struct trust_input *out)
{
	const char *path = load_path(a, config_path, s->path);
	struct trust_file *files = NULL;
	struct trust_input in = { .name = s->name,
		.kind = s->kind,
		.env = s->env,
		.domain = s->domain,
		.country = s->country,
		.issuer = s->issuer,
		.allow_untyped_keys = s->allow_untyped_keys,
		.max_age = s->max_age,
		.read_at = written_at(path) };
	int r = load_list(a, path, &files, &in.file_count);

	in.files = files;
	if (r != 0)
		r = failed(&in, r, path);
	if (r == 0)
		r = with_signature(a, config_path, s->signature_path, &in);
	if (r == 0)
		r = load_beside(a, config_path, s->pin_path, &in, &in.pin);
	if (r == 0)
		r = load_beside(a, config_path, s->anchors_path, &in, &in.anchors);
	if (r == 0)
		*out = in;
	return r;
}

int
load_sources(
	struct arena *a, const struct config *c, const char *config_path, struct trust_input **out)
{
	struct trust_input *in = ARENA_ARRAY(a, c->source_count + 1, struct trust_input);
	int r = in ? 0 : arena_error(a);

	for (size_t i = 0; r == 0 && i < c->source_count; i++)
		r = load_source(a, &c->sources[i], config_path, &in[i]);
	if (r == 0)
		*out = in;
	return r;
}

int
load_fetch_ca(struct arena *a, const struct config *c, const char *config_path, struct span *out)
{
	struct span path = c->fetch.ca_path;
	const char *whole = path.len > 0 ? load_path(a, config_path, path) : NULL;

	if (path.len == 0)
		return 0;
	return whole ? load_file(a, whole, FETCH_CA_MAX, out) : -ENOMEM;
}
