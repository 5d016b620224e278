/* secrets.c - files that only the gateway may read: tokens of clients, the key of the TLS listener.
 *
 * A file that others may read is no secret: it is refused, whatever is in it.
 */
#include "codecs/base/ascii.h"
#include "codecs/base/kit.h"
#include "codecs/seal/digest.h"
#include "gateway/cli/serve/serve.h"
#include "gateway/http/server.h"
#include "gateway/http/tls/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TOKEN_LEAST = 22,
	TOKEN_MOST = 512,
	DIGEST = 32,
	PEM_MAX = 1 << 20,
	SECRETS_MEMORY = 16 << 20
};

/* Nobody else reads or writes it; a group may read what is root's, as Debian keeps keys for servers. */
static bool
is_private(const struct stat *st)
{
	unsigned others = st->st_mode & (S_IRWXO | S_IWGRP | S_IXGRP);

	return others == 0 && (!(st->st_mode & S_IRGRP) || st->st_uid == 0);
}

static int
read_all(int fd, uint8_t *to, size_t max, size_t *len)
{
	ssize_t n = 1;

	*len = 0;
	while (n > 0 && *len < max) {
		n = read(fd, to + *len, max - *len);
		if (n < 0 && errno != EINTR)
			return -errno;
		*len += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int
load_secret(struct arena *a, const char *path, size_t max, struct span *out)
{
	uint8_t *to = ARENA_ARRAY(a, max + 1, uint8_t);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	size_t len = 0;
	int r = to ? 0 : -ENOMEM;

	if (fd < 0)
		return -errno;
	if (r == 0 && fstat(fd, &st) != 0)
		r = -errno;
	else if (r == 0 && (!S_ISREG(st.st_mode) || !is_private(&st)))
		r = -EPERM;
	if (r == 0)
		r = read_all(fd, to, max + 1, &len);
	close(fd);
	if (r == 0 && len > max)
		r = -EFBIG;
	if (r == 0)
		*out = (struct span){ to, len };
	return r;
}

static const char *
secret_error(int error)
{
	return error == -EPERM ? "the file may be read by others (chmod 600), or is no file"
			       : load_error(error);
}

/* b64token of RFC 6750, long enough not to be guessed. */
static const char *
token_fault(struct span s)
{
	while (s.len > 0 && s.ptr[s.len - 1] == '=')
		s.len--;
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_letter(s.ptr[i]) && !ascii_digit(s.ptr[i]) &&
			!memchr("-._~+/", s.ptr[i], 6))
			return "a token has letters, digits, and -._~+/ alone";
	if (s.len < TOKEN_LEAST)
		return "the token is shorter than 22 characters (openssl rand -hex 32 makes a good "
		       "one)";
	return s.len > TOKEN_MOST ? "the token is longer than 512 characters" : NULL;
}

static int
load_token(struct kit *kit, struct arena *a, const struct session *s, const struct config_access *c,
	struct span *digest, struct secrets *out)
{
	const char *path = load_path(a, s->config_path, c->token_path);
	uint8_t *bytes = ARENA_ARRAY(a, DIGEST, uint8_t);
	struct span token = SPAN_NONE;
	int r = bytes ? load_secret(a, path, TOKEN_MOST + 2, &token) : -ENOMEM;

	if (r != 0) {
		out->why = secret_error(r);
		return r;
	}
	token = span_trim(token);
	out->why = token_fault(token);
	if (out->why)
		return -EINVAL;
	*digest = (struct span){ bytes, DIGEST };
	return digest_of(kit, DIGEST_SHA256, token, bytes);
}

/* Two clients with one token could not be told apart. */
static bool
is_taken(const struct span *digests, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (digests[count].len > 0 && span_eq(digests[i], digests[count]))
			return true;
	return false;
}

static int
load_tokens(struct kit *kit, struct arena *a, const struct session *s, struct secrets *out)
{
	const struct config *c = &s->config;
	struct span *digests = ARENA_ARRAY(a, c->access_count + 1, struct span);

	for (size_t i = 0; digests && i < c->access_count; i++) {
		const struct config_access *one = &c->access[i];
		struct span name = arena_copy(a, one->name);
		out->where = name.ptr ? (const char *)name.ptr : "";
		digests[i] = one->token_sha256;
		int r = one->token_path.len > 0 ? load_token(kit, a, s, one, &digests[i], out) : 0;
		if (r == 0 && is_taken(digests, i)) {
			out->why = "another client has the same token";
			r = -EEXIST;
		}
		if (r != 0)
			return r;
	}
	out->tokens = digests;
	return digests ? 0 : -ENOMEM;
}

/* A certificate is no secret; its key is. */
static int
load_pem(struct arena *a, const struct session *s, struct span path, bool secret, const char *key,
	struct span *pem, struct secrets *out)
{
	const char *whole = load_path(a, s->config_path, path);
	int r = secret ? load_secret(a, whole, PEM_MAX, pem) : load_file(a, whole, PEM_MAX, pem);

	out->where = key;
	if (r != 0)
		out->why = secret_error(r);
	return r;
}

static int
load_tls(struct arena *a, const struct session *s, struct secrets *out)
{
	const struct config_http *h = &s->config.http;
	int r;

	if (h->tls_listen.host.len == 0)
		return 0;
	r = load_pem(a, s, h->tls_certificate_path, false, "tls_certificate", &out->tls.certificate,
		out);
	if (r == 0)
		r = load_pem(a, s, h->tls_key_path, true, "tls_key", &out->tls.key, out);
	if (r == 0 && h->client_ca_path.len > 0)
		r = load_pem(a, s, h->client_ca_path, false, "client_ca", &out->tls.client_ca, out);
	return r;
}

int
session_secrets(void *session, struct arena *a, struct secrets *out)
{
	struct kit *kit = kit_new();
	int r = kit ? load_tokens(kit, a, session, out) : -ENOMEM;

	if (r == 0)
		r = load_tls(a, session, out);
	kit_free(kit);
	return r;
}

int
session_secrets_check(struct session *s)
{
	struct arena *a = arena_new(SECRETS_MEMORY);
	struct secrets found = { 0 };
	struct ssl_ctx_st *ctx = NULL;
	int r = a ? session_secrets(s, a, &found) : -ENOMEM;

	if (r == 0 && found.tls.certificate.ptr) {
		found.where = "[listen]";
		r = tls_context_new(&found.tls, &ctx, &found.why);
	}
	tls_context_free(ctx);

	if (r != 0)
		fprintf(stderr, "vidimus serve: %s: %s\n", found.where ? found.where : "secrets",
			found.why ? found.why : load_error(r));
	arena_free(a);
	return r == 0 ? 0 : EXIT_CONFIG;
}
