/* puny.h - is what stands behind "xn--" the one right spelling of a label in letters beyond ASCII? */
#ifndef NET_PUNY_H
#define NET_PUNY_H

#include "codecs/base/span.h"

/* RFC 3492 decodes it to at least one character beyond ASCII, and every such character is a small letter or an
 * ideograph of the scripts in puny.c, where no rule of RFC 5891 to 5893 depends on its neighbours. */
bool puny_label(struct span s);

#endif
