/* write.c - the demo world's files. */
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096 };

static bool
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n <= 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

int
demo_write(const struct demo *d, const char *folder, const char *name, struct span bytes,
	unsigned mode)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s/%s", d->dir, folder, name);
	int fd = n > 0 && n < PATH_LENGTH
			 ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode)
			 : -1;

	if (n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	if (fd < 0)
		return -errno;
	/* a file that was there already keeps its mode otherwise */
	bool whole = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, bytes);
	return close(fd) == 0 && whole ? 0 : -EIO;
}

int
demo_make_folder(const struct demo *d, const char *name, unsigned mode)
{
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/%s", d->dir, name) >= PATH_LENGTH)
		return -ENAMETOOLONG;
	/* the folders above may be missing as well */
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, (mode_t)mode) == 0 || errno == EEXIST ? 0 : -errno;
}

int
demo_backdate(const struct demo *d, const char *folder, const char *name, int64_t at)
{
	char path[PATH_LENGTH];
	struct timespec times[2] = { { .tv_sec = (time_t)at }, { .tv_sec = (time_t)at } };
	int n = snprintf(path, sizeof(path), "%s/%s/%s", d->dir, folder, name);

	if (n < 0 || n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	return utimensat(AT_FDCWD, path, times, 0) == 0 ? 0 : -errno;
}

void
demo_pem(struct buf *b, const char *label, struct span der)
{
	struct buf text = buf_in(b->arena, SIZE_MAX);

	base64_encode(&text, der);
	buf_str(b, "-----BEGIN ");
	buf_str(b, label);
	buf_str(b, "-----\n");
	struct span s = buf_span(&text);
	for (size_t i = 0; i < s.len; i += 64) {
		buf_add(b, span_slice(s, i, 64));
		buf_char(b, '\n');
	}
	buf_str(b, "-----END ");
	buf_str(b, label);
	buf_str(b, "-----\n");
}

static void
write_integer(struct buf *b, struct span number)
{
	while (number.len > 1 && number.ptr[0] == 0)
		number = span_from(number, 1);
	bool pad = number.ptr[0] >= 0x80; /* else it would read as negative */
	buf_char(b, 2);
	buf_char(b, (char)(number.len + pad));
	if (pad)
		buf_char(b, 0);
	buf_add(b, number);
}

int
demo_der_signature(struct demo *d, struct span raw, struct span *out)
{
	struct buf numbers = buf_in(d->arena, SIZE_MAX), der = buf_in(d->arena, SIZE_MAX);

	write_integer(&numbers, span_slice(raw, 0, raw.len / 2));
	write_integer(&numbers, span_from(raw, raw.len / 2));
	buf_char(&der, 0x30);
	if (numbers.len >= 0x80)
		buf_char(&der, (char)0x81);
	buf_char(&der, (char)numbers.len);
	buf_add(&der, buf_span(&numbers));
	*out = buf_span(&der);
	return numbers.error ? numbers.error : der.error;
}
