/* test_lists.c - many lists of status: what is needed to write one is there for the next again. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "gateway/keys/make.h"
#include "gateway/publish/edition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PASS   SPAN_LIT("a passphrase of tests")
#define FAMILY SPAN_LIT("vc/revocation")

enum { NOW = 1796126400, DAY = 86400, LISTS = 100 };

struct world {
	char dir[64], keys_dir[96], store_path[96];
	struct keys *keys;
	struct store *store;
	int64_t last; /* list */
};

static void
world_open(struct world *w)
{
	const struct keys_identity who = { SPAN_LIT("https://gateway.example"), SPAN_LIT("TF"),
		SPAN_LIT("Gateway") };
	struct store_lease lease = { 0 };
	const char *why;
	size_t made;

	*w = (struct world){ .dir = "/tmp/vidimus-lists-XXXXXX" };
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->keys_dir, sizeof(w->keys_dir), "%s/keys", w->dir);
	snprintf(w->store_path, sizeof(w->store_path), "%s/log.sqlite", w->dir);
	assert_int_equal(keys_create(w->keys_dir, PASS, &who, &w->keys), 0);
	assert_int_equal(keys_new_all(w->keys, NOW - DAY, &made), 0);
	const struct store_setup store = { .path = w->store_path };
	assert_int_equal(store_open(&store, &why, &w->store), 0);
	for (int i = 0; i < LISTS; i++) {
		struct store_wait wait;
		store_wait_begin(&wait);
		int r = store_lease(
			w->store, FAMILY, STORE_LIST_BITS, &lease, store_wait_done, &wait);
		assert_int_equal(store_wait_end(&wait, r), 0);
	}
	w->last = lease.list;
	assert_true(w->last >= LISTS);
}

static void
world_close(struct world *w)
{
	char command[128];

	store_close(w->store);
	keys_close(w->keys);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
}

/* The edition's own memory is for all that is made once. */
static void
there_may_be_any_number_of_lists(void **state)
{
	struct published out = { .arena = arena_new(64u << 20), .when = NOW };
	struct arena *a = arena_new(4u << 20);
	struct kit *kit = kit_new();
	struct report report;
	struct world w;
	char path[32];

	(void)state;
	world_open(&w);
	struct store_status *status = store_status(w.store);
	struct work work = { a, &report, &limits_default, kit, NOW };
	struct edition e = { .w = &work, .keys = w.keys, .status = status, .out = &out };
	report_begin(&report, a);
	assert_int_equal(edition_status(&e), 0);
	snprintf(path, sizeof(path), "/status/%d", (int)w.last);
	assert_non_null(published_form(&out, span_of(path), NULL));
	store_status_unref(status);
	kit_free(kit);
	arena_free(out.arena);
	arena_free(a);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_may_be_any_number_of_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
