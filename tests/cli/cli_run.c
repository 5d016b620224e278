/* cli_run.c - starts the binary that was built beside this test, its outputs going to files. */
#include "tests/cli/cli_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS = 32, PATH_LENGTH = 4096, SECONDS = 60 };

/* build/MODE-CC/tests/cli/test_cli stands three folders below build/MODE-CC/vidimus. */
static const char *
binary(char path[PATH_LENGTH])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_LENGTH - 16);

	assert_true(n > 0);
	path[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(path, '/') = '\0';
	return strcat(path, "/vidimus");
}

static size_t
read_back(FILE *f, char *to, size_t room)
{
	rewind(f);
	size_t n = fread(to, 1, room - 1, f);

	to[n] = '\0';
	fclose(f);
	return n;
}

static void
become(const char *const *words, FILE *in, FILE *out, FILE *err)
{
	char path[PATH_LENGTH], *argv[WORDS + 2] = { NULL };

	argv[0] = (char *)(uintptr_t)binary(path);
	for (size_t i = 0; words[i] && i < WORDS; i++)
		argv[i + 1] = (char *)(uintptr_t)words[i];
	dup2(fileno(in), STDIN_FILENO);
	dup2(fileno(out), STDOUT_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	alarm(SECONDS);
	execv(argv[0], argv);
	_exit(127);
}

void
cli_run_list(struct ran *r, const char *const *words, const char *input)
{
	FILE *in = tmpfile(), *out = tmpfile(), *err = tmpfile();
	int status = 0;

	assert_true(in && out && err);
	if (input)
		assert_true(fwrite(input, 1, strlen(input), in) == strlen(input));
	rewind(in);
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		become(words, in, out, err);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	r->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	fclose(in);
	r->out_len = read_back(out, r->out, sizeof(r->out));
	r->err_len = read_back(err, r->err, sizeof(r->err));
	assert_int_not_equal(r->code, 127);
}

void
cli_run(struct ran *r, const char *arguments, const char *input)
{
	char *line = strdup(arguments), *rest = line;
	const char *words[WORDS] = { NULL };

	assert_non_null(line);
	for (size_t i = 0; i + 1 < WORDS && rest;) {
		char *word = strsep(&rest, " ");
		if (*word)
			words[i++] = word;
	}
	cli_run_list(r, words, input);
	free(line);
}
