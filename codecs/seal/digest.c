/* digest.c - SHA-2 through one kept context: algorithms are fetched once for each thread. */
#include "codecs/seal/digest.h"

#include "codecs/base/kit.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct digests {
	EVP_MD_CTX *ctx;
	EVP_MD *md[3];
};

static void
drop(void *p)
{
	struct digests *d = p;

	if (!d)
		return;
	for (int i = 0; i < 3; i++)
		EVP_MD_free(d->md[i]);
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

static void *
make(void)
{
	static const char *const names[] = { "SHA256", "SHA384", "SHA512" };
	struct digests *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->ctx = EVP_MD_CTX_new();
	bool ok = d->ctx != NULL;
	for (int i = 0; i < 3; i++) {
		d->md[i] = EVP_MD_fetch(NULL, names[i], NULL);
		ok = ok && d->md[i];
	}
	if (ok)
		return d;
	drop(d);
	return NULL;
}

int
digest_of(struct kit *kit, enum digest which, struct span in, uint8_t *out)
{
	struct digests *d = kit_get(kit, KIT_DIGEST, make, drop);

	if (!d || EVP_DigestInit_ex2(d->ctx, d->md[which], NULL) != 1 ||
		EVP_DigestUpdate(d->ctx, in.ptr, in.len) != 1 ||
		EVP_DigestFinal_ex(d->ctx, out, NULL) != 1)
		return -ENOMEM;
	return 0;
}
