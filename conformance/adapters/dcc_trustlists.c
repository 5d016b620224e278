/* dcc_trustlists.c - the states' signer lists as published, figure by figure.
 *
 * Lists that the gateway has a reader for are read as an operator would configure
 * them; the figures are those that an independent count gave.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/cms.h"
#include "conformance/adapters/dcc.h"

#include <string.h>

extern const struct adapter dcc_trustlists_adapter;

enum { CLOCK = 1702252800 /* 2023-12-11 */ };

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
	figure(s, "de-prod only foreign key usage", count_foreign(t), 51);
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

static int
run(struct suite *s)
{
	production(s);
	acceptance(s);
	tampered(s);
	netherlands(s);
	mirrored(s, "mirror/trustlist_at.min.json", 791);
	mirrored(s, "mirror/trustlist_se.min.json", 616);
	suite_tell(s, "ch, se, mirror of PL, CH, IT, FR", CASE_SKIP,
		"there is no reader for these forms yet");
	return 0;
}

const struct adapter dcc_trustlists_adapter = { "dcc-trustlists", run };
