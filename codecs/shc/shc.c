/* shc.c - SMART Health Cards as a codec: the forms that they come in, down to one compact JWS.
 *
 * The forms that hold several cards are split first; decode takes one that holds
 * a single card, too.
 */
#include "codecs/shc/shc.h"

#include "codecs/base/arena.h"

static bool
detect(struct span in)
{
	return shc_kind_of(in) != KIND_NONE;
}

/* What is at fault stays whole: decode says so, in a report of its own. */
static int
split(struct work *w, struct span in, struct span **entries, size_t *count)
{
	enum shc_kind kind = shc_kind_of(in);
	struct report unread;
	struct work own = *w;

	*count = 0;
	if (kind == KIND_NUMERIC)
		return shc_numeric_split(w, in, entries, count);
	if (kind != KIND_FILE && kind != KIND_PARAMETERS && kind != KIND_DEEP_LINK)
		return 0;
	own.report = &unread;
	report_begin(&unread, w->arena);
	return shc_file_cards(&own, in, kind, entries, count);
}

static int
only_card(struct work *w, struct span in, enum shc_kind kind, struct span *jws)
{
	struct span *cards = NULL;
	size_t count = 0;
	int r = shc_file_cards(w, in, kind, &cards, &count);

	*jws = SPAN_NONE;
	if (r == 0 && count == 1)
		*jws = cards[0];
	else if (r == 0 && count > 1)
		report_fail(w->report, REASON_SHC_SEVERAL, PLACE_AT(SHC_LAYER_FILE, 0));
	return r;
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	enum shc_kind kind = shc_kind_of(in);
	struct span jws = in;
	int r = 0;

	out->scheme = SHC_SCHEME;
	if (kind == KIND_UNSIGNED) {
		report_fail(w->report, REASON_SHC_UNSIGNED, PLACE_AT("input", 0));
		return 0;
	}
	if (kind == KIND_NUMERIC) {
		r = shc_numeric(w, in, &jws);
		out->layers[out->layer_count++] = (struct layer){ SHC_LAYER_CODE, in, NULL };
	} else if (kind != KIND_JWS) {
		r = only_card(w, in, kind, &jws);
		out->layers[out->layer_count++] = (struct layer){ SHC_LAYER_FILE, in, NULL };
	}
	if (r != 0 || !jws.ptr)
		return r;
	return shc_card_decode(w, jws, out);
}

static const struct scheme schemes[] = {
	{ SHC_SCHEME, "SMART Health Card", TRUST_SHC },
	{ 0 },
};

const struct codec shc_codec = {
	.name = "shc",
	.schemes = schemes,
	.bare = true,
	.detect = detect,
	.split = split,
	.decode = decode,
	.check = shc_check,
	.normalise = shc_normalise,
};
