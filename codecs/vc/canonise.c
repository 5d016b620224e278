/* canonise.c - from a JSON-LD document to the text that is hashed. */
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/vc/proof.h"

int
vc_canonise(struct work *w, const struct vc_statements *s, struct canon *out, bool *ok)
{
	(void)out;
	report_unknown(w->report, REASON_VC_PROOF_SUITE, node_place(w, s->document, s->layer));
	*ok = false;
	return 0;
}
