/* keys.c - `vidimus keys`: the gateway's own keys made, shown, succeeded, retired and published. */
#include "codecs/base/date.h"
#include "gateway/cli/keys/ring.h"
#include "gateway/cli/keys/verbs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_LENGTH = 2048 };

static const struct option_row rows[] = {
	{ "--config", true, false },
	{ "--keys", true, false },
	{ "--passphrase-file", true, false },
	{ "--url", true, false },
	{ "--country", true, false },
	{ "--name", true, false },
	{ "--at", true, false },
	{ "--all", false, false },
	{ "--in", true, false },
	{ "--use", true, false },
	{ "--pkcs11", true, false },
	{ "--import", false, false },
	{ "--pin-file", true, false },
	{ "--module", true, false },
	{ "--withdraw", false, false },
	{ "--json", false, false },
	{ 0 },
};

static const struct verb {
	const char *name;
	int (*run)(struct session *s, const struct options *o);
	size_t operands_min, operands_max;
} verbs[] = {
	{ "new", keys_verb_new, 0, 1 },
	{ "list", keys_verb_list, 0, 0 },
	{ "rotate", keys_verb_rotate, 0, 1 },
	{ "retire", keys_verb_retire, 1, 1 },
	{ "publish", keys_verb_publish, 0, 1 },
};

/* A number of days, or with one of the configuration's units. */
bool
keys_span_argument(const char *text, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { '\0', 86400 } };
	int64_t n = 0;
	size_t i = 0;

	for (; text[i] >= '0' && text[i] <= '9' && i < 9; i++)
		n = n * 10 + (text[i] - '0');
	for (size_t u = 0; i > 0 && u < 5; u++)
		if (text[i] == units[u].unit && (!text[i] || !text[i + 1])) {
			*out = n * units[u].seconds;
			return true;
		}
	return false;
}

/* Paths of the command line count from where it was called, not from the configuration's folder. */
static struct span
from_here(struct session *s, const char *path)
{
	struct buf b = buf_in(s->arena, 2 * PATH_LENGTH);
	char here[PATH_LENGTH];

	if (path[0] != '/' && getcwd(here, sizeof(here))) {
		buf_str(&b, here);
		buf_char(&b, '/');
	}
	buf_str(&b, path);
	return buf_span(&b);
}

/* Options in place of what the configuration says: for a folder of keys of its own. */
static int
configure(struct session *s, const struct options *o)
{
	const char *at = option_value(o, "--at");
	const struct {
		const char *option;
		struct span *value;
		bool path;
	} overrides[] = { { "--keys", &s->config.keys.path, true },
		{ "--passphrase-file", &s->config.keys.passphrase_path, true },
		{ "--pin-file", &s->config.keys.pin_path, true },
		{ "--module", &s->config.keys.module_path, true },
		{ "--url", &s->config.issue.url, false },
		{ "--country", &s->config.issue.country, false },
		{ "--name", &s->config.issue.name, false } };
	int r = session_configure(s, option_value(o, "--config"));

	if (r != 0)
		return r;
	for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++) {
		const char *value = option_value(o, overrides[i].option);
		if (value)
			*overrides[i].value = overrides[i].path ? from_here(s, value)
								: span_of(value);
	}
	if (at && !time_argument(at, &s->now))
		return usage("keys",
			"this is no time (2026-11-24T10:00:00Z, 2026-11-24 or seconds):", at);
	return 0;
}

static int
dispatch(struct session *s, struct options *o)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : "list";

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t n = o->operand_count > 0 ? o->operand_count - 1 : 0;
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		if (n < verbs[i].operands_min)
			return usage("keys", "this verb needs a name of a key:", name);
		if (n > verbs[i].operands_max)
			return usage("keys", "there is nothing to do with",
				o->operands[o->operand_count - 1]);
		int r = configure(s, o);
		return r ? r : verbs[i].run(s, o);
	}
	return usage("keys", "the verbs are new, list, rotate, retire and publish, not", name);
}

int
cli_keys(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0)
		r = dispatch(&s, &o);
	session_close(&s);
	return r;
}
