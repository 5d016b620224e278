/* eu_codes.h - codes of a record in the value sets of the EU DCC. */
#ifndef HCERT_EMIT_EU_CODES_H
#define HCERT_EMIT_EU_CODES_H

#include "codecs/record/valueset.h"

/* A code of the EU's, and how it was come by. */
struct eu_code {
	struct span      code;
	enum equivalence map;  /* MAP_NONE: it is the source's own */
	struct span      from; /* what was mapped; empty for the source's own */
};

/* Through the source's own code, what that was mapped to, or its words; `whole`: the source is an EU DCC, whose codes are
 * kept although the value set may not know them (sets change).  Only what means the same or less is taken.  False: none. */
bool eu_code_of(enum valueset set, const struct coded *c, bool whole, struct eu_code *out);
/* tg, the disease or agent: of a test an agent stands for its disease, told as inexact. */
bool eu_disease(const struct event *v, bool whole, struct eu_code *out);
/* mp, vp and ma of a vaccination.  The product by its own code or by the only product of its class; the prophylaxis by its
 * own code, by class, or as the encoding instructions give it for the product, as the holder, too. */
bool eu_product(const struct event *v, bool whole, struct eu_code *out);
bool eu_prophylaxis(const struct event *v, bool whole, const struct eu_code *product, struct eu_code *out);
bool eu_holder(const struct event *v, bool whole, const struct eu_code *product, struct eu_code *out);

#endif
