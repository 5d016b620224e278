/* words.h - a translation in plain words: what is written as what, or why it is not. */
#ifndef CLI_DEMO_PAIRS_WORDS_H
#define CLI_DEMO_PAIRS_WORDS_H

#include "gateway/attest/attest.h"

/* what: the source, "a vaccination of the EU"; a: what came of it. */
void pair_title(struct buf *b, const char *what, const struct attest *a);

#endif
