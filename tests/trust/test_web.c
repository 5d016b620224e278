/* test_web.c - the snapshot of what was fetched: what gets in, what it takes the place of, when it goes. */
#include "trust/web.h"

#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW = 1796126400, LIFE = 100 };

#define ISS  "https://a.example.test/shc"
#define KID  "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s"
#define SET  "{\"keys\":[]}"
#define CRL  "{\"kid\":\"" KID "\",\"method\":\"rid\",\"ctr\":4,\"rids\":[\"abc\"]}"
#define LIST ISS "/.well-known/crl/" KID ".json"

static struct aid_work a;

static int
open_work(void **state)
{
	(void)state;
	aid_begin(&a);
	a.work.now = NOW;
	return 0;
}

static int
close_work(void **state)
{
	(void)state;
	aid_end(&a);
	return 0;
}

static struct web_item
keys(const char *url, const char *body)
{
	return (struct web_item){ .need = { .kind = NEED_ISSUER_KEYS,
					  .scope = { ENV_DEMO, TRUST_SHC },
					  .issuer = SPAN_LIT(ISS),
					  .url = span_of(url) },
		.state = body ? WEB_GOOD : WEB_UNREACHABLE,
		.status = body ? 200 : 503,
		.bytes = span_of(body),
		.at = NOW,
		.until = NOW + LIFE };
}

static struct web_item
list(const char *body)
{
	struct web_item i = keys(LIST, body);

	i.need.kind = NEED_REVOCATIONS;
	i.need.kid = SPAN_LIT(KID);
	return i;
}

/* web with one item more; the old one is given back. */
static struct web *
with(struct web *old, struct web_item item)
{
	struct web *fresh = NULL;

	assert_int_equal(web_with(&a.work, old, &item, 1, &fresh), 0);
	web_unref(old);
	return fresh;
}

static const struct web_entry *
find(const struct web *w, struct web_item item)
{
	return web_find(w, &item.need, NOW);
}

static void
test_reading(void **state)
{
	static const struct {
		struct web_item (*make)(const char *body);
		const char *body;
		enum web_state state;
	} rows[] = {
		{ list, CRL, WEB_GOOD },
		{ list, "{\"kid\":\"other\",\"method\":\"rid\",\"ctr\":4,\"rids\":[]}", WEB_BAD },
		{ list, "{\"kid\":\"" KID "\",\"method\":\"x\",\"ctr\":4,\"rids\":[]}", WEB_BAD },
		{ list, "{\"kid\":\"" KID "\",\"method\":\"rid\",\"ctr\":4}", WEB_BAD },
		{ list, SET, WEB_BAD },
		{ list, "", WEB_BAD },
		{ list, "<html>", WEB_BAD },
		{ list, NULL, WEB_UNREACHABLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct web_item item = rows[i].make(rows[i].body);
		struct web *w = with(NULL, item);
		const struct web_entry *e = find(w, item);
		assert_non_null(e);
		assert_int_equal(e->item.state, rows[i].state);
		assert_int_equal(e->trust != NULL, rows[i].state == WEB_GOOD);
		assert_int_equal(e->fault != NULL, rows[i].state == WEB_BAD);
		assert_int_equal(e->item.bytes.len, 0);
		web_unref(w);
	}
}

static void
test_keys_are_read(void **state)
{
	static const char *const bad[] = { "[]", "{}", "{\"keys\":{}}", "", "<html>", CRL };
	struct web *w = with(NULL, keys(ISS, SET));
	const struct web_entry *e = find(w, keys(ISS, SET));

	(void)state;
	assert_int_equal(e->item.state, WEB_GOOD);
	assert_non_null(
		trust_issuer(e->trust, (struct trust_scope){ ENV_DEMO, TRUST_SHC }, SPAN_LIT(ISS)));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char url[32];
		snprintf(url, sizeof(url), "https://b%zu.test", i);
		w = with(w, keys(url, bad[i]));
		assert_int_equal(find(w, keys(url, ""))->item.state, WEB_BAD);
	}
	web_unref(w);
}

/* The issuer is that of the need, whatever the answer says. */
static void
test_revocations_are_of_their_issuer(void **state)
{
	struct web *w = with(NULL, list(CRL));
	const struct web_entry *e = find(w, list(CRL));
	struct trust_scope scope = { ENV_DEMO, TRUST_SHC };
	struct moment issued = { .seconds = NOW };
	struct trust_revocation r;

	(void)state;
	assert_true(trust_revocation(
		e->trust, scope, SPAN_LIT(ISS), SPAN_LIT(KID), SPAN_LIT("abc"), issued, &r));
	assert_true(r.revoked);
	assert_int_equal(r.ctr, 4);
	assert_false(trust_revocation(e->trust, scope, SPAN_LIT("https://other.test"),
		SPAN_LIT(KID), SPAN_LIT("abc"), issued, &r));
	scope.env = ENV_PRODUCTION;
	assert_false(trust_revocation(
		e->trust, scope, SPAN_LIT(ISS), SPAN_LIT(KID), SPAN_LIT("abc"), issued, &r));
	web_unref(w);
}

/* Whoever's file it is, it stays out. */
static void
test_files_stay_out(void **state)
{
	struct web_item file = keys("https://a.test/file", "secret");
	struct web *w;

	(void)state;
	file.need.kind = NEED_FILE;
	w = with(NULL, file);
	assert_null(find(w, file));
	web_unref(w);
}

/* Nothing is found for another environment, issuer, key, kind or address. */
static void
test_needs_are_whole(void **state)
{
	struct web *w = with(NULL, list(CRL));
	struct web_item other[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		other[i] = list(CRL);
	assert_non_null(find(w, other[0]));
	other[0].need.scope.env = ENV_PRODUCTION;
	other[1].need.scope.domain = TRUST_VC;
	other[2].need.issuer = SPAN_LIT("https://b.test");
	other[3].need.kid = SPAN_LIT("x");
	other[4].need.kind = NEED_ISSUER_KEYS;
	other[5].need.url = SPAN_LIT(LIST "x");
	for (size_t i = 0; i < 6; i++)
		assert_null(find(w, other[i]));
	assert_null(web_find(NULL, &other[0].need, NOW));
	web_unref(w);
}

/* A failed attempt leaves what is still good, and is remembered. */
static void
test_good_stays(void **state)
{
	struct web *w = with(NULL, keys(ISS, SET));
	struct web_item bad[] = { keys(ISS, "<html>"), keys(ISS, NULL) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bad[i].at = NOW + 10 + (int64_t)i;
		bad[i].until = NOW + 1000;
		w = with(w, bad[i]);
		const struct web_entry *e = find(w, bad[i]);
		assert_int_equal(e->item.state, WEB_GOOD);
		assert_int_equal(e->item.at, NOW);
		assert_int_equal(e->tried, NOW + 10 + (int64_t)i);
		assert_int_equal(e->item.until, NOW + LIFE);
		assert_non_null(e->trust);
	}
	/* once it is past its time, the failure counts */
	a.work.now = NOW + LIFE + 1;
	w = with(w, bad[0]);
	a.work.now = NOW;
	assert_int_equal(find(w, bad[0])->item.state, WEB_BAD);
	/* and a good one takes the place of anything */
	w = with(w, keys(ISS, SET));
	assert_int_equal(find(w, bad[0])->item.state, WEB_GOOD);
	web_unref(w);
}

/* The same of a list of withdrawn credentials, whose bytes are what is kept. */
static void
test_good_status_stays(void **state)
{
	struct web_item good = keys("https://a.test/status", "{\"id\":1}"), bad = good;
	struct web *w;

	(void)state;
	good.need.kind = bad.need.kind = NEED_STATUS;
	bad.state = WEB_UNREACHABLE;
	bad.bytes = SPAN_NONE;
	bad.at = NOW + 10;
	w = with(with(NULL, good), bad);
	const struct web_entry *e = find(w, good);
	assert_int_equal(e->item.state, WEB_GOOD);
	assert_int_equal(e->tried, NOW + 10);
	assert_true(span_is(e->item.bytes, "{\"id\":1}"));
	assert_null(e->trust);
	web_unref(w);
}

static void
test_time(void **state)
{
	struct web_item item = keys(ISS, SET), late = keys("https://late.test", SET);
	struct web *w = with(NULL, item);

	(void)state;
	assert_non_null(web_find(w, &item.need, NOW + LIFE));
	assert_null(web_find(w, &item.need, NOW + LIFE + 1));
	late.until = NOW - 1;
	w = with(w, late);
	assert_null(web_find(w, &late.need, NOW - 1)); /* never got in */
	a.work.now = NOW + LIFE + 1;
	late.until = NOW + 2 * LIFE;
	w = with(w, late);
	a.work.now = NOW;
	assert_null(web_find(w, &item.need, NOW)); /* is gone for good */
	assert_non_null(web_find(w, &late.need, NOW));
	web_unref(w);
}

/* Over the bound the oldest go, whatever their addresses. */
static void
test_bound(void **state)
{
	enum { MORE = WEB_ENTRIES_MAX + 3 };
	struct web_item *items = calloc(MORE, sizeof(*items));
	char(*urls)[32] = calloc(MORE, sizeof(*urls));
	struct web *w = NULL;

	(void)state;
	assert_true(items && urls);
	for (size_t i = 0; i < MORE; i++) {
		snprintf(urls[i], sizeof(urls[i]), "https://%zu.test", (i * 7919) % MORE);
		items[i] = keys(urls[i], NULL);
		items[i].at = NOW - (int64_t)((i * 31) % MORE);
	}
	assert_int_equal(web_with(&a.work, NULL, items, MORE, &w), 0);
	size_t there = 0;
	for (size_t i = 0; i < MORE; i++) {
		bool found = find(w, items[i]) != NULL;
		there += found;
		if (!found)
			assert_true(NOW - items[i].at > WEB_ENTRIES_MAX - 3);
	}
	assert_int_equal(there, WEB_ENTRIES_MAX);
	web_unref(w);
	free(urls);
	free(items);
}

/* Nor do long answers fill the memory: here what is kept of each is all of it. */
static void
test_weight(void **state)
{
	enum { MORE = WEB_WEIGHT_MAX / WEB_LIST_MAX + 2 };
	uint8_t *body = calloc(1, WEB_LIST_MAX);
	struct web *w = NULL;
	size_t there = 0;

	(void)state;
	assert_non_null(body);
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < MORE; i++) {
			struct web_item item = keys("https://a.test", "");
			item.need.kind = NEED_STATUS;
			item.need.kid = (struct span){ body, i };
			item.bytes = (struct span){ body, WEB_LIST_MAX };
			item.at = NOW + again * MORE + (int64_t)i;
			w = with(w, item);
			assert_non_null(find(w, item));
		}
	for (size_t i = 0; i < MORE; i++) {
		struct web_item item = keys("https://a.test", "");
		item.need.kind = NEED_STATUS;
		item.need.kid = (struct span){ body, i };
		there += find(w, item) != NULL;
	}
	assert_true(there > MORE - 5 && there < MORE - 1);
	web_unref(w);
	free(body);
}

/* A snapshot lives as long as someone reads it; entries are shared. */
/* --- documents of DIDs --- */

#define DID "did:web:a.example"
#define METHOD                                                             \
	"{\"id\":\"#k\",\"type\":\"Multikey\",\"controller\":\"" DID "\"," \
	"\"publicKeyMultibase\":\"z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b\"}"
#define DOCUMENT(did) "{\"id\":\"" did "\",\"assertionMethod\":[" METHOD "]}"

static struct web_item
document(const char *body)
{
	struct web_item i = keys("https://a.example/.well-known/did.json", body);

	i.need.kind = NEED_DID_DOCUMENT;
	i.need.scope.domain = TRUST_VC;
	i.need.kid = SPAN_LIT(DID);
	return i;
}

/* Of that DID and no other, for the issuer of the need; and never a list of whoever may sign. */
static void
test_documents(void **state)
{
	static const struct {
		const char *body;
		enum web_state state;
		size_t keys;
	} rows[] = {
		{ DOCUMENT(DID), WEB_GOOD, 1 },
		{ "{\"id\":\"" DID "\"}", WEB_GOOD, 0 },
		{ "{\"didDocument\":" DOCUMENT(DID) "}", WEB_GOOD, 1 },
		{ "{\"didDocument\":" DOCUMENT(
			  DID) ",\"didDocumentMetadata\":{\"deactivated\":true}}",
			WEB_GOOD, 0 },
		{ "{\"id\":\"" DID "\",\"didDocument\":" DOCUMENT("did:web:b.example") "}", WEB_BAD,
			0 },
		{ DOCUMENT("did:web:b.example"), WEB_BAD, 0 },
		{ DOCUMENT("did:web:A.example"), WEB_BAD, 0 },
		{ DOCUMENT(""), WEB_BAD, 0 },
		{ DOCUMENT(DID) DOCUMENT(DID), WEB_BAD, 0 },
		{ "{\"didDocument\":null}", WEB_BAD, 0 },
		{ "{\"id\":\"" DID "\",\"id\":\"" DID "\"}", WEB_BAD, 0 },
		{ "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b\n", WEB_BAD, 0 },
		{ DID "\n", WEB_BAD, 0 },
		{ "[]", WEB_BAD, 0 },
		{ "", WEB_BAD, 0 },
		{ NULL, WEB_UNREACHABLE, 0 },
	};
	const struct key_hint hint = { SPAN_LIT(ISS), SPAN_LIT(DID "#k"), SPAN_NONE };
	const struct trust_key *found;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct web_item item = document(rows[i].body);
		struct web *w = with(NULL, item);
		const struct web_entry *e = find(w, item);
		assert_non_null(e);
		if (e->item.state != rows[i].state ||
			(e->trust ? trust_key_count(e->trust) : 0) != rows[i].keys)
			fail_msg("row %zu", i);
		if (rows[i].keys > 0)
			assert_int_equal(
				trust_find(e->trust, item.need.scope, &hint, &found, 1), 1);
		web_unref(w);
	}
}

static void
test_counts(void **state)
{
	struct web_item one = keys(ISS, SET), two = list(CRL);
	struct web *first = with(NULL, one), *second = NULL;

	(void)state;
	assert_int_equal(web_with(&a.work, first, &two, 1, &second), 0);
	assert_ptr_equal(find(first, one), find(second, one));
	assert_null(find(first, two));
	assert_ptr_equal(web_ref(first), first);
	web_unref(first);
	assert_non_null(find(first, one));
	web_unref(first);
	assert_non_null(find(second, one)->trust);
	web_unref(second);
	web_unref(NULL);
}

static void
test_size(void **state)
{
	char *body = calloc(1, WEB_KEYS_MAX + 2);
	struct web *w;

	(void)state;
	assert_non_null(body);
	memset(body, ' ', WEB_KEYS_MAX + 1);
	memcpy(body, SET, sizeof(SET) - 1);
	w = with(NULL, keys(ISS, body));
	assert_int_equal(find(w, keys(ISS, ""))->item.state, WEB_BAD);
	body[WEB_KEYS_MAX] = '\0';
	w = with(w, keys(ISS, body));
	assert_int_equal(find(w, keys(ISS, ""))->item.state, WEB_GOOD);
	web_unref(w);
	free(body);
}

static int
add_all(void *arg)
{
	struct web_item items[] = { keys(ISS, SET), list(CRL), keys(ISS, NULL), list(""),
		document(DOCUMENT(DID)) };
	struct web *w = NULL;
	int r = web_with(&a.work, arg, items, 5, &w);

	web_unref(w);
	return r;
}

static void
test_no_memory(void **state)
{
	struct web *old = with(NULL, list(CRL));

	(void)state;
	assert_true(oom_each(add_all, old) > 0);
	assert_non_null(find(old, list(CRL)));
	web_unref(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_keys_are_read),
		cmocka_unit_test(test_revocations_are_of_their_issuer),
		cmocka_unit_test(test_files_stay_out),
		cmocka_unit_test(test_needs_are_whole),
		cmocka_unit_test(test_good_stays),
		cmocka_unit_test(test_good_status_stays),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_weight),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, open_work, close_work);
}
