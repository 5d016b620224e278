/* dcc_trustlists.c - the states' signer lists as published, figure by figure.
 *
 * Lists that the gateway has a reader for are read as an operator would configure
 * them; the figures are those that an independent count gave.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/cms.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/node.h"
#include "conformance/adapters/dcc.h"
#include "trust/chain.h"

#include <string.h>

extern const struct adapter dcc_trustlists_adapter;

enum {
	CLOCK = 1702252800, /* 2023-12-11 */
	CH_CLOCK = 1626307200, /* 2021-07-15 */
	X5C_MAX = 4
};

static void
figure(struct suite *s, const char *id, long long got, long long want)
{
	suite_figure(s, id, got);
	suite_tell(s, id, got == want ? CASE_PASS : CASE_FAIL,
		got == want ? NULL : "%lld, where %lld are stated", got, want);
}

static struct trust *
load(struct suite *s, const char *path, const char *pin_path, struct span *list)
{
	struct span pin = SPAN_NONE;

	if (suite_read(s, path, list) != 0 || (pin_path && suite_read(s, pin_path, &pin) != 0))
		return NULL;
	return dcc_trust(s, *list, pin, CLOCK);
}

static long long
count_type(const struct trust *t, const char *type)
{
	long long n = 0;

	for (size_t i = 0; i < trust_key_count(t); i++) {
		const struct trust_key *k = trust_key_at(t, i);
		n += k->key && strcmp(key_type(k->key), type) == 0;
	}
	return n;
}

static long long
count_foreign(const struct trust *t)
{
	long long n = 0;

	for (size_t i = 0; i < trust_key_count(t); i++)
		n += trust_key_at(t, i)->usage_foreign;
	return n;
}

/* An extended key usage extension at all, by the bytes of its identifier. */
static long long
count_without_eku(const struct trust *t)
{
	static const uint8_t oid[] = { 6, 3, 0x55, 0x1d, 0x25 };
	long long n = 0;

	for (size_t i = 0; i < trust_key_count(t); i++) {
		struct span der = cert_der(trust_key_at(t, i)->cert);
		n += memmem(der.ptr, der.len, oid, sizeof(oid)) == NULL;
	}
	return n;
}

static long long
count_authority(const struct trust *t, const char *name)
{
	long long n = 0;

	for (size_t i = 0; i < trust_key_count(t); i++)
		n += span_is(trust_key_at(t, i)->authority, name);
	return n;
}

/* Keys whose identifier finds more than themselves. */
static long long
count_shared(const struct trust *t)
{
	struct trust_scope scope = { ENV_ACCEPTANCE, TRUST_DCC };
	long long n = 0;

	for (size_t i = 0; i < trust_key_count(t); i++) {
		struct key_hint hint = { .kid = trust_key_at(t, i)->kid };
		const struct trust_key *found[4];
		n += trust_find(t, scope, &hint, found, 4) != 1;
	}
	return n;
}

/* Each item's CMS against the certificate that it embeds: integrity only, since no anchors are published. */
static long long
count_cms(struct suite *s, struct span list)
{
	struct span line;
	long long good = 0;
	size_t i;
	json_t *item;
	struct work *w = suite_work(s);

	span_split(&list, '\n', &line);
	json_t *root = dcc_json(list);
	json_array_foreach(json_object_get(root, "certificates"), i, item)
	{
		struct span der = SPAN_NONE, cms = SPAN_NONE;
		size_t bad;
		enum cms_result result = CMS_BAD;
		struct cert *signer = NULL;
		base64_decode(w->arena, dcc_text(item, "rawData"), true, &der, &bad);
		base64_decode(w->arena, dcc_text(item, "signature"), true, &cms, &bad);
		if (der.ptr && cms.ptr)
			cms_verify(cms, der, NULL, &signer, &result);
		good += result == CMS_VALID;
		cert_free(signer);
	}
	json_decref(root);
	return good;
}

static void
production(struct suite *s)
{
	struct span list;
	struct trust *t = load(
		s, "de-prod/dsc-list.json", "de-prod/dsc-list-signing-key.pem", &list);

	if (!t) {
		suite_tell(s, "de-prod", CASE_FAIL, "the list could not be loaded");
		return;
	}
	figure(s, "de-prod keys", (long long)trust_source_at(t, 0)->keys, 829);
	figure(s, "de-prod list signature", trust_source_at(t, 0)->list_signed, 1);
	figure(s, "de-prod EC P-256", count_type(t, "EC P-256"), 791);
	figure(s, "de-prod RSA-2048", count_type(t, "RSA-2048"), 35);
	figure(s, "de-prod RSA-4096", count_type(t, "RSA-4096"), 3);
	figure(s, "de-prod skipped", (long long)trust_source_at(t, 0)->skipped, 0);
	figure(s, "de-prod without extended key usage", count_without_eku(t), 334);
	figure(s, "de-prod only foreign key usage", count_foreign(t), 51);
	figure(s, "de-prod health key usage",
		(long long)trust_key_count(t) - count_without_eku(t) - count_foreign(t), 444);
	figure(s, "de-prod identifiers that occur twice", count_shared(t), 0);
	figure(s, "de-prod item signatures", count_cms(s, list), 828);
	trust_unref(t);
}

static void
acceptance(struct suite *s)
{
	struct span list;
	struct trust *t = load(s, "de-acc/dsc-list.json", "de-acc/dsc-list-signing-key.pem", &list);

	if (!t) {
		suite_tell(s, "de-acc", CASE_FAIL, "the list could not be loaded");
		return;
	}
	figure(s, "de-acc keys and refused",
		(long long)(trust_source_at(t, 0)->keys + trust_source_at(t, 0)->refused), 610);
	figure(s, "de-acc refused for RSA-1024", (long long)trust_source_at(t, 0)->refused, 1);
	figure(s, "de-acc names DX", count_authority(t, "DX") > 0, 1);
	figure(s, "de-acc names WW", count_authority(t, "WW") > 0, 1);
	suite_tell(s, "de-acc names EU",
		count_authority(t, "EU") == 0 && count_authority(t, "XX") == 1 ? CASE_EXCEPTION
									       : CASE_FAIL,
		"the list has XX and no EU, unlike its description");
	figure(s, "de-acc item signatures", count_cms(s, list), 609);
	trust_unref(t);
}

/* One byte changed anywhere must cost the whole list. */
static void
tampered(struct suite *s)
{
	struct span list, pin;

	if (suite_read(s, "de-acc/dsc-list.json", &list) != 0 ||
		suite_read(s, "de-acc/dsc-list-signing-key.pem", &pin) != 0)
		return;
	struct arena *a = arena_new(64 << 20);
	struct span copy = a ? arena_copy(a, list) : SPAN_NONE;
	if (copy.ptr)
		((uint8_t *)(uintptr_t)copy.ptr)[list.len / 2] ^= 1;
	struct trust *t = copy.ptr ? dcc_trust(s, copy, pin, CLOCK) : NULL;
	figure(s, "de-acc with one bit changed: keys", t ? (long long)trust_key_count(t) : -1, 0);
	trust_unref(t);
	arena_free(a);
}

static void
netherlands(struct suite *s)
{
	struct span list;
	struct trust *t = load(s, "nl/public_keys.payload.json", NULL, &list);
	long long ascii = 0, twice = 0;

	if (!t) {
		suite_tell(s, "nl", CASE_FAIL, "the list could not be loaded");
		return;
	}
	for (size_t i = 0; i < trust_key_count(t); i++) {
		ascii += trust_key_at(t, i)->kid.len < 8;
		twice += i > 0 && span_eq(trust_key_at(t, i)->kid, trust_key_at(t, i - 1)->kid);
	}
	figure(s, "nl keys", (long long)trust_key_count(t), 806);
	figure(s, "nl identifiers of 6 or 7 bytes", ascii, 10);
	figure(s, "nl identifiers with two keys", twice, 1);
	trust_unref(t);
}

static void
mirrored(struct suite *s, const char *path, long long want)
{
	struct span list;
	struct trust *t = load(s, path, NULL, &list);

	figure(s, path, t ? (long long)trust_key_count(t) : -1, want);
	trust_unref(t);
}

static bool
read_x5c(struct work *w, const struct jws *jws, struct cert **certs, size_t *count)
{
	/* lists of this form are signed with RS256, which no certificate may be */
	static const struct key_policy lists = { 2048, 8192,
		SIG_BIT(SIG_RS256) | SIG_BIT(SIG_ES256) };
	const struct node *x5c = node_get(jws->header, "x5c");

	for (size_t i = 0; x5c && i < x5c->size && i < X5C_MAX; i++) {
		struct span der;
		size_t bad;
		if (base64_decode(w->arena, node_text(node_at(x5c, i)), false, &der, &bad) != 0 ||
			!der.ptr || cert_from_der(der, &lists, &certs[i]) != 0 || !certs[i])
			return false;
		(*count)++;
	}
	return *count > 0;
}

/* The signature by the first certificate that the header brings, and its path where there is a root. */
static bool
jws_holds(struct work *w, const struct jws *jws, struct cert *const *certs, size_t count,
	struct cert *root)
{
	struct proof p = { .alg = jws->alg,
		.accept = SIG_BIT(SIG_RS256) | SIG_BIT(SIG_ES256),
		.signed_bytes = jws->signing_input,
		.signature = jws->signature };
	struct chain_path path = { .leaf = certs[0],
		.anchors = &root,
		.anchor_count = 1,
		.between = certs + 1,
		.between_count = count - 1,
		.at = CH_CLOCK,
		.depth = 1,
		.flags = CHAIN_COUNTRY | CHAIN_SIGNER };
	enum key_result result = KEY_MISMATCH;
	enum chain_result chained = CHAIN_GOOD;

	if (!cert_key(certs[0]) || key_verify(cert_key(certs[0]), &p, w->kit, &result) != 0)
		return false;
	if (root && chain_verify(&path, &chained) != 0)
		return false;
	return result == KEY_VALID && chained == CHAIN_GOOD;
}

static void
jws_list(struct suite *s, const char *path, const char *root_path)
{
	struct work *w = suite_work(s);
	struct span text, pem;
	struct jws jws;
	struct cert *certs[X5C_MAX] = { NULL }, *root = NULL;
	size_t count = 0, roots = 0, bad;
	bool ok = false, holds = false;

	if (root_path && suite_read(s, root_path, &pem) == 0)
		(void)cert_from_file(pem, &key_policy_default, &root, 1, &roots, &bad);
	if (suite_read(s, path, &text) == 0 && (!root_path || root) &&
		jws_read(w, span_trim(text), &jws, &ok) == 0 && ok &&
		read_x5c(w, &jws, certs, &count))
		holds = jws_holds(w, &jws, certs, count, root);
	figure(s, path, holds, 1);
	for (size_t i = 0; i < count; i++)
		cert_free(certs[i]);
	cert_free(root);
}

static int
run(struct suite *s)
{
	production(s);
	acceptance(s);
	tampered(s);
	netherlands(s);
	mirrored(s, "mirror/trustlist_at.min.json", 791);
	mirrored(s, "mirror/trustlist_se.min.json", 616);
	jws_list(s, "ch/CH-20210715-keylist.jwt", "ch/CH-root.crt");
	jws_list(s, "ch/CH-20210715-updates.jwt", "ch/CH-root.crt");
	jws_list(s, "se/spec-example.jws", NULL);
	suite_tell(s, "keys of ch and se, mirror of PL, CH, IT, FR", CASE_SKIP,
		"there is no reader for these forms");
	return 0;
}

const struct adapter dcc_trustlists_adapter = { "dcc-trustlists", run };
