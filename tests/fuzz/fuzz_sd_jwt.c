/* fuzz_sd_jwt.c - payloads with digests, and what is disclosed for them.
 *
 * The first line is a payload, in which #0 to #9 stand for the digests of the lines behind it; each of those is
 * disclosed.  What is left when all went well has nothing of the digests in it.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/vc/disclose/sd_jwt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 16 << 20, LINES = 10, ROOM = 1 << 20 };

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

/* Every part knows its parent, and none is a digest's. */
static void
demand_whole(const struct node *n)
{
	size_t count = 0;

	for (const struct node *c = n->kind >= NODE_LIST ? n->child : NULL; c; c = c->next) {
		demand(c->parent == n);
		demand((n->kind == NODE_MAP) == (c->key_kind == KEY_TEXT));
		demand(n->kind != NODE_MAP || !(span_is(c->key, "_sd") || span_is(c->key, "...")));
		demand_whole(c);
		count++;
	}
	demand(n->kind < NODE_LIST || count == n->size);
}

/* With its digests in it; those of lines that hold marks themselves are of these as they stand. */
static struct span
fill(struct work *w, struct span text, const struct span *digests)
{
	struct buf b = buf_in(w->arena, ROOM);

	for (size_t i = 0; i < text.len; i++) {
		size_t mark = i + 1 < text.len ? (size_t)text.ptr[i + 1] - '0' : LINES;

		if (text.ptr[i] != '#' || mark >= LINES || !digests[mark].ptr)
			buf_char(&b, (char)text.ptr[i]);
		else
			i++, buf_add(&b, digests[mark]);
	}
	return buf_span(&b);
}

static int
digest_line(struct work *w, struct span line, struct buf *all, struct span *digest)
{
	struct buf b = buf_in(w->arena, ROOM), d = buf_in(w->arena, 64);
	uint8_t hash[32];

	base64url_encode(&b, line);
	buf_add(all, buf_span(&b));
	buf_char(all, '~');
	int r = b.error ? b.error : digest_of(w->kit, DIGEST_SHA256, buf_span(&b), hash);
	if (r != 0)
		return r;
	base64url_encode(&d, (struct span){ hash, sizeof(hash) });
	*digest = buf_span(&d);
	return d.error;
}

/* The last line first: those in front of it may have its digest. */
static int
build(struct work *w, struct span in, struct span *payload, struct span *text)
{
	struct span lines[LINES + 1], digests[LINES] = { SPAN_NONE };
	struct buf all = buf_in(w->arena, ROOM);
	size_t count = 0;
	int r = 0;

	while (count < LINES + 1 && span_split(&in, '\n', &lines[count]))
		count++;
	buf_str(&all, "a.b.c~");
	for (size_t i = count; i-- > 1 && r == 0;)
		r = digest_line(w, fill(w, lines[i], digests), &all, &digests[i - 1]);
	*payload = count > 0 ? fill(w, lines[0], digests) : SPAN_LIT("");
	*text = buf_span(&all);
	return r ? r : all.error;
}

static void
try(struct work *w, struct span in)
{
	const struct node *payload = NULL, *out = NULL;
	struct span json, text;
	struct sd_jwt sd;

	if (build(w, in, &json, &text) != 0 || node_from_json(w, json, "fuzz", &payload) != 0 ||
		!payload || payload->kind != NODE_MAP)
		return;
	demand(sd_jwt_looks_like(text));
	sd_jwt_cut(text, &sd);
	if (sd_jwt_unfold(w, &sd, payload, "fuzz", &out) != 0)
		return;
	demand((out != NULL) != report_failed(w->report));
	if (out)
		demand_whole(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new(MEMORY);
	struct report report;

	if (!kit)
		kit = kit_new();
	if (a && kit) {
		struct work w = { a, &report, &limits_default, kit, 0 };

		report_begin(&report, a);
		try(&w, (struct span){ data, size });
	}
	arena_free(a);
	return 0;
}
