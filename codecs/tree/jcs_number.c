/* jcs_number.c - numbers as ECMAScript writes them (ECMA-262, Number::toString; RFC 8785, 3.2.2.3).
 *
 * The shortest digits that read back as the same double, and of these the closest to it.  printf and strtod are
 * exact; digits pass between them without a decimal point, so that no locale matters.  What was written with up
 * to 15 digits in ECMAScript's own form is its own shortest text: no two such numbers are one double.
 */
#include "codecs/tree/jcs.h"
#include "codecs/tree/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 17, SAFE = 15 };

/* v is 0.DIGITS times ten to the power of point; digits ends with a NUL. */
struct shortest {
	char digits[DIGITS + 2];
	int count, point;
};

/* v > 0 rounded to count digits. */
static struct shortest
rounded(double v, int count)
{
	struct shortest s = { .count = 0 };
	char text[40];
	int len = snprintf(text, sizeof(text), "%.*e", count - 1, v), i;

	for (i = 0; i < len && text[i] != 'e'; i++)
		if (text[i] >= '0' && text[i] <= '9' && s.count < count)
			s.digits[s.count++] = text[i];
	s.point = 1 + (int)strtol(&text[i + 1], NULL, 10);
	return s;
}

static bool
reads_as(const struct shortest *s, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%se%d", s->digits, s->point - s->count);
	return strtod(text, NULL) == v;
}

/* One more in the last place.  Nines become a 1 and zeros: one digit more, which is cut off again. */
static void
step_up(struct shortest *s)
{
	int at = s->count - 1;

	for (; at >= 0 && s->digits[at] == '9'; at--)
		s->digits[at] = '0';
	if (at >= 0) {
		s->digits[at]++;
		return;
	}
	s->digits[0] = '1';
	s->point++;
}

/* Rounding gives the closest text of that length.  It may miss v although the next larger does not: below a
 * power of two doubles lie closer together than above. */
static bool
fits(double v, int count, struct shortest *out)
{
	struct shortest s = rounded(v, count);
	bool ok = reads_as(&s, v);

	if (!ok) {
		step_up(&s);
		ok = reads_as(&s, v);
	}
	if (ok)
		*out = s;
	return ok;
}

/* A length that fits stays fitting with a zero behind: search by halves. */
static struct shortest
shortest_of(double v)
{
	struct shortest s = rounded(v, DIGITS);
	int low = 1, high = DIGITS;

	while (low < high) {
		int middle = (low + high) / 2;

		if (fits(v, middle, &s))
			high = middle;
		else
			low = middle + 1;
	}
	while (s.count > 1 && s.digits[s.count - 1] == '0')
		s.digits[--s.count] = 0;
	return s;
}

static void
zeros(struct buf *b, int count)
{
	for (; count > 0; count--)
		buf_char(b, '0');
}

static void
put_digits(struct buf *b, const struct shortest *s, int from, int count)
{
	buf_add(b, (struct span){ (const uint8_t *)&s->digits[from], (size_t)count });
}

/* The five forms of Number::toString, steps 6 to 10. */
static void
put_shortest(struct buf *b, const struct shortest *s)
{
	int k = s->count, n = s->point;

	if (k <= n && n <= 21) {
		put_digits(b, s, 0, k);
		zeros(b, n - k);
	} else if (0 < n && n <= 21) {
		put_digits(b, s, 0, n);
		buf_char(b, '.');
		put_digits(b, s, n, k - n);
	} else if (-6 < n && n <= 0) {
		buf_str(b, "0.");
		zeros(b, -n);
		put_digits(b, s, 0, k);
	} else {
		put_digits(b, s, 0, 1);
		if (k > 1)
			buf_char(b, '.');
		put_digits(b, s, 1, k - 1);
		buf_str(b, n > 0 ? "e+" : "e");
		buf_int(b, n - 1);
	}
}

bool
jcs_number(struct buf *b, double v)
{
	struct shortest s;

	if (!isfinite(v))
		return false;
	if (v == 0) {
		buf_char(b, '0');
		return true;
	}
	if (v < 0)
		buf_char(b, '-');
	s = shortest_of(fabs(v));
	put_shortest(b, &s);
	return true;
}

/* A sign, digits, and perhaps a point and digits, of which the last is no zero. */
static bool
is_plain(struct span s)
{
	bool minus = s.len > 0 && s.ptr[0] == '-', zero;
	struct span digits = span_from(s, minus);
	size_t point = span_find(digits, '.');

	zero = digits.len > 0 && digits.ptr[0] == '0';
	if (point == digits.len || digits.len > SAFE + 1 || digits.ptr[digits.len - 1] == '0')
		return false;
	for (size_t i = 0; i < digits.len; i++)
		if (i != point && (digits.ptr[i] < '0' || digits.ptr[i] > '9'))
			return false;
	/* "0.000001" still has no exponent in ECMAScript, "0.0000001" has one */
	return !zero || digits.len < 3 || digits.ptr[2] != '0';
}

bool
jcs_node_number(struct buf *b, const struct node *n)
{
	static const int64_t exact = INT64_C(1) << 53;

	if (n->kind == NODE_INT && n->as.integer >= -exact && n->as.integer <= exact) {
		buf_int(b, n->as.integer);
		return true;
	}
	if (n->kind == NODE_REAL && is_plain(n->raw)) {
		buf_add(b, n->raw);
		return true;
	}
	return jcs_number(b, number_double(n));
}
