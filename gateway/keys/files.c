/* files.c - the folder of the keys: nobody else's to read, every write whole or not there. */
#include "gateway/keys/keys_impl.h"

#include "codecs/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 2048, OTHERS = 077 };

static int
path_of(const char *dir, const char *begin, const char *name, char path[PATH_LENGTH])
{
	int n = snprintf(path, PATH_LENGTH, "%s/%s%s", dir, begin, name);

	return n > 0 && n < PATH_LENGTH ? 0 : -ENAMETOOLONG;
}

int
files_check(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return (st.st_mode & OTHERS) == 0 ? 0 : -EACCES;
}

int
files_folder(const char *dir)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s", dir);

	if (n <= 0 || n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return -errno;
	return files_check(dir);
}

static int
read_whole(struct arena *a, int fd, size_t max, struct span *out)
{
	struct buf b = buf_in(a, max);
	ssize_t n = 1;

	while (n > 0 && b.len < max) {
		size_t want = max - b.len < 4096 ? max - b.len : 4096;
		uint8_t *room = buf_room(&b, want);
		if (!room)
			return b.error;
		n = read(fd, room, want);
		if (n > 0)
			buf_took(&b, (size_t)n);
	}
	if (n < 0)
		return -errno;
	if (b.len == max)
		return -EFBIG;
	*out = b.len > 0 ? buf_span(&b) : SPAN_LIT("");
	return 0;
}

int
files_read(const struct keys *k, const char *name, size_t max, struct span *out)
{
	char path[PATH_LENGTH];
	struct stat st;
	int r = path_of((const char *)k->dir.ptr, "", name, path);
	int fd = r == 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;

	if (fd < 0)
		return r != 0 ? r : -errno;
	if (fstat(fd, &st) != 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || (st.st_mode & OTHERS) != 0)
		r = -EACCES;
	else
		r = read_whole(k->arena, fd, max, out);
	close(fd);
	return r;
}

static int
write_whole(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes = span_from(bytes, (size_t)n);
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

static int
sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;

	if (fd >= 0)
		close(fd);
	return r;
}

int
files_write(const struct keys *k, const char *name, struct span bytes)
{
	const char *dir = (const char *)k->dir.ptr;
	char path[PATH_LENGTH], fresh[PATH_LENGTH];
	int r = path_of(dir, "", name, path);

	if (r == 0)
		r = path_of(dir, ".new-", name, fresh);
	if (r != 0)
		return r;
	if (unlink(fresh) != 0 && errno != ENOENT) /* of a run that was cut short */
		return -errno;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write_whole(fd, bytes);
	if (close(fd) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(fresh, path) != 0)
		r = -errno;
	if (r != 0) {
		unlink(fresh);
		return r;
	}
	return sync_folder(dir);
}

int
files_lock(const char *dir, int *out)
{
	char path[PATH_LENGTH];
	int r = path_of(dir, "", "lock", path);
	int fd = r == 0 ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	if (fd < 0)
		return r != 0 ? r : -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		r = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
		return r;
	}
	*out = fd;
	return 0;
}

void
files_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
