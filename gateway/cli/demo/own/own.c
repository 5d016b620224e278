/* own.c - the demo gateway's own keys, with which it attests what it has verified. */
#include "gateway/cli/demo/own/own.h"

#include "codecs/base/buf.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/demo/demo.h"
#include "gateway/keys/make.h"
#include "gateway/keys/publish.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 4096, SECRET = 32, PASS_MAX = 4096 };

#define URL "https://gateway.example"

/* clang-format off */
/* Whoever writes certificates must be known to whom reads them: to this gateway, too. */
#define SOURCE(name, rest) "[source \"" name "\"]\n" rest "\nenvironment = demo\n\n"
const char demo_own_config[] =
	"\n\n# What this gateway attests itself.\n"
	SOURCE("own list", "path = trust/own-list.json\nkind = dgcg\npin = trust/own.pin.pem\nscheme = dcc")
	SOURCE("own network", "path = trust/own.did.json\nkind = gdhcn\npin = trust/own.pin.pem\nscheme = who")
	SOURCE("own cards", "path = trust/own.jwks.json\nkind = issuer-keys\nissuer = " URL "\nscheme = shc")
	SOURCE("own credentials", "path = trust/own-vc.did.json\nkind = did\nscheme = vc")
	SOURCE("own seals", "path = trust/own-csca.pem\nscheme = icao")
	"[issue]\nurl = " URL "\ncountry = TF\nname = Demo Gateway\n\n"
	"[keys]\npath = own\npassphrase_file = own.pass\n\n"
	"[store]\npath = issued.sqlite\n\n"
	"# Authorization: Bearer and what is in the file.\n"
	"[access \"demo\"]\ntoken_file = own.token\n"
	"roles = verify, attest, revoke\n\n";
/* clang-format on */

static const struct keys_identity identity = {
	.url = { (const uint8_t *)URL, sizeof(URL) - 1 },
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

/* What is published, under the names of the sources above. */
static const struct {
	const char *published, *file;
} lists[] = {
	{ "trustlist", "own-list.json" },
	{ "v2/trustlist/did.json", "own.did.json" },
	{ ".well-known/jwks.json", "own.jwks.json" },
	{ ".well-known/did.json", "own-vc.did.json" },
	{ "certificates/csca-icao.pem", "own-csca.pem" },
	{ "certificates/list.pem", "own.pin.pem" },
};

static const struct publication *
publication_named(const char *path)
{
	const struct publication *p;

	for (size_t i = 0; (p = publication_at(i)) != NULL; i++)
		if (strcmp(p->path, path) == 0)
			break;
	return p;
}

static int
write_lists(struct demo *d, struct keys *keys)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct publication *p = publication_named(lists[i].published);
		struct buf b = buf_in(d->arena, SIZE_MAX);
		r = p ? p->write(&d->work, keys, &b) : -ENOENT;
		if (r == 0)
			r = b.error ? b.error
				    : demo_write(d, "trust", lists[i].file, buf_span(&b), 0644);
	}
	return r;
}

static int
make_keys(struct demo *d, const char *path, struct keys **keys)
{
	struct span passphrase;
	size_t made;
	int r = write_secret(d, "own.token", &passphrase);

	if (r == 0)
		r = write_secret(d, "own.pass", &passphrase);
	if (r == 0)
		r = keys_create(path, passphrase, &identity, keys);
	return r ? r : keys_new_all(*keys, d->now, &made);
}

static int
open_keys(struct demo *d, const char *path, struct keys **keys)
{
	struct buf file = buf_in(d->arena, PATH_LENGTH);
	struct span passphrase;

	buf_str(&file, d->dir);
	buf_str(&file, "/own.pass");
	buf_char(&file, '\0');
	int r = file.error ? file.error
			   : load_file(d->arena, (const char *)file.ptr, PASS_MAX, &passphrase);
	return r ? r : keys_open(path, span_trim(passphrase), keys);
}

/* Those of an earlier run stay: what they have attested can still be verified. */
int
demo_own(struct demo *d)
{
	char path[PATH_LENGTH];
	struct stat there;
	struct keys *keys = NULL;

	if (snprintf(path, sizeof(path), "%s/own", d->dir) >= PATH_LENGTH)
		return -ENAMETOOLONG;
	int r = stat(path, &there) == 0 ? open_keys(d, path, &keys) : make_keys(d, path, &keys);
	if (r == 0)
		r = write_lists(d, keys);
	keys_close(keys);
	return r;
}
