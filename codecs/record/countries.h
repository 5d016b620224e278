/* countries.h - ISO 3166-1, as far as rules need it. */
#ifndef RECORD_COUNTRIES_H
#define RECORD_COUNTRIES_H

#include "codecs/base/span.h"

/* An assigned code, or one of the exceptional ones in use: EL, UK, XK. */
bool country_known(struct span code);
/* The same country, though one writes EL and the other GR, or UK and GB. */
bool country_same(struct span a, struct span b);
/* The alpha-2 code of an alpha-3 code; any other text as it is. */
struct span country_alpha2(struct span code);
/* The alpha-3 code of an assigned alpha-2 code, or of one that the WHO's network gives to participants that are no
 * country; empty: there is none. */
struct span country_alpha3(struct span code);
/* The alpha-2 code of a state as passports write it: alpha-3, D<<, GBD, UNO, ... (ICAO Doc 9303-3, section 5), or
 * alpha-2 itself; UN and EU beside them.  Empty: none that is known. */
struct span passport_country(struct span code);
/* The other way round, as seals and passports write a state: D<< for DE, RKS for XK, UNO for UN, else alpha-3.  Empty: none. */
struct span country_passport(struct span alpha2);
/* As country_same, and with the codes that the WHO's network gives to participants that are no country: XCL is XL. */
bool participant_same(struct span a, struct span b);

#endif
