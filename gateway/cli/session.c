/* session.c - what a command that verifies needs before it can: memory, configuration, trust, policy, a clock. */
#include "codecs/base/date.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/jsonld/contexts.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/issue/own.h"
#include "gateway/http/fetch/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char **environ;

enum { SESSION_MEMORY = 1 << 30, CONFIG_MAX = 1 << 20 };

int64_t
clock_now(void)
{
	return (int64_t)time(NULL);
}

/* To the year 9999, as every other form of a time. */
static bool
seconds_argument(struct span s, int64_t *out)
{
	int64_t v = 0;

	if (s.len == 0 || s.len > 12)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		v = v * 10 + (s.ptr[i] - '0');
	}
	*out = v;
	return v < INT64_C(253402300800);
}

bool
time_argument(const char *text, int64_t *out)
{
	struct date d;
	unsigned odd;

	if (time_parse(span_of(text), out, &odd))
		return true;
	if (date_parse(span_of(text), &d) && d.exists && d.day > 0) {
		*out = time_of(d.year, d.month, d.day, 0, 0, 0);
		return true;
	}
	return seconds_argument(span_of(text), out);
}

int
session_open(struct session *s)
{
	*s = (struct session){ .now = clock_now(), .policy = policy_default };
	config_init(&s->config);
	s->arena = arena_new(SESSION_MEMORY);
	s->scratch = arena_new(s->config.limits.memory);
	s->kit = kit_new();
	if (s->arena && s->scratch && s->kit)
		return 0;
	fputs("vidimus: there is no memory to start with\n", stderr);
	session_close(s);
	return EXIT_FAULT;
}

void
session_close(struct session *s)
{
	own_close(s->own);
	web_unref(s->web);
	keeper_free(s->keeper);
	trust_unref(s->trust);
	kit_free(s->kit);
	jsonld_contexts_free(s->contexts);
	arena_free(s->scratch);
	arena_free(s->arena);
	*s = (struct session){ 0 };
}

static int
print_faults(const char *path, const struct config_fault *faults, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (faults[i].line > 0)
			fprintf(stderr, "%s:%u: ", path, faults[i].line);
		else
			fputs("environment: ", stderr);
		fprintf(stderr, "%.*s\n", (int)faults[i].sentence.len,
			(const char *)faults[i].sentence.ptr);
	}
	return EXIT_CONFIG;
}

int
session_configure(struct session *s, const char *path)
{
	struct span text = SPAN_LIT("");
	struct config_fault *faults;
	size_t count;

	s->config_path = path ? path : getenv("VIDIMUS_CONFIG");
	if (s->config_path) {
		int r = load_file(s->arena, s->config_path, CONFIG_MAX, &text);
		if (r != 0) {
			fprintf(stderr, "vidimus: configuration %s: %s\n", s->config_path,
				load_error(r));
			return EXIT_CONFIG;
		}
	}
	if (config_read(s->arena, text, environ, &s->config, &faults, &count) != 0)
		return EXIT_FAULT;
	if (count > 0)
		return print_faults(s->config_path ? s->config_path : "-", faults, count);
	s->policy = s->config.policies ? s->config.policies[0] : policy_default;
	arena_free(s->scratch);
	s->scratch = arena_new(s->config.limits.memory);
	if (!s->scratch)
		return EXIT_FAULT;
	return s->config.context_count > 0 ? session_contexts(s) : 0;
}

int
session_policy(struct session *s, const char *name)
{
	const struct policy *p = config_policy(&s->config, span_of(name ? name : "default"));

	if (!p && name) {
		fprintf(stderr, "vidimus: there is no policy \"%s\" in the configuration\n", name);
		return EXIT_USAGE;
	}
	if (p)
		s->policy = *p;
	return 0;
}

/* Configured lists are named by their section, others by their path. */
static void
print_list_faults(const struct session *s, bool configured)
{
	for (size_t i = 0; i < trust_source_count(s->trust); i++) {
		const struct trust_source_info *l = trust_source_at(s->trust, i);
		if (!l->fault)
			continue;
		fprintf(stderr, "vidimus: %s \"%.*s\"", configured ? "source" : "trust list",
			(int)l->name.len, (const char *)l->name.ptr);
		if (configured)
			fprintf(stderr, " (line %u)", s->config.sources[i].line);
		fprintf(stderr, ": %s", l->fault);
		if (l->fault_file.len > 0)
			fprintf(stderr, " (%.*s", (int)l->fault_file.len,
				(const char *)l->fault_file.ptr);
		if (l->fault_file.len > 0 && l->fault_offset != PLACE_NO_OFFSET)
			fprintf(stderr, ", byte %zu", l->fault_offset);
		fputs(l->fault_file.len > 0 ? ")\n" : "\n", stderr);
	}
}

int
session_trust(struct session *s, const struct named_list *lists, size_t count, enum trust_env env)
{
	struct trust_input *in = NULL;
	struct report report;
	size_t n = s->config.source_count;
	int r = count > 0 ? named_inputs(s, lists, count, env, &in, &n)
			  : load_sources(s->arena, &s->config, s->config_path, &in);

	if (r != 0)
		return r > 0 ? r : EXIT_FAULT;
	/* lists are large, and read once: they get the session's memory */
	struct work w = { s->arena, &report, &s->config.limits, s->kit, s->now };
	report_begin(&report, s->arena);
	if (trust_build(&w, in, n, &s->trust) != 0) {
		fputs("vidimus: the trust lists don't fit into memory\n", stderr);
		return EXIT_FAULT;
	}
	print_list_faults(s, count == 0);
	return 0;
}

int
session_from_options(struct session *s, const struct options *o, const char *command)
{
	const char *env = option_value(o, "--env"), *at = option_value(o, "--at");
	struct named_list *lists = NULL;
	size_t count = 0;
	int r;

	if ((r = named_lists(s, o, command, &lists, &count)) != 0)
		return r;
	if ((r = session_configure(s, option_value(o, "--config"))) != 0)
		return r;
	if ((r = session_policy(s, option_value(o, "--policy"))) != 0)
		return r;
	if (env && !env_named(span_of(env), &s->policy.env))
		return usage(command, "an environment is production, acceptance or demo, not", env);
	s->now_given = at != NULL;
	if (at && !time_argument(at, &s->now))
		return usage(command,
			"this is no time (2026-11-24T10:00:00Z, 2026-11-24 or seconds):", at);
	return session_trust(s, lists, count, s->policy.env);
}

struct work
session_work(struct session *s, struct report *report)
{
	arena_reset(s->scratch);
	return (struct work){ s->scratch, report, &s->config.limits, s->kit, s->now };
}
