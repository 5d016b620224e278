/* test_batches.c - revocation batches of the EU's gateway: who must have signed them, and what makes the whole
 * list void. */
#include "codecs/seal/own/endorse.h"
#include "tests/aid/oom.h"
#include "tests/trust/aid_trust.h"
#include "trust/dcc/batches.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HASHES "[{\"hash\":\"AAECAwQFBgcICQoLDA0ODw==\"},{\"hash\":\"/v/+//7//v/+//7//v/+/w==\"}]"
#define BATCH                                                                                \
	"{\"country\":\"AQ\",\"expires\":\"2027-01-01T00:00:00Z\",\"kid\":\"AAECAwQFBgc=\"," \
	"\"hashType\":\"UCI\",\"entries\":" HASHES "}"
#define INDEX(ids)   "{\"more\":false,\"batches\":[" ids "]}"
#define ID(id, gone) "{\"batchId\":\"" id "\",\"country\":\"AQ\",\"deleted\":" gone "}"

static struct world w;

static int
open_all(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static struct span
cms_of(const char *batch, const struct world_key *by)
{
	struct signer s;
	struct span cms;

	assert_int_equal(signer_over(by->key, SIG_ES256, &s), 0);
	assert_int_equal(
		cms_wrap_by(&s, by->cert, span_of(batch), WORLD_NOW, w.kit, w.arena, &cms), 0);
	return cms;
}

/* As the gateway gives it out. */
static struct span
wrapped(const char *batch, const struct world_key *by)
{
	return world_base64(&w, cms_of(batch, by));
}

/* One letter of it changed afterwards. */
static struct span
altered(const char *batch, const char *where, const struct world_key *by)
{
	struct span cms = cms_of(batch, by);
	uint8_t *at = memmem(cms.ptr, cms.len, where, strlen(where));

	assert_non_null(at);
	*at ^= 1;
	return world_base64(&w, cms);
}

static const char *
fault_of(struct trust_input *in)
{
	struct trust_source_info i = world_read(&w, in);

	return i.fault;
}

static void
expect(struct span bytes, struct span pin, struct span anchors, const char *wanted)
{
	struct trust_file file;
	struct trust_input in = world_input("eu-revocation", &file, bytes);

	in.pin = pin;
	in.anchors = anchors;
	const char *fault = fault_of(&in);
	if (!fault != !wanted || (fault && !strstr(fault, wanted)))
		fail_msg("%.60s: %s, not %s", (const char *)bytes.ptr, fault, wanted);
}

static void
test_signed(void **state)
{
	struct span aq = world_pem(&w, w.upload_aq.cert), bv = world_pem(&w, w.upload_bv.cert);
	struct span both = world_join(&w, aq, bv), none = SPAN_NONE;
	struct span good = wrapped(BATCH, &w.upload_aq), other = wrapped(BATCH, &w.upload_bv);
	struct span bad = altered(BATCH, "FBgcI", &w.upload_aq);

	(void)state;
	expect(good, none, none, NULL); /* the operator vouches for the file */
	expect(span_of(BATCH), none, none, NULL);
	expect(good, aq, none, NULL);
	expect(good, both, none, NULL);
	expect(good, none, both, NULL);
	expect(other, bv, none, NULL); /* a pin signs for every country */
	expect(other, none, both, "not signed by"); /* an upload certificate does not */
	expect(good, bv, none, "not signed by");
	expect(bad, aq, none, "not signed by");
	expect(span_of(BATCH), aq, none, "not signed by");
	expect(span_of(BATCH), none, aq, "not signed by");
	expect(world_item(&w, &w.aq, "DSC", &w.upload_aq), aq, none, "not signed by");
	expect(good, SPAN_LIT("x"), none, "pin");
	expect(span_of("????"), none, none, "neither");
	expect(world_base64(&w, SPAN_LIT("{}")), none, none, "neither");
}

static void
test_damaged(void **state)
{
	static const struct {
		const char *from, *to, *wanted;
	} rows[] = {
		{ "UCI", "SHA", "type of hash" },
		{ "\"hashType\"", "\"hashtype\"", "type of hash" },
		{ "2027-01-01T", "2027-01-01X", "expires" },
		{ "AAECAwQFBgc=", "AAECAwQFBg==", "key or an entry" },
		{ "AAECAwQFBgc=", "UNKNOWN", "key or an entry" },
		{ "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0O", "key or an entry" },
		{ "\"hash\"", "\"Hash\"", "key or an entry" },
		{ HASHES, "[]", "key or an entry" },
		{ HASHES, "{}", "key or an entry" },
		{ "AAECAwQFBgc=", "UNKNOWN_KID", NULL },
		{ "}]}", "}]} ,", "JSON" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(world_swap(&w, span_of(BATCH), rows[i].from, rows[i].to), SPAN_NONE,
			SPAN_NONE, rows[i].wanted);
}

/* A list beside the batches: one that it names and that is not there makes all of it void. */
static void
test_list(void **state)
{
	static const struct {
		const char *index, *wanted;
	} rows[] = {
		{ INDEX(ID("4711-1", "false") "," ID("4711-2", "false")), NULL },
		{ INDEX(ID("4711-1", "false") "," ID("4711-3", "true")), NULL },
		{ INDEX(ID("4711-1", "false") "," ID("4711-3", "false")), "is not here" },
		{ INDEX("{}"), "is not here" },
		{ "{\"batches\":{}}", "array" },
	};
	struct trust_file files[3] = { { SPAN_LIT("f/4711-1"), wrapped(BATCH, &w.upload_aq) },
		{ SPAN_LIT("f/4711-2"), wrapped(BATCH, &w.upload_aq) },
		{ SPAN_LIT("f/list"), SPAN_NONE } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust_input in = world_input(
			"eu-revocation", &files[2], span_of(rows[i].index));
		in.files = files;
		in.file_count = 3;
		in.pin = world_pem(&w, w.upload_aq.cert);
		const char *fault = fault_of(&in);
		if (!fault != !rows[i].wanted || (fault && !strstr(fault, rows[i].wanted)))
			fail_msg("%s: %s", rows[i].index, fault);
	}
	expect(span_of(INDEX("")), SPAN_NONE, SPAN_NONE, NULL); /* nobody is revoked */
}

static void
test_bounds(void **state)
{
	struct trust_file file;
	struct trust_input in = world_input("", &file, span_of(BATCH));
	struct limits limits = w.limits;

	(void)state;
	assert_null(fault_of(&in)); /* recognised by its content */
	in.domain = TRUST_WHO;
	in.kind = SPAN_LIT("eu-revocation");
	assert_non_null(strstr(fault_of(&in), "scheme = dcc"));
	in.domain = TRUST_DCC;
	w.limits.trust_rids = 1;
	assert_non_null(strstr(fault_of(&in), "trust.rids"));
	w.limits = limits;
}

/* Each of many is found, for its key and type; what lies between is not. */
static void
test_many(void **state)
{
	enum { MANY = 3000 };
	struct buf b = buf_in(w.arena, SIZE_MAX);
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_DCC };
	struct trust_hash h = { .type = TRUST_HASH_UCI, .kid = { h.hash, 0 } };
	struct trust_file file;

	(void)state;
	buf_str(&b,
		"{\"country\":\"AQ\",\"expires\":\"2027-01-01T00:00:00Z\",\"kid\":\"UNKNOWN_KID\","
		"\"hashType\":\"UCI\",\"entries\":[");
	for (unsigned i = 0; i < MANY; i++) {
		uint8_t hash[TRUST_HASH] = { (uint8_t)(i * 7), (uint8_t)(i >> 8), (uint8_t)i, 2 };
		buf_str(&b, i ? ",{\"hash\":\"" : "{\"hash\":\"");
		buf_add(&b, world_base64(&w, (struct span){ hash, TRUST_HASH }));
		buf_str(&b, "\"}");
	}
	buf_str(&b, "]}");
	struct trust_input in = world_input("eu-revocation", &file, buf_span(&b));
	struct trust *t = world_build(&w, &in, 1);
	for (unsigned i = 0; i < MANY; i++) {
		uint8_t hash[TRUST_HASH] = { (uint8_t)(i * 7), (uint8_t)(i >> 8), (uint8_t)i, 2 };
		memcpy(h.hash, hash, TRUST_HASH);
		assert_true(trust_hash_listed(t, scope, &h, WORLD_NOW));
		h.hash[3] = 1;
		assert_false(trust_hash_listed(t, scope, &h, WORLD_NOW));
		h.hash[3] = 3;
		assert_false(trust_hash_listed(t, scope, &h, WORLD_NOW));
	}
	assert_int_equal(trust_batches(t, scope, WORLD_NOW), BATCHES_GOOD);
	assert_int_equal(trust_batches(t, (struct trust_scope){ ENV_DEMO, TRUST_DCC }, WORLD_NOW),
		BATCHES_NONE);
	trust_unref(t);
}

/* --- without memory --- */

/* One reading with its n-th allocation failing, and all behind it: all of the list, or nothing and a fault; false once
 * a reading asks for fewer. */
static bool
read_without(const struct trust_input *in, size_t n, bool onwards)
{
	struct trust *t = NULL;

	oom_arm(n, onwards);
	int r = world_try(&w, in, 1, &t);
	oom_disarm();
	if (r != 0) {
		assert_int_equal(r, -ENOMEM);
		return oom_hit();
	}
	assert_int_equal(trust_source_at(t, 0)->rid_lists, !trust_source_at(t, 0)->fault);
	trust_unref(t);
	return oom_hit();
}

static void
test_memory(void **state)
{
	struct trust_file file;
	struct trust_input in = world_input("eu-revocation", &file, wrapped(BATCH, &w.upload_aq));

	(void)state;
	in.anchors = world_pem(&w, w.upload_aq.cert);
	in.pin = world_pem(&w, w.upload_bv.cert);
	assert_null(fault_of(&in));
	for (size_t n = 1; read_without(&in, n, false); n += 1 + n / 20)
		read_without(&in, n, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
