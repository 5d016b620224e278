/* who_keys.c - the keys under which the WHO's samples were signed, and one sample through the engine. */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "conformance/adapters/who.h"

#include <string.h>

enum { DEV_CLOCK = 1787500800 /* 2026-08-23 */, POINT = 64, ED25519 = 32, LINE = 64, INPUTS = 64 };

static const enum trust_domain identified[] = { TRUST_DCC, TRUST_WHO };

/* {"eu_keys": {KID: [{"subjectPk"}]}}: a form of list that takes bare keys under any identifier of bytes. */
static struct span
list_of(struct arena *a, const json_t *keys)
{
	struct buf b = buf_in(a, SIZE_MAX);
	size_t i, k;
	json_t *key, *place;

	buf_str(&b, "{\"eu_keys\":{\"\":[]");
	json_array_foreach(keys, i, key)
		json_array_foreach(json_object_get(key, "registered"), k, place)
	{
		struct span kid = dcc_text(place, "kid");
		if (k > 0 || span_find(kid, '#') < kid.len || span_find(kid, ':') < kid.len)
			continue;
		buf_char(&b, ',');
		buf_json(&b, kid);
		buf_str(&b, ":[{\"subjectPk\":");
		buf_json(&b, dcc_text(key, "spki"));
		buf_str(&b, "}]");
	}
	buf_str(&b, "}}");
	return buf_span(&b);
}

/* {"keys": [...]} of the one key that an issuer of health cards is registered with: "ISS#KID". */
static struct span
jwks_of(struct arena *a, struct span spki, struct span kid)
{
	struct buf b = buf_in(a, SIZE_MAX);
	struct span der = SPAN_NONE;
	size_t bad;

	if (base64_decode(a, spki, true, &der, &bad) != 0 || der.len < POINT)
		return SPAN_NONE;
	buf_str(&b, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":"
		    "\"ES256\",\"kid\":");
	buf_json(&b, kid);
	buf_str(&b, ",\"x\":\"");
	base64url_encode(&b, span_slice(der, der.len - POINT, POINT / 2));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_slice(der, der.len - POINT / 2, POINT / 2));
	buf_str(&b, "\"}]}");
	return buf_span(&b);
}

struct inputs {
	struct trust_input in[INPUTS];
	struct trust_file files[INPUTS];
	size_t count;
};

static void
add(struct inputs *l, const char *name, enum trust_domain domain, struct span issuer,
	struct span bytes)
{
	if (l->count == INPUTS || !bytes.ptr)
		return;
	l->files[l->count] = (struct trust_file){ span_of(name), bytes };
	l->in[l->count] = (struct trust_input){ .name = span_of(name),
		.env = ENV_ACCEPTANCE,
		.domain = domain,
		.files = &l->files[l->count],
		.file_count = 1,
		.issuer = issuer,
		.read_at = TIME_NONE };
	l->count++;
}

static void
add_cards(struct arena *a, const json_t *keys, struct inputs *l)
{
	size_t i, k;
	json_t *key, *place;

	json_array_foreach(keys, i, key)
		json_array_foreach(json_object_get(key, "registered"), k, place)
	{
		struct span name = arena_copy(a, dcc_text(place, "kid"));
		size_t hash = span_find(name, '#');
		if (hash < name.len)
			add(l, "cards", TRUST_SHC, span_slice(name, 0, hash),
				jwks_of(a, dcc_text(key, "spki"), span_from(name, hash + 1)));
	}
}

static const char *const credential_issuers[] = { "https://cowin.gov.in/",
	"https://www.moh.gov.jm" };

/* A document of the one key that an issuer of DIVOC credentials is registered with. */
static struct span
document_of(struct arena *a, struct span spki, struct span id)
{
	struct buf b = buf_in(a, SIZE_MAX);
	struct span der = SPAN_NONE;
	size_t bad;

	if (base64_decode(a, spki, true, &der, &bad) != 0 || der.len < ED25519)
		return SPAN_NONE;
	bool edwards = der.len < POINT;
	buf_str(&b, "{\"id\":");
	buf_json(&b, id);
	buf_str(&b, ",\"assertionMethod\":[{\"id\":");
	buf_json(&b, id);
	buf_str(&b, ",\"controller\":");
	buf_json(&b, id);
	buf_str(&b, edwards ? ",\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\""
			    : ",\"type\":\"RsaVerificationKey2018\",\"publicKeyPem\":\""
			      "-----BEGIN PUBLIC KEY-----\\n");
	if (edwards)
		base58_encode(&b, span_slice(der, der.len - ED25519, ED25519));
	for (size_t i = 0; !edwards && i < spki.len; i += LINE) {
		buf_add(&b, span_slice(spki, i, LINE));
		buf_str(&b, "\\n");
	}
	buf_str(&b, edwards ? "\"}]}" : "-----END PUBLIC KEY-----\"}]}");
	return buf_span(&b);
}

static void
add_credentials(struct arena *a, const json_t *keys, struct inputs *l)
{
	size_t i, k;
	json_t *key, *place;

	json_array_foreach(keys, i, key)
		json_array_foreach(json_object_get(key, "registered"), k, place)
	{
		struct span id = dcc_text(place, "kid");
		if (!span_is(id, "did:india") && !span_is(id, "did:jamaica"))
			continue;
		struct span doc = document_of(a, dcc_text(key, "spki"), id);
		for (size_t n = 0; n < 2 && l->count < INPUTS; n++) {
			add(l, "credentials", TRUST_VC, span_of(credential_issuers[n]), doc);
			l->in[l->count - 1].kind = SPAN_LIT("did");
		}
	}
}

struct trust *
who_keys(struct suite *s, struct arena *a, const char *path)
{
	struct inputs *l = ARENA_NEW(a, struct inputs);
	struct trust *t = NULL;
	struct span text;
	struct work *w;

	if (!l || suite_read(s, path, &text) != 0)
		return NULL;
	json_t *keys = dcc_json(text);
	struct span list = list_of(a, keys);
	for (size_t i = 0; i < sizeof(identified) / sizeof(identified[0]); i++)
		add(l, i == 0 ? "dcc" : "who", identified[i], SPAN_NONE, list);
	add_cards(a, keys, l);
	add_credentials(a, keys, l);
	json_decref(keys);
	w = suite_work(s);
	return trust_build(w, l->in, l->count, &t) == 0 ? t : NULL;
}

struct trust *
who_dev_list(struct suite *s, struct arena *a)
{
	struct span did, list;
	struct trust *t = NULL;

	if (suite_read(s, "../who-gdhcn-trust/did-dev-signer.json", &did) != 0 ||
		suite_read(s, "../who-gdhcn-trust/cdn/dev/v2/trustlist/did.json", &list) != 0)
		return NULL;
	json_t *signer = dcc_json(did);
	const json_t *method = json_array_get(json_object_get(signer, "verificationMethod"), 0);
	struct trust_file file = { SPAN_LIT("did.json"), list };
	struct trust_input in = { .name = SPAN_LIT("dev"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_WHO,
		.files = &file,
		.file_count = 1,
		.pin = who_spki(s, a, json_object_get(method, "publicKeyJwk")),
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	w->now = DEV_CLOCK;
	int r = trust_build(w, &in, 1, &t);
	json_decref(signer);
	return r == 0 ? t : NULL;
}

/* Times of issue in milliseconds are those of the network's test bed. */
static int64_t
issued(const json_t *row)
{
	int64_t at = (int64_t)json_number_value(
		json_object_get(json_object_get(row, "claims"), "iat"));
	unsigned odd;

	if (time_parse(dcc_text(json_object_get(row, "payload"), "issuanceDate"), &at, &odd))
		return at;
	return at > INT64_C(100000000000) ? at / 1000 : at;
}

int
who_verify(struct suite *s, const struct trust *t, const json_t *row, struct verify *out)
{
	struct policy p = policy_default;

	p.env = ENV_ACCEPTANCE;
	p.match_domain = false;
	return dcc_verify(s, dcc_text(row, "qr"), t, &p, issued(row) + 1, out);
}

static bool
decoded(struct suite *s)
{
	return dcc_passed(s, CHECK_FORMAT) && dcc_passed(s, CHECK_DECODE);
}

static bool
signature_agrees(struct suite *s, struct span want)
{
	bool valid = dcc_passed(s, CHECK_SIGNATURE), keyed = dcc_passed(s, CHECK_ISSUER);

	if (span_is(want, "invalid"))
		return keyed ? !valid : !decoded(s);
	if (span_is(want, "no-key"))
		return dcc_reason(s, CHECK_ISSUER) == REASON_ISSUER_UNKNOWN;
	return want.len == 0 || valid;
}

bool
who_agrees(struct suite *s, const json_t *expect, const char **why)
{
	struct span decode = dcc_text(expect, "decode"), signature = dcc_text(expect, "signature");
	bool may_fail = span_is(decode, "ok or error");

	*why = "it is decoded, but should not be";
	if (span_is(decode, "error"))
		return !decoded(s);
	if (may_fail && !decoded(s))
		return true;
	*why = "it is not decoded";
	if (span_is(decode, "ok") && !decoded(s))
		return false;
	*why = "the signature comes out otherwise";
	return signature_agrees(s, signature);
}

bool
who_told(struct suite *s, enum reason reason)
{
	for (enum check_id i = 0; i < CHECK_COUNT; i++)
		if (dcc_reason(s, i) == reason)
			return true;
	return dcc_found(s, reason);
}
