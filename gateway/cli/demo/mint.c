/* mint.c - one sample: JSON content into CBOR, sealed by its signer, then mangled if it is to be bad. */
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node.h"
#include "gateway/cli/demo/demo.h"

#include <errno.h>

enum { DEPTH = 16, DAY = 86400 };

static void
to_cbor(struct buf *b, const struct node *n, int depth)
{
	if (depth == DEPTH)
		b->error = -EINVAL;
	switch (n->kind) {
	case NODE_MAP:
		cborw_map(b, n->size);
		break;
	case NODE_LIST:
		cborw_list(b, n->size);
		break;
	case NODE_TEXT:
		cborw_text(b, n->as.bytes);
		break;
	case NODE_INT:
		cborw_int(b, n->as.integer);
		break;
	case NODE_REAL:
		cborw_real(b, n->as.real);
		break;
	case NODE_BOOL:
		cborw_bool(b, n->as.boolean);
		break;
	default:
		cborw_null(b);
		break;
	}
	for (const struct node *c = n->child; c && !b->error; c = c->next) {
		if (n->kind == NODE_MAP)
			cborw_text(b, c->key);
		to_cbor(b, c, depth + 1);
	}
}

int
demo_cbor(struct demo *d, struct span json, struct span *out)
{
	const struct node *root;
	struct buf b = buf_in(d->arena, SIZE_MAX);

	report_begin(&d->report, d->arena);
	int r = node_from_json(&d->work, json, "demo", &root);
	if (r != 0 || !root)
		return r != 0 ? r : -EINVAL;
	to_cbor(&b, root, 0);
	*out = buf_span(&b);
	return b.error;
}

int
dcc_mint(struct demo *d, const struct sample *sample, struct span *out)
{
	const struct dcc_sample *s = &sample->dcc;
	struct demo_key *k = &d->signers[s->signer];
	struct hcert_recipe r = s->recipe;
	struct span text = span_of(s->text ? s->text : "");
	int error = 0;

	if (s->content) {
		r.issued = d->now + (s->issued_in ? s->issued_in : -30 * DAY);
		r.expires = s->no_expiry ? TIME_NONE
					 : d->now + (s->expires_in ? s->expires_in : 330 * DAY);
		if (r.issuer.len == 0)
			r.issuer = cert_country(k->cert);
		error = demo_cbor(d, span_of(s->content), &r.content);
		if (error == 0)
			error = hcert_seal(&d->work, &r, &k->signer, &text);
	}
	if (error == 0 && s->mangle)
		error = s->mangle(d, text, &text);
	*out = text;
	return error;
}
