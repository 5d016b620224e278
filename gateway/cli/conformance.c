/* conformance.c - `vidimus conformance`: a thin front of the runner. */
#include "gateway/cli/cli.h"

#include "conformance/run.h"

#include <string.h>

static const struct option_row rows[] = {
	{ "--suite", true, true },
	{ "--cases", true, false },
	{ "--corpora", true, false },
	{ "--out", true, false },
	{ "--target", true, false },
	{ "--adapter", true, false },
	{ "--list", false, false },
	{ "--exceptions", false, false },
	{ 0 },
};

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
	if (o->operand_count > 1 || (strcmp(verb, "run") != 0 && strcmp(verb, "list") != 0))
		return usage("conformance", "the verbs are run and list, not", verb);
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
