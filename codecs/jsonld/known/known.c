/* known.c - contexts that others published, as facts in a table: each term with its IRI, type, container and scope.
 *
 * A context is a run of rows:
 *   CONTEXT(url, kind, sha256 of the published document) ... END
 *   VERSION, PROTECTED, VOCAB(iri)              what holds for all of its terms
 *   TERM(name, iri)                             a term that stands for an IRI and nothing more
 *   DEFINED(name, iri, type, container)         one with a type or container; "" is none
 *   SCOPED(name, iri, type, container) ... END  the same, with a context of its own
 *   CLEARED(name, iri, type, container)         the same, with null for its context
 *   LIST ... END, MAP ... END, LINK(url)        a context in several parts
 *   ALIAS(url, of)                              another address of the same
 * From the rows comes the tree that reading the published document would give.
 */
#include "codecs/jsonld/known/known.h"

#include "codecs/base/arena.h"
#include "codecs/jsonld/rdf.h"

#define CIT      "https://w3id.org/citizenship#"
#define CRED     "https://www.w3.org/2018/credentials#"
#define DC       "http://purl.org/dc/terms/"
#define DID      "https://www.w3.org/ns/did#"
#define SCHEMA   "http://schema.org/"
#define SEC      "https://w3id.org/security#"
#define STATUS   "https://www.w3.org/ns/credentials/status#"
#define VACC     "https://w3id.org/vaccination#"
#define W3SCHEMA "https://schema.org/"

enum op {
	OP_CONTEXT,
	OP_VERSION,
	OP_PROTECTED,
	OP_VOCAB,
	OP_TERM,
	OP_DEFINED,
	OP_SCOPED,
	OP_CLEARED,
	OP_LIST,
	OP_MAP,
	OP_LINK,
	OP_ALIAS,
	OP_END
};

struct row {
	enum op op;
	enum known_kind kind;
	const char *name, *iri, *type, *container;
};

#define CONTEXT(url, kind, sha256)          { OP_CONTEXT, kind, url, sha256, NULL, NULL },
#define VERSION                             { OP_VERSION, 0, NULL, NULL, NULL, NULL },
#define PROTECTED                           { OP_PROTECTED, 0, NULL, NULL, NULL, NULL },
#define VOCAB(iri)                          { OP_VOCAB, 0, NULL, iri, NULL, NULL },
#define TERM(name, iri)                     { OP_TERM, 0, name, iri, NULL, NULL },
#define DEFINED(name, iri, type, container) { OP_DEFINED, 0, name, iri, type, container },
#define SCOPED(name, iri, type, container)  { OP_SCOPED, 0, name, iri, type, container },
#define CLEARED(name, iri, type, container) { OP_CLEARED, 0, name, iri, type, container },
#define LIST                                { OP_LIST, 0, NULL, NULL, NULL, NULL },
#define MAP                                 { OP_MAP, 0, NULL, NULL, NULL, NULL },
#define LINK(url)                           { OP_LINK, 0, NULL, url, NULL, NULL },
#define ALIAS(url, of)                      { OP_ALIAS, KNOWN_ALIAS, url, of, NULL, NULL },
#define END                                 { OP_END, 0, NULL, NULL, NULL, NULL },

static const struct row rows[] = {
#include "codecs/jsonld/known/citizenship.def"
#include "codecs/jsonld/known/credentials.def"
#include "codecs/jsonld/known/health.def"
#include "codecs/jsonld/known/security.def"
#include "codecs/jsonld/known/security_v3.def"
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]), DEEP = 16 };

/* An open map or list. */
struct frame {
	struct node *node, *last;
};

struct builder {
	struct arena *a;
	struct frame open[DEEP];
	size_t depth; /* of open ones */
	bool failed;
};

static struct node *
add(struct builder *b, enum node_kind kind, const char *key)
{
	struct frame *up = b->depth ? &b->open[b->depth - 1] : NULL;
	struct node *n = b->failed ? NULL : ARENA_NEW(b->a, struct node);

	if (!n) {
		b->failed = true;
		return NULL;
	}
	n->kind = kind;
	n->key_kind = key ? KEY_TEXT : KEY_NONE;
	n->key = span_of(key);
	if (!up)
		return n;
	n->parent = up->node;
	if (up->last)
		up->last->next = n;
	else
		up->node->child = n;
	up->last = n;
	up->node->size++;
	return n;
}

static void
add_text(struct builder *b, const char *key, const char *text)
{
	struct node *n = add(b, NODE_TEXT, key);

	if (n)
		n->as.bytes = span_of(text);
}

static struct node *
open_one(struct builder *b, enum node_kind kind, const char *key)
{
	struct node *n = b->depth < DEEP ? add(b, kind, key) : NULL;

	if (n)
		b->open[b->depth++] = (struct frame){ n, NULL };
	else
		b->failed = true;
	return n;
}

static void
close_one(struct builder *b)
{
	if (!b->failed)
		b->depth--;
}

static void
add_version(struct builder *b)
{
	struct node *n = add(b, NODE_REAL, "@version");

	if (!n)
		return;
	n->as.real = 1.1;
	n->raw = SPAN_LIT("1.1");
}

static void
add_protected(struct builder *b)
{
	struct node *n = add(b, NODE_BOOL, "@protected");

	if (n)
		n->as.boolean = true;
}

/* Leaves the definition open. */
static void
open_definition(struct builder *b, const struct row *r)
{
	open_one(b, NODE_MAP, r->name);
	add_text(b, "@id", r->iri);
	if (r->type[0])
		add_text(b, "@type", r->type);
	if (r->container[0])
		add_text(b, "@container", r->container);
}

/* Closes what the row `opened` opened: a definition has its context in it. */
static void
close_row(struct builder *b, const struct row *opened)
{
	close_one(b);
	if (opened->op == OP_SCOPED)
		close_one(b);
}

static void
build_row(struct builder *b, const struct row *r)
{
	switch (r->op) {
	case OP_VERSION:
		add_version(b);
		return;
	case OP_PROTECTED:
		add_protected(b);
		return;
	case OP_VOCAB:
		add_text(b, "@vocab", r->iri);
		return;
	case OP_TERM:
		add_text(b, r->name, r->iri);
		return;
	case OP_LINK:
		add_text(b, NULL, r->iri);
		return;
	case OP_MAP:
		open_one(b, NODE_MAP, NULL);
		return;
	case OP_SCOPED:
		open_definition(b, r);
		open_one(b, NODE_MAP, "@context");
		return;
	case OP_DEFINED:
	case OP_CLEARED:
		open_definition(b, r);
		if (r->op == OP_CLEARED)
			add(b, NODE_NULL, "@context");
		close_one(b);
		return;
	default: /* the frame of a context: known_next */
		return;
	}
}

static bool
opens(enum op op)
{
	return op == OP_SCOPED || op == OP_MAP || op == OP_LIST || op == OP_CONTEXT;
}

/* Rows from a CONTEXT to its END; *at moves behind. */
static const struct node *
build(struct builder *b, size_t *at)
{
	const struct row *opened[DEEP];
	size_t depth = 0;
	struct node *document = open_one(b, NODE_MAP, NULL);

	open_one(b, rows[*at + 1].op == OP_LIST ? NODE_LIST : NODE_MAP, "@context");
	do {
		const struct row *r = &rows[(*at)++];

		build_row(b, r);
		if (opens(r->op) && depth < DEEP)
			opened[depth++] = r;
		else if (r->op == OP_END && depth > 0 && opened[--depth]->op != OP_LIST &&
			 depth > 0)
			close_row(b, opened[depth]);
	} while (depth > 0 && *at < ROWS);
	return document;
}

bool
known_next(struct arena *a, size_t *at, struct known *out)
{
	struct builder b = { .a = a };
	const struct row *r = &rows[*at];

	if (*at >= ROWS)
		return false;
	*out = (struct known){ r->kind, r->name, r->iri, NULL };
	if (r->op == OP_CONTEXT)
		out->document = build(&b, at);
	else
		++*at;
	return !b.failed;
}
