/* conformance.c - `vidimus conformance`: a thin front of the runner. */
#include "gateway/cli/cli.h"

#include "conformance/run.h"

#include <stdio.h>
#include <string.h>

enum { TOKEN_MAX = 4096 };

static const struct option_row rows[] = {
	{ "--suite", true, true },
	{ "--cases", true, false },
	{ "--corpora", true, false },
	{ "--out", true, false },
	{ "--target", true, false },
	{ "--adapter", true, false },
	{ "--list", false, false },
	{ "--exceptions", false, false },
	{ "--token", true, false },
	{ "--as", true, false },
	{ 0 },
};

/* A line of a file: what is an argument stands in every list of processes. */
static int
read_token(struct arena *a, const char *path, const char **out)
{
	struct span text = SPAN_NONE;
	int r = path ? load_file(a, path, TOKEN_MAX, &text) : 0;

	if (r != 0) {
		fprintf(stderr, "vidimus conformance: %s: %s\n", path, load_error(r));
		return EXIT_USAGE;
	}
	text = span_trim(text);
	*out = path ? (const char *)arena_copy(a, text).ptr : NULL;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return usage("conformance", "this file holds no token:", path);
	return path && !*out ? EXIT_FAULT : 0;
}

static int
run(struct arena *a, const struct options *o)
{
	const char *verb = o->operand_count > 0 ? o->operands[0] : "run";
	const char **suites = ARENA_ARRAY(a, o->repeated_count + 1, const char *);
	struct conformance_options c = { .suites = suites,
		.cases = option_value(o, "--cases"),
		.corpora = option_value(o, "--corpora"),
		.out = option_value(o, "--out"),
		.target = option_value(o, "--target"),
		.adapter = option_value(o, "--adapter"),
		.exceptions = option_value(o, "--exceptions") != NULL,
		.list = strcmp(verb, "list") == 0 || option_value(o, "--list") };

	if (!suites)
		return EXIT_FAULT;
	if (o->operand_count > 1 || (strcmp(verb, "run") != 0 && strcmp(verb, "list") != 0 &&
					    strcmp(verb, "pairs") != 0))
		return usage("conformance", "the verbs are run, pairs and list, not", verb);
	if (strcmp(verb, "pairs") == 0)
		c.pairs = option_value(o, "--as") ? option_value(o, "--as") : "text";
	else if (option_value(o, "--as"))
		return usage("conformance", "--as is for the verb pairs", NULL);
	int r = read_token(a, option_value(o, "--token"), &c.token);
	if (r != 0)
		return r;
	for (size_t i = 0; i + 1 < o->repeated_count; i += 2)
		suites[c.suite_count++] = o->repeated[i + 1];
	return conformance_run(&c);
}

int
cli_conformance(int argc, char **argv)
{
	struct arena *a = arena_new(1 << 20);
	struct options o;
	int r = a ? options_read(a, argc, argv, rows, &o) : EXIT_FAULT;

	if (r == 0)
		r = run(a, &o);
	arena_free(a);
	return r;
}
