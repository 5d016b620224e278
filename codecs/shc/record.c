/* record.c - a card in the common record: patient, vaccinations, results. */
#include "codecs/shc/shc.h"

#include "codecs/record/record.h"

int
shc_normalise(struct work *w, const struct credential *c, struct record *out)
{
	(void)w;
	out->certificate.issuer = c->proofs[0].hint.issuer;
	out->certificate.from = c->not_before;
	out->certificate.until = c->not_after;
	return 0;
}
