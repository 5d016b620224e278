/* values.h - days and numbers of doses, as credentials of either kind write them. */
#ifndef VC_HEALTH_VALUES_H
#define VC_HEALTH_VALUES_H

#include "codecs/base/span.h"

/* YYYY, YYYY-MM or YYYY-MM-DD of the calendar; a time of day behind it is dropped.  SPAN_NONE for anything else. */
struct span health_day(struct span s);
/* 1 to 999 in decimal digits; RECORD_NO_NUMBER for anything else. */
int64_t     health_number(struct span s);

#endif
