/* ring.c - opens the gateway's own keys: where they are, under which passphrase, in whose name. */
#include "gateway/cli/keys/ring.h"

#include "codecs/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECRET_MAX = 4096, SECRET_OCTETS = 32, PATH_LENGTH = 4096, OTHERS = 077 };

const char *
ring_error(int error)
{
	switch (error) {
	case -EACCES:
		return "others may read them, or there is no passphrase: the folder has mode 0700, "
		       "files in it and the passphrase's 0600";
	case -EKEYREJECTED:
		return "the passphrase is another, or the key's file is damaged or another's";
	case -EBADMSG:
		return "the index is damaged: restore it from a copy";
	case -EBUSY:
		return "another process is changing them";
	case -EINVAL:
		return "[issue] needs url (https), country (assigned) and name";
	case -ENOENT:
		return "there are none yet: `vidimus keys new --all` makes them";
	case -EXDEV:
		return "the index is another gateway's";
	case -EAGAIN:
		return "the signer does not answer";
	case -ELIBACC:
		return "the module of the token cannot be loaded ([keys] pkcs11_module)";
	case -ENODEV:
		return "there is no token of that name";
	case -ENOKEY:
		return "the token has no key of that name, or several";
	case -EEXIST:
		return "the token has an object of that name already: --import takes it";
	case -ENOTSUP:
		return "the token cannot do that";
	case -EIO:
		return "a signature was not good (sign_fault), or the disk failed";
	case -EPERM:
		return "such keys don't sign this";
	default:
		return load_error(error);
	}
}

int
ring_secret(struct arena *a, const char *path, struct span *out)
{
	struct span text;
	struct stat st;
	int r;

	if (stat(path, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & OTHERS) != 0)
		return -EACCES;
	if ((r = load_file(a, path, SECRET_MAX, &text)) != 0)
		return r;
	text = span_slice(text, 0, span_find(text, '\n'));
	*out = span_slice(text, 0, span_find(text, '\r'));
	return out->len > 0 ? 0 : -EINVAL;
}

static int
write_secret(const char *path, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	bool whole = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	return close(fd) == 0 && whole ? 0 : -EIO;
}

/* 256 bits: whoever has the keys' files alone can try as long as they like. */
static int
make_secret(struct arena *a, const char *path)
{
	uint8_t bytes[SECRET_OCTETS];
	struct buf b = buf_in(a, SECRET_MAX);

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -EIO;
	base64url_encode(&b, (struct span){ bytes, sizeof(bytes) });
	buf_char(&b, '\n');
	explicit_bzero(bytes, sizeof(bytes));
	int r = b.error ? b.error : write_secret(path, buf_span(&b));
	if (r == 0)
		fprintf(stderr,
			"vidimus keys: made a passphrase in %s: keep a copy apart from the keys\n",
			path);
	return r;
}

static const char *
passphrase_path(struct session *s)
{
	const struct config_keys *c = &s->config.keys;
	struct buf b = buf_in(s->arena, PATH_LENGTH);

	buf_add(&b, c->passphrase_path.len > 0 ? c->passphrase_path : c->path);
	if (c->passphrase_path.len == 0)
		buf_str(&b, ".passphrase");
	return load_path(s->arena, s->config_path, buf_span(&b));
}

static int
read_passphrase(struct session *s, enum ring_use use, struct span *out)
{
	const char *path = passphrase_path(s);
	int r;

	*out = SPAN_NONE;
	if (use == RING_PUBLIC)
		return 0;
	r = ring_secret(s->arena, path, out);
	if (r == -ENOENT && use == RING_CHANGE && (r = make_secret(s->arena, path)) == 0)
		r = ring_secret(s->arena, path, out);
	if (r != 0)
		fprintf(stderr, "vidimus keys: passphrase %s: %s\n", path,
			r == -EACCES   ? "others may read it: its mode must be 0600"
			: r == -EINVAL ? "the file is empty"
				       : load_error(r));
	return r;
}

/* The folder above must be there before a passphrase can lie in it. */
static int
make_folder_above(const char *path)
{
	char above[PATH_LENGTH];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path || strlen(path) >= sizeof(above))
		return 0;
	memcpy(above, path, strlen(path) + 1);
	for (char *at = strchr(above + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(above, 0755) != 0 && errno != EEXIST)
			return -errno;
		*at = '/';
	}
	return 0;
}

/* Keys bear names: under another address, nobody would find them. */
static int
check_identity(const struct session *s, const struct keys *k)
{
	const struct keys_identity *who = keys_identity(k);
	const struct config_issue *c = &s->config.issue;
	bool same = (c->url.len == 0 || span_eq(c->url, who->url)) &&
		    (c->country.len == 0 || span_eq(c->country, who->country));

	if (same)
		return 0;
	fprintf(stderr,
		"vidimus keys: these keys were made for %.*s (%.*s), [issue] says another: keys "
		"keep their name, make others in another folder\n",
		(int)who->url.len, (const char *)who->url.ptr, (int)who->country.len,
		(const char *)who->country.ptr);
	return EXIT_CONFIG;
}

/* Only where there is a file: keys in tokens are few. */
static int
read_token(struct session *s, struct keys *k)
{
	const struct config_keys *c = &s->config.keys;
	const char *path = load_path(s->arena, s->config_path, c->pin_path);
	struct span module = c->module_path, pin = SPAN_NONE;
	int r = c->pin_path.len > 0 ? ring_secret(s->arena, path, &pin) : 0;

	if (r != 0) {
		fprintf(stderr, "vidimus keys: PIN %s: %s\n", path,
			r == -EACCES ? "others may read it: its mode must be 0600" : load_error(r));
		return EXIT_CONFIG;
	}
	/* a bare name is the loader's to find */
	if (span_find(module, '/') < module.len)
		module = span_of(load_path(s->arena, s->config_path, module));
	return keys_token(k, module, pin) == 0 ? 0 : EXIT_FAULT;
}

int
ring_open(struct session *s, enum ring_use use, struct keys **out)
{
	const struct config_issue *c = &s->config.issue;
	struct keys_identity who = { c->url, c->country, c->name };
	const char *dir = load_path(s->arena, s->config_path, s->config.keys.path);
	struct span passphrase;
	struct keys *k = NULL;
	int r = 0;

	if (s->config.keys.path.len == 0) {
		fputs("vidimus keys: no folder is configured: add [keys] path = FOLDER, or "
		      "--keys FOLDER\n",
			stderr);
		return EXIT_CONFIG;
	}
	if (use == RING_CHANGE)
		r = make_folder_above(dir);
	if (r == 0 && read_passphrase(s, use, &passphrase) != 0)
		return EXIT_CONFIG;
	if (r == 0)
		r = use == RING_CHANGE ? keys_create(dir, passphrase, &who, &k)
				       : keys_open(dir, passphrase, &k);
	if (r != 0) {
		fprintf(stderr, "vidimus keys: %s: %s\n", dir, ring_error(r));
		return r == -ENOMEM ? EXIT_FAULT : EXIT_CONFIG;
	}
	if ((r = check_identity(s, k)) == 0 && use != RING_PUBLIC)
		r = read_token(s, k);
	if (r != 0)
		keys_close(k);
	else
		*out = k;
	return r;
}

int
ring_check(struct session *s)
{
	struct keys *k;
	int r = ring_open(s, RING_SIGN, &k);

	if (r != 0)
		return r;
	int error = keys_unlock(k, s->now);
	if (error != 0)
		fprintf(stderr, "vidimus: our keys: %s\n", ring_error(error));
	keys_close(k);
	return error ? EXIT_CONFIG : 0;
}

/* --- the signer --- */

/* In the signer's process: what is wrong was told on its standard error, which is ours. */
static int
open_for_signing(void *session, struct keys **out)
{
	return ring_open(session, RING_SIGN, out) == 0 ? 0 : -EKEYREJECTED;
}

static void
tell_ended(const char *what, int status)
{
	fprintf(stderr, "vidimus serve: %s (%s %d)\n", what,
		WIFSIGNALED(status) ? "signal" : "exit code",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

int
ring_start(struct session *s, struct signer_process **out)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct signer_setup setup = { .open = open_for_signing,
		.arg = s,
		.clock = clock_now,
		.channels = cores < 2    ? 2
			    : cores > 16 ? SIGNER_CHANNELS
					 : (unsigned)(2 * cores),
		.tell = tell_ended };
	int r = signer_start(&setup, out);

	if (r == 0)
		return 0;
	fprintf(stderr, "vidimus serve: the signer does not start: %s\n", ring_error(r));
	return EXIT_CONFIG;
}
