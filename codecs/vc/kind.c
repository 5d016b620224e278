/* kind.c - is this a W3C credential, and is it one or several?
 *
 * Other schemes sign JSON, too: a JWS is a credential's when its header says JWT or one of the media types and
 * speaks of no compression, as those of SMART Health Cards do.  A presentation is only a wrapping here: its
 * credentials are verified one by one, each against its own issuer.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/jws.h"
#include "codecs/vc/vc.h"
#include "codecs/vc/zip.h"

#include <string.h>

enum { HEADER = 768 }; /* as much of it as is looked at */

static bool
mentions(struct span in, const char *text)
{
	return in.len > 0 && memmem(in.ptr, in.len, text, strlen(text)) != NULL;
}

static int
symbol(uint8_t c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? memchr(alphabet, c, 64) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* The header's beginning, decoded; looked at only to tell schemes apart. */
static struct span
peek_header(struct span jws, uint8_t *room)
{
	struct span text = span_slice(jws, 0, span_find(jws, '.'));
	size_t len = 0;

	text = span_slice(text, 0, HEADER);
	for (size_t i = 0; i < text.len; i += 4) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 4; k++) {
			int v = i + k < text.len ? symbol(text.ptr[i + k]) : 0;

			bits = bits << 6 | (uint32_t)(v < 0 ? 0 : v);
		}
		room[len++] = (uint8_t)(bits >> 16);
		room[len++] = (uint8_t)(bits >> 8);
		room[len++] = (uint8_t)bits;
	}
	return (struct span){ room, len };
}

static bool
is_token(struct span in)
{
	uint8_t room[HEADER + 3];
	struct span header;

	if (!jws_looks_like(in) && !sd_jwt_looks_like(in))
		return false;
	header = peek_header(in, room);
	if (mentions(header, "\"zip\""))
		return false;
	return mentions(header, "\"typ\"") || mentions(header, "\"cty\"") ||
	       mentions(header, "did:");
}

/* The claims of a SMART Health Card without its signature have a context, too, further inside. */
static bool
is_card_claims(struct span in)
{
	return mentions(in, "\"vc\"") && mentions(in, "\"fhirBundle\"");
}

/* The first bytes of an archive, in base64. */
bool
vc_looks_like_b64(struct span in)
{
	return span_starts(in, SPAN_LIT(VC_B64 "UEsDB"));
}

bool
vc_detect(struct span in)
{
	if (in.len > 0 && in.ptr[0] == '{')
		return mentions(in, "\"@context\"") && !is_card_claims(in) &&
		       (mentions(in, "/credentials/v") || mentions(in, "VerifiableCredential") ||
			       mentions(in, "VerifiablePresentation"));
	return zip_looks_like(in) || vc_looks_like_b64(in) || is_token(in) ||
	       vc_looks_like_cose(in);
}

/* data:application/vc+jwt,eyJ..., data:application/vc+sd-jwt,eyJ... or data:application/vc+cose;base64,0oR... */
int
vc_enveloped(struct work *w, struct span url, struct span *out)
{
	static const struct span jwt = { (const uint8_t *)"data:application/vc+jwt,", 24 };
	static const struct span sd = { (const uint8_t *)"data:application/vc+sd-jwt,", 27 };
	static const struct span cose = { (const uint8_t *)"data:application/vc+cose;base64,", 32 };
	struct span body, bytes = SPAN_NONE;
	size_t bad;

	*out = SPAN_NONE;
	if (span_starts(url, jwt)) {
		body = span_from(url, jwt.len);
		*out = jws_looks_like(body) ? body : SPAN_NONE;
		return 0;
	}
	if (span_starts(url, sd)) {
		body = span_from(url, sd.len);
		*out = sd_jwt_looks_like(body) ? body : SPAN_NONE;
		return 0;
	}
	if (!span_starts(url, cose))
		return 0;
	int r = base64_decode(w->arena, span_from(url, cose.len), false, &bytes, &bad);
	if (r == 0 && bytes.ptr && vc_looks_like_cose(bytes))
		*out = bytes;
	return r;
}

int
vc_split(struct work *w, struct span in, struct span **entries, size_t *count)
{
	const struct node *doc = NULL, *all, *n;
	struct report unread;
	struct work own = *w;
	size_t found = 0;
	int r;

	*count = 0;
	if (in.len == 0 || in.ptr[0] != '{' || !mentions(in, "VerifiablePresentation"))
		return 0;
	own.report = &unread;
	report_begin(&unread, w->arena);
	if ((r = node_from_json(&own, in, "json", &doc)) != 0 || !doc || !vc_is_presentation(doc))
		return r;
	all = node_get(doc, "verifiableCredential");
	bool list = all && all->kind == NODE_LIST;
	*entries = ARENA_ARRAY(w->arena, (list ? all->size : 1) + 1, struct span);
	if (!*entries)
		return arena_error(w->arena);
	for (n = list ? all->child : all; n; n = list ? n->next : NULL)
		(*entries)[found++] = n->kind == NODE_MAP ? n->raw : node_text(n);
	*count = found;
	return 0;
}
