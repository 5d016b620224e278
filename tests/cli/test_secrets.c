/* test_secrets.c - files that only the gateway may read: their modes, what a token looks like, two clients with one. */
#include "gateway/cli/serve/serve.h"
#include "gateway/http/server.h"
#include "tests/http/pki.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKEN    "0123456789abcdefghijkl"
/* sha256sum of TOKEN */
#define TOKEN_SUM "26594ba2c73ebc172047f2305663bc2c5e6ff60a88182eef43e353f48fc95b94"

#define LISTEN "[listen]\ntls_address = 127.0.0.1:0\ntls_certificate = c.pem\ntls_key = k.pem\n"

static struct pki pki;
static struct pki_leaf leaf;
static char world[] = "/tmp/vidimus-secrets-XXXXXX";

static void
write_file(const char *name, const char *text, size_t len, mode_t mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", world, name);
	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

/* 0 or the fault, with *why. */
static int
load(const char *conf, const char **why, char digest[65])
{
	static struct session session;
	char path[128];
	struct secrets found = { 0 };
	struct arena *a = arena_new(1 << 22);

	snprintf(path, sizeof(path), "%s/vidimus.conf", world);
	write_file("vidimus.conf", conf, strlen(conf), 0644);
	assert_non_null(a);
	assert_int_equal(session_open(&session), 0);
	assert_int_equal(session_configure(&session, path), 0);
	int r = session_secrets(&session, a, &found);
	assert_int_equal(session_secrets_check(&session), r == 0 ? 0 : EXIT_CONFIG);
	*why = found.why;
	for (size_t i = 0; r == 0 && i < 32; i++)
		snprintf(digest + 2 * i, 3, "%02x", found.tokens[0].ptr[i]);
	session_close(&session);
	arena_free(a);
	return r;
}

#define ONE "[access \"desk\"]\nroles = attest\ntoken_file = t\n"

static void
reads_tokens(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		int error;
		const char *why;
	} rows[] = {
		{ TOKEN, 0600, 0, NULL },
		{ TOKEN "\n", 0400, 0, NULL },
		{ " " TOKEN "\r\n", 0600, 0, NULL },
		{ TOKEN, 0640, 0,
			NULL }, /* of root, as the tests' files are where they run as root */
		{ TOKEN, 0604, -EPERM, "chmod 600" },
		{ TOKEN, 0620, -EPERM, "chmod 600" },
		{ TOKEN, 0602, -EPERM, "chmod 600" },
		{ TOKEN, 0601, -EPERM, "chmod 600" },
		{ TOKEN, 0610, -EPERM, "chmod 600" },
		{ "", 0600, -EINVAL, "shorter" },
		{ "0123456789abcdefghijk", 0600, -EINVAL, "shorter" },
		{ "0123456789abcdefghijk==", 0600, -EINVAL, "shorter" },
		{ TOKEN "\n" TOKEN "\n", 0600, -EINVAL, "letters" },
		{ TOKEN " x", 0600, -EINVAL, "letters" },
		{ TOKEN "\xc3\xa4", 0600, -EINVAL, "letters" },
		{ TOKEN "=a", 0600, -EINVAL, "letters" },
		{ "Bearer " TOKEN, 0600, -EINVAL, "letters" },
	};
	const char *why;
	char digest[65];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int error = rows[i].mode == 0640 && getuid() != 0 ? -EPERM : rows[i].error;
		write_file("t", rows[i].text, strlen(rows[i].text), rows[i].mode);
		int r = load(ONE, &why, digest);
		if (r != error || (rows[i].why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %d, %s", i, r, why ? why : "nothing");
		if (r == 0)
			assert_string_equal(digest, TOKEN_SUM);
	}
}

static void
reads_files_alone(void **state)
{
	char text[600], path[128];
	const char *why;
	char digest[65];

	(void)state;
	memset(text, 'a', sizeof(text));
	write_file("t", text, 512, 0600);
	assert_int_equal(load(ONE, &why, digest), 0);
	write_file("t", text, 513, 0600);
	assert_int_equal(load(ONE, &why, digest), -EINVAL);
	write_file("t", text, 600, 0600);
	assert_int_equal(load(ONE, &why, digest), -EFBIG);
	snprintf(path, sizeof(path), "%s/t", world);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(load(ONE, &why, digest), -ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(load(ONE, &why, digest), -EPERM);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(
		mkfifo(path, 0600), 0); /* nobody writes: the gateway does not wait for it */
	assert_int_equal(load(ONE, &why, digest), -EPERM);
	unlink(path);
}

static void
tells_clients_apart(void **state)
{
	const char *why;
	char digest[65];

	(void)state;
	write_file("t", TOKEN, sizeof(TOKEN) - 1, 0600);
	assert_int_equal(
		load(ONE "[access \"gate\"]\nroles = verify\ntoken_sha256 = " TOKEN_SUM "\n", &why,
			digest),
		-EEXIST);
	assert_non_null(strstr(why, "same token"));
	assert_int_equal(load("[access \"desk\"]\nroles = attest\ntoken_sha256 = " TOKEN_SUM "\n",
				 &why, digest),
		0);
	assert_string_equal(digest, TOKEN_SUM);
	/* those without a token don't share one */
	write_file("c.pem", (const char *)leaf.cert.ptr, leaf.cert.len, 0644);
	write_file("k.pem", (const char *)leaf.key.ptr, leaf.key.len, 0600);
	assert_int_equal(load(LISTEN "client_ca = c.pem\n" ONE
				     "[access \"a\"]\nroles = verify\ncertificate = CN=a\n"
				     "[access \"b\"]\nroles = verify\ncertificate = CN=b\n",
				 &why, digest),
		0);
}

/* A certificate may be read by anybody, its key by nobody else; both are those of one listener. */
static void
reads_keys(void **state)
{
	static const struct {
		const char *key;
		mode_t mode;
		int error, check;
	} rows[] = {
		{ "k.pem", 0600, 0, 0 },
		{ "k.pem", 0644, -EPERM, EXIT_CONFIG },
		{ "k.pem", 0604, -EPERM, EXIT_CONFIG },
		{ "none.pem", 0600, -ENOENT, EXIT_CONFIG },
	};
	const char *why;
	char digest[65], conf[256];

	(void)state;
	write_file("c.pem", (const char *)leaf.cert.ptr, leaf.cert.len, 0644);
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file("k.pem", (const char *)leaf.key.ptr, leaf.key.len, rows[i].mode);
		snprintf(conf, sizeof(conf),
			"[listen]\ntls_address = 127.0.0.1:0\ntls_certificate = c.pem\ntls_key = "
			"%s\n"
			"[access \"a\"]\nroles = verify\ntoken_sha256 = " TOKEN_SUM "\n",
			rows[i].key);
		if (load(conf, &why, digest) != rows[i].error)
			fail_msg("row %zu: %s", i, why ? why : "nothing");
	}
}

static int
begin(void **state)
{
	(void)state;
	pki_open(&pki, "Ours");
	pki_leaf(&pki, "CN=localhost", -1, 30, &leaf);
	return mkdtemp(world) ? 0 : -1;
}

static int
end(void **state)
{
	char line[64];

	(void)state;
	pki_leaf_free(&leaf);
	pki_close(&pki);
	snprintf(line, sizeof(line), "rm -rf %s", world);
	return system(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_tokens),
		cmocka_unit_test(reads_files_alone),
		cmocka_unit_test(tells_clients_apart),
		cmocka_unit_test(reads_keys),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
