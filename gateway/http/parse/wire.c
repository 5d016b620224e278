/* wire.c - what a request is made of behind its first line: field lines, and the chunked coding.
 *
 * Both are small machines that stop at any byte and go on at the next.  A trailer's
 * fields are checked and counted like those of a head, and dropped: nothing that
 * comes behind a body can change what was decided before it.
 */
#include "codecs/base/ascii.h"
#include "gateway/http/parse/parse.h"

/* clang-format off */
/* RFC 9110 5.6.2 tokens and 5.5 field values, RFC 3986 targets and registered names. */
static const uint8_t class_of[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  2,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	 2, 15,  2,  3, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15,  6,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  6, 14,  2, 14,  2,  6,
	 6, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  6,  2,  6,  3, 15,
	 3, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  2,  3,  2, 15,  0,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,
};
/* clang-format on */

size_t
chars_run(struct span in, size_t at, unsigned class)
{
	size_t n = at;

	while (n < in.len && class_of[in.ptr[n]] & class)
		n++;
	return n - at;
}

static struct fault
fault_of(enum problem p)
{
	return (struct fault){ p, NULL, 0 };
}

enum { F_START, F_NAME, F_BLANK, F_VALUE, F_LF, F_END };

/* Takes n bytes of the section, line ends included; what is over a limit first is the fault. */
static bool
field_room(struct fields *f, const struct config_http *limits, size_t n, struct fault *fault)
{
	size_t line = limits->field - f->line, total = limits->head - f->total;

	if (n <= line && n <= total) {
		f->line += (uint32_t)n;
		f->total += (uint32_t)n;
		return true;
	}
	*fault = line <= total ? (struct fault){ PROBLEM_HTTP_FIELDS, "http.field", limits->field }
			       : (struct fault){ PROBLEM_HTTP_FIELDS, "http.head", limits->head };
	return false;
}

static bool
field_end(struct fields *f, const struct config_http *limits, struct fault *fault)
{
	if (++f->total <= limits->head)
		return true;
	*fault = (struct fault){ PROBLEM_HTTP_FIELDS, "http.head", limits->head };
	return false;
}

static bool
field_begin(struct fields *f, const struct config_http *limits, size_t at, struct fault *fault)
{
	if (f->count == limits->fields) {
		*fault = (struct fault){ PROBLEM_HTTP_FIELDS, "http.fields", limits->fields };
		return false;
	}
	f->count++;
	f->line = 0;
	f->name = (uint32_t)at;
	f->name_len = 0;
	f->state = F_NAME;
	return true;
}

/* One run of the name or of the value; at least one byte of in is left. */
static bool
field_text(struct fields *f, const struct config_http *limits, struct span in, size_t *at,
	struct fault *fault)
{
	uint8_t c = in.ptr[*at];
	size_t n = f->state == F_NAME ? chars_run(in, *at, CHARS_TOKEN)
				      : chars_run(in, *at, CHARS_VALUE);

	*fault = fault_of(PROBLEM_HTTP_MALFORMED);
	if (f->state == F_BLANK && c != ' ' && c != '\t') {
		f->state = F_VALUE;
		f->value = f->value_end = (uint32_t)*at;
	} else if (f->state == F_BLANK) {
		n = 1;
	}
	if (n > 0) {
		if (!field_room(f, limits, n, fault))
			return false;
		*at += n;
		if (f->state == F_NAME)
			f->name_len += (uint32_t)n;
		return true;
	}
	if (f->state == F_NAME && c == ':' && f->name_len > 0) {
		f->state = F_BLANK;
		*at += 1;
		return field_room(f, limits, 1, fault);
	}
	if (f->state != F_VALUE || c != '\r')
		return false;
	f->value_end = (uint32_t)*at;
	f->state = F_LF;
	*at += 1;
	return field_end(f, limits, fault);
}

enum parse_result
fields_parse(struct fields *f, const struct config_http *limits, struct span in, size_t *at,
	bool *line, struct fault *fault)
{
	*line = false;
	while (*at < in.len) {
		uint8_t c = in.ptr[*at];
		switch (f->state) {
		case F_START:
			if (c != '\r') {
				if (!field_begin(f, limits, *at, fault))
					return PARSE_BAD;
				break;
			}
			f->state = F_END;
			*at += 1;
			if (!field_end(f, limits, fault))
				return PARSE_BAD;
			break;
		case F_LF:
		case F_END:
			*fault = fault_of(PROBLEM_HTTP_MALFORMED);
			if (c != '\n' || !field_end(f, limits, fault))
				return PARSE_BAD;
			*at += 1;
			if (f->state == F_END)
				return PARSE_DONE;
			f->state = F_START;
			*line = true;
			return PARSE_MORE;
		default:
			if (!field_text(f, limits, in, at, fault))
				return PARSE_BAD;
		}
	}
	return PARSE_MORE;
}

/* --- the chunked coding (RFC 9112, 7.1); chunk extensions are refused --- */

enum { C_SIZE, C_SIZE_LF, C_DATA, C_DATA_CR, C_DATA_LF, C_TRAILER };

enum { SIZE_DIGITS = 16 };

struct chunks
chunks_upto(uint64_t max, const char *limit)
{
	return (struct chunks){ .max = max, .limit = limit };
}

static bool
malformed(struct chunks *c)
{
	c->fault = (struct fault){ PROBLEM_HTTP_MALFORMED, NULL, 0 };
	return false;
}

static bool
size_byte(struct chunks *c, uint8_t b)
{
	int digit = ascii_hex(b);

	if (digit >= 0) {
		if (c->digits == SIZE_DIGITS)
			return malformed(c);
		c->digits++;
		c->left = c->left << 4 | (unsigned)digit;
		return true;
	}
	c->state = C_SIZE_LF;
	return (b == '\r' && c->digits > 0) || malformed(c);
}

static bool
size_done(struct chunks *c, uint8_t b)
{
	if (b != '\n')
		return malformed(c);
	if (c->left > c->max - c->total) {
		c->fault = (struct fault){ PROBLEM_HTTP_TOO_LARGE, c->limit, c->max };
		return false;
	}
	c->total += c->left;
	c->digits = 0;
	c->state = c->left > 0 ? C_DATA : C_TRAILER;
	return true;
}

static bool
framing_byte(struct chunks *c, uint8_t b)
{
	switch (c->state) {
	case C_SIZE:
		return size_byte(c, b);
	case C_SIZE_LF:
		return size_done(c, b);
	case C_DATA_CR:
		c->state = C_DATA_LF;
		return b == '\r' || malformed(c);
	default:
		c->state = C_SIZE;
		return b == '\n' || malformed(c);
	}
}

static enum parse_result
trailer(struct chunks *c, const struct config_http *limits, struct span in, size_t *at)
{
	bool line = false;
	struct fault fault = { PROBLEM_NONE, NULL, 0 };
	enum parse_result r = PARSE_MORE;

	while (r == PARSE_MORE && *at < in.len)
		r = fields_parse(&c->trailer, limits, in, at, &line, &fault);
	if (r == PARSE_BAD)
		c->fault = fault;
	return r;
}

enum parse_result
chunks_parse(struct chunks *c, const struct config_http *limits, struct span in, size_t *used,
	struct span *data)
{
	size_t at = 0;
	enum parse_result r = PARSE_MORE;

	*data = SPAN_NONE;
	if (c->fault.problem != PROBLEM_NONE)
		return PARSE_BAD;
	while (at < in.len && c->state != C_DATA && c->state != C_TRAILER)
		if (!framing_byte(c, in.ptr[at++]))
			return PARSE_BAD;
	if (at < in.len && c->state == C_DATA) {
		*data = span_slice(in, at, c->left < in.len ? (size_t)c->left : in.len);
		at += data->len;
		c->left -= data->len;
		if (c->left == 0)
			c->state = C_DATA_CR;
	} else if (at < in.len && c->state == C_TRAILER) {
		r = trailer(c, limits, in, &at);
	}
	*used = at;
	return r;
}
