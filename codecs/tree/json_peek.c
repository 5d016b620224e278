/* json_peek.c - see json_peek.h. */
#include "codecs/tree/json_peek.h"

size_t
json_peek_blanks(struct span in, size_t at)
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

bool
json_peek_next(struct json_peek *p, struct span *name, struct span *value)
{
	struct cursor *c = &p->c;

	while (c->at < c->all.len) {
		uint8_t byte = c->all.ptr[c->at++];
		if (byte == '{' || byte == '[')
			++p->depth;
		else if (byte == '}' || byte == ']')
			--p->depth;
		if (byte != '"')
			continue;
		size_t from = c->at, end = string_end(c->all, from);
		size_t colon = json_peek_blanks(c->all, end);
		c->at = end;
		if (colon >= c->all.len || c->all.ptr[colon] != ':')
			continue;
		c->at = json_peek_blanks(c->all, colon + 1);
		*name = span_slice(c->all, from, end - from - 1);
		*value = span_from(c->all, c->at);
		return true;
	}
	return false;
}
