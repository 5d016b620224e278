/* vc_contexts.c - published JSON-LD contexts: each is what we have built in under its URL, and expands alike.
 *
 * Those that are not built in must be such as an operator can add.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/seal/digest.h"
#include "conformance/adapters/vc_aid.h"

#include <errno.h>
#include <string.h>

extern const struct adapter vc_contexts_adapter;

enum { SHA256 = 32, TEXT_MAX = 1 << 22 };

/* Too large and too changing. */
static const char *const not_built_in[] = { "https://schema.org" };

/* What is not had, and why. */
static const char examples[] = "https://www.w3.org/2018/credentials/examples/v1";
static const char lacking[] =
	"it is for examples alone, and names a context that is not in the corpus";

/* One context of the corpus. */
struct published {
	struct jsonld_loader loader;
	const struct jsonld_loader *ours;
	struct span url, text, sha256; /* sha256: as the index states it */
	const struct node *document;
};

/* The corpus' document in place of ours; others as we have them. */
static const struct node *
load(const struct jsonld_loader *self, struct work *w, struct span url)
{
	const struct published *p = (const struct published *)(const void *)self;

	return span_eq(url, p->url) ? p->document : p->ours->load(p->ours, w, url);
}

/* --- a document of all its terms --- */

/* An alias of a keyword. */
static bool
is_keyword(const struct node *term)
{
	struct span s = node_text(term->kind == NODE_MAP ? node_get(term, "@id") : term);

	return s.len > 0 && s.ptr[0] == '@';
}

static void
put_terms(struct buf *b, const struct node *context)
{
	for (const struct node *t = context->kind == NODE_MAP ? context->child : NULL; t;
		t = t->next) {
		if (t->key.len == 0 || t->key.ptr[0] == '@' || is_keyword(t))
			continue;
		buf_char(b, ',');
		buf_json(b, t->key);
		buf_str(b, ":[{\"@type\":");
		buf_json(b, t->key);
		buf_str(b, "},\"x\"]");
	}
}

static const struct node *
document_of(struct work *w, const struct published *p)
{
	const struct node *context = node_get(p->document, "@context"), *n = NULL;
	bool list = context->kind == NODE_LIST;
	struct buf b = buf_in(w->arena, TEXT_MAX);

	buf_str(&b, "{\"@context\":");
	buf_json(&b, p->url);
	for (const struct node *c = list ? context->child : context; c; c = list ? c->next : NULL)
		put_terms(&b, c);
	buf_str(&b, ",\"anyOtherWord\":\"x\"}"); /* means something where there is a @vocab */
	return b.error == 0 && node_from_json(w, buf_span(&b), "json", &n) == 0 ? n : NULL;
}

/* What it becomes under a loader's contexts, or the fault with which it ends; SPAN_NONE: we are at fault. */
static struct span
expanded(struct work *w, const struct jsonld_loader *loader, const struct node *doc)
{
	const struct jsonld_options o = { .loader = loader, .layer = "json" };
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct buf b = buf_in(w->arena, TEXT_MAX);
	struct work own = *w;
	struct report aside;
	struct ld *out = NULL;

	report_begin(&aside, w->arena);
	own.report = &aside;
	if (jsonld_expand(&own, &o, doc, &outcome, &out) != 0)
		return SPAN_NONE;
	buf_str(&b, jsonld_code_text(outcome.code));
	if (out)
		ld_to_json(&b, out);
	return b.error ? SPAN_NONE : buf_span(&b);
}

static const char *
expansion_fault(struct work *w, struct published *p)
{
	const struct node *doc = document_of(w, p);

	if (!doc)
		return "its terms make no document";
	struct span is = expanded(w, p->ours, doc), want = expanded(w, &p->loader, doc);
	if (!is.ptr || is.len < 3 || is.ptr[0] != '[')
		return is.len > 0 ? (const char *)arena_copy(w->arena, is).ptr : "not expanded";
	return span_eq(is, want) ? NULL : "its terms expand to something else";
}

/* --- ours beside it --- */

static bool
is_known(const struct jsonld_contexts *all, struct span url, struct jsonld_known *out)
{
	for (size_t i = 0; jsonld_contexts_at(all, i, out); i++)
		if (span_eq(out->url, url))
			return true;
	return false;
}

static bool
is_operators(struct span url)
{
	for (size_t i = 0; i < sizeof(not_built_in) / sizeof(not_built_in[0]); i++)
		if (span_is(url, not_built_in[i]))
			return true;
	return false;
}

static const char *
fault_of(struct work *w, const struct jsonld_contexts *all, struct published *p)
{
	struct buf b = buf_in(w->arena, (size_t)2 * SHA256);
	struct jsonld_known k;
	uint8_t d[SHA256];

	if (!is_known(all, p->url, &k))
		return "it is not built in";
	if (digest_of(w->kit, DIGEST_SHA256, p->text, d) != 0)
		return "no digest";
	buf_hex(&b, (struct span){ d, sizeof(d) });
	if (!span_eq(buf_span(&b), p->sha256) || !span_eq(p->sha256, k.sha256))
		return "its digest is another";
	if (node_from_json(w, p->text, "json", &p->document) != 0 || !p->document ||
		!node_get(p->document, "@context"))
		return "it is no context";
	if (!node_equal(node_get(p->document, "@context"), node_get(k.document, "@context")))
		return "its terms differ";
	return expansion_fault(w, p);
}

/* Adds it first, where an operator would. */
static int
run_context(struct suite *s, struct kit *kit, const char *url, const json_t *row)
{
	const char *file = json_string_value(json_object_get(row, "file"));
	struct work *w = suite_work(s);
	struct published p = { { .load = load }, .url = span_of(url),
		.sha256 = crypto_text(row, "sha256") };
	struct jsonld_contexts *all = NULL;

	w->kit = kit;
	if (!file || suite_read(s, file, &p.text) != 0 || jsonld_contexts_new(true, &all) != 0)
		return -EINVAL;
	p.ours = jsonld_contexts_loader(all);
	int r = is_operators(p.url)
			? jsonld_contexts_add(all, kit, p.url, p.text, crypto_hex(w, row, "sha256"))
			: 0;
	const char *wrong = r == 0 ? fault_of(w, all, &p) : "an operator could not add it";
	if (strcmp(url, examples) == 0 && wrong)
		suite_tell(s, url, CASE_EXCEPTION, "%s", lacking);
	else
		suite_tell(s, url, wrong ? CASE_FAIL : CASE_PASS, "%s", wrong ? wrong : "");
	jsonld_contexts_free(all);
	return 0;
}

/* Another URL for the same. */
static int
run_alias(struct suite *s, const char *url, const json_t *row)
{
	struct span of = crypto_text(row, "sameAs");
	struct jsonld_contexts *all = NULL;
	struct jsonld_known is, want;

	if (jsonld_contexts_new(true, &all) != 0)
		return -ENOMEM;
	bool there = is_operators(of) ||
		     (is_known(all, span_of(url), &is) && is_known(all, of, &want) &&
			     is.document == want.document);
	suite_tell(s, url, there ? CASE_PASS : CASE_FAIL, "it is not what it is another URL of");
	jsonld_contexts_free(all);
	return 0;
}

static int
run(struct suite *s)
{
	json_t *index = crypto_file(s, "index.json");
	json_t *contexts = json_object_get(index, "contexts");
	json_t *aliases = json_object_get(index, "aliases"), *row;
	struct kit *kit = kit_new();
	int r = json_is_object(contexts) && kit ? 0 : -EINVAL;
	const char *url;

	if (r == 0)
		json_object_foreach(contexts, url, row) r = r == 0 ? run_context(s, kit, url, row)
								   : r;
	if (r == 0)
		json_object_foreach(aliases, url, row) r = r == 0 ? run_alias(s, url, row) : r;
	kit_free(kit);
	json_decref(index);
	return r;
}

const struct adapter vc_contexts_adapter = { "vc-contexts", run };
