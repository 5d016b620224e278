/* ssrf_scenario.c - a script of DNS answers or of one server, played to our fetcher.
 *
 * DNS: "A 1.2.3.4", "AAAA fd00::1", "A x500", "CNAME name -> A 1.2.3.4", "SERVFAIL",
 * "NXDOMAIN", "no answer".  Server: "TLS ...", "close", or a status with what follows.
 */
#include "conformance/adapters/ssrf_scenario.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "codecs/base/buf.h"

enum { GZIP_BODY = 4096, DEEP_BODY = 100000 };

struct play {
	struct work *w;
	struct ssrf_names names;
	struct stub_answer answer;
	enum stub_manner manner;
	bool dns; /* the script is of names; the server behind them is good */
};

static bool
has(struct span s, const char *part)
{
	return s.len > 0 && memmem(s.ptr, s.len, part, strlen(part)) != NULL;
}

/* --- names --- */

static bool
add_address(struct span text, struct ssrf_names *to)
{
	struct address a = { { 0 }, span_find(text, ':') < text.len ? 16 : 4 };
	char s[64];

	snprintf(s, sizeof(s), "%.*s", (int)text.len, (const char *)text.ptr);
	if (to->count == sizeof(to->addresses) / sizeof(to->addresses[0]) ||
		inet_pton(a.len == 16 ? AF_INET6 : AF_INET, s, a.bytes) != 1)
		return false;
	to->addresses[to->count++] = a;
	return true;
}

static bool
play_name(struct play *p, struct span line)
{
	struct ssrf_names *to = &p->names;
	struct span rest = line, word;

	span_split(&rest, ' ', &word);
	p->dns = true;
	if (span_is(word, "SERVFAIL") || has(line, "CNAME a->b") || has(line, "CNAME b->a"))
		to->error = -EAGAIN; /* what a resolver makes of either */
	else if (span_is(word, "NXDOMAIN"))
		to->error = -ENOENT;
	else if (span_is(line, "no answer"))
		to->silent = true;
	else if (has(line, "A x500"))
		to->error = -E2BIG;
	else if (span_is(word, "CNAME"))
		return span_split(&rest, ' ', &word) && span_split(&rest, ' ', &word) &&
		       span_split(&rest, ' ', &word) && add_address(rest, to);
	else if (span_is(word, "A") || span_is(word, "AAAA"))
		return to->in_turn |= has(line, "ttl=0"),
		       span_split(&rest, ' ', &word) && add_address(word, to);
	else
		p->dns = false;
	return true;
}

/* --- the server --- */

static struct span
filled(struct play *p, size_t len, char with)
{
	uint8_t *bytes = arena_bytes(p->w->arena, len);

	if (bytes)
		memset(bytes, with, len);
	return (struct span){ bytes, bytes ? len : 0 };
}

static void
play_body(struct play *p, struct span line)
{
	struct stub_answer *a = &p->answer;

	a->body = SPAN_LIT("{}");
	if (has(line, "body=65537")) {
		a->body = filled(p, SSRF_BODY + 1, ' ');
	} else if (has(line, "chunked forever")) {
		a->body = SPAN_LIT("1\r\na\r\n");
		a->endless = true;
	} else if (has(line, "1 byte/s")) {
		a->body = filled(p, 64, ' ');
		a->drip_ms = 1000;
	} else if (has(line, "gzip")) {
		a->body = filled(p, GZIP_BODY, 0);
	} else if (has(line, "[[[[")) {
		a->body = filled(p, DEEP_BODY, '[');
	}
}

static int
play_status(struct play *p, struct span line)
{
	struct buf b = buf_in(p->w->arena, 4096);
	struct span rest = line, status;

	span_split(&rest, ' ', &status);
	buf_str(&b, "HTTP/1.1 ");
	buf_add(&b, status);
	buf_str(&b, " x\r\nConnection: close\r\n");
	if (status.ptr[0] == '3' && rest.len > 0) {
		buf_str(&b, "Location: ");
		buf_add(&b, span_is(rest, "self") ? SPAN_LIT("/did.json") : rest);
		buf_str(&b, "\r\n");
	}
	if (has(rest, "Refresh:") || has(rest, "Content-Encoding:")) {
		buf_add(&b, has(rest, "gzip") ? SPAN_LIT("Content-Encoding: gzip") : rest);
		buf_str(&b, "\r\n");
	}
	if (has(rest, "chunked"))
		buf_str(&b, "Transfer-Encoding: chunked\r\n");
	buf_str(&b, has(rest, "text/html") ? "Content-Type: text/html\r\n" : "");
	buf_char(&b, '\0');
	p->answer.head = (const char *)buf_span(&b).ptr;
	play_body(p, rest);
	return b.error;
}

static int
play_server(struct play *p, struct span line)
{
	if (span_is(line, "TLS untrusted"))
		p->manner = STUB_STRANGER;
	else if (span_is(line, "TLS expired"))
		p->manner = STUB_EXPIRED;
	else if (span_is(line, "TLS name mismatch"))
		p->manner = STUB_MISNAMED;
	else if (span_is(line, "TLS 1.0"))
		p->manner = STUB_OLD;
	else if (span_is(line, "close"))
		p->manner = STUB_RUDE;
	else
		return play_status(p, line);
	return 0;
}

/* --- what must come of it --- */

static bool
is_temporary(const struct ssrf_heard *h)
{
	return h->outcome == FETCH_LOOKUP || h->outcome == FETCH_CONNECT ||
	       h->outcome == FETCH_TLS || (h->outcome == FETCH_STATUS && h->status >= 500);
}

static bool
is_permanent(const struct ssrf_heard *h)
{
	return h->outcome == FETCH_NAME || (h->outcome == FETCH_STATUS && h->status < 500);
}

static const char *
verdict(const struct play *p, struct span expect, const struct ssrf_heard *h)
{
	const struct address *first = &p->names.addresses[0];
	/* of names nothing may be left to connect to; of servers, one connection and no second */
	bool reached = !p->dns || p->names.in_turn;

	if (h->sockets != (reached ? 1u : 0u) || h->accepted != h->sockets)
		return "another number of sockets";
	if (span_is(expect, "ignore"))
		return h->outcome == FETCH_GOOD ? NULL : "refused";
	if (span_is(expect, "connect_only_to_first_checked_address"))
		return h->outcome == FETCH_GOOD && memcmp(&h->last, first, sizeof(*first)) == 0
			       ? NULL
			       : "not to the first address";
	if (span_is(expect, "temporary_failure"))
		return is_temporary(h) ? NULL : "no temporary failure";
	if (span_is(expect, "permanent_failure"))
		return is_permanent(h) ? NULL : "no permanent failure";
	return h->outcome != FETCH_GOOD && h->outcome != FETCH_BUSY && h->outcome != FETCH_MEMORY &&
			       !is_permanent(h)
		       ? NULL
		       : "not blocked";
}

int
ssrf_scenario(struct ssrf_net *n, struct work *w, const struct node *row, const char **why)
{
	struct play p = { .w = w,
		.answer = { .head = "HTTP/1.1 200 OK\r\nConnection: close\r\n" } };
	const struct node *script = node_get(row, "script");
	struct span expect = node_text(node_get(row, "expect"));
	struct ssrf_heard heard;
	int r = 0;

	if (has(node_text(node_get(row, "why")), "did:web"))
		return 1;
	for (const struct node *l = script ? script->child : NULL; l; l = l->next)
		if (!play_name(&p, node_text(l)))
			return -EINVAL;
	if (!p.dns) {
		add_address(SPAN_LIT("93.184.216.34"), &p.names);
		r = play_server(&p, node_text(script->child));
	}
	if (r == 0)
		r = ssrf_net_fetch(n, SPAN_LIT("https://example.org/did.json"), p.manner, &p.names,
			&p.answer, &heard);
	if (r == 0)
		*why = verdict(&p, expect, &heard);
	return r;
}
