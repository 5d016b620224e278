/* did.c - the two methods whose identifiers are their documents: did:key (W3C CCG, 0.9) and did:jwk. */
#include "trust/did/did.h"

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/seal/multikey.h"
#include "codecs/tree/node.h"

const struct key_policy did_key_policy = {
	.rsa_min_bits = 2048, .rsa_max_bits = 8192, .algs = ~0u
};

struct span
did_method_of(struct span did)
{
	size_t colon = span_starts(did, SPAN_LIT("did:")) ? 4 + span_find(span_from(did, 4), ':')
							  : did.len;

	return colon < did.len ? span_slice(did, 0, colon) : SPAN_NONE;
}

bool
did_is(struct span s)
{
	struct span method = did_method_of(s);

	if (s.len > DID_BYTES || method.len < 5 || s.len <= method.len + 1)
		return false;
	for (size_t i = 4; i < method.len; i++)
		if (!(method.ptr[i] >= 'a' && method.ptr[i] <= 'z') &&
			!(method.ptr[i] >= '0' && method.ptr[i] <= '9'))
			return false;
	for (size_t i = method.len; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '/' || c == '?' || c == '#' || c == '"' ||
			c == '<' || c == '>' || c == '\\')
			return false;
	}
	return true;
}

/* A document of one method, named did#fragment. */
static int
document_of(struct work *w, struct span did, struct span fragment, struct did_document *out)
{
	struct buf b = buf_in(w->arena, did.len + fragment.len + 1);
	struct did_method *m = ARENA_NEW(w->arena, struct did_method);

	if (!m)
		return arena_error(w->arena);
	buf_add(&b, did);
	buf_char(&b, '#');
	buf_add(&b, fragment);
	*m = (struct did_method){ .id = buf_span(&b), .until = TIME_NONE };
	*out = (struct did_document){ did, m, 1, false };
	return b.error;
}

/* "1" and "1.1" name the version that this is; without one the same is meant. */
static bool
cut_version(struct span *rest)
{
	size_t colon = span_find(*rest, ':');
	struct span version = span_slice(*rest, 0, colon);

	if (colon == rest->len)
		return true;
	*rest = span_from(*rest, colon + 1);
	return span_is(version, "1") || span_is(version, "1.1");
}

static enum did_fault
fault_of(enum multikey_fault f)
{
	static const enum did_fault faults[] = { [MULTIKEY_OK] = DID_OK,
		[MULTIKEY_FORM] = DID_SYNTAX,
		[MULTIKEY_CODE] = DID_KEY_TYPE,
		[MULTIKEY_LENGTH] = DID_KEY_LENGTH };

	return faults[f];
}

static int
add_multikey(struct work *w, const struct multikey *m, const struct key_policy *p,
	struct did_method *method, enum did_fault *fault)
{
	struct key *k = NULL;
	int r = key_from_multikey(w, m, p, &k, &method->fault);

	if (r != 0)
		return r;
	method->key = k;
	method->purposes = m->verifies ? DID_ASSERTION | DID_AUTHENTICATION : 0;
	if (!k && m->verifies)
		*fault = DID_KEY;
	return k ? did_keep_key(w, k) : 0;
}

static int
resolve_key(struct work *w, struct span did, const struct key_policy *p, struct did_document *out,
	enum did_fault *fault)
{
	struct span text = span_from(did, sizeof("did:key:") - 1);
	enum multikey_fault bad = MULTIKEY_FORM;
	struct did_document doc;
	struct multikey m;

	*fault = DID_SYNTAX;
	if (!cut_version(&text))
		return 0;
	int r = multikey_read(w, text, &m, &bad);
	*fault = fault_of(bad);
	if (r != 0 || *fault != DID_OK)
		return r;
	if ((r = document_of(w, did, text, &doc)) != 0)
		return r;
	r = add_multikey(w, &m, p, doc.methods, fault);
	if (r == 0 && *fault == DID_OK)
		*out = doc;
	return r;
}

/* The identifier's part as a JSON object; what is wrong with it is no fault of the document in hand. */
static int
read_jwk(struct work *w, struct span text, const struct node **out)
{
	struct report aside;
	struct work own = *w;
	struct span json = SPAN_NONE;
	size_t bad;
	int r = base64url_decode(w->arena, text, &json, &bad);

	report_begin(&aside, w->arena);
	own.report = &aside;
	*out = NULL;
	return r != 0 || !json.ptr ? r : node_from_json(&own, json, "jwk", out);
}

/* "use": "enc" leaves nothing to verify with: key_from_jwk tells it as KEY_ALG_CONFLICT. */
static int
resolve_jwk(struct work *w, struct span did, const struct key_policy *p, struct did_document *out,
	enum did_fault *fault)
{
	const struct node *jwk;
	struct did_document doc;
	struct key *k = NULL;
	int r = read_jwk(w, span_from(did, sizeof("did:jwk:") - 1), &jwk);

	*fault = DID_SYNTAX;
	if (r != 0 || !jwk || jwk->kind != NODE_MAP)
		return r;
	if ((r = document_of(w, did, SPAN_LIT("0"), &doc)) != 0)
		return r;
	if ((r = key_from_jwk(jwk, p, &k, &doc.methods->fault)) != 0)
		return r;
	doc.methods->key = k;
	doc.methods->purposes = DID_ASSERTION | DID_AUTHENTICATION;
	*fault = k ? DID_OK : DID_KEY;
	if (k && (r = did_keep_key(w, k)) == 0)
		*out = doc;
	return r;
}

int
did_resolve(struct work *w, struct span did, const struct key_policy *p, struct did_document *out,
	enum did_fault *fault)
{
	struct span method = did_method_of(did);

	*fault = DID_METHOD;
	if (!span_is(method, "did:key") && !span_is(method, "did:jwk")) {
		if (!span_starts(did, SPAN_LIT("did:")))
			*fault = DID_SYNTAX;
		return 0;
	}
	*fault = DID_SYNTAX;
	if (!did_is(did))
		return 0;
	if (span_is(method, "did:key"))
		return resolve_key(w, did, p, out, fault);
	return resolve_jwk(w, did, p, out, fault);
}
