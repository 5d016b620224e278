/* named.c - lists named on the command line: what they sign is what their form and content can serve.
 *
 * A configured source says its scheme.  Here a gateway's list or a directory of issuers says it by its form; a file
 * of certificates does not, and counts for every scheme for which it holds something: a signer for containers, an
 * authority for seals.
 */
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "trust/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
named_lists(struct session *s, const struct options *o, const char *command,
	struct named_list **out, size_t *count)
{
	struct named_list *lists = ARENA_ARRAY(
		s->arena, o->repeated_count / 2 + 1, struct named_list);
	size_t n = 0;

	if (!lists)
		return EXIT_FAULT;
	for (size_t i = 0; i + 1 < o->repeated_count; i += 2) {
		const char *value = o->repeated[i + 1];
		if (strcmp(o->repeated[i], "--trust") == 0)
			lists[n++].path = value;
		else if (n == 0 || lists[n - 1].pin)
			return usage(
				command, "--pin goes behind the list that it is for, once:", value);
		else
			lists[n - 1].pin = value;
	}
	*out = lists;
	*count = n;
	return 0;
}

static int
load(struct session *s, const struct named_list *l, struct trust_input *in)
{
	struct trust_file *files = NULL;
	const char *path = l->path;
	int r = load_list(s->arena, path, &files, &in->file_count);

	if (r == 0 && l->pin)
		r = load_file(s->arena, path = l->pin, LOAD_MAX, &in->pin);
	in->files = files;
	if (r == 0)
		return 0;
	fprintf(stderr, "vidimus: trust list %s: %s\n", path, load_error(r));
	return r == -ENOMEM ? EXIT_FAULT : EXIT_USAGE;
}

/* Whether anything of it counts for that scheme. */
static int
holds(struct session *s, const struct trust_input *in, bool *something)
{
	struct report report;
	struct work w = { s->arena, &report, &s->config.limits, s->kit, s->now };
	struct trust *t = NULL;

	report_begin(&report, s->arena);
	if (trust_build(&w, in, 1, &t) != 0)
		return EXIT_FAULT;
	*something = !trust_source_at(t, 0)->fault;
	trust_unref(t);
	return 0;
}

/* One input for each scheme; where it serves none, the last that it could, whose fault is then told. */
static int
spread(struct session *s, const struct trust_input *in, struct trust_input *out, size_t *n)
{
	unsigned serves = in->file_count > 0 ? trust_source_serves(in) : 0;
	bool several = (serves & (serves - 1)) != 0, something = true;
	struct trust_input as = *in;
	size_t before = *n;
	int r = 0;

	for (enum trust_domain d = 0; r == 0 && d < TRUST_DOMAINS; d++) {
		if (!(serves & 1u << d))
			continue;
		as.domain = d;
		r = several ? holds(s, &as, &something) : 0;
		if (r == 0 && something)
			out[(*n)++] = as;
	}
	if (*n == before)
		out[(*n)++] = as;
	return r;
}

int
named_inputs(struct session *s, const struct named_list *lists, size_t count, enum trust_env env,
	struct trust_input **out, size_t *n)
{
	struct trust_input *in = ARENA_ARRAY(
		s->arena, count * TRUST_DOMAINS + 1, struct trust_input);
	int r = in ? 0 : EXIT_FAULT;

	*n = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct trust_input one = {
			.name = span_of(lists[i].path), .env = env, .read_at = TIME_NONE
		};
		r = load(s, &lists[i], &one);
		if (r == 0)
			r = spread(s, &one, in, n);
	}
	*out = in;
	return r;
}
