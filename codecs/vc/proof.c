/* proof.c - one proof as JSON: its suite, its method, its purpose and times, and the signature decoded.
 *
 * The suite decides how a signature is written, and the header of a JWS may only agree: b64 false and crit naming
 * exactly that (RFC 7797), nothing between the dots.
 */
#include "codecs/vc/proof.h"

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/base/work.h"
#include "codecs/seal/jws.h"
#include "codecs/vc/model.h"

#include <string.h>

#define EC_ANY  (SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384))
#define JWS_ANY (EC_ANY | SIG_BIT(SIG_ES256K) | SIG_BIT(SIG_EDDSA) | SIG_BIT(SIG_PS256))
#define RSA_ANY (SIG_BIT(SIG_PS256) | SIG_BIT(SIG_RS256))

static const struct vc_suite suites[] = {
	{ "eddsa-jcs-2022", true, VC_CANON_JCS, VC_CARRIER_VALUE, SIG_BIT(SIG_EDDSA) },
	{ "eddsa-rdfc-2022", true, VC_CANON_RDFC, VC_CARRIER_VALUE, SIG_BIT(SIG_EDDSA) },
	{ "ecdsa-jcs-2019", true, VC_CANON_JCS, VC_CARRIER_VALUE, EC_ANY },
	{ "ecdsa-rdfc-2019", true, VC_CANON_RDFC, VC_CARRIER_VALUE, EC_ANY },
	{ "ecdsa-sd-2023", true, VC_CANON_SELECTIVE, VC_CARRIER_DERIVED, SIG_BIT(SIG_ES256) },
	{ "Ed25519Signature2020", false, VC_CANON_RDFC, VC_CARRIER_VALUE, SIG_BIT(SIG_EDDSA) },
	{ "Ed25519Signature2018", false, VC_CANON_RDFC, VC_CARRIER_JWS, SIG_BIT(SIG_EDDSA) },
	{ "JsonWebSignature2020", false, VC_CANON_RDFC, VC_CARRIER_JWS, JWS_ANY },
	{ "EcdsaSecp256r1Signature2019", false, VC_CANON_RDFC, VC_CARRIER_VALUE | VC_CARRIER_JWS,
		SIG_BIT(SIG_ES256) },
	{ "RsaSignature2018", false, VC_CANON_RDFC, VC_CARRIER_JWS, RSA_ANY },
};

const struct vc_suite *
vc_suite_named(const char *name)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (strcmp(name, suites[i].name) == 0)
			return &suites[i];
	return NULL;
}

static const struct vc_suite *
suite_of(const struct node *proof)
{
	struct span type = node_text(node_get(proof, "type"));
	bool integrity = span_is(type, "DataIntegrityProof");
	struct span name = integrity ? node_text(node_get(proof, "cryptosuite")) : type;

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (suites[i].integrity == integrity && span_is(name, suites[i].name))
			return &suites[i];
	return NULL;
}

static void
fail(struct work *w, const struct vc_proof *p, const char *member, enum reason reason)
{
	const struct node *n = node_get(p->node, member);

	report_fail(w->report, reason,
		n ? node_place(w, n, p->layer) : node_place_under(w, p->node, member, p->layer));
}

/* --- members --- */

static bool
is_text(struct work *w, const struct vc_proof *p, const char *member, bool required)
{
	const struct node *n = node_get(p->node, member);

	if (n ? n->kind == NODE_TEXT && n->as.bytes.len > 0 : !required)
		return true;
	fail(w, p, member, REASON_VC_PROOF_FORM);
	return false;
}

/* A text, or a list of them. */
static bool
is_texts(struct work *w, const struct vc_proof *p, const char *member)
{
	const struct node *n = node_get(p->node, member);
	bool good = !n || n->kind == NODE_TEXT || (n->kind == NODE_LIST && n->size > 0);

	for (const struct node *c = n && n->kind == NODE_LIST ? n->child : NULL; c; c = c->next)
		good = good && c->kind == NODE_TEXT;
	if (!good)
		fail(w, p, member, REASON_VC_PROOF_FORM);
	return good;
}

static bool
is_time(struct work *w, const struct vc_proof *p, const char *member)
{
	const struct node *n = node_get(p->node, member);
	int64_t t;

	if (!n || vc_time(node_text(n), VC_MODEL_20, &t))
		return true;
	fail(w, p, member, REASON_VC_PROOF_FORM);
	return false;
}

static bool
members_good(struct work *w, const struct vc_proof *p)
{
	if (p->node->kind != NODE_MAP) {
		report_fail(w->report, REASON_VC_PROOF_FORM, node_place(w, p->node, p->layer));
		return false;
	}
	if (!is_text(w, p, "type", true) || !is_text(w, p, "proofPurpose", true) ||
		!is_text(w, p, "verificationMethod", true) || !is_text(w, p, "id", false) ||
		!is_text(w, p, "challenge", false) || !is_texts(w, p, "domain") ||
		!is_texts(w, p, "previousProof") || !is_time(w, p, "created") ||
		!is_time(w, p, "expires"))
		return false;
	if (!vc_is_url(node_text(node_get(p->node, "verificationMethod")))) {
		fail(w, p, "verificationMethod", REASON_VC_PROOF_FORM);
		return false;
	}
	return true;
}

/* --- signatures --- */

static int
read_value(struct work *w, struct vc_proof *p)
{
	struct span text = node_text(node_get(p->node, "proofValue")), bytes;
	size_t bad;
	int r = multibase_decode(w->arena, text, "z", &bytes, &bad);

	if (r != 0)
		return r;
	bool eddsa = p->suite->accept == SIG_BIT(SIG_EDDSA);
	p->signature = bytes;
	p->alg = eddsa ? SIG_EDDSA : bytes.len == 96 ? SIG_ES384 : SIG_ES256;
	if ((bytes.len != 64 && bytes.len != 96) || !(p->suite->accept & SIG_BIT(p->alg)) ||
		(eddsa && bytes.len != 64))
		fail(w, p, "proofValue", REASON_VC_PROOF_VALUE);
	return 0;
}

/* A base proof (00) holds what its holder may disclose, and is for nobody else. */
static int
read_derived(struct work *w, struct vc_proof *p)
{
	struct span text = node_text(node_get(p->node, "proofValue")), bytes;
	size_t bad;
	int r = multibase_decode(w->arena, text, "u", &bytes, &bad);

	if (r != 0)
		return r;
	if (bytes.len < 3 || bytes.ptr[0] != 0xd9 || bytes.ptr[1] != 0x5d)
		fail(w, p, "proofValue", REASON_VC_PROOF_VALUE);
	else if (bytes.ptr[2] == 0)
		fail(w, p, "proofValue", REASON_VC_PROOF_BASE);
	else if (bytes.ptr[2] != 1)
		fail(w, p, "proofValue", REASON_VC_PROOF_VALUE);
	/* CBOR: a list of five, of which the first is a string of 64 bytes */
	else if (bytes.len < 6 + 64 || memcmp(&bytes.ptr[3], "\x85\x58\x40", 3) != 0)
		fail(w, p, "proofValue", REASON_VC_PROOF_VALUE);
	p->alg = SIG_ES256;
	p->derived = span_from(bytes, 3);
	p->signature = span_slice(bytes, 6, 64);
	return 0;
}

/* {"alg", "b64": false, "crit": ["b64"]}; what else it says is of no account. */
static bool
header_good(const struct node *h)
{
	const struct node *b64 = node_get(h, "b64"), *crit = node_get(h, "crit");

	return h && h->kind == NODE_MAP && b64 && b64->kind == NODE_BOOL && !b64->as.boolean &&
	       crit && crit->kind == NODE_LIST && crit->size == 1 &&
	       span_is(node_text(crit->child), "b64") && node_text(node_get(h, "alg")).len > 0;
}

static int
read_header(struct work *w, struct vc_proof *p)
{
	struct span json = SPAN_NONE;
	const struct node *h = NULL;
	struct report aside;
	struct work own = *w;
	size_t bad;
	int r = base64url_decode(w->arena, p->header, &json, &bad);

	report_begin(&aside, w->arena);
	own.report = &aside;
	if (r == 0 && json.ptr)
		r = node_from_json(&own, json, "jws-header", &h);
	if (r != 0)
		return r;
	if (!header_good(h))
		fail(w, p, "jws", REASON_VC_PROOF_JWS);
	else
		p->alg = jws_alg(node_text(node_get(h, "alg")));
	return 0;
}

static int
read_jws(struct work *w, struct vc_proof *p)
{
	struct span rest = node_text(node_get(p->node, "jws")), between;
	size_t bad;

	if (!span_split(&rest, '.', &p->header) || !span_split(&rest, '.', &between) ||
		between.len > 0 || rest.len == 0) {
		fail(w, p, "jws", REASON_VC_PROOF_JWS);
		return 0;
	}
	int r = base64url_decode(w->arena, rest, &p->signature, &bad);
	if (r != 0)
		return r;
	if (!p->signature.ptr) {
		fail(w, p, "jws", REASON_VC_PROOF_JWS);
		return 0;
	}
	return read_header(w, p);
}

/* The one way in which the signature is given. */
static int
read_signature(struct work *w, struct vc_proof *p)
{
	bool value = node_get(p->node, "proofValue") != NULL,
	     jws = node_get(p->node, "jws") != NULL;
	unsigned given = jws ? VC_CARRIER_JWS : p->suite->carriers & ~(unsigned)VC_CARRIER_JWS;

	if (value == jws || !(given & p->suite->carriers)) {
		fail(w, p, jws ? "jws" : "proofValue", REASON_VC_PROOF_FORM);
		return 0;
	}
	p->carrier = (enum vc_carrier)given;
	if (jws)
		return read_jws(w, p);
	return p->carrier == VC_CARRIER_DERIVED ? read_derived(w, p) : read_value(w, p);
}

int
vc_proof_read_for(struct work *w, const struct node *proof, const char *layer, const char *purpose,
	struct vc_proof *out, bool *ok)
{
	struct vc_proof p = { .node = proof, .layer = layer };
	int r = 0;

	*ok = false;
	if (!members_good(w, &p))
		return 0;
	p.method = node_text(node_get(proof, "verificationMethod"));
	p.suite = suite_of(proof);
	if (!span_is(node_text(node_get(proof, "proofPurpose")), purpose)) {
		fail(w, &p, "proofPurpose", REASON_VC_PROOF_PURPOSE);
		return 0;
	}
	if (p.suite)
		r = read_signature(w, &p);
	*ok = r == 0 && !report_failed(w->report);
	if (*ok)
		*out = p;
	return r;
}

int
vc_proof_read(
	struct work *w, const struct node *proof, const char *layer, struct vc_proof *out, bool *ok)
{
	return vc_proof_read_for(w, proof, layer, "assertionMethod", out, ok);
}
