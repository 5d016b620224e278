/* own.h - the demo gateway's own keys and log. */
#ifndef CLI_DEMO_OWN_H
#define CLI_DEMO_OWN_H

struct demo;

/* Makes the keys, where there are none.  0 or a negative errno. */
int demo_own(struct demo *d);
extern const char demo_own_config[]; /* the sections of vidimus.conf that name them */

#endif
