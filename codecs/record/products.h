/* products.h - the WHO's prequalified vaccines, as international certificates of vaccination (ICVP) name them.
 *
 * There are two lists under one system URL without a common code: that of the ICVP guide 0.3.0, and that of 2026.
 * Both are read; where one product stands in both, each entry names the other.
 */
#ifndef RECORD_PRODUCTS_H
#define RECORD_PRODUCTS_H

#include "codecs/record/record.h"

#define PRODUCT_SYSTEM      "http://smart.who.int/pcmt-vaxprequal/CodeSystem/PreQualProductIds"
#define PRODUCT_TYPE_SYSTEM "http://smart.who.int/pcmt-vaxprequal/CodeSystem/PreQualVaccineType"

enum product_disease { PRODUCT_OTHER, PRODUCT_YELLOW_FEVER, PRODUCT_POLIO };

struct product {
	struct span          code, type; /* type: as the list of 2026 abbreviates it: "YF", "bOPV" */
	enum product_disease disease;
	struct span          brand, maker; /* brand: empty where the list gives none */
	int64_t              doses; /* a container */
	struct span          since; /* of prequalification, YYYY-MM-DD */
	struct span          twin;  /* the same product's code in the other list; empty: not known to be there */
};

/* NULL: in neither list. */
const struct product *product_named(struct span code);
/* The disease as a normalised value (SNOMED CT); false for PRODUCT_OTHER. */
bool product_disease(enum product_disease disease, struct coded *out);

#endif
