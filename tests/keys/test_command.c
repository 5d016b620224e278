/* test_command.c - `vidimus keys` as it is called: what it answers, and with which exit code. */
#include "codecs/base/buf.h"
#include "gateway/cli/cli.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct aid_folder folder;
static struct aid_work aid;

static int
open_all(void **state)
{
	(void)state;
	aid_folder_make(&folder);
	aid_begin(&aid);
	aid_write_text(&folder, "vidimus.conf",
		"[keys]\npath = own/keys\n[issue]\nurl = https://gateway.example\ncountry = AQ\n"
		"name = Gateway of Tests\n");
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	aid_end(&aid);
	aid_folder_drop(&folder);
	return 0;
}

struct call {
	int argc;
	const char *argv[16];
};

static int
run(void *arg)
{
	struct call *c = arg;
	char *argv[16];

	for (int i = 0; i < c->argc; i++)
		argv[i] = (char *)(uintptr_t)c->argv[i];
	return cli_keys(c->argc, argv);
}

/* The words are split at blanks; --config comes by itself. */
static int
call(const char *words, struct span *out, struct span *err)
{
	struct call c = { .argc = 0 };
	struct span rest = arena_copy(aid.arena, span_of(words)), word;
	const char *config = aid_path(aid.arena, &folder, "vidimus.conf");

	c.argv[c.argc++] = "keys";
	while (span_split(&rest, ' ', &word) && c.argc < 13) {
		struct span copy = arena_copy(aid.arena, word);
		if (copy.len > 0)
			c.argv[c.argc++] = (const char *)copy.ptr;
	}
	c.argv[c.argc++] = "--config";
	c.argv[c.argc++] = config;
	return aid_capture(aid.arena, run, &c, out, err);
}

static bool
says(struct span s, const char *words)
{
	return strstr((const char *)s.ptr, words) != NULL;
}

#define AT " --at 2026-12-01T12:00:00Z"

static void
test_story(void **state)
{
	static const struct {
		const char *words;
		int code;
		const char *out, *err;
	} rows[] = {
		{ "list", EXIT_CONFIG, "", "there are none yet" },
		{ "publish", EXIT_CONFIG, "", "No such file" },
		{ "new dcc" AT, 1, "", "no authority for such keys" },
		{ "list" AT, 0, "nothing signs for dcc", "" },
		{ "rotate dcc" AT, 1, "", "`vidimus keys new dcc`" },
		{ "new --all" AT, 0,
			"dcc-1 (EU Digital COVID Certificates) signs from "
			"2026-12-01T12:00:00Z until 2027-03-01T12:00:00Z",
			"" },
		{ "new --all" AT, 0, "nothing was missing", "" },
		{ "new dcc" AT, 1, "", "`vidimus keys rotate dcc`" },
		{ "rotate dcc --in 2d --use 30d" AT, 0,
			"dcc-2 (EU Digital COVID Certificates) signs from "
			"2026-12-03T12:00:00Z until 2027-01-02T12:00:00Z",
			"" },
		{ "list" AT, 0, "dcc-2          next      EC P-256", "" },
		{ "list --at 2026-12-04", 0, "dcc-1          retired   EC P-256", "" },
		{ "list --at 2026-12-25", 0, "! dcc-2 ends within two weeks", "" },
		{ "list --json" AT, 0, "{\"name\":\"dcc-2\",\"purpose\":\"dcc\",\"state\":\"next\"",
			"" },
		{ "retire shc-1" AT, 0, "nothing signs for shc now", "" },
		{ "retire shc-7" AT, 1, "", "there is no key shc-7" },
		{ "retire vc-eddsa-1 --withdraw" AT, 0, "is published no more", "" },
		{ "list" AT, 0, "vc-eddsa-1     withdrawn Ed25519", "" },
		{ "rotate --all --in 0" AT, 0, "icao-2", "" },
		{ "retire", 64, "", "needs a name" },
		{ "retire a b", 64, "", "nothing to do with b" },
		{ "destroy", 64, "", "the verbs are" },
		{ "new", 64, "", "say for what" },
		{ "new cdd", 64, "", "there is no purpose cdd" },
		{ "new --all dcc", 64, "", "not also dcc" },
		{ "new dcc --in 3d", 64, "", "--in is for rotate" },
		{ "rotate dcc --in soon", 64, "", "this is no time" },
		{ "rotate dcc --use 0", 64, "", "for which a key is used" },
		{ "new dcc --import", 64, "", "add --pkcs11 URI" },
		{ "list --at never", 64, "", "this is no time" },
		{ "list --url https://other.example", EXIT_CONFIG, "", "keys keep their name" },
		{ "list --country BV", EXIT_CONFIG, "", "keys keep their name" },
	};
	struct span out, err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int code = call(rows[i].words, &out, &err);
		if (code != rows[i].code || !says(out, rows[i].out) || !says(err, rows[i].err))
			fail_msg("%s: %d\n%s\n%s", rows[i].words, code, (const char *)out.ptr,
				(const char *)err.ptr);
	}
}

static void
test_no_config(void **state)
{
	struct call c = { 2, { "keys", "list" } };
	struct span out, err;

	(void)state;
	assert_int_equal(aid_capture(aid.arena, run, &c, &out, &err), EXIT_CONFIG);
	assert_true(says(err, "no folder is configured"));
}

static void
test_publish(void **state)
{
	static const char *const files[] = { "trustlist", "v2/trustlist/did.json",
		".well-known/did.json", ".well-known/jwks.json", "certificates/list.pem" };
	const char *dir = aid_path(aid.arena, &folder, "published");
	struct buf words = buf_in(aid.arena, 512);
	struct span out, err;

	(void)state;
	buf_str(&words, "publish ");
	buf_str(&words, dir);
	buf_str(&words, AT);
	buf_char(&words, '\0');
	assert_int_equal(call((const char *)words.ptr, &out, &err), 0);
	for (size_t i = 0; i < 5; i++) {
		struct buf name = buf_in(aid.arena, 512);
		buf_str(&name, "published/");
		buf_str(&name, files[i]);
		buf_char(&name, '\0');
		assert_true(says(out, files[i]));
		assert_true(
			aid_read(aid.arena, aid_path(aid.arena, &folder, (const char *)name.ptr))
				.len > 0);
	}
}

/* Last, for it spoils the folder. */
static void
test_passphrase_file(void **state)
{
	const char *path = aid_path(aid.arena, &folder, "own/keys.passphrase");
	struct span out, err;

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(call("rotate dcc" AT, &out, &err), EXIT_CONFIG);
	assert_true(says(err, "its mode must be 0600"));
	aid_write_text(&folder, "own/keys.passphrase", "");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(call("rotate dcc" AT, &out, &err), EXIT_CONFIG);
	assert_true(says(err, "the file is empty"));
	aid_write_text(&folder, "own/keys.passphrase", "another one\r\n");
	assert_int_equal(call("rotate icao" AT, &out, &err), 1);
	assert_true(says(err, "the passphrase is another"));
	assert_false(says(err, "another one"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_config),
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_passphrase_file),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
