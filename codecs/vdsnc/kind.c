/* kind.c - is this JSON a seal?  Told by the names of its members alone, found without reading it as a tree. */
#include "codecs/vdsnc/vdsnc.h"

static size_t
skip_blanks(struct span in, size_t at)
{
	while (at < in.len && (in.ptr[at] == ' ' || (in.ptr[at] >= '\t' && in.ptr[at] <= '\r')))
		at++;
	return at;
}

/* From behind an opening quote to behind the closing one. */
static size_t
string_end(struct span in, size_t at)
{
	while (at < in.len && in.ptr[at] != '"')
		at += in.ptr[at] == '\\' ? 2 : 1;
	return at < in.len ? at + 1 : in.len;
}

struct name {
	struct span text;
	unsigned depth; /* of the object that it is a member of; the outermost is 1 */
};

/* The next name of a member, at any depth. */
static bool
next_name(struct cursor *c, unsigned *depth, struct name *out)
{
	while (c->at < c->all.len) {
		uint8_t byte = c->all.ptr[c->at++];
		if (byte == '{' || byte == '[')
			++*depth;
		else if (byte == '}' || byte == ']')
			--*depth;
		if (byte != '"')
			continue;
		size_t from = c->at, end = string_end(c->all, from);
		size_t colon = skip_blanks(c->all, end);
		c->at = end;
		if (colon >= c->all.len || c->all.ptr[colon] != ':')
			continue;
		*out = (struct name){ span_slice(c->all, from, end - from - 1), *depth };
		return true;
	}
	return false;
}

bool
vds_detect(struct span in)
{
	size_t first = in.len > 0 && in.ptr[0] == '[' ? skip_blanks(in, 1) : 0;
	unsigned depth = 0, base = first > 0 ? 2 : 1;
	struct cursor c = cursor_over(in);
	struct name name;
	bool in_data = false, in_sig = false;

	if (first >= in.len || in.ptr[first] != '{')
		return false;
	while (next_name(&c, &depth, &name)) {
		if (name.depth == base) {
			in_data = span_is(name.text, "data");
			in_sig = span_is(name.text, "sig");
		} else if (name.depth != base + 1) {
			continue;
		} else if (in_data && (span_is(name.text, "hdr") || span_is(name.text, "msg"))) {
			return true;
		} else if (in_sig && (span_is(name.text, "sigvl") || span_is(name.text, "cer"))) {
			return true;
		}
	}
	return false;
}
