/* jose.c - a credential as compact JWS: the token of the 1.1 model, whose `vc` claim holds it, or by VC-JOSE-COSE,
 * where the payload is the credential itself.
 *
 * The latter may come as SD-JWT (3.2), of which the holder shows parts: what he shows is read.  The two never mix: a
 * payload with a `vc` claim is a token, and a credential whose payload has one is refused, for nobody could say which
 * of the two was meant.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/date.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/edit.h"
#include "codecs/vc/disclose/sd_jwt.h"
#include "codecs/vc/vc.h"

#include <math.h>

#define LAYER "jwt"

/* NumericDate (RFC 7519, section 2): a JSON number, which may have a fraction. */
static bool
numeric_date(const struct node *n, double *out)
{
	const double end = 253402300800.0; /* the year 10000 */
	double v = n->kind == NODE_INT    ? (double)n->as.integer
		   : n->kind == NODE_REAL ? n->as.real
					  : NAN;

	*out = v;
	return v >= 0 && v < end;
}

/* false: it is there and malformed, which was reported. */
static bool
read_date(struct work *w, const struct node *claims, const char *name, const struct node **at,
	double *out)
{
	const struct node *n = node_get(claims, name);

	*at = NULL;
	if (!n)
		return true;
	if (!numeric_date(n, out)) {
		report_fail(w->report, REASON_VC_CLAIM, node_place(w, n, LAYER));
		return false;
	}
	*at = n;
	return true;
}

/* The suite of VC-JOSE-COSE writes iat as a text, which takes nothing from what is signed. */
static bool
issued_as_text(struct work *w, const struct node *iat, struct credential *out)
{
	int64_t t;

	if (!vc_time(node_text(iat), VC_MODEL_20, &t))
		return false;
	vc_not_before(out, t, iat);
	report_find(w->report, REASON_NOTE_VC_ISSUED_TEXT, node_place(w, iat, LAYER));
	return true;
}

static void
take_dates(struct work *w, const struct node *claims, bool token, struct credential *out)
{
	const struct node *at;
	double t;

	if (read_date(w, claims, "exp", &at, &t) && at)
		vc_not_after(out, (int64_t)floor(t), at);
	if (read_date(w, claims, "nbf", &at, &t) && at) {
		vc_not_before(out, (int64_t)ceil(t), at);
	} else if (!token && issued_as_text(w, node_get(claims, "iat"), out)) {
		return;
	} else if (read_date(w, claims, "iat", &at, &t) && at) {
		vc_not_before(out, (int64_t)ceil(t), at);
		if (token)
			report_find(w->report, REASON_NOTE_VC_ISSUED_AT, node_place(w, at, LAYER));
	}
}

static struct span
text_claim(struct work *w, const struct node *claims, const char *name)
{
	const struct node *n = node_get(claims, name);

	if (n && n->kind != NODE_TEXT)
		report_fail(w->report, REASON_VC_CLAIM, node_place(w, n, LAYER));
	return node_text(n);
}

/* The fragment of the only key of a DID that is its key; ptr NULL: it is none. */
static struct span
only_fragment(struct span did)
{
	if (span_find(did, '#') < did.len)
		return SPAN_NONE;
	if (span_starts(did, SPAN_LIT("did:key:")))
		return span_from(did, sizeof("did:key:") - 1);
	return span_starts(did, SPAN_LIT("did:jwk:")) ? SPAN_LIT("0") : SPAN_NONE;
}

int
vc_key_name(struct work *w, struct span issuer, struct span kid, struct span *out)
{
	bool fragment = kid.len > 0 && kid.ptr[0] == '#';
	struct span did = kid.len > 0 && !fragment ? kid : issuer;
	struct span rest = fragment ? span_from(kid, 1) : only_fragment(did);
	struct buf b = buf_in(w->arena, did.len + rest.len + 1);

	*out = did;
	if (!rest.ptr)
		return 0;
	buf_add(&b, did);
	buf_char(&b, '#');
	buf_add(&b, rest);
	*out = buf_span(&b);
	return b.error;
}

static int
add_proof(struct work *w, const struct jws *j, struct span issuer, struct credential *out)
{
	struct proof *p;
	int r = vc_add_proof(w, out, &p);

	if (r != 0)
		return r;
	p->alg = j->alg;
	p->accept = VC_ALGORITHMS;
	p->signed_bytes = j->signing_input;
	p->signature = j->signature;
	p->hint.issuer = issuer;
	return vc_key_name(w, issuer, j->kid, &p->hint.kid);
}

struct media {
	const char *credential, *other_name, *presentation;
};

static bool
media_type(const struct node *header, const char *member, const struct media *names,
	bool *is_credential)
{
	struct span type = node_text(node_get(header, member));

	if (span_starts(type, SPAN_LIT("application/")))
		type = span_from(type, sizeof("application/") - 1);
	*is_credential = span_is(type, names->credential) || span_is(type, names->other_name);
	return *is_credential || span_is(type, names->presentation);
}

/* VC-JOSE-COSE, 3.1 and 3.2: typ and cty; the latter may be left out. */
static void
check_media_types(struct work *w, const struct vc *vc)
{
	static const struct media jwt = { "vc+jwt", "vc+jwt", "vp+jwt" },
				  sd = { "vc+sd-jwt", "dc+sd-jwt", "vp+sd-jwt" },
				  contents = { "vc", "vc", "vp" };
	bool credential, content;

	if (!media_type(vc->header, "typ", vc->sd.token.ptr ? &sd : &jwt, &credential))
		report_fail(w->report, REASON_VC_MEDIA_TYPE,
			node_place_under(w, vc->header, "typ", "jws-header"));
	else if (node_get(vc->header, "cty") &&
		 (!media_type(vc->header, "cty", &contents, &content) || content != credential))
		report_fail(w->report, REASON_VC_MEDIA_TYPE,
			node_place_under(w, vc->header, "cty", "jws-header"));
	else if (credential == vc_is_presentation(vc->claims))
		report_fail(w->report, REASON_VC_MEDIA_TYPE,
			node_place_under(w, vc->header, "typ", "jws-header"));
}

static const struct node *
text_node(struct work *w, const struct node *parent, struct span text)
{
	struct node *n = ARENA_NEW(w->arena, struct node);

	if (n)
		*n = (struct node){ .kind = NODE_TEXT, .parent = parent, .as.bytes = text };
	return n;
}

/* A claim as the member for which it stands: texts as they are, times written out. */
static int
member_of(struct work *w, const struct node *parent, const struct node *claim,
	const struct node **out)
{
	struct buf b = buf_in(w->arena, 64);
	struct span text = node_text(claim);
	double t;

	if (claim->kind != NODE_TEXT && numeric_date(claim, &t)) {
		time_format(&b, (int64_t)floor(t));
		text = buf_span(&b);
	}
	if (b.error)
		return b.error;
	*out = text_node(w, parent, text);
	return *out ? 0 : arena_error(w->arena);
}

/* The credential with what its token says in its place (1.1, 6.3.1). */
static int
complete(struct work *w, struct vc *vc)
{
	bool first = vc->model == VC_MODEL_11;
	const char *nbf = node_get(vc->claims, "nbf") ? "nbf" : "iat";
	const struct {
		const char *claim, *member;
	} rows[] = { { "iss", vc->presents ? "holder" : "issuer" }, { "jti", "id" },
		{ nbf, first ? "issuanceDate" : "validFrom" },
		{ "exp", first ? "expirationDate" : "validUntil" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct node *claim = node_get(vc->claims, rows[i].claim);
		struct edit e = { .key = rows[i].member };
		int r;

		if (!claim || node_get(vc->doc, rows[i].member))
			continue;
		if ((r = member_of(w, vc->doc, claim, &e.value)) != 0 ||
			(r = edit_map(w, vc->doc, &e, &vc->doc)) != 0)
			return r;
	}
	return 0;
}

static int
take_token(struct work *w, struct vc *vc, const struct jws *j, struct credential *out)
{
	const struct node *doc = node_get(vc->claims, "vc");
	struct span iss = text_claim(w, vc->claims, "iss");

	vc->form = VC_TOKEN;
	if (!doc)
		doc = node_get(vc->claims, "vp");
	if (iss.len == 0) {
		report_fail(
			w->report, REASON_VC_CLAIM, node_place_under(w, vc->claims, "iss", LAYER));
		return 0;
	}
	int r = vc_take_document(w, vc, doc, out);
	if (r != 0 || report_failed(w->report))
		return r;
	take_dates(w, vc->claims, true, out);
	vc->issuer = iss;
	if ((r = complete(w, vc)) != 0)
		return r;
	out->payload = vc->doc;
	return add_proof(w, j, iss, out);
}

/* `iss` of the header or the payload, where there is one, is the issuer (3.3.1). */
static void
check_issuer(struct work *w, const struct vc *vc, const struct node *where, const char *layer)
{
	const struct node *iss = node_get(where, "iss");

	if (iss && !span_eq(node_text(iss), vc->issuer))
		report_fail(w->report, REASON_VC_CONFLICT, node_place(w, iss, layer));
}

/* Of a presentation that names no holder: whoever the token says, else whose key it is. */
static struct span
signer_of(const struct vc *vc, struct span kid)
{
	struct span iss = node_text(node_get(vc->claims, "iss"));

	return iss.len > 0 ? iss : vc_did_of(kid);
}

static int
take_jose(struct work *w, struct vc *vc, const struct jws *j, struct credential *out)
{
	vc->form = VC_JOSE;
	check_media_types(w, vc);
	int r = report_failed(w->report) ? 0 : vc_take_document(w, vc, vc->claims, out);
	if (r != 0 || report_failed(w->report))
		return r;
	if (vc->model != VC_MODEL_20)
		report_fail(w->report, REASON_VC_CONTEXT,
			node_place_under(w, vc->doc, "@context", LAYER));
	if (vc->presents && vc->issuer.len == 0)
		vc->issuer = signer_of(vc, j->kid);
	check_issuer(w, vc, vc->header, "jws-header");
	check_issuer(w, vc, vc->claims, LAYER);
	take_dates(w, vc->claims, false, out);
	return add_proof(w, j, vc->issuer, out);
}

/* The claims with what the holder disclosed in its place. */
static int
unfold(struct work *w, struct vc *vc, struct credential *out)
{
	const struct node *claims = NULL;

	if (vc->claims->kind != NODE_MAP) {
		report_fail(w->report, REASON_VC_CLAIM, PLACE_AT(LAYER, 0));
		return 0;
	}
	int r = sd_jwt_unfold(w, &vc->sd, vc->claims, LAYER, &claims);
	if (r != 0 || !claims)
		return r;
	vc->claims = claims;
	vc_add_layer(out, "disclosures", vc->sd.disclosures, claims);
	return 0;
}

static int
take_claims(struct work *w, struct vc *vc, const struct jws *j, struct credential *out)
{
	bool wrapped = node_get(vc->claims, "vc") || node_get(vc->claims, "vp");
	bool bare = node_get(vc->claims, "@context") != NULL;

	if (wrapped && (bare || vc->sd.token.ptr))
		report_fail(w->report, REASON_VC_CLAIM_FORBIDDEN, PLACE_AT(LAYER, 0));
	else if (!wrapped && !bare)
		report_fail(w->report, REASON_VC_CLAIM, PLACE_AT(LAYER, 0));
	else
		return wrapped ? take_token(w, vc, j, out) : take_jose(w, vc, j, out);
	return 0;
}

int
vc_decode_jws(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	struct jws j;
	bool ok = false;

	if (sd_jwt_looks_like(in))
		sd_jwt_cut(in, &vc->sd);
	int r = jws_read(w, vc->sd.token.ptr ? vc->sd.token : in, &j, &ok);
	if (r != 0 || !ok)
		return r;
	vc_add_layer(out, "jws-header", j.header_json, j.header);
	if ((r = node_from_json(w, j.payload, LAYER, &vc->claims)) != 0 || !vc->claims)
		return r;
	vc_add_layer(out, LAYER, j.payload, vc->claims);
	vc_add_layer(out, "signature", j.signature, NULL);
	vc->header = j.header;
	vc->layer = LAYER;
	if (vc->sd.token.ptr && (r = unfold(w, vc, out)) != 0)
		return r;
	return report_failed(w->report) ? 0 : take_claims(w, vc, &j, out);
}

/* --- a token and its credential --- */

static void
agree_text(struct work *w, const struct vc *vc, const char *claim, struct span inside,
	const struct node *at)
{
	struct span outside = node_text(node_get(vc->claims, claim));

	if (at && outside.ptr && !span_eq(outside, inside))
		report_fail(w->report, REASON_VC_CONFLICT, node_place(w, at, LAYER));
}

/* Instants to the second: issuers cut fractions off. */
static void
agree_time(struct work *w, const struct vc *vc, const char *claim, const char *member)
{
	const struct node *outside = node_get(vc->claims, claim), *inside;
	int64_t t;
	double v;

	inside = node_get(vc->doc, member);
	if (!outside || !inside || !vc_time(node_text(inside), vc->model, &t) ||
		!numeric_date(outside, &v))
		return;
	if ((int64_t)floor(v) != t)
		report_fail(w->report, REASON_VC_CONFLICT, node_place(w, inside, LAYER));
}

void
vc_check_token(struct work *w, const struct vc *vc)
{
	bool first = vc->model == VC_MODEL_11;
	const char *who = vc->presents ? "holder" : "issuer";
	const struct node *subject = node_get(vc->doc, "credentialSubject");

	agree_text(w, vc, "iss", vc_identity(vc->doc, who), node_get(vc->doc, who));
	agree_text(w, vc, "jti", node_text(node_get(vc->doc, "id")), node_get(vc->doc, "id"));
	if (subject && subject->kind == NODE_MAP)
		agree_text(
			w, vc, "sub", node_text(node_get(subject, "id")), node_get(subject, "id"));
	agree_time(w, vc, "nbf", first ? "issuanceDate" : "validFrom");
	agree_time(w, vc, "exp", first ? "expirationDate" : "validUntil");
}
