/* render_inspect.c - the layers of an input, decoded and named, without a verdict. */
#include "codecs/base/text.h"
#include "codecs/emit.h"
#include "codecs/tree/node_json.h"
#include "gateway/engine/render.h"
#include "gateway/engine/render_parts.h"

static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] > '~')
			return false;
	return s.len > 0;
}

static void
layer(struct buf *b, const struct layer *l)
{
	buf_str(b, "{\"name\":");
	buf_json(b, span_of(l->name));
	buf_str(b, ",\"size\":");
	buf_uint(b, l->bytes.len);
	if (l->tree) {
		buf_str(b, ",\"content\":");
		node_to_json(b, l->tree);
	} else if (is_text(l->bytes)) {
		buf_str(b, ",\"text\":");
		buf_json(b, l->bytes);
	} else {
		buf_str(b, ",\"hex\":\"");
		buf_hex(b, l->bytes);
		buf_char(b, '"');
	}
	buf_char(b, '}');
}

void
render_inspect(struct buf *b, const struct work *w, const struct verify *v)
{
	const struct credential *c = &v->credential;

	buf_char(b, '{');
	if (c->scheme) {
		buf_str(b, "\"scheme\":");
		buf_json(b, span_of(c->scheme));
		buf_char(b, ',');
	}
	buf_str(b, "\"layers\":[");
	for (size_t i = 0; i < c->layer_count; i++) {
		if (i > 0)
			buf_char(b, ',');
		layer(b, &c->layers[i]);
	}
	buf_str(b, "],");
	render_checks(b, w->report, CHECK_DECODE + 1);
	render_record(b, v);
	buf_char(b, '}');
}

/* Whether we write it, too. */
static bool
is_issued(const char *scheme)
{
	const struct target *t;

	for (size_t i = 0; (t = target_at(i)) != NULL; i++)
		if (strcmp(t->scheme, scheme) == 0)
			return true;
	return false;
}

void
render_schemes(struct buf *b)
{
	const char *comma = "";
	const struct codec *c;

	buf_str(b, "{\"schemes\":[");
	for (size_t i = 0; (c = codec_at(i)) != NULL; i++)
		for (const struct scheme *s = c->schemes; s->name; s++, comma = ",") {
			buf_str(b, comma);
			buf_str(b, "{\"name\":");
			buf_json(b, span_of(s->name));
			buf_str(b, ",\"title\":");
			buf_json(b, span_of(s->title));
			buf_str(b, ",\"container\":");
			buf_json(b, span_of(c->name));
			buf_str(b, ",\"verify\":true");
			buf_str(b, is_issued(s->name) ? ",\"issue\":true}" : ",\"issue\":false}");
		}
	buf_str(b, "],\"forms\":[");
	const struct target *t;
	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		buf_str(b, i > 0 ? ",{\"name\":" : "{\"name\":");
		buf_json(b, span_of(t->name));
		buf_str(b, ",\"title\":");
		buf_json(b, span_of(t->title));
		buf_str(b, ",\"scheme\":");
		buf_json(b, span_of(t->scheme));
		buf_char(b, '}');
	}
	buf_str(b, "]}");
}

void
render_reasons(struct buf *b)
{
	buf_str(b, "{\"reasons\":[");
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		buf_str(b, i == REASON_NONE + 1 ? "{\"code\":" : ",{\"code\":");
		buf_json(b, span_of(reason_code(i)));
		buf_str(b, ",\"text\":");
		buf_json(b, span_of(reason_text(i)));
		buf_char(b, '}');
	}
	buf_str(b, "]}");
}
