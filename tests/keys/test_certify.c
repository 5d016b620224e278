/* test_certify.c - certificates on demand: the key's own, with another end, and nothing else. */
#include "gateway/keys/process/process_impl.h"
#include "tests/aid/oom.h"
#include "tests/keys/aid_keys.h"
#include "trust/chain.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { HOUR = 3600, END = KEYS_NOW + 3 * DAY };

static struct aid_keys all;

static int
open_all(void **state)
{
	(void)state;
	return aid_keys_make(&all);
}

static int
close_all(void **state)
{
	(void)state;
	return aid_keys_drop(&all);
}

static struct keys *
ready(void)
{
	struct keys *k = aid_keys_open(&all);

	assert_int_equal(keys_unlock(k, KEYS_NOW), 0);
	return k;
}

static const struct own_key *
icao(const struct keys *k)
{
	return keys_active(k, PURPOSE_ICAO, KEYS_NOW);
}

static int
certify_at(struct keys *k, int64_t now, int64_t until, struct span *der)
{
	const struct certify_order o = { now, until };

	return keys_certify(k, icao(k), &o, all.aid.arena, der);
}

static struct cert *
certificate_of(struct span der)
{
	struct cert *c = NULL;

	assert_int_equal(cert_from_der(der, &key_policy_default, &c), 0);
	assert_non_null(c);
	return c;
}

static enum chain_result
chained(const struct keys *k, const struct cert *c, enum key_purpose authority, int64_t at)
{
	struct cert *anchors[] = { own_entry_of(keys_active(k, authority, KEYS_NOW))->cert };
	struct chain_path p = { .leaf = c,
		.anchors = anchors,
		.anchor_count = 1,
		.at = at,
		.flags = CHAIN_COUNTRY | CHAIN_SIGNER };
	enum chain_result result = CHAIN_BAD;

	assert_int_equal(chain_verify(&p, &result), 0);
	return result;
}

/* All that the registered one says, but its end, its serial number and how long the key is used. */
static void
check_like(const struct keys *k, const struct cert *c, int64_t until)
{
	static const char *const same[] = { "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.35",
		"2.5.29.37", "2.23.136.1.1.6.2" };
	const struct cert *old = own_entry_of(icao(k))->cert;

	assert_int_equal(cert_not_after(c), until);
	assert_int_equal(cert_not_before(c), cert_not_before(old));
	assert_true(span_eq(cert_subject(c), cert_subject(old)));
	assert_true(span_eq(cert_issuer(c), cert_issuer(old)));
	assert_true(span_eq(key_spki(cert_key(c)), icao(k)->spki));
	assert_false(cert_is_ca(c));
	assert_false(span_eq(cert_serial(c), cert_serial(old)));
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(cert_extension_count(c, same[i]), 1);
		assert_true(span_eq(cert_extension(c, same[i]), cert_extension(old, same[i])));
	}
	assert_int_equal(cert_extension_count(c, "2.5.29.16"), 1);
	assert_int_equal(chained(k, c, PURPOSE_CSCA_ICAO, KEYS_NOW), CHAIN_GOOD);
	assert_int_equal(chained(k, c, PURPOSE_CSCA_ICAO, until - 1), CHAIN_GOOD);
	assert_int_equal(chained(k, c, PURPOSE_CSCA_ICAO, until + 1), CHAIN_BAD);
	assert_int_equal(chained(k, c, PURPOSE_CSCA_DCC, KEYS_NOW), CHAIN_BAD);
}

static void
test_like_its_own(void **state)
{
	struct keys *k = ready();
	struct span first, second, third;

	(void)state;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &first), 0);
	struct cert *c = certificate_of(first);
	check_like(k, c, END);
	assert_true(first.len <= KEYS_CERTIFICATE_MAX);
	/* what was made is given again; another end is another certificate */
	assert_int_equal(certify_at(k, KEYS_NOW + 5, END, &second), 0);
	assert_true(span_eq(first, second));
	assert_ptr_not_equal(first.ptr, second.ptr);
	assert_int_equal(certify_at(k, KEYS_NOW, END + HOUR, &third), 0);
	struct cert *d = certificate_of(third);
	check_like(k, d, END + HOUR);
	assert_false(span_eq(cert_serial(c), cert_serial(d)));
	cert_free(d);
	/* up to the end of the key's own certificate */
	assert_int_equal(certify_at(k, KEYS_NOW, icao(k)->ends, &third), 0);
	cert_free(c);
	keys_close(k);
}

/* The places are few: what was pushed out is made anew. */
static void
test_places(void **state)
{
	struct keys *k = ready();
	struct span first, other, again;

	(void)state;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &first), 0);
	assert_int_equal(certify_at(k, KEYS_NOW, END + CERTIFIED_MAX * HOUR, &other), 0);
	assert_int_equal(certify_at(k, KEYS_NOW, END, &again), 0);
	assert_false(span_eq(first, again));
	struct cert *c = certificate_of(again);
	check_like(k, c, END);
	cert_free(c);
	keys_close(k);
}

static void
test_refused(void **state)
{
	struct keys *k = ready();
	struct span der = SPAN_NONE;

	(void)state;
	assert_int_equal(certify_at(k, KEYS_NOW, icao(k)->ends + 1, &der), -EPERM);
	assert_int_equal(certify_at(k, KEYS_NOW, INT64_MAX, &der), -EPERM);
	assert_int_equal(certify_at(k, KEYS_NOW, KEYS_NOW, &der), -EPERM);
	assert_int_equal(certify_at(k, KEYS_NOW, -1, &der), -EPERM);
	assert_int_equal(certify_at(k, KEYS_NOW, INT64_MIN, &der), -EPERM);
	assert_int_equal(certify_at(k, icao(k)->until, icao(k)->until + HOUR, &der), -EPERM);
	for (enum key_purpose p = 0; p < PURPOSE_COUNT; p++) {
		const struct certify_order o = { KEYS_NOW, END };
		const struct own_key *key = keys_active(k, p, KEYS_NOW);
		assert_int_equal(keys_authority(k, key, KEYS_NOW) != NULL, p == PURPOSE_ICAO);
		if (p != PURPOSE_ICAO)
			assert_int_equal(keys_certify(k, key, &o, all.aid.arena, &der), -EPERM);
	}
	assert_null(der.ptr);
	keys_close(k);
}

/* --- the authority --- */

static struct keys *
own_set(const char *name)
{
	const char *dir = aid_keys_path(&all, name);
	struct key_request r = { .purpose = PURPOSE_CSCA_ICAO, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k;

	assert_int_equal(keys_create(dir, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new(k, &r, NULL), 0);
	r.purpose = PURPOSE_ICAO;
	assert_int_equal(keys_new(k, &r, NULL), 0);
	return k;
}

/* What an authority made that vouches no more is not given again. */
static void
test_authority_withdrawn(void **state)
{
	struct key_request r = { .purpose = PURPOSE_CSCA_ICAO, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k = own_set("withdrawn");
	struct span old, der = SPAN_NONE;

	(void)state;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &old), 0);
	assert_int_equal(keys_retire(k, SPAN_LIT("csca-icao-1"), KEYS_NOW, true), 0);
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), -ENOKEY);
	assert_null(der.ptr);
	assert_null(keys_authority(k, icao(k), KEYS_NOW));
	/* its successor does */
	assert_int_equal(keys_new(k, &r, NULL), 0);
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), 0);
	assert_false(span_eq(old, der));
	struct cert *c = certificate_of(der);
	assert_int_equal(chained(k, c, PURPOSE_CSCA_ICAO, KEYS_NOW), CHAIN_GOOD);
	cert_free(c);
	keys_close(k);
}

/* Kept elsewhere, it costs what it would certify; the rest signs. */
static void
test_authority_away(void **state)
{
	const char *dir = aid_keys_path(&all, "away");
	struct span der = SPAN_NONE;
	struct keys *k = own_set("away");
	struct signer s;

	(void)state;
	keys_close(k);
	assert_int_equal(unlink(aid_keys_path(&all, "away/csca-icao-1.key.pem")), 0);
	assert_int_equal(keys_open(dir, PASSPHRASE, &k), 0);
	assert_int_equal(keys_unlock(k, KEYS_NOW), 0);
	assert_non_null(keys_authority(k, icao(k), KEYS_NOW));
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), -ENOKEY);
	assert_int_equal(keys_signer(k, icao(k), &s), 0);
	assert_int_equal(s.sign(&s, all.aid.arena, SEAL, &der), 0);
	keys_close(k);
	/* without a passphrase nothing is made either */
	assert_int_equal(keys_open(all.dir, SPAN_NONE, &k), 0);
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), -ENOKEY);
	keys_close(k);
}

static struct signer whole;

static int
flipped(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	int r = whole.sign(self, a, bytes, out);

	if (r == 0)
		((uint8_t *)(uintptr_t)out->ptr)[7] ^= 1;
	return r;
}

static int
gone(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	(void)self, (void)a, (void)bytes, (void)out;
	return -ENODEV;
}

static void
test_authority_faulty(void **state)
{
	struct keys *k = ready();
	struct own_entry *ca = own_entry_of(keys_active(k, PURPOSE_CSCA_ICAO, KEYS_NOW));
	struct span der = SPAN_NONE;

	(void)state;
	whole = ca->raw;
	ca->raw.sign = flipped;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), -EIO);
	ca->raw.sign = gone;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), -ENODEV);
	assert_null(der.ptr);
	ca->raw = whole;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), 0);
	keys_close(k);
}

/* --- the signer's process --- */

static int
open_keys(void *arg, struct keys **out)
{
	return keys_open(arg, PASSPHRASE, out);
}

static int64_t
then(void)
{
	return KEYS_NOW;
}

static struct keys *
attached(struct signer_process **process)
{
	struct signer_setup s = { .open = open_keys,
		.arg = (void *)(uintptr_t)all.dir,
		.clock = then,
		.channels = 2,
		.timeout = 3000 };
	struct keys *k;

	assert_int_equal(signer_start(&s, process), 0);
	assert_int_equal(keys_open(all.dir, SPAN_NONE, &k), 0);
	keys_attach(k, *process);
	return k;
}

static void
test_process(void **state)
{
	struct signer_process *process;
	struct keys *k = attached(&process);
	struct span der = SPAN_NONE, again;
	struct signer s;

	(void)state;
	assert_int_equal(certify_at(k, KEYS_NOW, END, &der), 0);
	struct cert *c = certificate_of(der);
	check_like(k, c, END);
	cert_free(c);
	assert_int_equal(certify_at(k, KEYS_NOW, END, &again), 0);
	assert_true(span_eq(der, again));
	assert_null(own_entry_of(keys_active(k, PURPOSE_CSCA_ICAO, KEYS_NOW))->private);
	/* the authority signs nothing else, for whoever asks */
	der = SPAN_NONE;
	assert_int_equal(keys_signer(k, keys_active(k, PURPOSE_CSCA_ICAO, KEYS_NOW), &s), 0);
	assert_int_equal(s.sign(&s, all.aid.arena, TBS, &der), -EPERM);
	assert_int_equal(certify_at(k, KEYS_NOW, icao(k)->ends + 1, &der), -EPERM);
	assert_null(der.ptr);
	keys_close(k);
	signer_stop(process);
}

/* Messages that our own side never sends. */
static void
test_messages(void **state)
{
	static const struct {
		uint32_t purpose, name_len;
		const char *name;
		size_t len; /* of what follows */
		int64_t until;
		int error;
	} rows[] = {
		{ PURPOSE_ICAO, 6, "icao-1", 8, END, 0 },
		{ PURPOSE_ICAO, 6, "icao-1", 7, END, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 0, END, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 16, END, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-2", 8, END, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 8, KEYS_NOW, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 8, KEYS_NOW + 3653 * (int64_t)DAY, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 8, INT64_MAX, -EPERM },
		{ PURPOSE_ICAO, 6, "icao-1", 8, INT64_MIN, -EPERM },
		{ PURPOSE_SHC, 5, "shc-1", 8, END, -EPERM },
		{ PURPOSE_DCC, 5, "dcc-1", 8, END, -EPERM },
		{ PURPOSE_LIST, 6, "list-1", 8, END, -EPERM },
		{ PURPOSE_CSCA_ICAO, 11, "csca-icao-1", 8, END, -EPERM },
	};
	struct signer_process *process;
	struct keys *k = attached(&process);
	int fd = process->channels[0].fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t message[sizeof(struct wire_request) + 16] = { 0 }, in[WIRE_ANSWER_MAX];
		struct wire_request q = { 7000 + (uint32_t)i, WIRE_CERTIFY, rows[i].purpose,
			rows[i].name_len, "" };
		struct wire_answer a;
		memcpy(q.name, rows[i].name, strlen(rows[i].name));
		memcpy(message, &q, sizeof(q));
		memcpy(&message[sizeof(q)], &rows[i].until, sizeof(rows[i].until));
		ssize_t n = (ssize_t)(sizeof(q) + rows[i].len);
		assert_int_equal(send(fd, message, (size_t)n, 0), n);
		n = recv(fd, in, sizeof(in), 0);
		assert_true(n >= (ssize_t)sizeof(a));
		memcpy(&a, in, sizeof(a));
		assert_int_equal(a.id, q.id);
		assert_int_equal(a.error, rows[i].error);
		assert_int_equal(n > (ssize_t)sizeof(a), rows[i].error == 0);
	}
	keys_close(k);
	signer_stop(process);
}

/* --- many at once --- */

struct crowd {
	struct keys *keys;
	size_t number, failed;
};

static void *
certify_often(void *arg)
{
	struct crowd *c = arg;
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < 150; i++) {
		/* some ends share a place */
		int64_t until = END + (int64_t)((i * 7 + c->number) % 80) * HOUR;
		const struct certify_order o = { KEYS_NOW, until };
		struct cert *made = NULL;
		struct span der;
		if (keys_certify(c->keys, icao(c->keys), &o, a, &der) != 0 ||
			cert_from_der(der, &key_policy_default, &made) != 0 || !made ||
			cert_not_after(made) != until)
			c->failed++;
		cert_free(made);
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static void
crowd(struct keys *k)
{
	pthread_t threads[8];
	struct crowd crowds[8];

	for (size_t i = 0; i < 8; i++) {
		crowds[i] = (struct crowd){ k, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, certify_often, &crowds[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(crowds[i].failed, 0);
	}
}

static void
test_crowd(void **state)
{
	struct signer_process *process;
	struct keys *k = ready();

	(void)state;
	crowd(k);
	keys_close(k);
	k = attached(&process);
	crowd(k);
	keys_close(k);
	signer_stop(process);
}

/* --- no memory --- */

struct once {
	struct keys *keys;
	int64_t until;
};

static int
certify_once(void *arg)
{
	struct once *o = arg;
	const struct certify_order order = { KEYS_NOW, o->until += HOUR };
	struct arena *a = arena_new(1 << 20);
	struct span der;
	int r = a ? keys_certify(o->keys, icao(o->keys), &order, a, &der) : -ENOMEM;

	arena_free(a);
	return r;
}

static void
test_memory(void **state)
{
	struct once o = { ready(), END };
	struct span der;

	(void)state;
	assert_true(oom_each(certify_once, &o) > 0);
	assert_int_equal(certify_at(o.keys, KEYS_NOW, END, &der), 0);
	keys_close(o.keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_its_own),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_authority_withdrawn),
		cmocka_unit_test(test_authority_away),
		cmocka_unit_test(test_authority_faulty),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
