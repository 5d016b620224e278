/* fuzz_cbor.c - CBOR of any bytes: what is read is written deterministically, and that is a fixed point. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct node *
read_again(struct work *w, struct span in)
{
	const struct node *n = NULL;

	if (node_from_cbor(w, in, "fuzz", &n) < 0)
		return NULL;
	if ((n == NULL) != report_failed(w->report))
		abort();
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	struct buf first = buf_in(a, (size_t)1 << 20), second = first, json = first;
	const struct node *n, *again;

	if (!kit)
		w.kit = kit = kit_new();
	report_begin(&report, a);
	n = read_again(&w, (struct span){ data, size });
	if (n) {
		node_to_json(&json, n);
		cborw_node(&first, n);
		if (first.error)
			abort();
		again = read_again(&w, buf_span(&first));
		if (again) { /* else the arena is spent */
			cborw_node(&second, again);
			if (!node_equal(n, again) || !span_eq(buf_span(&first), buf_span(&second)))
				abort();
		} else if (report_failed(&report)) {
			abort();
		}
	}
	arena_free(a);
	return 0;
}
