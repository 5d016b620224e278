/* http_llhttp.c - the parser tests of llhttp against the real server, strict requests only.
 *
 * Where llhttp finds an error, no message that it does not count may be accepted, and the answer is a refusal.
 * Where it finds none, we may accept as many messages as it counts, or refuse: our profile is narrower (Host,
 * methods, chunk extensions, HTTP/0.9).  Each row is sent at once, byte by byte, and cut in two at every place.
 */
#include "conformance/adapters/http_probe.h"

#include "codecs/base/arena.h"

#include <string.h>

struct llhttp {
	struct suite *suite;
	struct probe *probe;
	long long sent, refused, accepted;
};

/* Stops that llhttp's user asked for, and what follows a last message: the message itself is good. */
static bool
is_error(const struct node *row)
{
	struct span reason = node_text(node_get(node_get(row, "llhttp_error"), "reason"));
	struct span id = node_text(node_get(row, "id"));

	return reason.len > 0 && !span_is(reason, "Pause on CONNECT/Upgrade") &&
	       !span_is(reason, "Data after `Connection: close`") &&
	       !span_starts(id, SPAN_LIT("pausing.md"));
}

/* Rows whose expectation does not hold for a server with our rules. */
static const struct {
	const char *id, *reason;
} exceptions[] = {
	{ "content-length.md|Content-Length reset when no body is received|36",
		"the parser of this test is told to skip bodies; by its Content-Length the second "
		"request is a body" },
	{ "invalid.md|HTTP protocol and ANNOUNCE method|45",
		"a method that is not ours is answered with 405 or 404, not as a fault" },
	{ "invalid.md|Invalid method|55", "any token is a method (RFC 9110, 9.1); one that is not "
					  "ours is answered with 405 or 404" },
};

static const char *
exception_of(const char *id)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].id, id) == 0)
			return exceptions[i].reason;
	return NULL;
}

/* What is wrong with the answers; NULL: nothing. */
static const char *
fault_of(const struct heard *h, bool error, size_t messages)
{
	if (h->accepted > messages)
		return "more messages were accepted than there are";
	if (!h->refused_last)
		return "something was answered behind a refusal";
	if (error && h->refused != 1)
		return "not refused";
	if (error && !h->closed)
		return "refused, but not closed";
	if (!error && messages > 0 && h->accepted + h->refused == 0)
		return "no answer";
	return NULL;
}

static int
send_all_ways(struct llhttp *l, struct span bytes, bool error, size_t messages, const char **fault)
{
	struct heard h;

	for (size_t n = 0; n <= bytes.len && !*fault; n++) {
		int r = probe_send(l->probe, bytes, n == bytes.len ? PROBE_BYTES : n, error, &h);
		if (r != 0)
			return r;
		l->sent++;
		*fault = fault_of(&h, error, messages);
	}
	l->refused += h.refused > 0;
	l->accepted += h.accepted > 0;
	return 0;
}

static int
run_row(struct llhttp *l, struct span line)
{
	struct work *w = suite_work(l->suite);
	const struct node *row = NULL, *count;
	const char *fault = NULL;
	struct span raw;
	int r = probe_row(w, line, &row, &raw);

	if (r != 0)
		return r;
	if (!span_is(node_text(node_get(node_get(row, "meta"), "type")), "request"))
		return 0;
	count = node_get(row, "messages_complete");
	size_t messages = count && count->kind == NODE_INT ? (size_t)count->as.integer : 0;
	const char *id = (const char *)arena_copy(w->arena, node_text(node_get(row, "id"))).ptr;
	r = send_all_ways(l, raw, is_error(row), messages, &fault);
	/* most rows have no Host, which hides the rest: once more with one */
	if (r == 0 && !fault && !probe_has_host(raw) && span_find(raw, '\n') < raw.len)
		r = send_all_ways(
			l, probe_insert(w, raw, "Host: a\r\n"), is_error(row), messages, &fault);
	if (r != 0)
		return r;
	if (fault && exception_of(id))
		suite_tell(l->suite, id, CASE_EXCEPTION, "%s", exception_of(id));
	else
		suite_tell(l->suite, id, fault ? CASE_FAIL : CASE_PASS, fault ? "%s" : NULL, fault);
	return 0;
}

static int
run(struct suite *s)
{
	struct llhttp l = { s, NULL, 0, 0, 0 };
	struct span text, line;
	int r = suite_read(s, "requests.ndjson", &text);

	if (r == 0)
		r = probe_open(s, &l.probe);
	if (r != 0)
		return r;
	while (r == 0 && span_split(&text, '\n', &line))
		if (line.len > 0)
			r = run_row(&l, line);
	suite_figure(s, "connections", l.sent);
	suite_figure(s, "rows refused", l.refused);
	suite_figure(s, "rows accepted", l.accepted);
	probe_close(l.probe);
	return r;
}

extern const struct adapter http_llhttp_adapter;
const struct adapter http_llhttp_adapter = { "http-llhttp", run };
