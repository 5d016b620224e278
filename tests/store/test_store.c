/* test_store.c - the log's promises, the same for each kind of it. */
#include "tests/store/depot.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct store_checked
checked(struct depot *b)
{
	struct store_checked c;
	int r = store_check(&b->setup, &c);

	if (r != 0)
		fail_msg("%s: record %lld: %s (%d)", depot_names[b->kind], (long long)c.bad, c.why,
			r);
	return c;
}

static void
appends_and_finds_after_reopening(struct depot *b)
{
	struct store *s = depot_store(b);
	struct store_found f;

	for (uint64_t n = 0; n < 30; n++) {
		struct issued i = depot_issued(n);
		i.status_list = n % 3 ? -1 : 7;
		i.status_index = n % 3 ? -1 : (int64_t)n;
		assert_int_equal(depot_append(s, &i), 0);
		if (n == 20) {
			store_close(s);
			s = depot_store(b);
		}
	}
	for (uint64_t n = 0; n < 31; n++) {
		struct issued i = depot_issued(n);
		assert_int_equal(depot_find(s, i.id, &f), n < 30 ? 0 : -ENOENT);
		if (n == 30)
			continue;
		assert_string_equal(f.scheme, i.scheme);
		assert_int_equal(f.at, i.at);
		assert_int_equal(f.until, i.until);
		assert_int_equal(f.status_list, n % 3 ? -1 : 7);
		assert_int_equal(f.status_index, n % 3 ? -1 : (int64_t)n);
		assert_false(f.revoked);
	}
	struct store_checked c = checked(b);
	assert_int_equal(c.records, 30);
	assert_int_equal(c.issued, 30);
	store_close(s);
}

/* One that can't be takes none of its group with it. */
static void
refuses_what_is_there_already(struct depot *b)
{
	struct store *s = depot_store(b);
	struct issued all[9];
	struct store_wait waits[9];

	for (uint64_t n = 0; n < 9; n++) {
		all[n] = depot_issued(n == 4 ? 3 : n); /* an id twice */
		all[n].status_list = 1;
		all[n].status_index = n == 7 ? 6 : (int64_t)n; /* a place twice */
		store_wait_begin(&waits[n]);
		assert_int_equal(store_append(s, &all[n], store_wait_done, &waits[n]), 0);
	}
	for (int n = 0; n < 9; n++)
		assert_int_equal(store_wait_end(&waits[n], 0), n == 4 || n == 7 ? -EEXIST : 0);
	assert_int_equal(checked(b).records, 7);
	store_close(s);
}

static void
refuses_what_is_no_attestation(struct depot *b)
{
	static const uint8_t long_kid[STORE_KID + 1];
	static const char long_scheme[] = "a scheme whose name is too long for it";
	struct store *s = depot_store(b);
	struct issued i = depot_issued(1), bad[6] = { i, i, i, i, i, i };
	struct store_lease l;

	bad[0].scheme = "";
	bad[1].source_scheme = NULL;
	bad[2].scheme = long_scheme;
	bad[3].kid = (struct span){ long_kid, sizeof(long_kid) };
	bad[4].status_list = 1;
	bad[5].status_list = 1, bad[5].status_index = STORE_LIST_BITS;
	for (int n = 0; n < 6; n++)
		assert_int_equal(depot_append(s, &bad[n]), -EINVAL);
	assert_int_equal(depot_lease(s, "", 1, &l), -EINVAL);
	assert_int_equal(depot_lease(s, "a", 0, &l), -EINVAL);
	assert_int_equal(depot_lease(s, "a", STORE_LIST_BITS + 1, &l), -EINVAL);
	assert_int_equal(store_revoke(s, i.id, 256, 1, NULL, NULL), -EINVAL);
	i.kid = (struct span){ long_kid, STORE_KID };
	assert_int_equal(depot_append(s, &i), 0);
	i = depot_issued(2);
	i.kid = SPAN_NONE;
	assert_int_equal(depot_append(s, &i), 0);
	assert_int_equal(checked(b).records, 2);
	store_close(s);
}

static size_t
revoked_rows(const struct store_status *t)
{
	size_t n = 0;

	for (const struct store_revoked *r = NULL; (r = store_status_next(t, r)) != NULL;)
		n++;
	return n;
}

static void
assert_bits(struct store *s, int64_t list, const int64_t *set, size_t count)
{
	static uint8_t bits[STORE_LIST_BYTES], want[STORE_LIST_BYTES];
	struct store_status *t = store_status(s);

	memset(want, 0, sizeof(want));
	for (size_t i = 0; i < count; i++)
		want[set[i] / 8] |= (uint8_t)(0x80 >> set[i] % 8);
	assert_true(store_status_bits(t, list, bits));
	assert_memory_equal(bits, want, sizeof(want));
	store_status_unref(t);
}

static void
revokes_and_shows_it_before_it_tells(struct depot *b)
{
	struct store *s = depot_store(b);
	struct store_place places[40];
	struct store_found f;
	int64_t set[10];

	struct store_status *empty = store_status(s);
	for (uint64_t n = 0; n < 40; n++) {
		struct issued i = depot_issued(n);
		assert_int_equal(depot_place(s, "vc", &places[n]), 0);
		i.status_list = places[n].list;
		i.status_index = places[n].index;
		assert_int_equal(depot_append(s, &i), 0);
	}
	for (uint64_t n = 0; n < 10; n++) {
		struct issued i = depot_issued(4 * n);
		set[n] = places[4 * n].index;
		assert_int_equal(depot_revoke(s, i.id, 1750000000 + (int64_t)n), 0);
		assert_int_equal(depot_revoke(s, i.id, 1760000000), 0);
		assert_bits(s, places[0].list, set, n + 1);
		assert_int_equal(depot_find(s, i.id, &f), 0);
		assert_true(f.revoked);
	}
	assert_int_equal(depot_revoke(s, depot_issued(40).id, 1), -ENOENT);
	assert_int_equal(revoked_rows(empty), 0);
	struct store_status *t = store_status(s);
	assert_true(store_status_version(t) > store_status_version(empty));
	assert_int_equal(revoked_rows(t), 10);
	const struct store_revoked *r = store_status_next(t, store_status_next(t, NULL));
	assert_memory_equal(r->id, depot_issued(4).id, STORE_ID);
	assert_int_equal(r->revoked_at, 1750000001);
	assert_int_equal(r->issued_at, depot_issued(4).at);
	assert_int_equal(r->reason, 4);
	assert_true(r->known && span_is(r->kid, "key two"));
	assert_string_equal(r->scheme, "vc");
	struct span family;
	assert_true(store_status_list(t, places[0].list, &family) && span_is(family, "vc"));
	assert_false(store_status_list(t, 99, &family));
	assert_int_equal(checked(b).revoked, 10);
	store_close(s);
	assert_int_equal(revoked_rows(t), 10); /* a snapshot outlives its store */
	store_status_unref(t);
	store_status_unref(empty);
	s = depot_store(b);
	assert_bits(s, places[0].list, set, 10);
	store_close(s);
}

enum { THREADS = 4, EACH = 1500 };

struct taker {
	struct store *s;
	struct store_place places[EACH];
	pthread_t thread;
	int result;
};

static void *
take_places(void *arg)
{
	struct taker *t = arg;

	for (size_t i = 0; i < EACH && t->result == 0; i++)
		t->result = depot_place(t->s, "family", &t->places[i]);
	return NULL;
}

static void
mark_used(uint8_t *used, int64_t list, int64_t index)
{
	assert_in_range(list, 1, 3);
	assert_in_range(index, 0, STORE_LIST_BITS - 1);
	uint8_t *one = &used[(list - 1) * STORE_LIST_BITS + index];
	assert_int_equal(*one, 0);
	*one = 1;
}

/* Four threads, three lives of the store, then a list that is full: no index twice. */
static void
never_leases_twice(struct depot *b)
{
	uint8_t *used = calloc(3, STORE_LIST_BITS);
	struct taker *t = calloc(THREADS, sizeof(*t));
	struct store_lease l;
	struct store_place p;
	bool in_order = true;

	assert_true(used && t);
	for (int life = 0; life < 3; life++) {
		struct store *s = depot_store(b);
		for (int i = 0; i < THREADS; i++) {
			t[i] = (struct taker){ .s = s };
			assert_int_equal(pthread_create(&t[i].thread, NULL, take_places, &t[i]), 0);
		}
		for (int i = 0; i < THREADS; i++) {
			pthread_join(t[i].thread, NULL);
			assert_int_equal(t[i].result, 0);
			for (size_t n = 0; n < EACH; n++)
				mark_used(used, t[i].places[n].list, t[i].places[n].index);
			for (size_t n = 1; n < EACH; n++)
				in_order = in_order &&
					   t[i].places[n].index > t[i].places[n - 1].index;
		}
		store_close(s);
	}
	assert_false(in_order);
	struct store *s = depot_store(b);
	assert_int_equal(depot_lease(s, "family", 100000, &l), 0);
	assert_int_equal(l.list, 1);
	for (int64_t i = 0; i < 100000; i++)
		mark_used(used, 1, l.first + i);
	assert_int_equal(depot_lease(s, "family", 100000, &l), 0);
	assert_int_equal(l.list, 2);
	assert_int_equal(l.first, 0);
	assert_int_equal(depot_place(s, "other family", &p), 0);
	assert_int_equal(p.list, 3);
	store_close(s);
	free(t);
	free(used);
}

static void
forgets_and_the_chain_holds(struct depot *b)
{
	struct store *s = depot_store(b);
	struct store_place places[20];
	struct store_found f;
	int64_t set[2];

	for (uint64_t n = 0; n < 20; n++) {
		struct issued i = depot_issued(n);
		assert_int_equal(depot_place(s, "vc", &places[n]), 0);
		i.status_list = places[n].list;
		i.status_index = places[n].index;
		assert_int_equal(depot_append(s, &i), 0);
	}
	struct issued endless = depot_issued(60);
	endless.until = INT64_MIN;
	assert_int_equal(depot_append(s, &endless), 0);
	assert_int_equal(depot_revoke(s, depot_issued(3).id, 1), 0);
	assert_int_equal(depot_revoke(s, depot_issued(15).id, 1), 0);
	set[0] = places[3].index;
	set[1] = places[15].index;
	assert_int_equal(depot_forget(s, depot_issued(10).until), 0);
	assert_int_equal(depot_forget(s, depot_issued(10).until), 0);
	for (int life = 0; life < 2; life++) {
		for (uint64_t n = 0; n < 20; n++)
			assert_int_equal(
				depot_find(s, depot_issued(n).id, &f), n < 10 ? -ENOENT : 0);
		assert_int_equal(depot_find(s, endless.id, &f), 0);
		assert_bits(s, places[0].list, set, 2);
		struct store_status *t = store_status(s);
		const struct store_revoked *r = store_status_next(t, NULL);
		assert_false(r->known);
		assert_true(store_status_next(t, r)->known);
		store_status_unref(t);
		store_close(s);
		s = depot_store(b);
	}
	struct store_checked c = checked(b);
	assert_int_equal(c.records, 24);
	assert_int_equal(c.forgotten, 11);
	/* its place stays taken */
	struct issued again = depot_issued(50);
	again.status_list = places[3].list;
	again.status_index = places[3].index;
	assert_int_equal(depot_append(s, &again), -EEXIST);
	store_close(s);
}

struct gate {
	struct store_wait *wait;
	atomic_int *calls;
	atomic_bool *open;
};

static void
hold(void *arg, int result)
{
	struct gate *g = arg;

	while (!atomic_load(g->open))
		usleep(1000);
	atomic_fetch_add(g->calls, 1);
	store_wait_done(g->wait, result);
}

static void
count_call(void *arg, int result)
{
	if (result == 0)
		atomic_fetch_add((atomic_int *)arg, 1);
}

/* While one is being told, the queue takes what it may hold and refuses the rest at once; closing does what it took. */
static void
refuses_beyond_its_queue(struct depot *b)
{
	atomic_int calls = 0;
	atomic_bool open = false;
	struct store_wait w;
	struct gate g = { &w, &calls, &open };

	b->setup.queue = 8;
	struct store *s = depot_store(b);
	struct issued i = depot_issued(0);
	store_wait_begin(&w);
	assert_int_equal(store_append(s, &i, hold, &g), 0);
	int taken = 0, r = 0;
	for (int tries = 0; tries < 200 && (r == 0 || tries < 20); tries++) {
		i = depot_issued((uint64_t)taken + 1);
		r = store_append(s, &i, count_call, &calls);
		taken += r == 0;
		usleep(r == 0 ? 5000 : 0); /* until the first is on its way */
	}
	assert_int_equal(r, -EAGAIN);
	assert_in_range(taken, 8, 16);
	atomic_store(&open, true);
	assert_int_equal(store_wait_end(&w, 0), 0);
	store_close(s);
	assert_int_equal(atomic_load(&calls), taken + 1);
	assert_int_equal(checked(b).records, taken + 1);
}

/* Two gateways on one log: one chain, and each learns what the other revoked. */
static void
shares_one_log(struct depot *b)
{
	struct store *one = depot_store(b), *two = depot_store(b);
	struct store_place p, q;

	for (uint64_t n = 0; n < 20; n++) {
		struct issued i = depot_issued(n);
		assert_int_equal(depot_append(n % 2 ? one : two, &i), 0);
	}
	assert_int_equal(depot_place(one, "vc", &p), 0);
	assert_int_equal(depot_place(two, "vc", &q), 0);
	assert_int_equal(p.list, q.list);
	assert_int_not_equal(p.index / STORE_LEASE, q.index / STORE_LEASE);
	assert_int_equal(depot_revoke(one, depot_issued(4).id, 1), 0);
	size_t rows = 0;
	for (int tries = 0; tries < 500 && rows == 0; tries++) {
		struct store_status *t = store_status(two);
		rows = revoked_rows(t);
		store_status_unref(t);
		usleep(10000);
	}
	assert_int_equal(rows, 1);
	assert_int_equal(checked(b).records, 21);
	store_close(one);
	store_close(two);
}

static void
keeps_to_its_secret(struct depot *b)
{
	struct store *s = depot_store(b), *other = NULL;
	uint8_t one[STORE_HASH], two[STORE_HASH], again[STORE_HASH];
	char path[400];
	const char *why = NULL;

	assert_int_equal(store_source_hash(s, SPAN_LIT("HC1:A"), one), 0);
	assert_int_equal(store_source_hash(s, SPAN_LIT("HC1:B"), two), 0);
	assert_memory_not_equal(one, two, STORE_HASH);
	store_close(s);
	s = depot_store(b);
	assert_int_equal(store_source_hash(s, SPAN_LIT("HC1:A"), again), 0);
	assert_memory_equal(one, again, STORE_HASH);
	store_close(s);
	snprintf(path, sizeof(path), "%s/other", b->folder.path);
	b->setup.secret = path;
	assert_int_equal(store_open(&b->setup, &why, &other), -EKEYREJECTED);
	assert_non_null(strstr(why, "another secret"));
}

static const struct {
	const char *name;
	void (*test)(struct depot *b);
} promises[] = {
	{ "appends and finds after reopening", appends_and_finds_after_reopening },
	{ "refuses what is there already", refuses_what_is_there_already },
	{ "refuses what is no attestation", refuses_what_is_no_attestation },
	{ "revokes and shows it before it tells", revokes_and_shows_it_before_it_tells },
	{ "never leases twice", never_leases_twice },
	{ "forgets and the chain holds", forgets_and_the_chain_holds },
	{ "refuses beyond its queue", refuses_beyond_its_queue },
	{ "shares one log", shares_one_log },
	{ "keeps to its secret", keeps_to_its_secret },
};

enum { PROMISES = sizeof(promises) / sizeof(promises[0]) };

struct keeping {
	size_t promise;
	enum depot_kind kind;
};

static void
keeps(void **state)
{
	const struct keeping *k = *state;
	struct depot b;

	if (!depot_make(&b, k->kind)) {
		print_message("skipped: %s is not installed\n", depot_names[k->kind]);
		skip();
	}
	promises[k->promise].test(&b);
	depot_drop(&b);
}

int
main(void)
{
	static struct CMUnitTest tests[PROMISES * DEPOT_KINDS];
	static struct keeping what[PROMISES * DEPOT_KINDS];
	static char names[PROMISES * DEPOT_KINDS][80];

	for (size_t i = 0; i < PROMISES * DEPOT_KINDS; i++) {
		what[i] = (struct keeping){ i % PROMISES, (enum depot_kind)(i / PROMISES) };
		snprintf(names[i], sizeof(names[i]), "%s: %s", depot_names[what[i].kind],
			promises[what[i].promise].name);
		tests[i] = (struct CMUnitTest){ names[i], keeps, NULL, NULL, &what[i] };
	}
	return cmocka_run_group_tests(tests, NULL, depot_end);
}
