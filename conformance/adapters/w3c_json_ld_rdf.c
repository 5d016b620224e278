/* w3c_json_ld_rdf.c - datasets that are the same up to the names of their blank nodes: they have one canonical form.
 *
 * Statements with a blank node for a predicate have none, nor any N-Quads form.  In the expected file they are read
 * with such predicates as IRIs; then each of them, on both sides, is taken apart into three that have one.
 */
#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/jsonld/canon.h"
#include "conformance/adapters/w3c_json_ld.h"

#define DISGUISE "urn:x-blank:"

static struct rdf_term
undisguised(const struct rdf_term *p)
{
	struct span s = p->value;

	return span_starts(s, SPAN_LIT(DISGUISE)) ? rdf_blank(span_from(s, sizeof(DISGUISE) - 1))
						  : *p;
}

/* Every statement as a node with subject, predicate and object. */
static struct rdf_dataset
taken_apart(struct work *w, const struct rdf_dataset *d)
{
	struct rdf_dataset out = rdf_dataset_in(w, true);

	for (size_t i = 0; i < d->count; i++) {
		const struct rdf_quad *q = &d->quads[i];
		struct buf label = buf_in(w->arena, 32);

		buf_str(&label, "statement");
		buf_uint(&label, i);
		struct rdf_term s = rdf_blank(buf_span(&label));
		struct rdf_quad parts[] = { { s, rdf_iri(SPAN_LIT("urn:x:s")), q->s, q->g },
			{ s, rdf_iri(SPAN_LIT("urn:x:p")), undisguised(&q->p), q->g },
			{ s, rdf_iri(SPAN_LIT("urn:x:o")), q->o, q->g } };

		for (size_t p = 0; p < 3; p++)
			rdf_add(&out, &parts[p]);
	}
	return out;
}

/* "s _:p o ." becomes "s <urn:x-blank:p> o .": only for files whose subjects have no blanks in them. */
static struct span
disguised(struct work *w, struct span text)
{
	struct buf b = buf_in(w->arena, text.len * 4 + 64);
	struct span line;

	while (span_split(&text, '\n', &line)) {
		size_t at = span_find(line, ' ');
		struct span rest = span_from(line, at + 1);

		buf_add(&b, span_slice(line, 0, at + 1));
		if (span_starts(rest, SPAN_LIT("_:"))) {
			size_t end = span_find(rest, ' ');

			buf_str(&b, "<" DISGUISE);
			buf_add(&b, span_slice(rest, 2, end - 2));
			buf_str(&b, ">");
			rest = span_from(rest, end);
		}
		buf_add(&b, rest);
		if (line.len > 0)
			buf_char(&b, '\n');
	}
	return buf_span(&b);
}

static struct span
canonical(struct work *w, const struct rdf_dataset *d, bool generalized)
{
	struct rdf_dataset apart = *d;
	struct canon c = { 0 };
	bool ok = false;

	if (generalized)
		apart = taken_apart(w, d);
	if (canon_dataset(w, &apart, (struct canon_rules){ DIGEST_SHA256, NQUADS_CANONICAL }, &c,
		    &ok) < 0 ||
		!ok)
		return SPAN_NONE;
	return c.line_count > 0 ? c.text : SPAN_LIT("");
}

bool
w3c_same_dataset(struct work *w, const struct rdf_dataset *is, struct span want, bool generalized,
	struct span *text)
{
	struct rdf_dataset d = rdf_dataset_in(w, true);
	struct span wanted;
	bool ok = false;

	*text = canonical(w, is, generalized);
	if (generalized)
		want = disguised(w, want);
	if (nquads_read(w, want, "nquads", &d, &ok) < 0 || !ok)
		return false;
	wanted = canonical(w, &d, generalized);
	return wanted.ptr && text->ptr && span_eq(wanted, *text);
}
