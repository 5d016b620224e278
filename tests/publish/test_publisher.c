/* test_publisher.c - what is published follows keys and revocations, is signed anew in time, and serves
 * again otherwise. */
#include "gateway/publish/publisher.h"

#include "codecs/base/text.h"
#include "codecs/seal/cms.h"
#include "gateway/keys/make.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PASS   SPAN_LIT("a passphrase of tests")
#define FAMILY SPAN_LIT("vc/revocation")

enum { NOW = 1796126400, DAY = 86400 };

static _Atomic int64_t now;

static int64_t
clock_of_tests(void)
{
	return atomic_load(&now);
}

struct world {
	char dir[64], keys_dir[96], store_path[96];
	struct keys *keys;
	struct store *store;
	struct publisher *publisher;
};

static void
world_open(struct world *w, bool with_keys)
{
	const struct keys_identity who = { SPAN_LIT("https://gateway.example"), SPAN_LIT("TF"),
		SPAN_LIT("Gateway") };
	const char *why;
	size_t made;

	*w = (struct world){ .dir = "/tmp/vidimus-publish-XXXXXX" };
	atomic_store(&now, NOW);
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->keys_dir, sizeof(w->keys_dir), "%s/keys", w->dir);
	snprintf(w->store_path, sizeof(w->store_path), "%s/log.sqlite", w->dir);
	assert_int_equal(keys_create(w->keys_dir, PASS, &who, &w->keys), 0);
	if (with_keys)
		assert_int_equal(keys_new_all(w->keys, NOW - DAY, &made), 0);
	const struct store_setup store = { .path = w->store_path };
	assert_int_equal(store_open(&store, &why, &w->store), 0);
	const struct publisher_setup setup = {
		.keys = w->keys, .store = w->store, .clock = clock_of_tests, .interval = 60000
	};
	assert_int_equal(publisher_open(&setup, &why, &w->publisher), 0);
}

static void
world_close(struct world *w)
{
	char command[128];

	publisher_close(w->publisher);
	store_close(w->store);
	keys_close(w->keys);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
}

static int
wait_for(struct store_wait *w, int submitted)
{
	return store_wait_end(w, submitted);
}

/* Issued, and its place in the list. */
static struct issued
issue(struct world *w, const char *scheme, enum key_purpose purpose, uint8_t first)
{
	struct issued i = { .at = NOW,
		.until = NOW + DAY,
		.source_scheme = "eu-dcc",
		.scheme = scheme,
		.kid = keys_active(w->keys, purpose, NOW)->kid,
		.status_list = -1,
		.status_index = -1 };
	struct store_place place;
	struct store_wait wait;

	memset(i.id, first, sizeof(i.id));
	if (purpose == PURPOSE_VC_EDDSA) {
		store_wait_begin(&wait);
		assert_int_equal(wait_for(&wait, store_lease(w->store, FAMILY, 0, NULL,
							 store_wait_done, &wait)),
			0);
		assert_int_equal(store_index(w->store, FAMILY, &place), 0);
		i.status_list = place.list;
		i.status_index = place.index;
	}
	store_wait_begin(&wait);
	assert_int_equal(wait_for(&wait, store_append(w->store, &i, store_wait_done, &wait)), 0);
	return i;
}

static void
take_back(struct world *w, const struct issued *i)
{
	struct store_wait wait;

	store_wait_begin(&wait);
	assert_int_equal(
		wait_for(&wait, store_revoke(w->store, i->id, 0, NOW + 1, store_wait_done, &wait)),
		0);
}

/* Until a snapshot differs from that one. */
static struct published *
after(struct world *w, struct published *before)
{
	struct published *s = publisher_current(w->publisher);

	for (int i = 0; s == before && i < 500; i++) {
		published_unref(s);
		publisher_wake(w->publisher);
		poll(NULL, 0, 10);
		s = publisher_current(w->publisher);
	}
	assert_ptr_not_equal(s, before);
	published_unref(before);
	return s;
}

static const struct published_item *
first_at(const struct published *s, const char *path)
{
	return published_form(s, span_of(path), NULL);
}

static void
everything_is_there(void **state)
{
	static const char *const paths[] = { "/.well-known/jwks.json", "/.well-known/did.json",
		"/trustlist", "/revocation-list", "/v2/trustlist/did.json", "/certificates/dcc.pem",
		"/certificates/csca-dcc.pem", "/certificates/ca-shc.pem", "/certificates/who.pem",
		"/certificates/sca-who.pem", "/certificates/icao.pem",
		"/certificates/csca-icao.pem", "/certificates/list.pem" };
	struct world w;

	(void)state;
	world_open(&w, true);
	struct published *s = publisher_current(w.publisher);
	assert_int_equal(published_when(s), NOW);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct published_item *p = first_at(s, paths[i]);
		if (!p)
			fail_msg("%s is not there", paths[i]);
		assert_true(p->text.len > 0 && p->etag.len == 34 && p->max_age > 0);
		assert_null(published_form(s, span_of(paths[i]), p));
	}
	assert_null(first_at(s, "/status/1")); /* nothing names it */
	published_unref(s);
	world_close(&w);
}

static void
without_keys_there_is_little(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, false);
	struct published *s = publisher_current(w.publisher);
	assert_non_null(first_at(s, "/.well-known/jwks.json"));
	assert_null(first_at(s, "/trustlist"));
	assert_null(first_at(s, "/certificates/dcc.pem"));
	published_unref(s);
	world_close(&w);
}

static bool
says(const struct published *s, const char *path, const char *what)
{
	const struct published_item *p = first_at(s, path);

	return p && span_holds(p->text, span_of(what));
}

static void
crl_path(const struct world *w, char *path, size_t room)
{
	struct span kid = keys_active(w->keys, PURPOSE_SHC, NOW)->kid;

	snprintf(path, room, "/.well-known/crl/%.*s.json", (int)kid.len, (const char *)kid.ptr);
}

/* A card by its rid; and the counter that its key announces grows with the list's. */
static void
revoked_cards_are_listed(void **state)
{
	struct world w;
	char path[128];

	(void)state;
	world_open(&w, true);
	crl_path(&w, path, sizeof(path));
	struct published *s = publisher_current(w.publisher);
	assert_true(says(s, path, "\"method\":\"rid\",\"ctr\":1,\"rids\":[]"));
	assert_true(says(s, "/.well-known/jwks.json", "\"crlVersion\":1,"));
	struct issued one = issue(&w, "shc", PURPOSE_SHC, 0xff),
		      other = issue(&w, "eu-dcc", PURPOSE_DCC, 0x11);
	take_back(&w, &one);
	take_back(&w, &other);
	s = after(&w, s);
	assert_true(says(s, path, "\"ctr\":3,\"rids\":[\"_____________________w\"]"));
	assert_true(says(s, "/.well-known/jwks.json", "\"crlVersion\":3,"));
	published_unref(s);
	world_close(&w);
}

/* Three forms of one list; signed anew when it changes or gets old, and not otherwise. */
static void
lists_of_status_follow(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, true);
	struct published *s = publisher_current(w.publisher);
	struct issued one = issue(&w, "vc", PURPOSE_VC_EDDSA, 1),
		      card = issue(&w, "shc", PURPOSE_SHC, 2);
	s = after(&w, s);
	const struct published_item *json = first_at(s, "/status/1"),
				    *jose = published_form(s, SPAN_LIT("/status/1"), json),
				    *old = first_at(s, "/status/1/2021");
	assert_string_equal(json->media_type, "application/vc");
	assert_string_equal(jose->media_type, "application/vc+jwt");
	assert_string_equal(old->media_type, "application/jwt");
	struct published *old_one = publisher_current(w.publisher); /* what json points to */
	atomic_store(&now, NOW + 100);
	take_back(&w, &card);
	s = after(&w, s);
	assert_true(span_eq(first_at(s, "/status/1")->text, json->text));
	assert_true(span_eq(first_at(s, "/status/1")->etag, json->etag));
	take_back(&w, &one);
	s = after(&w, s);
	assert_false(span_eq(first_at(s, "/status/1")->etag, json->etag));
	assert_false(says(s, "/status/1", "\"validFrom\":\"2026-12-01T12:00:00Z\""));
	atomic_store(&now, NOW + PUBLISHED_LIFE / 2 - 1);
	publisher_wake(w.publisher);
	poll(NULL, 0, 50);
	struct published *same = publisher_current(w.publisher);
	assert_ptr_equal(same, s);
	published_unref(same);
	atomic_store(&now, NOW + PUBLISHED_LIFE / 2);
	s = after(&w, s);
	assert_int_equal(published_when(s), NOW + PUBLISHED_LIFE / 2);
	published_unref(old_one);
	published_unref(s);
	world_close(&w);
}

/* --- revocation batches --- */

enum { MANY = 1002 };

/* All at once: the log commits them together. */
static void
revoke_many(struct world *w, int64_t until)
{
	static struct store_wait appended[MANY], revoked[MANY];
	struct issued i = issue(w, "eu-dcc", PURPOSE_DCC, 0x77);

	i.until = until;
	for (unsigned n = 0; n < MANY; n++) {
		i.id[0] = (uint8_t)(n >> 8);
		i.id[1] = (uint8_t)n;
		store_wait_begin(&appended[n]);
		assert_int_equal(store_append(w->store, &i, store_wait_done, &appended[n]), 0);
	}
	for (unsigned n = 0; n < MANY; n++)
		assert_int_equal(store_wait_end(&appended[n], 0), 0);
	for (unsigned n = 0; n < MANY; n++) {
		i.id[0] = (uint8_t)(n >> 8);
		i.id[1] = (uint8_t)n;
		store_wait_begin(&revoked[n]);
		assert_int_equal(
			store_revoke(w->store, i.id, 0, NOW + 2, store_wait_done, &revoked[n]), 0);
	}
	for (unsigned n = 0; n < MANY; n++)
		assert_int_equal(store_wait_end(&revoked[n], 0), 0);
}

/* The batch at that place of the list, as a stranger with the list's certificate reads it; *path gets its address. */
static struct span
batch_at(const struct world *w, const struct published *s, unsigned at, struct arena *a,
	char path[64])
{
	struct span list = first_at(s, "/revocation-list")->text, cms, content;
	struct cert *pin;
	enum cms_result result;
	size_t bad;

	for (unsigned i = 0; i <= at; i++) {
		const struct span mark = SPAN_LIT("{\"batchId\":\"");
		size_t n = 0;
		while (n < list.len && !span_starts(span_from(list, n), mark))
			n++;
		list = span_from(list, n + mark.len);
	}
	snprintf(path, 64, "/revocation-list/%.36s", (const char *)list.ptr);
	const struct published_item *p = first_at(s, path);
	assert_non_null(p);
	assert_string_equal(p->media_type, "application/cms-text");
	assert_int_equal(base64_decode(a, p->text, false, &cms, &bad), 0);
	assert_int_equal(cms_content(cms, a, &content), 0);
	assert_non_null(content.ptr);
	assert_int_equal(cert_from_der(keys_active(w->keys, PURPOSE_LIST, NOW)->cert,
				 &key_policy_default, &pin),
		0);
	assert_int_equal(cms_verify(cms, content, pin, NULL, &result), 0);
	assert_int_equal(result, CMS_VALID);
	cert_free(pin);
	return content;
}

static unsigned
times(struct span text, const char *what)
{
	unsigned n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += span_starts(span_from(text, i), span_of(what));
	return n;
}

/* Two of the three by the hash of their identifier (its bytes and hashes computed elsewhere), no other form. */
static void
revoked_certificates_are_in_batches(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct buf kid = buf_in(a, 64);
	struct world w;
	char path[64], wanted[256];

	(void)state;
	world_open(&w, true);
	struct published *s = publisher_current(w.publisher);
	assert_true(span_is(
		first_at(s, "/revocation-list")->text, "{\"more\":false,\"batches\":[]}\n"));
	struct issued one = issue(&w, "eu-dcc", PURPOSE_DCC, 0x11),
		      other = issue(&w, "eu-dcc", PURPOSE_DCC, 0x22),
		      card = issue(&w, "shc", PURPOSE_SHC, 0x33);
	issue(&w, "eu-dcc", PURPOSE_DCC, 0x44); /* stays good */
	take_back(&w, &one);
	take_back(&w, &other);
	take_back(&w, &card);
	s = after(&w, s);
	base64_encode(&kid, one.kid);
	snprintf(wanted, sizeof(wanted),
		"{\"country\":\"TF\",\"expires\":\"2026-12-03T00:00:00Z\",\"kid\":\"%.12s\","
		"\"hashType\":\"UCI\",\"entries\":[{\"hash\":\"Vb4h5IaR/R7cshRseIA+AQ==\"},"
		"{\"hash\":\"v18xZOM6x8KOOg7tZIy94Q==\"}]}",
		(const char *)kid.ptr);
	assert_true(span_is(batch_at(&w, s, 0, a, path), wanted));
	assert_true(says(s, "/revocation-list",
		"\"country\":\"TF\",\"date\":\"2026-12-01T12:00:01Z\",\"deleted\":false}]}"));
	published_unref(s);
	world_close(&w);
	arena_free(a);
}

/* A thousand in one; those that end at another time in their own; what is full is not signed again; what has
 * ended goes. */
static void
batches_fill_and_end(void **state)
{
	struct arena *a = arena_new(4 << 20);
	struct world w;
	char full[64], rest[64], own[64], now_first[64];

	(void)state;
	world_open(&w, true);
	struct issued one = issue(&w, "eu-dcc", PURPOSE_DCC, 0x11),
		      other = issue(&w, "eu-dcc", PURPOSE_DCC, 0x22);
	take_back(&w, &one);
	revoke_many(&w, NOW + 300 * DAY);
	struct published *s = after(&w, publisher_current(w.publisher));
	while (times(first_at(s, "/revocation-list")->text, "batchId") < 3)
		s = after(&w, s);
	assert_int_equal(times(batch_at(&w, s, 0, a, own), "{\"hash\":"), 1);
	assert_int_equal(times(batch_at(&w, s, 1, a, full), "{\"hash\":"), 1000);
	assert_int_equal(times(batch_at(&w, s, 2, a, rest), "{\"hash\":"), MANY - 1000);
	struct published *kept = publisher_current(w.publisher);
	take_back(&w, &other);
	s = after(&w, s);
	assert_int_equal(times(batch_at(&w, s, 0, a, now_first), "{\"hash\":"), 2);
	assert_string_not_equal(own, now_first);
	assert_true(span_eq(first_at(s, full)->etag, first_at(kept, full)->etag));
	assert_true(span_eq(first_at(s, rest)->etag, first_at(kept, rest)->etag));
	published_unref(kept);
	atomic_store(&now, NOW + 3 * DAY);
	s = after(&w, s);
	assert_int_equal(times(first_at(s, "/revocation-list")->text, "batchId"), 2);
	assert_null(first_at(s, now_first));
	published_unref(s);
	world_close(&w);
	arena_free(a);
}

/* A key that begins, retires or is withdrawn changes what is published at that second. */
static void
keys_come_and_go(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, true);
	struct published *s = publisher_current(w.publisher);
	const struct own_key *k = keys_active(w.keys, PURPOSE_DCC, NOW);
	atomic_store(&now, k->ends + DAY);
	s = after(&w, s);
	assert_null(first_at(s, "/certificates/dcc.pem"));
	published_unref(s);
	world_close(&w);
}

/* Readers keep what they have while others are made. */
static void
readers_are_not_disturbed(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, true);
	struct published *s = publisher_current(w.publisher),
			 *kept = publisher_current(w.publisher);
	for (uint8_t i = 1; i < 6; i++) {
		struct issued one = issue(&w, "shc", PURPOSE_SHC, i);
		take_back(&w, &one);
		s = after(&w, s);
	}
	assert_true(says(kept, "/.well-known/jwks.json", "\"crlVersion\":1,"));
	assert_true(says(s, "/.well-known/jwks.json", "\"crlVersion\":6,"));
	assert_int_equal(published_fault(s), 0);
	published_unref(kept);
	published_unref(s);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_there),
		cmocka_unit_test(without_keys_there_is_little),
		cmocka_unit_test(revoked_cards_are_listed),
		cmocka_unit_test(lists_of_status_follow),
		cmocka_unit_test(revoked_certificates_are_in_batches),
		cmocka_unit_test(batches_fill_and_end),
		cmocka_unit_test(keys_come_and_go),
		cmocka_unit_test(readers_are_not_disturbed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
