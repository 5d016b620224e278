/* seal.c - a seal written and signed. */
#include "codecs/vdsnc/seal.h"

#include "codecs/base/text.h"
#include "codecs/seal/key.h"
#include "codecs/tree/jcs.h"
#include "codecs/vdsnc/vdsnc.h"

#include <errno.h>

static void
write_data(struct buf *b, const struct vds_recipe *r, struct span issuer)
{
	if (r->data) {
		buf_str(b, r->data);
		return;
	}
	buf_str(b, "{\"hdr\":{\"t\":");
	buf_json(b, span_of(r->type ? r->type : "icao.vacc"));
	buf_str(b, ",\"v\":");
	buf_str(b, r->version ? r->version : "1");
	buf_str(b, ",\"is\":");
	if (r->state)
		buf_str(b, r->state);
	else
		buf_json(b, issuer);
	buf_str(b, "},\"msg\":");
	buf_str(b, r->message);
	buf_char(b, '}');
}

/* A member as base64url, or what the recipe has in its place. */
static void
write_bytes(struct buf *b, const char *name, const char *instead, struct span bytes, bool padded)
{
	size_t from;

	if (instead ? !instead[0] : bytes.len == 0)
		return;
	buf_str(b, name);
	if (instead) {
		buf_str(b, instead);
		return;
	}
	buf_char(b, '"');
	from = b->len;
	base64url_encode(b, bytes);
	while (padded && (b->len - from) % 4 != 0 && !b->error)
		buf_char(b, '=');
	buf_char(b, '"');
}

static void
write_sig(struct buf *b, const struct vds_recipe *r, enum sig_alg alg, struct span signature)
{
	size_t from = b->len;

	if (r->sig) {
		buf_str(b, r->sig);
		return;
	}
	if (!r->alg || r->alg[0]) {
		buf_str(b, ",\"alg\":");
		if (r->alg)
			buf_str(b, r->alg);
		else
			buf_json(b, span_of(sig_alg_name(alg)));
	}
	write_bytes(b, ",\"cer\":", r->cer, r->cert, r->padded);
	write_bytes(b, ",\"sigvl\":", r->sigvl, signature, r->padded);
	if (b->len == from)
		buf_char(b, '{');
	else if (!b->error)
		b->ptr[from] = '{'; /* in place of the first comma */
	buf_char(b, '}');
}

static void
write_seal(struct buf *b, const struct vds_recipe *r, struct span data, struct span sig)
{
	struct span shown = r->shown ? span_of(r->shown) : data;

	buf_char(b, '{');
	if (r->sig_first && sig.len > 0) {
		buf_str(b, "\"sig\":");
		buf_add(b, sig);
		buf_char(b, ',');
	}
	buf_str(b, "\"data\":");
	buf_add(b, shown);
	if (!r->sig_first && sig.len > 0) {
		buf_str(b, ",\"sig\":");
		buf_add(b, sig);
	}
	buf_char(b, '}');
}

static int
sign(struct work *w, const struct vds_recipe *r, const struct signer *s, struct span data,
	struct span *out)
{
	struct span bytes, signature;
	int error = jcs_of_text(w, data, VDS_LAYER, &bytes);

	if (error == 0 && !bytes.ptr)
		error = -EINVAL;
	if (error == 0)
		error = s->sign(s, w->arena, bytes, &signature);
	if (error == 0)
		*out = span_slice(signature, 0, signature.len - r->short_signature);
	return error;
}

int
vds_seal(struct work *w, const struct vds_recipe *r, const struct signer *s, struct span *out)
{
	struct buf data = buf_in(w->arena, SIZE_MAX), sig = buf_in(w->arena, SIZE_MAX);
	struct buf text = buf_in(w->arena, SIZE_MAX);
	struct span signature;
	int error;

	write_data(&data, r, s->issuer);
	if (data.error || (error = sign(w, r, s, buf_span(&data), &signature)) != 0)
		return data.error ? data.error : error;
	write_sig(&sig, r, s->alg, signature);
	buf_str(&text, r->array > 0 ? "[" : "");
	for (unsigned i = 0; i < (r->array > 0 ? r->array : 1); i++) {
		buf_str(&text, i > 0 ? "," : "");
		write_seal(&text, r, buf_span(&data), buf_span(&sig));
	}
	buf_str(&text, r->array > 0 ? "]" : "");
	*out = buf_span(&text);
	return sig.error ? sig.error : text.error;
}
