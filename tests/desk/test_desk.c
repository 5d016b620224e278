/* The desk over real keys and a real log: what is signed is filed, what is refused leaves no trace. */
#include "gateway/desk/desk.h"

#include "codecs/base/report.h"
#include "gateway/keys/make.h"
#include "gateway/keys/publish.h"
#include "tests/aid/mint.h"

#include <errno.h>
#include <pthread.h>
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
	struct hcert_recipe recipe; /* of sources */
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
	mint_verify(&w->mint, mint_text(&w->mint, json, w->recipe), &w->verify);
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

/* --- a form without an expiry --- */

/* A source that ends so many seconds from now. */
static void
ends_in(struct world *w, int64_t seconds)
{
	struct policy_supply *place = ARENA_ARRAY(w->mint.arena, 2, struct policy_supply);

	assert_non_null(place);
	place[0] = (struct policy_supply){ SPAN_LIT("centre"), SPAN_LIT("Hut 7") };
	place[1] = (struct policy_supply){ SPAN_LIT("lot"), SPAN_LIT("unknown") };
	w->mint.policy.supplies = place;
	w->mint.policy.supply_count = 2;
	w->recipe = (struct hcert_recipe){ .issued = MINT_NOW - MINT_DAY,
		.expires = MINT_NOW + seconds };
}

/* A verifier that has what we publish, and no more. */
static struct trust *
published(struct world *w)
{
	struct arena *a = w->mint.arena;
	struct report report;
	struct work work = { a, &report, &limits_default, w->mint.kit, MINT_NOW };
	struct buf pem = buf_in(a, 1 << 20);
	struct trust *t = NULL;

	report_begin(&report, a);
	assert_int_equal(publish_certificates(&work, w->keys, PURPOSE_CSCA_ICAO, &pem), 0);
	struct trust_file file = { SPAN_LIT("csca-icao.pem"), buf_span(&pem) };
	struct trust_input in = { .name = SPAN_LIT("gateway"),
		.env = ENV_DEMO,
		.domain = TRUST_ICAO,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	assert_int_equal(trust_build(&work, &in, 1, &t), 0);
	assert_int_equal(trust_key_count(t), 1);
	return t;
}

static enum reason
judged(struct mint *m, struct trust *t, struct span seal, int64_t now)
{
	struct report report;
	struct work work = { m->arena, &report, &limits_default, m->kit, now };
	struct verify v = { .input = seal, .trust = t, .policy = &m->policy };

	assert_int_equal(engine_verify(&work, &v), 0);
	return report_reason(&report);
}

/* Verified up to the end, which is no later than the source's, and not a second longer. */
static void
a_seal_ends_with_its_source(void **state)
{
	static const struct {
		int64_t source, until;
	} rows[] = {
		{ 5 * 3600 + 1020, 5 * 3600 },
		{ 5 * 3600, 5 * 3600 },
		{ 5 * 3600 - 1, 4 * 3600 },
		{ 400 * (int64_t)MINT_DAY, 30 * (int64_t)MINT_DAY },
	};
	struct issued entry;
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	struct trust *t = published(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t until = MINT_NOW + rows[i].until;
		ends_in(&w, rows[i].source);
		assert_int_equal(attest(&w, "vds-nc", MINT_GOOD, &a, &entry), 0);
		assert_int_equal(a.refusal, REFUSAL_NONE);
		assert_int_equal(a.until, until);
		assert_int_equal(entry.until, until);
		struct span seal = arena_copy(w.mint.arena, a.emitted.text);
		assert_int_equal(judged(&w.mint, t, seal, MINT_NOW), REASON_NONE);
		assert_int_equal(judged(&w.mint, t, seal, until), REASON_NONE);
		assert_int_equal(judged(&w.mint, t, seal, until + 1), REASON_VALIDITY_KEY_EXPIRED);
		assert_int_equal(judged(&w.mint, t, seal, until + 9 * (int64_t)MINT_DAY),
			REASON_VALIDITY_KEY_EXPIRED);
	}
	trust_unref(t);
	world_close(&w);
}

static void
what_ends_within_the_hour_is_no_seal(void **state)
{
	struct issued entry;
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	ends_in(&w, 3599);
	assert_int_equal(attest(&w, "vds-nc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_TERM);
	assert_int_equal(attest(&w, "shc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_NONE);
	world_close(&w);
}

/* Said of a plan, too; other forms need no authority. */
static void
without_an_authority_no_seal_is_bounded(void **state)
{
	struct issued entry = { .status_index = 42 };
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	ends_in(&w, 5 * 3600);
	const struct own_key *ca = keys_active(w.keys, PURPOSE_CSCA_ICAO, MINT_NOW);
	assert_int_equal(keys_retire(w.keys, ca->name, MINT_NOW, false), 0);
	assert_int_equal(attest(&w, "vds-nc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_UNDATED);
	assert_string_equal(refusal_code(a.refusal), "attest.undated");
	assert_null(a.emitted.text.ptr);
	assert_int_equal(entry.status_index, 42);
	a = (struct attest){ .target = target_named(SPAN_LIT("vds-nc")) };
	assert_int_equal(desk_plan(w.desk, &w.mint.work, &w.verify, &a), 0);
	assert_int_equal(a.refusal, REFUSAL_UNDATED);
	assert_int_equal(attest(&w, "shc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_NONE);
	world_close(&w);
}

static void
an_authority_that_is_kept_elsewhere_bounds_none(void **state)
{
	struct issued entry;
	char path[160];
	const char *why;
	struct world w;
	struct attest a;

	(void)state;
	world_open(&w);
	ends_in(&w, 5 * 3600);
	desk_close(w.desk);
	keys_close(w.keys);
	snprintf(path, sizeof(path), "%s/csca-icao-1.key.pem", w.keys_dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(keys_open(w.keys_dir, PASS, &w.keys), 0);
	struct desk_setup setup = { &w.config, w.keys, w.store };
	assert_int_equal(desk_open(&setup, MINT_NOW, &why, &w.desk), 0);
	assert_int_equal(attest(&w, "vds-nc", MINT_GOOD, &a, &entry), 0);
	assert_int_equal(a.refusal, REFUSAL_UNDATED);
	assert_null(a.emitted.text.ptr);
	world_close(&w);
}

/* --- many at once --- */

struct clerk {
	struct world *world;
	struct trust *trust;
	size_t number, failed;
};

/* What one thread has of its own: a source with an end of its own, and seals made of it. */
static void *
seal_often(void *arg)
{
	struct clerk *c = arg;
	struct mint m = c->world->mint;
	struct kit *kit = kit_new();

	m.arena = arena_new((size_t)16 << 20);
	m.scratch = arena_new(limits_default.memory);
	m.kit = kit;
	struct hcert_recipe r = { .expires = MINT_NOW + 3600 * (int64_t)(2 + c->number % 3) };
	struct span source = mint_text(&m, MINT_GOOD, r);
	for (int i = 0; i < 20; i++) {
		struct attest a = { .target = target_named(SPAN_LIT("vds-nc")) };
		struct issued entry;
		struct verify v;
		if (mint_verify(&m, source, &v) != VERDICT_VERIFIED ||
			desk_attest(c->world->desk, &m.work, &v, &a, &entry) != 0 ||
			a.refusal != REFUSAL_NONE || a.until != r.expires)
			c->failed++;
		else if (i % 7 == 0) {
			if (judged(&m, c->trust, a.emitted.text, a.until) != REASON_NONE)
				c->failed++;
		}
	}
	kit_free(kit);
	arena_free(m.scratch);
	arena_free(m.arena);
	return NULL;
}

static void
any_thread_seals(void **state)
{
	pthread_t threads[8];
	struct clerk clerks[8];
	struct world w;

	(void)state;
	world_open(&w);
	ends_in(&w, 0);
	struct trust *t = published(&w);
	for (size_t i = 0; i < 8; i++) {
		clerks[i] = (struct clerk){ &w, t, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, seal_often, &clerks[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(clerks[i].failed, 0);
	}
	trust_unref(t);
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
		cmocka_unit_test(a_seal_ends_with_its_source),
		cmocka_unit_test(what_ends_within_the_hour_is_no_seal),
		cmocka_unit_test(without_an_authority_no_seal_is_bounded),
		cmocka_unit_test(an_authority_that_is_kept_elsewhere_bounds_none),
		cmocka_unit_test(any_thread_seals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
