/* test_faults.c - the folder of our own keys at fault: cut, changed, another's, open to others; and no memory. */
#include "codecs/base/buf.h"
#include "tests/aid/oom.h"
#include "tests/keys/aid_keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct aid_keys all;

static int
open_all(void **state)
{
	(void)state;
	return aid_keys_make(&all);
}

static int
close_all(void **state)
{
	(void)state;
	return aid_keys_drop(&all);
}

static void
test_passphrase(void **state)
{
	struct keys *k;
	struct signer s;

	(void)state;
	assert_int_equal(keys_open(all.dir, SPAN_LIT("correct horse"), &k), 0);
	assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, KEYS_NOW), &s), -EKEYREJECTED);
	assert_int_equal(keys_unlock(k, KEYS_NOW), -EKEYREJECTED);
	keys_close(k);
	assert_int_equal(keys_open(all.dir, SPAN_NONE, &k), 0);
	assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, KEYS_NOW), &s), -EACCES);
	keys_close(k);
	k = aid_keys_open(&all);
	assert_int_equal(keys_unlock(k, KEYS_NOW), 0);
	/* authorities stay as they are, but for that of seals */
	assert_null(own_entry_of(keys_active(k, PURPOSE_CSCA_DCC, KEYS_NOW))->private);
	assert_non_null(own_entry_of(keys_active(k, PURPOSE_DCC, KEYS_NOW))->private);
	keys_close(k);
}

/* A copy of the set with one file changed. */
static const char *
copy_with(const char *name, const char *file, struct span bytes)
{
	static const char *const files[] = { "index.json", "dcc-1.key.pem", "shc-1.key.pem" };
	const char *copy = aid_keys_path(&all, name);
	char path[64];

	for (size_t i = 0; i < 3; i++) {
		char from[64];
		snprintf(from, sizeof(from), "keys/%s", files[i]);
		snprintf(path, sizeof(path), "%s/%s", name, files[i]);
		aid_write(&all.folder, path,
			strcmp(files[i], file) == 0
				? bytes
				: aid_read(all.aid.arena, aid_keys_path(&all, from)));
		assert_int_equal(chmod(aid_keys_path(&all, path), 0600), 0);
	}
	assert_int_equal(chmod(copy, 0700), 0);
	return copy;
}

static void
test_key_files(void **state)
{
	struct span shc = aid_read(all.aid.arena, aid_keys_path(&all, "keys/shc-1.key.pem"));
	struct span turned = arena_copy(all.aid.arena, shc);
	struct keys *k;
	struct signer s;

	(void)state;
	((uint8_t *)(uintptr_t)turned.ptr)[turned.len / 2] ^= 1;
	const struct span rows[] = { shc, SPAN_LIT(""), span_slice(shc, 0, shc.len / 2), turned,
		SPAN_LIT("-----BEGIN PRIVATE KEY-----\n"
			 "MC4CAQAwBQYDK2VwBCIEIFbYp2YqZT9S0m2j0cQf0sQAj5WcVQ4nF2bCqg1n4o0Q\n"
			 "-----END PRIVATE KEY-----\n") };
	for (size_t i = 0; i < 5; i++) {
		const char *copy = copy_with("copied", "dcc-1.key.pem", rows[i]);
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), 0);
		assert_int_equal(
			keys_signer(k, keys_active(k, PURPOSE_DCC, KEYS_NOW), &s), -EKEYREJECTED);
		assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, KEYS_NOW), &s), 0);
		/* a file that is not there */
		assert_int_equal(
			keys_signer(k, keys_active(k, PURPOSE_WHO, KEYS_NOW), &s), -ENOENT);
		keys_close(k);
	}
}

static void
test_index_cut(void **state)
{
	struct span index = aid_read(all.aid.arena, aid_keys_path(&all, "keys/index.json"));
	struct keys *k;

	(void)state;
	for (size_t n = 0; n + 1 < index.len; n += n < 400 || n + 50 > index.len ? 1 : 61) {
		const char *copy = copy_with("cut", "index.json", span_slice(index, 0, n));
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), -EBADMSG);
	}
}

static struct span
replaced(struct span text, const char *from, const char *to)
{
	struct buf b = buf_in(all.aid.arena, SIZE_MAX);
	struct span needle = span_of(from);

	for (size_t i = 0; i < text.len; i++)
		if (span_eq(span_slice(text, i, needle.len), needle)) {
			buf_add(&b, span_slice(text, 0, i));
			buf_str(&b, to);
			buf_add(&b, span_from(text, i + needle.len));
			return buf_span(&b);
		}
	fail_msg("the index has no %s", from);
	return SPAN_NONE;
}

static void
test_index_changed(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"version\": 1", "\"version\": 2" },
		{ "\"version\": 1", "\"version\": \"1\"" },
		{ "\"keys\": [", "\"keys\": 1, \"other\": [" },
		{ "\"https://gateway.example\"", "\"http://gateway.example\"" },
		{ "\"AQ\"", "\"A\"" },
		{ "\"shc-1\"", "\"dcc-1\"" }, /* twice */
		{ "\"shc-1\"", "\"../shc\"" },
		{ "\"purpose\": \"dcc\"", "\"purpose\": \"dcd\"" },
		{ "\"purpose\": \"dcc\"",
			"\"purpose\": \"csca-dcc\"" }, /* not what its certificate is */
		{ "\"purpose\": \"vc-eddsa\"", "\"purpose\": \"vc-ecdsa\"" }, /* another kind */
		{ "\"purpose\": \"vc-eddsa\"", "\"purpose\": \"shc\"" }, /* without certificate */
		{ "\"authority\": \"csca-dcc-1\"", "\"authority\": \"dcc-1\"" },
		{ "\"authority\": \"csca-dcc-1\"", "\"authority\": \"nobody\"" },
		{ "\"from\": \"2026-12-01T", "\"from\": \"2026-12-41T" },
		{ "\"ends\": \"20", "\"ends\": \"21" }, /* not when its certificate ends */
		{ "\"spki\": \"MFkw", "\"spki\": \"MFkx" },
		{ "\"certificate\": \"MII", "\"certificate\": \"MIJ" },
		{ "\"certificate\": \"MII", "\"certificate\": \"!MII" },
	};
	struct span index = aid_read(all.aid.arena, aid_keys_path(&all, "keys/index.json"));
	struct keys *k = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *copy = copy_with(
			"changed", "index.json", replaced(index, rows[i].from, rows[i].to));
		int r = keys_open(copy, PASSPHRASE, &k);
		if (r != -EBADMSG)
			fail_msg("%s: %d", rows[i].to, r);
	}
}

static void
test_modes(void **state)
{
	static const struct {
		const char *file;
		mode_t mode;
		int open, sign;
	} rows[] = {
		{ "", 0700, 0, 0 },
		{ "", 0750, -EACCES, 0 },
		{ "", 0701, -EACCES, 0 },
		{ "index.json", 0640, -EACCES, 0 },
		{ "index.json", 0604, -EACCES, 0 },
		{ "dcc-1.key.pem", 0640, 0, -EACCES },
		{ "dcc-1.key.pem", 0602, 0, -EACCES },
		{ "dcc-1.key.pem", 0400, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *copy = copy_with("modes", "", SPAN_NONE);
		char path[64];
		struct keys *k = NULL;
		struct signer s;
		snprintf(path, sizeof(path), "modes/%s", rows[i].file);
		assert_int_equal(chmod(aid_keys_path(&all, path), rows[i].mode), 0);
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), rows[i].open);
		if (rows[i].open == 0)
			assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_DCC, KEYS_NOW), &s),
				rows[i].sign);
		keys_close(k);
		assert_int_equal(chmod(copy, 0700), 0);
	}
	struct keys *k;
	assert_int_equal(keys_open(aid_keys_path(&all, "nowhere"), PASSPHRASE, &k), -ENOENT);
	assert_int_equal(
		keys_open(aid_keys_path(&all, "keys/index.json"), PASSPHRASE, &k), -ENOTDIR);
}

/* What is written has nothing of a private key in the clear, and nothing for others. */
static void
test_on_disk(void **state)
{
	struct stat st;
	struct span pem = aid_read(all.aid.arena, aid_keys_path(&all, "keys/dcc-1.key.pem"));

	(void)state;
	assert_true(span_starts(pem, SPAN_LIT("-----BEGIN ENCRYPTED PRIVATE KEY-----")));
	assert_int_equal(stat(all.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(aid_keys_path(&all, "keys/dcc-1.key.pem"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(aid_keys_path(&all, "keys/.new-index.json"), F_OK), -1);
}

/* --- memory --- */

/* Without memory OpenSSL says of a key that it is malformed: refused, and so no harm, but not told apart. */
static int
told_apart(int r)
{
	return oom_hit() && (r == -EBADMSG || r == -EKEYREJECTED || r == -EIO) ? -ENOMEM : r;
}

static int
open_it(void *arg)
{
	struct keys *k = NULL;
	int r = keys_open(arg, SPAN_NONE, &k);

	keys_close(k);
	return told_apart(r);
}

static int
sign_with(void *arg)
{
	struct keys *k = NULL;
	struct arena *a = arena_new(1 << 20);
	struct signer s;
	struct span out;
	int r = a ? keys_open(arg, PASSPHRASE, &k) : -ENOMEM;

	if (r == 0)
		r = keys_signer(k, keys_active(k, PURPOSE_VC_EDDSA, KEYS_NOW), &s);
	if (r == 0)
		r = s.sign(&s, a, JWS, &out);
	keys_close(k);
	arena_free(a);
	return told_apart(r);
}

static int
make_one(void *arg)
{
	struct keys *k = NULL;
	struct key_request q = { .purpose = PURPOSE_LIST, .now = KEYS_NOW, .from = KEYS_NOW };
	int r = keys_create(arg, PASSPHRASE, &aid_who, &k);

	if (r == 0)
		r = keys_new(k, &q, NULL);
	keys_close(k);
	return told_apart(r);
}

/* Each run derives a key from the passphrase: some of the allocations must do. */
static void
some_fail(int (*fn)(void *arg), void *arg)
{
	size_t failed = 0;

	for (size_t n = 1; n < 4000; n += 1 + n / 6) {
		oom_arm(n, false);
		int r = fn(arg);
		bool hit = oom_hit();
		oom_disarm();
		if (r != 0 && r != -ENOMEM)
			fail_msg("allocation %zu: %d", n, r);
		assert_true(r == 0 || hit);
		failed += r != 0;
	}
	assert_true(failed > 5);
}

static void
test_memory(void **state)
{
	const char *small = aid_keys_path(&all, "small");
	const char *made = aid_keys_path(&all, "made");
	struct key_request q = { .purpose = PURPOSE_VC_EDDSA, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k;

	(void)state;
	assert_int_equal(keys_create(small, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new(k, &q, NULL), 0);
	keys_close(k);
	assert_true(oom_each(open_it, (void *)(uintptr_t)small) > 0);
	some_fail(sign_with, (void *)(uintptr_t)small);
	some_fail(make_one, (void *)(uintptr_t)made);
	/* whatever was cut short: what is there can be read */
	assert_int_equal(keys_open(made, PASSPHRASE, &k), 0);
	assert_int_equal(keys_unlock(k, KEYS_NOW), 0);
	keys_close(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_index_cut),
		cmocka_unit_test(test_index_changed),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_on_disk),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
