/* help.c - what each command is for and how it is called; `--help` prints it. */
#include "gateway/cli/cli.h"

#include "codecs/emit.h"
#include "config/config_impl.h"

#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
	{ "serve", "run the gateway", cli_serve,
		"usage: vidimus serve [--config FILE] [--check]\n\n"
		"Runs the gateway: POST a certificate to /v1/verify, or open / in a browser.\n"
		"  --config FILE  the configuration ($VIDIMUS_CONFIG; none: defaults and no "
		"trusted issuer)\n"
		"  --check        only read the configuration and the trust lists\n\n"
		"SIGHUP reads the trust lists again; SIGTERM finishes open requests and stops.\n\n"
		"  vidimus demo && vidimus serve --config var/demo/vidimus.conf\n" },
	{ "verify", "decide whether certificates are genuine", cli_verify,
		"usage: vidimus verify [FILE|-]... [options]\n\n"
		"Each file holds one certificate, or several, one a line.  Exit code: 0 verified, "
		"1 rejected,\n"
		"2 indeterminate, 3 unreadable (of several: the worst), 64 wrong usage, 78 wrong "
		"configuration.\n"
		"  --config FILE  configuration with trust lists and policies ($VIDIMUS_CONFIG)\n"
		"  --trust PATH   a trust list or a folder of certificates, in place of the "
		"configured ones; repeatable\n"
		"  --pin FILE     the key that must have signed the list named before it\n"
		"  --env NAME     whose keys count: production, acceptance or demo (the policy's; "
		"production)\n"
		"  --policy NAME  a policy of the configuration (default)\n"
		"  --at TIME      the time to decide for: 2026-11-24T10:00:00Z, 2026-11-24 or "
		"seconds since 1970\n"
		"  --json         reports as JSON, one a line\n"
		"  --core         as --json, the record as the WHO's core data set (DDCC), a "
		"resource "
		"an event\n"
		"  --ndjson       standard input holds one certificate a line; answer one JSON "
		"report a line\n"
		"  --fetch        ask listed issuers for keys and revocation lists, and follow "
		"health links\n"
		"  --passcode TEXT, --recipient TEXT   for a health link: its passcode, and who "
		"its holder sees\n\n"
		"  vidimus verify --trust signers.pem card.txt\n"
		"  vidimus verify --config var/demo/vidimus.conf "
		"var/demo/samples/vaccination.txt\n" },
	{ "translate", "verify a certificate and attest it in another form", cli_translate,
		"usage: vidimus translate --to FORM [FILE|-] [-o OUT] [options]\n\n"
		"Verifies the certificate and, only if it is verified, writes it anew in another "
		"form under our\n"
		"own key.  What became of each element goes to standard error.  Exit code: 0 "
		"attested, 1 rejected\n"
		"or refused, 2 indeterminate, 3 unreadable, 64 wrong usage, 78 wrong "
		"configuration.\n"
		"  --to FORM      what to write: `vidimus help forms`\n"
		"  -o OUT         a file; one that ends in .svg or .png becomes a QR code\n"
		"  --json         the attestation and its loss report as JSON\n"
		"  --plan         only say what would be lost: nothing is signed or logged\n"
		"  --config FILE  configuration with [keys] and [store] ($VIDIMUS_CONFIG)\n"
		"  --trust PATH, --env NAME, --policy NAME, --fetch   as for `vidimus verify`\n\n"
		"  vidimus translate --to shc --config var/demo/vidimus.conf "
		"var/demo/samples/vaccination.txt\n" },
	{ "inspect", "show every layer of a certificate, trusting nothing", cli_inspect,
		"usage: vidimus inspect [FILE|-]... [--json]\n\n"
		"Decodes and names every layer.  There is no verdict: use `vidimus verify` for "
		"that.\n"
		"  --json         on one line\n"
		"  --core         with what it says of health, as the WHO's core data set; "
		"believed "
		"by nobody\n\n"
		"  vidimus inspect var/demo/samples/vaccination.txt\n" },
	{ "trust", "show trust lists, their age and whose keys they hold", cli_trust,
		"usage: vidimus trust [list | show [AUTHORITY] | import FILE...] [options]\n\n"
		"  list             the configured lists: form, age, signature, number of keys\n"
		"  show AUTHORITY   the keys of one issuer (a country); without one, every key\n"
		"  import FILE...   read lists as a source would be read, and say what they would "
		"give\n"
		"  --config FILE, --trust PATH, --pin FILE, --env NAME, --at TIME, --json   as for "
		"`vidimus "
		"verify`\n\n"
		"  vidimus trust show SE --config /etc/vidimus/vidimus.conf\n" },
	{ "keys", "make, show, rotate, retire and publish the gateway's own keys", cli_keys,
		"usage: vidimus keys [new | list | rotate | retire | publish] [options]\n\n"
		"  list             the keys, whether they sign, and what will be missing\n"
		"  new PURPOSE      the first key of a purpose; --all: of every purpose that has "
		"none\n"
		"  rotate PURPOSE   a successor: published at once, signs in a week (--in), when "
		"the "
		"present one\n"
		"                   ends; --all: of every purpose but authorities and list\n"
		"  retire NAME      signs no more, stays published; --withdraw (it is "
		"compromised): "
		"for ever, and no longer\n"
		"  publish [DIR]    what others need to verify us, as files (var/published)\n\n"
		"Purposes: dcc, shc, vc-eddsa, vc-ecdsa, who, icao, list; their authorities "
		"csca-dcc, ca-shc,\n"
		"sca-who, csca-icao.  Folder, passphrase and names are those of [keys] and [issue] "
		"(vidimus help\n"
		"config), or of --keys, --passphrase-file, --url, --country and --name.\n"
		"  --config FILE    the configuration ($VIDIMUS_CONFIG)\n"
		"  --in TIME        when a successor begins to sign: 7d, 12h, 0\n"
		"  --use TIME       for how long a new key signs: 90d\n"
		"  --pkcs11 URI     make the key in a token; --import: it is there already; "
		"--module FILE, --pin-file FILE\n"
		"  --at TIME, --json   as for `vidimus verify`\n\n"
		"Exit code: 0 done, 1 refused (it says why), 64 wrong usage, 78 wrong "
		"configuration.\n\n"
		"  vidimus keys new --all --config /etc/vidimus/vidimus.conf\n" },
	{ "store", "check the log of attestations, find and revoke one", cli_store,
		"usage: vidimus store [check | find ID | revoke ID | forget] [options]\n\n"
		"  check            walk the whole log and name the record that does not fit\n"
		"  find ID          what the log knows of an attestation\n"
		"  revoke ID        take it back; it can't be undone\n"
		"  forget           all but hash and place of what has ended\n"
		"  --config FILE    the configuration, whose [store] names the log "
		"($VIDIMUS_CONFIG)\n"
		"  --reason N       of revoke: a number of RFC 5280, 5.3.1 (0: not said)\n"
		"  --before TIME    of forget: what ended before (now)\n\n"
		"A gateway may run meanwhile.  Exit code of check: 0 whole, 1 damaged.\n\n"
		"  vidimus store check --config /etc/vidimus/vidimus.conf\n" },
	{ "demo", "make a world of fictional authorities and samples", cli_demo,
		"usage: vidimus demo [DIR] [--cases DIR]\n\n"
		"Writes to DIR (var/demo) fictional national authorities with fresh keys, their "
		"trust lists, a\n"
		"configuration, and samples: genuine certificates and every kind of bad one, with "
		"an index.\n"
		"  --cases DIR      write the conformance cases of every scheme instead, with "
		"fresh keys\n\n"
		"  vidimus demo && vidimus verify --config var/demo/vidimus.conf "
		"var/demo/samples/expired.txt\n" },
	{ "conformance", "run cases and public test suites", cli_conformance,
		"usage: vidimus conformance [run | pairs | list] [options]\n\n"
		"`pairs` runs the suite translate and prints its matrix: each kind of certificate "
		"in "
		"each form.\n\n"
		"  --suite NAME     only this one (a folder of cases or a corpus); repeatable\n"
		"  --target WHO     builtin (default), http://HOST:PORT (a running gateway) or "
		"exec:COMMAND\n"
		"  --adapter NAME   how the target is spoken to: vidimus (builtin, http) or exec\n"
		"  --token FILE     the token that a gateway asks for before it writes anything\n"
		"  --as FORM        of pairs: text (default), json or page\n"
		"  --cases DIR      folder of cases (conformance/cases)\n"
		"  --corpora DIR    folder of public corpora ($VIDIMUS_CORPORA, "
		"../shared/corpora)\n"
		"  --out DIR        write report.json, junit.xml and earl.jsonld there\n"
		"  --exceptions     print every exception by name\n"
		"  --list           only name the suites\n\n"
		"The last line is `N passed, N failed, N skipped`; exit code 0 only without "
		"failures.\n" },
	{ "help", "this page; `help config` lists every configuration key", cli_help,
		"usage: vidimus help [COMMAND | config | schemes | forms]\n" },
	{ "version", "version and libraries", cli_version, "usage: vidimus version\n" },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const struct command *
command_at(size_t index)
{
	return index < COMMANDS ? &commands[index] : NULL;
}

const struct command *
command_named(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* What the key takes, and what holds without it. */
static void
help_key(struct arena *a, const struct key_row *row)
{
	struct config config;
	static const struct config_source source;
	static const struct config_context context;
	static const struct config_access access = { .rate = 10, .quota = 1000 };
	struct buf b = buf_in(a, 4096);
	const void *target = row->section == SECTION_SOURCE    ? (const void *)&source
			     : row->section == SECTION_CONTEXT ? (const void *)&context
			     : row->section == SECTION_ACCESS  ? (const void *)&access
			     : row->section == SECTION_POLICY  ? (const void *)&policy_default
							       : (const void *)&config;

	config_init(&config);
	buf_str(&b, "      takes ");
	config_allowed(&b, row);
	size_t so_far = b.len;
	buf_str(&b, "; default ");
	size_t named = b.len;
	config_show(&b, row, target);
	printf("  %-26s %s\n%.*s\n", row->name, row->text, (int)(b.len > named ? b.len : so_far),
		(const char *)b.ptr);
}

static int
help_config(void)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);
	enum section_id last = SECTION_NONE;
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; a && i < count; i++) {
		bool named = config_section_takes_name(rows[i].section);
		if (rows[i].section != last)
			printf("\n[%s%s]\n", config_section_name(rows[i].section),
				named ? " \"NAME\"" : "");
		last = rows[i].section;
		help_key(a, &rows[i]);
	}
	arena_free(a);
	return a ? 0 : EXIT_FAULT;
}

static int
help_schemes(void)
{
	const struct codec *c;

	for (size_t i = 0; (c = codec_at(i)) != NULL; i++)
		for (const struct scheme *s = c->schemes; s->name; s++)
			printf("  %-14s %s\n", s->name, s->title);
	return 0;
}

static int
help_forms(void)
{
	const struct target *t;

	for (size_t i = 0; (t = target_at(i)) != NULL; i++)
		printf("  %-14s %s\n", t->name, t->title);
	return 0;
}

int
cli_help(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "config") == 0)
		return help_config();
	if (argc > 1 && strcmp(argv[1], "schemes") == 0)
		return help_schemes();
	if (argc > 1 && strcmp(argv[1], "forms") == 0)
		return help_forms();
	const struct command *c = argc > 1 ? command_named(argv[1]) : NULL;
	if (c) {
		fputs(c->help, stdout);
		return 0;
	}
	if (argc > 1)
		return usage("help", "there is no command", argv[1]);
	puts("Vidimus verifies health certificates of many schemes and says why.\n\nusage: vidimus "
	     "COMMAND [ARGUMENTS]\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-12s %s\n", commands[i].name, commands[i].summary);
	puts("\n`vidimus COMMAND --help` teaches each one.");
	return 0;
}

int
cli_version(int argc, char **argv)
{
	const struct codec *c;
	const char *kind;

	(void)argc;
	(void)argv;
	printf("vidimus %s\nbuilt with %s\nschemes:", VIDIMUS_VERSION, VIDIMUS_LIBRARIES);
	for (size_t i = 0; (c = codec_at(i)) != NULL; i++)
		for (const struct scheme *s = c->schemes; s->name; s++)
			printf(" %s", s->name);
	fputs("\nkinds of trust list:", stdout);
	for (size_t i = 0; (kind = config_choice(TYPE_KIND, i)) != NULL; i++)
		printf(" %s", kind);
	putchar('\n');
	return 0;
}
