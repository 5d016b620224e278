/* fuzz_lists.c - every kind of trust list and the configuration, of any bytes. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "config/config.h"
#include "trust/source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
list(struct kit *kit, struct span bytes, struct span kind)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 1796126400 };
	size_t half = span_find(bytes, 0);
	struct trust_file files[2] = { { SPAN_LIT("AQ/list"), span_slice(bytes, 0, half) },
		{ SPAN_LIT("signature"), span_from(bytes, half) } };
	struct trust_input in = { .name = SPAN_LIT("fuzz"),
		.kind = kind,
		.files = files,
		.file_count = 2,
		.pin = half < bytes.len ? files[1].bytes : SPAN_NONE,
		.read_at = TIME_NONE };
	struct trust *t;

	files[0].bytes = kind.len > 0 ? bytes : files[0].bytes;
	report_begin(&report, a);
	if (trust_build(&w, &in, 1, &t) == 0) {
		const struct trust_source_info *s = trust_source_at(t, 0);
		if (s->fault && trust_key_count(t) > 0)
			abort(); /* a list at fault gives nothing */
		trust_unref(t);
	}
	arena_free(a);
}

static void
configuration(struct span text)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct config c;
	struct config_fault *faults;
	size_t count;

	config_read(a, text, NULL, &c, &faults, &count);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct span rest = { data + 1, size - 1 };
	const struct trust_source *kind;

	if (!kit)
		kit = kit_new();
	if (size < 2)
		return 0;
	kind = trust_source_kind_at(data[0] % 8);
	if (kind)
		list(kit, rest, span_of(kind->kind));
	else if (data[0] % 8 == 7)
		configuration(rest);
	else
		list(kit, rest, SPAN_NONE);
	return 0;
}
