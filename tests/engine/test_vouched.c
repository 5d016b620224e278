/* test_vouched.c - lists whose keys the operator's authorities must vouch for, and what is fetched beside them. */
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { DAY = 86400 };

static struct cards c;

static int
open_all(void **state)
{
	(void)state;
	cards_open(&c);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	cards_close(&c);
	return 0;
}

/* The issuer with its key, for which no certificate stands. */
static struct span
snapshot(void)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct span keys = cards_jwks(&c);

	buf_str(&b, "{\"directory\":\"https://example.test\",\"time\":\"2026-12-01T12:00:00Z\","
		    "\"issuerInfo\":[{\"issuer\":{\"iss\":\"" CARDS_ISSUER "\",\"name\":\"A\"},");
	buf_add(&b, span_slice(keys, 1, keys.len - 2));
	buf_str(&b, ",\"lastRetrieved\":\"2026-12-01T12:00:00Z\"}]}");
	return buf_span(&b);
}

static struct span
authority(void)
{
	struct cert_request r = { .country = "AQ",
		.common_name = "Community",
		.not_before = CARDS_NOW - DAY,
		.not_after = CARDS_NOW + DAY,
		.is_ca = true };
	struct private_key *key;
	struct span der;

	assert_int_equal(private_new(PRIVATE_P256, &key), 0);
	r.subject = key;
	assert_int_equal(cert_issue(&r, c.arena, &der), 0);
	private_free(key);
	return der;
}

static struct trust *
build(struct span list, struct span anchors)
{
	struct trust_file file = { SPAN_LIT("list"), list };
	struct trust_input in = { .name = SPAN_LIT("list"),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.anchors = anchors,
		.read_at = CARDS_NOW };
	struct trust *t;

	c.work.arena = c.arena;
	assert_int_equal(trust_build(&c.work, &in, 1, &t), 0);
	assert_null(trust_source_at(t, 0)->fault);
	return t;
}

static struct web *
published(void)
{
	struct web_item item = { .need = { .kind = NEED_ISSUER_KEYS,
					 .scope = { ENV_DEMO, TRUST_SHC },
					 .issuer = SPAN_LIT(CARDS_ISSUER),
					 .url = SPAN_LIT(CARDS_ISSUER "/.well-known/jwks.json") },
		.bytes = cards_jwks(&c),
		.at = CARDS_NOW,
		.until = CARDS_NOW + DAY };
	struct web *w = NULL;

	c.work.now = CARDS_NOW;
	assert_int_equal(web_with(&c.work, NULL, &item, 1, &w), 0);
	return w;
}

/* What the issuer publishes, and nobody vouches for, does not make up for what its list lacks. */
static void
test_fetched_is_not_vouched_for(void **state)
{
	const struct {
		struct span anchors;
		size_t keys;
		enum reason reason;
	} rows[] = {
		{ SPAN_NONE, 1, REASON_NONE },
		{ authority(), 0, REASON_ISSUER_KEY_UNKNOWN },
	};
	struct web *w = published();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust *t = build(snapshot(), rows[i].anchors);
		assert_int_equal(trust_key_count(t), rows[i].keys);
		for (int fetched = 0; fetched < 2; fetched++) {
			arena_reset(c.scratch);
			c.work.arena = c.scratch;
			struct verify v = { .input = cards_of(&c, CARDS_GOOD),
				.trust = t,
				.policy = &c.policy,
				.web = fetched ? w : NULL };
			assert_int_equal(engine_verify(&c.work, &v), 0);
			assert_int_equal(report_reason(&c.report), rows[i].reason);
			assert_int_equal(v.need_count, 0);
		}
		trust_unref(t);
	}
	web_unref(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fetched_is_not_vouched_for),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
