/* own.c - the demo gateway's own keys, with which it attests what it has verified. */
#include "gateway/cli/demo/own/own.h"

#include "codecs/base/buf.h"
#include "gateway/cli/demo/demo.h"
#include "gateway/keys/make.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 4096, SECRET = 32 };

const char demo_own_config[] = "[keys]\npath = own\npassphrase_file = own.pass\n\n"
			       "[store]\npath = issued.sqlite\n\n"
			       "# Authorization: Bearer and what is in the file.\n"
			       "[access \"demo\"]\ntoken_file = own.token\n"
			       "roles = verify, attest, revoke\n\n";

static const struct keys_identity identity = {
	.url = { (const uint8_t *)"https://gateway.example", 23 },
	.country = { (const uint8_t *)"TF", 2 },
	.name = { (const uint8_t *)"Demo Gateway", 12 },
};

static int
write_secret(struct demo *d, const char *name, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	uint8_t secret[SECRET];

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	buf_hex(&b, (struct span){ secret, sizeof(secret) });
	*out = buf_span(&b);
	return b.error ? b.error : demo_write(d, ".", name, *out, 0600);
}

/* Those of an earlier run stay: what they have attested can still be verified. */
int
demo_own(struct demo *d)
{
	char path[PATH_LENGTH];
	struct stat there;
	struct span passphrase;
	struct keys *keys;
	size_t made;

	if (snprintf(path, sizeof(path), "%s/own", d->dir) >= PATH_LENGTH)
		return -ENAMETOOLONG;
	if (stat(path, &there) == 0)
		return 0;
	int r = write_secret(d, "own.token", &passphrase);
	if (r == 0)
		r = write_secret(d, "own.pass", &passphrase);
	if (r == 0)
		r = keys_create(path, passphrase, &identity, &keys);
	if (r != 0)
		return r;
	r = keys_new_all(keys, d->now, &made);
	keys_close(keys);
	return r;
}
