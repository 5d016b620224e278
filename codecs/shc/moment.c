/* moment.c - a NumericDate (RFC 7519) by its decimal text: a double would round what revocation compares. */
#include "codecs/shc/shc.h"

enum { PLACES = 9, EXPONENT_MAX = 999 };

struct decimal {
	struct span whole, fraction; /* digits */
	int exponent;
	bool negative;
};

static struct span
take_digits(struct cursor *c)
{
	size_t from = c->at;

	while (c->at < c->all.len && c->all.ptr[c->at] >= '0' && c->all.ptr[c->at] <= '9')
		c->at++;
	return span_slice(c->all, from, c->at - from);
}

static bool
take_char(struct cursor *c, uint8_t a, uint8_t b)
{
	bool is = c->at < c->all.len && (c->all.ptr[c->at] == a || c->all.ptr[c->at] == b);

	c->at += is;
	return is;
}

/* The text is a number of JSON already; an exponent of more digits than sense is cut at a bound. */
static struct decimal
read_decimal(struct span number)
{
	struct cursor c = cursor_over(number);
	struct decimal d = { .negative = take_char(&c, '-', '-') };

	d.whole = take_digits(&c);
	if (take_char(&c, '.', '.'))
		d.fraction = take_digits(&c);
	if (!take_char(&c, 'e', 'E'))
		return d;
	bool down = take_char(&c, '-', '-');
	take_char(&c, '+', '+');
	struct span digits = take_digits(&c);
	for (size_t i = 0; i < digits.len && d.exponent < EXPONENT_MAX; i++)
		d.exponent = d.exponent * 10 + (digits.ptr[i] - '0');
	d.exponent = down ? -d.exponent : d.exponent;
	return d;
}

/* The digit worth 10^power. */
static unsigned
digit_at(const struct decimal *d, int power)
{
	int64_t at = (int64_t)d->whole.len - 1 - ((int64_t)power - d->exponent);

	if (at < 0)
		return 0;
	if (at < (int64_t)d->whole.len)
		return (unsigned)(d->whole.ptr[at] - '0');
	at -= (int64_t)d->whole.len;
	return at < (int64_t)d->fraction.len ? (unsigned)(d->fraction.ptr[at] - '0') : 0;
}

/* Whether any digit worth less than 10^power is not 0. */
static bool
any_below(const struct decimal *d, int power)
{
	int64_t last = (int64_t)d->exponent - (int64_t)d->fraction.len;
	int first = (int64_t)d->whole.len + d->exponent < power
			    ? (int)((int64_t)d->whole.len + d->exponent)
			    : power;

	for (int64_t p = (int64_t)first - 1; p >= last; p--)
		if (digit_at(d, (int)p) != 0)
			return true;
	return false;
}

/* Rounded down: what lies before 1970 counts its fraction upwards. */
static void
negate(struct moment *m)
{
	bool part = m->nanoseconds > 0 || m->more;

	m->seconds = -m->seconds - (part ? 1 : 0);
	if (!part)
		return;
	m->nanoseconds = 1000000000U - m->nanoseconds - (m->more ? 1 : 0);
}

bool
shc_moment(struct span number, struct moment *out)
{
	struct decimal d = read_decimal(number);
	struct moment m = { 0 };
	int top =
		15; /* 10^15 seconds are some 30 million years: dates in milliseconds are read, too */
	int64_t highest = (int64_t)d.whole.len + d.exponent;

	if (highest > top) {
		for (int64_t p = highest - 1; p >= top; p--)
			if (digit_at(&d, (int)p) != 0)
				return false;
	}
	for (int p = top - 1; p >= 0; p--)
		m.seconds = m.seconds * 10 + digit_at(&d, p);
	for (int p = 1; p <= PLACES; p++)
		m.nanoseconds = m.nanoseconds * 10 + digit_at(&d, -p);
	m.more = any_below(&d, -PLACES);
	if (d.negative)
		negate(&m);
	*out = m;
	return true;
}
