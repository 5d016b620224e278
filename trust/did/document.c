/* document.c - a DID document as JSON: which methods it has, which of them vouch for claims, and their keys.
 *
 * A method stands in verificationMethod (before 2020: publicKey) or inside the relationship that names it.  Its type
 * says in which one form its key is given; a key in two forms could be two keys, and is refused.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/credential.h"
#include "codecs/seal/multikey.h"
#include "codecs/tree/node.h"
#include "trust/did/did.h"

#include <string.h>

enum form { IN_MULTIBASE, IN_JWK, IN_BASE58, IN_PEM, FORMS };

static const char *const members[FORMS] = { "publicKeyMultibase", "publicKeyJwk", "publicKeyBase58",
	"publicKeyPem" };

static const struct method_type {
	const char *name;
	unsigned forms; /* bits of enum form */
	const char *key; /* the kind of key in key_type()'s words; NULL: any */
	const char *curve; /* of a bare point in base58; NULL: Ed25519 */
} types[] = {
	{ "Multikey", 1 << IN_MULTIBASE, NULL, NULL },
	{ "JsonWebKey", 1 << IN_JWK, NULL, NULL },
	{ "JsonWebKey2020", 1 << IN_JWK, NULL, NULL },
	{ "Ed25519VerificationKey2020", 1 << IN_MULTIBASE, "Ed25519", NULL },
	{ "Ed25519VerificationKey2018", 1 << IN_BASE58 | 1 << IN_JWK | 1 << IN_MULTIBASE, "Ed25519",
		NULL },
	{ "EcdsaSecp256r1VerificationKey2019", 1 << IN_BASE58 | 1 << IN_JWK | 1 << IN_MULTIBASE,
		"EC P-256", "P-256" },
	{ "EcdsaSecp256k1VerificationKey2019", 1 << IN_BASE58 | 1 << IN_JWK | 1 << IN_MULTIBASE,
		"EC secp256k1", "secp256k1" },
	{ "RsaVerificationKey2018", 1 << IN_PEM | 1 << IN_JWK, "RSA", NULL },
};

static void
give_back(void *k)
{
	key_free(k);
}

int
did_keep_key(struct work *w, struct key *k)
{
	return arena_defer(w->arena, give_back, k);
}

/* --- keys --- */

static const struct method_type *
type_named(struct span name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_is(name, types[i].name))
			return &types[i];
	return NULL;
}

/* The one form in which the key is given; FORMS: none, or more than one. */
static enum form
form_of(const struct node *method)
{
	enum form found = FORMS;

	if (node_get(method, "publicKeyHex") || node_get(method, "secretKeyMultibase") ||
		node_get(method, "privateKeyJwk"))
		return FORMS;
	for (enum form f = 0; f < FORMS; f++) {
		if (!node_get(method, members[f]))
			continue;
		if (found != FORMS)
			return FORMS;
		found = f;
	}
	return found;
}

static int
from_multibase(struct work *w, struct span text, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	enum multikey_fault fault = MULTIKEY_FORM;
	struct multikey m;
	int r = multikey_read(w, text, &m, &fault);

	*why = fault == MULTIKEY_CODE ? KEY_UNSUPPORTED : KEY_MALFORMED;
	if (r != 0 || fault != MULTIKEY_OK)
		return r;
	return key_from_multikey(w, &m, p, out, why);
}

static int
from_base58(struct work *w, const char *curve, struct span text, const struct key_policy *p,
	struct key **out, enum key_fault *why)
{
	struct span raw;
	size_t bad;
	int r = base58_decode(w->arena, text, &raw, &bad);

	*why = KEY_MALFORMED;
	if (r != 0 || !raw.ptr)
		return r;
	return curve ? key_from_point(curve, raw, p, out, why) : key_from_ed25519(raw, p, out, why);
}

static bool
between(struct span text, const char *begin, const char *end, struct span *body)
{
	const uint8_t *from = text.len > 0 ? memmem(text.ptr, text.len, begin, strlen(begin))
					   : NULL;

	if (!from)
		return false;
	struct span rest = span_from(text, (size_t)(from - text.ptr) + strlen(begin));
	const uint8_t *to = rest.len > 0 ? memmem(rest.ptr, rest.len, end, strlen(end)) : NULL;
	*body = to ? span_trim(span_slice(rest, 0, (size_t)(to - rest.ptr))) : SPAN_NONE;
	return to != NULL;
}

static int
from_pem(struct work *w, struct span text, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	struct span body = SPAN_NONE, der = SPAN_NONE;
	bool spki = between(text, "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", &body);
	size_t bad;

	*why = KEY_MALFORMED;
	if (!spki && !between(text, "-----BEGIN RSA PUBLIC KEY-----",
			     "-----END RSA PUBLIC KEY-----", &body))
		return 0;
	int r = base64_decode(w->arena, body, true, &der, &bad);
	if (r != 0 || !der.ptr)
		return r;
	return spki ? key_from_spki(der, p, out, why) : key_from_pkcs1(der, p, out, why);
}

static int
read_key(struct work *w, const struct node *method, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	const struct method_type *type = type_named(node_text(node_get(method, "type")));
	enum form form = form_of(method);
	const struct node *n = form < FORMS ? node_get(method, members[form]) : NULL;
	int r = 0;

	*out = NULL;
	*why = type ? KEY_MALFORMED : KEY_UNSUPPORTED;
	if (!type || !n || !(type->forms & 1u << form))
		return 0;
	if (form == IN_MULTIBASE)
		r = from_multibase(w, node_text(n), p, out, why);
	else if (form == IN_JWK)
		r = key_from_jwk(n, p, out, why);
	else if (form == IN_BASE58)
		r = from_base58(w, type->curve, node_text(n), p, out, why);
	else
		r = from_pem(w, node_text(n), p, out, why);
	if (r != 0 || !*out)
		return r;
	if (type->key && !span_starts(span_of(key_type(*out)), span_of(type->key))) {
		key_free(*out);
		*out = NULL;
		*why = KEY_ALG_CONFLICT;
	}
	return 0;
}

/* --- methods --- */

/* Relative to the document; ptr NULL: it is not below the document's own identifier. */
static int
absolute(struct work *w, struct span did, struct span id, struct span *out)
{
	struct buf b = buf_in(w->arena, did.len + id.len);

	*out = SPAN_NONE;
	if (span_starts(id, SPAN_LIT("#"))) {
		buf_add(&b, did);
		buf_add(&b, id);
		*out = buf_span(&b);
	} else if (span_starts(id, did) &&
		   (id.len == did.len || id.ptr[did.len] == '#' || id.ptr[did.len] == '?')) {
		*out = id;
	}
	return b.error;
}

static struct did_method *
method_named(struct did_document *doc, struct span id)
{
	for (size_t i = 0; i < doc->count; i++)
		if (span_eq(doc->methods[i].id, id))
			return &doc->methods[i];
	return NULL;
}

/* The earlier of the two; a time that cannot be read has passed. */
static int64_t
until_of(const struct node *method)
{
	static const char *const ends[] = { "revoked", "expires" };
	int64_t until = TIME_NONE;

	for (size_t i = 0; i < 2; i++) {
		const struct node *n = node_get(method, ends[i]);
		unsigned oddities;
		int64_t t = 0;

		if (!n)
			continue;
		if (!time_parse(node_text(n), &t, &oddities))
			t = 1;
		if (until == TIME_NONE || t < until)
			until = t;
	}
	return until;
}

/* Two methods of one name could be two keys: the second makes both unusable. */
static int
add_method(struct work *w, const struct node *n, const struct key_policy *p,
	struct did_document *doc, struct did_method **out)
{
	struct span id, controller = node_text(node_get(n, "controller"));
	struct key *k = NULL;
	int r = absolute(w, doc->id, node_text(node_get(n, "id")), &id);

	*out = NULL;
	if (r != 0 || !id.ptr || doc->count == DID_METHODS)
		return r;
	struct did_method *m = method_named(doc, id);
	if (m) {
		m->key = NULL;
		m->fault = KEY_MALFORMED;
		return 0;
	}
	m = &doc->methods[doc->count];
	*m = (struct did_method){ .id = id, .until = until_of(n) };
	m->foreign = !span_eq(controller, doc->id);
	if ((r = read_key(w, n, p, &k, &m->fault)) != 0)
		return r;
	m->key = k;
	doc->count++;
	*out = m;
	return k ? did_keep_key(w, k) : 0;
}

static int
read_methods(struct work *w, const struct node *list, const struct key_policy *p,
	struct did_document *doc)
{
	struct did_method *m;
	int r = 0;

	for (const struct node *n = list && list->kind == NODE_LIST ? list->child : NULL;
		n && r == 0; n = n->next)
		r = add_method(w, n, p, doc, &m);
	return r;
}

static int
read_relationship(struct work *w, const struct node *list, unsigned bit, const struct key_policy *p,
	struct did_document *doc)
{
	int r = 0;

	for (const struct node *n = list && list->kind == NODE_LIST ? list->child : NULL;
		n && r == 0; n = n->next) {
		struct did_method *m = NULL;
		struct span id;

		if (n->kind == NODE_MAP)
			r = add_method(w, n, p, doc, &m);
		else if ((r = absolute(w, doc->id, node_text(n), &id)) == 0 && id.ptr)
			m = method_named(doc, id);
		if (m)
			m->purposes |= bit;
	}
	return r;
}

static bool
is_true(const struct node *n)
{
	return n && n->kind == NODE_BOOL && n->as.boolean;
}

int
did_document_read(struct work *w, const struct node *node, struct span did,
	const struct key_policy *p, struct did_document *out, enum did_fault *fault)
{
	struct did_document doc = { .id = node_text(node_get(node, "id")) };
	int r;

	*fault = DID_DOCUMENT;
	if (doc.id.len == 0 || doc.id.len > DID_BYTES || (did.len > 0 && !span_eq(did, doc.id)))
		return 0;
	doc.methods = ARENA_ARRAY(w->arena, DID_METHODS, struct did_method);
	if (!doc.methods)
		return arena_error(w->arena);
	doc.deactivated = is_true(node_get(node, "deactivated"));
	r = read_methods(w, node_get(node, "verificationMethod"), p, &doc);
	if (r == 0)
		r = read_methods(w, node_get(node, "publicKey"), p, &doc);
	if (r == 0)
		r = read_relationship(w, node_get(node, "assertionMethod"), DID_ASSERTION, p, &doc);
	if (r == 0)
		r = read_relationship(
			w, node_get(node, "authentication"), DID_AUTHENTICATION, p, &doc);
	if (r != 0)
		return r;
	*out = doc;
	*fault = DID_OK;
	return 0;
}
