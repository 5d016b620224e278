/* de.c - the German app's list: a signature on the first line, the EU gateway's items behind it.
 *
 * The signature is raw r||s by the pinned P-256 key over every byte after the first
 * line feed.
 */
#include "trust/source/items.h"

static bool
detect(const struct trust_input *in)
{
	struct span text = in->files[0].bytes;
	size_t line = span_find(span_slice(text, 0, 200), '\n');

	return line >= 80 && line < 200 && text.len > line + 1 && text.ptr[line + 1] == '{' &&
	       list_mentions(in, "\"certificates\"");
}

static int
check_signature(struct work *w, const struct trust_input *in, struct span signature,
	struct span body, struct trust_builder *b)
{
	struct proof p = { .alg = SIG_ES256,
		.accept = SIG_BIT(SIG_ES256),
		.signed_bytes = body,
		.signature = signature };
	enum key_result result = KEY_MISMATCH;
	struct key *key;
	int r = list_pin_key(w, in, b, &key);

	if (r == 0 && key)
		r = key_verify(key, &p, w->kit, &result);
	key_free(key);
	if (r == 0 && result != KEY_VALID)
		builder_fault(b, "the signature in the first line is not by the pinned key",
			in->files[0].name, 0);
	builder_info(b)->list_signed = r == 0 && result == KEY_VALID;
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct span body = in->files[0].bytes, line;
	int r = 0;

	span_split(&body, '\n', &line);
	struct span signature = list_base64(w, line);
	if (!body.ptr || !signature.ptr) {
		builder_fault(b, "the list has no signature line", in->files[0].name, 0);
		return 0;
	}
	if (in->pin.len > 0)
		r = check_signature(w, in, signature, body, b);
	return r != 0 || builder_info(b)->fault ? r : items_read(w, in, body, b);
}

const struct trust_source de_source = {
	.kind = "de",
	.title = "German app's list (signature line and JSON)",
	.detect = detect,
	.read = read,
};
