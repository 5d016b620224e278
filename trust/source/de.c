/* de.c - the German app's list: a signature on the first line, the EU gateway's items behind it.
 *
 * The signature is raw r||s by the pinned P-256 key over every byte after the first
 * line feed.
 */
#include "trust/source/items.h"

enum { SIGNATURE = 64, LINE_MAX_LOOKED_AT = 200, LINE_MIN = 80 };

static bool
detect(const struct trust_input *in)
{
	struct span text = in->files[0].bytes;
	size_t line = span_find(span_slice(text, 0, LINE_MAX_LOOKED_AT), '\n');

	return line >= LINE_MIN && line < LINE_MAX_LOOKED_AT && text.len > line + 1 &&
	       text.ptr[line + 1] == '{' && list_mentions(in, "\"certificates\"");
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct list_text whole = list_whole(in), body = whole;
	size_t line = span_find(whole.text, '\n');
	struct proof p = { .alg = SIG_ES256, .accept = SIG_BIT(SIG_ES256) };
	int r = list_base64(w, span_slice(whole.text, 0, line), &p.signature);

	if (r != 0)
		return r;
	if (line == whole.text.len || p.signature.len != SIGNATURE) {
		builder_fault(
			b, "the first line is no signature of 64 bytes in base64", whole.file, 0);
		return 0;
	}
	body.base = line + 1;
	body.text = p.signed_bytes = span_from(whole.text, line + 1);
	if (in->pin.len > 0)
		r = list_check_pin(w, in, &p,
			"the signature in the first line is not by the pinned key", whole.file, b);
	return r != 0 || builder_faulty(b) ? r : items_read(w, in, body, false, b);
}

const struct trust_source de_source = {
	.kind = "de",
	.title = "German app's list (signature line and JSON)",
	.files = 1,
	.takes_pin = true,
	.takes_anchors = true,
	.serves = SERVES_DCC,
	.detect = detect,
	.read = read,
};
