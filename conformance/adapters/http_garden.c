/* http_garden.c - smuggling payloads against the real server: what must be refused is answered once, with a
 * refusal, the connection is closed, and no handler ever runs.
 *
 * Each payload is sent as it is, with Host added where it has none (else that alone would refuse it), and with a
 * request line that leads to a handler; each of these at once, byte by byte, and cut in two at every place.
 */
#include "conformance/adapters/http_probe.h"

#include "codecs/base/buf.h"

#include <errno.h>

struct garden {
	struct suite *suite;
	struct probe *probe;
	long long sent;
};

/* What a payload must do, by the corpus' own word. */
enum duty { MUST_REFUSE, MUST_NOT_ANSWER, MAY_ANSWER, MUST_ANSWER_ALL, MUST_ANSWER_FIRST };

static enum duty
duty_of(const struct node *row, bool with_host)
{
	struct span expect = node_text(node_get(row, "expect"));

	if (span_is(expect, "either"))
		return MAY_ANSWER;
	if (span_is(expect, "accept_all"))
		return MUST_ANSWER_ALL;
	if (span_is(expect, "accept_first") && with_host)
		return MUST_ANSWER_FIRST;
	if (span_is(expect, "timeout"))
		return MUST_NOT_ANSWER;
	return MUST_REFUSE; /* reject; HTTP/2 as HTTP/1.1; no Host */
}

static bool
does(const struct heard *h, enum duty d)
{
	switch (d) {
	case MUST_REFUSE:
		return h->accepted == 0 && h->refused == 1 && h->closed;
	case MUST_NOT_ANSWER: /* cut short: refused, or waited for in vain */
		return h->accepted == 0;
	case MAY_ANSWER:
		return h->accepted + h->refused >= 1 && h->accepted <= 1 && h->refused <= 1 &&
		       h->refused_last;
	case MUST_ANSWER_FIRST:
		return h->accepted == 1 && h->refused == 0 && h->closed;
	default: /* two requests; the body of the second looks like a third */
		return h->accepted == 2 && h->refused == 0;
	}
}

/* Every way to cut it; *cut: the one that went wrong. */
static int
send_all_ways(struct garden *g, struct span bytes, enum duty d, bool *ok, size_t *cut)
{
	bool wait = d == MUST_REFUSE || d == MUST_ANSWER_FIRST;
	struct heard h;

	*ok = true;
	for (size_t n = 0; n <= bytes.len && *ok; n++) {
		*cut = n == bytes.len ? PROBE_BYTES : n;
		int r = probe_send(g->probe, bytes, *cut, wait, &h);
		if (r != 0)
			return r;
		g->sent++;
		*ok = does(&h, d);
	}
	return 0;
}

/* With a trailer named X its bytes are a well-formed request to a handler that reads bodies. */
static bool
well_formed_when_reachable(struct span id)
{
	return span_is(id, "server-39");
}

/* The same payload, led to a handler: behind a line of its own, the payload's first line is left out. */
static struct span
reachable(struct work *w, struct span raw)
{
	struct buf b = buf_in(w->arena, raw.len + 256);
	struct span first = span_slice(raw, 0, span_find(raw, '\n'));

	if (!span_ends(first, SPAN_LIT("/ HTTP/1.1\r")))
		return SPAN_NONE;
	buf_str(&b, "POST /v1/verify HTTP/1.1\r\nContent-Type: text/plain\r\n");
	if (!probe_has_host(raw))
		buf_str(&b, "Host: a\r\n");
	buf_add(&b, span_from(raw, first.len + 1));
	return buf_span(&b);
}

static int
run_variants(struct garden *g, struct work *w, const struct node *row, struct span raw,
	const char **fault)
{
	bool host = probe_has_host(raw), ok;
	struct span led = reachable(w, raw), id = node_text(node_get(row, "id"));
	size_t cut;
	int r = send_all_ways(g, raw, duty_of(row, host), &ok, &cut);

	if (!ok)
		*fault = "as it is";
	if (r == 0 && !host && !*fault) {
		r = send_all_ways(
			g, probe_insert(w, raw, "Host: a\r\n"), duty_of(row, true), &ok, &cut);
		if (!ok)
			*fault = "with Host added";
	}
	if (r == 0 && !*fault && led.ptr && duty_of(row, true) == MUST_REFUSE &&
		!well_formed_when_reachable(id)) {
		r = send_all_ways(g, led, duty_of(row, true), &ok, &cut);
		if (!ok)
			*fault = "led to a handler";
	}
	return r;
}

static int
run_row(struct garden *g, struct span line)
{
	struct work *w = suite_work(g->suite);
	const struct node *row = NULL;
	const char *fault = NULL;
	struct span raw;
	long long before, after;
	int r = probe_row(w, line, &row, &raw);

	if (r != 0)
		return r;
	const char *id = (const char *)arena_copy(w->arena, node_text(node_get(row, "id"))).ptr;
	r = probe_handled(g->probe, &before);
	if (r == 0)
		r = run_variants(g, w, row, raw, &fault);
	if (r == 0)
		r = probe_handled(g->probe, &after);
	if (r != 0)
		return r;
	if (!fault && duty_of(row, true) <= MUST_NOT_ANSWER && after != before + 1)
		fault = "a handler was called";
	suite_tell(g->suite, id, fault ? CASE_FAIL : CASE_PASS, fault ? "%s" : NULL, fault);
	return 0;
}

static int
run(struct suite *s)
{
	struct garden g = { s, NULL, 0 };
	struct span text, line;
	int r = suite_read(s, "payloads.ndjson", &text);

	if (r == 0)
		r = probe_open(s, &g.probe);
	if (r != 0)
		return r;
	while (r == 0 && span_split(&text, '\n', &line))
		if (line.len > 0)
			r = run_row(&g, line);
	suite_figure(s, "connections", g.sent);
	probe_close(g.probe);
	return r;
}

extern const struct adapter http_garden_adapter;
const struct adapter http_garden_adapter = { "http-garden", run };
