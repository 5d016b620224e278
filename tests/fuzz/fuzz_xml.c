/* fuzz_xml.c - XML of any bytes; a tree holds no DOCTYPE's work, and every element's raw bytes begin with its tag. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/node_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct node *n)
{
	for (; n; n = n->next) {
		if (n->key_kind != KEY_TEXT || (n->kind != NODE_MAP && n->kind != NODE_TEXT))
			abort();
		if (n->kind == NODE_MAP && (n->raw.len < 4 || n->raw.ptr[0] != '<' ||
						   n->raw.ptr[n->raw.len - 1] != '>'))
			abort();
		check(n->child); /* as deep as the limit xml.depth */
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	struct buf text = buf_in(a, (size_t)1 << 20);
	const struct node *n = NULL;

	if (!kit)
		w.kit = kit = kit_new();
	report_begin(&report, a);
	if (node_from_xml(&w, (struct span){ data, size }, "fuzz", &n) == 0) {
		if ((n == NULL) != report_failed(&report))
			abort();
		check(n);
		if (n)
			node_to_json(&text, n);
	}
	arena_free(a);
	return 0;
}
