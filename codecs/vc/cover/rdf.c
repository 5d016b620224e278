/* rdf.c - statements as they are hashed, and the ways in which issuers before Data Integrity wrote them.
 *
 * Processors before 2023 left controls in literals as they were and took any text with a colon for an IRI; and
 * RsaSignature2018 was signed with the options under security/v2 by some and under the document's contexts by others,
 * which here are different statements.  Each way is tried: none says anything that another would not.
 */
#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/canon.h"
#include "codecs/tree/edit.h"
#include "codecs/vc/cover/cover.h"
#include "codecs/vc/cover/decisive.h"
#include "codecs/vc/health/covered.h"
#include "codecs/vc/health/divoc.h"

enum { FORMS = 4 };

/* Different canonical texts of one thing. */
struct forms {
	struct span text[FORMS];
	size_t count;
	bool subject_stated; /* by the first */
};

static void
add_form(struct forms *f, struct span text)
{
	for (size_t i = 0; i < f->count; i++)
		if (span_eq(f->text[i], text))
			return;
	if (text.ptr && f->count < FORMS)
		f->text[f->count++] = text;
}

/* Whether the two ways of escaping make a difference. */
static bool
has_controls(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.ptr[i] < ' ' && text.ptr[i] != '\n') || text.ptr[i] == 0x7f)
			return true;
	return false;
}

/* Asked here, while the statements are at hand; what is wrong is found, and told, where the record is read. */
static bool
is_stated(
	struct work *w, const struct vc_proof *p, const struct node *n, const struct rdf_dataset *d)
{
	struct report aside;
	struct work own = *w;

	report_begin(&aside, w->arena);
	own.report = &aside;
	return divoc_is(n) && vc_subject_stated(&own, n, p->layer, d);
}

/* Whether what n decides by its members is what it states. */
typedef bool (*decides_fn)(
	struct work *w, const struct node *n, const char *layer, const struct rdf_dataset *d);

static int
add_statements(struct work *w, const struct vc_proof *p, const struct node *n, decides_fn decides,
	struct forms *f)
{
	const struct rdf_dataset *d = NULL;
	struct vc_statements s = { n, p->layer, cover_digest(p), !p->suite->integrity, &d };
	struct canon c = { 0 };
	bool ok = false;
	int r = vc_canonise(w, &s, &c, &ok);

	if (r != 0 || !ok || !decides(w, n, p->layer, d))
		return r;
	add_form(f, c.text);
	f->subject_stated = is_stated(w, p, n, d);
	if (!s.legacy || !has_controls(c.text))
		return 0;
	s.legacy = false;
	r = vc_canonise(w, &s, &c, &ok);
	if (r == 0 && ok)
		add_form(f, c.text);
	return r;
}

/* The options under another context; where that is impossible, nobody can have signed them so. */
static int
add_under(struct work *w, const struct vc_proof *p, const struct node *options, const char *url,
	struct forms *f)
{
	const struct node context = { .kind = NODE_TEXT, .as.bytes = span_of(url) };
	struct edit e = { .key = "@context", .value = &context };
	const struct node *changed;
	struct report aside;
	struct work own = *w;
	int r = edit_map(w, options, &e, &changed);

	report_begin(&aside, w->arena);
	own.report = &aside;
	return r != 0 ? r : add_statements(&own, p, changed, vc_decisive_options, f);
}

static int
options_forms(struct work *w, const struct vc_proof *p, const struct node *options, struct forms *f)
{
	int r = 0;

	if (span_is(node_text(node_get(options, "type")), "RsaSignature2018"))
		r = add_under(w, p, options, "https://w3id.org/security/v2", f);
	return r != 0 ? r : add_statements(w, p, options, vc_decisive_options, f);
}

static int
combine(struct work *w, const struct vc_proof *p, const struct forms *options,
	const struct forms *documents, struct vc_covered *out)
{
	struct span *others = ARENA_ARRAY(w->arena, FORMS * FORMS, struct span);
	struct vc_covered c = { .options = options->text[0],
		.document = documents->text[0],
		.subject_stated = documents->subject_stated };
	size_t n = 0;
	int r = 0;

	if (!others)
		return arena_error(w->arena);
	for (size_t i = 0; i < documents->count && r == 0; i++)
		for (size_t k = 0; k < options->count && r == 0; k++) {
			struct span hashes, *covered = n == 0 ? &c.signed_bytes : &others[n - 1];

			r = cover_hashes(w, p, options->text[k], documents->text[i], &hashes);
			if (r == 0)
				r = cover_signed(w, p, hashes, covered);
			if (n++ == 0)
				c.hashes = hashes;
		}
	c.others = others;
	c.other_count = n - 1;
	if (r == 0)
		*out = c;
	return r;
}

int
cover_rdf(struct work *w, const struct vc_proof *p, const struct node *document,
	const struct node *options, struct vc_covered *out)
{
	struct forms before = { .count = 0 }, after = { .count = 0 };
	int r = options_forms(w, p, options, &before);

	if (r != 0 || before.count == 0 || report_failed(w->report))
		return r;
	r = add_statements(w, p, document, vc_decisive_document, &after);
	if (r != 0 || after.count == 0)
		return r;
	return combine(w, p, &before, &after, out);
}
