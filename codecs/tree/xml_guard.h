/* xml_guard.h - what is refused before libxml2 sees a byte; for this folder alone. */
#ifndef TREE_XML_GUARD_H
#define TREE_XML_GUARD_H

#include "codecs/tree/build.h"

/* False once it has stopped the build: not UTF-8 or declared as something else, a DOCTYPE, an element with more
 * attributes or a longer name than the limits allow, markup that does not end.  *clean: what the parser may see, of
 * the same length; the input itself but for blanks in place of a catalogue's processing instruction. */
bool xml_guard(struct build *b, struct span *clean);

#endif
