/* mint.c - one W3C credential of the demo world as text. */
#include "gateway/cli/demo/demo.h"

#include <string.h>

static int
fill(struct demo *d, const char *text, char mark, struct span value, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	if (!text)
		return 0;
	demo_fill(&b, text, mark, value);
	*out = buf_span(&b);
	return b.error;
}

/* The texts of the recipe, with their issuer. */
static int
complete(struct demo *d, const struct credential_sample *s, struct vc_recipe *r)
{
	enum demo_vc_key named = s->issuer_of ? (enum demo_vc_key)(s->issuer_of - 1) : s->key;
	struct span issuer = credential_issuer(d, named);
	int error = fill(d, s->document, '*', issuer, &r->document);

	if (error == 0)
		error = fill(d, s->signed_as, '*', issuer, &r->signed_as);
	if (error == 0)
		error = fill(d, s->before, '*', issuer, &r->before);
	if (error == 0)
		error = fill(d, s->kid, '*', issuer, &r->kid);
	return error;
}

/* Another proof by the same key in front of the one that the recipe describes. */
static int
prove_before(struct demo *d, const struct credential_sample *s, const struct signer *by,
	struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	struct vc_recipe first = { .more = s->again };
	struct span proof;
	int error = complete(d, s, &first);

	first.suite = s->recipe.suite;
	first.before = SPAN_NONE;
	if (error == 0)
		error = vc_seal_proof(&d->work, &first, by, &proof);
	if (error != 0)
		return error;
	buf_add(&b, proof);
	buf_char(&b, ',');
	*out = buf_span(&b);
	return b.error;
}

int
credential_mint(struct demo *d, const struct sample *sample, struct span *out)
{
	const struct credential_sample *s = &sample->credential;
	const struct signer *by = &d->credentials[s->key].signer;
	struct vc_recipe r = s->recipe;
	struct span text = SPAN_NONE;
	int error = complete(d, s, &r);

	if (error == 0 && s->text)
		return fill(d, s->text, '*', credential_issuer(d, s->key), out);
	if (error == 0 && s->again)
		error = prove_before(d, s, by, &r.before);
	if (error == 0)
		error = vc_seal(&d->work, &r, by, &text);
	if (error == 0 && s->form)
		error = fill(d, s->form, '~', text, &text);
	if (error == 0 && s->zip.name)
		error = credential_archive(d, &s->zip, text, &text);
	*out = text;
	return error;
}
