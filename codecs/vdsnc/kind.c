/* kind.c - is this JSON a seal?  Told by the names of its members alone, found without reading it as a tree. */
#include "codecs/tree/json_peek.h"
#include "codecs/vdsnc/vdsnc.h"

bool
vds_detect(struct span in)
{
	size_t first = in.len > 0 && in.ptr[0] == '[' ? json_peek_blanks(in, 1) : 0;
	unsigned base = first > 0 ? 2 : 1;
	struct json_peek p = { cursor_over(in), 0 };
	struct span name, value;
	bool in_data = false, in_sig = false;

	if (first >= in.len || in.ptr[first] != '{')
		return false;
	while (json_peek_next(&p, &name, &value)) {
		if (p.depth == base) {
			in_data = span_is(name, "data");
			in_sig = span_is(name, "sig");
		} else if (p.depth != base + 1) {
			continue;
		} else if (in_data && (span_is(name, "hdr") || span_is(name, "msg"))) {
			return true;
		} else if (in_sig && (span_is(name, "sigvl") || span_is(name, "cer"))) {
			return true;
		}
	}
	return false;
}
