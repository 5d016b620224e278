/* fuzz_fhir.c - FHIR of any bytes, as JSON and as XML: what one form could be made of, the other can be made of
 * again, and from then on nothing changes any more. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/fhir/fhir.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

/* A limit may be met on the way (the other form is larger or deeper), or memory be spent. */
static bool
over_limit(const struct work *w, int r)
{
	return r == -ENOBUFS || w->report->checks[CHECK_FORMAT].reason == REASON_INPUT_TOO_LARGE;
}

static struct span
as_xml(struct work *w, struct span json)
{
	const struct node *n = NULL;
	struct span out = SPAN_NONE;
	int r = node_from_json(w, json, "json", &n);

	if (r == 0 && n)
		r = fhir_to_xml(w, n, "json", &out);
	must(r == 0 || r == -ENOBUFS);
	must(!out.ptr == (report_failed(w->report) || r != 0));
	return out;
}

static struct span
as_json(struct work *w, struct span xml)
{
	const struct node *n = NULL;
	struct span out = SPAN_NONE;
	int r = node_from_xml(w, xml, "xml", &n);

	if (r == 0 && n)
		r = fhir_to_json(w, n, "xml", &out);
	must(r == 0 || r == -ENOBUFS);
	must(!out.ptr == (report_failed(w->report) || r != 0));
	return out;
}

static void
there_and_back(struct work *w, struct span xml)
{
	struct span json = as_json(w, xml);

	if (!json.ptr) {
		must(over_limit(w, report_failed(w->report) ? 0 : -ENOBUFS));
		return;
	}
	struct span again = as_xml(w, json);
	if (again.ptr)
		must(span_eq(again, xml));
	else
		must(over_limit(w, report_failed(w->report) ? 0 : -ENOBUFS));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)32 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	struct span in = { data, size }, xml, json;

	if (!kit)
		w.kit = kit = kit_new();
	report_begin(&report, a);
	if (size > 0 && data[0] == '<') {
		json = as_json(&w, in);
		xml = json.ptr ? as_xml(&w, json) : SPAN_NONE;
		if (json.ptr && !xml.ptr)
			must(over_limit(&w, report_failed(&report) ? 0 : -ENOBUFS));
	} else {
		xml = as_xml(&w, in);
	}
	if (xml.ptr)
		there_and_back(&w, xml);
	arena_free(a);
	return 0;
}
