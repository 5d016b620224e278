/* batch_lines.c - a worker's part of a batch: lines in, reports out, until one lacks something that can be fetched. */
#include "gateway/http/batch_impl.h"

#include <stdlib.h>

#include "codecs/base/buf.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"

/* Lines behind one that lacks something whose lacks are fetched with it. */
enum { REPORTS_HIGH = 253952, REPORT_USUAL = 4096, AHEAD = 64 };

bool
stream_put(struct block *b, struct span data)
{
	if (!block_grow(b, data.len))
		return false;
	if (data.len > 0)
		memcpy(b->ptr + b->to, data.ptr, data.len);
	b->to += data.len;
	return true;
}

static void
tell_overlong(struct stream *s, struct buf *b)
{
	const struct fault f = { PROBLEM_REQUEST_LINE, "http.body", s->line_max };

	buf_str(b, "{\"error\":");
	problem_json(b, &f, NULL, PLACE_NO_OFFSET);
	buf_char(b, '}');
}

static struct exchange
ask(struct stream *s, struct tools *tools, struct span line)
{
	return (struct exchange){ .body = line,
		.core = s->conn->core,
		.tools = tools,
		.trust = s->trust,
		.web = s->web,
		.now = s->now,
		.may_wait = s->patient,
		.wish = s->wish };
}

/* false: it lacks something, and nothing was written. */
static bool
verify_into(struct stream *s, struct tools *tools, struct span line, struct buf *b)
{
	struct exchange x = ask(s, tools, line);

	verify_line(&x, b);
	s->wish = x.wish;
	s->lacks = x.waits;
	if (!x.waits)
		count_one(tools->counters, COUNT_LINES);
	return !x.waits;
}

/* What was lacking is there, or did not come: the next line has a patience of its own. */
static void
line_done(struct stream *s)
{
	s->lines++;
	s->waits_since = 0;
	s->rounds = 0;
	s->patient = s->conn->loop->app->config->fetch.enabled;
	wish_free(s->wish);
	s->wish = NULL;
}

/* The report is written where it is sent from; only an unusually long one is moved there. */
static void
report_line(struct stream *s, struct tools *tools, struct span line)
{
	struct block *to = &s->reports;

	arena_reset(tools->arena);
	s->failed = !block_grow(to, REPORT_USUAL + CHUNK_TAIL);
	if (s->failed)
		return;
	uint8_t *place = to->ptr + to->to;
	struct buf b = buf_over(tools->arena, tools->app->config->limits.memory, place,
		to->cap - to->to - CHUNK_TAIL);
	if (line.len > s->line_max || !line.ptr)
		tell_overlong(s, &b);
	else if (!verify_into(s, tools, line, &b))
		return;
	buf_char(&b, '\n');
	if (b.error != 0) {
		explicit_bzero(place, to->cap - to->to);
		s->failed = true;
	} else if (b.ptr == place) {
		to->to += b.len;
	} else {
		s->failed = !stream_put(to, buf_span(&b));
	}
	line_done(s);
}

/* Cards of a batch are of few issuers: what the next ones lack is asked for at the same time. */
static void
look_ahead(struct stream *s, struct tools *tools)
{
	struct span rest = { s->work.ptr + s->work.from, block_len(&s->work) }, line;

	if (s->lines < s->looked_to)
		return;
	s->looked_to = s->lines + AHEAD; /* no line is looked at more than twice */
	span_split(&rest, '\n', &line); /* the one that waits */
	for (int i = 0; i < AHEAD && span_split(&rest, '\n', &line); i++) {
		line = span_trim(line);
		if (line.len == 0 || line.len > s->line_max)
			continue;
		arena_reset(tools->arena);
		struct exchange x = ask(s, tools, line);
		struct buf unused = buf_in(tools->arena, tools->app->config->limits.memory);
		x.ahead = true;
		verify_line(&x, &unused);
		s->wish = x.wish;
	}
}

bool
stream_run(struct job *job, struct tools *tools)
{
	struct stream *s = (struct stream *)(void *)job;

	s->failed = !block_grow(&s->reports, CHUNK_HEAD + REPORT_USUAL);
	s->reports.from = s->reports.to = CHUNK_HEAD;
	while (!s->failed && block_len(&s->work) > 0 && block_len(&s->reports) < REPORTS_HIGH) {
		struct span rest = { s->work.ptr + s->work.from, block_len(&s->work) };
		size_t end = span_find(rest, '\n');
		struct span line = span_trim(span_slice(rest, 0, end));
		if (line.len > 0)
			report_line(s, tools, line);
		if (s->lacks) {
			look_ahead(s, tools);
			return true;
		}
		s->work.from += end < rest.len ? end + 1 : end;
	}
	if (!s->failed && s->overlong && block_len(&s->work) == 0) {
		report_line(s, tools, SPAN_NONE);
		s->overlong = false;
	}
	return true;
}
