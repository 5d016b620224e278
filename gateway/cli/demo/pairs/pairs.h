/* pairs.h - the cases of what was verified and is written in another form: each of a scheme's kinds in every form. */
#ifndef CLI_DEMO_PAIRS_H
#define CLI_DEMO_PAIRS_H

struct demo;

/* The suite "translate", of cases that were written before it, whose inputs and lists it shares.  0 or a negative errno;
 * what is wrong with a translation goes to standard error, and is -EIO. */
int demo_pairs(struct demo *d);

#endif
