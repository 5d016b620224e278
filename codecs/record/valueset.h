/* valueset.h - the EU's value sets: which codes there are and what they mean in words.
 *
 * Membership is no schema rule: an unknown code is a finding, and the verifier's
 * rules decide (eu-dcc-valuesets; guidelines volume 1).
 */
#ifndef RECORD_VALUESET_H
#define RECORD_VALUESET_H

#include "codecs/record/record.h"

enum valueset {
	VALUES_NONE,
	VALUES_DISEASE,
	VALUES_PROPHYLAXIS,
	VALUES_PRODUCT,
	VALUES_HOLDER,
	VALUES_TEST_TYPE,
	VALUES_TEST_RESULT,
	VALUES_TEST_DEVICE, /* the part of the list that was current; it changed weekly */
	VALUES_COUNTRY,
	VALUES_COUNT
};

/* The words for a code; SPAN_NONE when the set has no such code. */
struct span  valueset_display(enum valueset set, struct span code);
/* The code with its system and words; display stays empty when the set has no such code. */
struct coded valueset_coded(enum valueset set, struct span code);
/* The same with words that were looked up already. */
struct coded valueset_worded(enum valueset set, struct span code, struct span display);

#endif
