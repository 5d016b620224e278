/* test_access.c - who is let in: tokens good and bad, roles, rates, quotas. */
#include "gateway/http/access/access.h"

#include "codecs/base/buf.h"
#include "tests/http/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SECOND = 1000000 };

static struct config config;

static struct access *
fresh(enum config_gate verify)
{
	struct access *a = NULL;

	config = (struct config){ .access = clients, .access_count = CLIENTS };
	config.http.verify = verify;
	known_reset();
	assert_int_equal(access_new(&config, &a), 0);
	access_tokens(a, known);
	return a;
}

/* clang-format off */
static const struct {
	const char *field; /* NULL: not there */
	unsigned long long certificates;
	unsigned role;
	enum access_answer answer;
	const char *who;
} rows[] = {
	{ NULL, 0, ROLE_NONE, ACCESS_GRANTED, NULL },
	{ "Bearer nonsense", 0, ROLE_NONE, ACCESS_GRANTED, NULL },
	{ NULL, 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "", 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "Basic dXNlcjpwYXNz", 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "Bearerx " GOOD, 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ GOOD, 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "Token " GOOD, 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "Bearer", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer ", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer =", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD, 0, ROLE_VERIFY, ACCESS_GRANTED, "gate" },
	{ "bearer " GOOD, 0, ROLE_VERIFY, ACCESS_GRANTED, "gate" },
	{ "BEARER   " GOOD, 0, ROLE_VERIFY, ACCESS_GRANTED, "gate" },
	{ "Bearer\t" GOOD, 0, ROLE_VERIFY, ACCESS_REQUIRED, NULL },
	{ "Bearer " GOOD "x", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer verify-token-of-22-char", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer Verify-token-of-22-chars", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD "=", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD ", Bearer " GOOD, 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD " " GOOD, 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer \"" GOOD "\"", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer verify-token=of-22-chars", 0, ROLE_VERIFY, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD, 0, ROLE_ATTEST, ACCESS_ROLE, "gate" },
	{ "Bearer " GOOD, 0, ROLE_REVOKE, ACCESS_ROLE, "gate" },
	{ "Bearer " SIGN, 0, ROLE_VERIFY, ACCESS_GRANTED, "desk" },
	{ "Bearer " SIGN, 0, ROLE_ATTEST, ACCESS_GRANTED, "desk" },
	{ "Bearer " SIGN, 0, ROLE_ATTEST | ROLE_REVOKE, ACCESS_ROLE, "desk" },
	{ "Bearer attest+token/of~22.chars", 0, ROLE_ATTEST, ACCESS_TOKEN, NULL },
	{ NULL, 0, ROLE_ATTEST, ACCESS_REQUIRED, NULL },
	{ NULL, 4, ROLE_ATTEST, ACCESS_GRANTED, "port" },
	{ NULL, 4, ROLE_REVOKE, ACCESS_GRANTED, "port" },
	{ NULL, 4, ROLE_VERIFY, ACCESS_ROLE, "port" },
	{ "Basic dXNlcjpwYXNz", 4, ROLE_ATTEST, ACCESS_GRANTED, "port" },
	{ "Bearer nonsense", 4, ROLE_ATTEST, ACCESS_TOKEN, NULL },
	{ "Bearer " GOOD, 4, ROLE_ATTEST, ACCESS_GRANTED, "port" },
	{ "Bearer " GOOD, 4, ROLE_VERIFY, ACCESS_GRANTED, "gate" },
	{ NULL, 1, ROLE_VERIFY, ACCESS_REQUIRED, NULL }, /* an entry without a certificate is not known by one */
	{ NULL, 8, ROLE_REVOKE, ACCESS_REQUIRED, NULL },
	{ "Bearer both-token-of-22-chars", 0, ROLE_REVOKE, ACCESS_TOKEN, NULL },
	{ "Bearer both-token-of-22-chars", 8, ROLE_REVOKE, ACCESS_GRANTED, "both" },
	{ "Bearer both-token-of-22-chars", 4, ROLE_REVOKE, ACCESS_GRANTED, "port" },
};
/* clang-format on */

static void
check(struct access *a, size_t i, enum access_answer want, const char *who)
{
	const struct access_proof p = { span_of(rows[i].field), rows[i].certificates };
	struct access_entry *e = NULL;
	enum access_answer got = access_ask(a, &p, rows[i].role, &e);

	if (got != want || !e != !who || (e && !span_is(access_section(e)->name, who)))
		fail_msg(
			"row %zu, %s: %d", i, rows[i].field ? rows[i].field : "no field", (int)got);
}

static void
asks(void **state)
{
	struct access *closed = fresh(GATE_TOKEN), *open = fresh(GATE_OPEN);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(closed, i, rows[i].answer, rows[i].who);
		if (rows[i].role == ROLE_VERIFY) /* then nobody is asked who he is */
			check(open, i, ACCESS_GRANTED, NULL);
		else
			check(open, i, rows[i].answer, rows[i].who);
	}
	access_free(closed);
	access_free(open);
}

/* Every token of each length, and what a longer one would be, are other tokens. */
static void
compares_all(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	struct access_entry *e;
	char field[64] = "Bearer " GOOD;

	(void)state;
	for (size_t i = 7; field[i]; i++) {
		for (int bit = 0; bit < 7; bit++) {
			field[i] = (char)(field[i] ^ 1 << bit);
			const struct access_proof p = { span_of(field), 0 };
			assert_int_not_equal(access_ask(a, &p, ROLE_VERIFY, &e), ACCESS_GRANTED);
			field[i] = (char)(field[i] ^ 1 << bit);
		}
		const struct access_proof cut = { { (const uint8_t *)field, i }, 0 };
		assert_int_not_equal(access_ask(a, &cut, ROLE_VERIFY, &e), ACCESS_GRANTED);
	}
	access_free(a);
}

/* With no section nobody may attest, whatever he shows. */
static void
is_closed_without_clients(void **state)
{
	const struct config none = { 0 };
	struct access *a = NULL;
	struct access_entry *e;

	(void)state;
	assert_int_equal(access_new(&none, &a), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct access_proof p = { span_of(rows[i].field), UINT64_MAX };
		enum access_answer got = access_ask(a, &p, rows[i].role, &e);
		bool anybody = rows[i].role == ROLE_NONE || rows[i].role == ROLE_VERIFY;
		assert_int_equal(got == ACCESS_GRANTED, anybody);
		assert_null(e);
	}
	access_free(a);
}

static void
exchanges_tokens(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	const struct access_proof old = { SPAN_LIT("Bearer " GOOD), 0 },
				  new = { SPAN_LIT("Bearer a-new-token-of-22-chars"), 0 };
	struct access_entry *e;

	(void)state;
	known[0] = known_token(0, "a-new-token-of-22-chars");
	access_tokens(a, known);
	assert_int_equal(access_ask(a, &old, ROLE_VERIFY, &e), ACCESS_TOKEN);
	assert_int_equal(access_ask(a, &new, ROLE_VERIFY, &e), ACCESS_GRANTED);
	access_tokens(a, NULL);
	assert_int_equal(access_ask(a, &new, ROLE_VERIFY, &e), ACCESS_TOKEN);
	access_free(a);
}

static struct access_entry *
client_named(struct access *a, const char *token)
{
	char field[64];
	struct access_entry *e = NULL;

	snprintf(field, sizeof(field), "Bearer %s", token);
	const struct access_proof p = { span_of(field), 0 };
	access_ask(a, &p, ROLE_VERIFY, &e);
	assert_non_null(e);
	return e;
}

static void
counts_rate(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	struct access_entry *e = client_named(a, SIGN); /* two a second */
	const uint64_t at = 1000ull * SECOND;
	unsigned retry = 0, granted = 0;

	(void)state;
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at, 0, &retry), ACCESS_GRANTED);
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at, 0, &retry), ACCESS_GRANTED);
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at, 0, &retry), ACCESS_RATE);
	assert_int_equal(retry, 1);
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at + 499999, 0, &retry), ACCESS_RATE);
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at + 500000, 0, &retry), ACCESS_GRANTED);
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at + 500000, 0, &retry), ACCESS_RATE);
	assert_int_equal(access_spend(a, e, ROLE_VERIFY, at + 500000, 0, &retry), ACCESS_GRANTED);
	/* ten seconds, asked every millisecond: twenty, and what the bucket held */
	for (unsigned ms = 0; ms < 10000; ms++)
		granted += access_spend(a, e, ROLE_REVOKE, at + SECOND + ms * 1000u, 0, &retry) ==
			   ACCESS_GRANTED;
	assert_in_range(granted, 20, 21);
	/* idle for a day holds no more than a second's */
	for (granted = 0; access_spend(a, e, ROLE_REVOKE, at * 90, 0, &retry) == ACCESS_GRANTED;)
		granted++;
	assert_int_equal(granted, 2);
	/* a clock that steps back gives nothing */
	assert_int_equal(access_spend(a, e, ROLE_REVOKE, at, 0, &retry), ACCESS_RATE);
	access_free(a);
}

static void
counts_quota(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	struct access_entry *e = client_named(a, SIGN); /* five a day */
	const int64_t day = 20000 * 86400ll;
	uint64_t at = SECOND;
	unsigned retry = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 100, &retry),
			ACCESS_GRANTED);
	assert_int_equal(
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 100, &retry), ACCESS_QUOTA);
	assert_int_equal(retry, 86300);
	assert_int_equal(
		access_spend(a, e, ROLE_REVOKE, at += SECOND, day + 100, &retry), ACCESS_GRANTED);
	/* what came to nothing is given back, and once only */
	access_refund(a, e, ROLE_ATTEST);
	access_refund(a, e, ROLE_REVOKE);
	assert_int_equal(
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 86399, &retry), ACCESS_GRANTED);
	assert_int_equal(
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 86399, &retry), ACCESS_QUOTA);
	assert_int_equal(retry, 1);
	/* midnight, and a clock that goes back behind it */
	assert_int_equal(
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 86400, &retry), ACCESS_GRANTED);
	for (int i = 0; i < 4; i++)
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 86400, &retry);
	assert_int_equal(
		access_spend(a, e, ROLE_ATTEST, at += SECOND, day + 5, &retry), ACCESS_QUOTA);
	access_free(a);
}

static void
knows_certificates(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	const struct span digest = SPAN_LIT("00ff00ff00ff00ff00ff00ff00ff00ff"
					    "00ff00ff00ff00ff00ff00ff00ff00ff");

	(void)state;
	assert_int_equal(access_certificate(a, digest, SPAN_LIT("CN=Port,C=AQ")), 12);
	assert_int_equal(access_certificate(a, digest, SPAN_LIT("CN=Port")), 8);
	assert_int_equal(access_certificate(a, span_slice(digest, 0, 63), SPAN_NONE), 0);
	assert_int_equal(access_certificate(a, SPAN_NONE, SPAN_LIT("CN=Port,C=AQ")), 4);
	assert_int_equal(access_certificate(a, SPAN_NONE, SPAN_LIT("cn=port,C=AQ")), 0);
	assert_int_equal(access_certificate(a, SPAN_NONE, SPAN_NONE), 0);
	access_free(a);
}

static void
tells_metrics(void **state)
{
	struct access *a = fresh(GATE_TOKEN);
	struct arena *arena = arena_new(65536);
	struct buf b = buf_in(arena, 65536);
	unsigned retry;

	(void)state;
	asks(state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct access_entry *e;
		const struct access_proof p = { span_of(rows[i].field), rows[i].certificates };
		access_ask(a, &p, rows[i].role, &e);
	}
	access_spend(a, client_named(a, SIGN), ROLE_ATTEST, SECOND, 0, &retry);
	access_metrics(a, &b);
	buf_char(&b, '\0');
	const char *text = (const char *)buf_span(&b).ptr;
	assert_non_null(text);
	assert_non_null(strstr(text, "{client=\"gate\",answer=\"role\"} 2\n"));
	assert_non_null(strstr(text, "{client=\"\",answer=\"token\"} "));
	assert_non_null(strstr(text, "vidimus_access_attestations{client=\"desk\"} 1\n"));
	assert_null(strstr(text, "token-of"));
	arena_free(arena);
	access_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks),
		cmocka_unit_test(compares_all),
		cmocka_unit_test(is_closed_without_clients),
		cmocka_unit_test(exchanges_tokens),
		cmocka_unit_test(counts_rate),
		cmocka_unit_test(counts_quota),
		cmocka_unit_test(knows_certificates),
		cmocka_unit_test(tells_metrics),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
