/* engine.c - the order of the checks.  Read the table; that is the program.
 *
 * Past a gate that did not pass nothing more of the document is believed, and the
 * remaining rows are skipped.  The steps without a gate all run, so that one
 * answer names every fault.
 */
#include "gateway/engine/engine.h"

#include "codecs/base/arena.h"
#include "gateway/engine/steps.h"

#include <errno.h>

static const struct step {
	int (*run)(struct work *w, struct verify *v);
	bool gate;
} steps[CHECK_COUNT] = {
	[CHECK_FORMAT] = { step_format, true }, /* which container?             */
	[CHECK_DECODE] = { step_decode, true }, /* codec->decode                */
	[CHECK_ISSUER] = { step_issuer, true }, /* trust_find                   */
	[CHECK_SIGNATURE] = { step_signature, true }, /* key_verify, every proof      */
	[CHECK_VALIDITY] = { step_validity, false }, /* w->now within all dates      */
	[CHECK_REVOCATION] = { step_revocation, false }, /* withdrawn, or list too old? */
	[CHECK_PROFILE] = { step_profile, false }, /* codec->check, key usage      */
	[CHECK_RECORD] = { step_record, false }, /* codec->normalise             */
	[CHECK_POLICY] = { step_policy, false }, /* the operator's rules         */
};

/* A spent budget is the document's fault, not ours: it becomes the running check's failure. */
static int
run_step(struct work *w, struct verify *v, enum check_id id)
{
	w->report->running = id;
	int r = steps[id].run(w, v);
	if (r != -ENOBUFS)
		return r;
	report_limit(w->report, "memory.request", w->limits->memory, PLACE_NONE);
	return 0;
}

static bool
passed_so_far(const struct report *report, enum check_id last)
{
	for (enum check_id id = 0; id <= last; id++)
		if (report->checks[id].status != STATUS_PASS)
			return false;
	return true;
}

static int
run_until(struct work *w, struct verify *v, enum check_id end)
{
	bool stopped = false;

	for (enum check_id id = 0; id < end; id++) {
		if (stopped) {
			w->report->running = id;
			report_skip(w->report);
			continue;
		}
		int r = run_step(w, v, id);
		if (r != 0)
			return r;
		stopped = steps[id].gate && !passed_so_far(w->report, id);
	}
	return 0;
}

int
engine_verify(struct work *w, struct verify *v)
{
	report_begin(w->report, w->arena);
	return run_until(w, v, CHECK_COUNT);
}

int
engine_genuine(struct work *w, struct verify *v, bool *genuine)
{
	report_begin(w->report, w->arena);
	int r = run_until(w, v, CHECK_VALIDITY + 1);
	*genuine = r == 0 && passed_so_far(w->report, CHECK_VALIDITY);
	return r;
}

int
engine_inspect(struct work *w, struct verify *v)
{
	report_begin(w->report, w->arena);
	int r = run_until(w, v, CHECK_DECODE + 1);
	if (r != 0 || !v->core || !passed_so_far(w->report, CHECK_DECODE))
		return r;
	return run_step(w, v, CHECK_RECORD);
}

/* The next line that is not blank; false when there is none. */
static bool
next_line(struct span *rest, struct span *line)
{
	struct span part;

	while (span_split(rest, '\n', &part)) {
		*line = span_trim(part);
		if (line->len > 0)
			return true;
	}
	return false;
}

/* Several certificates in one text stand on lines of their own, and each is recognised. */
static size_t
count_lines(struct span in)
{
	struct span rest = in, line;
	size_t count = 0;

	while (next_line(&rest, &line)) {
		if (!codec_detect(line))
			return 0;
		count++;
	}
	return count;
}

int
engine_split(struct work *w, struct span in, struct span **entries, size_t *count)
{
	const struct codec *codec = codec_detect(span_trim(in));

	*count = 0;
	if (codec && codec->split) {
		int r = codec->split(w, span_trim(in), entries, count);
		if (r != 0 || *count > 0)
			return r;
	}
	size_t n = span_find(in, '\n') < in.len ? count_lines(in) : 0;
	size_t lines = n > 1 ? n : 1;
	struct span *out = ARENA_ARRAY(w->arena, lines, struct span);

	if (!out)
		return arena_error(w->arena);
	if (n <= 1) {
		out[0] = in;
	} else {
		struct span rest = in;
		for (size_t i = 0; i < n; i++)
			next_line(&rest, &out[i]);
	}
	*entries = out;
	*count = lines;
	return 0;
}
