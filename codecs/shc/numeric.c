/* numeric.c - the digits of a card's QR code: two for each character of a compact JWS.
 *
 * A card that did not fit into one code (deprecated since 1.3.0) comes as chunks
 * shc:/C/N/, one a line, in any order.  The same chunk twice is a repeated scan;
 * two contents for one number are a fault.  Chunks carry no card id, so only the
 * signature tells whether they belong together.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/shc/shc.h"

#include <string.h>

enum {
	CHUNKS = 99,
	SINGLE_MAX = 1195, /* characters of a JWS that fit into one code of version 22 */
	CHUNK_MAX = 1191,
	PREFIX = 5
};

/* By pair of digits: the character 45 above it, where a JWS may have it. */
#define DIGITS(n) [n - 45] = n, [n - 44] = n + 1
static const uint8_t characters[100] = { ['-' - 45] = '-',
	['.' - 45] = '.',
	['_' - 45] = '_',
	DIGITS('0'),
	DIGITS('2'),
	DIGITS('4'),
	DIGITS('6'),
	DIGITS('8'),
	DIGITS('A'),
	DIGITS('C'),
	DIGITS('E'),
	DIGITS('G'),
	DIGITS('I'),
	DIGITS('K'),
	DIGITS('M'),
	DIGITS('O'),
	DIGITS('Q'),
	DIGITS('S'),
	DIGITS('U'),
	DIGITS('W'),
	DIGITS('Y'),
	DIGITS('a'),
	DIGITS('c'),
	DIGITS('e'),
	DIGITS('g'),
	DIGITS('i'),
	DIGITS('k'),
	DIGITS('m'),
	DIGITS('o'),
	DIGITS('q'),
	DIGITS('s'),
	DIGITS('u'),
	DIGITS('w'),
	DIGITS('y') };

struct chunk {
	struct span digits;
	size_t at; /* of the digits in the text */
	unsigned index, total; /* 0 of 0: a whole card */
};

/* A decimal of one or two digits without leading zero; 0: none, and the cursor has failed. */
static unsigned
small_number(struct cursor *c)
{
	unsigned n = 0;
	size_t start = c->at;

	/* a cursor that has failed stands still */
	while (!c->failed && c->at < c->all.len && c->at - start <= 2 && c->all.ptr[c->at] >= '0' &&
		c->all.ptr[c->at] <= '9')
		n = n * 10 + (unsigned)(cursor_u8(c) - '0');
	if (c->at == start || c->at - start > 2 || c->all.ptr[start] == '0')
		c->failed = true;
	return n;
}

/* What stands behind the scheme: a slash and digits, or a slash, C/N/ and digits. */
static bool
read_chunk(struct span line, struct chunk *out)
{
	struct cursor c = cursor_over(line);
	struct span rest = span_from(line, PREFIX);

	*out = (struct chunk){ .at = PREFIX, .digits = rest };
	if (line.len < PREFIX || line.ptr[PREFIX - 1] != '/')
		return false;
	if (span_find(rest, '/') == rest.len)
		return true;
	cursor_take(&c, PREFIX);
	out->index = small_number(&c);
	bool slashes = cursor_u8(&c) == '/';
	out->total = small_number(&c);
	slashes = cursor_u8(&c) == '/' && slashes;
	out->at = c.at;
	out->digits = span_from(line, c.at);
	return slashes && !c.failed && out->index <= out->total;
}

static void
fail_at(struct work *w, enum reason reason, size_t at)
{
	report_fail(w->report, reason, PLACE_AT(SHC_LAYER_CODE, at));
}

static size_t
first_fault(struct span digits)
{
	size_t i = 0;

	for (; i + 1 < digits.len; i += 2) {
		unsigned hi = digits.ptr[i] - (unsigned)'0', lo = digits.ptr[i + 1] - (unsigned)'0';
		if (hi > 9 || lo > 9 || !characters[hi * 10 + lo])
			return i;
	}
	return i;
}

/* Sixteen digits, and what they stand for, side by side. */
typedef uint8_t digits16 __attribute__((vector_size(16)));
typedef int16_t pairs8 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));
typedef uint8_t text8 __attribute__((vector_size(8)));

#define SAME16(n)                                              \
	{                                                      \
		n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n \
	}
#define WITHIN(v, low, high) (((v) >= (low)) & ((v) <= (high)))

/* Eight characters from 16 digits; not zero when one of either is none. */
static inline words2
decode_eight(uint8_t *to, const uint8_t *from)
{
	static const digits16 zero = SAME16('0'), nine = SAME16(9);
	const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	digits16 d;

	memcpy(&d, from, sizeof(d));
	d -= zero;
	pairs8 both = (pairs8)d, low = both & 0xff, high = both >> 8;
	pairs8 c = (little ? low * 10 + high : high * 10 + low) + 45;
	words2 good = (words2)(WITHIN(c, '0', '9') | WITHIN(c, 'A', 'Z') | WITHIN(c, 'a', 'z') |
			       WITHIN(c, '-', '.') | (c == '_'));
	text8 text = __builtin_convertvector(c, text8);
	memcpy(to, &text, sizeof(text));
	return (words2)(d > nine) | ~good;
}

/* Every character is looked up, whatever it is; one that is not there leaves a mark. */
static void
decode_digits(struct work *w, const struct chunk *c, struct buf *out)
{
	size_t len = c->digits.len / 2, i = 0;
	const uint8_t *in = c->digits.ptr;
	uint8_t *to = buf_room(out, len);
	words2 wrong = { 0, 0 };
	unsigned bad = c->digits.len == 0 || c->digits.len % 2 != 0;

	if (!to)
		return;
	for (; len - i >= sizeof(text8); i += sizeof(text8))
		wrong |= decode_eight(to + i, in + 2 * i);
	for (; i < len; i++) {
		unsigned hi = in[2 * i] - (unsigned)'0', lo = in[2 * i + 1] - (unsigned)'0';
		unsigned pair = hi <= 9 && lo <= 9 ? hi * 10 + lo : 2; /* 2 is no character */
		to[i] = characters[pair];
		bad |= to[i] == 0;
	}
	buf_took(out, len);
	if (bad || (wrong[0] | wrong[1]) != 0)
		fail_at(w, REASON_SHC_NUMERIC, c->at + first_fault(c->digits));
}

/* --- the lines of one card --- */

struct card {
	struct chunk *slots; /* as many as total */
	unsigned total; /* 0: no line was read yet; 1: not chunked */
	int error;
};

static void
note_line(struct work *w, struct span line, size_t at, const struct chunk *c)
{
	size_t max = c->total > 1 ? CHUNK_MAX : SINGLE_MAX;
	bool small = line.ptr[0] == 's' && line.ptr[1] == 'h' && line.ptr[2] == 'c';

	if (!small)
		report_find(w->report, REASON_NOTE_SHC_SCHEME, PLACE_AT(SHC_LAYER_CODE, at));
	if (c->total == 1)
		report_find(w->report, REASON_NOTE_SHC_ONE_CHUNK, PLACE_AT(SHC_LAYER_CODE, at));
	if (c->digits.len / 2 > max)
		report_find(w->report, REASON_NOTE_SHC_LENGTH, PLACE_AT(SHC_LAYER_CODE, c->at));
}

/* Puts one line into its slot; what is wrong with it was reported. */
static void
place_line(struct work *w, struct span line, size_t at, struct card *card)
{
	struct chunk c;

	if (shc_kind_of(line) != KIND_NUMERIC || !read_chunk(line, &c)) {
		fail_at(w, REASON_SHC_CHUNK, at);
		return;
	}
	c.at += at;
	unsigned total = c.total ? c.total : 1;
	bool other = card->total && card->total != total;
	if (!card->total)
		card->slots = ARENA_ARRAY(w->arena, total, struct chunk);
	if (!card->slots) {
		card->error = arena_error(w->arena);
		return;
	}
	struct chunk *slot = other ? NULL : &card->slots[c.index ? c.index - 1 : 0];
	if (other || (slot->digits.ptr && !span_eq(slot->digits, c.digits))) {
		fail_at(w, REASON_SHC_CHUNK_CONFLICT, at);
		return;
	}
	note_line(w, line, at, &c);
	card->total = total;
	*slot = c;
}

/* The place of a chunk that nobody scanned is its number. */
static void
fail_missing(struct work *w, unsigned index)
{
	struct buf b = buf_in(w->arena, 8);
	struct place at = PLACE_AT(SHC_LAYER_CODE, PLACE_NO_OFFSET);

	buf_char(&b, '/');
	buf_uint(&b, index);
	at.pointer = buf_span(&b);
	report_fail(w->report, REASON_SHC_CHUNK_MISSING, at);
}

static void
place_lines(struct work *w, struct span text, struct card *card)
{
	struct span rest = text, line;

	while (!card->error && !report_failed(w->report) && span_split(&rest, '\n', &line)) {
		line = span_trim(line);
		if (line.len > 0)
			place_line(w, line, (size_t)(line.ptr - text.ptr), card);
	}
	for (unsigned i = 0; i < card->total; i++)
		if (!card->slots[i].digits.ptr && !report_failed(w->report))
			fail_missing(w, i + 1);
	if (card->total > 1)
		report_find(w->report, REASON_NOTE_SHC_CHUNKED, PLACE_AT(SHC_LAYER_CODE, 0));
}

static int
join(struct work *w, const struct card *card, struct span *jws)
{
	struct buf out = buf_in(w->arena, SIZE_MAX);
	size_t all = 0;

	for (unsigned i = 0; i < card->total; i++)
		all += card->slots[i].digits.len / 2;
	if (all > w->limits->shc_jws) {
		report_limit(w->report, "shc.jws", w->limits->shc_jws,
			PLACE_AT(SHC_LAYER_CODE, card->slots[0].at));
		return 0;
	}
	buf_room(&out, all + 1);
	for (unsigned i = 0; i < card->total && !out.error && !report_failed(w->report); i++)
		decode_digits(w, &card->slots[i], &out);
	if (out.error)
		return out.error;
	if (!report_failed(w->report))
		*jws = buf_span(&out);
	return 0;
}

int
shc_numeric(struct work *w, struct span text, struct span *jws)
{
	struct card card = { .total = 0 };

	*jws = SPAN_NONE;
	place_lines(w, text, &card);
	if (card.error || report_failed(w->report))
		return card.error;
	return join(w, &card, jws);
}

/* --- several cards --- */

/* All chunks of that total, on lines of their own. */
static int
chunks_of(struct work *w, struct span text, unsigned total, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct span rest = text, line;
	struct chunk c;

	while (span_split(&rest, '\n', &line))
		if (read_chunk(span_trim(line), &c) && c.total == total) {
			buf_add(&b, span_trim(line));
			buf_char(&b, '\n');
		}
	*out = buf_span(&b);
	return b.error;
}

/* What stands on its lines: whole cards, chunks, and lines that are neither. */
struct lines {
	size_t count, chunks, bad;
};

static struct lines
survey(struct span text)
{
	struct lines n = { 0 };
	struct span rest = text, line;
	struct chunk c;

	while (span_split(&rest, '\n', &line)) {
		line = span_trim(line);
		if (line.len == 0)
			continue;
		n.count++;
		if (shc_kind_of(line) != KIND_NUMERIC || !read_chunk(line, &c))
			n.bad++;
		else
			n.chunks += c.total > 0;
	}
	return n;
}

static int
gather(struct work *w, struct span text, struct span *out, size_t *count)
{
	bool seen[CHUNKS + 1] = { false };
	struct span rest = text, line;
	struct chunk c;
	size_t n = 0;

	while (span_split(&rest, '\n', &line)) {
		line = span_trim(line);
		bool chunk = read_chunk(line, &c) && c.total > 0;
		if (line.len == 0 || (chunk && seen[c.total]))
			continue;
		out[n] = line;
		int r = chunk ? chunks_of(w, text, c.total, &out[n]) : 0;
		if (r != 0)
			return r;
		if (chunk)
			seen[c.total] = true;
		n++;
	}
	*count = n;
	return 0;
}

int
shc_numeric_split(struct work *w, struct span text, struct span **cards, size_t *count)
{
	struct lines lines = { 0 };

	if (span_find(text, '\n') < text.len)
		lines = survey(text);
	*count = 0;
	if (lines.chunks == 0)
		return 0;
	*cards = ARENA_ARRAY(w->arena, lines.count, struct span);
	if (!*cards)
		return arena_error(w->arena);
	if (lines.bad == 0)
		return gather(w, text, *cards, count);
	/* together: what is at fault belongs to the chunks beside it */
	(*cards)[0] = text;
	*count = 1;
	return 0;
}
