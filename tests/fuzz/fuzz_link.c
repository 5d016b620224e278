/* fuzz_link.c - a health link with everything that it leads to, ten ways deep.
 *
 * The first byte chooses what the rest is: a text as it came, a link's payload, the answer of its address (a
 * manifest, or one encrypted file), the content of a file, a card in one, or a payload that a container carries,
 * signed.  Whatever happens: no crash, the answer
 * is JSON and the same for equal input, it does not tell key or passcode, every need may be asked for under the
 * policy, and "verified" only ever stands over cards that this target sealed.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/kit.h"
#include "codecs/base/text.h"
#include "codecs/hcert/seal.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/jwe.h"
#include "codecs/seal/signer_file.h"
#include "codecs/seal/thumbprint.h"
#include "codecs/shc/seal.h"
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node.h"
#include "gateway/engine/link.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLOCK = 1796126400, COORDINATE = 32 };

#define ISSUER        "https://cards.example.org/shc"
#define ADDRESS       "https://ehr.example.org/Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM"
#define SECRET        "rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q"
#define PASSCODE      "open-sesame-81"
#define PAYLOAD(flag) "{\"url\":\"" ADDRESS "\",\"key\":\"" SECRET "\",\"flag\":\"" flag "\"}"

/* What the rest of the input is. */
enum way {
	WAY_TEXT,
	WAY_PAYLOAD,
	WAY_MANIFEST,
	WAY_FILE, /* encrypted, as it came */
	WAY_CONTENT, /* to be encrypted */
	WAY_PACKED, /* likewise, and compressed first */
	WAY_LISTED, /* likewise, within a manifest */
	WAY_CARD, /* the bundle of a genuine card */
	WAY_WRONG, /* the body of a 401 */
	WAY_SIGNED, /* a payload in a container under a trusted key */
	WAYS
};

struct world {
	struct arena *arena;
	struct kit *kit;
	struct private_key *key;
	struct signer signer, sealer; /* of cards, of containers */
	struct trust *trust;
	struct policy policy;
	struct span secret; /* octets */
};

static void
must(bool good)
{
	if (!good)
		abort();
}

/* The issuer's set of keys: ours. */
static struct span
key_set(struct world *w, struct work *work)
{
	struct buf b = buf_in(w->arena, (size_t)1 << 16);
	enum key_fault why;
	struct key *key = NULL;
	struct span spki;

	must(private_spki(w->key, w->arena, &spki) == 0 &&
		key_from_spki(spki, &key_policy_default, &key, &why) == 0 &&
		thumbprint_of_key(work, key, &w->signer.kid) == 0);
	key_free(key);
	buf_str(&b,
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
		"\"kid\":");
	buf_json(&b, w->signer.kid);
	buf_str(&b, ",\"x\":\"");
	base64url_encode(&b, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_from(spki, spki.len - COORDINATE));
	buf_str(&b, "\"}]}");
	return buf_span(&b);
}

/* The certificate of who signs containers: the same key. */
static struct span
certificate(struct world *w)
{
	struct cert_request r = { .country = "AQ",
		.common_name = "Fuzz",
		.not_before = CLOCK - 86400,
		.not_after = CLOCK + 86400,
		.subject = w->key };
	struct cert *c = NULL;
	struct span der;

	must(cert_issue(&r, w->arena, &der) == 0);
	must(cert_from_der(der, &key_policy_default, &c) == 0 && c);
	must(signer_over(w->key, SIG_ES256, &w->sealer) == 0);
	w->sealer.kid = arena_copy(w->arena, span_slice(cert_sha256(c), 0, 8));
	cert_free(c);
	return der;
}

static struct world *
make_world(void)
{
	static struct world w;
	struct report report;
	size_t bad;

	w.arena = arena_new((size_t)64 << 20);
	w.kit = kit_new();
	struct work work = { w.arena, &report, &limits_default, w.kit, CLOCK };
	report_begin(&report, w.arena);
	must(private_new(PRIVATE_P256, &w.key) == 0);
	must(signer_over(w.key, SIG_ES256, &w.signer) == 0);
	w.signer.issuer = SPAN_LIT(ISSUER);
	struct trust_file file = { SPAN_LIT("keys"), key_set(&w, &work) };
	struct trust_file other = { SPAN_LIT("AQ.der"), certificate(&w) };
	const struct trust_input in[] = { { .name = SPAN_LIT("fuzz"),
						  .env = ENV_DEMO,
						  .domain = TRUST_SHC,
						  .files = &file,
						  .file_count = 1,
						  .issuer = SPAN_LIT(ISSUER),
						  .read_at = TIME_NONE },
		{ .name = SPAN_LIT("who"),
			.env = ENV_DEMO,
			.domain = TRUST_WHO,
			.files = &other,
			.file_count = 1,
			.read_at = TIME_NONE } };
	must(trust_build(&work, in, 2, &w.trust) == 0 && trust_key_count(w.trust) == 2);
	must(base64url_decode(w.arena, SPAN_LIT(SECRET), &w.secret, &bad) == 0);
	w.policy = policy_default;
	w.policy.env = ENV_DEMO;
	w.policy.links = LINKS_ANY;
	return &w;
}

/* --- what is made of the input --- */

static struct span
link_over(struct work *work, struct span payload)
{
	struct buf b = buf_in(work->arena, (size_t)1 << 20);

	buf_str(&b, "shlink:/");
	base64url_encode(&b, payload);
	return buf_span(&b);
}

static struct span
encrypted(struct world *w, struct work *work, struct span plain, bool packed)
{
	static const char zip[] = "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}";
	static const char bare[] = "{\"alg\":\"dir\",\"enc\":\"A256GCM\","
				   "\"cty\":\"application/smart-health-card\"}";
	struct span text = plain;

	if (packed)
		must(deflate_raw(work, plain, &text) == 0);
	must(jwe_write(work, span_of(packed ? zip : bare), w->secret, SPAN_LIT("fuzzfuzzfuzz"),
		     text, &text) == 0);
	return text;
}

static struct span
listed(struct work *work, struct span jwe)
{
	struct buf b = buf_in(work->arena, (size_t)1 << 20);

	buf_str(&b, "{\"files\":[{\"contentType\":\"application/smart-health-card\",\"embedded\":");
	buf_json(&b, jwe);
	buf_str(&b, "}]}");
	return buf_span(&b);
}

static struct span
card(struct world *w, struct work *work, struct span bundle)
{
	struct shc_recipe r = { .bundle = bundle, .not_before = "1796000000.5", .form = SHC_FILE };
	struct span out;

	must(shc_seal(work, &r, &w->signer, &out) == 0);
	return out;
}

static struct span
carried(struct world *w, struct work *work, struct span payload)
{
	struct buf claim = buf_in(work->arena, (size_t)1 << 20), json = claim, cbor = claim;
	const struct node *root = NULL;
	struct span out;

	buf_str(&claim, "vhlink:/");
	base64url_encode(&claim, payload);
	buf_json(&json, buf_span(&claim));
	must(node_from_json(work, buf_span(&json), "claim", &root) == 0);
	if (!root)
		return SPAN_NONE; /* it is longer than a string may be */
	cborw_node(&cbor, root);
	struct hcert_recipe r = { .content = buf_span(&cbor),
		.claim = 5,
		.issuer = SPAN_LIT("AQ"),
		.issued = CLOCK - 3600,
		.expires = CLOCK + 3600 };
	must(hcert_seal(work, &r, &w->sealer, &out) == 0);
	return out;
}

/* The link, and what its address answers. */
static struct span
question(struct world *w, struct work *work, enum way way, struct span rest, struct span *body)
{
	*body = rest;
	switch (way) {
	case WAY_TEXT:
		return rest;
	case WAY_PAYLOAD:
		return link_over(work, rest);
	case WAY_SIGNED:
		*body = SPAN_LIT("{\"files\":[]}");
		return carried(w, work, rest);
	case WAY_MANIFEST:
		return link_over(work, SPAN_LIT(PAYLOAD("")));
	case WAY_WRONG:
		return link_over(work, SPAN_LIT(PAYLOAD("P")));
	case WAY_LISTED:
		*body = listed(work, encrypted(w, work, rest, false));
		return link_over(work, SPAN_LIT(PAYLOAD("LP")));
	case WAY_CARD:
		*body = encrypted(w, work, card(w, work, rest), false);
		break;
	case WAY_CONTENT:
	case WAY_PACKED:
		*body = encrypted(w, work, rest, way == WAY_PACKED);
		break;
	case WAY_FILE:
	case WAYS:
		break;
	}
	return link_over(work, SPAN_LIT(PAYLOAD("U")));
}

/* --- the answer --- */

static bool
says(struct span text, const char *word)
{
	return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

/* Every need gets the same answer, until there are no new ones. */
static struct span
answer(struct world *w, struct arena *text, struct span link, struct span body, int status,
	enum verdict *verdict)
{
	struct arena *a = arena_new(limits_default.link_memory);
	struct web_item *items = arena_alloc(text, LINK_NEEDS, sizeof(*items));
	struct link_verify *v = arena_alloc(text, 1, sizeof(*v));
	struct buf b = buf_in(text, (size_t)64 << 20);
	struct report report;
	size_t count = 0;

	must(a && items && v);
	for (int round = 0; round < 3; round++) {
		arena_reset(a);
		struct work work = { a, &report, &limits_default, w->kit, CLOCK };
		*v = (struct link_verify){ .input = link,
			.passcode = SPAN_LIT(PASSCODE),
			.trust = w->trust,
			.policy = &w->policy,
			.items = items,
			.item_count = count };
		must(engine_link(&work, v) == 0);
		b.len = 0;
		render_link(&b, &work, v);
		for (size_t i = 0; i < v->need_count && count < LINK_NEEDS; i++, count++) {
			items[count] = (struct web_item){ .need = v->needs[i],
				.state = status == 200 ? WEB_GOOD : WEB_UNREACHABLE,
				.status = status,
				.bytes = body };
			items[count].need.url = arena_copy(text, v->needs[i].url);
			if (v->needs[i].body.ptr)
				items[count].need.body = arena_copy(text, v->needs[i].body);
			must(v->needs[i].kind == NEED_FILE &&
				span_starts(v->needs[i].url, SPAN_LIT("https://")));
		}
	}
	*verdict = v->verdict;
	arena_free(a);
	return buf_span(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	struct report report;
	struct span body;
	enum verdict first, second;

	if (!w)
		w = make_world();
	if (size < 1)
		return 0;
	enum way way = (uint8_t)(data[0] - '0') % WAYS;
	struct span rest = { data + 1, size - 1 };
	struct arena *made = arena_new((size_t)64 << 20), *text = arena_new((size_t)256 << 20);
	struct work work = { made, &report, &limits_default, w->kit, CLOCK };
	report_begin(&report, made);
	struct span link = question(w, &work, way, rest, &body);
	int status = way == WAY_WRONG ? 401 : 200;
	struct span one = answer(w, text, link, body, status, &first);
	struct span two = answer(w, text, link, body, status, &second);
	must(first == second && span_eq(one, two));
	must(first != VERDICT_VERIFIED || way == WAY_CARD);
	must(way == WAY_TEXT || says(rest, SECRET) || !says(one, SECRET));
	must(says(rest, PASSCODE) || !says(one, PASSCODE));
	json_t *json = json_loadb(
		(const char *)one.ptr, one.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	must(json != NULL);
	json_decref(json);
	arena_free(text);
	arena_free(made);
	return 0;
}
