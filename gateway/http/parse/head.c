/* head.c - the head of a request: its first line, byte by byte, and what its fields mean.
 *
 * Runs of harmless bytes are taken at once, everything else is one state for each
 * kind of byte that may come next.  Meaning (Host, framing) is decided when a line
 * is complete, so that cutting the input anywhere changes nothing.
 */
#include "codecs/base/ascii.h"
#include "gateway/http/parse/parse.h"

#include <strings.h>

bool
span_is_nocase(struct span s, const char *text)
{
	struct span t = span_of(text);

	return s.len == t.len && strncasecmp((const char *)s.ptr, text, t.len) == 0;
}

bool
list_has(struct span list, const char *token)
{
	struct span part;

	while (span_split(&list, ',', &part)) {
		part = span_slice(part, 0, span_find(part, ';'));
		if (span_is_nocase(span_trim(part), token))
			return true;
	}
	return false;
}

struct span
head_slice(struct span all, struct slice s)
{
	return span_slice(all, s.at, s.len);
}

struct span
head_field(const struct head *h, struct span all, enum field f)
{
	return h->present & (1u << f) ? head_slice(all, h->fields[f]) : SPAN_NONE;
}

static struct fault
fault_of(enum problem p)
{
	return (struct fault){ p, NULL, 0 };
}

enum { L_START, L_START_LF, L_METHOD, L_TARGET, L_VERSION, L_LF, L_FIELDS };

static bool
bad(struct head *h, enum problem p)
{
	h->fault = fault_of(p);
	return false;
}

static bool
line_room(struct head *h, const struct config_http *limits, size_t n)
{
	if (n <= limits->line - h->line) {
		h->line += (uint32_t)n;
		return true;
	}
	h->fault = (struct fault){ PROBLEM_HTTP_LINE, "http.line", limits->line };
	return false;
}

/* "HTTP/1.1": a version of another number is told apart from what is no version at all. */
static bool
version_byte(struct head *h, uint8_t c)
{
	static const char text[] = "HTTP/1.1";
	unsigned step = h->step;

	if (step == 5 || step == 7) {
		if (!ascii_digit(c))
			return bad(h, PROBLEM_HTTP_MALFORMED);
		if (step == 5 ? c != '1' : c > '1')
			return bad(h, PROBLEM_HTTP_VERSION);
		h->http10 = c == '0';
	} else if (step == 8) {
		h->state = L_LF;
		return c == '\r' || bad(h, PROBLEM_HTTP_MALFORMED);
	} else if (c != (uint8_t)text[step]) {
		return bad(h, PROBLEM_HTTP_MALFORMED);
	}
	h->step++;
	return true;
}

static enum method
method_of(struct span s)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "OPTIONS" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is(s, names[i]))
			return (enum method)i;
	return METHOD_OTHER;
}

/* A run of the method or of the target, or the blank behind it. */
static bool
line_text(struct head *h, const struct config_http *limits, struct span all)
{
	bool method = h->state == L_METHOD;
	size_t n = chars_run(all, h->size, method ? CHARS_TOKEN : CHARS_TARGET);
	uint32_t *from = method ? &h->method_at : &h->target;

	if (n > 0) {
		if (!line_room(h, limits, n))
			return false;
		h->size += n;
		return true;
	}
	if (all.ptr[h->size] != ' ' || h->size == *from)
		return bad(h, PROBLEM_HTTP_MALFORMED);
	if (!line_room(h, limits, 1))
		return false;
	if (method) {
		h->method_end = (uint32_t)h->size;
		h->target = (uint32_t)h->size + 1;
	} else {
		h->target_end = (uint32_t)h->size;
	}
	h->state++;
	h->size++;
	return true;
}

/* Every % is followed by two hex digits. */
static bool
target_escapes(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '%')
			continue;
		for (size_t k = 1; k <= 2; k++) {
			uint8_t c = i + k < s.len ? s.ptr[i + k] : 0;
			if (ascii_hex(c) < 0)
				return false;
		}
	}
	return true;
}

/* Where the path starts in the target: 0, or behind http://authority; SIZE_MAX: neither form. */
static size_t
target_path(struct span t)
{
	static const char *const schemes[] = { "http://", "https://" };

	if (t.ptr[0] == '/')
		return 0;
	for (size_t i = 0; i < 2; i++) {
		size_t len = span_of(schemes[i]).len;
		if (!span_is_nocase(span_slice(t, 0, len), schemes[i]))
			continue;
		while (len < t.len && t.ptr[len] != '/' && t.ptr[len] != '?')
			len++;
		return len;
	}
	return SIZE_MAX;
}

static bool
target_split(struct head *h, struct span all)
{
	struct span t = span_slice(all, h->target, h->target_end - h->target);
	size_t from = target_path(t);

	h->method = method_of(span_slice(all, h->method_at, h->method_end - h->method_at));
	if (h->method == METHOD_OPTIONS && span_is(t, "*"))
		from = 0;
	if (from == SIZE_MAX || !target_escapes(t))
		return bad(h, PROBLEM_HTTP_MALFORMED);
	size_t path = span_find(span_from(t, from), '?');
	h->path = (struct slice){ h->target + (uint32_t)from, (uint32_t)path };
	if (from + path < t.len)
		h->query = (struct slice){ h->target + (uint32_t)(from + path) + 1,
			(uint32_t)(t.len - from - path) - 1 };
	return true;
}

static bool
line_byte(struct head *h, const struct config_http *limits, struct span all)
{
	uint8_t c = all.ptr[h->size];

	switch (h->state) {
	case L_START: /* RFC 9112 2.2: one empty line in front of a request is passed over */
		h->state = c == '\r' ? L_START_LF : L_METHOD;
		h->size += c == '\r';
		return true;
	case L_START_LF:
		h->method_at = (uint32_t)++h->size;
		h->state = L_METHOD;
		return c == '\n' || bad(h, PROBLEM_HTTP_MALFORMED);
	case L_METHOD:
	case L_TARGET:
		return line_text(h, limits, all);
	case L_VERSION:
		h->size++;
		return (c == '\r' || line_room(h, limits, 1)) && version_byte(h, c);
	default:
		h->size++;
		h->state = L_FIELDS;
		return c == '\n' ? target_split(h, all) : bad(h, PROBLEM_HTTP_MALFORMED);
	}
}

/* --- what the fields mean --- */

/* RFC 3986 host with an optional port, as Host and absolute targets carry it. */
static bool
host_form(struct span s)
{
	size_t n = 0;

	if (s.len > 0 && s.ptr[0] == '[') {
		n = span_find(s, ']');
		for (size_t i = 1; i < n; i++)
			if (s.ptr[i] != ':' && !(chars_run(span_slice(s, i, 1), 0, CHARS_NAME)))
				return false;
		if (n == s.len || n == 1)
			return false;
		n++;
	} else {
		n = chars_run(s, 0, CHARS_NAME);
	}
	if (n == 0 || n == s.len)
		return n > 0;
	if (s.ptr[n++] != ':')
		return false;
	while (n < s.len && ascii_digit(s.ptr[n]))
		n++;
	return n == s.len;
}

static bool
take_length(struct head *h, struct span v)
{
	uint64_t n = 0;

	if (v.len == 0 || v.len > 18 || (v.len > 1 && v.ptr[0] == '0'))
		return bad(h, PROBLEM_HTTP_MALFORMED);
	for (size_t i = 0; i < v.len; i++) {
		if (!ascii_digit(v.ptr[i]))
			return bad(h, PROBLEM_HTTP_MALFORMED);
		n = n * 10 + (v.ptr[i] - (unsigned)'0');
	}
	h->length = n;
	h->body = BODY_LENGTH;
	return true;
}

static bool
take_field(struct head *h, enum field f, struct span v)
{
	switch (f) {
	case FIELD_HOST:
		return host_form(v) || bad(h, PROBLEM_HTTP_HOST);
	case FIELD_CONTENT_LENGTH:
		return take_length(h, v);
	case FIELD_TRANSFER_ENCODING:
		h->body = BODY_CHUNKED;
		return span_is_nocase(v, "chunked") || bad(h, PROBLEM_HTTP_CODING);
	case FIELD_CONNECTION:
		h->close = h->close || list_has(v, "close");
		return true;
	case FIELD_EXPECT:
		h->expect = true;
		return span_is_nocase(v, "100-continue") || bad(h, PROBLEM_HTTP_EXPECTATION);
	default:
		return true;
	}
}

/* May stand more than once: the first Accept and If-None-Match count, every Connection does, two
 * traceparents are none. */
static bool
may_repeat(enum field f)
{
	return f == FIELD_CONNECTION || f == FIELD_ACCEPT || f == FIELD_TRACEPARENT ||
	       f == FIELD_IF_NONE_MATCH;
}

static bool
head_line(struct head *h, struct span all)
{
	static const struct {
		const char *text;
		size_t len;
	} names[FIELD_COUNT] = {
		[FIELD_HOST] = { "host", 4 },
		[FIELD_CONTENT_LENGTH] = { "content-length", 14 },
		[FIELD_TRANSFER_ENCODING] = { "transfer-encoding", 17 },
		[FIELD_CONNECTION] = { "connection", 10 },
		[FIELD_EXPECT] = { "expect", 6 },
		[FIELD_CONTENT_TYPE] = { "content-type", 12 },
		[FIELD_ACCEPT] = { "accept", 6 },
		[FIELD_TRACEPARENT] = { "traceparent", 11 },
		[FIELD_AUTHORIZATION] = { "authorization", 13 },
		[FIELD_IF_NONE_MATCH] = { "if-none-match", 13 },
	};
	const struct fields *f = &h->section;
	struct span name = span_slice(all, f->name, f->name_len);
	struct span v = span_trim(span_slice(all, f->value, f->value_end - f->value));

	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		if (name.len != names[i].len ||
			strncasecmp((const char *)name.ptr, names[i].text, name.len) != 0)
			continue;
		bool again = h->present & (1u << i);
		if (again && !may_repeat(i))
			return bad(h, i == FIELD_HOST ? PROBLEM_HTTP_HOST : PROBLEM_HTTP_MALFORMED);
		h->present |= 1u << i;
		if (!again)
			h->fields[i] = (struct slice){ f->value, (uint32_t)v.len };
		else if (i == FIELD_TRACEPARENT)
			h->fields[i].len = 0;
		return take_field(h, i, v);
	}
	return true;
}

/* The rules that need the whole head. */
static bool
head_end(struct head *h, struct span all)
{
	const uint32_t framed = 1u << FIELD_CONTENT_LENGTH | 1u << FIELD_TRANSFER_ENCODING;
	struct span target = span_slice(all, h->target, h->path.at - h->target);

	if ((h->present & framed) == framed || (h->http10 && h->body == BODY_CHUNKED))
		return bad(h, PROBLEM_HTTP_MALFORMED);
	if (!(h->present & 1u << FIELD_HOST) && !h->http10)
		return bad(h, PROBLEM_HTTP_HOST);
	if (target.len > 0) {
		struct span authority = span_from(target, span_find(target, '/') + 2);
		struct span host = head_field(h, all, FIELD_HOST);
		if (!host_form(authority) || authority.len != host.len ||
			strncasecmp(
				(const char *)authority.ptr, (const char *)host.ptr, host.len) != 0)
			return bad(h, PROBLEM_HTTP_HOST);
	}
	if (h->method <= METHOD_HEAD && h->body != BODY_NONE &&
		(h->body == BODY_CHUNKED || h->length > 0))
		return bad(h, PROBLEM_HTTP_BODY);
	if (h->method == METHOD_POST && h->body == BODY_NONE)
		return bad(h, PROBLEM_HTTP_LENGTH);
	h->close = h->close || h->http10;
	h->expect = h->expect && !h->http10 && h->body != BODY_NONE;
	return true;
}

enum parse_result
head_parse(struct head *h, const struct config_http *limits, struct span all)
{
	bool line = false;

	if (h->fault.problem != PROBLEM_NONE)
		return PARSE_BAD;
	while (h->size < all.len && h->state != L_FIELDS)
		if (!line_byte(h, limits, all))
			return PARSE_BAD;
	while (h->size < all.len) {
		struct fault fault;
		enum parse_result r = fields_parse(
			&h->section, limits, all, &h->size, &line, &fault);
		if (r == PARSE_BAD)
			h->fault = fault;
		if (r == PARSE_BAD || (line && !head_line(h, all)))
			return PARSE_BAD;
		if (r == PARSE_DONE)
			return head_end(h, all) ? PARSE_DONE : PARSE_BAD;
	}
	return PARSE_MORE;
}
