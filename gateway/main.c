/* main.c - one binary, one command a run: find the command, hand over. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
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
	if (!c) {
		fprintf(stderr, "vidimus: there is no command \"%s\" (try `vidimus help`)\n", name);
		return EXIT_USAGE;
	}
	if (argc > 2 && asks_for_help(argc - 1, argv + 1)) {
		fputs(c->help, stdout);
		return 0;
	}
	return c->run(argc > 1 ? argc - 1 : 1, argc > 1 ? argv + 1 : argv);
}
