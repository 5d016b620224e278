/* fuzz_inflate.c - DEFLATE of any bytes, small bounds and ratios: what comes out is within both, and packs again.
 *
 * The first three bytes choose the form, the bound and the ratio.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
pack_again(struct work *w, struct span in)
{
	struct span packed, out;
	enum inflate_result result;
	struct limits loose = limits_default;

	loose.inflate_ratio = 2000;
	w->limits = &loose;
	demand(deflate_zlib(w, in, &packed) == 0);
	demand(inflate_zlib(w, packed, in.len, &out, &result) == 0);
	demand(result == INFLATE_OK && span_eq(in, out));
}

static void
unpack(struct work *w, struct span in, size_t max, bool raw)
{
	struct span out = { NULL, 1 };
	enum inflate_result result;
	size_t used = arena_used(w->arena);

	demand((raw ? inflate_raw : inflate_zlib)(w, in, max, &out, &result) == 0);
	demand((result == INFLATE_OK) == (out.ptr != NULL));
	if (result != INFLATE_OK) {
		demand(arena_used(w->arena) == used);
		return;
	}
	demand(out.len <= max && out.len <= in.len * w->limits->inflate_ratio);
	pack_again(w, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct limits limits = limits_default;

	if (!kit)
		kit = kit_new();
	if (size > 3 && a && kit) {
		struct work w = { a, &report, &limits, kit, 0 };
		report_begin(&report, a);
		limits.inflate_ratio = data[2] + 1u;
		unpack(&w, span_from((struct span){ data, size }, 3), (size_t)data[1] * data[1],
			data[0] & 1);
	}
	arena_free(a);
	return 0;
}
