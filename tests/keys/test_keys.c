/* test_keys.c - the store of our own keys: made, found, signing, succeeded, retired; and every way in which it is at
 * fault. */
#include "codecs/base/date.h"
#include "codecs/seal/cms.h"
#include "codecs/seal/own/endorse.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/make.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"
#include "trust/chain.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOW = 1796126400 };

#define PASSPHRASE SPAN_LIT("correct horse battery staple")
#define COSE       SPAN_LIT("\x84\x6aSignature1\x40\x40\x40")
#define JWS        SPAN_LIT("eyJhbGciOiJFUzI1NiJ9.e30")
#define SEAL       SPAN_LIT("{\"hdr\":{},\"msg\":{}}")
#define DIGESTS    SPAN_LIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
#define CMS_SET    SPAN_LIT("\x31\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03....")
#define TBS        SPAN_LIT("\x30\x82\x01\x00\xa0\x03\x02\x01\x02\x02")
#define PROOF                                                                \
	SPAN_LIT("eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9." \
		 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\xff")

static const struct keys_identity who = { { (const uint8_t *)"https://gateway.example", 23 },
	{ (const uint8_t *)"AQ", 2 }, { (const uint8_t *)"Test Gateway", 12 } };

static struct aid_folder folder;
static struct aid_work aid;
static const char *dir;

/* A whole set is made once: deriving keys from passphrases is slow on purpose. */
static int
open_all(void **state)
{
	struct keys *k;
	size_t made = 0;

	(void)state;
	aid_folder_make(&folder);
	aid_begin(&aid);
	dir = aid_path(aid.arena, &folder, "keys");
	assert_int_equal(keys_create(dir, PASSPHRASE, &who, &k), 0);
	assert_int_equal(keys_new_all(k, NOW, &made), 0);
	assert_int_equal(made, PURPOSE_COUNT);
	keys_close(k);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	aid_end(&aid);
	aid_folder_drop(&folder);
	return 0;
}

static struct keys *
opened(void)
{
	struct keys *k = NULL;

	assert_int_equal(keys_open(dir, PASSPHRASE, &k), 0);
	return k;
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
	struct keys *k = opened();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct own_key *o = keys_active(k, rows[i].purpose, NOW);
		assert_non_null(o);
		assert_true(span_is(o->name, rows[i].name));
		assert_ptr_equal(keys_named(k, span_of(rows[i].name)), o);
		assert_true(span_is(o->issuer, rows[i].issuer));
		assert_true(span_starts(o->kid, span_of(rows[i].kid_begins)));
		if (rows[i].kid_len)
			assert_int_equal(o->kid.len, rows[i].kid_len);
		const struct own_key *above = keys_active(k, rows[i].above, NOW);
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
	struct keys *k = opened();

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct own_key *o = keys_active(k, rows[i].leaf, NOW);
		const struct cert *c = own_entry_of(o)->cert;
		bool foreign;
		assert_int_equal(cert_usage(c, &foreign), rows[i].usage);
		assert_int_equal(foreign, rows[i].foreign);
		assert_true(cert_extension(c, rows[i].extension).len > 0);
		assert_true(span_is(cert_country(c), "AQ"));
		assert_int_equal(cert_not_after(c), o->ends);
		assert_true(o->until <= o->ends);
		for (size_t j = 0; j < 4; j++) {
			const struct own_key *ca = keys_active(k, rows[j].ca, NOW);
			struct cert *anchors[] = { own_entry_of(ca)->cert };
			enum chain_result result = CHAIN_BAD;
			assert_int_equal(chain_check(c, anchors, 1, NOW, &result), 0);
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
		[PURPOSE_WHO] = "c",
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
	struct keys *k = opened();

	(void)state;
	for (enum key_purpose p = 0; p < PURPOSE_COUNT; p++) {
		const struct own_key *o = keys_active(k, p, NOW);
		struct signer s = { 0 };
		assert_int_equal(keys_signer(k, o, &s), 0);
		assert_true(span_eq(s.kid, o->kid));
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			struct span out = SPAN_NONE;
			bool may = strchr(allowed[p], letters[i]) != NULL;
			assert_int_equal(s.sign(&s, aid.arena, forms[i], &out), may ? 0 : -EPERM);
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
	struct keys *k = opened();
	static const enum key_purpose purposes_tried[] = { PURPOSE_SHC, PURPOSE_VC_EDDSA };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct own_key *o = keys_active(k, purposes_tried[i], NOW);
		struct own_entry *e = own_entry_of(o);
		struct signer s, real;
		struct span out = SPAN_NONE;
		assert_int_equal(keys_signer(k, o, &s), 0);
		real = e->raw;
		whole = &real;
		e->raw.sign = flipped;
		assert_int_equal(s.sign(&s, aid.arena, JWS, &out), -EIO);
		assert_null(out.ptr);
		e->raw = real;
		assert_int_equal(s.sign(&s, aid.arena, JWS, &out), 0);
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
	const char *other = aid_path(aid.arena, &folder, "rotated");

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &who, &k), 0);
	struct key_request r = { .purpose = PURPOSE_VC_ECDSA, .now = NOW, .from = NOW };
	assert_int_equal(keys_new(k, &r, &old), 0);
	assert_int_equal(old->until, NOW + 90 * DAY);
	r.from = NOW + 7 * DAY;
	r.use = 30 * DAY;
	assert_int_equal(keys_new(k, &r, &new), 0);
	for (int round = 0; round < 2; round++) { /* as made, and as read again */
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, NOW), old);
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, NOW + 7 * DAY - 1), old);
		assert_ptr_equal(keys_active(k, PURPOSE_VC_ECDSA, NOW + 7 * DAY), new);
		assert_null(keys_active(k, PURPOSE_VC_ECDSA, NOW + 37 * DAY));
		assert_int_equal(own_key_state(new, NOW), OWN_NEXT);
		assert_true(own_key_published(new, NOW));
		assert_int_equal(own_key_state(old, NOW + 8 * DAY), OWN_RETIRED);
		assert_true(own_key_published(old, NOW + 8 * DAY));
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
	const char *other = aid_path(aid.arena, &folder, "withdrawn");
	struct key_request r = { .purpose = PURPOSE_VC_EDDSA, .now = NOW, .from = NOW };
	struct keys *k;

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &who, &k), 0);
	assert_int_equal(keys_new(k, &r, NULL), 0);
	assert_int_equal(keys_retire(k, SPAN_LIT("dcc-1"), NOW, true), -ENOENT);
	assert_int_equal(keys_retire(k, SPAN_LIT("vc-eddsa-1"), NOW + 5, true), 0);
	assert_int_equal(keys_retire(k, SPAN_LIT("vc-eddsa-1"), NOW + 9, false), 0);
	keys_close(k);
	assert_int_equal(keys_create(other, PASSPHRASE, &who, &k), 0);
	assert_null(keys_active(k, PURPOSE_VC_EDDSA, NOW));
	assert_int_equal(keys_at(k, 0)->withdrawn, NOW + 5);
	assert_int_equal(keys_at(k, 0)->until, NOW + 5);
	size_t made = 0;
	assert_int_equal(keys_new_all(k, NOW, &made), 0);
	assert_int_equal(made, PURPOSE_COUNT);
	assert_true(span_is(keys_active(k, PURPOSE_VC_EDDSA, NOW)->name, "vc-eddsa-2"));
	/* a set that is whole stays as it is */
	assert_int_equal(keys_new_all(k, NOW, &made), 0);
	assert_int_equal(made, 0);
	keys_close(k);
}

static void
test_no_authority(void **state)
{
	const char *other = aid_path(aid.arena, &folder, "orphan");
	struct key_request r = { .purpose = PURPOSE_DCC, .now = NOW, .from = NOW };
	struct keys *k, *second;

	(void)state;
	assert_int_equal(keys_create(other, PASSPHRASE, &who, &k), 0);
	assert_int_equal(keys_create(other, PASSPHRASE, &who, &second), -EBUSY);
	assert_int_equal(keys_new(k, &r, NULL), -ENOENT);
	assert_int_equal(keys_count(k), 0);
	keys_close(k);
	/* without a passphrase nothing is made */
	assert_int_equal(keys_create(other, SPAN_NONE, &who, &k), 0);
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
		int r = keys_create(aid_path(aid.arena, &folder, name), PASSPHRASE, &id, &k);
		assert_int_equal(r, rows[i].did ? 0 : -EINVAL);
		if (r == 0)
			assert_true(span_is(keys_did(k), rows[i].did));
		keys_close(k);
	}
}

/* --- the folder at fault --- */

static void
test_passphrase(void **state)
{
	struct keys *k;
	struct signer s;

	(void)state;
	assert_int_equal(keys_open(dir, SPAN_LIT("correct horse"), &k), 0);
	assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, NOW), &s), -EKEYREJECTED);
	assert_int_equal(keys_unlock(k, NOW), -EKEYREJECTED);
	keys_close(k);
	assert_int_equal(keys_open(dir, SPAN_NONE, &k), 0);
	assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, NOW), &s), -EACCES);
	keys_close(k);
	k = opened();
	assert_int_equal(keys_unlock(k, NOW), 0);
	/* authorities stay as they are: the gateway issues no certificates */
	assert_null(own_entry_of(keys_active(k, PURPOSE_CSCA_DCC, NOW))->private);
	assert_non_null(own_entry_of(keys_active(k, PURPOSE_DCC, NOW))->private);
	keys_close(k);
}

/* A copy of the set with one file changed. */
static const char *
copy_with(const char *name, const char *file, struct span bytes)
{
	static const char *const files[] = { "index.json", "dcc-1.key.pem", "shc-1.key.pem" };
	const char *copy = aid_path(aid.arena, &folder, name);
	char path[64];

	for (size_t i = 0; i < 3; i++) {
		char from[64];
		snprintf(from, sizeof(from), "keys/%s", files[i]);
		snprintf(path, sizeof(path), "%s/%s", name, files[i]);
		aid_write(&folder, path,
			strcmp(files[i], file) == 0
				? bytes
				: aid_read(aid.arena, aid_path(aid.arena, &folder, from)));
		assert_int_equal(chmod(aid_path(aid.arena, &folder, path), 0600), 0);
	}
	assert_int_equal(chmod(copy, 0700), 0);
	return copy;
}

static void
test_key_files(void **state)
{
	struct span shc = aid_read(aid.arena, aid_path(aid.arena, &folder, "keys/shc-1.key.pem"));
	struct span turned = arena_copy(aid.arena, shc);
	struct keys *k;
	struct signer s;

	(void)state;
	((uint8_t *)(uintptr_t)turned.ptr)[turned.len / 2] ^= 1;
	const struct span rows[] = { shc, SPAN_LIT(""), span_slice(shc, 0, shc.len / 2), turned,
		SPAN_LIT("-----BEGIN PRIVATE KEY-----\n"
			 "MC4CAQAwBQYDK2VwBCIEIFbYp2YqZT9S0m2j0cQf0sQAj5WcVQ4nF2bCqg1n4o0Q\n"
			 "-----END PRIVATE KEY-----\n") };
	for (size_t i = 0; i < 5; i++) {
		const char *copy = copy_with("copied", "dcc-1.key.pem", rows[i]);
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), 0);
		assert_int_equal(
			keys_signer(k, keys_active(k, PURPOSE_DCC, NOW), &s), -EKEYREJECTED);
		assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_SHC, NOW), &s), 0);
		/* a file that is not there */
		assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_WHO, NOW), &s), -ENOENT);
		keys_close(k);
	}
}

static void
test_index_cut(void **state)
{
	struct span index = aid_read(aid.arena, aid_path(aid.arena, &folder, "keys/index.json"));
	struct keys *k;

	(void)state;
	for (size_t n = 0; n + 1 < index.len; n += n < 400 || n + 50 > index.len ? 1 : 61) {
		const char *copy = copy_with("cut", "index.json", span_slice(index, 0, n));
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), -EBADMSG);
	}
}

static struct span
replaced(struct span text, const char *from, const char *to)
{
	struct buf b = buf_in(aid.arena, SIZE_MAX);
	struct span needle = span_of(from);

	for (size_t i = 0; i < text.len; i++)
		if (span_eq(span_slice(text, i, needle.len), needle)) {
			buf_add(&b, span_slice(text, 0, i));
			buf_str(&b, to);
			buf_add(&b, span_from(text, i + needle.len));
			return buf_span(&b);
		}
	fail_msg("the index has no %s", from);
	return SPAN_NONE;
}

static void
test_index_changed(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"version\": 1", "\"version\": 2" },
		{ "\"version\": 1", "\"version\": \"1\"" },
		{ "\"keys\": [", "\"keys\": 1, \"other\": [" },
		{ "\"https://gateway.example\"", "\"http://gateway.example\"" },
		{ "\"AQ\"", "\"A\"" },
		{ "\"shc-1\"", "\"dcc-1\"" }, /* twice */
		{ "\"shc-1\"", "\"../shc\"" },
		{ "\"purpose\": \"dcc\"", "\"purpose\": \"dcd\"" },
		{ "\"purpose\": \"dcc\"",
			"\"purpose\": \"csca-dcc\"" }, /* not what its certificate is */
		{ "\"purpose\": \"vc-eddsa\"", "\"purpose\": \"vc-ecdsa\"" }, /* another kind */
		{ "\"purpose\": \"vc-eddsa\"", "\"purpose\": \"shc\"" }, /* without certificate */
		{ "\"authority\": \"csca-dcc-1\"", "\"authority\": \"dcc-1\"" },
		{ "\"authority\": \"csca-dcc-1\"", "\"authority\": \"nobody\"" },
		{ "\"from\": \"2026-12-01T", "\"from\": \"2026-12-41T" },
		{ "\"ends\": \"20", "\"ends\": \"21" }, /* not when its certificate ends */
		{ "\"spki\": \"MFkw", "\"spki\": \"MFkx" },
		{ "\"certificate\": \"MII", "\"certificate\": \"MIJ" },
		{ "\"certificate\": \"MII", "\"certificate\": \"!MII" },
	};
	struct span index = aid_read(aid.arena, aid_path(aid.arena, &folder, "keys/index.json"));
	struct keys *k = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *copy = copy_with(
			"changed", "index.json", replaced(index, rows[i].from, rows[i].to));
		int r = keys_open(copy, PASSPHRASE, &k);
		if (r != -EBADMSG)
			fail_msg("%s: %d", rows[i].to, r);
	}
}

static void
test_modes(void **state)
{
	static const struct {
		const char *file;
		mode_t mode;
		int open, sign;
	} rows[] = {
		{ "", 0700, 0, 0 },
		{ "", 0750, -EACCES, 0 },
		{ "", 0701, -EACCES, 0 },
		{ "index.json", 0640, -EACCES, 0 },
		{ "index.json", 0604, -EACCES, 0 },
		{ "dcc-1.key.pem", 0640, 0, -EACCES },
		{ "dcc-1.key.pem", 0602, 0, -EACCES },
		{ "dcc-1.key.pem", 0400, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *copy = copy_with("modes", "", SPAN_NONE);
		char path[64];
		struct keys *k = NULL;
		struct signer s;
		snprintf(path, sizeof(path), "modes/%s", rows[i].file);
		assert_int_equal(chmod(aid_path(aid.arena, &folder, path), rows[i].mode), 0);
		assert_int_equal(keys_open(copy, PASSPHRASE, &k), rows[i].open);
		if (rows[i].open == 0)
			assert_int_equal(
				keys_signer(k, keys_active(k, PURPOSE_DCC, NOW), &s), rows[i].sign);
		keys_close(k);
		assert_int_equal(chmod(copy, 0700), 0);
	}
	struct keys *k;
	assert_int_equal(
		keys_open(aid_path(aid.arena, &folder, "nowhere"), PASSPHRASE, &k), -ENOENT);
	assert_int_equal(keys_open(aid_path(aid.arena, &folder, "keys/index.json"), PASSPHRASE, &k),
		-ENOTDIR);
}

/* What is written has nothing of a private key in the clear, and nothing for others. */
static void
test_on_disk(void **state)
{
	struct stat st;
	struct span pem = aid_read(aid.arena, aid_path(aid.arena, &folder, "keys/dcc-1.key.pem"));

	(void)state;
	assert_true(span_starts(pem, SPAN_LIT("-----BEGIN ENCRYPTED PRIVATE KEY-----")));
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(aid_path(aid.arena, &folder, "keys/dcc-1.key.pem"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(aid_path(aid.arena, &folder, "keys/.new-index.json"), F_OK), -1);
}

/* --- CMS by such a key --- */

static void
test_cms(void **state)
{
	struct keys *k = opened();
	const struct own_key *o = keys_active(k, PURPOSE_LIST, NOW);
	const struct cert *c = own_entry_of(o)->cert;
	struct signer s;
	struct span cms;
	enum cms_result result = CMS_BAD;
	static const int64_t times[] = { NOW, INT64_C(2556144000) }; /* past 2049, another form */

	(void)state;
	assert_int_equal(keys_signer(k, o, &s), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			cms_sign_by(&s, c, SPAN_LIT("content"), times[i], aid.kit, aid.arena, &cms),
			0);
		assert_int_equal(cms_verify(cms, SPAN_LIT("content"), c, NULL, &result), 0);
		assert_int_equal(result, CMS_VALID);
		assert_int_equal(cms_verify(cms, SPAN_LIT("Content"), c, NULL, &result), 0);
		assert_int_equal(result, CMS_BAD);
	}
	s.alg = SIG_PS256;
	assert_int_equal(
		cms_sign_by(&s, c, SPAN_LIT("content"), NOW, aid.kit, aid.arena, &cms), -EINVAL);
	keys_close(k);
}

/* --- memory --- */

/* Without memory OpenSSL says of a key that it is malformed: refused, and so no harm, but not told apart. */
static int
told_apart(int r)
{
	return oom_hit() && (r == -EBADMSG || r == -EKEYREJECTED || r == -EIO) ? -ENOMEM : r;
}

static int
open_it(void *arg)
{
	struct keys *k = NULL;
	int r = keys_open(arg, SPAN_NONE, &k);

	keys_close(k);
	return told_apart(r);
}

static int
sign_with(void *arg)
{
	struct keys *k = NULL;
	struct arena *a = arena_new(1 << 20);
	struct signer s;
	struct span out;
	int r = a ? keys_open(arg, PASSPHRASE, &k) : -ENOMEM;

	if (r == 0)
		r = keys_signer(k, keys_active(k, PURPOSE_VC_EDDSA, NOW), &s);
	if (r == 0)
		r = s.sign(&s, a, JWS, &out);
	keys_close(k);
	arena_free(a);
	return told_apart(r);
}

static int
make_one(void *arg)
{
	struct keys *k = NULL;
	struct key_request q = { .purpose = PURPOSE_LIST, .now = NOW, .from = NOW };
	int r = keys_create(arg, PASSPHRASE, &who, &k);

	if (r == 0)
		r = keys_new(k, &q, NULL);
	keys_close(k);
	return told_apart(r);
}

/* Each run derives a key from the passphrase: some of the allocations must do. */
static void
some_fail(int (*fn)(void *arg), void *arg)
{
	size_t failed = 0;

	for (size_t n = 1; n < 4000; n += 1 + n / 6) {
		oom_arm(n, false);
		int r = fn(arg);
		bool hit = oom_hit();
		oom_disarm();
		if (r != 0 && r != -ENOMEM)
			fail_msg("allocation %zu: %d", n, r);
		assert_true(r == 0 || hit);
		failed += r != 0;
	}
	assert_true(failed > 5);
}

static void
test_memory(void **state)
{
	const char *small = aid_path(aid.arena, &folder, "small");
	const char *made = aid_path(aid.arena, &folder, "made");
	struct key_request q = { .purpose = PURPOSE_VC_EDDSA, .now = NOW, .from = NOW };
	struct keys *k;

	(void)state;
	assert_int_equal(keys_create(small, PASSPHRASE, &who, &k), 0);
	assert_int_equal(keys_new(k, &q, NULL), 0);
	keys_close(k);
	assert_true(oom_each(open_it, (void *)(uintptr_t)small) > 0);
	some_fail(sign_with, (void *)(uintptr_t)small);
	some_fail(make_one, (void *)(uintptr_t)made);
	/* whatever was cut short: what is there can be read */
	assert_int_equal(keys_open(made, PASSPHRASE, &k), 0);
	assert_int_equal(keys_unlock(k, NOW), 0);
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
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_index_cut),
		cmocka_unit_test(test_index_changed),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_on_disk),
		cmocka_unit_test(test_cms),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
