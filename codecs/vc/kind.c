/* kind.c - is this a W3C credential, and is it one or several?
 *
 * Other schemes sign JSON, too: a JWS is a credential's when its header says JWT or one of the media types and
 * speaks of no compression, as those of SMART Health Cards do.  A presentation is only a wrapping here: its
 * credentials are verified one by one, each against its own issuer.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/node_json.h"
#include "codecs/vc/vc.h"
#include "codecs/vc/zip.h"

#include <string.h>

enum { HEADER = 768 }; /* as much of it as is looked at */

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
	if (span_holds(header, SPAN_LIT("\"zip\"")))
		return false;
	return span_holds(header, SPAN_LIT("\"typ\"")) || span_holds(header, SPAN_LIT("\"cty\"")) ||
	       span_holds(header, SPAN_LIT("did:"));
}

bool
vc_is_bound(struct span in)
{
	uint8_t room[HEADER + 3];

	return sd_jwt_looks_like(in) && !span_holds(peek_header(in, room), SPAN_LIT("vp+sd-jwt"));
}

/* The claims of a SMART Health Card without its signature have a context, too, further inside. */
static bool
is_card_claims(struct span in)
{
	return span_holds(in, SPAN_LIT("\"vc\"")) && span_holds(in, SPAN_LIT("\"fhirBundle\""));
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
		return span_holds(in, SPAN_LIT("\"@context\"")) && !is_card_claims(in) &&
		       (span_holds(in, SPAN_LIT("/credentials/v")) ||
			       span_holds(in, SPAN_LIT("VerifiableCredential")) ||
			       span_holds(in, SPAN_LIT("VerifiablePresentation")));
	return zip_looks_like(in) || vc_looks_like_b64(in) || is_token(in) ||
	       vc_looks_like_cose(in);
}

/* The W3C's own examples of such URLs leave the padding out, and have a line end instead. */
static int
pad(struct work *w, struct span *text)
{
	struct buf b = buf_in(w->arena, text->len + 4);

	buf_add(&b, *text);
	while (b.len % 4 != 0 && !b.error)
		buf_char(&b, '=');
	*text = buf_span(&b);
	return b.error;
}

static int
unwrap_cose(struct work *w, struct span text, struct span *out)
{
	struct span bytes = SPAN_NONE;
	size_t bad;
	int r = pad(w, &text);

	if (r == 0)
		r = base64_decode(w->arena, text, false, &bytes, &bad);
	if (r == 0 && bytes.ptr && vc_looks_like_cose(bytes))
		*out = bytes;
	return r;
}

/* data:application/vc+jwt,eyJ..., data:application/vc+sd-jwt,eyJ... or data:application/vc+cose;base64,0oR...;
 * of a presentation vp+ */
int
vc_enveloped(struct work *w, struct span url, bool presentation, struct span *out)
{
	struct span rest = span_trim(url), head = presentation ? SPAN_LIT("data:application/vp+")
							       : SPAN_LIT("data:application/vc+");
	struct span kind;

	*out = SPAN_NONE;
	if (!span_starts(rest, head))
		return 0;
	rest = span_from(rest, head.len);
	if (!span_split(&rest, ',', &kind))
		return 0;
	if (span_is(kind, "cose;base64"))
		return unwrap_cose(w, rest, out);
	if ((span_is(kind, "jwt") && jws_looks_like(rest)) ||
		(span_is(kind, "sd-jwt") && sd_jwt_looks_like(rest)))
		*out = rest;
	return 0;
}

/* By its header, or by a look at its payload; what it is, its reader says. */
static int
may_present(struct work *w, struct span in, bool *may)
{
	uint8_t room[HEADER + 3];
	struct span rest = in, part, payload = SPAN_NONE;
	size_t bad;

	*may = vc_looks_like_cose(in) && span_holds(in, SPAN_LIT("application/vp+cose"));
	if (!is_token(in))
		return 0;
	*may = span_holds(peek_header(in, room), SPAN_LIT("vp+"));
	if (*may || sd_jwt_looks_like(in) || !span_split(&rest, '.', &part) ||
		!span_split(&rest, '.', &part))
		return 0;
	int r = base64url_decode(w->arena, part, &payload, &bad);
	*may = r == 0 && payload.ptr && span_holds(payload, SPAN_LIT("VerifiablePresentation"));
	return r;
}

/* The presentation; NULL: it is none that can be read. */
static int
read_token(struct work *w, struct span in, bool *shown, const struct node **doc)
{
	struct credential c = { .not_before = TIME_NONE, .not_after = TIME_NONE };
	struct vc vc = { .presents = true };
	bool may = false;
	int r = may_present(w, in, &may);

	if (r != 0 || !may)
		return r;
	r = vc_looks_like_cose(in) ? vc_decode_cose(w, in, &vc, &c) : vc_decode_jws(w, in, &vc, &c);
	*shown = vc.sd.token.ptr != NULL;
	*doc = r == 0 && !report_failed(w->report) ? vc.doc : NULL;
	return r;
}

static int
read_presentation(struct work *w, struct span in, bool *shown, const struct node **doc)
{
	if (in.len == 0 || in.ptr[0] != '{')
		return in.len == 0 ? 0 : read_token(w, in, shown, doc);
	if (!span_holds(in, SPAN_LIT("VerifiablePresentation")))
		return 0;
	const struct node *n = NULL;
	struct span inner = SPAN_NONE;
	int r = node_from_json(w, in, "json", &n);
	if (r == 0 && vc_has_type(n, VC_ENVELOPED_PRESENTATION))
		r = vc_enveloped(w, node_text(node_get(n, "id")), true, &inner);
	if (r == 0 && inner.ptr)
		return read_token(w, inner, shown, doc);
	*doc = n && vc_is_presentation(n) ? n : NULL;
	return r;
}

/* As it stands; where parts of it were disclosed it stands nowhere as a whole. */
static struct span
entry(struct work *w, const struct node *n, bool shown)
{
	struct buf b = buf_in(w->arena, w->limits->memory);

	if (n->kind != NODE_MAP || !shown)
		return n->kind == NODE_MAP ? n->raw : node_text(n);
	node_to_json(&b, n);
	return buf_span(&b);
}

int
vc_split(struct work *w, struct span in, struct span **entries, size_t *count)
{
	const struct node *doc = NULL, *all, *n;
	struct report unread;
	struct work own = *w;
	bool shown = false;
	size_t found = 0;

	*count = 0;
	own.report = &unread;
	report_begin(&unread, w->arena);
	int r = read_presentation(&own, in, &shown, &doc);
	if (r != 0 || !doc)
		return r;
	all = node_get(doc, "verifiableCredential");
	bool list = all && all->kind == NODE_LIST;
	*entries = ARENA_ARRAY(w->arena, (list ? all->size : 1) + 1, struct span);
	if (!*entries)
		return arena_error(w->arena);
	for (n = list ? all->child : all; n; n = list ? n->next : NULL)
		(*entries)[found++] = entry(w, n, shown);
	*count = found;
	return 0;
}
