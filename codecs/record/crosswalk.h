/* crosswalk.h - codes of other systems: which disease they speak of, and what they are in the record's own systems. */
#ifndef RECORD_CROSSWALK_H
#define RECORD_CROSSWALK_H

#include "codecs/record/record.h"

enum code_system {
	CODES_CVX, CODES_SNOMED, CODES_ICD11, CODES_ATC, CODES_GTIN, CODES_AIR, /* vaccines */
	CODES_LOINC,  /* tests */
	CODES_RESULT, /* SNOMED CT again, as the result of a test */
	CODES_PRODUCT, /* the EU's register of medicinal products, as EU certificates name vaccines */
	CODES_SPECIMEN, /* where a sample was taken, in the words of seals or in SNOMED CT */
	CODES_TYPE, /* of prequalified vaccines, as the WHO abbreviates them: "YF" (products.h) */
	CODES_OTHER
};

/* By the system's URL, as issuers write it; never CODES_RESULT or CODES_SPECIMEN. */
enum code_system crosswalk_system(struct span url);
/* Fills in what the code is mapped to; false when nothing is known of it. */
bool crosswalk_map(enum code_system system, struct coded *c);
/* The code in another system that means the same as c, or its class: through what the source says, what it was mapped
 * to, or the one code of that system with the same class in ICD-11.  out: code, system, and in map how exact the way was.
 * False where there is none, or more than one: a brand can't be rebuilt from a class. */
bool crosswalk_to(enum code_system want, const struct coded *c, struct coded *out);
/* The disease that a vaccine protects from or a test looks for: only the normalised part is filled. */
bool crosswalk_disease(enum code_system system, struct span code, struct coded *disease);
/* What a vaccine code of ICD-11 means; SPAN_NONE when it is not known. */
struct span crosswalk_icd11(struct span code);
/* The maker's name for an MVX code; SPAN_NONE when it is not known. */
struct span crosswalk_maker(struct span mvx);

#endif
