/* date.c - the forms in which certificates write dates and times.
 *
 * Days are counted with the civil-from-days arithmetic of the proleptic Gregorian
 * calendar; nothing here knows the clock or a time zone.
 */
#include "codecs/base/date.h"

#include <string.h>

/* The number that count digits of s write from a place on; negative when one of them is none. */
static int
number(struct span s, size_t at, size_t count)
{
	int v = 0;

	for (size_t i = at; i < at + count; i++) {
		if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
			return -1;
		v = v * 10 + (s.ptr[i] - '0');
	}
	return v;
}

static void
digits(struct cursor *c, size_t count, int *out)
{
	int v = number(cursor_take(c, count), 0, count);

	if (v < 0)
		c->failed = true;
	else
		*out = v;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* A part left out (0) makes a partial date; a day without a month is none. */
static bool
exists(const struct date *d)
{
	if (d->month == 0)
		return d->day == 0;
	return d->month <= 12 && d->day <= days_in(d->year, d->month);
}

/* Two digits as a number; 100 when they are none. */
static inline int
pair(const uint8_t *p)
{
	unsigned tens = (unsigned)p[0] - '0', ones = (unsigned)p[1] - '0';

	return tens > 9 || ones > 9 ? 100 : (int)(tens * 10 + ones);
}

bool
date_parse(struct span s, struct date *out)
{
	struct date d = { .month = 0 };

	if (s.len != 4 && s.len != 7 && s.len != 10)
		return false;
	int century = pair(&s.ptr[0]), year = pair(&s.ptr[2]);
	if (s.len >= 7)
		d.month = s.ptr[4] == '-' ? pair(&s.ptr[5]) : 100;
	if (s.len == 10)
		d.day = s.ptr[7] == '-' ? pair(&s.ptr[8]) : 100;
	if (century > 99 || year > 99 || d.month > 99 || d.day > 99)
		return false;
	d.year = century * 100 + year;
	d.exists = exists(&d);
	*out = d;
	return true;
}

/* Days since 1970-01-01; years start in March, so that the leap day comes last. */
static int64_t
days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t
time_of(int year, int month, int day, int hour, int minute, int second)
{
	return ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/* The byte that comes next, NUL at the end. */
static uint8_t
next(const struct cursor *c)
{
	return cursor_left(c) > 0 ? c->all.ptr[c->at] : 0;
}

static void
skip_fraction(struct cursor *c, unsigned *odd)
{
	int digit;

	if (next(c) != '.')
		return;
	cursor_u8(c);
	do {
		digits(c, 1, &digit);
	} while (next(c) >= '0' && next(c) <= '9');
	*odd |= TIME_FRACTION;
}

/* Seconds to subtract for Z, +hh:mm, +hhmm, +hh or nothing. */
static int
zone(struct cursor *c, unsigned *odd)
{
	int hours = 0, minutes = 0;

	if (cursor_left(c) == 0) {
		*odd |= TIME_NO_ZONE;
		return 0;
	}
	uint8_t sign = cursor_u8(c);
	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		c->failed = true;
	digits(c, 2, &hours);
	bool colon = next(c) == ':';
	if (colon)
		cursor_u8(c);
	else
		*odd |= TIME_ODD_ZONE;
	if (colon || cursor_left(c) > 0)
		digits(c, 2, &minutes);
	if (hours > 23 || minutes > 59)
		c->failed = true;
	int offset = (hours * 60 + minutes) * 60;
	return sign == '-' ? -offset : offset;
}

bool
time_parse(struct span s, int64_t *out, unsigned *oddities)
{
	struct cursor c = cursor_over(s);
	struct date d;
	int hour = 0, minute = 0, second = 0;
	unsigned odd = 0;

	if (!date_parse(cursor_take(&c, 10), &d) || !d.exists || d.day == 0)
		return false;
	uint8_t between = cursor_u8(&c);
	if (between != 'T' && between != 't' && between != ' ')
		return false;
	digits(&c, 2, &hour);
	if (cursor_u8(&c) != ':')
		return false;
	digits(&c, 2, &minute);
	if (cursor_u8(&c) != ':')
		return false;
	digits(&c, 2, &second);
	skip_fraction(&c, &odd);
	int offset = zone(&c, &odd);
	if (!cursor_done(&c) || hour > 23 || minute > 59 || second > 60)
		return false;
	int64_t t = time_of(d.year, d.month, d.day, hour, minute, second) - offset;
	if (second == 60 && t-- % 86400 != 0)
		return false; /* not the end of a day in UTC; else it is read as the second before it */
	*out = t;
	*oddities = odd;
	return true;
}

/* Two digits, and what stands behind them. */
static inline uint8_t *
two_digits(uint8_t *p, uint32_t v, char behind)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	memcpy(p, &pairs[2 * v], 2);
	p[2] = (uint8_t)behind;
	return p + 3;
}

/* The first second of the year 0000 and the last one of 9999. */
#define YEAR_0    INT64_C(-62167219200)
#define YEAR_9999 INT64_C(253402300799)

void
time_format(struct buf *b, int64_t t)
{
	if (t < YEAR_0 || t > YEAR_9999) {
		buf_int(b, t);
		return;
	}
	/* the inverse of days_from_civil, counted from an era earlier so that nothing is negative */
	uint64_t later = (uint64_t)(t + (719468 + 146097) * INT64_C(86400));
	uint32_t second = (uint32_t)(later % 86400), z = (uint32_t)(later / 86400);
	uint32_t era = z / 146097, of_era = z % 146097;
	uint32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
	uint32_t day = of_year - (153 * m + 2) / 5 + 1, month = m < 10 ? m + 3 : m - 9;
	uint32_t year = y + era * 400 + (month <= 2) - 400;
	uint8_t text[24], *p = text;

	p = two_digits(p, year / 100, ' ') - 1;
	p = two_digits(p, year % 100, '-');
	p = two_digits(p, month, '-');
	p = two_digits(p, day, 'T');
	p = two_digits(p, second / 3600, ':');
	p = two_digits(p, second / 60 % 60, ':');
	two_digits(p, second % 60, 'Z');
	buf_add(b, (struct span){ text, sizeof("2026-11-24T10:00:00Z") - 1 });
}
