/* test_carried.c - links that a certificate carries: followed once that is verified, else nobody is asked. */
#include "codecs/base/text.h"
#include "codecs/seal/jwe.h"
#include "gateway/engine/link.h"
#include "tests/aid/mint.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST    "links.example"
#define ADDRESS "https://" HOST "/Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM"
#define SECRET  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" /* octets 0 to 31 */
#define CODE    "4711-CANARY"

static struct mint m, stranger;
static struct report report;
static struct link_verify v;

static int
open_mints(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	mint_open(&stranger, PRIVATE_P256, SIG_ES256);
	return 0;
}

static int
close_mints(void **state)
{
	(void)state;
	mint_close(&m);
	mint_close(&stranger);
	return 0;
}

static int
usual_policy(void **state)
{
	(void)state;
	m.policy.links = LINKS_ANY;
	return 0;
}

/* A certificate with a link; more: further members of its payload, each with a comma in front. */
static struct span
carrier(struct mint *by, const char *more, int64_t expires)
{
	struct buf json = buf_in(m.arena, SIZE_MAX), claim = json;

	buf_str(&json, "{\"url\":\"" ADDRESS "\",\"key\":\"" SECRET "\"");
	buf_str(&json, more);
	buf_char(&json, '}');
	buf_str(&claim, "\"vhlink:/");
	base64url_encode(&claim, buf_span(&json));
	buf_str(&claim, "\"");
	buf_char(&claim, '\0');
	return mint_text(by, (const char *)buf_span(&claim).ptr,
		(struct hcert_recipe){ .claim = 5, .expires = expires });
}

/* One run; item: what became of the only need so far, or NULL. */
static enum verdict
run(struct span input, const struct web_item *item)
{
	arena_reset(m.scratch);
	m.work = (struct work){ m.scratch, &report, &limits_default, m.kit, MINT_NOW };
	v = (struct link_verify){ .input = input,
		.passcode = SPAN_LIT(CODE),
		.trust = m.trust,
		.policy = &m.policy,
		.items = item,
		.item_count = item ? 1 : 0 };
	assert_int_equal(engine_link(&m.work, &v), 0);
	return v.verdict;
}

static struct span
rendered(void)
{
	struct buf b = buf_in(m.scratch, SIZE_MAX);

	render_link(&b, &m.work, &v);
	assert_int_equal(b.error, 0);
	return buf_span(&b);
}

static bool
says(struct span text, const char *word)
{
	return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

/* The answer of the link's address to what the first run asked. */
static struct web_item
answer(struct span input, struct span body)
{
	run(input, NULL);
	assert_int_equal(v.need_count, 1);
	struct web_item item = { .need = v.needs[0],
		.state = WEB_GOOD,
		.status = 200,
		.bytes = body,
		.at = MINT_NOW,
		.until = MINT_NOW };
	item.need.url = arena_copy(m.arena, item.need.url);
	item.need.body = arena_copy(m.arena, item.need.body);
	return item;
}

static struct span
sealed(const char *type, const char *content)
{
	struct buf header = buf_in(m.arena, SIZE_MAX), list = header;
	struct work w = { m.arena, &report, &limits_default, m.kit, MINT_NOW };
	uint8_t key[32];
	struct span jwe;

	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i;
	report_begin(&report, m.arena);
	buf_str(&header, "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"");
	buf_str(&header, type);
	buf_str(&header, "\"}");
	assert_int_equal(jwe_write(&w, buf_span(&header), (struct span){ key, sizeof(key) },
				 SPAN_LIT("twelve bytes"), span_of(content), &jwe),
		0);
	buf_str(&list, "{\"files\":[{\"contentType\":\"");
	buf_str(&list, type);
	buf_str(&list, "\",\"embedded\":");
	buf_json(&list, jwe);
	buf_str(&list, "}]}");
	return buf_span(&list);
}

/* --- tests --- */

static void
asks_what_the_link_says(void **state)
{
	struct span input = carrier(&m, ",\"flag\":\"P\",\"label\":\"Otto\"", 0);

	(void)state;
	assert_int_equal(run(input, NULL), VERDICT_INDETERMINATE);
	assert_int_equal(v.reason, REASON_LINK_NOT_FETCHED);
	assert_int_equal(report_verdict(&v.carrier->report), VERDICT_VERIFIED);
	assert_int_equal(v.need_count, 1);
	assert_true(span_is(v.needs[0].url, ADDRESS));
	assert_true(says(v.needs[0].body, "\"passcode\":\"" CODE "\""));
	assert_string_equal(v.host, HOST);
	struct span text = rendered();
	assert_true(says(text, "\"certificate\":{\"verdict\":\"verified\",\"scheme\":\"vhl\""));
	assert_true(says(text, "\"flags\":\"P\""));
	assert_false(says(text, SECRET));
	assert_false(says(text, "Y9xwkUdtm"));
	assert_false(says(text, CODE));
}

/* No content makes a signature over a link more than that. */
static void
content_is_judged_by_itself(void **state)
{
	static const struct {
		const char *type, *content;
		enum verdict verdict;
		enum reason reason;
	} rows[] = {
		{ "application/fhir+json", "{\"resourceType\":\"Bundle\",\"type\":\"document\"}",
			VERDICT_INDETERMINATE, REASON_LINK_UNSIGNED },
		{ "application/smart-health-card", "{\"verifiableCredential\":[]}",
			VERDICT_REJECTED, REASON_SHC_FILE },
		{ "image/png", "x", VERDICT_INDETERMINATE, REASON_LINK_CONTENT_TYPE },
	};
	struct span input = carrier(&m, "", 0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct web_item item = answer(input, sealed(rows[i].type, rows[i].content));
		assert_int_equal(run(input, &item), rows[i].verdict);
		assert_int_equal(v.reason, rows[i].reason);
		assert_int_equal(v.file_count, 1);
		assert_int_equal(report.checks[CHECK_FORMAT].status, STATUS_PASS);
		assert_int_equal(report_verdict(&v.carrier->report), VERDICT_VERIFIED);
	}
	struct web_item none = answer(input, SPAN_LIT("{\"files\":[]}"));
	assert_int_equal(run(input, &none), VERDICT_INDETERMINATE);
	assert_int_equal(v.reason, REASON_LINK_EMPTY);
}

/* Rejected in whatever respect: nobody is asked, even where the policy would let it. */
static void
nobody_is_asked_for_a_bad_one(void **state)
{
	const struct {
		struct span input;
		enum reason reason;
		bool leads; /* signed all the same: then its parts are told apart */
	} rows[] = {
		{ carrier(&stranger, "", 0), REASON_ISSUER_UNKNOWN, false },
		{ carrier(&m, "", MINT_NOW - 1), REASON_VALIDITY_EXPIRED, true },
		{ carrier(&m, ",\"exp\":1", 0), REASON_LINK_EXPIRED, true },
		{ carrier(&m, ",\"flag\":\"PU\"", 0), REASON_LINK_FLAG, false },
		{ mint_text(&m, MINT_GOOD, (struct hcert_recipe){ .claim = 1 }), REASON_NONE,
			false },
		{ SPAN_LIT("HC1:"), REASON_NONE, false },
		{ SPAN_LIT("vhlink:/e30"), REASON_FORMAT_UNKNOWN, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_not_equal(run(rows[i].input, NULL), VERDICT_VERIFIED);
		if (rows[i].reason)
			assert_int_equal(v.reason, rows[i].reason);
		assert_int_equal(engine_leads(&v.carrier->verify), rows[i].leads);
		assert_int_equal(v.need_count, 0);
		assert_int_equal(v.file_count, 0);
		assert_int_equal(report.checks[CHECK_FORMAT].reason, REASON_LINK_NOT_FETCHED);
		assert_true(says(rendered(), "\"certificate\":{"));
	}
}

/* Another key's certificate under the name of a listed one. */
static void
nobody_is_asked_for_a_forged_one(void **state)
{
	struct span own = stranger.signer.kid;

	(void)state;
	stranger.signer.kid = m.signer.kid;
	struct span input = carrier(&stranger, "", 0);
	stranger.signer.kid = own;
	assert_int_equal(run(input, NULL), VERDICT_REJECTED);
	assert_int_equal(v.reason, REASON_SIGNATURE_MISMATCH);
	assert_int_equal(v.need_count, 0);
	assert_false(engine_leads(&v.carrier->verify));
	assert_false(says(rendered(), HOST));
}

static void
the_operator_decides(void **state)
{
	static const struct span other = { (const uint8_t *)"other.example", 13 };
	static const struct span same = { (const uint8_t *)HOST, sizeof(HOST) - 1 };
	struct span input = carrier(&m, "", 0);
	struct verify alone;

	(void)state;
	m.policy.links = LINKS_NO;
	assert_int_equal(mint_verify(&m, input, &alone), VERDICT_VERIFIED);
	assert_false(engine_leads(&alone));
	run(input, NULL);
	assert_int_equal(v.need_count, 0);
	m.policy.links = LINKS_LISTED;
	m.policy.link_hosts = &other;
	m.policy.link_host_count = 1;
	assert_int_equal(mint_verify(&m, input, &alone), VERDICT_VERIFIED);
	assert_true(engine_leads(&alone));
	assert_int_equal(run(input, NULL), VERDICT_INDETERMINATE);
	assert_int_equal(v.reason, REASON_LINK_NOT_ALLOWED);
	assert_int_equal(v.need_count, 0);
	m.policy.link_hosts = &same;
	run(input, NULL);
	assert_int_equal(v.need_count, 1);
}

static int
run_whole(void *arg)
{
	struct arena *a = arena_new(limits_default.link_memory);
	struct report own;
	struct work w = { a, &own, &limits_default, m.kit, MINT_NOW };
	struct link_verify *one = a ? ARENA_NEW(a, struct link_verify) : NULL;
	int r = -1;

	if (!one) {
		arena_free(a);
		return -12; /* ENOMEM */
	}
	*one = (struct link_verify){
		.input = *(const struct span *)arg, .trust = m.trust, .policy = &m.policy
	};
	r = engine_link(&w, one);
	arena_free(a);
	return r;
}

static void
memory_may_end(void **state)
{
	struct span input = carrier(&m, "", 0);

	(void)state;
	assert_true(oom_each(run_whole, &input) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(asks_what_the_link_says, usual_policy),
		cmocka_unit_test_setup(content_is_judged_by_itself, usual_policy),
		cmocka_unit_test_setup(nobody_is_asked_for_a_bad_one, usual_policy),
		cmocka_unit_test_setup(nobody_is_asked_for_a_forged_one, usual_policy),
		cmocka_unit_test_setup(the_operator_decides, usual_policy),
		cmocka_unit_test_setup(memory_may_end, usual_policy),
	};

	return cmocka_run_group_tests(tests, open_mints, close_mints);
}
