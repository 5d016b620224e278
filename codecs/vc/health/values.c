/* values.c - see values.h. */
#include "codecs/vc/health/values.h"

#include "codecs/base/ascii.h"
#include "codecs/base/date.h"
#include "codecs/record/record.h"

enum { DAY = 10, DIGITS = 3 };

struct span
health_day(struct span s)
{
	struct date d;

	s = span_slice(s, 0, DAY);
	return date_parse(s, &d) && d.exists ? s : SPAN_NONE;
}

int64_t
health_number(struct span s)
{
	int64_t v = 0;

	if (s.len > DIGITS)
		return RECORD_NO_NUMBER;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_digit(s.ptr[i]))
			return RECORD_NO_NUMBER;
		v = v * 10 + s.ptr[i] - '0';
	}
	return v > 0 ? v : RECORD_NO_NUMBER;
}
