/* canonise.c - from a JSON-LD document to the text that is hashed.
 *
 * Contexts are those built in, made ready once a thread, or what the threads share;
 * none is fetched.  A word that none of them defines would not
 * be signed, so it is a fault.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/canon.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/vc/proof.h"

#include <errno.h>

static void *
make(bool tests)
{
	struct jsonld_contexts *c = NULL;

	if (jsonld_contexts_new(tests, &c) != 0 || jsonld_contexts_finish(c) == 0)
		return c;
	jsonld_contexts_free(c);
	return NULL;
}

static void *
make_known(void)
{
	return make(false);
}

static void *
make_tests(void)
{
	return make(true);
}

static void
drop(void *c)
{
	jsonld_contexts_free(c);
}

void
vc_contexts_share(struct kit *kit, struct jsonld_contexts *c)
{
	kit_share(kit, KIT_CONTEXTS, c);
}

int
vc_contexts_for_tests(struct kit *kit)
{
	return kit_get(kit, KIT_CONTEXTS, make_tests, drop) ? 0 : -ENOMEM;
}

const struct jsonld_loader *
vc_contexts(struct kit *kit)
{
	const struct jsonld_contexts *c = kit_get(kit, KIT_CONTEXTS, make_known, drop);

	return c ? jsonld_contexts_loader(c) : NULL;
}

int
vc_canonise(struct work *w, const struct vc_statements *s, struct canon *out, bool *ok)
{
	struct canon_rules rules = { s->digest, s->legacy ? NQUADS_LEGACY : NQUADS_CANONICAL };
	struct jsonld_options o = {
		.loader = vc_contexts(w->kit), .safe = true, .loose = s->legacy, .layer = s->layer
	};
	struct rdf_dataset *d = ARENA_NEW(w->arena, struct rdf_dataset);
	struct jsonld_outcome outcome = { JSONLD_FINE };

	*ok = false;
	if (!o.loader || !d)
		return d ? -ENOMEM : arena_error(w->arena);
	*d = rdf_dataset_in(w, true);
	int r = jsonld_to_rdf(w, &o, s->document, &outcome, d);
	if (r != 0 || d->error)
		return r != 0 ? r : d->error;
	if (outcome.code != JSONLD_FINE || d->full || report_failed(w->report))
		return 0;
	if (s->made)
		*s->made = d;
	return canon_dataset(w, d, rules, out, ok);
}
