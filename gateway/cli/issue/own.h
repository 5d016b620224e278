/* own.h - our own lists of status for a command that verifies: made from the log, when a certificate of ours names one. */
#ifndef CLI_OWN_H
#define CLI_OWN_H

#include "trust/web.h"

struct own_lists;
struct session;

/* For struct verify; NULL where the configuration names no address, keys and log of ours.  Nothing is opened before a
 * certificate asks for it; what can't be opened then is as if there were nothing. */
const struct at_hand *own_at_hand(struct session *s);
void                  own_close(struct own_lists *o); /* NULL is allowed */

#endif
