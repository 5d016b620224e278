/* The desk over real keys and a real log: what is signed is filed, what is refused leaves no trace. */
#include "gateway/desk/desk.h"

#include "codecs/base/report.h"
#include "gateway/keys/make.h"
#include "tests/aid/mint.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PASS SPAN_LIT("a passphrase of tests")

struct world {
	char dir[64], keys_dir[96], store_path[96];
	struct mint mint;
	struct config config;
	struct keys *keys;
	struct store_setup store_setup;
	struct store *store;
	struct desk *desk;
	struct verify verify;
};

static void
world_open(struct world *w)
{
	const struct keys_identity who = { SPAN_LIT("https://gateway.example"), SPAN_LIT("TF"),
		SPAN_LIT("Gateway") };
	const char *why;
	size_t made;

	*w = (struct world){ .dir = "/tmp/vidimus-desk-XXXXXX" };
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->keys_dir, sizeof(w->keys_dir), "%s/keys", w->dir);
	snprintf(w->store_path, sizeof(w->store_path), "%s/log.sqlite", w->dir);
	config_init(&w->config);
	mint_open(&w->mint, PRIVATE_P256, SIG_ES256);
	assert_int_equal(keys_create(w->keys_dir, PASS, &who, &w->keys), 0);
	assert_int_equal(keys_new_all(w->keys, MINT_NOW - MINT_DAY, &made), 0);
	w->store_setup = (struct store_setup){ .path = w->store_path };
	assert_int_equal(store_open(&w->store_setup, &why, &w->store), 0);
	struct desk_setup setup = { &w->config, w->keys, w->store };
	assert_int_equal(desk_open(&setup, MINT_NOW, &why, &w->desk), 0);
}

static void
world_close(struct world *w)
{
	char command[128];

	desk_close(w->desk);
	store_close(w->store);
	keys_close(w->keys);
	mint_close(&w->mint);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
}

static int
attest(struct world *w, const char *target, const char *json, struct attest *a,
	struct issued *entry)
{
	w->verify = (struct verify){ 0 };
	mint_verify(&w->mint, mint_text(&w->mint, json, (struct hcert_recipe){ 0 }), &w->verify);
	*a = (struct attest){ .target = target_named(span_of(target)) };
	assert_non_null(a->target);
	return desk_attest(w->desk, &w->mint.work, &w->verify, a, entry);
}

static int64_t
filed(struct world *w)
{
	struct store_checked c;

	assert_int_equal(store_check(&w->store_setup, &c), 0);
	return c.issued;
}

static int
append(struct world *w, const struct issued *entry)
{
	struct store_wait wait;

	store_wait_begin(&wait);
	return store_wait_end(&wait, store_append(w->store, entry, store_wait_done, &wait));
}

/* Each form under a key of its own purpose; each entry with an identifier of its own. */
static void
every_form_is_signed_and_filed(void **state)
{
	struct issued entry, before = { 0 };
	const struct target *t;
	struct world w;
	struct attest a;
	int64_t count = 0;

	(void)state;
	world_open(&w);
	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		assert_int_equal(attest(&w, t->name, MINT_GOOD, &a, &entry), 0);
		if (a.refusal == REFUSAL_MISSING)
			continue;
		assert_int_equal(a.refusal, REFUSAL_NONE);
		assert_true(a.emitted.text.len > 0);
		assert_memory_equal(entry.id, a.id, sizeof(entry.id));
		assert_memory_not_equal(entry.id, before.id, sizeof(entry.id));
		assert_string_equal(entry.scheme, t->name);
		assert_string_equal(entry.source_scheme, "eu-dcc");
		assert_true(entry.until <= MINT_NOW + w.config.issue.validity);
		assert_int_equal(entry.status_index >= 0, t->status);
		assert_int_equal(append(&w, &entry), 0);
		assert_int_equal(filed(&w), ++count);
		before = entry;
	}
	assert_true(count >= 2);
	world_close(&w);
}

static void
what_is_refused_is_not_signed(void **state)
{
	struct issued entry = { .status_index = 42 };
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	w.mint.policy.env = ENV_PRODUCTION; /* where nobody knows the signer */
	assert_int_equal(attest(&w, "shc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_SOURCE);
	assert_null(a.emitted.text.ptr);
	assert_null(a.signer);
	assert_int_equal(entry.status_index, 42);
	assert_int_equal(filed(&w), 0);
	world_close(&w);
}

static void
without_a_key_nothing_is_signed(void **state)
{
	struct issued entry;
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	const struct own_key *k = keys_active(w.keys, PURPOSE_SHC, MINT_NOW);
	assert_non_null(k);
	assert_int_equal(keys_retire(w.keys, k->name, MINT_NOW, false), 0);
	assert_int_equal(attest(&w, "shc", MINT_GOOD, &a, &entry), -ENOKEY);
	assert_null(a.emitted.text.ptr);
	assert_int_equal(attest(&w, "eu-dcc", MINT_GOOD, &a, &entry), 0);
	world_close(&w);
}

/* A plan says what would be lost, and signs nothing. */
static void
a_plan_leaves_no_trace(void **state)
{
	struct issued entry;
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	assert_int_equal(attest(&w, "shc", MINT_GOOD, &a, &entry), 0);
	a = (struct attest){ .target = target_named(SPAN_LIT("shc")) };
	assert_int_equal(desk_plan(w.desk, &w.mint.work, &w.verify, &a), 0);
	assert_int_equal(a.refusal, REFUSAL_NONE);
	assert_true(a.loss.count[LOSS_DROPPED] > 0);
	assert_null(a.emitted.text.ptr);
	assert_int_equal(filed(&w), 0);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_signed_and_filed),
		cmocka_unit_test(what_is_refused_is_not_signed),
		cmocka_unit_test(without_a_key_nothing_is_signed),
		cmocka_unit_test(a_plan_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
