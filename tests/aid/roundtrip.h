/* roundtrip.h - the comparison of conformance/translate/roundtrip.h as an assertion. */
#ifndef TESTS_AID_ROUNDTRIP_H
#define TESTS_AID_ROUNDTRIP_H

#include "codecs/record/loss.h"

/* Fails the running test with the element. */
void roundtrip_check(const struct record *before, const struct loss *loss, const struct record *after);

#endif
