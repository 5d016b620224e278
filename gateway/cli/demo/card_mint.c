/* card_mint.c - one health card, or one health link, as text. */
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, NUMBER = 32 };

void
demo_fill(struct buf *b, const char *text, char mark, struct span value)
{
	const char *at;

	for (; (at = strchr(text, mark)) != NULL; text = at + 1) {
		buf_add(b, span_slice(span_of(text), 0, (size_t)(at - text)));
		buf_add(b, value);
	}
	buf_str(b, text);
}

static struct span
upto_signature(struct span jws)
{
	size_t n = jws.len;

	while (n > 0 && jws.ptr[n - 1] != '.')
		n--;
	return span_slice(jws, 0, n);
}

/* The text of another card under the signature of this one. */
static int
exchange(struct demo *d, const struct card_sample *s, struct shc_recipe *r, struct span *jws)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	struct span other;

	r->bundle = span_of(s->tampered);
	int error = shc_seal(&d->work, r, &d->issuers[s->issuer].signer, &other);
	if (error != 0)
		return error;
	buf_add(&b, upto_signature(other));
	buf_add(&b, span_from(*jws, upto_signature(*jws).len));
	*jws = buf_span(&b);
	return b.error;
}

static int
card(struct demo *d, const struct card_sample *s, struct span *out)
{
	char issued[NUMBER], expires[NUMBER];
	struct shc_recipe r = s->recipe;
	struct signer signer = d->issuers[s->issuer].signer;
	struct buf payload = buf_in(d->arena, SIZE_MAX);

	snprintf(issued, sizeof(issued), "%lld", (long long)(d->now - 30 * DAY));
	snprintf(expires, sizeof(expires), "%lld", (long long)(d->now + s->expires_in));
	r.not_before = r.not_before ? r.not_before : issued;
	if (s->issued_in) {
		snprintf(issued, sizeof(issued), "%lld", (long long)(d->now + s->issued_in));
		r.not_before = issued;
	}
	if (s->expires_in && !r.expires)
		r.expires = expires;
	if (s->issuer_text)
		signer.issuer = span_of(s->issuer_text);
	if (s->payload) {
		demo_fill(&payload, s->payload, '*', signer.issuer);
		r.payload = buf_span(&payload);
	}
	if (s->kid_of)
		r.kid = d->issuers[s->kid_of - 1].signer.kid;
	int error = payload.error ? payload.error : shc_seal(&d->work, &r, &signer, out);
	return error == 0 && s->tampered ? exchange(d, s, &r, out) : error;
}

/* The card's text as a case has it: whole, or its digits or itself within a longer text. */
static int
form(struct demo *d, const struct card_sample *s, struct span *text)
{
	struct buf b = buf_in(d->arena, SIZE_MAX), digits = buf_in(d->arena, SIZE_MAX);
	char mark = strchr(s->form, '~') ? '~' : '*';

	if (mark == '~')
		shc_digits(&digits, *text);
	demo_fill(&b, s->form, mark, mark == '~' ? buf_span(&digits) : *text);
	*text = buf_span(&b);
	return b.error ? b.error : digits.error;
}

static int
link_text(struct demo *d, const char *payload, struct span *out)
{
	struct buf json = buf_in(d->arena, SIZE_MAX), b = buf_in(d->arena, SIZE_MAX);

	demo_fill(&json, payload, '*', SPAN_LIT(DEMO_LINK_KEY));
	buf_str(&b, "shlink:/");
	base64url_encode(&b, buf_span(&json));
	*out = buf_span(&b);
	return json.error ? json.error : b.error;
}

int
mangle_card_end(struct demo *d, struct span text, struct span *out)
{
	(void)d;
	*out = span_slice(text, 0, text.len - 2);
	return 0;
}

int
mangle_card_digit(struct demo *d, struct span text, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_add(&b, text);
	buf_char(&b, '7');
	*out = buf_span(&b);
	return b.error;
}

int
card_mint(struct demo *d, const struct sample *sample, struct span *out)
{
	const struct card_sample *s = &sample->card;
	struct span text = SPAN_NONE;
	int r;

	*out = span_of(s->text ? s->text : "");
	if (s->text)
		return 0;
	if (s->link)
		return link_text(d, s->link, out);
	r = card(d, s, &text);
	if (r == 0 && s->mangle)
		r = s->mangle(d, text, &text);
	if (r == 0 && s->form)
		r = form(d, s, &text);
	*out = text;
	return r;
}
