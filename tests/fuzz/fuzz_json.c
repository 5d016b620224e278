/* fuzz_json.c - JSON of any bytes: what is read, written and read again is equal, and canonical text stays as it is. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/jcs.h"
#include "codecs/tree/node_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_canonical(struct work *w, const struct node *n)
{
	struct buf b = buf_in(w->arena, (size_t)1 << 20);
	struct span again = SPAN_NONE;

	if (!jcs_write(&b, n))
		abort();
	if (!b.error && jcs_of_text(w, buf_span(&b), "jcs", &again) == 0 && again.ptr &&
		!span_eq(again, buf_span(&b)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	struct buf text = buf_in(a, (size_t)1 << 20);
	const struct node *n = NULL, *again = NULL;

	if (!kit)
		w.kit = kit = kit_new();
	report_begin(&report, a);
	if (node_from_json(&w, (struct span){ data, size }, "fuzz", &n) == 0 && n) {
		node_to_json(&text, n);
		if (!text.error && node_from_json(&w, buf_span(&text), "fuzz", &again) == 0 &&
			(!again || !node_equal(n, again)))
			abort();
		check_canonical(&w, n);
	} else if (!n && size > 0 && arena_error(a) == 0 && !report_failed(&report)) {
		abort();
	}
	arena_free(a);
	return 0;
}
