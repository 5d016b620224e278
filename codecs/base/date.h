/* date.h - dates as certificates write them (ISO 8601, RFC 3339, and what the field makes of them).
 *
 * Times are seconds since 1970 UTC.  No function asks for the clock or the local zone.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "codecs/base/buf.h"

struct date {
	int year, month, day; /* month and day 0 where the text leaves them out (or writes 00) */
	bool exists;          /* false: right form, but no day of the calendar (1989-00-20, 2022-17-01) */
};

/* YYYY, YYYY-MM or YYYY-MM-DD, nothing else.  false: another form. */
bool date_parse(struct span s, struct date *out);

enum { TIME_ODD_ZONE = 1u << 0, TIME_NO_ZONE = 1u << 1, TIME_FRACTION = 1u << 2 };

/* RFC 3339 date-time; besides Z and +hh:mm also +hhmm and +hh (TIME_ODD_ZONE), and no zone, read as UTC
 * (TIME_NO_ZONE), and a blank for the T.  A fraction is cut off, and a leap second is read as the second
 * before it.  false: another form, or no such time. */
bool time_parse(struct span s, int64_t *out, unsigned *oddities);
/* "2026-11-23T10:00:00Z"; outside the years 0000 to 9999 the number itself. */
void time_format(struct buf *b, int64_t t);
int64_t time_of(int year, int month, int day, int hour, int minute, int second); /* proleptic Gregorian, UTC */

#endif
