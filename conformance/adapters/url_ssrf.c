/* url_ssrf.c - what a document may make us fetch: addresses, URLs, did:web identifiers and whole fetches that
 * must not happen, and the URL tests of the web platform.
 *
 * Reads ssrf.ndjson (id, kind, input, expect, url, script) and wpt/urltestdata.json, toascii.json and
 * verifydnslength_tests.json.  We may refuse what a browser takes; what we take has the host and port that a
 * browser sees.
 */
#include "codecs/base/buf.h"
#include "codecs/tree/node.h"
#include "conformance/adapters/ssrf_scenario.h"
#include "conformance/suite.h"
#include "trust/net/address.h"
#include "trust/net/did_web.h"
#include "trust/net/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

struct ssrf {
	struct suite *suite;
	struct work *work;
	const struct node *row;
	struct span input, expect;
	const char *id;
	struct ssrf_net *net;
};

static void
tell(const struct ssrf *t, bool ok, const char *why)
{
	suite_tell(t->suite, t->id, ok ? CASE_PASS : CASE_FAIL, ok ? NULL : "%s", why);
}

/* Asks for it in earnest.  What is not allowed is refused before a socket is made, what is allowed gets one. */
static int
fetch(const struct ssrf *t, struct span url, const struct address *leads_to, bool allow)
{
	static const struct stub_answer answer = {
		.head = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	};
	const struct ssrf_names names = { .addresses = { *leads_to }, .count = 1 };
	struct ssrf_heard heard;
	int r = ssrf_net_fetch(t->net, url, STUB_GOOD, &names, &answer, &heard);

	if (r != 0)
		return r;
	if (heard.sockets != (allow ? 1u : 0u))
		tell(t, false, allow ? "it got no socket" : "a socket was made for it");
	else if (!allow && heard.outcome != FETCH_URL && heard.outcome != FETCH_ADDRESS)
		tell(t, false, "it is not refused by the guard");
	else
		tell(t, true, NULL);
	return 0;
}

static const struct address public_one = { { 93, 184, 216, 34 }, 4 };

/* --- addresses --- */

static bool
address_of(struct span text, struct address *out)
{
	char s[64];

	snprintf(s, sizeof(s), "%.*s", (int)text.len, (const char *)text.ptr);
	out->len = span_find(text, ':') < text.len ? 16 : 4;
	return inet_pton(out->len == 16 ? AF_INET6 : AF_INET, s, out->bytes) == 1;
}

static int
run_address(const struct ssrf *t)
{
	struct address a = { { 0 }, 0 };
	bool allow = span_is(t->expect, "allow");

	if (!address_of(t->input, &a))
		tell(t, false, "no address");
	else if ((address_special(&a) == NULL) != allow)
		tell(t, false, "the filter decides otherwise");
	else
		return fetch(t, SPAN_LIT("https://example.org/"), &a, allow);
	return 0;
}

/* --- URLs --- */

/* Well formed, with a public name; what it resolves to is the address filter's. */
static const struct {
	const char *id, *address;
} resolving[] = { { "s162", "127.0.0.1" }, { "s163", "::1" } };

static struct address
leads_to(const char *id)
{
	struct address a = public_one;

	for (size_t i = 0; i < sizeof(resolving) / sizeof(resolving[0]); i++)
		if (span_is(span_of(id), resolving[i].id))
			address_of(span_of(resolving[i].address), &a);
	return a;
}

static int
run_url(const struct ssrf *t)
{
	const struct address a = leads_to(t->id);
	bool allow = span_is(t->expect, "allow");
	struct url u;

	if ((url_read(t->input, &u) == URL_GOOD && !address_special(&a)) == allow)
		return fetch(t, t->input, &a, allow);
	tell(t, false, allow ? "refused" : "accepted");
	return 0;
}

/* --- did:web --- */

static int
run_did(const struct ssrf *t)
{
	struct span url, wanted = node_text(node_get(t->row, "url"));
	bool allow = span_is(t->expect, "allow"), port = span_is(t->expect, "port_policy");
	struct url u;
	int r = did_web_url(t->work->arena, t->input, &url);

	if (r != 0)
		return r;
	enum url_fault fault = url.ptr ? url_read(url, &u) : URL_LENGTH;
	if ((allow || port) && !span_eq(url, wanted))
		tell(t, false, "another URL");
	else if (port)
		tell(t, fault == URL_PORT, "the port is not what is refused");
	else if ((fault == URL_GOOD) != allow)
		tell(t, false, fault == URL_GOOD ? "accepted" : "refused");
	else
		return fetch(t, url.ptr ? url : t->input, &public_one, allow);
	return 0;
}

/* --- whole fetches --- */

static int
run_scenario(const struct ssrf *t)
{
	const char *why = NULL;
	int r = ssrf_scenario(t->net, t->work, t->row, &why);

	if (r == 1)
		suite_tell(t->suite, t->id, CASE_SKIP, "waits for documents of did:web");
	else if (r == 0)
		tell(t, !why, why);
	return r < 0 ? r : 0;
}

static int
run_row(struct suite *s, struct ssrf_net *net, struct span line)
{
	struct work *w = suite_work(s);
	struct ssrf t = { .suite = s, .work = w, .net = net };
	int r = w ? node_from_json(w, line, "row", &t.row) : -ENOMEM;

	if (r != 0 || !t.row)
		return r != 0 ? r : -EINVAL;
	struct span kind = node_text(node_get(t.row, "kind"));
	t.input = node_text(node_get(t.row, "input"));
	t.expect = node_text(node_get(t.row, "expect"));
	t.id = (const char *)arena_copy(w->arena, node_text(node_get(t.row, "id"))).ptr;
	if (!t.id)
		return arena_error(w->arena);
	if (span_is(kind, "resolved_ip"))
		return run_address(&t);
	if (span_is(kind, "url"))
		return run_url(&t);
	return span_is(kind, "did") ? run_did(&t) : run_scenario(&t);
}

static int
run_rows(struct suite *s)
{
	struct ssrf_net *net = NULL;
	struct span text, line;
	int r = suite_read(s, "ssrf.ndjson", &text);

	if (r == 0)
		r = ssrf_net_open(&net);
	while (r == 0 && span_split(&text, '\n', &line))
		if (line.len > 0)
			r = run_row(s, net, line);
	ssrf_net_close(net);
	return r;
}

/* --- the web platform's tests --- */

static struct span
member(const json_t *row, const char *key)
{
	const json_t *v = json_object_get(row, key);

	return v && json_is_string(v) ? (struct span){ (const uint8_t *)json_string_value(v),
		json_string_length(v) }
				      : SPAN_NONE;
}

/* Whatever the file means by a row: a URL is never taken where the row is a failure, or for another host.
 * other: the row is of http, whose default port is another one. */
static bool
agrees(const json_t *row, struct span input, bool other, bool *taken)
{
	struct span port = member(row, "port");
	struct url u;

	*taken = url_read(input, &u) == URL_GOOD;
	if (!*taken)
		return true;
	return !json_is_true(json_object_get(row, "failure")) &&
	       span_is(member(row, "hostname"), u.host) &&
	       (u.port == 8443 ? span_is(port, "8443")
			       : port.len == 0 || (other && span_is(port, "443")));
}

/* text with another beginning, as a C string without its NUL; ptr NULL: it begins otherwise, or is too long. */
static struct span
begun_anew(struct span text, const char *from, const char *to, struct buf *b)
{
	if (!span_starts(text, span_of(from)))
		return SPAN_NONE;
	buf_str(b, to);
	buf_add(b, span_from(text, strlen(from)));
	return buf_span(b);
}

/* The row's URL as it is, and a URL of http as one of https: most rows are of http. */
static bool
url_agrees(struct work *w, const json_t *row, struct span input, bool *taken)
{
	struct buf b = buf_in(w->arena, 2 * URL_BYTES);
	struct span https = begun_anew(input, "http://", "https://", &b);

	return agrees(row, input, false, taken) && (!https.ptr || agrees(row, https, true, taken));
}

/* A host name to ASCII: we convert none, so the name that we take is the name that must come out. */
static bool
host_agrees(const json_t *row, struct span input)
{
	char host[URL_HOST_BYTES + 1];
	enum url_fault f = host_read(input, host);

	return f != URL_GOOD || span_is(member(row, "output"), host);
}

/* What these rows are about is the name; they are of http. */
static bool
length_agrees(struct work *w, const json_t *row, struct span input)
{
	struct buf b = buf_in(w->arena, 2 * URL_BYTES);
	struct url u;

	return url_read(begun_anew(input, "http://", "https://", &b), &u) != URL_GOOD ||
	       !json_is_true(json_object_get(row, "failure"));
}

enum wpt { WPT_URLS, WPT_HOSTS, WPT_LENGTHS };

static int
run_wpt(struct suite *s, const char *path, enum wpt kind, long long *accepted)
{
	struct span text;
	const json_t *row;
	size_t i;
	int r = suite_read(s, path, &text);

	if (r != 0)
		return r;
	json_t *all = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);
	if (!json_is_array(all)) {
		json_decref(all);
		return -EINVAL;
	}
	json_array_foreach(all, i, row)
	{
		struct work *w = suite_work(s);
		char id[64];
		bool taken = false, ok;
		struct span input = member(row, "input");
		if (!json_is_object(row))
			continue; /* a comment */
		snprintf(id, sizeof(id), "%s#%zu", path, i);
		ok = kind == WPT_URLS    ? url_agrees(w, row, input, &taken)
		     : kind == WPT_HOSTS ? host_agrees(row, input)
					 : length_agrees(w, row, input);
		*accepted += taken;
		suite_tell(s, id, ok ? CASE_PASS : CASE_FAIL,
			ok ? NULL : "taken, or for another host");
	}
	json_decref(all);
	return 0;
}

static int
run(struct suite *s)
{
	long long accepted = 0;
	int r = run_rows(s);

	if (r == 0)
		r = run_wpt(s, "wpt/urltestdata.json", WPT_URLS, &accepted);
	if (r == 0)
		r = run_wpt(s, "wpt/toascii.json", WPT_HOSTS, &accepted);
	if (r == 0)
		r = run_wpt(s, "wpt/verifydnslength_tests.json", WPT_LENGTHS, &accepted);
	suite_figure(s, "accepted of the web platform's", accepted);
	return r;
}

extern const struct adapter url_ssrf_adapter;
const struct adapter url_ssrf_adapter = { "url-ssrf", run };
