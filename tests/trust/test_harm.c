/* test_harm.c - every form of list cut at every place, bent at many, and read without memory. */
#include "tests/aid/oom.h"
#include "tests/trust/aid_gdhcn.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct world w;

/* One of each form, complete: files, pin, anchors, and the keys that it gives. */
struct form {
	const char *kind;
	struct trust_file files[2];
	struct trust_input in;
	size_t keys;
	bool whole; /* one byte less and nothing is left of it */
};

enum { FORMS = 16 };

static struct form forms[FORMS];
static size_t form_count;

static void
add_form(const char *kind, struct span list, struct span pin, size_t keys, bool whole)
{
	struct form *f = &forms[form_count++];

	f->in = world_input(kind, &f->files[0], list);
	f->in.pin = pin;
	f->kind = kind;
	f->keys = keys;
	f->whole = whole;
}

/* Of SMART Health Cards. */
static void
add_card_forms(void)
{
	struct world_key k = { 0 };
	struct span snapshot = world_snapshot(&w);

	assert_int_equal(private_new(PRIVATE_P521, &k.key), 0);
	world_mint(&w, &k, "EU", NULL, false);
	add_form("vci-snapshot", snapshot, SPAN_NONE, 2, true);
	add_form("vci-snapshot", snapshot, world_pem(&w, k.cert), 2, true);
	forms[form_count - 1].files[1] = (struct trust_file){ SPAN_LIT("sig"),
		world_ecdsa_der(&w, snapshot, &k) };
	forms[form_count - 1].in.file_count = 2;
	struct span keys = world_print(&w, "{\"keys\":[%s,%s]}",
		(const char *)world_card_jwk(&w, &w.aq).ptr,
		(const char *)world_card_jwk(&w, &w.bv).ptr);
	add_form("issuer-keys", keys, SPAN_NONE, 2, true);
	forms[form_count - 1].in.issuer = SPAN_LIT("https://a.example");
	add_form("rid-list",
		SPAN_LIT("{\"kid\":\"k\",\"method\":\"rid\",\"ctr\":1,\"rids\":[\"a\",\"b.1\"]}"),
		SPAN_NONE, 0, true);
	forms[form_count - 1].in.issuer = SPAN_LIT("https://a.example");
	struct span directory = SPAN_LIT("{\"participating_issuers\":[{\"iss\":"
					 "\"https://a.example\",\"name\":\"A\"},"
					 "{\"iss\":\"https://b.example\"}]}");
	add_form("vci-directory", directory, SPAN_NONE, 0, true);
	add_form("vci-directory", directory, SPAN_NONE, 0, true);
	forms[form_count - 1].files[1] = (struct trust_file){ SPAN_LIT("metadata"),
		SPAN_LIT("{\"issuer_metadata\":[{\"canonical_iss\":\"https://a.example\","
			 "\"label\":\"State of A\"}]}") };
	forms[form_count - 1].in.file_count = 2;
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&w);
	struct span pin = world_pem(&w, w.anchor.cert), gateway = world_gateway(&w);
	struct span object = world_print(&w, "{\"certificates\":%s}", (const char *)gateway.ptr);
	struct span cbor = world_cbor(&w);

	add_form("dgcg", gateway, SPAN_NONE, 3, true);
	add_form("dgcg", gateway, pin, 3, true);
	add_form("de", world_signed_line(&w, object, &w.anchor), pin, 3, true);
	add_form("nl", world_nl(&w, world_nl_payload(&w), &w.anchor), pin, 3, true);
	add_form("nl", world_nl_payload(&w), SPAN_NONE, 3, true);
	add_form("jwks", world_jwks(&w), SPAN_NONE, 2, true);
	add_form("at", cbor, pin, 3, true);
	forms[form_count - 1].files[1] = (struct trust_file){ SPAN_LIT("cose"),
		world_cose(&w, cbor, WORLD_NOW - WORLD_DAY, WORLD_NOW + WORLD_DAY) };
	forms[form_count - 1].in.file_count = 2;
	add_form("certificates", world_join(&w, world_pem(&w, w.aq.cert), world_pem(&w, w.bv.cert)),
		SPAN_NONE, 2, false);
	forms[form_count - 1].in.anchors = world_join(
		&w, world_pem(&w, w.csca_aq.cert), world_pem(&w, w.csca_bv.cert));
	const struct did_key signers[] = { { &w.aq, "DCC", "ATA", "DSC" },
		{ &w.bv, "DCC", "BVT", "DSC" } };
	struct did_document did = { .env = "", .keys = signers, .count = 2, .by = &w.anchor };
	add_form("gdhcn", world_did(&w, &did), pin, 2, true);
	add_form("eu-revocation",
		SPAN_LIT("{\"country\":\"AQ\",\"expires\":\"2027-01-01T00:00:00Z\",\"kid\":"
			 "\"UNKNOWN_KID\",\"hashType\":\"UCI\",\"entries\":[{\"hash\":"
			 "\"AAECAwQFBgcICQoLDA0ODw==\"}]}"),
		SPAN_NONE, 0, true);
	add_card_forms();
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

/* Each is complete to begin with, and recognised without its kind. */
static void
test_whole(void **state)
{
	(void)state;
	assert_int_equal(form_count, FORMS);
	for (size_t i = 0; i < FORMS; i++) {
		struct trust_input in = forms[i].in;
		in.kind = SPAN_NONE;
		struct trust_source_info s = world_read(&w, &in);
		if (s.fault)
			fail_msg("%s: %s", forms[i].kind, s.fault);
		assert_true(span_is(s.kind, forms[i].kind));
		assert_int_equal(s.keys, forms[i].keys);
	}
}

/* A shorter list is never taken, and a list in parts never gives more than the whole. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		struct form *f = &forms[i];
		struct span whole = f->files[0].bytes;
		size_t step = 1 + whole.len / 400;
		for (size_t n = 0; n < whole.len; n += n + 40 < whole.len ? step : 1) {
			/* a copy of its own: reading past its end is found by the sanitizers */
			uint8_t *copy = malloc(n + 1);
			assert_non_null(copy);
			memcpy(copy, whole.ptr, n);
			f->files[0].bytes = (struct span){ copy, n };
			struct trust_source_info s = world_read(&w, &f->in);
			free(copy);
			if (f->whole ? !s.fault : s.keys > f->keys)
				fail_msg("%s cut at %zu: %zu keys", f->kind, n, s.keys);
		}
		f->files[0].bytes = whole;
	}
}

/* One bit in a signed list costs the list; in others it may cost a key, or change what nobody signed. */
static void
test_bent(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		struct form *f = &forms[i];
		struct span whole = f->files[0].bytes;
		bool list_signed = world_read(&w, &f->in).list_signed;
		uint8_t *copy = malloc(whole.len);
		assert_non_null(copy);
		memcpy(copy, whole.ptr, whole.len);
		f->files[0].bytes.ptr = copy;
		for (size_t n = 0; n < whole.len; n += 1 + whole.len / 250) {
			copy[n] ^= (uint8_t)(1u << n % 8);
			struct trust_source_info s = world_read(&w, &f->in);
			copy[n] ^= (uint8_t)(1u << n % 8);
			/* the Dutch envelope has members that no signature covers */
			bool envelope = strcmp(f->kind, "nl") == 0 && s.keys == f->keys;
			if (s.keys > f->keys + 1 || (list_signed && !s.fault && !envelope))
				fail_msg("%s bent at %zu: %zu keys", f->kind, n, s.keys);
		}
		f->files[0].bytes = whole;
		free(copy);
	}
}

/* One build with its n-th allocation failing; false once a build asks for fewer. */
static bool
build_without(const struct form *f, size_t n, bool onwards, size_t *most)
{
	struct trust *t = NULL;

	oom_arm(n, onwards);
	int r = world_try(&w, &f->in, 1, &t);
	oom_disarm();
	if (r != 0) {
		assert_int_equal(r, -ENOMEM);
		assert_null(t);
		return oom_hit();
	}
	const struct trust_source_info *s = trust_source_at(t, 0);
	assert_int_equal(s->fault != NULL, trust_key_count(t) + s->issuers + s->rid_lists == 0);
	*most = s->keys > *most ? s->keys : *most;
	trust_unref(t);
	return oom_hit();
}

/* Allocations failing, the first ones each in turn, later ones in growing steps: no crash, no leak, and
 * never more trust. */
static void
test_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		size_t most = 0;
		for (size_t n = 1; build_without(&forms[i], n, false, &most); n += 1 + n / 40)
			build_without(&forms[i], n, true, &most);
		assert_int_equal(most, forms[i].keys);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
