/* puny.c - Bootstring with the parameters of RFC 3492, decoding only, and a coarse table of letters.
 *
 * The table leaves out what needs context: combining marks, joiners, right-to-left scripts, capitals and
 * compatibility forms.  A name that needs them can still be fetched by none but its ASCII alias; that is
 * cheaper than tables of Unicode and never wrong in the dangerous direction.
 */
#include "trust/net/puny.h"

enum {
	BASE = 36,
	T_MIN = 1,
	T_MAX = 26,
	SKEW = 38,
	DAMP = 700,
	FIRST = 128,
	BIAS = 72,
	LABEL = 63
};

/* From first to last, every step-th. */
static const struct letters {
	uint32_t first, last, step;
} letters[] = {
	{ 0xdf, 0xf6, 1 }, { 0xf8, 0xff, 1 }, /* Latin-1 */
	{ 0x101, 0x131, 2 }, { 0x135, 0x137, 2 }, { 0x13a, 0x13e, 2 }, /* Latin Extended-A */
	{ 0x142, 0x148, 2 }, { 0x14b, 0x177, 2 }, { 0x17a, 0x17e, 2 },
	{ 0x3ac, 0x3ce, 1 }, /* Greek */
	{ 0x430, 0x45f, 1 }, /* Cyrillic */
	{ 0x561, 0x586, 1 }, /* Armenian */
	{ 0x10d0, 0x10f0, 1 }, /* Georgian */
	{ 0x3041, 0x3096, 1 }, { 0x30a1, 0x30fa, 1 }, { 0x30fc, 0x30fc, 1 }, /* Kana */
	{ 0x4e00, 0x9fa5, 1 }, /* Han */
	{ 0xac00, 0xd7a3, 1 }, /* Hangul */
};

static bool
is_known_letter(uint32_t c)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (c >= letters[i].first && c <= letters[i].last &&
			(c - letters[i].first) % letters[i].step == 0)
			return true;
	return false;
}

static uint32_t
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 26;
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a') : BASE;
}

static uint32_t
adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* One generalised integer, added to *i; false: cut short, no digit, or too large. */
static bool
next_delta(struct cursor *c, uint32_t bias, uint32_t *i)
{
	uint32_t weight = 1;

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t d = digit(cursor_u8(c)), step;
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
		if (c->failed || d >= BASE || __builtin_mul_overflow(d, weight, &step) ||
			__builtin_add_overflow(*i, step, i))
			return false;
		if (d < t)
			return true;
		if (__builtin_mul_overflow(weight, BASE - t, &weight))
			return false;
	}
}

/* Where the ASCII letters end: at the last hyphen; SIZE_MAX: it stands first, with nothing before it. */
static size_t
basic_end(struct span s)
{
	for (size_t i = s.len; i-- > 0;)
		if (s.ptr[i] == '-')
			return i > 0 ? i : SIZE_MAX;
	return 0;
}

bool
puny_label(struct span s)
{
	size_t basic = basic_end(s);
	struct cursor c = cursor_over(span_from(s, basic > 0 ? basic + 1 : 0));
	uint32_t n = FIRST, i = 0, bias = BIAS, count = (uint32_t)basic;
	bool front = false; /* the first character is one that was put in */
	bool back = false;

	if (basic > LABEL || s.len > LABEL || cursor_left(&c) == 0)
		return false;
	while (cursor_left(&c) > 0) {
		uint32_t before = i, step;
		if (!next_delta(&c, bias, &i))
			return false;
		count++;
		bias = adapt(i - before, count, before == 0);
		step = i / count;
		if (__builtin_add_overflow(n, step, &n) || !is_known_letter(n))
			return false;
		i %= count;
		front = front || i == 0;
		back = back || i == count - 1;
		i++;
	}
	/* a decoded label has no hyphen at its ends either */
	return (front || basic == 0 || s.ptr[0] != '-') &&
	       (back || basic == 0 || s.ptr[basic - 1] != '-');
}
