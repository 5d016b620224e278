/* health.c - see health.h. */
#include "codecs/vc/health/health.h"

#include "codecs/jsonld/contexts.h"
#include "codecs/vc/proof.h"

#include <errno.h>

bool
health_is(const struct node *credential)
{
	return divoc_is(credential) || vocab_is(credential);
}

/* DIVOC's members are read by name: what they say must be stated, too. */
static int
check_stated(struct work *w, const struct node *credential, const char *layer, bool *stated)
{
	struct jsonld_options o = {
		.loader = vc_contexts(w->kit), .safe = true, .loose = true, .layer = layer
	};
	struct rdf_dataset d = rdf_dataset_in(w, true);
	struct jsonld_outcome outcome = { JSONLD_FINE };

	if (!o.loader)
		return -ENOMEM;
	int r = jsonld_to_rdf(w, &o, credential, &outcome, &d);
	if (r != 0 || d.error)
		return r != 0 ? r : d.error;
	*stated = outcome.code == JSONLD_FINE && !d.full && !report_failed(w->report) &&
		  vc_subject_stated(w, credential, layer, &d);
	return 0;
}

int
health_normalise(
	struct work *w, const struct node *credential, const char *layer, struct record *out)
{
	bool stated = false;

	if (!divoc_is(credential))
		return vocab_is(credential) ? vocab_normalise(w, credential, layer, out) : 0;
	int r = check_stated(w, credential, layer, &stated);
	return r != 0 || !stated ? r : divoc_normalise(w, credential, layer, out);
}
