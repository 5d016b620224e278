/* reply.c - answers as bytes: the status line, the same few fields each time, and problems as RFC 9457 JSON.
 *
 * No byte of a request is ever repeated in an answer, but for a trace id that was
 * checked to be lower-case hex.
 */
#include "codecs/base/buf.h"
#include "gateway/http/access/access.h"
#include "gateway/http/loop.h"
#include "gateway/http/metrics.h"
#include "gateway/http/routes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct problem_info {
	unsigned status;
	const char *code, *title;
} problems[PROBLEM_COUNT] = {
#define PROBLEM(name, status, code, title) [PROBLEM_##name] = { status, code, title },
#include "gateway/http/parse/problems.def"
#undef PROBLEM
};

static const struct {
	unsigned status;
	const char *line;
} lines[] = {
	{ 200, "HTTP/1.1 200 OK\r\n" },
	{ 201, "HTTP/1.1 201 Created\r\n" },
	{ 304, "HTTP/1.1 304 Not Modified\r\n" },
	{ 400, "HTTP/1.1 400 Bad Request\r\n" },
	{ 401, "HTTP/1.1 401 Unauthorized\r\n" },
	{ 403, "HTTP/1.1 403 Forbidden\r\n" },
	{ 404, "HTTP/1.1 404 Not Found\r\n" },
	{ 405, "HTTP/1.1 405 Method Not Allowed\r\n" },
	{ 406, "HTTP/1.1 406 Not Acceptable\r\n" },
	{ 408, "HTTP/1.1 408 Request Timeout\r\n" },
	{ 411, "HTTP/1.1 411 Length Required\r\n" },
	{ 413, "HTTP/1.1 413 Content Too Large\r\n" },
	{ 414, "HTTP/1.1 414 URI Too Long\r\n" },
	{ 415, "HTTP/1.1 415 Unsupported Media Type\r\n" },
	{ 417, "HTTP/1.1 417 Expectation Failed\r\n" },
	{ 422, "HTTP/1.1 422 Unprocessable Content\r\n" },
	{ 429, "HTTP/1.1 429 Too Many Requests\r\n" },
	{ 431, "HTTP/1.1 431 Request Header Fields Too Large\r\n" },
	{ 500, "HTTP/1.1 500 Internal Server Error\r\n" },
	{ 501, "HTTP/1.1 501 Not Implemented\r\n" },
	{ 503, "HTTP/1.1 503 Service Unavailable\r\n" },
	{ 507, "HTTP/1.1 507 Insufficient Storage\r\n" },
	{ 505, "HTTP/1.1 505 HTTP Version Not Supported\r\n" },
};

unsigned
problem_status(enum problem p)
{
	return problems[p].status;
}

const char *
problem_code(enum problem p)
{
	return problems[p].code;
}

void
exchange_fail(struct exchange *x, enum problem p, const char *detail)
{
	x->fault = (struct fault){ p, NULL, 0 };
	x->detail = detail;
}

void
exchange_error(struct exchange *x, int error)
{
	exchange_fail(
		x, error == -ENOMEM || error == -ENOBUFS ? PROBLEM_MEMORY : PROBLEM_FAULT, NULL);
}

void
problem_json(struct buf *b, const struct fault *f, const char *detail, size_t offset)
{
	const struct problem_info *p = &problems[f->problem];

	buf_str(b, "{\"type\":\"urn:vidimus:problem:");
	buf_str(b, p->code);
	buf_str(b, "\",\"title\":");
	buf_json(b, span_of(p->title));
	buf_str(b, ",\"status\":");
	buf_uint(b, p->status);
	buf_str(b, ",\"code\":\"");
	buf_str(b, p->code);
	buf_char(b, '"');
	if (detail) {
		buf_str(b, ",\"detail\":");
		buf_json(b, span_of(detail));
	}
	if (f->limit) {
		buf_str(b, ",\"limit\":\"");
		buf_str(b, f->limit);
		buf_str(b, "\",\"value\":");
		buf_uint(b, f->value);
	}
	if (offset != PLACE_NO_OFFSET) {
		buf_str(b, ",\"offset\":");
		buf_uint(b, offset);
	}
	buf_char(b, '}');
}

/* --- blocks --- */

/* What passed through may be personal: no copy of it is left in memory that is given back. */
void
block_wipe(struct block *b)
{
	if (b->ptr)
		explicit_bzero(b->ptr, b->to);
	free(b->ptr);
	*b = (struct block){ 0 };
}

void
block_pack(struct block *b)
{
	size_t len = b->to - b->from;

	if (b->from == 0)
		return;
	memmove(b->ptr, b->ptr + b->from, len);
	explicit_bzero(b->ptr + len, b->from);
	b->from = 0;
	b->to = len;
}

bool
block_grow(struct block *b, size_t more)
{
	size_t cap = b->cap ? b->cap : SPARE_SIZE;
	struct block bigger = { 0 };

	while (cap - b->to < more)
		cap *= 2;
	if (cap == b->cap)
		return true;
	bigger.ptr = malloc(cap);
	if (!bigger.ptr)
		return false;
	if (b->to > 0)
		memcpy(bigger.ptr, b->ptr, b->to);
	bigger.from = b->from;
	bigger.to = b->to;
	bigger.cap = cap;
	block_wipe(b);
	*b = bigger;
	return true;
}

bool
block_room(struct loop *l, struct block *b, size_t more)
{
	if (more <= b->cap - b->to)
		return true;
	block_pack(b);
	if (!b->ptr && more <= SPARE_SIZE && l->spare_count > 0) {
		*b = (struct block){ l->spares[--l->spare_count], 0, 0, SPARE_SIZE };
		return true;
	}
	return block_grow(b, more);
}

void
block_drop(struct loop *l, struct block *b)
{
	if (b->cap == SPARE_SIZE && l->spare_count < SPARES) {
		explicit_bzero(b->ptr, b->to);
		l->spares[l->spare_count++] = b->ptr;
		*b = (struct block){ 0 };
	} else {
		block_wipe(b);
	}
}

void
reply_ready(struct conn *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	c->next_dirty = c->loop->dirty;
	c->loop->dirty = c;
}

void
reply_bytes(struct conn *c, struct span s)
{
	if (c->phase == PHASE_DEAD || s.len == 0)
		return;
	if (!block_room(c->loop, &c->out, s.len)) {
		conn_kill(c);
		return;
	}
	memcpy(c->out.ptr + c->out.to, s.ptr, s.len);
	c->out.to += s.len;
	reply_ready(c);
}

static void
text(struct conn *c, const char *s)
{
	reply_bytes(c, span_of(s));
}

static void
number(struct conn *c, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	reply_bytes(c, (struct span){ (const uint8_t *)digits + at, sizeof(digits) - at });
}

/* --- heads --- */

static void
status_line(struct conn *c, unsigned status)
{
	size_t i = 0;

	while (i < sizeof(lines) / sizeof(lines[0]) - 1 && lines[i].status != status)
		i++;
	text(c, lines[i].line);
}

/* The trace id of a valid traceparent (W3C Trace Context: version, 32 and 16 hex digits not all zero, flags). */
static struct span
trace_id(const struct conn *c)
{
	struct span t = head_field(&c->head, conn_input(c), FIELD_TRACEPARENT);
	bool zero = true;

	if (c->head.size == 0 || t.len < 55 || t.ptr[2] != '-' || t.ptr[35] != '-' ||
		t.ptr[52] != '-' ||
		(t.len > 55 && (t.ptr[55] != '-' || span_starts(t, SPAN_LIT("00")))) ||
		span_starts(t, SPAN_LIT("ff")))
		return SPAN_NONE;
	for (size_t i = 0; i < 55; i++) {
		uint8_t d = t.ptr[i];
		if (i == 2 || i == 35 || i == 52)
			continue;
		if (!(d >= '0' && d <= '9') && !(d >= 'a' && d <= 'f'))
			return SPAN_NONE;
		zero = zero && (d == '0' || i < 3 || i > 34);
	}
	return zero ? SPAN_NONE : span_slice(t, 3, 32);
}

static void
trace_response(struct conn *c)
{
	struct span id = trace_id(c);
	char line[64];

	if (id.len == 0)
		return;
	int n = snprintf(
		line, sizeof(line), "-%016llx-00\r\n", (unsigned long long)++c->loop->span_ids);
	text(c, "traceresponse: 00-");
	reply_bytes(c, id);
	reply_bytes(c, (struct span){ (const uint8_t *)line, (size_t)n });
}

/* What is published: for everybody, programs on other sites' pages included. */
static void
kept_fields(struct conn *c, const struct exchange *x)
{
	text(c, "Content-Security-Policy: default-src 'none'\r\nAccess-Control-Allow-Origin: *\r\n"
		"Vary: Accept\r\nETag: ");
	reply_bytes(c, x->etag);
	text(c, "\r\nCache-Control: public, max-age=");
	number(c, x->max_age);
	text(c, "\r\n");
}

static void
common_fields(struct conn *c, const struct exchange *x)
{
	text(c, "X-Content-Type-Options: nosniff\r\n");
	if (x->etag.len > 0)
		kept_fields(c, x);
	else
		text(c, x->page ? "Content-Security-Policy: default-src 'none'; script-src 'self'; "
				  "style-src "
				  "'self'; img-src 'self' data:; "
				  "connect-src 'self'; base-uri 'none'; form-action 'none'; "
				  "frame-ancestors "
				  "'none'\r\n"
				  "Referrer-Policy: no-referrer\r\nCache-Control: no-cache\r\n"
				: "Content-Security-Policy: default-src 'none'\r\nCache-Control: "
				  "no-store\r\n");
	trace_response(c);
	if (c->last)
		text(c, "Connection: close\r\n");
}

/* RFC 6750 3: of what was not shown nothing is said but the scheme. */
static void
challenge(struct conn *c, enum problem p)
{
	const char *name;

	text(c, "WWW-Authenticate: Bearer realm=\"vidimus\"");
	if (p == PROBLEM_ACCESS_TOKEN)
		text(c, ", error=\"invalid_token\"");
	for (size_t i = 0; p == PROBLEM_ACCESS_ROLE && (name = config_role_name(i)); i++) {
		if (!c->route || !(c->route->role & 1u << i))
			continue;
		text(c, ", error=\"insufficient_scope\", scope=\"");
		text(c, name);
		text(c, "\"");
	}
	text(c, "\r\n");
}

static void
fault_fields(struct conn *c, const struct exchange *x)
{
	const enum problem p = x->fault.problem;

	if (p == PROBLEM_ACCESS_REQUIRED || p == PROBLEM_ACCESS_TOKEN || p == PROBLEM_ACCESS_ROLE)
		challenge(c, p);
	if (p == PROBLEM_ROUTE_METHOD) {
		const char *allow = route_allow(head_slice(conn_input(c), c->head.path));
		text(c, "Allow: ");
		text(c, allow ? allow : "GET, HEAD, POST");
		text(c, "\r\n");
	}
	if (p == PROBLEM_RATE_LIMITED || p == PROBLEM_OVERLOADED || p == PROBLEM_STOPPING ||
		p == PROBLEM_MEMORY || x->retry > 0) {
		text(c, "Retry-After: ");
		number(c, x->retry > 0 ? x->retry : 1);
		text(c, "\r\n");
	}
}

void
reply_stream_head(struct conn *c)
{
	status_line(c, 200);
	text(c, "Content-Type: application/x-ndjson\r\n");
	if (!c->head.http10)
		text(c, "Transfer-Encoding: chunked\r\n");
	common_fields(c, &(struct exchange){ 0 });
	text(c, "\r\n");
}

/* 415 and 405 say what would be right; other faults say what their handler gave. */
static const char *
fault_detail(const struct conn *c, const struct exchange *x)
{
	if (x->fault.problem != PROBLEM_ROUTE_TYPE || !c->route)
		return x->detail;
	return c->route->reads;
}

void
reply(struct conn *c, const struct exchange *x)
{
	struct span content = x->content;
	const char *type = x->content_type ? x->content_type : "application/json";
	unsigned status = x->status ? x->status : 200;

	c->last = c->last || atomic_load_explicit(&c->loop->app->stopping, memory_order_relaxed);
	if (x->fault.problem != PROBLEM_NONE) {
		struct buf b = buf_in(c->loop->tools.arena, SPARE_SIZE);
		problem_json(&b, &x->fault, fault_detail(c, x), x->offset);
		content = buf_span(&b);
		type = "application/problem+json";
		status = problem_status(x->fault.problem);
	}
	gate_settle(c, status, x->taken);
	status_line(c, status);
	if (status != 304) {
		text(c, "Content-Type: ");
		text(c, type);
		text(c, "\r\nContent-Length: ");
		number(c, content.len);
		text(c, "\r\n");
	}
	fault_fields(c, x);
	common_fields(c, x);
	text(c, "\r\n");
	if (c->head.method != METHOD_HEAD)
		reply_bytes(c, content);
	reply_log(c, status, x->reason, 0);
}

void
reply_fault(struct conn *c, struct fault f)
{
	struct exchange x = { .fault = f, .offset = PLACE_NO_OFFSET };

	arena_reset(c->loop->tools.arena);
	reply(c, &x);
}

/* --- the log --- */

static const char *
method_name(enum method m)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "OPTIONS", "OTHER" };

	return names[m];
}

static void
stamp(struct loop *l)
{
	time_t now = clock_wall();
	struct tm tm;

	if (now == l->stamp_of)
		return;
	l->stamp_of = now;
	gmtime_r(&now, &tm);
	strftime(l->stamp, sizeof(l->stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void
reply_log(struct conn *c, unsigned status, enum reason reason, uint64_t batch)
{
	struct loop *l = c->loop;
	uint64_t us = c->began && clock_us() > c->began ? clock_us() - c->began : 0;
	struct span trace = trace_id(c);
	char *line = l->log + l->log_len;
	size_t room = sizeof(l->log) - l->log_len;
	int n;

	count_request(l->tools.counters, c->route, status, us);
	if (l->app->config->log < LOG_INFO || room < 1024)
		return; /* full within one turn: the counters know */
	stamp(l);
	n = snprintf(line, room,
		"{\"time\":\"%s\",\"level\":\"info\",\"event\":\"request\",\"method\":\"%s\","
		"\"route\":\"%s\","
		"\"status\":%u,\"us\":%llu",
		l->stamp, c->head.size ? method_name(c->head.method) : "none",
		c->route ? c->route->path : "none", status, (unsigned long long)us);
	if (reason != REASON_NONE)
		n += snprintf(
			line + n, room - (size_t)n, ",\"reason\":\"%s\"", reason_code(reason));
	if (c->client) /* a plain name: no letter of it needs escaping */
		n += snprintf(line + n, room - (size_t)n, ",\"client\":\"%.*s\"",
			(int)access_section(c->client)->name.len,
			(const char *)access_section(c->client)->name.ptr);
	if (batch > 0)
		n += snprintf(
			line + n, room - (size_t)n, ",\"lines\":%llu", (unsigned long long)batch);
	if (trace.len > 0)
		n += snprintf(line + n, room - (size_t)n, ",\"trace\":\"%.32s\"",
			(const char *)trace.ptr);
	n += snprintf(line + n, room - (size_t)n, "}\n");
	l->log_len += (size_t)n;
}
