/* card.c - one SMART Health Card: compact JWS, raw DEFLATE, claims (framework 1.4.0, "Health Cards are Encoded as
 * Compact Serialization JSON Web Signatures").
 *
 * What a verifier must refuse is refused here; what only the issuer should have
 * done otherwise is a note of check.c.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/seal/jws.h"
#include "codecs/shc/claims.h"
#include "codecs/shc/shc.h"

static void
add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree)
{
	if (c->layer_count < CREDENTIAL_LAYERS)
		c->layers[c->layer_count++] = (struct layer){ name, bytes, tree };
}

/* --- the header --- */

static struct place
header_place(struct work *w, const struct jws *j, const char *name)
{
	const struct node *n = node_get(j->header, name);

	return n ? node_place(w, n, SHC_LAYER_HEADER)
		 : node_place_under(w, j->header, name, SHC_LAYER_HEADER);
}

/* ES256, DEF and a kid are demanded; keys that the header brings along are never looked at. */
static void
check_header(struct work *w, const struct jws *j)
{
	if (j->alg != SIG_ES256)
		report_fail(w->report, REASON_SIGNATURE_ALGORITHM, header_place(w, j, "alg"));
	if (!span_is(node_text(node_get(j->header, "zip")), "DEF"))
		report_fail(w->report, REASON_SHC_ZIP, header_place(w, j, "zip"));
	if (j->kid.len == 0)
		report_fail(w->report, REASON_JWS_HEADER, header_place(w, j, "kid"));
	if (jws_signature_is_der(j->signature))
		report_fail(
			w->report, REASON_SIGNATURE_DER, PLACE_AT("jws", j->signing_input.len + 1));
}

static int
fill_proof(struct work *w, const struct jws *j, struct credential *out)
{
	struct proof *p = ARENA_NEW(w->arena, struct proof);

	if (!p)
		return arena_error(w->arena);
	*p = (struct proof){ .alg = j->alg,
		.accept = SIG_BIT(SIG_ES256),
		.hint = { .kid = j->kid },
		.signed_bytes = j->signing_input,
		.signature = j->signature };
	out->proofs = p;
	out->proof_count = 1;
	return 0;
}

/* --- the payload --- */

/* RFC 1950, 2.2 (method 8 and a check over both bytes) or RFC 1952, 2.3.1. */
static bool
is_wrapped(struct span in)
{
	if (in.len < 2)
		return false;
	unsigned two = in.ptr[0] * 256U + in.ptr[1];

	return two == 0x1f8b || ((in.ptr[0] & 15) == 8 && two % 31 == 0);
}

static int
unpack(struct work *w, struct span in, struct span *out)
{
	enum inflate_result result;
	struct place at = PLACE_AT("deflate", 0);
	size_t max = w->limits->shc_unpacked;
	int r = inflate_raw(w, in, max, out, &result);

	if (r != 0 || result == INFLATE_OK)
		return r;
	if (result == INFLATE_TOO_LONG)
		report_limit(w->report, "shc.unpacked", max, at);
	else if (result == INFLATE_TOO_DENSE)
		report_limit(w->report, "inflate.ratio", w->limits->inflate_ratio, at);
	else if (is_wrapped(in))
		report_fail(w->report, REASON_SHC_WRAPPED, at);
	else
		report_fail(w->report,
			result == INFLATE_TRAILED ? REASON_INFLATE_TRAILING
						  : REASON_INFLATE_MALFORMED,
			at);
	return 0;
}

static int
read_payload(struct work *w, const struct jws *j, struct credential *out)
{
	struct shc_card *card = ARENA_NEW(w->arena, struct shc_card);
	int r;

	if (!card)
		return arena_error(w->arena);
	if ((r = unpack(w, j->payload, &card->text)) != 0 || report_failed(w->report))
		return r;
	r = node_from_json(w, card->text, SHC_LAYER_PAYLOAD, &card->claims);
	if (r != 0)
		return r;
	add_layer(out, SHC_LAYER_PAYLOAD, card->text, card->claims);
	if (card->claims)
		shc_claims(w, card, out);
	out->payload = card->claims;
	out->scheme_data = card;
	return 0;
}

int
shc_card_decode(struct work *w, struct span text, struct credential *out)
{
	struct jws j;
	bool ok;
	int r;

	out->scheme = SHC_SCHEME;
	if (text.len > w->limits->shc_jws) {
		report_limit(w->report, "shc.jws", w->limits->shc_jws,
			PLACE_AT("jws", w->limits->shc_jws));
		return 0;
	}
	if ((r = jws_read(w, text, &j, &ok)) != 0 || !ok)
		return r;
	add_layer(out, "jws", text, NULL);
	add_layer(out, SHC_LAYER_HEADER, j.header_json, j.header);
	add_layer(out, "deflate", j.payload, NULL);
	add_layer(out, "signature", j.signature, NULL);
	check_header(w, &j);
	if (j.payload.len == 0) /* RFC 7515 allows it, a card without content does not exist */
		report_fail(w->report, REASON_JWS_STRUCTURE, PLACE_AT("jws", span_find(text, '.')));
	if (report_failed(w->report))
		return 0;
	if ((r = fill_proof(w, &j, out)) != 0)
		return r;
	return read_payload(w, &j, out);
}
