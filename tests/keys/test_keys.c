/* test_keys.c - the store of our own keys: made, found, signing, succeeded, retired. */
#include "codecs/seal/cms.h"
#include "codecs/seal/own/endorse.h"
#include "tests/keys/aid_keys.h"
#include "trust/chain.h"

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

static void
test_each_purpose(void **state)
{
	static const struct {
		enum key_purpose purpose;
		const char *name, *issuer, *kid_begins;
		size_t kid_len; /* 0: any */
		enum key_purpose above;
	} rows[] = {
		{ PURPOSE_DCC, "dcc-1", "AQ", "", 8, PURPOSE_CSCA_DCC },
		{ PURPOSE_SHC, "shc-1", "https://gateway.example", "", 43, PURPOSE_CA_SHC },
		{ PURPOSE_VC_EDDSA, "vc-eddsa-1", "did:web:gateway.example",
			"did:web:gateway.example#vc-eddsa-1", 0, PURPOSE_COUNT },
		{ PURPOSE_VC_ECDSA, "vc-ecdsa-1", "did:web:gateway.example",
			"did:web:gateway.example#vc-ecdsa-1", 0, PURPOSE_COUNT },
		{ PURPOSE_WHO, "who-1", "AQ", "", 8, PURPOSE_SCA_WHO },
		{ PURPOSE_ICAO, "icao-1", "ATA", "", 8, PURPOSE_CSCA_ICAO },
		{ PURPOSE_LIST, "list-1", "AQ", "", 8, PURPOSE_COUNT },
		{ PURPOSE_CSCA_DCC, "csca-dcc-1", "AQ", "", 8, PURPOSE_COUNT },
	};
	struct keys *k = aid_keys_open(&all);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct own_key *o = keys_active(k, rows[i].purpose, KEYS_NOW);
		assert_non_null(o);
		assert_true(span_is(o->name, rows[i].name));
		assert_ptr_equal(keys_named(k, span_of(rows[i].name)), o);
		assert_true(span_is(o->issuer, rows[i].issuer));
		assert_true(span_starts(o->kid, span_of(rows[i].kid_begins)));
		if (rows[i].kid_len)
			assert_int_equal(o->kid.len, rows[i].kid_len);
		const struct own_key *above = keys_active(k, rows[i].above, KEYS_NOW);
		assert_true(span_eq(o->authority, above ? above->cert : SPAN_NONE));
	}
	assert_int_equal(keys_count(k), PURPOSE_COUNT);
	assert_null(keys_at(k, PURPOSE_COUNT));
	keys_close(k);
}

/* Each certificate is what its scheme's verifiers look for, and comes from its own authority alone. */
static void
test_certificates(void **state)
{
	static const struct {
		enum key_purpose leaf, ca;
		unsigned usage;
		bool foreign;
		const char *extension;
	} rows[] = {
		{ PURPOSE_DCC, PURPOSE_CSCA_DCC, USAGE_ANY, false, "2.5.29.16" },
		{ PURPOSE_WHO, PURPOSE_SCA_WHO, USAGE_TEST | USAGE_VACCINATION, false,
			"2.5.29.35" },
		{ PURPOSE_SHC, PURPOSE_CA_SHC, USAGE_ANY, false, "2.5.29.17" },
		{ PURPOSE_ICAO, PURPOSE_CSCA_ICAO, USAGE_ANY, true, "2.23.136.1.1.6.2" },
	};
	struct keys *k = aid_keys_open(&all);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct own_key *o = keys_active(k, rows[i].leaf, KEYS_NOW);
		const struct cert *c = own_entry_of(o)->cert;
		bool foreign;
		assert_int_equal(cert_usage(c, &foreign), rows[i].usage);
		assert_int_equal(foreign, rows[i].foreign);
		assert_true(cert_extension(c, rows[i].extension).len > 0);
		assert_true(span_is(cert_country(c), "AQ"));
		assert_int_equal(cert_not_after(c), o->ends);
		assert_true(o->until <= o->ends);
		for (size_t j = 0; j < 4; j++) {
			const struct own_key *ca = keys_active(k, rows[j].ca, KEYS_NOW);
			struct cert *anchors[] = { own_entry_of(ca)->cert };
			enum chain_result result = CHAIN_BAD;
			assert_int_equal(chain_check(c, anchors, 1, KEYS_NOW, &result), 0);
			assert_int_equal(result == CHAIN_GOOD, i == j);
		}
	}
	keys_close(k);
}

/* Whatever the asker says: a key signs the form of its purpose, and no other. */
static void
test_forms(void **state)
{
	const struct span forms[] = { COSE, JWS, DIGESTS, SEAL, CMS_SET, PROOF, TBS, SPAN_LIT(""),
		SPAN_LIT("checkpoint 17") };
	static const char *const allowed[PURPOSE_COUNT] = {
		[PURPOSE_DCC] = "c",
		[PURPOSE_WHO] = "cj",
		[PURPOSE_SHC] = "j",
		[PURPOSE_VC_EDDSA] = "jd",
		[PURPOSE_VC_ECDSA] = "jd",
		[PURPOSE_ICAO] = "s",
		[PURPOSE_LIST] = "lp",
		[PURPOSE_CSCA_DCC] = "t",
		[PURPOSE_CA_SHC] = "t",
		[PURPOSE_SCA_WHO] = "t",
		[PURPOSE_CSCA_ICAO] = "t",
	};
	static const char letters[] = "cjdslpt??";
	struct keys *k = aid_keys_open(&all);

	(void)state;
	for (enum key_purpose p = 0; p < PURPOSE_COUNT; p++) {
		const struct own_key *o = keys_active(k, p, KEYS_NOW);
		struct signer s = { 0 };
		assert_int_equal(keys_signer(k, o, &s), 0);
		assert_true(span_eq(s.kid, o->kid));
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			struct span out = SPAN_NONE;
			bool may = strchr(allowed[p], letters[i]) != NULL;
			assert_int_equal(
				s.sign(&s, all.aid.arena, forms[i], &out), may ? 0 : -EPERM);
			assert_int_equal(out.len, may ? 64 : 0);
		}
	}
	keys_close(k);
}

/* --- faults of the machine --- */

static const struct signer *whole;

static int
flipped(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	int r = whole->sign(self, a, bytes, out);

	if (r == 0)
		((uint8_t *)(uintptr_t)out->ptr)[out->len - 1] ^= 1;
	return r;
}

static void
test_faulty_signature(void **state)
{
	struct keys *k = aid_keys_open(&all);
	static const enum key_purpose purposes_tried[] = { PURPOSE_SHC, PURPOSE_VC_EDDSA };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct own_key *o = keys_active(k, purposes_tried[i], KEYS_NOW);
		struct own_entry *e = own_entry_of(o);
		struct signer s, real;
		struct span out = SPAN_NONE;
		assert_int_equal(keys_signer(k, o, &s), 0);
		real = e->raw;
		whole = &real;
		e->raw.sign = flipped;
		assert_int_equal(s.sign(&s, all.aid.arena, JWS, &out), -EIO);
		assert_null(out.ptr);
		e->raw = real;
		assert_int_equal(s.sign(&s, all.aid.arena, JWS, &out), 0);
	}
	keys_close(k);
}

/* --- time --- */

static void
test_states(void **state)
{
	struct own_key o = { .from = 100, .until = 200, .ends = 300, .withdrawn = TIME_NONE };
	static const struct {
		int64_t at;
		enum own_state state;
		bool published;
	} rows[] = { { 99, OWN_NEXT, true }, { 100, OWN_ACTIVE, true }, { 199, OWN_ACTIVE, true },
		{ 200, OWN_RETIRED, true }, { 299, OWN_RETIRED, true }, { 300, OWN_GONE, false } };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(own_key_state(&o, rows[i].at), rows[i].state);
		assert_int_equal(own_key_published(&o, rows[i].at), rows[i].published);
	}
	o.withdrawn = 150;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(own_key_state(&o, rows[i].at), OWN_WITHDRAWN);
	assert_false(own_key_published(&o, 120));
}

/* The next is published at once and signs from its day on, when the old one stops. */
static void
test_rotation(void **state)
{
	const struct own_key *old, *new;
	struct keys *k;
	const char *other = aid_keys_path(&all, "rotated");

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &aid_who, &k), 0);
	struct key_request r = { .purpose = PURPOSE_VC_ECDSA, .now = KEYS_NOW, .from = KEYS_NOW };
	assert_int_equal(keys_new(k, &r, &old), 0);
	assert_int_equal(old->until, KEYS_NOW + 90 * DAY);
	r.from = KEYS_NOW + 7 * DAY;
	r.use = 30 * DAY;
	assert_int_equal(keys_new(k, &r, &new), 0);
	for (int round = 0; round < 2; round++) { /* as made, and as read again */
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, KEYS_NOW), old);
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, KEYS_NOW + 7 * DAY - 1), old);
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, KEYS_NOW + 7 * DAY), new);
		assert_null(keys_active(k, PURPOSE_VC_ECDSA, KEYS_NOW + 37 * DAY));
		assert_int_equal(own_key_state(new, KEYS_NOW), OWN_NEXT);
		assert_true(own_key_published(new, KEYS_NOW));
		assert_int_equal(own_key_state(old, KEYS_NOW + 8 * DAY), OWN_RETIRED);
		assert_true(own_key_published(old, KEYS_NOW + 8 * DAY));
		if (round == 1)
			break;
		keys_close(k);
		assert_int_equal(keys_open(other, SPAN_NONE, &k), 0);
		old = keys_at(k, 0);
		new = keys_at(k, 1);
	}
	keys_close(k);
}

/* What was withdrawn stays so, whatever is asked later. */
static void
test_withdrawal(void **state)
{
	const char *other = aid_keys_path(&all, "withdrawn");
	struct key_request r = { .purpose = PURPOSE_VC_EDDSA, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k;

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new(k, &r, NULL), 0);
	assert_int_equal(keys_retire(k, SPAN_LIT("dcc-1"), KEYS_NOW, true), -ENOENT);
	assert_int_equal(keys_retire(k, SPAN_LIT("vc-eddsa-1"), KEYS_NOW + 5, true), 0);
	assert_int_equal(keys_retire(k, SPAN_LIT("vc-eddsa-1"), KEYS_NOW + 9, false), 0);
	keys_close(k);
	assert_int_equal(keys_create(other, PASSPHRASE, &aid_who, &k), 0);
	assert_null(keys_active(k, PURPOSE_VC_EDDSA, KEYS_NOW));
	assert_int_equal(keys_at(k, 0)->withdrawn, KEYS_NOW + 5);
	assert_int_equal(keys_at(k, 0)->until, KEYS_NOW + 5);
	size_t made = 0;
	assert_int_equal(keys_new_all(k, KEYS_NOW, &made), 0);
	assert_int_equal(made, PURPOSE_COUNT);
	assert_true(span_is(keys_active(k, PURPOSE_VC_EDDSA, KEYS_NOW)->name, "vc-eddsa-2"));
	/* a set that is whole stays as it is */
	assert_int_equal(keys_new_all(k, KEYS_NOW, &made), 0);
	assert_int_equal(made, 0);
	keys_close(k);
}

static void
test_no_authority(void **state)
{
	const char *other = aid_keys_path(&all, "orphan");
	struct key_request r = { .purpose = PURPOSE_DCC, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k, *second;

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_create(other, PASSPHRASE, &aid_who, &second), -EBUSY);
	assert_int_equal(keys_new(k, &r, NULL), -ENOENT);
	assert_int_equal(keys_count(k), 0);
	keys_close(k);
	/* without a passphrase nothing is made */
	assert_int_equal(keys_create(other, SPAN_NONE, &aid_who, &k), 0);
	r.purpose = PURPOSE_LIST;
	assert_int_equal(keys_new(k, &r, NULL), -EACCES);
	assert_int_equal(keys_count(k), 0);
	keys_close(k);
}

static void
test_identity(void **state)
{
	static const struct {
		const char *url, *country, *name, *did;
	} rows[] = {
		{ "https://a.example", "AQ", "A", "did:web:a.example" },
		{ "https://a.example:8443/x/y", "XA", "A", "did:web:a.example%3A8443:x:y" },
		{ "https://a.example/", "AQ", "A", NULL },
		{ "http://a.example", "AQ", "A", NULL },
		{ "https://", "AQ", "A", NULL },
		{ "https://a.example?x", "AQ", "A", NULL },
		{ "https://a.example#x", "AQ", "A", NULL },
		{ "https://a.example", "QQ", "A", NULL },
		{ "https://a.example", "ATA", "A", NULL },
		{ "https://a.example", "AQ", "", NULL },
		{ "https://a.example", "AQ", "\xff", NULL },
	};
	char name[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct keys_identity id = { span_of(rows[i].url), span_of(rows[i].country),
			span_of(rows[i].name) };
		struct keys *k = NULL;
		snprintf(name, sizeof(name), "who-%zu", i);
		int r = keys_create(aid_keys_path(&all, name), PASSPHRASE, &id, &k);
		assert_int_equal(r, rows[i].did ? 0 : -EINVAL);
		if (r == 0)
			assert_true(span_is(keys_did(k), rows[i].did));
		keys_close(k);
	}
}

/* --- CMS by such a key --- */

static void
test_cms(void **state)
{
	struct keys *k = aid_keys_open(&all);
	const struct own_key *o = keys_active(k, PURPOSE_LIST, KEYS_NOW);
	const struct cert *c = own_entry_of(o)->cert;
	struct signer s;
	struct span cms;
	enum cms_result result = CMS_BAD;
	static const int64_t times[] = { KEYS_NOW,
		INT64_C(2556144000) }; /* past 2049, another form */

	(void)state;
	assert_int_equal(keys_signer(k, o, &s), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(cms_sign_by(&s, c, SPAN_LIT("content"), times[i], all.aid.kit,
					 all.aid.arena, &cms),
			0);
		assert_int_equal(cms_verify(cms, SPAN_LIT("content"), c, NULL, &result), 0);
		assert_int_equal(result, CMS_VALID);
		assert_int_equal(cms_verify(cms, SPAN_LIT("Content"), c, NULL, &result), 0);
		assert_int_equal(result, CMS_BAD);
	}
	s.alg = SIG_PS256;
	assert_int_equal(
		cms_sign_by(&s, c, SPAN_LIT("content"), KEYS_NOW, all.aid.kit, all.aid.arena, &cms),
		-EINVAL);
	keys_close(k);
}

/* Around its content, which comes out as it went in; others' rules for the signature hold. */
static void
test_wrapped(void **state)
{
	struct keys *k = aid_keys_open(&all);
	const struct own_key *o = keys_active(k, PURPOSE_LIST, KEYS_NOW);
	const struct cert *c = own_entry_of(o)->cert;
	uint8_t *large = arena_bytes(all.aid.arena, CMS_WRAPPED + 1);
	const struct span contents[] = { SPAN_LIT("{}"), { large, 200 }, { large, CMS_WRAPPED } };
	enum cms_result result;
	struct signer s;
	struct span cms, inside;

	(void)state;
	memset(large, 'x', CMS_WRAPPED + 1);
	assert_int_equal(keys_signer(k, o, &s), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
			cms_wrap_by(&s, c, contents[i], KEYS_NOW, all.aid.kit, all.aid.arena, &cms),
			0);
		assert_int_equal(cms_content(cms, all.aid.arena, &inside), 0);
		assert_true(span_eq(inside, contents[i]));
		assert_int_equal(cms_verify(cms, inside, c, NULL, &result), 0);
		assert_int_equal(result, CMS_VALID);
	}
	assert_int_equal(cms_wrap_by(&s, c, (struct span){ large, CMS_WRAPPED + 1 }, KEYS_NOW,
				 all.aid.kit, all.aid.arena, &cms),
		-ENOBUFS);
	assert_int_equal(
		cms_sign_by(&s, c, SPAN_LIT("{}"), KEYS_NOW, all.aid.kit, all.aid.arena, &cms), 0);
	assert_int_equal(cms_content(cms, all.aid.arena, &inside), 0);
	assert_null(inside.ptr); /* detached */
	assert_int_equal(cms_content(SPAN_LIT("{}"), all.aid.arena, &inside), 0);
	assert_null(inside.ptr);
	keys_close(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_purpose),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_faulty_signature),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_withdrawal),
		cmocka_unit_test(test_no_authority),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_cms),
		cmocka_unit_test(test_wrapped),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
