/* main.c - one binary, one command a run: find the command, hand over. */
#include "config/near.h"
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int
unknown(const char *name)
{
	struct near n = near_to(span_of(name));
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		near_try(&n, c->name);
	fprintf(stderr, "vidimus: there is no command \"%s\"%s%s%s (try `vidimus help`)\n", name,
		n.best ? ": do you mean " : "", n.best ? n.best : "", n.best ? "?" : "");
	return EXIT_USAGE;
}

/* A verdict that nobody could read is none. */
static int
written(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fputs("vidimus: the output could not be written\n", stderr);
	return EXIT_FAULT;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	const struct command *c = command_named(name);
	if (!c)
		return unknown(name);
	if (argc > 2 && asks_for_help(argc - 1, argv + 1)) {
		fputs(c->help, stdout);
		return written(0);
	}
	return written(c->run(argc > 1 ? argc - 1 : 1, argc > 1 ? argv + 1 : argv));
}
