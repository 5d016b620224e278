/* xml.c - XML 1.0 into a tree through libxml2's SAX interface.
 *
 * Before libxml2 sees anything, xml_guard has refused every DOCTYPE and other encodings.  The handler given to
 * it is made of nothing but what is below: no callback of it can declare an entity, look one up or open a file, and
 * it belongs to this one parser context, so that no global of the library is set.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/tree/build.h"
#include "codecs/tree/xml_guard.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>

/* What libxml2 hands over for each attribute. */
enum { ATTR_NAME, ATTR_PREFIX, ATTR_SPACE, ATTR_VALUE, ATTR_VALUE_END, ATTR_FIELDS };

struct reader {
	struct build b;
	xmlParserCtxtPtr parser;
	struct buf text; /* since the last tag, comments and CDATA bounds left out */
	size_t text_at;
	struct buf name; /* of an attribute, while it is put together */
};

static struct span
of_xml(const xmlChar *s)
{
	return span_of((const char *)s);
}

static size_t
consumed(const struct reader *r)
{
	long at = xmlByteConsumed(r->parser);

	return at < 0 || (size_t)at > r->b.in.len ? r->b.in.len : (size_t)at;
}

/* libxml2 is told to stop once we have; until it does, callbacks do nothing. */
static bool
running(struct reader *r)
{
	if (r->b.stop)
		xmlStopParser(r->parser);
	return !r->b.stop;
}

static struct span
copy(struct reader *r, struct span s)
{
	struct span c = arena_copy(r->b.w->arena, s);

	if (!c.ptr)
		build_error(&r->b, arena_error(r->b.w->arena));
	return c;
}

static void
add_text_node(struct reader *r, struct span key, struct span text, size_t offset)
{
	struct node *n;

	r->b.top->key = (struct build_key){ KEY_TEXT, key, 0 };
	n = build_add(&r->b, NODE_TEXT, offset);
	if (n)
		n->as.bytes = text;
}

static void
new_text(struct reader *r, size_t at)
{
	r->text.len = 0;
	r->text_at = at;
}

static void
end_text(struct reader *r)
{
	struct span text;

	if (r->text.len == 0 || r->b.stop)
		return;
	text = copy(r, buf_span(&r->text));
	if (!r->b.stop)
		add_text_node(r, SPAN_LIT("#text"), text, r->text_at);
}

/* libxml2 leaves an ampersand in an attribute as "&#38;", however it was written; no other stands there. */
static struct span
unescape(struct span s)
{
	struct span mark = SPAN_LIT("&#38;");
	uint8_t *to = (uint8_t *)(uintptr_t)s.ptr; /* a copy of our own */
	size_t len = 0;

	for (size_t at = 0; at < s.len; len++) {
		bool is_mark = span_starts(span_from(s, at), mark);
		to[len] = s.ptr[at];
		at += is_mark ? mark.len : 1;
	}
	return (struct span){ s.ptr, len };
}

static void
add_attribute(struct reader *r, const xmlChar *const *field, size_t offset)
{
	size_t len = (size_t)(field[ATTR_VALUE_END] - field[ATTR_VALUE]),
	       max = r->b.w->limits->xml_text;
	struct span key, value;

	if (len > max) {
		build_limit(&r->b, "xml.text", max, offset);
		return;
	}
	r->name.len = 0;
	buf_char(&r->name, '@');
	if (field[ATTR_PREFIX]) {
		buf_add(&r->name, of_xml(field[ATTR_PREFIX]));
		buf_char(&r->name, ':');
	}
	buf_add(&r->name, of_xml(field[ATTR_NAME]));
	if (r->name.error)
		build_error(&r->b, r->name.error);
	key = copy(r, buf_span(&r->name));
	value = copy(r, (struct span){ field[ATTR_VALUE], len });
	if (!r->b.stop)
		add_text_node(r, key, unescape(value), offset);
}

/* Where the tag begins that libxml2 has read to `end`: no '<' stands inside a tag. */
static size_t
tag_start(const struct reader *r, size_t end)
{
	while (end > 0 && r->b.in.ptr[end - 1] != '<')
		end--;
	return end > 0 ? end - 1 : 0;
}

/* Opens the element under its name; the root's name stands in its own key. */
static struct build_frame *
open_element(struct reader *r, const xmlChar *name, size_t offset)
{
	struct span key = copy(r, of_xml(name));
	struct node *n;

	if (r->b.top)
		r->b.top->key = (struct build_key){ KEY_TEXT, key, 0 };
	n = build_add(&r->b, NODE_MAP, offset);
	if (!n)
		return NULL;
	n->key_kind = KEY_TEXT;
	n->key = key;
	return build_open(&r->b, n);
}

static void
set_namespace(struct reader *r, struct build_frame *f, const xmlChar *uri, size_t declared)
{
	struct span space = uri ? of_xml(uri) : SPAN_LIT("");
	size_t max = r->b.w->limits->xml_attributes;

	f->left = (f->up ? f->up->left : 0) + declared;
	f->space = f->up ? f->up->space : SPAN_LIT("");
	if (f->left > max) /* libxml2 searches them one by one for each name */
		build_limit(&r->b, "xml.attributes", max, f->node->offset);
	if (r->b.stop || span_eq(space, f->space))
		return;
	f->space = copy(r, space);
	if (!r->b.stop)
		add_text_node(r, SPAN_LIT("@xmlns"), f->space, f->node->offset);
}

static void
on_start(void *to, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces,
	const xmlChar **space, int attributes, int defaulted, const xmlChar **attribute)
{
	struct reader *r = to;
	size_t end = consumed(r), offset = tag_start(r, end);
	struct build_frame *f;

	(void)prefix, (void)space, (void)defaulted;
	if (!running(r))
		return;
	end_text(r);
	f = r->b.stop ? NULL : open_element(r, name, offset);
	if (f)
		set_namespace(r, f, uri, (size_t)spaces);
	for (int i = 0; i < attributes && !r->b.stop; i++)
		add_attribute(r, &attribute[i * ATTR_FIELDS], offset);
	new_text(r, end + span_find(span_from(r->b.in, end), '>') + 1);
	running(r);
}

static void
on_end(void *to, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *r = to;

	(void)name, (void)prefix, (void)uri;
	if (!running(r))
		return;
	end_text(r);
	if (!r->b.stop)
		build_close(&r->b, consumed(r));
	new_text(r, consumed(r));
	running(r);
}

static void
on_text(void *to, const xmlChar *text, int len)
{
	struct reader *r = to;
	size_t max = r->b.w->limits->xml_text;

	if (!running(r) || !r->b.top)
		return;
	if ((size_t)len > max - r->text.len)
		build_limit(&r->b, "xml.text", max, r->text_at);
	else
		buf_add(&r->text, (struct span){ text, (size_t)len });
	if (r->text.error)
		build_error(&r->b, r->text.error);
	running(r);
}

/* The guard has let no DOCTYPE pass: should libxml2 ever see one all the same, it ends here. */
static void
on_doctype(void *to, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct reader *r = to;

	(void)name, (void)external, (void)system;
	build_fail(&r->b, REASON_XML_DOCTYPE, consumed(r));
	running(r);
}

static void
on_reference(void *to, const xmlChar *name)
{
	struct reader *r = to;

	(void)name;
	build_fail(&r->b, REASON_XML_MALFORMED, consumed(r));
	running(r);
}

/* Namespace errors do not end the parser by themselves, so all of them are faults here; but for a namespace's name
 * that is no URI: no harm, and libxml2 says the same when it is only out of memory. */
static void
on_error(void *to, xmlErrorPtr error)
{
	struct reader *r = to;

	if (error->code == XML_ERR_NO_MEMORY)
		build_error(&r->b, -ENOMEM);
	else if (error->level >= XML_ERR_ERROR && error->code != XML_WAR_NS_URI)
		build_fail(&r->b,
			error->code == XML_ERR_UNSUPPORTED_ENCODING ? REASON_XML_ENCODING
								    : REASON_XML_MALFORMED,
			consumed(r));
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.reference = on_reference,
	.serror = on_error,
};

static void
parse(struct reader *r, struct span clean)
{
	xmlInitParser(); /* takes a lock of its own: without it, first uses race */
	r->parser = xmlCreateMemoryParserCtxt((const char *)clean.ptr, (int)clean.len);
	if (!r->parser) {
		build_error(&r->b, -ENOMEM);
		return;
	}
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET);
	*r->parser->sax = handler;
	r->parser->userData = r;
	xmlParseDocument(r->parser);
	if (!r->b.stop && (!r->parser->wellFormed || r->b.top || !r->b.root))
		build_fail(&r->b, REASON_XML_MALFORMED, consumed(r));
	xmlFreeParserCtxt(r->parser);
}

int
node_from_xml(struct work *w, struct span in, const char *layer, const struct node **out)
{
	struct build_rules rules = { "xml.nodes", "xml.depth", w->limits->xml_nodes,
		w->limits->xml_depth, REASON_NONE };
	struct reader r = {
		.text = buf_in(w->arena, w->limits->xml_text),
		.name = buf_in(w->arena, SIZE_MAX),
	};
	struct span clean;

	build_begin(&r.b, w, in, layer, &rules);
	if (in.len == 0)
		build_fail(&r.b, REASON_XML_MALFORMED, 0);
	else if (in.len > INT_MAX)
		build_limit(&r.b, "input.document", w->limits->input_document, 0);
	else if (xml_guard(&r.b, &clean))
		parse(&r, clean);
	return build_end(&r.b, out);
}
