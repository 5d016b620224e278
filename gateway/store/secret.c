/* secret.c - made under a name of its own and linked into place: a key is there whole or not at all. */
#include "gateway/store/secret.h"

#include "gateway/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096 };

int
secret_random(void *p, size_t len)
{
	uint8_t *to = p;

	for (size_t n = 0; n < len;) {
		ssize_t got = getrandom(&to[n], len - n, 0);
		if (got < 0 && errno != EINTR)
			return -EIO;
		n += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

void
secret_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

static int
read_key(const char *path, uint8_t *out)
{
	uint8_t key[SECRET_LENGTH + 1];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, key, sizeof(key));
	if (fstat(fd, &st) != 0 || n < 0)
		r = -EIO;
	else if ((st.st_mode & 077) != 0)
		r = -EACCES;
	else if (n != SECRET_LENGTH)
		r = -EBADMSG;
	if (r == 0)
		memcpy(out, key, SECRET_LENGTH);
	OPENSSL_cleanse(key, sizeof(key));
	close(fd);
	return r;
}

static int
write_key(int fd)
{
	uint8_t key[SECRET_LENGTH];
	int r = secret_random(key, sizeof(key));

	if (r == 0 && write(fd, key, sizeof(key)) != (ssize_t)sizeof(key))
		r = errno == ENOSPC ? -ENOSPC : -EIO;
	if (r == 0 && fsync(fd) != 0)
		r = -EIO;
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

static int
make_key(const char *path)
{
	char own[PATH_LENGTH];
	int n = snprintf(own, sizeof(own), "%s.XXXXXX", path), r;

	if (n < 0 || (size_t)n >= sizeof(own))
		return -ENAMETOOLONG;
	int fd = mkostemp(own, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return -errno;
	r = write_key(fd);
	close(fd);
	if (r == 0 && link(own, path) != 0 && errno != EEXIST)
		r = -errno;
	unlink(own);
	return r == 0 ? folder_sync(path) : r;
}

int
secret_load(const char *path, bool make, uint8_t out[SECRET_LENGTH])
{
	int r = read_key(path, out);

	if (r != -ENOENT || !make)
		return r;
	r = make_key(path);
	return r == 0 ? read_key(path, out) : r;
}

int
secret_hash(const uint8_t key[SECRET_LENGTH], struct span s, uint8_t out[32])
{
	unsigned len = 32;

	return HMAC(EVP_sha256(), key, SECRET_LENGTH, s.len > 0 ? s.ptr : (const uint8_t *)"",
		       s.len, out, &len)
		       ? 0
		       : -ENOMEM;
}
