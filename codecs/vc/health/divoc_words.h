/* divoc_words.h - the names of vaccines, their makers, tests and results, as DIVOC credentials write them.
 *
 * They decide more than a display: the context of DIVOC gives several members one meaning, and only what a text names
 * tells which of them it is.
 */
#ifndef VC_HEALTH_DIVOC_WORDS_H
#define VC_HEALTH_DIVOC_WORDS_H

#include "codecs/record/record.h"

/* What a text may be, as bits. */
enum divoc_word {
	DIVOC_VACCINE = 1, DIVOC_MAKER = 2, DIVOC_ICD11 = 4,
	DIVOC_TEST = 8, DIVOC_RESULT = 16, DIVOC_DISEASE = 32, DIVOC_ORIGIN = 64
};
unsigned divoc_words(struct span text);

/* What the text names, beside the text itself (display): the product and, by it, the vaccine's class and disease. */
void divoc_vaccine(struct span text, struct coded *brand, struct coded *vaccine, struct coded *disease);
struct coded divoc_maker(struct span text);
/* An ICD-11 code of a vaccine with the words beside it, and the disease. */
struct coded divoc_icd11(struct span code, struct span words, struct coded *disease);
struct coded divoc_test(struct span text);
struct coded divoc_result(struct span text);
struct coded divoc_disease(struct span text);
/* Where the sample was taken. */
struct coded divoc_origin(struct span text);

#endif
