/* test_listed.c - keys and revocation lists that listed issuers publish themselves: what counts, what is asked for. */
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { DAY = 86400 };

#define LIST   "list" /* stands for the address of our key's revocation list */
#define OTHER  "https://other.example.test/shc"
#define KEYS   CARDS_ISSUER "/.well-known/jwks.json"
#define NAMED  "{\"participating_issuers\":[{\"iss\":\"" CARDS_ISSUER "\",\"name\":\"A\"}]}"
#define NOBODY "{\"participating_issuers\":[{\"iss\":\"" OTHER "\",\"name\":\"B\"}]}"

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

/* --- lists and answers --- */

enum { LISTS = 4, ANSWERS = 4 };

/* What a list or an answer says, with `more`: */
enum what {
	NOTHING, /* no answer could be had */
	PLAIN, /* that text */
	KEY_SET, /* our key's set, and these members */
	WEAK, /* the same of a key for another use */
	CRL, /* our key's revocation list, from behind the kid on */
	SNAPSHOT /* our issuer, last seen then, with `crl` */
};

/* A list that the operator has. */
struct list {
	const char *kind, *issuer;
	enum what what;
	const char *more, *crl;
	enum trust_env env;
	int64_t max_age, read_at;
};

/* What was fetched: keys, or a revocation list of our key. */
struct answer {
	enum need_kind kind;
	const char *issuer;
	enum what what;
	const char *more;
	int64_t age;
	enum trust_env env;
};

static struct span
print(const char *before, struct span between, const char *after)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);

	buf_str(&b, before);
	buf_add(&b, between);
	buf_str(&b, after);
	return buf_span(&b);
}

static const char *
string(struct span s)
{
	return (const char *)arena_copy(c.arena, s).ptr;
}

static struct span
keys_of(const char *typed, const char *more)
{
	return cards_keys(&c, string(print(typed, span_of(more), "")));
}

static struct span
snapshot(const char *seen, const char *crl)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct span keys = keys_of(CARDS_TYPED, "\"crlVersion\":1,");

	buf_str(&b, "{\"directory\":\"https://example.test\",\"time\":\"2026-12-01T12:00:00Z\","
		    "\"issuerInfo\":[{\"issuer\":{\"iss\":\"" CARDS_ISSUER "\",\"name\":\"A\"},");
	buf_add(&b, span_slice(keys, 1, keys.len - 2));
	if (crl) {
		buf_str(&b, ",\"crls\":[");
		buf_add(&b, print("{\"kid\":\"", c.signer.kid, crl));
		buf_str(&b, "]");
	}
	buf_str(&b, ",\"lastRetrieved\":\"");
	buf_str(&b, seen);
	buf_str(&b, "\"}]}");
	return buf_span(&b);
}

static struct span
say(enum what what, const char *more, const char *crl)
{
	switch (what) {
	case NOTHING:
		break;
	case PLAIN:
		return span_of(more);
	case KEY_SET:
		return keys_of(CARDS_TYPED, more);
	case WEAK:
		return keys_of("\"use\":\"enc\",\"alg\":\"ES256\",", more);
	case CRL:
		return print("{\"kid\":\"", c.signer.kid, more);
	case SNAPSHOT:
		return snapshot(more, crl);
	}
	return SPAN_NONE;
}

static struct trust *
build(const struct list *lists)
{
	struct trust_file files[LISTS];
	struct trust_input in[LISTS];
	struct trust *t;
	size_t n = 0;

	for (; n < LISTS && lists[n].kind; n++) {
		char *name = (char *)arena_bytes(c.arena, 8);
		snprintf(name, 8, "list%zu", n);
		files[n] = (struct trust_file){ span_of(name),
			say(lists[n].what, lists[n].more, lists[n].crl) };
		in[n] = (struct trust_input){ .name = span_of(name),
			.kind = span_of(lists[n].kind),
			.env = lists[n].env,
			.domain = TRUST_SHC,
			.files = &files[n],
			.file_count = 1,
			.issuer = span_of(lists[n].issuer),
			.max_age = lists[n].max_age,
			.read_at = lists[n].read_at ? lists[n].read_at : CARDS_NOW };
	}
	c.work.arena = c.scratch;
	assert_int_equal(trust_build(&c.work, in, n, &t), 0);
	for (size_t i = 0; i < n; i++)
		if (trust_source_at(t, i)->fault)
			fail_msg("list %zu: %s", i, trust_source_at(t, i)->fault);
	return t;
}

static const char *
list_url(void)
{
	return string(print(CARDS_ISSUER "/.well-known/crl/", c.signer.kid, ".json"));
}

static struct web_item
item_of(const struct answer *a)
{
	struct need n = {
		.kind = a->kind, .scope = { a->env, TRUST_SHC }, .issuer = span_of(a->issuer)
	};
	struct span body = say(a->what, a->more, NULL);

	if (a->kind == NEED_ISSUER_KEYS) {
		n.url = print(a->issuer, SPAN_LIT("/.well-known/jwks.json"), "");
	} else {
		n.kid = c.signer.kid;
		n.url = span_of(list_url());
	}
	return (struct web_item){ .need = n,
		.state = body.ptr ? WEB_GOOD : WEB_UNREACHABLE,
		.status = body.ptr ? 200 : 0,
		.bytes = body,
		.at = CARDS_NOW - a->age,
		.until = CARDS_NOW - a->age + DAY };
}

static struct web *
fetched(const struct answer *answers)
{
	struct web_item items[ANSWERS];
	struct web *w = NULL;
	size_t n = 0;

	for (; n < ANSWERS && answers[n].issuer; n++)
		items[n] = item_of(&answers[n]);
	c.work.now = CARDS_NOW;
	assert_int_equal(web_with(&c.work, NULL, items, n, &w), 0);
	return w;
}

/* One question: what the operator lists, what was fetched, and what must come out. */
struct row {
	struct list lists[LISTS + 1];
	struct answer answers[ANSWERS + 1];
	enum check_id check;
	enum reason reason; /* none: verified */
	const char *need; /* the only one; NULL: none */
};

static void
ask(const char *name, const struct row *r, struct span card)
{
	struct trust *t = build(r->lists);
	struct web *w = fetched(r->answers);

	arena_reset(c.scratch);
	c.work = (struct work){ c.scratch, &c.report, &c.limits, c.kit, CARDS_NOW };
	struct verify v = { .input = card, .trust = t, .policy = &c.policy, .web = w };
	assert_int_equal(engine_verify(&c.work, &v), 0);
	enum reason got = report_reason(&c.report);
	bool placed = got ? c.report.checks[r->check].reason == got
			  : report_verdict(&c.report) == VERDICT_VERIFIED;
	if (got != r->reason || !placed)
		fail_msg("%s: %s", name, got ? reason_code(got) : "verified");
	if (v.need_count != (r->need != NULL))
		fail_msg("%s: %zu needs", name, v.need_count);
	if (r->need) {
		const char *url = r->need[0] == 'l' ? list_url() : r->need;
		assert_true(span_is(v.needs[0].url, url));
		assert_true(span_is(v.needs[0].issuer, CARDS_ISSUER));
		assert_int_equal(v.needs[0].scope.env, ENV_DEMO);
		assert_int_equal(v.needs[0].scope.domain, TRUST_SHC);
	}
	web_unref(w);
	trust_unref(t);
}

/* clang-format off */
#define NAMED_IN(text, where) { "vci-directory", NULL, PLAIN, text, NULL, where, 0, 0 }
#define DIRECTORY(text) NAMED_IN(text, ENV_DEMO)
#define AGED(seconds) { "vci-directory", NULL, PLAIN, NAMED, NULL, ENV_DEMO, DAY, CARDS_NOW - (seconds) }
#define OWN(iss, what) { "issuer-keys", iss, what, NULL, ENV_DEMO, 0, 0 }
#define OWN_IN(where) { "issuer-keys", CARDS_ISSUER, GOOD, NULL, where, 0, 0 }
#define LISTED(rest) { "rid-list", CARDS_ISSUER, CRL, rest, NULL, ENV_DEMO, 0, 0 }
#define SEEN(when, crl) { "vci-snapshot", NULL, SNAPSHOT, when, crl, ENV_DEMO, 2 * DAY, 0 }
#define GOT(iss, what) { NEED_ISSUER_KEYS, iss, what, 0, ENV_DEMO }
#define LATER(what, seconds) { NEED_ISSUER_KEYS, CARDS_ISSUER, what, seconds, ENV_DEMO }
#define RIDS(rest, seconds) { NEED_REVOCATIONS, CARDS_ISSUER, CRL, rest, seconds, ENV_DEMO }
#define GOOD KEY_SET, ""
#define BAD  WEAK, ""
#define NONE PLAIN, "{\"keys\":[]}"
#define HTML PLAIN, "<html>"
#define SILENT NOTHING, ""
#define ANNOUNCED(version) KEY_SET, "\"crlVersion\":" version ","

/* --- keys --- */

static const struct row keys[] = {
	/* named by no list: whatever was fetched, nothing is asked for */
	{ { DIRECTORY(NOBODY) }, { { 0 } }, CHECK_ISSUER, REASON_ISSUER_UNKNOWN, NULL },
	{ { DIRECTORY(NOBODY) }, { GOT(CARDS_ISSUER, GOOD) }, CHECK_ISSUER,
	REASON_ISSUER_UNKNOWN, NULL },
	{ { DIRECTORY(NOBODY), OWN(OTHER, GOOD) }, { { 0 } }, CHECK_ISSUER,
	REASON_ISSUER_KID_MISMATCH, NULL },
	{ { OWN(OTHER, GOOD) }, { GOT(CARDS_ISSUER, GOOD) }, CHECK_ISSUER,
	REASON_ISSUER_KID_MISMATCH, NULL },
	{ { OWN_IN(ENV_PRODUCTION) }, { { 0 } }, CHECK_ISSUER, REASON_ISSUER_ENVIRONMENT, NULL },
	{ { NAMED_IN(NAMED, ENV_ACCEPTANCE) },
	{ GOT(CARDS_ISSUER, GOOD) }, CHECK_ISSUER, REASON_ISSUER_UNKNOWN, NULL },
	/* named, its keys not known */
	{ { DIRECTORY(NAMED) }, { { 0 } }, CHECK_ISSUER, REASON_ISSUER_KEYS_UNAVAILABLE,
	KEYS },
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, SILENT) }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, NULL },
	{ { DIRECTORY(NAMED) }, { GOT(OTHER, GOOD) }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED) }, { LATER(GOOD, DAY + 1) }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED) },
	{ { NEED_ISSUER_KEYS, CARDS_ISSUER, GOOD, 0, ENV_ACCEPTANCE } },
	CHECK_ISSUER, REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED), OWN(OTHER, GOOD) }, { { 0 } }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	/* named, its keys known */
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, GOOD) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED) }, { LATER(GOOD, DAY) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, BAD) }, CHECK_ISSUER,
	REASON_ISSUER_KEY_REFUSED, NULL },
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, NONE) }, CHECK_ISSUER,
	REASON_ISSUER_KEY_UNKNOWN, NULL },
	{ { DIRECTORY(NAMED) }, { LATER(NONE, WEB_PATIENCE) }, CHECK_ISSUER,
	REASON_ISSUER_KEY_UNKNOWN, NULL },
	/* an old answer does not have new keys */
	{ { DIRECTORY(NAMED) }, { LATER(NONE, WEB_PATIENCE + 1) },
	CHECK_ISSUER, REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, HTML) }, CHECK_ISSUER,
	REASON_ISSUER_KEY_UNKNOWN, NULL },
	{ { DIRECTORY(NAMED) }, { LATER(HTML, WEB_PATIENCE + 1) }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED), OWN(OTHER, GOOD) }, { GOT(CARDS_ISSUER, NONE) },
	CHECK_ISSUER, REASON_ISSUER_KID_MISMATCH, NULL },
	/* a set of its own: the first list that names an issuer says whether that is all */
	{ { OWN(CARDS_ISSUER, GOOD) }, { { 0 } }, 0, REASON_NONE, NULL },
	{ { OWN(CARDS_ISSUER, NONE) }, { { 0 } }, CHECK_ISSUER, REASON_ISSUER_KEY_UNKNOWN,
	NULL },
	{ { OWN(CARDS_ISSUER, NONE), DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, GOOD) },
	CHECK_ISSUER, REASON_ISSUER_KEY_UNKNOWN, NULL },
	{ { OWN(CARDS_ISSUER, NONE), OWN(OTHER, GOOD) }, { { 0 } }, CHECK_ISSUER,
	REASON_ISSUER_KID_MISMATCH, NULL },
	{ { DIRECTORY(NAMED), OWN(CARDS_ISSUER, NONE) }, { { 0 } }, CHECK_ISSUER,
	REASON_ISSUER_KEYS_UNAVAILABLE, KEYS },
	{ { DIRECTORY(NAMED), OWN(CARDS_ISSUER, NONE) }, { GOT(CARDS_ISSUER, GOOD) }, 0, REASON_NONE, NULL },
	/* a list's key counts, whatever the issuer says now */
	{ { DIRECTORY(NAMED), OWN(CARDS_ISSUER, GOOD) }, { GOT(CARDS_ISSUER, NONE) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED), OWN(CARDS_ISSUER, GOOD) }, { GOT(CARDS_ISSUER, BAD) }, 0, REASON_NONE, NULL },
	/* a directory too old to tell who counts */
	{ { AGED(DAY + 1) }, { GOT(CARDS_ISSUER, GOOD) }, CHECK_REVOCATION, REASON_TRUST_STALE, NULL },
	{ { AGED(DAY) }, { GOT(CARDS_ISSUER, GOOD) }, 0, REASON_NONE, NULL },
};
/* clang-format on */

static void
run_rows(const char *what, const struct row *rows, size_t count, struct span card)
{
	char name[64];

	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s %zu", what, i);
		ask(name, &rows[i], card);
	}
}

static void
test_keys(void **state)
{
	(void)state;
	run_rows("keys", keys, sizeof(keys) / sizeof(keys[0]), cards_of(&c, CARDS_GOOD));
}

/* --- revocation --- */

#define METHOD(ctr, rids) "\",\"method\":\"rid\",\"ctr\":" ctr ",\"rids\":[" rids "]}"

/* A list, the key's announcement and a card's rid and time of issue. */
/* clang-format off */
static const struct {
	const char *announced, *rid, *issued;
	const char *list; /* behind the kid; NULL: not fetched; "": unreachable */
	enum reason reason;
	bool need;
} revocations[] = {
	/* nothing announced: nothing is asked for */
	{ "", "abc", "1796000000.5", NULL, REASON_NONE, false },
	{ "", "abc", "1796000000.5", METHOD("1", "\"abc\""), REASON_REVOCATION_REVOKED, false },
	{ "", "abc", "1796000000.5", METHOD("1", "\"xyz\""), REASON_NONE, false },
	/* a card without rid can't be listed */
	{ "\"crlVersion\":1,", NULL, "1796000000.5", NULL, REASON_NONE, false },
	{ "\"crlVersion\":1,", NULL, "1796000000.5", "", REASON_NONE, false },
	{ "\"crlVersion\":1,", NULL, "1796000000.5", METHOD("1", "\"abc\""), REASON_NONE, false },
	/* announced: a list at least as new must be there */
	{ "\"crlVersion\":2,", "abc", "1796000000.5", NULL, REASON_REVOCATION_NO_ANSWER, true },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", "", REASON_REVOCATION_NO_ANSWER, false },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", METHOD("1", ""), REASON_REVOCATION_NO_ANSWER, false },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", METHOD("2", ""), REASON_NONE, false },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", METHOD("3", ""), REASON_NONE, false },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", METHOD("1", "\"abc\""), REASON_REVOCATION_REVOKED, false },
	{ "\"crlVersion\":\"2\",", "abc", "1796000000.5", NULL, REASON_REVOCATION_NO_ANSWER, true },
	{ "\"crlVersion\":2,", "abc", "1796000000.5",
		"\",\"method\":\"other\",\"ctr\":2,\"rids\":[]}", REASON_REVOCATION_NO_ANSWER, false },
	{ "\"crlVersion\":2,", "abc", "1796000000.5", "A" METHOD("2", ""), REASON_REVOCATION_NO_ANSWER, false },
	/* the whole rid, letter for letter */
	{ "\"crlVersion\":1,", "ab", "1796000000.5", METHOD("1", "\"abc\""), REASON_NONE, false },
	{ "\"crlVersion\":1,", "abcd", "1796000000.5", METHOD("1", "\"abc\""), REASON_NONE, false },
	{ "\"crlVersion\":1,", "ABC", "1796000000.5", METHOD("1", "\"abc\""), REASON_NONE, false },
	/* times: issued before, strictly and without rounding */
	{ "\"crlVersion\":1,", "abc", "1796000000.5", METHOD("1", "\"abc.1796000000\""), REASON_NONE, false },
	{ "\"crlVersion\":1,", "abc", "1796000000", METHOD("1", "\"abc.1796000000\""), REASON_NONE, false },
	{ "\"crlVersion\":1,", "abc", "1795999999.999", METHOD("1", "\"abc.1796000000\""),
		REASON_REVOCATION_REVOKED, false },
	{ "\"crlVersion\":1,", "abc", "1796000000.5", METHOD("1", "\"abc.1796000001\""),
		REASON_REVOCATION_REVOKED, false },
	{ "\"crlVersion\":1,", "abc", "1795999999.99999999999", METHOD("1", "\"abc.1796000000\""),
		REASON_REVOCATION_REVOKED, false },
	{ "\"crlVersion\":1,", "abc", "1796000000.00000000001", METHOD("1", "\"abc.1796000000\""),
		REASON_NONE, false },
	{ "\"crlVersion\":1,", "abc", "1796000000",
		METHOD("1", "\"abc.1796000009\",\"abc.1700000000\""), REASON_REVOCATION_REVOKED, false },
	{ "\"crlVersion\":1,", "abc", "1796000000", METHOD("1", "\"abc.1700000000\",\"abc\""),
		REASON_REVOCATION_REVOKED, false },
};

/* clang-format on */

static struct span
card_of(const char *rid, const char *issued)
{
	return cards_seal(
		&c, (struct shc_recipe){ .rid = rid, .not_before = issued, .form = SHC_JWS });
}

static void
test_revocation(void **state)
{
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(revocations) / sizeof(revocations[0]); i++) {
		const char *list = revocations[i].list;
		struct row r = { { DIRECTORY(NAMED) },
			{ { NEED_ISSUER_KEYS, CARDS_ISSUER, KEY_SET, revocations[i].announced, 0,
				ENV_DEMO } },
			CHECK_REVOCATION, revocations[i].reason,
			revocations[i].need ? LIST : NULL };
		if (list)
			r.answers[1] = (struct answer){ NEED_REVOCATIONS, CARDS_ISSUER,
				list[0] ? CRL : NOTHING, list, 0, ENV_DEMO };
		snprintf(name, sizeof(name), "revocation %zu", i);
		ask(name, &r, card_of(revocations[i].rid, revocations[i].issued));
	}
}

/* The operator's list and the issuer's: the newest counts, and of two as new the one that revokes. */
/* clang-format off */
static const struct row lists[] = {
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "")) }, { GOT(CARDS_ISSUER, ANNOUNCED("2")) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "\"abc\"")) }, { GOT(CARDS_ISSUER, ANNOUNCED("2")) },
		CHECK_REVOCATION, REASON_REVOCATION_REVOKED, NULL },
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "")) },
		{ GOT(CARDS_ISSUER, ANNOUNCED("2")), RIDS(METHOD("2", "\"abc\""), 0) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "\"abc\"")) },
		{ GOT(CARDS_ISSUER, ANNOUNCED("2")), RIDS(METHOD("4", ""), 0) }, 0, REASON_NONE, NULL },
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "")) },
		{ GOT(CARDS_ISSUER, ANNOUNCED("2")), RIDS(METHOD("3", "\"abc\""), 0) },
		CHECK_REVOCATION, REASON_REVOCATION_REVOKED, NULL },
	{ { DIRECTORY(NAMED), LISTED(METHOD("3", "\"abc\"")) },
		{ GOT(CARDS_ISSUER, ANNOUNCED("2")), RIDS(METHOD("3", ""), 0) },
		CHECK_REVOCATION, REASON_REVOCATION_REVOKED, NULL },
	/* too old, and old enough to ask again */
	{ { DIRECTORY(NAMED), LISTED(METHOD("1", "")) }, { GOT(CARDS_ISSUER, ANNOUNCED("2")) },
		CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
	{ { DIRECTORY(NAMED) }, { GOT(CARDS_ISSUER, ANNOUNCED("2")), RIDS(METHOD("1", ""), WEB_PATIENCE + 1) },
		CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
	/* of several lists with the key, any announces */
	{ { OWN(CARDS_ISSUER, GOOD), OWN(CARDS_ISSUER, ANNOUNCED("2")) }, { { 0 } },
		CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
	{ { OWN(CARDS_ISSUER, ANNOUNCED("1")), OWN(CARDS_ISSUER, ANNOUNCED("2")), LISTED(METHOD("1", "")) },
		{ { 0 } }, CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
	/* a key in a list whose issuer announces more by now */
	{ { DIRECTORY(NAMED), OWN(CARDS_ISSUER, GOOD) }, { GOT(CARDS_ISSUER, ANNOUNCED("2")) },
		CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
};

#define FRESH "2026-11-30T12:00:00Z" /* CARDS_NOW is a day later */
#define OLD   "2026-11-01T12:00:00Z"

static const struct row ages[] = {
	{ { SEEN(FRESH, METHOD("1", "")) }, { { 0 } }, 0, REASON_NONE, NULL },
	{ { SEEN(FRESH, METHOD("1", "\"abc\"")) }, { { 0 } }, CHECK_REVOCATION, REASON_REVOCATION_REVOKED, NULL },
	{ { SEEN(FRESH, NULL) }, { { 0 } }, CHECK_REVOCATION, REASON_REVOCATION_NO_ANSWER, LIST },
	/* not seen for long: the issuer itself is asked, for its list as well */
	{ { SEEN(OLD, NULL) }, { GOT(CARDS_ISSUER, ANNOUNCED("1")), RIDS(METHOD("1", ""), 0) }, 0, REASON_NONE, NULL },
	{ { SEEN(OLD, NULL) }, { RIDS(METHOD("1", ""), 0) }, CHECK_REVOCATION, REASON_TRUST_STALE, KEYS },
	{ { SEEN(OLD, NULL) }, { GOT(CARDS_ISSUER, SILENT), RIDS(METHOD("1", ""), 0) },
		CHECK_REVOCATION, REASON_TRUST_STALE, NULL },
	{ { SEEN(OLD, NULL) }, { GOT(CARDS_ISSUER, NONE), RIDS(METHOD("1", ""), 0) },
		CHECK_REVOCATION, REASON_TRUST_STALE, NULL },
	{ { SEEN(OLD, METHOD("1", "")) }, { GOT(CARDS_ISSUER, ANNOUNCED("1")) },
		CHECK_REVOCATION, REASON_TRUST_STALE, LIST },
	{ { SEEN(OLD, METHOD("1", "")) }, { GOT(CARDS_ISSUER, ANNOUNCED("1")), RIDS(METHOD("1", ""), 0) },
		0, REASON_NONE, NULL },
};
/* clang-format on */

static void
test_lists_and_ages(void **state)
{
	struct span card = card_of("abc", "1796000000.5");

	(void)state;
	run_rows("lists", lists, sizeof(lists) / sizeof(lists[0]), card);
	run_rows("ages", ages, sizeof(ages) / sizeof(ages[0]), card);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_revocation),
		cmocka_unit_test(test_lists_and_ages),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
