/* test_config.c - the operator's text: values into fields, every fault with its line, the example, the environment. */
#include "config/config_impl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DIGEST   "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"

struct reply {
	struct arena *arena;
	struct config config;
	struct config_fault *faults;
	size_t count;
};

static void
read_in(struct reply *r, const char *text, char *const *env)
{
	*r = (struct reply){ .arena = arena_new(1 << 24) };
	assert_non_null(r->arena);
	config_init(&r->config);
	assert_int_equal(
		config_read(r->arena, span_of(text), env, &r->config, &r->faults, &r->count), 0);
}

static void
done(struct reply *r)
{
	arena_free(r->arena);
}

static bool
says(struct span sentence, const char *words)
{
	return memmem(sentence.ptr, sentence.len, words, strlen(words)) != NULL;
}

/* clang-format off */
static const struct {
	const char *text;
	unsigned    line;
	const char *words;
} faults[] = {
	{ "address = 127.0.0.1:1", 1, "before any [section]" },
	{ "\n\n[lisen]\n", 3, "no section \"lisen\": do you mean \"listen\"?" },
	{ "[somewhere]\n", 1, "`vidimus help config`" },
	{ "[]\n", 1, "no section" },
	{ "[listen\n", 1, "no closing bracket" },
	{ "[", 1, "no closing bracket" },
	{ "[listen \"x\"]\n", 1, "takes no name" },
	{ "[source]\npath = x\n", 1, "needs a name" },
	{ "[policy]\n", 1, "needs a name" },
	{ "[source \"a\"]\npath = x\n[source \"a\"]\npath = y\n", 3, "already is a source \"a\"" },
	{ "# c\n[source \"a\"]\n# c\n", 2, "names no list \"a\"" },
	{ "[listen]\nnonsense\n", 2, "neither a [section] nor key = value" },
	{ "[listen]\nport = 80\n", 2, "no key \"port\": `vidimus help config`" },
	{ "[listen]\nadress = [::1]:80\n", 2, "do you mean \"address\"?" },
	{ "[listen]\nskew = 1\n", 2, "it belongs to [policy]" },
	{ "[listen]\n[log]\n[listen]\n", 3, "stands twice \"listen\"" },
	{ "[listen]\nrate = 1\n[log]\n[listen]\nrate = 2\n", 4, "stands twice" },
	{ "[policy \"default\"]\n[policy \"default\"]\n", 2, "already is a policy \"default\"" },
	{ "[policy \"a\"]\n[policy \"a\"]\n", 2, "already is a policy \"a\"" },
	{ "[source \"a]\npath = x\n", 1, "odd quotes" },
	{ "[source \"a\" b]\npath = x\n", 1, "odd quotes" },
	{ "[source \"a\"]\npath = \"x\n", 2, "odd quotes in the value of \"path\"" },
	{ "[source \"a\"]\npath = x\"y\"\n", 2, "odd quotes" },
	{ "[source \"a\"]\npath = \"x\" \"y\"\n", 2, "odd quotes" },
	{ "[source \"a\"]\npath = x\x1b[2J\n", 2, "control character" },
	{ "[source \"a\"]\npath = x\x7f\n", 2, "control character" },
	{ "# \xff\n", 1, "not UTF-8" },
	{ "[source \"a\"]\npath = x\nkind = csv\n", 3, "it takes dgcg, de, nl, " },
	{ "[source \"a\"]\npath = x\nissuer = https://a b\n", 3, "an issuer as its documents name it" },
	{ "[source \"a\"]\npath = x\nallow_untyped_keys = 1\n", 3, "it takes yes or no" },
	{ "[source \"a\"]\npath = x\ncountry = swe\n", 3, "two capital letters" },
	{ "[source \"a\"]\npath = x\ncountry = s1\n", 3, "two capital letters" },
	{ "[listen]\nburst = 0\n", 2, "from 1 to" },
	{ "[listen]\naddress = [127.0.0.1]:80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = [::1]80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = 256.0.0.1:80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = 1.2.3:80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = a_b:80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = a:\n", 2, "HOST:PORT" },
	{ "[limits]\ncbor.nodes = 10 KiB\n", 2, "a whole number" },
	{ "[limits]\ninput.text = 2 MiB\n", 2, "a size from 1 B to 1 MiB" },
	{ "[listen]\nlevel = info\n", 2, "no key \"level\"" },
	{ "[listen]\n = 1\n", 2, "neither a" },
	{ "[listen]\nrate = 1\n\nrate = 2\n", 4, "set twice \"rate\"" },
	{ "[limits]\ntrust.keys = 1\ncbor.depth = 1\ntrust.keys = 1\n", 4, "set twice \"trust.keys\"" },
	{ "[listen]\nrate = many\n", 2, "wrong value of \"rate\": it takes a whole number from 0 to 1000000" },
	{ "[listen]\nrate =\n", 2, "a whole number from 0 to 1000000" },
	{ "[listen]\nrate = -1\n", 2, "wrong value of \"rate\"" },
	{ "[listen]\nrate = 1 KiB\n", 2, "wrong value of \"rate\"" },
	{ "[listen]\nrate = 1000001\n", 2, "from 0 to 1000000" },
	{ "[listen]\nrate = 99999999999999999999999\n", 2, "wrong value of \"rate\"" },
	{ "[listen]\nbody = 1023\n", 2, "a size from 1 KiB to 1 MiB" },
	{ "[listen]\nbody = 2 MiB\n", 2, "a size from 1 KiB to 1 MiB" },
	{ "[listen]\nbody = 17179869184 GiB\n", 2, "a size from 1 KiB to 1 MiB" },
	{ "[listen]\nbody = 64 kb\n", 2, "a size from 1 KiB to 1 MiB" },
	{ "[listen]\nhead_timeout = 0\n", 2, "a time from 1 s to 1 m" },
	{ "[listen]\nhead_timeout = 61 s\n", 2, "a time from 1 s to 1 m" },
	{ "[listen]\nhead_timeout = 10 x\n", 2, "a time from 1 s to 1 m" },
	{ "[listen]\naddress = 8080\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = :8080\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = ::1:8080\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = [::1]\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = []:80\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = 127.0.0.1:65536\n", 2, "HOST:PORT" },
	{ "[listen]\naddress = 127.0.0.1:80x\n", 2, "HOST:PORT" },
	{ "[limits]\ncbor.depth = 65\n", 2, "a whole number from 1 to 64" },
	{ "[limits]\ncbor.depth = 0\n", 2, "a whole number from 1 to 64" },
	{ "[log]\nlevel = loud\n", 2, "error, warn, info or debug" },
	{ "[policy \"default\"]\nmatch_country = true\n", 2, "it takes yes or no" },
	{ "[policy \"default\"]\nskew = 301\n", 2, "a time from 0 to 5 m" },
	{ "[policy \"default\"]\nenvironment = test\n", 2, "production, acceptance or demo" },
	{ "[policy \"default\"]\nschemes = eu-dcc, shc-9\n", 2, "vidimus help schemes" },
	{ "[policy \"default\"]\nauthorities = SE,,FI\n", 2, "issuers with commas" },
	{ "[policy \"default\"]\nlinks = yes\n", 2, "it takes no, listed or any" },
	{ "[policy \"default\"]\nlink_hosts = a.example,\n", 2, "host names in small letters" },
	{ "[policy \"default\"]\nlink_hosts = A.example\n", 2, "host names in small letters" },
	{ "[policy \"default\"]\nlink_hosts = https://a.example\n", 2, "host names in small letters" },
	{ "[source \"a\"]\npath =\n", 2, "a path" },
	{ "[context]\npath = x\n", 1, "or [context \"URL\"]" },
	{ "[context \"https://a b\"]\npath = x\n", 1, "no context's URL" },
	{ "[context \"https://a#b\"]\npath = x\n", 1, "no context's URL" },
	{ "[context \"nameless\"]\npath = x\n", 1, "no context's URL" },
	{ "\n[context \"https://a\"]\npath = x\n", 2, "has no digest \"https://a\"" },
	{ "[context \"urn:a\"]\nsha256 = " DIGEST "\n", 1, "names no file \"urn:a\"" },
	{ "[context \"https://a\"]\nsha256 = " DIGEST "0\n", 2, "it takes 64 hexadecimal digits" },
	{ "[context \"https://a\"]\nsha256 = x" DIGEST "\n", 2, "it takes 64 hexadecimal digits" },
	{ "[context \"https://a\"]\npath = x\nsha256 = " DIGEST "\n[context \"https://a\"]\n", 4,
		"already is a context" },
	{ "[store]\nurl = db.example.org\n", 2, "without a password" },
	{ "[store]\nurl = mysql://db/x\n", 2, "it takes postgresql://" },
	{ "[store]\nurl = postgresql://me:word@db/x\n", 2, "without a password" },
	{ "[store]\nurl = postgres://me:@db/x\n", 2, "without a password" },
	{ "[store]\nurl = postgresql://db/x?password=word\n", 2, "without a password" },
	{ "[store]\nurl = postgresql://db/x?a=b&password=word\n", 2, "without a password" },
	{ "[store]\nurl = postgresql://db/x?pass%77ord=word\n", 2, "without a password" },
	{ "[store]\nurl = postgresql://db/a b\n", 2, "without a password" },
	{ "[store]\nurl = postgresql://db/x?sslpassword=word\n", 2, "without a password" },
	{ "[issue]\nurl = http://a.example\n", 2, "an https address without a /" },
	{ "[issue]\nurl = https://a.example/\n", 2, "an https address without a /" },
	{ "[issue]\nurl = https://\n", 2, "an https address without a /" },
	{ "[issue]\nurl = https://a.example?b\n", 2, "an https address without a /" },
	{ "[issue]\ncountry = SWE\n", 2, "two capital letters" },
	{ "[issue]\nname =\n", 2, "a name of at most 200 bytes" },
	{ "[keys]\npassphrase_fil = secret\n", 2, "do you mean \"passphrase_file\"" },
	{ "[store]\nrefresh = 61\n", 2, "a time from 1 s to 1 m" },
	{ "[store]\nurl = postgresql://me@db:5432/x?a=%3d\n", 1, "has no secret" },
	{ "[fetch]\nresolver = http://r.example.org/1.0/identifiers/\n", 2, "an https address of a public host" },
	{ "[fetch]\nresolver = https://r.example.org/1.0/identifiers\n", 2, "ends in /" },
	{ "[fetch]\nresolver = https://r.example.org/?did=/\n", 2, "ends in /" },
	{ "[fetch]\nresolver = https://10.0.0.1/\n", 2, "ends in /" },
	{ "[access]\nroles = verify\n", 1, "[access \"name\"]" },
	{ "[access \"a b\"]\nroles = verify\n", 1, "no client's name" },
	{ "[access \"a/b\"]\nroles = verify\n", 1, "no client's name" },
	{ "[access \"a\"]\nroles = verify\ntoken_file = x\n[access \"a\"]\n", 4, "already is a client" },
	{ "\n[access \"a\"]\nroles = verify\n", 2, "tells this client from others" },
	{ "\n[access \"a\"]\ntoken_file = x\n", 2, "may do nothing" },
	{ "[access \"a\"]\ntoken_file = x\ntoken_sha256 = " DIGEST "\nroles = verify\n", 1, "has two tokens" },
	{ "[access \"a\"]\ntoken = abc\n", 2, "no key \"token\"" },
	{ "[access \"a\"]\nroles = verify, sign\n", 2, "it takes verify, attest and revoke" },
	{ "[access \"a\"]\nroles = verify, verify\n", 2, "each once" },
	{ "[access \"a\"]\nroles =\n", 2, "each once" },
	{ "[access \"a\"]\nrate = 0\n", 2, "a whole number from 1 to 100000" },
	{ "[access \"a\"]\ncertificate = abcdef\n", 2, "a subject as" },
	{ "[access \"a\"]\ntoken_sha256 = abcdef\n", 2, "64 hexadecimal digits" },
	{ "[listen]\nverify = yes\n", 2, "it takes open or token" },
	{ "[listen]\nverify = token\n", 0, "there is no client" },
	{ "[source \"a\"]\npath = x\nscheme = eu-dcc\n", 3, "dcc, shc, vc, icao or who" },
	{ "[source \"a\"]\npath = x\nenvironment = prod\n", 3, "production, acceptance or demo" },
	{ "[source \"a\"]\npath = x\nmax_age = 366 d\n", 3, "a time from 0 to 365 d" },
};
/* clang-format on */

static void
tells_faults_with_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct reply r;
		read_in(&r, faults[i].text, NULL);
		struct config_fault f = r.count ? r.faults[0] : (struct config_fault){ 0 };
		if (r.count == 0 || f.line != faults[i].line || !says(f.sentence, faults[i].words))
			fail_msg("%s: line %u: %.*s", faults[i].text, f.line, (int)f.sentence.len,
				(const char *)f.sentence.ptr);
		done(&r);
	}
}

static void
tells_every_fault_and_takes_nothing(void **state)
{
	static const char text[] =
		"[listen]\nrate = 7\nburst = x\n[nowhere]\na = b\n[log]\nlevel = y\n";
	static const unsigned lines[] = { 3, 4, 7 };
	struct reply r;

	(void)state;
	read_in(&r, text, NULL);
	assert_int_equal(r.count, COUNT(lines));
	for (size_t i = 0; i < r.count; i++)
		assert_int_equal(r.faults[i].line, lines[i]);
	assert_int_equal(r.config.http.rate, 100);
	done(&r);
}

/* However much is wrong, what is told stays bounded; and so does what is repeated of the text. */
static void
bounds_what_it_tells(void **state)
{
	char *text = malloc(200000);
	struct reply r;
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 500; i++)
		n += (size_t)snprintf(text + n, 200, "[%0100d]\n", i);
	read_in(&r, text, NULL);
	assert_int_equal(r.count, FAULTS);
	for (size_t i = 0; i < r.count; i++)
		assert_true(r.faults[i].sentence.len < 200);
	done(&r);
	free(text);
}

static void
takes_values(void **state)
{
	struct reply r;

	(void)state;
	read_in(&r,
		"  # a comment\r\n[listen]\r\naddress = [::1]:0 # behind\r\nloops=3\nbody = 128 "
		"KiB\n"
		"body_batch = 1024 GiB\nhead_timeout = 1 m\n[workers]\nthreads = 256\n"
		"[source \"one # two\"]\npath = \"a # b\"\nscheme = who\nmax_age = 7 d\n"
		"environment = acceptance\nissuer = \"https://A.example/i#1\"\n"
		"allow_untyped_keys = yes\n[policy \"default\"]\nskew = 5m\n"
		"[context \"https://A.example/c_1\"]\npath = c.json\nsha256 = " DIGEST
		"\n[fetch]\nresolver = https://r.example.org/1.0/\n[policy \"strict\"]\n"
		"allow_p384_es256 = yes\nauthorities = SE , FI\n"
		"schemes = eu-dcc\nlinks = listed\nlink_hosts = a.example, b-1.example\n[log]\n"
		"level = debug\n[limits]\ncbor.depth = 64",
		NULL);
	assert_int_equal(r.count, 0);
	const struct config *c = &r.config;
	assert_true(span_is(c->http.listen.host, "::1"));
	assert_int_equal(c->http.listen.port, 0);
	assert_int_equal(c->http.loops, 3);
	assert_int_equal(c->http.body, 131072);
	assert_int_equal(c->http.body_batch, UINT64_C(1099511627776));
	assert_int_equal(c->http.head_timeout, 60);
	assert_int_equal(c->http.workers, 256);
	assert_int_equal(c->source_count, 1);
	assert_true(span_is(c->sources[0].name, "one # two"));
	assert_true(span_is(c->sources[0].path, "a # b"));
	assert_int_equal(c->sources[0].domain, TRUST_WHO);
	assert_int_equal(c->sources[0].env, ENV_ACCEPTANCE);
	assert_int_equal(c->sources[0].max_age, 7 * 86400);
	assert_true(span_is(c->sources[0].issuer, "https://A.example/i#1"));
	assert_true(c->sources[0].allow_untyped_keys);
	assert_int_equal(c->policy_count, 2);
	assert_int_equal(config_policy(c, SPAN_LIT("default"))->skew, 300);
	const struct policy *p = config_policy(c, SPAN_LIT("strict"));
	assert_non_null(p);
	assert_true(p->p384_es256 && p->match_country && p->skew == 60);
	assert_int_equal(p->authority_count, 2);
	assert_true(span_is(p->authorities[1], "FI"));
	assert_int_equal(c->context_count, 1);
	assert_true(span_is(c->contexts[0].url, "https://A.example/c_1"));
	assert_true(span_is(c->contexts[0].path, "c.json"));
	assert_int_equal(c->contexts[0].sha256.len, 32);
	assert_int_equal(c->contexts[0].sha256.ptr[31], 0xe9);
	assert_true(span_is(p->resolver, "https://r.example.org/1.0/"));
	assert_int_equal(p->scheme_count, 1);
	assert_int_equal(p->links, LINKS_LISTED);
	assert_int_equal(p->link_host_count, 2);
	assert_true(span_is(p->link_hosts[1], "b-1.example"));
	assert_int_equal(config_policy(c, SPAN_LIT("default"))->links, LINKS_NO);
	assert_null(config_policy(c, SPAN_LIT("none")));
	assert_int_equal(c->log, LOG_DEBUG);
	assert_int_equal(c->limits.cbor_depth, 64);
	done(&r);
}

/* clang-format off */
static const struct {
	const char *variable;
	const char *words; /* of the fault; NULL: taken */
} variables[] = {
	{ "VIDIMUS_LISTEN_RATE=7", NULL },
	{ "VIDIMUS_LIMITS_CBOR_DEPTH=7", NULL },
	{ "VIDIMUS_POLICY_DEFAULT_SKEW=7 s", NULL },
	{ "VIDIMUS_SOURCE_MY_LIST_MAX_AGE=7", NULL },
	{ "VIDIMUS_CONTEXT_URN_A_PATH=y", NULL },
	{ "VIDIMUS_CONTEXT_URN_B_PATH=y", "no key for the variable" },
	{ "VIDIMUS_CONTEXT_URN_A_SHA256=y", "64 hexadecimal digits" },
	{ "VIDIMUS_CORPORA=/x", NULL },
	{ "VIDIMUS_CONFIG=/x", NULL },
	{ "VIDIMUS", NULL },
	{ "vidimus_listen_rate=x", NULL },
	{ "VIDIMUS_LISTEN_RATE=x", "wrong value of \"VIDIMUS_LISTEN_RATE\": it takes a whole number from 0" },
	{ "VIDIMUS_LISTEN_RATE", "wrong value of \"VIDIMUS_LISTEN_RATE\": it takes a whole number from 0" },
	{ "VIDIMUS_LISTEN_PORT=7", "no key for the variable" },
	{ "VIDIMUS_LISTEN_=7", "no key for the variable" },
	{ "VIDIMUS_LISTENRATE=7", "no key for the variable" },
	{ "VIDIMUS_SOURCE_OTHER_PATH=7", "no key for the variable" },
	{ "VIDIMUS_SOURCE_MY_LIST=7", "no key for the variable" },
	{ "VIDIMUS_POLICY_DEFAULT_SKEW=9 h",
		"wrong value of \"VIDIMUS_POLICY_DEFAULT_SKEW\": it takes a time from 0 to 5 m" },
	{ "VIDIMUS_=", "no key for the variable" },
};
/* clang-format on */

static void
obeys_the_environment(void **state)
{
	static const char text[] = "[listen]\nrate = 1\n[source \"my-list\"]\npath = x\n"
				   "[context \"urn:a\"]\npath = x\nsha256 = " DIGEST;

	(void)state;
	for (size_t i = 0; i < COUNT(variables); i++) {
		char *env[] = { strdup("PATH=/bin"), strdup(variables[i].variable), NULL };
		struct reply r;
		read_in(&r, text, env);
		if (variables[i].words) {
			if (r.count != 1 || r.faults[0].line != 0 ||
				!says(r.faults[0].sentence, variables[i].words))
				fail_msg("%s: %zu faults", variables[i].variable, r.count);
		} else if (r.count > 0) {
			fail_msg("%s: %.*s", variables[i].variable, (int)r.faults[0].sentence.len,
				(const char *)r.faults[0].sentence.ptr);
		}
		if (i == 0)
			assert_int_equal(r.config.http.rate, 7);
		if (i == 1)
			assert_int_equal(r.config.limits.cbor_depth, 7);
		if (i == 2)
			assert_int_equal(r.config.policies[0].skew, 7);
		if (i == 3)
			assert_int_equal(r.config.sources[0].max_age, 7);
		done(&r);
		free(env[0]);
		free(env[1]);
	}
}

static void
ignores_a_byte_order_mark(void **state)
{
	struct reply r;

	(void)state;
	read_in(&r, "\xef\xbb\xbf[listen]\nrate = 3\n", NULL);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.config.http.rate, 3);
	done(&r);
}

static char *
example(void)
{
	FILE *f = fopen("config/vidimus.example.conf", "r");
	char *text = calloc(1, 65536);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

static void
assert_defaults(const struct config *c)
{
	struct config d;
	struct config_http h = c->http;

	config_init(&d);
	assert_true(span_eq(h.listen.host, d.http.listen.host));
	assert_int_equal(h.listen.port, d.http.listen.port);
	size_t from = offsetof(struct config_http, loops);
	assert_memory_equal((char *)&h + from, (char *)&d.http + from,
		offsetof(struct config_http, burst) + sizeof(h.burst) - from);
	assert_memory_equal(&c->limits, &d.limits, sizeof(d.limits));
	from = offsetof(struct config_fetch, flights);
	assert_memory_equal((const char *)&c->fetch + from, (const char *)&d.fetch + from,
		sizeof(d.fetch) - from);
	assert_false(c->fetch.enabled);
	assert_int_equal(c->log, d.log);
	const struct policy *p = config_policy(c, SPAN_LIT("default"));
	assert_int_equal(p->env, policy_default.env);
	assert_int_equal(p->skew, policy_default.skew);
	assert_int_equal(p->p384_es256, policy_default.p384_es256);
	assert_int_equal(p->strict_eku, policy_default.strict_eku);
	assert_int_equal(p->match_country, policy_default.match_country);
}

static void
example_as_it_stands_is_the_defaults(void **state)
{
	char *text = example();
	struct reply r;

	(void)state;
	read_in(&r, text, NULL);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.config.source_count, 0);
	assert_defaults(&r.config);
	done(&r);
	free(text);
}

/* Lines that begin with # and no blank become keys: all of them, in their sections, with their defaults. */
static void
example_has_every_key(void **state)
{
	char *text = example();
	struct reply r;
	size_t count;
	const struct key_row *rows = config_rows(&count);

	(void)state;
	for (char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (at[0] == '#' && at[1] != ' ' && at[1] != '\n')
			at[0] = ' ';
	}
	read_in(&r, text, NULL);
	for (size_t i = 0; i < r.count; i++)
		print_message("%u: %.*s\n", r.faults[i].line, (int)r.faults[i].sentence.len,
			(const char *)r.faults[i].sentence.ptr);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.config.source_count, 1);
	assert_defaults(&r.config);
	done(&r);
	for (size_t i = 0; i < count; i++) {
		const char *section = config_section_name(rows[i].section);
		char head[64], *from, *to, key[96];
		snprintf(head, sizeof(head), "[%s", section);
		snprintf(key, sizeof(key), "\n %s = ", rows[i].name);
		from = strstr(text, head);
		assert_non_null(from);
		to = strstr(from + 1, "\n[");
		char *found = strstr(from, key);
		if (!found || (to && found > to))
			fail_msg("the example has no key %s in [%s]", rows[i].name, section);
	}
	free(text);
}

/* Cut anywhere, the text is read or faulted, and never more than that. */
static void
survives_truncation(void **state)
{
	char *text = example();
	size_t n = strlen(text);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct reply r = { .arena = arena_new(1 << 22) };
		config_init(&r.config);
		char *copy = malloc(i + 1); /* exact, so that reading past the end is seen */
		assert_non_null(copy);
		for (size_t j = 0; j < i; j++)
			copy[j] = text[j] == '#' && text[j + 1] != ' ' ? ' ' : text[j];
		struct span cut = { (const uint8_t *)copy, i };
		assert_int_equal(
			config_read(r.arena, cut, NULL, &r.config, &r.faults, &r.count), 0);
		free(copy);
		done(&r);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_faults_with_lines),
		cmocka_unit_test(tells_every_fault_and_takes_nothing),
		cmocka_unit_test(bounds_what_it_tells),
		cmocka_unit_test(takes_values),
		cmocka_unit_test(ignores_a_byte_order_mark),
		cmocka_unit_test(obeys_the_environment),
		cmocka_unit_test(example_as_it_stands_is_the_defaults),
		cmocka_unit_test(example_has_every_key),
		cmocka_unit_test(survives_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
