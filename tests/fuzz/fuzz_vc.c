/* fuzz_vc.c - credentials of any bytes: archives, content into the record, lists of status, presentations.
 *
 * The first byte chooses.  What an archive gives is what its headers say; what is read into a record comes without
 * any fault reported.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/vc/health/health.h"
#include "codecs/vc/present/present.h"
#include "codecs/vc/proof.h"
#include "codecs/vc/status.h"
#include "codecs/vc/zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 8 << 20, FILE_MAX = 65536 };

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
unzip(struct work *w, struct span in)
{
	static const struct zip_rules rules = { "zip", "a", "vc.unpacked", FILE_MAX };
	struct span file = SPAN_NONE;

	if (zip_only_file(w, in, &rules, &file) != 0)
		return;
	demand((file.ptr != NULL) != report_failed(w->report));
	demand(file.len <= FILE_MAX);
}

static void
read_record(struct work *w, const struct node *doc)
{
	struct record out;

	record_init(&out);
	if (health_normalise(w, doc, "fuzz", &out) != 0)
		return;
	demand(out.event_count == 0 || !report_failed(w->report));
}

static void
look_up(struct work *w, const struct node *doc)
{
	struct vc_status entries[VC_STATUS_MAX];
	struct vc_status_answer is;
	const struct node *strange;
	size_t count;

	vc_status_read(node_get(doc, "credentialStatus"), entries, &count, &strange);
	demand(count <= VC_STATUS_MAX);
	for (size_t i = 0; i < count; i++)
		if (vc_status_look_up(w, &entries[i], doc, &is) == 0)
			demand((is.bit == VC_BIT_UNKNOWN) == (is.why != REASON_NONE));
}

/* What a proof covers is known, or why it is not. */
static void
present(struct work *w, struct span in)
{
	struct vc_asked asked = { SPAN_NONE, SPAN_NONE };
	struct vc_present p = { 0 };
	bool ok = false;

	if (vc_present_read(w, in, &asked, &p, &ok) != 0)
		return;
	demand(ok != (w->report->checks[w->report->running].status >= STATUS_UNKNOWN));
	demand(!ok || (p.proof.signed_bytes.len >= 64 && (p.did.len > 0) != (p.key != NULL)));
}

/* The same of a credential's only proof. */
static void
cover(struct work *w, const struct node *doc)
{
	struct vc_covered c = { 0 };
	struct vc_proof p = { 0 };
	bool ok = false;

	if (vc_proof_read(w, node_get(doc, "proof") ? node_get(doc, "proof") : doc, "fuzz", &p,
		    &ok) != 0 ||
		!ok || !p.suite)
		return;
	if (vc_proof_cover(w, doc, &p, &c, &ok) != 0)
		return;
	demand(ok != report_failed(w->report));
	demand(!ok || c.signed_bytes.len >= 64);
}

/* The first byte, of those that are shown JSON. */
static void
look(struct work *w, uint8_t way, const struct node *doc)
{
	if (way == 'S')
		look_up(w, doc);
	else if (way == 'C')
		cover(w, doc);
	else
		read_record(w, doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new(MEMORY);
	const struct node *doc = NULL;
	struct report report;

	if (!kit)
		kit = kit_new();
	if (size > 1 && a && kit) {
		struct work w = { a, &report, &limits_default, kit, 0 };
		struct span in = { &data[1], size - 1 };
		report_begin(&report, a);
		if (data[0] == 'P')
			unzip(&w, in);
		else if (data[0] == 'H')
			present(&w, in);
		else if (node_from_json(&w, in, "fuzz", &doc) == 0 && doc)
			look(&w, data[0], doc);
	}
	arena_free(a);
	return 0;
}
