/* jws.c - the three parts of a compact JWS.
 *
 * base64url is read canonically, so that one card has one spelling; the header is
 * I-JSON, so that no member can mean two things.  Which key verifies is not this
 * file's business: headers that bring keys along are ignored.
 */
#include "codecs/seal/jws.h"

#include "codecs/base/ascii.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"

static const struct {
	const char *name;
	enum sig_alg alg;
} algs[] = {
	{ "ES256", SIG_ES256 },
	{ "ES384", SIG_ES384 },
	{ "ES512", SIG_ES512 },
	{ "PS256", SIG_PS256 },
	{ "PS384", SIG_PS384 },
	{ "PS512", SIG_PS512 },
	{ "RS256", SIG_RS256 },
	{ "EdDSA", SIG_EDDSA },
	{ "ES256K", SIG_ES256K },
};

enum sig_alg
jws_alg(struct span name)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (span_is(name, algs[i].name))
			return algs[i].alg;
	return SIG_UNKNOWN;
}

bool
jws_looks_like(struct span text)
{
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '.')
			dots++;
		else if (!ascii_base64url(text.ptr[i]))
			return false;
	}
	return dots == 2 && text.ptr[0] != '.';
}

bool
jws_signature_is_der(struct span s)
{
	struct cursor c = cursor_over(s);

	if (cursor_u8(&c) != 0x30 || cursor_u8(&c) != s.len - 2)
		return false;
	for (int i = 0; i < 2; i++) {
		if (cursor_u8(&c) != 0x02)
			return false;
		cursor_take(&c, cursor_u8(&c));
	}
	return cursor_done(&c);
}

/* Cuts at the dots; places in reports count from the start of the whole text. */
static bool
three_parts(struct work *w, struct span text, struct span parts[3])
{
	struct span rest = text;
	size_t n = 0;
	struct span part;

	while (n < 3 && span_split(&rest, '.', &part))
		parts[n++] = part;
	bool whole = n == 3 && parts[0].len + parts[1].len + parts[2].len + 2 == text.len;
	if (!whole || parts[0].len == 0)
		report_fail(w->report, REASON_JWS_STRUCTURE, PLACE_AT("jws", 0));
	return !report_failed(w->report);
}

static int
decode_part(struct work *w, struct span text, struct span part, struct span *out)
{
	size_t bad = 0;
	size_t start = (size_t)(part.ptr - text.ptr);
	int r = base64url_decode(w->arena, part, out, &bad);

	if (r == 0 && !out->ptr)
		report_fail(w->report, REASON_ENCODING_BASE64URL, PLACE_AT("jws", start + bad));
	return r;
}

static bool
text_member(struct work *w, const struct node *header, const char *name, struct span *out)
{
	const struct node *n = node_get(header, name);

	*out = SPAN_NONE;
	if (!n)
		return true;
	if (n->kind != NODE_TEXT) {
		report_fail(w->report, REASON_JWS_HEADER, node_place(w, n, "jws-header"));
		return false;
	}
	*out = n->as.bytes;
	return true;
}

static int
read_header(struct work *w, struct jws *j)
{
	struct span alg;
	int r = node_from_json(w, j->header_json, "jws-header", &j->header);

	if (r != 0 || !j->header)
		return r;
	if (j->header->kind != NODE_MAP) {
		report_fail(w->report, REASON_JWS_HEADER, PLACE_AT("jws-header", 0));
		return 0;
	}
	if (node_get(j->header, "crit"))
		report_fail(w->report, REASON_JWS_CRIT,
			node_place(w, node_get(j->header, "crit"), "jws-header"));
	if (!text_member(w, j->header, "alg", &alg) || !text_member(w, j->header, "kid", &j->kid))
		return 0;
	if (!alg.ptr)
		report_fail(w->report, REASON_JWS_HEADER, PLACE_AT("jws-header", 0));
	j->alg = jws_alg(alg);
	return 0;
}

int
jws_read(struct work *w, struct span text, struct jws *out, bool *ok)
{
	struct span parts[3];
	struct jws j = { 0 };
	int r;

	*ok = false;
	if (!three_parts(w, text, parts))
		return 0;
	if ((r = decode_part(w, text, parts[0], &j.header_json)) != 0 || report_failed(w->report))
		return r;
	if ((r = decode_part(w, text, parts[1], &j.payload)) != 0 || report_failed(w->report))
		return r;
	if ((r = decode_part(w, text, parts[2], &j.signature)) != 0 || report_failed(w->report))
		return r;
	j.signing_input = span_slice(text, 0, parts[0].len + 1 + parts[1].len);
	if ((r = read_header(w, &j)) != 0 || report_failed(w->report))
		return r;
	*out = j;
	*ok = true;
	return 0;
}
