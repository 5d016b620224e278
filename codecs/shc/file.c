/* file.c - what carries several cards: a .smart-health-card file, a FHIR Parameters resource, a deep link.
 *
 * Only their JWS are taken out; each is then verified and reported on its own.
 */
#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"
#include "codecs/shc/shc.h"

/* The fragment of a deep link is the file, percent-encoded. */
static int
read_fragment(struct work *w, struct span link, struct span *out)
{
	struct span in = span_from(link, span_find(link, '#') + 1);
	struct buf b = buf_in(w->arena, SIZE_MAX);

	*out = SPAN_NONE;
	for (size_t i = 0; i < in.len; i++) {
		int c = in.ptr[i] == '%' ? ascii_escaped(in, i) : in.ptr[i];
		if (c < 0) {
			report_fail(w->report, REASON_SHC_FILE,
				PLACE_AT(SHC_LAYER_FILE, link.len - in.len + i));
			return 0;
		}
		i += in.ptr[i] == '%' ? 2 : 0;
		buf_char(&b, (char)c);
	}
	*out = buf_span(&b);
	return b.error;
}

static bool
is_card(const struct node *element, enum shc_kind kind)
{
	return kind != KIND_PARAMETERS ||
	       span_is(node_text(node_get(element, "name")), "verifiableCredential");
}

/* A string of the file's list, or a parameter's valueString; false when there is none and it was said. */
static bool
take(struct work *w, const struct node *element, enum shc_kind kind, struct span *out)
{
	*out = node_text(kind == KIND_PARAMETERS ? node_get(element, "valueString") : element);
	if (out->len == 0)
		report_fail(w->report, REASON_SHC_FILE, node_place(w, element, SHC_LAYER_FILE));
	return out->len > 0;
}

static int
collect(struct work *w, const struct node *list, enum shc_kind kind, struct span **cards,
	size_t *count)
{
	struct span *out = ARENA_ARRAY(w->arena, list->size + 1, struct span);
	size_t n = 0, max = w->limits->bundle_entries;

	if (!out)
		return arena_error(w->arena);
	for (const struct node *e = list->child; e; e = e->next) {
		if (is_card(e, kind) && !take(w, e, kind, &out[n]))
			return 0;
		n += is_card(e, kind);
	}
	if (n > max) {
		report_limit(w->report, "bundle.entries", max, node_place(w, list, SHC_LAYER_FILE));
		return 0;
	}
	if (n == 0)
		report_fail(w->report, REASON_SHC_FILE, node_place(w, list, SHC_LAYER_FILE));
	*cards = out;
	*count = n;
	return 0;
}

int
shc_file_cards(
	struct work *w, struct span text, enum shc_kind kind, struct span **cards, size_t *count)
{
	const struct node *file = NULL;
	struct span json = text;
	int r = kind == KIND_DEEP_LINK ? read_fragment(w, text, &json) : 0;

	*count = 0;
	if (r != 0 || report_failed(w->report))
		return r;
	if ((r = node_from_json(w, json, SHC_LAYER_FILE, &file)) != 0 || !file)
		return r;
	const char *name = kind == KIND_PARAMETERS ? "parameter" : "verifiableCredential";
	const struct node *list = node_get(file, name);
	if (!list || list->kind != NODE_LIST) {
		report_fail(w->report, REASON_SHC_FILE,
			node_place(w, list ? list : file, SHC_LAYER_FILE));
		return 0;
	}
	return collect(w, list, kind, cards, count);
}
