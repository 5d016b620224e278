/* test_cli.c - the command line as a process: usage, help, exit codes, and texts that would move the cursor. */
#include "codecs/base/arena.h"
#include "codecs/seal/cert.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/demo/demo.h"
#include "tests/cli/cli_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ran ran;
static char world[] = "/tmp/vidimus-test-XXXXXX";

/* The world's folder stands for every @ of the arguments. */
static void
run(const char *arguments, const char *input)
{
	char line[1024] = "";
	size_t n = 0;

	for (const char *p = arguments; *p && n + sizeof(world) < sizeof(line); p++)
		if (*p == '@')
			n += (size_t)snprintf(line + n, sizeof(line) - n, "%s", world);
		else
			line[n++] = *p;
	line[n] = '\0';
	cli_run(&ran, line, input);
}

static const char *
sample(const char *name)
{
	static char text[8192];
	char path[256];

	snprintf(path, sizeof(path), "%s/samples/%s.txt", world, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void
write_file(const char *name, struct span bytes)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", world, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
	fclose(f);
}

/* clang-format off */
static const struct {
	const char *arguments;
	int         code;
	const char *words; /* on standard error for usage and faults, else on standard output */
} calls[] = {
	{ "", 0, "usage: vidimus COMMAND" },
	{ "help", 0, "conformance" },
	{ "--help", 0, "usage: vidimus COMMAND" },
	{ "-h", 0, "usage: vidimus COMMAND" },
	{ "--version", 0, "vidimus " },
	{ "version", 0, "vidimus " },
	{ "help config", 0, "requests_per_connection" },
	{ "help schemes", 0, "eu-dcc" },
	{ "help verify", 0, "usage: vidimus verify" },
	{ "verify --json --help", 0, "usage: vidimus verify" },
	{ "help nonsense", EXIT_USAGE, "there is no command nonsense" },
	{ "nonsense", EXIT_USAGE, "there is no command \"nonsense\"" },
	{ "verify --nonsense", EXIT_USAGE, "there is no option --nonsense (try `vidimus verify --help`)" },
	{ "verify -x", EXIT_USAGE, "there is no option -x" },
	{ "verify --at", EXIT_USAGE, "this option needs a value: --at" },
	{ "verify --json=yes", EXIT_USAGE, "this option takes no value: --json" },
	{ "verify --json --json", EXIT_USAGE, "this option is given twice: --json" },
	{ "verify --at 1 --at=2", EXIT_USAGE, "this option is given twice: --at" },
	{ "verify --at noon", EXIT_USAGE, "this is no time" },
	{ "verify --at 2026-13-01", EXIT_USAGE, "this is no time" },
	{ "verify --at 12x", EXIT_USAGE, "this is no time" },
	{ "verify --env test", EXIT_USAGE, "production, acceptance or demo, not test" },
	{ "verify --policy none", EXIT_USAGE, "there is no policy \"none\"" },
	{ "verify --trust /nowhere/list", EXIT_USAGE, "/nowhere/list: No such file" },
	{ "verify --ndjson @/samples/test.txt", EXIT_USAGE, "standard input only" },
	{ "verify --config /nowhere/conf", EXIT_CONFIG, "/nowhere/conf: No such file" },
	{ "verify /nowhere/card", EXIT_UNREADABLE, "/nowhere/card: No such file" },
	{ "verify @/samples", EXIT_UNREADABLE, "Is a directory" },
	{ "inspect --at 1", EXIT_USAGE, "there is no option --at" },
	{ "inspect /nowhere/card", EXIT_UNREADABLE, "No such file" },
	{ "serve now", EXIT_USAGE, "there is nothing to do with now" },
	{ "serve --check --config /nowhere/conf", EXIT_CONFIG, "No such file" },
	{ "serve --check --config @/vidimus.conf", 0, "the configuration is good" },
	{ "trust frob", EXIT_USAGE, "the verbs are list, show" },
	{ "trust list SE", EXIT_USAGE, "the verbs are list, show" },
	{ "trust list", 0, "no trust list is configured" },
	{ "trust list --config @/vidimus.conf", 0, "signed by the pinned key" },
	{ "trust show AQ --config @/vidimus.conf", 0, "[signed-list]" },
	{ "trust show XX --config @/vidimus.conf", EXIT_REJECTED, "no key of XX" },
	{ "trust import @/trust/signed-list.json", 0, "8 keys" },
	{ "trust import @/vidimus.conf", EXIT_REJECTED, "NOT USED" },
	{ "verify --pin @/trust/network.pin.pem --trust @/trust/network.did.json", EXIT_USAGE, "goes behind the list" },
	{ "verify --trust @/trust/network.did.json --pin /nowhere/pin", EXIT_USAGE, "/nowhere/pin: No such file" },
	{ "trust import --env demo @/trust/csca.pem", 0, "(certificates, icao, demo" },
	{ "trust import --env demo @/trust/BV_signer.pem", 0, "(certificates, who, demo" },
	{ "trust import --env demo @/trust/network.did.json", EXIT_REJECTED, "(gdhcn, who, demo)\n  NOT USED" },
	{ "trust import --env demo @/trust/network.did.json --pin @/trust/network.pin.pem", 0,
		"signed by the pinned key" },
	{ "trust import --env demo @/trust/vc-health.did.json", 0, "(did, vc, demo" },
	{ "trust import --env demo --json @/trust/csca.pem", 0, "\"kind\":\"certificates\",\"scheme\":\"icao\"" },
	{ "demo a b", EXIT_USAGE, "one folder is enough" },
	{ "demo /proc/nowhere", EXIT_FAULT, "/proc/nowhere" },
	{ "conformance --suite", EXIT_USAGE, "needs a value" },
};

static const struct {
	const char *arguments;
	int         code;
} verdicts[] = {
	{ "@/samples/vaccination.txt", EXIT_VERIFIED },
	{ "@/samples/expired.txt", EXIT_REJECTED },
	{ "@/samples/tampered.txt", EXIT_REJECTED },
	{ "@/samples/stale-list.txt", EXIT_INDETERMINATE },
	{ "@/samples/garbage.txt", EXIT_UNREADABLE },
	{ "@/samples/base45.txt", EXIT_UNREADABLE },
	{ "@/samples/raw-cose.txt", EXIT_VERIFIED },
	{ "@/samples/vaccination.txt @/samples/test.txt", EXIT_VERIFIED },
	{ "@/samples/expired.txt @/samples/vaccination.txt", EXIT_REJECTED },
	{ "@/samples/stale-list.txt @/samples/vaccination.txt", EXIT_INDETERMINATE },
	{ "@/samples/stale-list.txt @/samples/expired.txt", EXIT_REJECTED },
	{ "@/samples/garbage.txt @/samples/expired.txt", EXIT_UNREADABLE },
	{ "--at 2000-01-01 @/samples/vaccination.txt", EXIT_REJECTED },
	{ "--env production @/samples/vaccination.txt", EXIT_REJECTED },
	{ "-- @/samples/vaccination.txt", EXIT_VERIFIED },
	{ "--json @/samples/expired.txt", EXIT_REJECTED },
};
/* Lists named on the command line: what nobody says of them, their form and content do. */
static const struct {
	const char *arguments;
	int         code;
	const char *words;
} named[] = {
	{ "--trust @/trust/csca.pem @/samples/vds-vaccination.txt", 0, "verified\n" },
	{ "--trust @/trust/csca.pem @/samples/icvp.txt", EXIT_REJECTED, "no trusted key" },
	{ "--trust @/trust/BV_signer.pem @/samples/folder.txt", 0, "verified\n" },
	{ "--trust @/trust/BV_signer.pem @/samples/vds-vaccination.txt", EXIT_REJECTED, "rejected" },
	{ "--trust @/trust/network.did.json --pin @/trust/network.pin.pem @/samples/icvp.txt", 0,
		"verified\n" },
	{ "--trust @/trust/network.did.json --pin @/trust/csca.pem @/samples/icvp.txt", EXIT_REJECTED,
		"rejected" },
	{ "--trust @/trust/network.did.json @/samples/icvp.txt", EXIT_REJECTED, "rejected" },
	{ "--trust @/trust/snapshot.json @/samples/shc-vaccination.txt", 0, "verified\n" },
	{ "--trust @/trust/csca.pem --trust @/trust/network.did.json --pin @/trust/network.pin.pem "
	  "@/samples/vds-vaccination.txt @/samples/icvp.txt", 0, "icvp.txt: verified\n" },
};
/* clang-format on */

static void
answers_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		run(calls[i].arguments, NULL);
		bool loud = calls[i].code != 0 && !strstr(calls[i].arguments, "import");
		const char *at = loud ? ran.err : ran.out;
		if (ran.code != calls[i].code || !strstr(at, calls[i].words))
			fail_msg("vidimus %s: exit %d, out %.200s, err %.200s", calls[i].arguments,
				ran.code, ran.out, ran.err);
		if (loud)
			assert_int_equal(ran.out_len, 0);
		else
			assert_int_equal(
				ran.err_len, strstr(calls[i].words, "NOT") ? ran.err_len : 0);
	}
}

static void
teaches_every_command(void **state)
{
	char line[128], usage_line[128];

	(void)state;
	for (size_t i = 0; command_at(i); i++) {
		snprintf(line, sizeof(line), "%s --help", command_at(i)->name);
		snprintf(usage_line, sizeof(usage_line), "usage: vidimus %s", command_at(i)->name);
		run(line, NULL);
		assert_int_equal(ran.code, 0);
		assert_ptr_equal(strstr(ran.out, usage_line), ran.out);
		run("help", NULL);
		assert_non_null(strstr(ran.out, command_at(i)->name));
	}
}

static void
exits_with_the_verdict(void **state)
{
	char line[512];

	(void)state;
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		snprintf(line, sizeof(line), "verify --config @/vidimus.conf %s",
			verdicts[i].arguments);
		run(line, NULL);
		if (ran.code != verdicts[i].code)
			fail_msg("%s: exit %d\n%s%s", line, ran.code, ran.out, ran.err);
	}
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void
reads_standard_input(void **state)
{
	static char text[16384];

	(void)state;
	run("verify --config @/vidimus.conf", sample("vaccination"));
	assert_int_equal(ran.code, 0);
	run("verify --config @/vidimus.conf - --json", sample("expired"));
	assert_int_equal(ran.code, 1);
	assert_int_equal(lines_of(ran.out), 1);
	run("inspect --json", sample("vaccination"));
	assert_int_equal(ran.code, 0);
	assert_int_equal(lines_of(ran.out), 1);
	run("verify", "");
	assert_int_equal(ran.code, EXIT_UNREADABLE);

	snprintf(text, sizeof(text), "%s\n\n", sample("vaccination"));
	size_t n = strlen(text);
	snprintf(text + n, sizeof(text) - n, "nonsense\n%s", sample("expired"));
	run("verify --config @/vidimus.conf --ndjson", text);
	assert_int_equal(ran.code, EXIT_UNREADABLE);
	assert_int_equal(lines_of(ran.out), 3);
	assert_ptr_equal(strstr(ran.out, "{\"verdict\":\"verified\""), ran.out);
	assert_non_null(
		strstr(ran.out, "\n{\"verdict\":\"rejected\",\"reason\":\"format.unknown\""));
	assert_non_null(
		strstr(ran.out, "\n{\"verdict\":\"rejected\",\"reason\":\"validity.expired\""));
}

static void
tells_faults_of_the_configuration(void **state)
{
	(void)state;
	write_file("bad.conf", SPAN_LIT("[listen]\nrate = x\n\n[nowhere]\n"));
	run("serve --check --config @/bad.conf", NULL);
	assert_int_equal(ran.code, EXIT_CONFIG);
	assert_int_equal(lines_of(ran.err), 2);
	assert_non_null(strstr(ran.err, "/bad.conf:2: "));
	assert_non_null(strstr(ran.err, "/bad.conf:4: "));
	write_file("lost.conf", SPAN_LIT("[source \"lost\"]\npath = nowhere.json\n"));
	run("serve --check --config @/lost.conf", NULL);
	assert_int_equal(ran.code, EXIT_CONFIG);
	assert_non_null(strstr(ran.err, "source \"lost\" (line 1): No such file"));
	assert_int_equal(ran.out_len, 0);
	setenv("VIDIMUS_LISTEN_RATE", "x", 1);
	run("serve --check", NULL);
	unsetenv("VIDIMUS_LISTEN_RATE");
	assert_int_equal(ran.code, EXIT_CONFIG);
	assert_ptr_equal(strstr(ran.err, "environment: "), ran.err);
	setenv("VIDIMUS_CONFIG", "/nowhere/conf", 1);
	run("verify", NULL);
	unsetenv("VIDIMUS_CONFIG");
	assert_int_equal(ran.code, EXIT_CONFIG);
}

/* sha256sum of CONTEXT, and of {} */
#define CONTEXT                    "{\"@context\":{\"n\":\"https://example.org/n\"}}"
#define CONTEXT_SUM                "239f781086c7567938c1cbd3e89c950c8fb2eb0b77a7899383d43aca5bf22bd3"
#define EMPTY_SUM                  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define CONTEXT_OF(url, file, sum) "\n[context \"" url "\"]\npath = " file "\nsha256 = " sum "\n"

/* Each context that can't be taken is told with its line; what the URL stands for is not the file's to change. */
static void
tells_faults_of_contexts(void **state)
{
	static const struct {
		const char *text, *words; /* NULL: all is well */
	} rows[] = {
		{ CONTEXT_OF("https://a.example/v1", "c.json", CONTEXT_SUM), NULL },
		{ CONTEXT_OF("https://a.example/v1", "c.json", EMPTY_SUM),
			"contexts.conf:2: context \"https://a.example/v1\": its file does not "
			"have" },
		{ CONTEXT_OF("https://a.example/v1", "none.json", CONTEXT_SUM), ":2: context" },
		{ CONTEXT_OF("https://a.example/v1", "e.json", EMPTY_SUM),
			"is no JSON document with a @context" },
		{ CONTEXT_OF("https://www.w3.org/ns/credentials/v2", "c.json", CONTEXT_SUM),
			"another content already" },
		{ CONTEXT_OF("https://a.example/v1", "c.json", CONTEXT_SUM)
				CONTEXT_OF("https://a.example/v2", "c.json", EMPTY_SUM),
			"contexts.conf:6: context \"https://a.example/v2\"" },
	};

	(void)state;
	write_file("c.json", SPAN_LIT(CONTEXT));
	write_file("e.json", SPAN_LIT("{}"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file("contexts.conf", span_of(rows[i].text));
		run("serve --check --config @/contexts.conf", NULL);
		assert_int_equal(ran.code, rows[i].words ? EXIT_CONFIG : 0);
		assert_int_equal(lines_of(ran.err), rows[i].words ? 1 : 0);
		if (rows[i].words && !strstr(ran.err, rows[i].words))
			fail_msg("row %zu: %s", i, ran.err);
		run("verify --config @/contexts.conf", sample("vaccination"));
		assert_int_equal(ran.code == EXIT_CONFIG, rows[i].words != NULL);
	}
}

/* Genuine, but its texts carry escapes: ESC, BEL, DEL, a line end, and CSI as one character of C1. */
static const struct sample hostile = {
	.name = "hostile",
	.dcc.content =
		"{\"ver\":\"1.3.0\",\"nam\":{\"fn\":\"Pin\\u001b[2J\\u0007guin\\u007f\",\"gn\":"
		"\"\\u009b31m\\nX\",\"fnt\":\"PINGUIN\"},\"dob\":\"1998-02-26\",\"r\":[{"
		"\"tg\":\"840539006\\u009b\",\"fr\":\"2026-05-01\",\"df\":\"2026-05-12\","
		"\"du\":\"2026-10-28\",\"co\":\"AQ\",\"is\":\"\\u0085Ice\\r\",\"ci\":"
		"\"URN:UVCI:01:AQ:7\\u001b\"}]}",
};

static void
assert_tame(const char *what)
{
	for (size_t i = 0; i < ran.out_len; i++) {
		unsigned char c = (unsigned char)ran.out[i], next = (unsigned char)ran.out[i + 1];
		bool c1 = c == 0xc2 && next >= 0x80 && next <= 0x9f;
		if ((c < ' ' && c != '\n') || c == 0x7f || c1)
			fail_msg("%s: byte %02x at %zu of %s", what, c, i, ran.out);
	}
}

static void
mint_hostile(struct demo *d)
{
	struct span text;

	*d = (struct demo){
		.dir = world, .now = clock_now(), .arena = arena_new(1 << 26), .kit = kit_new()
	};
	d->work = (struct work){ d->arena, &d->report, &limits_default, d->kit, d->now };
	assert_true(d->arena && d->kit);
	assert_int_equal(dcc_make_keys(d), 0);
	assert_int_equal(dcc_mint(d, &hostile, &text), 0);
	write_file("hostile.txt", text);
	write_file("AQ_signer.der", cert_der(d->signers[SIGNER_AQ].cert));
	dcc_drop_keys(d);
	kit_free(d->kit);
	arena_free(d->arena);
}

static void
shows_no_control_characters(void **state)
{
	struct demo d;

	(void)state;
	mint_hostile(&d);
	run("verify --trust @/AQ_signer.der --env demo @/hostile.txt", NULL);
	assert_int_equal(ran.code, EXIT_VERIFIED);
	assert_non_null(strstr(ran.out, "Pin?[2J?guin?\n"));
	assert_non_null(strstr(ran.out, "?31m?X\n"));
	assert_tame("verify");
	run("verify --json --trust @/AQ_signer.der --env demo @/hostile.txt", NULL);
	assert_int_equal(ran.code, EXIT_VERIFIED);
	assert_tame("verify --json");
	assert_non_null(strstr(ran.out, "\"Pin\\u001b[2J\\u0007guin\\u007f\""));
	assert_non_null(strstr(ran.out, "\"\\u009b31m\\nX\""));
	run("inspect @/hostile.txt", NULL);
	assert_int_equal(ran.code, 0);
	assert_tame("inspect");
	run("inspect --json @/hostile.txt", NULL);
	assert_tame("inspect --json");
}

static void
takes_lists_by_their_form(void **state)
{
	char line[512];

	(void)state;
	for (size_t i = 0; i < COUNT(named); i++) {
		snprintf(line, sizeof(line), "verify --env demo %s", named[i].arguments);
		run(line, NULL);
		if (ran.code != named[i].code || !strstr(ran.out, named[i].words))
			fail_msg("%s: exit %d, out %.200s, err %.200s", line, ran.code, ran.out,
				ran.err);
	}
	run("verify --env demo --trust @/trust/network.did.json @/samples/icvp.txt", NULL);
	assert_non_null(strstr(ran.err, "not taken without the key of its proofs as pin"));
}

static int
make_world(void **state)
{
	(void)state;
	if (!mkdtemp(world))
		return -1;
	unsetenv("VIDIMUS_CONFIG");
	run("demo @", NULL);
	return ran.code;
}

static int
drop_world(void **state)
{
	char *argv[] = { strdup("rm"), strdup("-rf"), world, NULL };

	(void)state;
	pid_t pid = fork();
	if (pid == 0)
		_exit(execvp("rm", argv));
	free(argv[0]);
	free(argv[1]);
	return pid > 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_calls),
		cmocka_unit_test(takes_lists_by_their_form),
		cmocka_unit_test(teaches_every_command),
		cmocka_unit_test(exits_with_the_verdict),
		cmocka_unit_test(reads_standard_input),
		cmocka_unit_test(tells_faults_of_the_configuration),
		cmocka_unit_test(tells_faults_of_contexts),
		cmocka_unit_test(shows_no_control_characters),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
