/* w3c_json_ld.c - the W3C's tests of JSON-LD 1.1: expand, toRdf, flatten, compact and fromRdf.
 *
 * Every document and every context that one names lies in the corpus: the loader maps addresses below the suite's
 * base to its files, and knows nothing else.  Results are compared as JSON whose lists have an order only below
 * @list, or as datasets up to the names of their blank nodes.
 */
#include "conformance/adapters/w3c_json_ld.h"

#include "codecs/base/report.h"
#include "codecs/jsonld/nquads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const struct adapter w3c_json_ld_adapter;

#define BASE "https://w3c.github.io/json-ld-api/tests/"

enum { TEXT_MAX = 1 << 20 };

/* The runner's suite behind the loader's face. */
struct corpus {
	struct jsonld_loader loader;
	struct suite *suite;
};

static struct span
file_text(struct suite *s, struct span path)
{
	char name[256];
	struct span bytes = SPAN_NONE;

	if (path.len == 0 || path.len >= sizeof(name))
		return SPAN_NONE;
	memcpy(name, path.ptr, path.len);
	name[path.len] = 0;
	return suite_read(s, name, &bytes) == 0 ? bytes : SPAN_NONE;
}

static const struct node *
file_node(struct suite *s, struct work *w, struct span path)
{
	const struct node *n = NULL;
	struct span text = file_text(s, path);

	if (text.ptr && node_from_json(w, text, "json", &n) < 0)
		return NULL;
	return n;
}

static const struct node *
load(const struct jsonld_loader *self, struct work *w, struct span url)
{
	const struct corpus *c = (const struct corpus *)(const void *)self;

	if (!span_starts(url, SPAN_LIT(BASE)))
		return NULL;
	return file_node(c->suite, w, span_from(url, sizeof(BASE) - 1));
}

static bool
is_set(const struct node *options, const char *name)
{
	const struct node *n = node_get(options, name);

	return n && n->kind == NODE_BOOL && n->as.boolean;
}

static bool
is_false(const struct node *options, const char *name)
{
	const struct node *n = node_get(options, name);

	return n && n->kind == NODE_BOOL && !n->as.boolean;
}

static struct jsonld_options
options_of(struct test *t, const struct jsonld_loader *loader)
{
	const struct node *o = node_get(t->row, "option");
	struct span base = node_text(node_get(o, "base"));
	struct span direction = node_text(node_get(o, "rdfDirection"));
	struct span context = node_text(node_get(o, "expandContext"));
	struct jsonld_options out = { .loader = loader, .layer = "json" };
	struct buf b = buf_in(t->w->arena, 1024);

	buf_str(&b, BASE);
	buf_add(&b, node_text(node_get(t->row, "input")));
	out.url = buf_span(&b);
	out.base = base.ptr ? base : out.url;
	out.mode_10 = span_is(node_text(node_get(o, "processingMode")), "json-ld-1.0");
	out.native = is_set(o, "useNativeTypes");
	out.rdf_type = is_set(o, "useRdfType");
	out.keep_lists = is_false(o, "compactArrays");
	out.absolute = is_false(o, "compactToRelative");
	out.flattened = t->group[0] == 'f';
	out.generalized = is_set(o, "produceGeneralizedRdf");
	if (context.ptr)
		out.expand_context = file_node(t->s, t->w, context);
	if (direction.ptr)
		out.direction = span_is(direction, "i18n-datatype") ? JSONLD_DIRECTION_DATATYPE
								    : JSONLD_DIRECTION_COMPOUND;
	return out;
}

static void
tell(struct test *t, enum outcome o, const char *detail, struct span more)
{
	suite_tell(t->s, t->id, o, "%s%.*s", detail, (int)(more.len < 600 ? more.len : 600),
		more.ptr ? (const char *)more.ptr : "");
}

/* The parsed text of a result. */
static const struct node *
as_node(struct test *t, const struct ld *v, struct span *text)
{
	struct buf b = buf_in(t->w->arena, TEXT_MAX);
	const struct node *n = NULL;

	ld_to_json(&b, v);
	*text = buf_span(&b);
	return node_from_json(t->w, *text, "json", &n) == 0 ? n : NULL;
}

void
w3c_tell_json(struct test *t, const struct ld *is)
{
	struct span text;
	const struct node *got = as_node(t, is, &text);
	const struct node *want = file_node(t->s, t->w, node_text(node_get(t->row, "expect")));

	if (got && want && w3c_same_json(t->w, got, want))
		tell(t, CASE_PASS, "", SPAN_NONE);
	else
		tell(t, CASE_FAIL, "differs: ", text);
}

/* What came of a run, where the test names the fault that it is to end with. */
static void
tell_fault(struct test *t, const struct jsonld_outcome *outcome, bool came_through)
{
	struct span want = node_text(node_get(t->row, "expectErrorCode"));
	const char *is = jsonld_code_text(outcome->code);

	if (want.ptr && !came_through && span_is(want, is))
		tell(t, CASE_PASS, "", SPAN_NONE);
	else if (came_through)
		tell(t, CASE_FAIL, "came through instead of ", want);
	else
		tell(t, CASE_FAIL, is[0] ? is : "stopped by a limit",
			want.ptr ? SPAN_LIT(" is another fault than expected") : SPAN_NONE);
}

static int
run_expand(struct test *t, const struct jsonld_options *o, const struct node *input)
{
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct ld *out = NULL;
	int rc = jsonld_expand(t->w, o, input, &outcome, &out);

	if (rc < 0)
		return rc;
	if (!out || node_get(t->row, "expectErrorCode"))
		tell_fault(t, &outcome, out != NULL);
	else
		w3c_tell_json(t, out);
	return 0;
}

static void
tell_dataset(struct test *t, const struct jsonld_options *o, const struct rdf_dataset *d)
{
	struct span want = file_text(t->s, node_text(node_get(t->row, "expect"))), text = SPAN_NONE;

	if (!node_get(t->row, "expect")) /* it only had to come through */
		tell(t, CASE_PASS, "", SPAN_NONE);
	else if (want.ptr && w3c_same_dataset(t->w, d, want, o->generalized, &text))
		tell(t, CASE_PASS, "", SPAN_NONE);
	else
		tell(t, CASE_FAIL, "differs: ", text);
}

static int
run_to_rdf(struct test *t, const struct jsonld_options *o, const struct node *input)
{
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct rdf_dataset d = rdf_dataset_in(t->w, true);
	int rc = jsonld_to_rdf(t->w, o, input, &outcome, &d);
	bool through = rc == 0 && !report_failed(t->w->report);

	if (rc < 0)
		return rc;
	if (!through || node_get(t->row, "expectErrorCode"))
		tell_fault(t, &outcome, through);
	else
		tell_dataset(t, o, &d);
	return 0;
}

static int
run_compact(struct test *t, const struct jsonld_options *o, const struct node *input)
{
	const struct node *context = file_node(t->s, t->w, node_text(node_get(t->row, "context")));
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct ld *out = NULL;
	int rc;

	if (!context)
		return -EINVAL;
	rc = jsonld_compact(t->w, o, input, context, &outcome, &out);
	if (rc < 0)
		return rc;
	if (!out || node_get(t->row, "expectErrorCode"))
		tell_fault(t, &outcome, out != NULL);
	else
		w3c_tell_json(t, out);
	return 0;
}

static int
run_flatten(struct test *t, const struct jsonld_options *o, const struct node *input)
{
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct ld *out = NULL;
	int rc;

	if (node_get(t->row, "context"))
		return run_compact(t, o, input);
	rc = jsonld_flatten(t->w, o, input, &outcome, &out);
	if (rc < 0)
		return rc;
	if (!out || node_get(t->row, "expectErrorCode"))
		tell_fault(t, &outcome, out != NULL);
	else
		w3c_tell_json(t, out);
	return 0;
}

static int
run_from_rdf(struct test *t, const struct jsonld_options *o, const struct node *input)
{
	struct span text = file_text(t->s, node_text(node_get(t->row, "input")));
	struct rdf_dataset d = rdf_dataset_in(t->w, true);
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct ld *out = NULL;
	bool ok = false;
	int rc = nquads_read(t->w, text, "nquads", &d, &ok);

	(void)input;
	if (rc == 0 && ok)
		rc = jsonld_from_rdf(t->w, o, &d, &outcome, &out);
	if (rc < 0)
		return rc;
	if (!out || node_get(t->row, "expectErrorCode"))
		tell_fault(t, &outcome, out != NULL);
	else
		w3c_tell_json(t, out);
	return 0;
}

struct group {
	const char *manifest;
	int (*run)(struct test *t, const struct jsonld_options *o, const struct node *input);
};

static const struct group groups[] = {
	{ "expand", run_expand },
	{ "toRdf", run_to_rdf },
	{ "flatten", run_flatten },
	{ "compact", run_compact },
	{ "fromRdf", run_from_rdf },
};

static const char *const with_nul[] = { "toRdf#tnt01", "toRdf#tnt03" };

/* Documents that our reader of JSON refuses. */
static void
tell_unread(struct test *t)
{
	for (size_t i = 0; i < sizeof(with_nul) / sizeof(with_nul[0]); i++)
		if (strcmp(t->id, with_nul[i]) == 0 && report_failed(t->w->report)) {
			tell(t, CASE_EXCEPTION, "a text with U+0000 in it is refused by design",
				SPAN_NONE);
			return;
		}
	tell(t, CASE_FAIL, "there is no such document", SPAN_NONE);
}

static int
run_test(struct suite *s, const struct corpus *c, const struct group *g, const struct node *row)
{
	struct test t = { .s = s, .w = suite_work(s), .row = row, .group = g->manifest };
	struct span id = node_text(node_get(row, "@id"));
	const struct node *version = node_get(node_get(row, "option"), "specVersion"), *input;

	if (!t.w)
		return -ENOMEM;
	snprintf(t.id, sizeof(t.id), "%s%.*s", g->manifest, (int)id.len, (const char *)id.ptr);
	if (span_is(node_text(version), "json-ld-1.0")) {
		tell(&t, CASE_SKIP, "is for processors of JSON-LD 1.0", SPAN_NONE);
		return 0;
	}
	struct jsonld_options o = options_of(&t, &c->loader);
	if (g->run == run_from_rdf)
		return g->run(&t, &o, NULL);
	input = file_node(s, t.w, node_text(node_get(row, "input")));
	if (!input) {
		tell_unread(&t);
		return 0;
	}
	return g->run(&t, &o, input);
}

/* The manifest outlives the works of its tests. */
static int
run_group(struct suite *s, const struct corpus *c, const struct group *g)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, NULL, 0 };
	const struct node *manifest, *rows;
	char name[64];
	int rc = 0;

	snprintf(name, sizeof(name), "%s-manifest.jsonld", g->manifest);
	report_begin(&report, a);
	manifest = a ? file_node(s, &w, span_of(name)) : NULL;
	rows = node_get(manifest, "sequence");
	if (!rows)
		rc = -EINVAL;
	for (const struct node *row = rows ? rows->child : NULL; row && rc == 0; row = row->next)
		rc = run_test(s, c, g, row);
	arena_free(a);
	return rc;
}

static int
run(struct suite *s)
{
	struct corpus c = { { .load = load }, s };
	int rc = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]) && rc == 0; i++)
		rc = run_group(s, &c, &groups[i]);
	return rc;
}

const struct adapter w3c_json_ld_adapter = { "w3c-json-ld", run };
