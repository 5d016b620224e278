/* test_keeper.c - one errand for all who wait, what is remembered and for how long, files that are nobody else's. */
#include "gateway/http/fetch/keeper.h"
#include "tests/aid/oom.h"
#include "tests/http/bed.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ISSUER "https://example.org"

static struct bed bed;
static struct keeper *keeper;
static struct limits limits;

static void
start(void)
{
	limits = limits_default;
	const struct keeper_setup setup = { .fetch = { .config = &bed.config,
						    .ca = stub_ca(bed.stub),
						    .resolve = bed_resolve,
						    .divert = bed_divert,
						    .arg = &bed,
						    .patience_ms = 3000 },
		.limits = &limits };
	assert_int_equal(keeper_new(&setup, &keeper), 0);
}

static int
open_all(void **state)
{
	(void)state;
	bed_open(&bed, STUB_GOOD);
	start();
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	keeper_free(keeper);
	bed_close(&bed);
	return 0;
}

static struct need
keys_at(const char *url)
{
	return (struct need){ .kind = NEED_ISSUER_KEYS,
		.scope = { ENV_DEMO, TRUST_SHC },
		.issuer = SPAN_LIT(ISSUER),
		.url = span_of(url) };
}

static struct wish *
wish_for(const struct need *n)
{
	struct wish *w;

	assert_int_equal(wish_new(&w), 0);
	assert_int_equal(wish_add(w, n), 0);
	return w;
}

/* Whether there was anything to wait for. */
static bool
wants(struct need n)
{
	struct wish *w = wish_for(&n);
	bool any = keeper_wait(keeper, w);

	wish_free(w);
	return any;
}

static struct web_item
known(struct need n)
{
	unsigned generation;
	struct web *web = keeper_web(keeper, &generation);
	const struct web_entry *e = web_find(web, &n, (int64_t)time(NULL));
	struct web_item item = e ? e->item : (struct web_item){ .status = -1 };

	assert_int_equal(generation, keeper_generation(keeper));
	web_unref(web);
	return item;
}

/* --- tests --- */

enum { CROWD = 100 };

static atomic_uint told;

static void
tell(void *arg)
{
	atomic_uint *mine = arg;

	atomic_fetch_add(mine, 1);
	atomic_fetch_add(&told, 1);
}

static void
one_errand_for_all(void **state)
{
	static struct wish *w[CROWD];
	static atomic_uint mine[CROWD];
	struct need n = keys_at(ISSUER "/beat");

	(void)state;
	atomic_store(&told, 0);
	for (int i = 0; i < CROWD; i++) {
		w[i] = wish_for(&n);
		assert_true(keeper_begin(keeper, w[i], tell, &mine[i]));
	}
	assert_int_equal(keeper_waiting(keeper), CROWD);
	for (int ms = 0; ms < 5000 && atomic_load(&told) < CROWD; ms += 10)
		poll(NULL, 0, 10);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(atomic_load(&mine[i]), 1);
		/* what has come is not asked for again, whoever asks */
		assert_false(keeper_begin(keeper, w[i], tell, &mine[i]));
		wish_free(w[i]);
	}
	assert_int_equal(stub_asked(bed.stub), 1);
	assert_int_equal(keeper_count(keeper, FETCH_GOOD), 1);
	assert_int_equal(keeper_waiting(keeper), 0);
	assert_int_equal(keeper_generation(keeper), 1);
	assert_int_equal(known(n).status, 200);
	assert_false(wants(n));
	assert_int_equal(stub_asked(bed.stub), 1);
}

static void
failures_are_remembered_for_a_while(void **state)
{
	struct need n = keys_at(ISSUER "/500"), gone = keys_at("https://none.example.org/x");
	struct need inside = keys_at("https://loop.example.org/x");

	(void)state;
	assert_int_equal(known(n).status, -1);
	assert_true(wants(n));
	assert_int_equal(known(n).state, WEB_UNREACHABLE);
	assert_int_equal(known(n).status, 500);
	assert_false(wants(n));
	assert_true(wants(gone));
	assert_false(wants(gone));
	assert_true(wants(inside));
	assert_false(wants(inside));
	assert_int_equal(stub_asked(bed.stub), 1);
	assert_int_equal(keeper_count(keeper, FETCH_STATUS), 1);
	assert_int_equal(keeper_count(keeper, FETCH_NAME), 1);
	assert_int_equal(keeper_count(keeper, FETCH_ADDRESS), 1);
	assert_int_equal(known(n).until - known(n).at, bed.config.keep_failed);
	keeper_free(keeper);
	bed.config.keep_failed = 1;
	start();
	assert_true(wants(n));
	poll(NULL, 0, 2100);
	assert_true(wants(n));
	assert_int_equal(stub_asked(bed.stub), 3);
}

/* It was not asked, so there is nothing to remember. */
static void
what_was_not_asked_is_not_remembered(void **state)
{
	struct need first = keys_at(ISSUER "/500"), second = keys_at(ISSUER "/good");

	(void)state;
	keeper_free(keeper);
	bed.config.per_minute = 1;
	start();
	assert_true(wants(first));
	assert_true(wants(second));
	assert_int_equal(known(second).status, -1);
	assert_true(wants(second));
	assert_int_equal(keeper_count(keeper, FETCH_BUSY), 2);
	assert_int_equal(stub_asked(bed.stub), 1);
}

static void
accounts_share_an_errand(void **state)
{
	struct need one = keys_at(ISSUER "/beat"), other = one, third = one;
	struct wish *w = wish_for(&one);

	(void)state;
	other.issuer = SPAN_LIT("https://other.example.org");
	third.scope.env = ENV_PRODUCTION;
	assert_int_equal(wish_add(w, &one), 0); /* twice is once */
	assert_int_equal(wish_add(w, &other), 0);
	assert_int_equal(wish_add(w, &third), 0);
	assert_true(keeper_wait(keeper, w));
	assert_int_equal(stub_asked(bed.stub), 1);
	assert_int_equal(known(one).status, 200);
	assert_int_equal(known(other).status, 200);
	assert_int_equal(known(third).status, 200);
	/* and nothing is left to wait for */
	assert_false(keeper_wait(keeper, w));
	wish_free(w);
}

static void
files_are_their_wishes_alone(void **state)
{
	struct need n = { .kind = NEED_FILE, .url = SPAN_LIT(ISSUER "/401") };
	struct need post = { .kind = NEED_FILE,
		.url = SPAN_LIT(ISSUER "/echo"),
		.body = SPAN_LIT("{\"passcode\":\"1234\"}") };
	struct wish *a = wish_for(&n), *b = wish_for(&n);
	const struct web_item *items;

	(void)state;
	assert_int_equal(wish_add(a, &post), 0);
	assert_int_equal(wish_items(a, &items), 0);
	assert_true(keeper_wait(keeper, a));
	assert_int_equal(wish_items(a, &items), 2);
	assert_true(span_eq(items[0].need.url, n.url));
	assert_int_equal(items[0].state, WEB_UNREACHABLE);
	assert_int_equal(items[0].status, 401);
	assert_true(span_is(items[0].bytes, "{\"remainingAttempts\": 2}"));
	assert_int_equal(items[1].state, WEB_GOOD);
	assert_true(span_ends(items[1].bytes, post.body));
	assert_false(keeper_wait(keeper, a));
	/* nobody else has a part in it, and nothing is kept */
	assert_true(keeper_wait(keeper, b));
	assert_int_equal(stub_asked(bed.stub), 3);
	assert_int_equal(keeper_generation(keeper), 0);
	assert_int_equal(known(n).status, -1);
	wish_free(a);
	wish_free(b);
}

static void
answers_have_their_sizes(void **state)
{
	struct need keys = keys_at(ISSUER "/most"),
		    file = { .kind = NEED_FILE, .url = SPAN_LIT(ISSUER "/most") };
	struct wish *w = wish_for(&file);
	const struct web_item *items;

	(void)state;
	limits.fetch_keys = 65535;
	assert_true(wants(keys));
	assert_int_equal(known(keys).state, WEB_UNREACHABLE);
	assert_int_equal(keeper_count(keeper, FETCH_SIZE), 1);
	limits.link_bytes = 65536;
	assert_true(keeper_wait(keeper, w));
	assert_int_equal(wish_items(w, &items), 1);
	assert_int_equal(items[0].bytes.len, 65536);
	wish_free(w);
}

/* 64 KiB each: two for a wish, sixteen for all. */
static void
files_have_their_bounds(void **state)
{
	static struct wish *w[10];
	const struct web_item *items;
	unsigned good = 0;

	(void)state;
	limits.link_memory = 2 * 65536;
	for (int i = 0; i < 10; i++) {
		struct need n = { .kind = NEED_FILE, .url = SPAN_LIT(ISSUER "/most") };
		w[i] = wish_for(&n);
		n.kid = SPAN_LIT("2");
		assert_int_equal(wish_add(w[i], &n), 0);
		n.kid = SPAN_LIT("3");
		assert_int_equal(wish_add(w[i], &n), 0);
		assert_true(keeper_wait(keeper, w[i]));
		assert_int_equal(wish_items(w[i], &items), 3);
		for (int k = 0; k < 3; k++)
			good += items[k].state == WEB_GOOD && items[k].bytes.len == 65536;
	}
	assert_int_equal(good, KEEPER_HELD * 2);
	assert_int_equal(keeper_count(keeper, FETCH_SIZE), 30 - KEEPER_HELD * 2);
	for (int i = 0; i < 10; i++)
		wish_free(w[i]);
	/* all of it was given back */
	struct need n = { .kind = NEED_FILE, .url = SPAN_LIT(ISSUER "/most") };
	w[0] = wish_for(&n);
	assert_true(keeper_wait(keeper, w[0]));
	assert_int_equal(wish_items(w[0], &items), 1);
	assert_int_equal(items[0].bytes.len, 65536);
	wish_free(w[0]);
}

static void
ends_with_wishes_under_way(void **state)
{
	static struct wish *w[CROWD];
	static atomic_uint mine[CROWD];
	static char urls[CROWD][64];

	(void)state;
	atomic_store(&told, 0);
	for (int i = 0; i < CROWD; i++) {
		struct need n;
		snprintf(urls[i], sizeof(urls[i]), "https://n%d.example.org/slow", i % 20);
		n = keys_at(urls[i]);
		if (i % 7 == 0)
			n.kind = NEED_FILE;
		w[i] = wish_for(&n);
		assert_true(keeper_begin(keeper, w[i], tell, &mine[i]));
	}
	poll(NULL, 0, 50);
	keeper_stop(keeper);
	assert_int_equal(atomic_load(&told), CROWD);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(atomic_load(&mine[i]), 1);
		wish_free(w[i]);
	}
}

static int
wish_once(void *arg)
{
	struct need n = keys_at(ISSUER "/good");
	struct wish *w;
	int r = wish_new(&w);

	(void)arg;
	if (r != 0)
		return r;
	r = wish_add(w, &n);
	n.kid = SPAN_LIT("other");
	if (r == 0)
		r = wish_add(w, &n);
	wish_free(w);
	return r;
}

static int
keeper_once(void *arg)
{
	const struct keeper_setup setup = { .fetch = { .config = arg }, .limits = &limits };
	struct keeper *k;
	int r = keeper_new(&setup, &k);

	if (r == 0)
		keeper_free(k);
	return r;
}

static void
keepers_fail_for_want_of_memory(void **state)
{
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(keeper_once(&c.fetch), 0); /* what libraries make once is made */
	assert_true(oom_each(keeper_once, &c.fetch) > 0);
}

static void
wishes_fail_for_want_of_memory(void **state)
{
	struct need n = keys_at(ISSUER "/good");
	char url[64];
	struct wish *w;

	(void)state;
	assert_true(oom_each(wish_once, NULL) > 0);
	/* and are bounded */
	assert_int_equal(wish_new(&w), 0);
	for (int i = 0; i < 2 * WISH_NEEDS; i++) {
		snprintf(url, sizeof(url), ISSUER "/%d", i);
		n.url = span_of(url);
		assert_int_equal(wish_add(w, &n), 0);
	}
	wish_free(w);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(one_errand_for_all),
		TEST(failures_are_remembered_for_a_while),
		TEST(what_was_not_asked_is_not_remembered),
		TEST(accounts_share_an_errand),
		TEST(files_are_their_wishes_alone),
		TEST(answers_have_their_sizes),
		TEST(files_have_their_bounds),
		TEST(ends_with_wishes_under_way),
		cmocka_unit_test(keepers_fail_for_want_of_memory),
		cmocka_unit_test(wishes_fail_for_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
