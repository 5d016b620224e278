/* test_publish.c - what we publish is what our own readers take as trust: every form holds the key for a signature that
 * its signer made; and no form holds what was withdrawn, or stands after a change. */
#include "codecs/base/buf.h"
#include "gateway/keys/publish.h"
#include "tests/aid/oom.h"
#include "tests/keys/aid_keys.h"
#include "trust/bind.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct aid_keys all;

static int
open_all(void **state)
{
	(void)state;
	return aid_keys_make(&all);
}

static int
close_all(void **state)
{
	(void)state;
	return aid_keys_drop(&all);
}

static struct work
work_at(int64_t now)
{
	struct work w = all.aid.work;

	w.now = now;
	return w;
}

static struct span
published(struct keys *k, const char *path, int64_t now)
{
	struct work w = work_at(now);
	struct buf b = buf_in(w.arena, SIZE_MAX);
	const struct publication *p;

	for (size_t i = 0; (p = publication_at(i)) != NULL; i++)
		if (strcmp(p->path, path) == 0) {
			assert_int_equal(p->write(&w, k, &b), 0);
			return b.len > 0 ? buf_span(&b) : SPAN_LIT("");
		}
	fail_msg("there is no %s", path);
	return SPAN_NONE;
}

/* One way from a purpose to its verifiers. */
static const struct way {
	enum key_purpose purpose;
	const char *path, *kind, *pin, *anchors;
	enum trust_domain domain;
	bool by_issuer;
	struct span bytes;
	const char *more; /* of the kid */
} ways[] = {
#define LEN(s)                                      \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define COSE_TEXT "\x84\x6aSignature1\x40\x40\x40"
#define JWS_TEXT  "eyJhbGciOiJFUzI1NiJ9.e30"
	{ PURPOSE_DCC, "trustlist", "dgcg", "certificates/list.pem", NULL, TRUST_DCC, false,
		LEN(COSE_TEXT), "" },
	{ PURPOSE_DCC, "trustlist", "", "certificates/list.pem", "certificates/csca-dcc.pem",
		TRUST_DCC, false, LEN(COSE_TEXT), "" },
	{ PURPOSE_DCC, "certificates/dcc.pem", "", NULL, "certificates/csca-dcc.pem", TRUST_DCC,
		false, LEN(COSE_TEXT), "" },
	{ PURPOSE_DCC, "v2/trustlist/did.json", "gdhcn", "certificates/list.pem", NULL, TRUST_DCC,
		false, LEN(COSE_TEXT), "" },
	{ PURPOSE_WHO, "v2/trustlist/did.json", "gdhcn", "certificates/list.pem", NULL, TRUST_WHO,
		false, LEN(COSE_TEXT), "" },
	{ PURPOSE_WHO, "v2/trustlist/did.json", "", "certificates/list.pem",
		"certificates/sca-who.pem", TRUST_WHO, false, LEN(COSE_TEXT), "" },
	{ PURPOSE_WHO, "certificates/who.pem", "", NULL, "certificates/sca-who.pem", TRUST_WHO,
		false, LEN(COSE_TEXT), "" },
	{ PURPOSE_SHC, ".well-known/jwks.json", "issuer-keys", NULL, NULL, TRUST_SHC, true,
		LEN(JWS_TEXT), "" },
	{ PURPOSE_SHC, ".well-known/jwks.json", "issuer-keys", NULL, "certificates/ca-shc.pem",
		TRUST_SHC, true, LEN(JWS_TEXT), "" },
	{ PURPOSE_VC_EDDSA, ".well-known/did.json", "did", NULL, NULL, TRUST_VC, false,
		LEN(JWS_TEXT), "" },
	{ PURPOSE_VC_ECDSA, ".well-known/did.json", "did", NULL, NULL, TRUST_VC, false,
		LEN(JWS_TEXT), "" },
	{ PURPOSE_VC_EDDSA, ".well-known/did.json", "did", NULL, NULL, TRUST_VC, false,
		LEN(JWS_TEXT), "-jwk" },
	{ PURPOSE_VC_ECDSA, ".well-known/did.json", "", NULL, NULL, TRUST_VC, false, LEN(JWS_TEXT),
		"-jwk" },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static struct trust *
built(struct keys *k, const struct way *y, struct span text, int64_t now)
{
	struct work w = work_at(now);
	const struct trust_file file = { span_of(y->path), text };
	struct trust_input in = { .name = SPAN_LIT("ours"),
		.kind = span_of(y->kind),
		.env = ENV_DEMO,
		.domain = y->domain,
		.files = &file,
		.file_count = 1,
		.read_at = now,
		.issuer = y->by_issuer ? aid_who.url : SPAN_NONE };
	struct trust *t = NULL;

	if (y->pin)
		in.pin = published(k, y->pin, KEYS_NOW);
	if (y->anchors)
		in.anchors = published(k, y->anchors, KEYS_NOW);
	assert_int_equal(trust_build(&w, &in, 1, &t), 0);
	return t;
}

static bool
finds(const struct trust *t, const struct way *y, const struct own_key *o,
	const struct trust_key **out)
{
	struct buf kid = buf_in(all.aid.arena, 4096);

	buf_add(&kid, o->kid);
	buf_str(&kid, y->more);
	struct key_hint hint = { .issuer = o->issuer, .kid = buf_span(&kid) };
	return trust_find(t, (struct trust_scope){ ENV_DEMO, y->domain }, &hint, out, 1) == 1 &&
	       (*out)->key;
}

static bool
verifies(struct keys *k, const struct own_key *o, const struct way *y, const struct key *key)
{
	enum key_result result = KEY_MISMATCH;
	struct signer s;
	struct span signature;

	assert_int_equal(keys_signer(k, o, &s), 0);
	assert_int_equal(s.sign(&s, all.aid.arena, y->bytes, &signature), 0);
	struct proof p = { .alg = s.alg,
		.accept = SIG_BIT(s.alg),
		.signed_bytes = y->bytes,
		.signature = signature };
	assert_int_equal(key_verify(key, &p, all.aid.kit, &result), 0);
	return result == KEY_VALID;
}

static void
test_ways(void **state)
{
	struct keys *k = aid_keys_open(&all);

	(void)state;
	for (size_t i = 0; i < WAYS; i++) {
		const struct own_key *o = keys_active(k, ways[i].purpose, KEYS_NOW);
		const struct trust_key *found = NULL;
		struct trust *t = built(
			k, &ways[i], published(k, ways[i].path, KEYS_NOW), KEYS_NOW);
		const struct trust_source_info *info = trust_source_at(t, 0);
		if (info->fault)
			fail_msg("%s (%zu): %s", ways[i].path, i, info->fault);
		if (!finds(t, &ways[i], o, &found))
			fail_msg("%s (%zu): the key is not there", ways[i].path, i);
		assert_true(verifies(k, o, &ways[i], found->key));
		assert_int_equal(info->refused, 0);
		assert_int_equal(info->unchecked, 0);
		if (ways[i].anchors && ways[i].domain != TRUST_SHC)
			assert_true(info->items_checked || found->cert);
		trust_unref(t);
	}
	keys_close(k);
}

/* Both of the WHO's domains that such a key serves, in one list. */
static void
test_domains(void **state)
{
	const struct way *y = &ways[4];
	struct keys *k = aid_keys_open(&all);
	const struct trust_key *found = NULL;
	struct trust *t = built(k, y, published(k, y->path, KEYS_NOW), KEYS_NOW);

	(void)state;
	assert_true(finds(t, y, keys_active(k, PURPOSE_WHO, KEYS_NOW), &found));
	assert_int_equal(found->domains, GDHCN_DDCC | GDHCN_ICVP);
	assert_true(span_is(found->authority, "AQ"));
	assert_true(finds(t, y, keys_active(k, PURPOSE_DCC, KEYS_NOW), &found));
	assert_int_equal(found->domains, GDHCN_DCC);
	trust_unref(t);
	keys_close(k);
}

/* A seal brings its certificate, and its authority is what is published. */
static void
test_seals(void **state)
{
	struct way y = { PURPOSE_ICAO, "certificates/csca-icao.pem", "", NULL, NULL, TRUST_ICAO,
		false, SPAN_LIT("{\"hdr\":{},\"msg\":{}}"), "" };
	struct keys *k = aid_keys_open(&all);
	const struct own_key *o = keys_active(k, PURPOSE_ICAO, KEYS_NOW);
	struct work w = work_at(KEYS_NOW);
	const struct trust_key *found = NULL;
	enum trust_bond bond = BOND_BAD;
	struct trust *t = built(k, &y, published(k, y.path, KEYS_NOW), KEYS_NOW);
	struct trust_scope scope = { ENV_DEMO, TRUST_ICAO };

	(void)state;
	assert_int_equal(trust_bind(&w, t, scope, own_entry_of(o)->cert, &found, &bond), 0);
	assert_int_equal(bond, BOND_GOOD);
	assert_true(verifies(k, o, &y, found->key));
	assert_int_equal(found->usage, USAGE_TEST | USAGE_VACCINATION);
	/* an EU signer is none of bar codes, though of the same country */
	o = keys_active(k, PURPOSE_DCC, KEYS_NOW);
	assert_int_equal(trust_bind(&w, t, scope, own_entry_of(o)->cert, &found, &bond), 0);
	assert_int_not_equal(bond, BOND_GOOD);
	trust_unref(t);
	keys_close(k);
}

/* --- what must not be found --- */

/* The list's key vouches: with another's certificate as pin nothing counts. */
static void
test_other_pin(void **state)
{
	struct keys *k = aid_keys_open(&all);

	(void)state;
	for (size_t i = 0; i < WAYS; i++) {
		struct way y = ways[i];
		const struct trust_key *found = NULL;
		if (!y.pin)
			continue;
		y.pin = "certificates/csca-dcc.pem";
		struct trust *t = built(k, &y, published(k, y.path, KEYS_NOW), KEYS_NOW);
		assert_false(finds(t, &y, keys_active(k, y.purpose, KEYS_NOW), &found));
		trust_unref(t);
	}
	keys_close(k);
}

/* A bit of a pinned list turned, here and there: never a key that is not ours, and in the WHO's form none at all. */
static void
test_tampered(void **state)
{
	struct keys *k = aid_keys_open(&all);
	const struct way *y = &ways[4];
	struct span text = published(k, y->path, KEYS_NOW);
	size_t kept = 0;

	(void)state;
	for (size_t at = 7; at < text.len; at += 89) {
		struct span turned = arena_copy(all.aid.arena, text);
		const struct trust_key *found = NULL;
		((uint8_t *)(uintptr_t)turned.ptr)[at] ^= 1;
		struct trust *t = built(k, y, turned, KEYS_NOW);
		kept += finds(t, y, keys_active(k, y->purpose, KEYS_NOW), &found);
		trust_unref(t);
	}
	/* what the proof does not cover: blanks between members, letters of its own jws' last digit */
	assert_true(kept <= 1);
	keys_close(k);
}

static void
test_life(void **state)
{
	const char *dir = aid_keys_path(&all, "life");
	struct keys *k;
	const struct own_key *old, *next;
	const struct way *y = &ways[10]; /* vc-ecdsa by DID document */
	const struct trust_key *found = NULL;
	struct key_request r = { .purpose = PURPOSE_VC_ECDSA, .now = KEYS_NOW, .from = KEYS_NOW };

	(void)state;
	assert_int_equal(keys_create(dir, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new(k, &r, &old), 0);
	r.from = KEYS_NOW + 7 * DAY;
	assert_int_equal(keys_new(k, &r, &next), 0);
	const struct {
		int64_t at;
		bool old, next;
	} rows[] = { { KEYS_NOW, true, true }, { KEYS_NOW + 8 * DAY, true, true },
		{ old->ends - 1, true, true }, { old->ends, false, true },
		{ next->ends, false, false } };
	for (size_t i = 0; i < 5; i++) {
		struct trust *t = built(k, y, published(k, y->path, rows[i].at), rows[i].at);
		assert_int_equal(finds(t, y, old, &found), rows[i].old);
		assert_int_equal(finds(t, y, next, &found), rows[i].next);
		trust_unref(t);
	}
	assert_int_equal(keys_retire(k, old->name, KEYS_NOW + 9 * DAY, true), 0);
	struct trust *t = built(k, y, published(k, y->path, KEYS_NOW + 9 * DAY), KEYS_NOW);
	assert_false(finds(t, y, old, &found));
	assert_true(finds(t, y, next, &found));
	trust_unref(t);
	keys_close(k);
}

/* Nothing of a private part, whatever is published. */
static void
test_only_public(void **state)
{
	struct keys *k = aid_keys_open(&all);
	const struct publication *p;

	(void)state;
	for (size_t i = 0; (p = publication_at(i)) != NULL; i++) {
		struct span s = published(k, p->path, KEYS_NOW);
		assert_true(s.len > 0);
		for (size_t j = 0; j < s.len; j++) {
			assert_false(span_starts(span_from(s, j), SPAN_LIT("\"d\":")));
			assert_false(span_starts(span_from(s, j), SPAN_LIT("PRIVATE")));
		}
	}
	keys_close(k);
}

static void
test_no_list_key(void **state)
{
	struct work w = work_at(KEYS_NOW + 3000 * INT64_C(86400));
	struct buf b = buf_in(w.arena, SIZE_MAX);
	struct keys *k = aid_keys_open(&all), *public = NULL;

	(void)state;
	assert_int_equal(publish_dgcg(&w, k, &b), -ENOENT);
	assert_int_equal(publish_gdhcn(&w, k, &b), -ENOENT);
	keys_close(k);
	w.now = KEYS_NOW;
	assert_int_equal(keys_open(all.dir, SPAN_NONE, &public), 0);
	assert_int_equal(publish_dgcg(&w, public, &b), -EACCES);
	assert_int_equal(publish_did(&w, public, &b), 0);
	keys_close(public);
}

static struct keys *held;

static int
publish_once(void *arg)
{
	const struct publication *p = arg;
	struct arena *a = arena_new(1 << 22);
	struct report report;
	struct work w = { a, &report, &limits_default, all.aid.kit, KEYS_NOW };
	struct buf b = a ? buf_in(a, SIZE_MAX) : (struct buf){ 0 };

	if (!a)
		return -ENOMEM;
	report_begin(&report, a);
	int r = p->write(&w, held, &b);
	arena_free(a);
	return oom_hit() && (r == -EIO || r == -EINVAL) ? -ENOMEM : r;
}

static void
test_memory(void **state)
{
	const struct publication *p;
	struct signer s;

	(void)state;
	held = aid_keys_open(&all);
	assert_int_equal(keys_signer(held, keys_active(held, PURPOSE_LIST, KEYS_NOW), &s), 0);
	for (size_t i = 0; (p = publication_at(i)) != NULL; i++)
		assert_true(oom_each(publish_once, (void *)(uintptr_t)p) > 0);
	keys_close(held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_seals),
		cmocka_unit_test(test_other_pin),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_only_public),
		cmocka_unit_test(test_no_list_key),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
