/* fuzz_jsonld.c - JSON-LD of any bytes, with the built-in contexts: expanded, flattened, compacted; and what it states
 * safely stays the same when it is written as JSON-LD and read again.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/canon.h"
#include "codecs/jsonld/contexts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 8 << 20, TEXT = 1 << 20 };

/* A piece of work of its own: a fault of one run is none of the next. */
struct fuzz {
	struct work w;
	struct report report;
	struct jsonld_options o;
};

static struct jsonld_contexts *
contexts(void)
{
	static struct jsonld_contexts *c;

	if (!c && (jsonld_contexts_new(true, &c) < 0 || jsonld_contexts_finish(c) < 0))
		abort();
	return c;
}

static void
begin(struct fuzz *f, struct arena *a, struct kit *kit)
{
	f->w = (struct work){ a, &f->report, &limits_default, kit, 0 };
	report_begin(&f->report, a);
}

/* The canonical text; SPAN_NONE: refused, too dear or out of memory. */
static struct span
statements(struct fuzz *f, const struct node *n, struct rdf_dataset *d)
{
	struct canon c = { 0 };
	bool ok = false;

	*d = rdf_dataset_in(&f->w, true);
	if (jsonld_to_rdf(&f->w, &f->o, n, NULL, d) < 0 || report_failed(&f->report))
		return SPAN_NONE;
	if (canon_dataset(&f->w, d, (struct canon_rules){ DIGEST_SHA256, NQUADS_CANONICAL }, &c,
		    &ok) < 0 ||
		!ok)
		return SPAN_NONE;
	return c.line_count ? c.text : SPAN_LIT("");
}

/* A place in a list may say that it is one: that is not kept. */
static bool
has_typed_list(const struct rdf_dataset *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (span_is(d->quads[i].o.value, RDF "List"))
			return true;
	return false;
}

static void
check_again(struct fuzz *f, const struct rdf_dataset *d, struct span want)
{
	struct buf text = buf_in(f->w.arena, TEXT);
	const struct node *n = NULL;
	struct rdf_dataset again;
	struct ld *out = NULL;
	struct span is;

	if (jsonld_from_rdf(&f->w, &f->o, d, NULL, &out) < 0 || !out)
		return;
	ld_to_json(&text, out);
	if (text.error || node_from_json(&f->w, buf_span(&text), "fuzz", &n) < 0 || !n)
		return;
	is = statements(f, n, &again);
	if (arena_error(f->w.arena) == 0 && !span_eq(is, want))
		abort();
}

static void
run_all(struct fuzz *f, const struct node *n, struct arena *a, struct kit *kit)
{
	const struct node *context = node_get(n, "@context");
	struct ld *out = NULL;

	(void)jsonld_flatten(&f->w, &f->o, n, NULL, &out);
	if (context) {
		begin(f, a, kit);
		(void)jsonld_compact(&f->w, &f->o, n, context, NULL, &out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new(MEMORY);
	const struct node *n = NULL;
	struct rdf_dataset d;
	struct span text;
	struct fuzz f = { .o = { .loader = jsonld_contexts_loader(contexts()), .layer = "fuzz" } };

	if (!kit)
		kit = kit_new();
	begin(&f, a, kit);
	if (node_from_json(&f.w, (struct span){ data, size }, "fuzz", &n) == 0 && n) {
		run_all(&f, n, a, kit);
		begin(&f, a, kit);
		f.o.safe = true;
		text = statements(&f, n, &d);
		if (text.ptr && !has_typed_list(&d))
			check_again(&f, &d, text);
	}
	arena_free(a);
	return 0;
}
