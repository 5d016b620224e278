/* number.c - JSON's numbers read exactly, and numbers of every format compared and written.
 *
 * Reals that both fit a double's mantissa and need a small power of ten are one exact multiplication or
 * division; all others go through strtod as digits and an exponent, without a decimal point, so that no locale
 * matters.
 */
#include "codecs/tree/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
number_is(const struct node *n)
{
	return n->kind == NODE_INT || n->kind == NODE_BIG || n->kind == NODE_REAL;
}

/* For NODE_BIG and NODE_REAL, whose CBOR heads never look like a digit or a minus sign. */
static bool
is_json(const struct node *n)
{
	return n->raw.len &&
	       (n->raw.ptr[0] == '-' || (n->raw.ptr[0] >= '0' && n->raw.ptr[0] <= '9'));
}

/* Decimal digits of a NODE_BIG; the text fits 24 bytes. */
struct decimal {
	char text[24];
	size_t len;
};

static struct decimal
big_decimal(const struct node *n)
{
	struct decimal d = { "", 0 };
	struct cursor c = cursor_over(span_from(n->raw, n->raw.len < 9 ? 0 : n->raw.len - 9));
	uint8_t head;
	uint64_t v;

	if (is_json(n)) {
		d.len = n->raw.len < sizeof(d.text) ? n->raw.len : 0;
		memcpy(d.text, n->raw.ptr, d.len);
		return d;
	}
	head = cursor_u8(&c);
	v = cursor_be(&c, 8);
	if (head >> 5 == 0)
		d.len = (size_t)snprintf(d.text, sizeof(d.text), "%llu", (unsigned long long)v);
	else if (v == UINT64_MAX) /* -1 - v needs 65 bits */
		d.len = (size_t)snprintf(d.text, sizeof(d.text), "-18446744073709551616");
	else
		d.len = (size_t)snprintf(
			d.text, sizeof(d.text), "-%llu", (unsigned long long)v + 1);
	return d;
}

static struct span
decimal_span(const struct decimal *d)
{
	return (struct span){ (const uint8_t *)d->text, d->len };
}

static bool
equal_big(const struct node *big, const struct node *n)
{
	struct decimal d = big_decimal(big), other = { "", 0 };

	if (n->kind == NODE_INT)
		return false;
	if (n->kind == NODE_BIG)
		other = big_decimal(n);
	else if (fabs(n->as.real) < 1e20) /* %.0f writes a whole double exactly */
		other.len = (size_t)snprintf(other.text, sizeof(other.text), "%.0f", n->as.real);
	return span_eq(decimal_span(&d), decimal_span(&other));
}

double
number_double(const struct node *n)
{
	if (n->kind == NODE_REAL)
		return n->as.real;
	if (n->kind == NODE_INT)
		return (double)n->as.integer;
	struct decimal d = big_decimal(n);
	return strtod(d.text, NULL);
}

static bool
equal_int_real(int64_t i, double r)
{
	return r >= -0x1p63 && r < 0x1p63 && (int64_t)r == i && (double)(int64_t)r == r;
}

bool
number_equal(const struct node *a, const struct node *b)
{
	if (a->kind == NODE_BIG)
		return equal_big(a, b);
	if (b->kind == NODE_BIG)
		return equal_big(b, a);
	if (a->kind == NODE_INT && b->kind == NODE_INT)
		return a->as.integer == b->as.integer;
	if (a->kind == NODE_INT)
		return equal_int_real(a->as.integer, b->as.real);
	if (b->kind == NODE_INT)
		return equal_int_real(b->as.integer, a->as.real);
	return a->as.real == b->as.real || (isnan(a->as.real) && isnan(b->as.real));
}

static void
write_real(struct buf *b, double v)
{
	char text[32];
	int len = 0;

	if (!isfinite(v)) {
		buf_str(b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		len = snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	for (int i = 0; i < len; i++) {
		char c = text[i];
		bool mark = (c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e';

		buf_char(b, mark ? c : '.'); /* the locale's point may be another */
	}
}

void
number_write(struct buf *b, const struct node *n)
{
	struct decimal d;

	if (n->kind == NODE_INT) {
		buf_int(b, n->as.integer);
	} else if (is_json(n)) {
		buf_add(b, n->raw);
	} else if (n->kind == NODE_BIG) {
		d = big_decimal(n);
		buf_add(b, decimal_span(&d));
	} else {
		write_real(b, n->as.real);
	}
}

enum { DIGITS_MAX = 400, EXPONENT_MAX = 100000 };

/* A number in parts: mantissa digits (without point), and the power of ten that they are to be multiplied by. */
struct parts {
	bool negative, whole; /* whole: written without point and exponent */
	struct span integer, fraction;
	int exponent;
};

static struct span
take_digits(struct span s, size_t *at)
{
	size_t from = *at;

	while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9')
		++*at;
	return span_slice(s, from, *at - from);
}

static bool
take(struct span s, size_t *at, const char *any)
{
	if (*at >= s.len || !strchr(any, s.ptr[*at]) || s.ptr[*at] == 0)
		return false;
	++*at;
	return true;
}

static bool
read_exponent(struct span s, size_t *at, int *out)
{
	bool minus = *at < s.len && s.ptr[*at] == '-';
	struct span digits;
	int v = 0;

	take(s, at, "+-");
	digits = take_digits(s, at);
	for (size_t i = 0; i < digits.len; i++)
		if (v < EXPONENT_MAX)
			v = v * 10 + (digits.ptr[i] - '0');
	*out = minus ? -v : v;
	return digits.len > 0;
}

static bool
read_parts(struct span s, struct parts *p)
{
	size_t at = 0;

	*p = (struct parts){ .whole = true };
	p->negative = take(s, &at, "-");
	p->integer = take_digits(s, &at);
	if (p->integer.len == 0 || (p->integer.len > 1 && p->integer.ptr[0] == '0'))
		return false;
	if (take(s, &at, ".")) {
		p->whole = false;
		p->fraction = take_digits(s, &at);
		if (p->fraction.len == 0)
			return false;
	}
	if (take(s, &at, "eE")) {
		p->whole = false;
		if (!read_exponent(s, &at, &p->exponent))
			return false;
	}
	return at == s.len;
}

/* Appends digits to *v; false when they do not fit. */
static bool
add_digits(struct span digits, uint64_t *v)
{
	for (size_t i = 0; i < digits.len; i++)
		if (__builtin_mul_overflow(*v, 10, v) ||
			__builtin_add_overflow(*v, (uint64_t)(digits.ptr[i] - '0'), v))
			return false;
	return true;
}

static enum number_result
read_whole(const struct parts *p, struct node *n)
{
	uint64_t v = 0;

	if (!add_digits(p->integer, &v)) {
		/* -2^64 is the one 65-bit integer that CBOR can write in 64 bits */
		if (!p->negative || !span_is(p->integer, "18446744073709551616"))
			return NUMBER_LOSSY;
		n->kind = NODE_BIG;
		return NUMBER_OK;
	}
	if (v > (uint64_t)INT64_MAX + p->negative) {
		n->kind = NODE_BIG;
		return NUMBER_OK;
	}
	n->kind = NODE_INT;
	n->as.integer = p->negative ? (int64_t)(0 - v) : (int64_t)v;
	return NUMBER_OK;
}

static double
read_slowly(const struct parts *p, int exponent)
{
	char text[DIGITS_MAX + 16];
	size_t len = 0;

	for (size_t i = 0; i < p->integer.len && len < DIGITS_MAX; i++)
		text[len++] = (char)p->integer.ptr[i];
	for (size_t i = 0; i < p->fraction.len && len < DIGITS_MAX; i++)
		text[len++] = (char)p->fraction.ptr[i];
	snprintf(&text[len], sizeof(text) - len, "e%d", exponent);
	return strtod(text, NULL);
}

static enum number_result
read_real(const struct parts *p, struct node *n)
{
	static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	int exponent = p->exponent - (int)p->fraction.len;
	uint64_t v = 0;
	double r;

	if (p->integer.len + p->fraction.len > DIGITS_MAX)
		return NUMBER_LOSSY;
	if (add_digits(p->integer, &v) && add_digits(p->fraction, &v) && v <= UINT64_C(1) << 53 &&
		exponent >= -22 && exponent <= 22)
		r = exponent < 0 ? (double)v / tens[-exponent] : (double)v * tens[exponent];
	else
		r = read_slowly(p, exponent);
	if (isinf(r))
		return NUMBER_LOSSY;
	n->kind = NODE_REAL;
	n->as.real = p->negative ? -r : r;
	return NUMBER_OK;
}

enum number_result
number_read(struct span s, struct node *n)
{
	struct parts p;

	if (!read_parts(s, &p))
		return NUMBER_MALFORMED;
	return p.whole ? read_whole(&p, n) : read_real(&p, n);
}
