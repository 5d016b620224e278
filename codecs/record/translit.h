/* translit.h - names as the machine readable zone writes them (ICAO Doc 9303-3, 4.6 and section 6): A to Z and <.
 *
 * Latin with diacritics, Cyrillic and Arabic by the tables of the document, Greek by ELOT 743 (ISO 843), which Greece and
 * Cyprus use.  Nothing is guessed: of a name with a letter in no table there is no transliteration.
 */
#ifndef RECORD_TRANSLIT_H
#define RECORD_TRANSLIT_H

#include "codecs/base/buf.h"

/* Writes the name behind what is in b: blanks and hyphens as one <, apostrophes and other marks left out.  False: it is no
 * UTF-8, has a letter or digit without a transliteration, or has no letter; then what b holds is of no use.  b->error stays
 * the caller's to ask. */
bool translit_name(struct buf *b, struct span name);
/* Whether it is one already: not empty, A to Z and < alone. */
bool translit_is(struct span s);

#endif
