/* folder.c - a file that was made lasts only when its folder's entry does. */
#include "gateway/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096 };

static int
folder_of(const char *path, char *out)
{
	const char *slash = strrchr(path, '/');
	size_t n = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);

	if (n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	memcpy(out, slash ? path : ".", n);
	out[n] = '\0';
	return 0;
}

int
folder_make(const char *path)
{
	char folder[PATH_LENGTH];
	int r = folder_of(path, folder);

	if (r == 0 && mkdir(folder, 0700) != 0 && errno != EEXIST)
		r = -errno;
	return r;
}

int
folder_sync(const char *path)
{
	char folder[PATH_LENGTH];
	int r = folder_of(path, folder);
	int fd = r == 0 ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0)
		return r != 0 ? r : -errno;
	r = fsync(fd) == 0 || errno == EINVAL ? 0 : -EIO;
	close(fd);
	return r;
}
