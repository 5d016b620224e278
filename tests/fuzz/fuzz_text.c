/* fuzz_text.c - the text encodings, UTF-8, JSON strings and dates: what decodes has one spelling, and its own.
 *
 * The first byte chooses what the rest is read as.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

typedef int (*decoder)(struct arena *a, struct span in, struct span *out, size_t *bad);
typedef void (*encoder)(struct buf *b, struct span in);

static int
base64_plain(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	return base64_decode(a, in, false, out, bad);
}

static const struct {
	decoder decode;
	encoder encode;
} codings[] = {
	{ base45_decode, base45_encode },
	{ base64url_decode, base64url_encode },
	{ base64_plain, base64_encode },
};

/* A text that decodes is the one that its bytes encode to; one that does not has a fault within. */
static void
one_spelling(struct arena *a, unsigned coding, struct span in)
{
	struct span out;
	size_t bad = SIZE_MAX;
	struct buf b = buf_in(a, in.len);

	demand(codings[coding].decode(a, in, &out, &bad) == 0);
	if (!out.ptr) {
		demand(bad <= in.len);
		return;
	}
	codings[coding].encode(&b, out);
	demand(!b.error && span_eq(buf_span(&b), in));
}

static void
there_and_back(struct arena *a, unsigned coding, struct span in)
{
	struct span out;
	size_t bad;
	struct buf b = buf_in(a, in.len * 2 + 4);

	codings[coding].encode(&b, in);
	demand(!b.error && codings[coding].decode(a, buf_span(&b), &out, &bad) == 0);
	demand(out.ptr && span_eq(out, in));
}

static void
lines_and_hex(struct arena *a, struct span in)
{
	struct span out;
	size_t bad = SIZE_MAX;
	struct buf b = buf_in(a, in.len);

	demand(base64_decode(a, in, true, &out, &bad) == 0);
	demand(out.ptr || bad <= in.len);
	bad = SIZE_MAX;
	demand(hex_decode(a, in, &out, &bad) == 0);
	if (out.ptr)
		buf_hex(&b, out);
	demand(out.ptr ? buf_span(&b).len == in.len : bad < in.len);
}

/* A JSON string is UTF-8, without bare controls, and between two quotes that nothing inside ends. */
static void
json_string(struct arena *a, struct span in)
{
	struct buf b = buf_in(a, in.len * 6 + 2);

	buf_json(&b, in);
	struct span s = buf_span(&b);
	demand(s.ptr && s.len >= 2 && utf8_check(s) == s.len);
	demand(s.ptr[0] == '"' && s.ptr[s.len - 1] == '"');
	for (size_t i = 1; i < s.len - 1; i++) {
		demand(s.ptr[i] >= ' ' && s.ptr[i] != '"');
		i += s.ptr[i] == '\\';
		demand(i < s.len - 1);
	}
	size_t good = utf8_check(in);
	demand(good <= in.len && utf8_check(span_slice(in, 0, good)) == good);
	demand(utf8_count(span_slice(in, 0, good)) <= good);
}

static void
dates(struct arena *a, struct span in)
{
	struct date d;
	int64_t t, again;
	unsigned odd;
	struct buf b = buf_in(a, 20);

	if (date_parse(in, &d))
		demand(in.len == (d.day || in.len == 10 ? 10 : d.month || in.len == 7 ? 7 : 4));
	if (!time_parse(in, &t, &odd))
		return;
	time_format(&b, t);
	if (!time_parse(buf_span(&b), &again,
		    &odd)) { /* the zone took it out of the four digits of a year */
		demand(t < time_of(0, 1, 1, 0, 0, 0) || t >= time_of(10000, 1, 1, 0, 0, 0));
		return;
	}
	demand(again == t && odd == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)8 << 20);
	struct span in = { data, size };

	if (size > 0 && a) {
		struct span rest = span_from(in, 1);
		unsigned what = data[0] % 9;
		if (what < 3)
			one_spelling(a, what, rest);
		else if (what < 6)
			there_and_back(a, what - 3, rest);
		else if (what == 6)
			lines_and_hex(a, rest);
		else if (what == 7)
			json_string(a, rest);
		else
			dates(a, rest);
	}
	arena_free(a);
	return 0;
}
