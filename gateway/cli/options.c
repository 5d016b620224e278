/* options.c - the arguments of a command against its table.  Unknown ones are never guessed at. */
#include "config/near.h"
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>

int
usage(const char *command, const char *what, const char *subject)
{
	fprintf(stderr, "vidimus %s: %s%s%s (try `vidimus %s --help`)\n", command, what,
		subject ? " " : "", subject ? subject : "", command);
	return EXIT_USAGE;
}

static size_t
row_index(const struct option_row *rows, const char *name, size_t len)
{
	size_t i = 0;

	while (rows[i].name &&
		(strlen(rows[i].name) != len || strncmp(rows[i].name, name, len) != 0))
		i++;
	return i;
}

static int
unknown(const char *command, const char *arg, size_t len, const struct option_row *rows)
{
	struct near n = near_to((struct span){ (const uint8_t *)arg, len });

	for (; rows->name; rows++)
		near_try(&n, rows->name);
	if (!n.best)
		return usage(command, "there is no option", arg);
	fprintf(stderr,
		"vidimus %s: there is no option %.*s: do you mean %s? (try `vidimus %s --help`)\n",
		command, (int)len, arg, n.best, command);
	return EXIT_USAGE;
}

static int
take_option(const char *command, int argc, char **argv, int *at, struct options *o)
{
	const char *arg = argv[*at], *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	size_t i = row_index(o->rows, arg, len);
	const struct option_row *row = &o->rows[i];
	const char *value = equals ? equals + 1 : NULL;

	if (!row->name)
		return unknown(command, arg, len, o->rows);
	if (!row->value && value)
		return usage(command, "this option takes no value:", row->name);
	if (row->value && !value && *at + 1 >= argc)
		return usage(command, "this option needs a value:", row->name);
	if (row->value && !value)
		value = argv[++*at];
	if (row->repeats) {
		o->repeated[o->repeated_count++] = row->name;
		o->repeated[o->repeated_count++] = value;
		return 0;
	}
	if (o->values[i])
		return usage(command, "this option is given twice:", row->name);
	o->values[i] = value ? value : "";
	return 0;
}

int
options_read(
	struct arena *a, int argc, char **argv, const struct option_row *rows, struct options *out)
{
	size_t rows_count = 0, args = (size_t)argc;
	struct options o = { .rows = rows };
	bool only_operands = false;

	while (rows[rows_count].name)
		rows_count++;
	o.values = ARENA_ARRAY(a, rows_count + 1, const char *);
	o.repeated = ARENA_ARRAY(a, 2 * args + 1, const char *);
	o.operands = ARENA_ARRAY(a, args + 1, const char *);
	if (!o.values || !o.repeated || !o.operands)
		return EXIT_FAULT;
	for (int i = 1; i < argc; i++) {
		bool option = !only_operands && argv[i][0] == '-' && argv[i][1] != '\0';
		if (option && strcmp(argv[i], "--") == 0) {
			only_operands = true;
			continue;
		}
		int r = option ? take_option(argv[0], argc, argv, &i, &o) : 0;
		if (r != 0)
			return r;
		if (!option)
			o.operands[o.operand_count++] = argv[i];
	}
	*out = o;
	return 0;
}

const char *
option_value(const struct options *o, const char *name)
{
	size_t i = row_index(o->rows, name, strlen(name));

	return o->rows[i].name ? o->values[i] : NULL;
}
