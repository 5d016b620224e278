/* json.c - RFC 8259 as narrowed by RFC 7493 into a tree, in one pass without recursion.
 *
 * Strings without escapes stay where they are in the input; runs of plain characters are found eight bytes at a
 * time.  Refused beyond the grammar: equal names in one object, U+0000, halves of surrogate pairs, numbers that
 * neither 64 bits and a sign nor a finite double can hold, a byte order mark, and the json.* limits.
 */
#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/text.h"
#include "codecs/tree/build.h"
#include "codecs/tree/number.h"

#include <endian.h>
#include <string.h>

struct reader {
	struct build b;
	size_t at;
};

enum { END = -1 };

/* The byte at the cursor, or END. */
static int
peek(const struct reader *r)
{
	return r->at < r->b.in.len ? r->b.in.ptr[r->at] : END;
}

static void
malformed(struct reader *r)
{
	build_fail(&r->b, REASON_JSON_MALFORMED, r->at);
}

static inline int
skip_blanks(struct reader *r)
{
	int c = peek(r);

	while (c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
		r->at++;
		c = peek(r);
	}
	return c;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Non-zero when some byte of x is below limit (1 to 128) or above 127, or equal to quote or backslash. */
static uint64_t
special(uint64_t x)
{
	uint64_t quote = x ^ EACH('"'), slash = x ^ EACH('\\');

	return ((x - EACH(0x20)) | (quote - EACH(1)) | (slash - EACH(1)) | x) & EACH(0x80);
}

/* Offset of the first byte at or behind `at` that is a quote, a backslash, a control or not ASCII. */
static inline size_t
plain_end(struct span s, size_t at)
{
	uint64_t word, found;

	while (s.len - at >= sizeof(word)) {
		memcpy(&word, &s.ptr[at], sizeof(word));
		found = special(le64toh(word)); /* borrows reach upwards only: the lowest is true */
		if (found)
			return at + (size_t)__builtin_ctzll(found) / 8;
		at += sizeof(word);
	}
	while (at < s.len && s.ptr[at] >= 0x20 && s.ptr[at] < 0x80 && s.ptr[at] != '"' &&
		s.ptr[at] != '\\')
		at++;
	return at;
}

/* What a string's bytes are, as found while looking for its end. */
struct string {
	struct span raw; /* between the quotes */
	bool escaped, wide;
};

/* From behind the opening quote to behind the closing one. */
static bool
find_string(struct reader *r, struct string *s)
{
	size_t from = r->at;
	size_t max = r->b.w->limits->json_string;
	int c;

	*s = (struct string){ .escaped = false };
	for (;;) {
		r->at = plain_end(r->b.in, r->at);
		c = peek(r);
		if (c == '"' || c < 0x20)
			break;
		if (c == '\\')
			s->escaped = true;
		else
			s->wide = true;
		r->at += c == '\\' && r->at + 1 < r->b.in.len ? 2 : 1;
	}
	if (c != '"') {
		malformed(r);
		return false;
	}
	s->raw = (struct span){ &r->b.in.ptr[from], r->at - from };
	if (s->raw.len > max)
		build_limit(&r->b, "json.string", max, from);
	r->at++;
	return !r->b.stop;
}

/* Four hex digits at `at`; -1 when they are not. */
static int32_t
hex4(struct span s, size_t at)
{
	int32_t v = 0;

	if (s.len - at < 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		int digit = ascii_hex(s.ptr[i]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

static size_t
put_utf8(uint8_t *to, size_t len, uint32_t c)
{
	if (c < 0x80) {
		to[len++] = (uint8_t)c;
	} else if (c < 0x800) {
		to[len++] = (uint8_t)(0xc0 | c >> 6);
		to[len++] = (uint8_t)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		to[len++] = (uint8_t)(0xe0 | c >> 12);
		to[len++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		to[len++] = (uint8_t)(0x80 | (c & 0x3f));
	} else {
		to[len++] = (uint8_t)(0xf0 | c >> 18);
		to[len++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		to[len++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		to[len++] = (uint8_t)(0x80 | (c & 0x3f));
	}
	return len;
}

/* One escape from its backslash at *at; moves *at behind it. */
static enum reason
read_escape(struct span s, size_t *at, uint32_t *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint8_t kind = *at + 1 < s.len ? s.ptr[*at + 1] : 0;
	const char *simple = kind ? strchr(from, kind) : NULL;
	int32_t first, second;

	*at += 2;
	if (simple) {
		*out = (uint8_t)to[simple - from];
		return REASON_NONE;
	}
	first = kind == 'u' ? hex4(s, *at) : -1;
	if (first < 0)
		return REASON_JSON_MALFORMED;
	*at += 4;
	*out = (uint32_t)first;
	if (first == 0)
		return REASON_JSON_CHARACTER;
	if (first < 0xd800 || first > 0xdfff)
		return REASON_NONE;
	second = s.len - *at >= 6 && s.ptr[*at] == '\\' && s.ptr[*at + 1] == 'u' ? hex4(s, *at + 2)
										 : -1;
	if (first > 0xdbff || second < 0xdc00 || second > 0xdfff)
		return REASON_JSON_CHARACTER;
	*at += 6;
	*out = 0x10000 + (((uint32_t)first & 0x3ff) << 10) + ((uint32_t)second & 0x3ff);
	return REASON_NONE;
}

/* The text never grows: six characters of an escape give at most three bytes, twelve give four. */
static void
unescape(struct reader *r, struct span raw, struct span *out)
{
	uint8_t *text = arena_bytes(r->b.w->arena, raw.len);
	size_t len = 0;

	if (!text) {
		build_error(&r->b, arena_error(r->b.w->arena));
		return;
	}
	for (size_t at = 0; at < raw.len;) {
		size_t start = at;
		uint32_t c;
		enum reason bad;

		if (raw.ptr[at] != '\\') {
			text[len++] = raw.ptr[at++];
			continue;
		}
		bad = read_escape(raw, &at, &c);
		if (bad) {
			build_fail(&r->b, bad, r->at - 1 - raw.len + start);
			return;
		}
		len = put_utf8(text, len, c);
	}
	*out = (struct span){ text, len };
}

/* The cursor stands on the opening quote. */
static bool
read_string(struct reader *r, struct span *out)
{
	struct string s;
	size_t bad, end = plain_end(r->b.in, ++r->at);

	if (end < r->b.in.len && r->b.in.ptr[end] == '"' &&
		end - r->at <= r->b.w->limits->json_string) {
		*out = (struct span){ &r->b.in.ptr[r->at], end - r->at };
		r->at = end + 1;
		return true;
	}
	if (!find_string(r, &s))
		return false;
	bad = s.wide ? utf8_check(s.raw) : s.raw.len;
	if (bad < s.raw.len)
		build_fail(&r->b, REASON_JSON_UTF8, r->at - 1 - s.raw.len + bad);
	else if (s.escaped)
		unescape(r, s.raw, out);
	else
		*out = s.raw;
	return !r->b.stop;
}

static void
read_text(struct reader *r)
{
	size_t start = r->at;
	struct node *n = build_add(&r->b, NODE_TEXT, start);

	if (n && read_string(r, &n->as.bytes))
		n->raw = (struct span){ &r->b.in.ptr[start], r->at - start };
}

static bool
is_number_part(int c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static void
read_number(struct reader *r)
{
	size_t start = r->at, max = r->b.w->limits->json_number;
	struct node *n = build_add(&r->b, NODE_NULL, start);

	if (!n)
		return;
	while (is_number_part(peek(r)))
		r->at++;
	n->raw = span_slice(r->b.in, start, r->at - start);
	if (n->raw.len > max) {
		build_limit(&r->b, "json.number", max, start);
		return;
	}
	switch (number_read(n->raw, n)) {
	case NUMBER_OK:
		break;
	case NUMBER_MALFORMED:
		build_fail(&r->b, REASON_JSON_MALFORMED, start);
		break;
	case NUMBER_LOSSY:
		build_fail(&r->b, REASON_JSON_NUMBER, start);
		break;
	}
}

static void
read_word(struct reader *r)
{
	static const struct {
		struct span text;
		enum node_kind kind;
	} words[] = {
		{ { (const uint8_t *)"null", 4 }, NODE_NULL },
		{ { (const uint8_t *)"true", 4 }, NODE_BOOL },
		{ { (const uint8_t *)"false", 5 }, NODE_BOOL },
	};
	struct span rest = span_from(r->b.in, r->at);
	struct node *n;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!span_starts(rest, words[i].text))
			continue;
		n = build_add(&r->b, words[i].kind, r->at);
		if (!n)
			return;
		n->raw = span_slice(rest, 0, words[i].text.len);
		n->as.boolean = words[i].text.ptr[0] == 't';
		r->at += n->raw.len;
		return;
	}
	malformed(r);
}

/* The name of a member and its colon; the value is next. */
static void
read_name(struct reader *r)
{
	struct build_key *key = &r->b.top->key;

	if (skip_blanks(r) != '"') {
		malformed(r);
		return;
	}
	key->kind = KEY_TEXT;
	if (!read_string(r, &key->text))
		return;
	if (skip_blanks(r) != ':')
		malformed(r);
	r->at++;
}

static char
closer(const struct reader *r)
{
	return r->b.top->node->kind == NODE_MAP ? '}' : ']';
}

static void
close_container(struct reader *r)
{
	r->at++;
	build_close(&r->b, r->at);
}

/* True when the container is left open with a value to come. */
static bool
open_container(struct reader *r, enum node_kind kind)
{
	struct node *n = build_add(&r->b, kind, r->at);

	if (!n || !build_open(&r->b, n))
		return false;
	r->at++;
	if (skip_blanks(r) == closer(r)) {
		close_container(r);
		return false;
	}
	if (kind == NODE_MAP)
		read_name(r);
	return !r->b.stop;
}

/* One value; true when it opened a container whose first value is next. */
static bool
read_value(struct reader *r)
{
	int c = skip_blanks(r);

	switch (c) {
	case '{':
		return open_container(r, NODE_MAP);
	case '[':
		return open_container(r, NODE_LIST);
	case '"':
		read_text(r);
		break;
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			read_number(r);
		else
			read_word(r);
		break;
	}
	return false;
}

/* Behind a value: closes what ends here; true when another value is next. */
static bool
read_more(struct reader *r)
{
	while (!r->b.stop && r->b.top) {
		int c = skip_blanks(r);

		if (c == closer(r)) {
			close_container(r);
			continue;
		}
		if (c != ',') {
			malformed(r);
			return false;
		}
		r->at++;
		if (r->b.top->node->kind == NODE_MAP)
			read_name(r);
		return !r->b.stop;
	}
	return false;
}

int
node_from_json(struct work *w, struct span in, const char *layer, const struct node **out)
{
	struct build_rules rules = { "json.nodes", "json.depth", w->limits->json_nodes,
		w->limits->json_depth, REASON_JSON_DUPLICATE };
	struct reader r;

	build_begin(&r.b, w, in, layer, &rules);
	r.at = 0;
	do {
		while (read_value(&r))
			;
	} while (read_more(&r));
	if (!r.b.stop && skip_blanks(&r) != END)
		build_fail(&r.b, REASON_JSON_TRAILING, r.at);
	return build_end(&r.b, out);
}
