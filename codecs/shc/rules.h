/* rules.h - the issuer's rules, told as notes; for this folder alone. */
#ifndef SHC_RULES_H
#define SHC_RULES_H

#include "codecs/shc/fhir.h"
#include "codecs/shc/shc.h"

/* "Health cards are small" (framework 1.4.0): what a card that goes into a QR code leaves out, and how its entries
 * refer to each other. */
int shc_note_bulk(struct work *w, const struct node *bundle, const struct fhir_urls *urls);
/* Blanks between the tokens of the payload. */
void shc_note_blanks(struct work *w, struct span json);
/* The profiles of the Vaccination & Testing guide (1.0.0), where the bundle holds a vaccination or a result. */
void shc_note_profile(struct work *w, const struct node *bundle);

#endif
