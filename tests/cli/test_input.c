/* test_input.c - what comes in and goes out of the command line: sizes, several at once, lines, names, a full disk. */
#include "gateway/cli/cli.h"
#include "tests/cli/cli_run.h"

#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MEGABYTE = 1 << 20 };

static char world[] = "/tmp/vidimus-input-XXXXXX";
static struct ran ran;

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

static void
write_file(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", world, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
}

/* On the heap, with room for more behind it. */
static char *
sample(const char *name, size_t more)
{
	char path[256], *text = calloc(1, 8192 + more);
	FILE *f;

	snprintf(path, sizeof(path), "%s/samples/%s.txt", world, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 8191, f) > 0);
	fclose(f);
	return text;
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

/* clang-format off */
static const struct {
	const char *arguments;
	int         code;
	const char *words; /* on standard error */
} calls[] = {
	{ "verfy", EXIT_USAGE, "there is no command \"verfy\": do you mean verify?" },
	{ "server", EXIT_USAGE, "do you mean serve?" },
	{ "x", EXIT_USAGE, "there is no command \"x\" (try `vidimus help`)" },
	{ "verify --jsn", EXIT_USAGE, "there is no option --jsn: do you mean --json?" },
	{ "verify --confg=x", EXIT_USAGE, "there is no option --confg: do you mean --config?" },
	{ "verify --at 253402300800", EXIT_USAGE, "this is no time" },
	{ "verify --at 99999999999999999999", EXIT_USAGE, "this is no time" },
	{ "verify --at -1", EXIT_USAGE, "this is no time" },
	{ "verify --at +5", EXIT_USAGE, "this is no time" },
	{ "verify --at=", EXIT_USAGE, "this is no time" },
	{ "trust import", EXIT_USAGE, "add FILE..." },
	{ "trust import /nowhere/list", EXIT_USAGE, "No such file" },
	{ "verify -- --help", EXIT_UNREADABLE, "--help: No such file" },
	{ "demo @/other", EXIT_USAGE, "not of a demo world" },
};
/* clang-format on */

static void
answers_calls(void **state)
{
	(void)state;
	run("version", NULL);
	assert_non_null(strstr(ran.out, "openssl 3"));
	assert_non_null(strstr(ran.out, "eu-dcc"));
	for (size_t i = 0; i < COUNT(calls); i++) {
		run(calls[i].arguments, NULL);
		if (ran.code != calls[i].code || !strstr(ran.err, calls[i].words) ||
			count_of(ran.err, "\n") != 1)
			fail_msg("vidimus %s: exit %d: %s", calls[i].arguments, ran.code, ran.err);
	}
	run("verify --at 253402300799 @/samples/vaccination.txt --config @/vidimus.conf", NULL);
	assert_int_equal(ran.code, EXIT_REJECTED);
	run("trust import --json @/trust/keys.jwks.json", NULL);
	assert_int_equal(ran.code, 0);
	assert_ptr_equal(strstr(ran.out, "{\"sources\":["), ran.out);
	run("trust show --json --config @/vidimus.conf", NULL);
	assert_ptr_equal(strstr(ran.out, "{\"sources\":["), ran.out);
}

static void
tells_what_is_too_large(void **state)
{
	char *big = sample("vaccination", 2 * MEGABYTE);

	(void)state;
	memset(big + strlen(big), 'A', MEGABYTE);
	write_file("big.txt", big);
	run("verify --json --config @/vidimus.conf @/big.txt @/samples/vaccination.txt", NULL);
	assert_int_equal(ran.code, EXIT_UNREADABLE);
	assert_int_equal(count_of(ran.out, "\n"), 2);
	assert_non_null(strstr(ran.out, "input.too_large"));
	assert_int_equal(count_of(ran.out, "{\"verdict\":\"verified\""), 1);
	run("inspect @/big.txt", NULL);
	assert_int_equal(ran.code, EXIT_UNREADABLE);
	assert_non_null(strstr(ran.out, "input.too_large"));
	free(big);
	setenv("VIDIMUS_LIMITS_MEMORY_REQUEST", "1024", 1);
	run("verify --config @/vidimus.conf @/samples/vaccination.txt", NULL);
	unsetenv("VIDIMUS_LIMITS_MEMORY_REQUEST");
	assert_int_equal(ran.code, EXIT_UNREADABLE);
	assert_non_null(strstr(ran.out, "memory.request = 1024"));
}

static void
answers_every_line(void **state)
{
	char *good = sample("vaccination", 2 * MEGABYTE), *text = malloc(4 * MEGABYTE);
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	n += (size_t)sprintf(text + n, "  %s \r\n\n \t\n", good);
	n += (size_t)sprintf(text + n, "\"%s\"\n\"HC1:\\u0000\"\n\"\n{}\n", good);
	memset(text + n, 'A', 2 * MEGABYTE);
	n += 2 * MEGABYTE;
	sprintf(text + n, "\n%s", good);
	run("verify --ndjson --config @/vidimus.conf", text);
	assert_int_equal(ran.code, EXIT_UNREADABLE);
	assert_int_equal(count_of(ran.out, "\n"), 7);
	assert_int_equal(count_of(ran.out, "{\"verdict\":\"verified\""), 3);
	assert_int_equal(
		count_of(ran.out, "{\"verdict\":\"rejected\",\"reason\":\"input.too_large\""), 1);
	const char *last = strrchr(strstr(ran.out, "too_large"), '\n');
	assert_non_null(last);
	run("verify --ndjson", "");
	assert_int_equal(ran.code, 0);
	assert_int_equal(ran.out_len, 0);
	free(text);
	free(good);
}

#define DOSE                                                                                      \
	"<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"document\"/><entry><resource>"       \
	"<Patient><name><text value=\"Otto\"/></name><birthDate value=\"1998-02-26\"/></Patient>" \
	"</resource></entry><entry><resource><Immunization><status value=\"completed\"/>"         \
	"<vaccineCode><coding><system value=\"http://id.who.int/icd/release/11/mms\"/>"           \
	"<code value=\"XM0GQ8\"/></coding></vaccineCode><patient><reference value=\"#1\"/>"       \
	"</patient><occurrenceDateTime value=\"2026-05-29\"/><lotNumber value=\"AQ-7\"/>"         \
	"</Immunization></resource></entry></Bundle>"

/* Of the signed by verifying, of what nobody signed by inspection alone. */
static void
gives_the_core_data_set(void **state)
{
	(void)state;
	run("verify --core --config @/vidimus.conf @/samples/vaccination.txt", NULL);
	assert_int_equal(ran.code, EXIT_VERIFIED);
	assert_non_null(strstr(ran.out, "\"record\":{\"resourceType\":\"Bundle\",\"entry\":[{"
					"\"resource\":{\"resourceType\":"
					"\"DDCCCoreDataSet\",\"name\":\"\xc3\x86gir "
					"Pinguin\",\"birthDate\":\"1998-02-26\","));
	assert_non_null(strstr(ran.out, "\"code\":\"XM8NQ0\""));
	run("verify --core --config @/vidimus.conf @/samples/tampered.txt", NULL);
	assert_null(strstr(ran.out, "DDCCCoreDataSet"));
	write_file("dose.xml", DOSE);
	run("verify --core --config @/vidimus.conf @/dose.xml", NULL);
	assert_int_equal(ran.code, EXIT_REJECTED);
	assert_null(strstr(ran.out, "DDCCCoreDataSet"));
	run("inspect --json @/dose.xml", NULL);
	assert_null(strstr(ran.out, "DDCCCoreDataSet"));
	run("inspect --core --json @/dose.xml", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "\"record\":{\"resourceType\":\"Bundle\",\"entry\":[{"));
	assert_non_null(strstr(ran.out, "\"lot\":\"AQ-7\",\"date\":\"2026-05-29\""));
	assert_null(strstr(ran.out, "verdict"));
}

static void
names_several(void **state)
{
	char *two = sample("vaccination", 8192), *bad = sample("expired", 0);

	(void)state;
	sprintf(two + strlen(two), "\n%s\n", bad);
	write_file("two.txt", two);
	run("verify --config @/vidimus.conf @/two.txt", NULL);
	assert_int_equal(ran.code, EXIT_REJECTED);
	assert_non_null(strstr(ran.out, "two.txt #1: verified\n"));
	assert_non_null(strstr(ran.out, "two.txt #2: rejected"));
	run("verify --config @/vidimus.conf", two);
	assert_non_null(strstr(ran.out, "- #2: rejected"));
	write_file("odd\033[2J\xe2\x80\xae.txt", bad);
	run("verify --config @/vidimus.conf @/samples/test.txt @/odd\033[2J\xe2\x80\xae.txt", NULL);
	assert_non_null(strstr(ran.out, "/odd?[2J?.txt: rejected"));
	free(two);
	free(bad);
}

static void
fails_when_nothing_can_be_written(void **state)
{
	static const char *const lines[] = { "help", "verify --help", "verify --json /dev/null",
		"version" };
	char binary[512], line[1024];
	ssize_t n = readlink("/proc/self/exe", binary, sizeof(binary) - 1);

	(void)state;
	assert_true(n > 0);
	binary[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(binary, '/') = '\0';
	for (size_t i = 0; i < COUNT(lines); i++) {
		snprintf(line, sizeof(line), "%s/vidimus %s >/dev/full 2>/dev/null", binary,
			lines[i]);
		int status = system(line);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EXIT_FAULT);
	}
}

/* clang-format off */
static const struct {
	const char *in, *out;
} texts[] = {
	{ "", "" }, { "plain", "plain" },
	{ "\xc3\x86gir \xe6\xb0\xb4 \xf0\x9f\x98\x80", "\xc3\x86gir \xe6\xb0\xb4 \xf0\x9f\x98\x80" },
	{ "a\033[31m\x07\x7f\n\t", "a?[31m????" }, { "\xc2\x9b" "31m\xc2\x85", "?31m?" }, { "\xc2\xa0", "\xc2\xa0" },
	{ "\xff\xc3", "??" }, { "\xe6\xb0", "??" }, { "\xed\xa0\x80", "???" },
	{ "\xc0\xaf", "??" }, { "\x9b" "31m", "?31m" },
	{ "\xe2\x80\xa8\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9", "?????" },
	{ "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa" },
	{ "\xd7\xa9\xe2\x80\x8f", "\xd7\xa9\xe2\x80\x8f" },
};
/* clang-format on */

static void
tames_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char *out = NULL;
		size_t len = 0;
		FILE *real = stdout;
		stdout = open_memstream(&out, &len);
		show_text(span_of(texts[i].in));
		fclose(stdout);
		stdout = real;
		assert_string_equal(out, texts[i].out);
		free(out);
	}
}

/* clang-format off */
static const struct {
	const char *sample, *lines;
} reports[] = {
	{ "vaccination", "verified\n  ok   format      the scheme was recognised\n" },
	{ "vaccination", "\n  ok   policy      the verifier's policy accepts it\n  key of         AQ\n" },
	{ "vaccination", "\n  source         signed-list\n" },
	{ "vaccination", "\n  vaccination\n  dose           2 of 2\n  disease        COVID-19 (840539006)\n" },
	{ "vaccination", "\n  brand          Comirnaty (EU/1/20/1528)\n" },
	{ "test", "\n  test name      Frost PCR\n  result         Not detected (260415000)\n" },
	{ "test", "\n  sampled        2026-11-20T10:00:00Z\n" },
	{ "recovery", "\n  first positive 2026-05-01\n" },
	{ "tampered", "\n  -    policy      not looked at, because an earlier check did not pass\n" },
	{ "expired", "rejected: the certificate has expired\n" },
	{ "expired", "\n  FAIL validity    the certificate has expired (validity.expired) [cwt byte 6 /4]\n" },
	{ "null-group", " (note.null) [cwt byte " },
	{ "code-unknown", "\n  brand          " },
};
/* clang-format on */

static void
reports_in_words(void **state)
{
	char line[128];

	(void)state;
	for (size_t i = 0; i < COUNT(reports); i++) {
		snprintf(line, sizeof(line), "verify --config @/vidimus.conf @/samples/%s.txt",
			reports[i].sample);
		run(line, NULL);
		if (!strstr(ran.out, reports[i].lines))
			fail_msg("%s: no %s in %s", reports[i].sample, reports[i].lines, ran.out);
		assert_null(strchr(ran.out, '\033'));
	}
	run("verify --config @/vidimus.conf @/samples/tampered.txt", NULL);
	assert_null(strstr(ran.out, "Pinguin"));
}

static void
guards_the_demo(void **state)
{
	char path[256];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/keys", world);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/keys/eu-dcc-00.key.pem", world);
	assert_int_equal(chmod(path, 0644), 0);
	run("demo @", NULL); /* once more, over the first */
	assert_int_equal(ran.code, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	run("verify --config @/vidimus.conf @/samples/vaccination.txt", NULL);
	assert_int_equal(ran.code, 0);
}

static int
make_world(void **state)
{
	char path[256];

	(void)state;
	if (!mkdtemp(world))
		return -1;
	run("demo @", NULL);
	snprintf(path, sizeof(path), "%s/other", world);
	mkdir(path, 0755);
	write_file("other/vidimus.conf", "[listen]\n");
	return ran.code;
}

static int
remove_world(void **state)
{
	char line[64];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", world);
	return system(line);
}

/* To a name that is nobody's: nothing is asked, whatever is allowed. */
static const char health_link[] =
	"shlink:/eyJ1cmwiOiJodHRwczovL2Voci5ub3doZXJlLnRlc3QvN2U0ZTJhMmM5ZDBmNG"
	"IxYzhhM2Q1ZTZmN2E4YjljMGQxZTJmM2E0YjVjNiIsImtleSI6Ik1ERXlNelExTmpjNE9X"
	"RmlZMlJsWm1kb2FXcHJiRzF1YjNCeGNuTjBkWFkiLCJsYWJlbCI6IkJhY2sgcGFpbiJ9";

static void
health_links(void **state)
{
	(void)state;
	run("verify -", health_link);
	assert_int_equal(ran.code, EXIT_INDETERMINATE);
	assert_non_null(strstr(ran.out, "indeterminate"));
	assert_non_null(strstr(ran.out, "Back pain"));
	run("verify --fetch --json --passcode 1 --recipient Border -", health_link);
	assert_int_equal(ran.code, EXIT_INDETERMINATE);
	assert_non_null(strstr(ran.out, "\"label\":\"Back pain\""));
	assert_non_null(strstr(ran.out, "\"reason\":\"link.not_allowed\""));
	run("inspect --json -", health_link);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "smart-health-link"));
	run("verify -", "shlink:/x");
	assert_int_equal(ran.code, EXIT_REJECTED);
}

/* A line is judged as of when it comes, not as of when the program began. */
static void
gives_lines_their_own_time(void **state)
{
	char path[1024], command[1200], line[2][2400];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	(void)state;
	assert_true(n > 0);
	path[n] = '\0';
	snprintf(command, sizeof(command),
		"(echo HC1:; sleep 1.1; echo HC1:) | %s/../../vidimus verify --ndjson",
		dirname(path));
	FILE *f = popen(command, "r");
	assert_non_null(f);
	for (size_t i = 0; i < 2; i++)
		assert_non_null(fgets(line[i], sizeof(line[i]), f));
	pclose(f);
	assert_non_null(strstr(line[0], "\"at\":"));
	assert_string_not_equal(line[0], line[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_calls),
		cmocka_unit_test(tells_what_is_too_large),
		cmocka_unit_test(answers_every_line),
		cmocka_unit_test(gives_the_core_data_set),
		cmocka_unit_test(names_several),
		cmocka_unit_test(fails_when_nothing_can_be_written),
		cmocka_unit_test(tames_texts),
		cmocka_unit_test(reports_in_words),
		cmocka_unit_test(guards_the_demo),
		cmocka_unit_test(health_links),
		cmocka_unit_test(gives_lines_their_own_time),
	};

	return cmocka_run_group_tests(tests, make_world, remove_world);
}
