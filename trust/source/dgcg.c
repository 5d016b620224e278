/* dgcg.c - the EU gateway's trust list: JSON items that carry a certificate each and a CMS around it.
 *
 * DSC items are signers.  With the gateway's trust anchor as pin every DSC must come
 * from a CSCA and have been uploaded under an UPLOAD certificate of its country that
 * the anchor has signed.  The same items wrapped in an object with "certificates"
 * are read too, as several states re-publish them.
 */
#include "trust/source/items.h"

static bool
detect(const struct trust_input *in)
{
	struct span text = span_trim(in->files[0].bytes);

	return text.len > 0 && (text.ptr[0] == '[' || text.ptr[0] == '{') &&
	       list_mentions(in, "\"rawData\"");
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	return items_read(w, in, list_whole(in), true, b);
}

const struct trust_source dgcg_source = {
	.kind = "dgcg",
	.title = "EU Digital COVID Certificate Gateway trust list (items with CMS)",
	.files = 1,
	.takes_pin = true,
	.takes_anchors = true,
	.serves = SERVES_DCC,
	.detect = detect,
	.read = read,
};
