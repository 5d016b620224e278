/* test_gdhcn.c - lists of the WHO's network: canonical form, proof, place, usage, domain, who vouches. */
#include "codecs/base/report.h"
#include "tests/trust/aid_gdhcn.h"
#include "trust/source/gdhcn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr)

static struct world w;
static struct did_key keys[4];
static struct did_document good;
static struct span list, pin;

static int
open_world(void **state)
{
	(void)state;
	world_open(&w);
	keys[0] = (struct did_key){ &w.aq, "DCC", "ATA", "DSC" };
	keys[1] = (struct did_key){ &w.csca_aq, "DCC", "ATA", "CSCA" };
	keys[2] = (struct did_key){ &w.bv, "PH4H", "BVT", "DSC" };
	keys[3] = (struct did_key){ &w.stranger, "DCC", "XCL", "DSC" };
	good = (struct did_document){ .env = "-dev", .keys = keys, .count = 4, .by = &w.anchor };
	list = world_did(&w, &good);
	pin = world_pem(&w, w.anchor.cert);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static struct trust_input
input(struct trust_file *file, struct span text)
{
	struct trust_input in = world_input("gdhcn", file, text);

	in.env = ENV_ACCEPTANCE;
	in.domain = TRUST_WHO;
	in.pin = pin;
	return in;
}

static const char *
fault_of(struct span text)
{
	struct trust_file file;
	struct trust_input in = input(&file, text);

	return world_read(&w, &in).fault;
}

static void
test_canonical_form(void **state)
{
	struct report report;
	struct work work = { w.arena, &report, &limits_default, w.kit, WORLD_NOW };
	const struct node *root;
	struct gdhcn_document d;
	struct span document, options;
	const char *fault;

	(void)state;
	report_begin(&report, w.arena);
	assert_int_equal(node_from_json(&work, list, "list", &root), 0);
	assert_int_equal(gdhcn_form(&work, root, &d, &fault), 0);
	assert_null(fault);
	assert_int_equal(gdhcn_canonical(&work, &d, &document, &options), 0);
	assert_true(span_eq(document, world_did_quads(&w, &good)));
	assert_true(span_eq(options, world_did_options(&w, &good)));
}

static void
test_keys(void **state)
{
	struct trust_file file;
	struct trust_input in = input(&file, list);
	struct trust *t = world_build(&w, &in, 1);
	const struct trust_source_info *s = trust_source_at(t, 0);
	const struct trust_key *k = trust_key_at(t, 0);

	(void)state;
	assert_null(s->fault);
	assert_true(s->list_signed);
	assert_false(s->items_checked);
	assert_int_equal(s->issued_at, WORLD_NOW - WORLD_DAY);
	assert_int_equal(s->keys, 3); /* the authority signs nothing */
	assert_int_equal(
		s->unchecked, 2); /* only one hangs on an authority of its own participant */
	assert_true(span_is(k->authority, "AQ"));
	assert_int_equal(k->domains, GDHCN_DCC);
	assert_true(span_eq(k->kid, span_slice(cert_sha256(w.aq.cert), 0, 8)));
	assert_int_equal(trust_key_at(t, 1)->domains, GDHCN_PH4H);
	assert_true(span_is(trust_key_at(t, 2)->authority, "XCL"));
	assert_int_equal(world_find(t, ENV_ACCEPTANCE, w.csca_aq.cert), 0);
	trust_unref(t);
	in.domain = TRUST_DCC;
	assert_int_equal(world_read(&w, &in).keys, 2); /* PH4H is not for EU certificates */
	in.domain = TRUST_SHC;
	assert_string_equal(world_read(&w, &in).fault,
		"this kind of list is for EU certificates or for those of the WHO");
}

static void
test_plain_signature(void **state)
{
	struct did_document d = good;

	(void)state;
	d.plain = true;
	assert_null(fault_of(world_did(&w, &d)));
}

static const char
	form[] = "the document has not the form that documents of the network have",
	key_form[] = "a key of the document has not the form that keys of the network have",
	proof_form[] = "the document's proof has not the form that proofs of the network have",
	forged[] =
		"the document's proof is not by the pinned key: it was altered, or another made it",
	place[] = "the document is not of a place where the WHO's network publishes";

/* One text replaced in the good document. */
static void
test_altered(void **state)
{
	static const struct {
		const char *from, *to, *fault;
	} rows[] = {
		{ "#ATA", "#BVT", forged },
		{ "\"keyusage\":{\"code\":\"#CSCA\"}", "\"keyusage\":{\"code\":\"#DSC\"}", forged },
		{ "\"domain\":{\"code\":\"#PH4H\"}", "\"domain\":{\"code\":\"#DCC\"}", forged },
		{ "\"x\":\"AMEM\"", "\"x\":\"AMEN\"", forged },
		{ "\"kty\":\"EC\"", "\"kty\":\"EC\",\"alg\":\"ES256\"", forged },
		{ "2026-11-30T12", "2026-11-30T13", forged },
		{ "uaf5PR5a0bD7", "uaf5PR5a0bD8", forged },
		{ "\"proof\":{", "\"extra\":1,\"proof\":{", form },
		{ "\"proof\":{", "\"service\":[],\"proof\":{", form },
		{ "\"type\":\"JsonWebKey2020\",", "", key_form },
		{ "\"type\":\"JsonWebKey2020\"", "\"type\":\"JsonWebKey\"", key_form },
		{ "{\"code\":\"#DCC\"}", "{\"code\":\"DCC\"}", key_form },
		{ "{\"code\":\"#DCC\"}", "{\"code\":\"#\"}", key_form },
		{ "{\"code\":\"#DCC\"}", "{\"code\":\"#DCC\",\"@id\":\"x\"}", key_form },
		{ "{\"code\":\"#DCC\"}", "{\"code\":\"#D> .\"}", key_form },
		{ ":DCC:ATA:DSC#", ":DCC:ATA:DSC#A", key_form },
		{ "\"verificationMethod\":[", "\"verificationMethod\":[7,", key_form },
		{ "\"verificationMethod\":[",
			"\"verificationMethod\":[\"did:web:b\",\"did:web:b\",",
			"two keys of the document have the same name" },
		{ "\"nonce\":\"", "\"nonce\":\"\\\"", proof_form },
		{ "\"nonce\":\"", "\"expires\":\"2030-01-01T00:00:00Z\",\"nonce\":\"", proof_form },
		{ "assertionMethod", "authentication", proof_form },
		{ "eyJiNjQi", "eyJiNjQj", proof_form },
		{ "9..", "9.e30.", proof_form },
		{ "tng-participants-dev", "tng-participants-uat",
			"the document's proof is made in the name of another signer than that of "
			"its "
			"environment" },
		{ "\"proof\"", "\"Proof\"", "the document carries no proof" },
		{ "v1-DEV.jsonld", "v1.jsonld", form },
		{ "ns/did/v1", "ns/did/v2", form },
		{ "\"id\":\"did:web:tng-cdn-dev.who.int:v2",
			"\"id\":\"did:web:tng-cdn-dev.who.int.evil:v2", place },
		{ "\"id\":\"did:web:tng-cdn-dev.who.int:v2",
			"\"id\":\"did:web:tng-cdn-uat.who.int:v2", form },
		{ "\"controller\":\"did:web:tng-cdn-dev", "\"controller\":\"did:web:tng-cdn-uat",
			form },
		{ "\"id\":\"did:web:tng-cdn-dev.who.int:v2:trustlist\"",
			"\"id\":\"did:web:tng-cdn-dev.who.int:trustlist\"",
			"the document is of version 1, whose proof nobody can check: take version "
			"2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *fault = fault_of(world_swap(&w, list, rows[i].from, rows[i].to));
		if (!fault || strcmp(fault, rows[i].fault) != 0)
			fail_msg("%s -> %s: %s", rows[i].from, rows[i].to, fault ? fault : "taken");
	}
}

/* Signed in order, by whom it may be, and yet not to be taken here. */
static void
test_place_and_time(void **state)
{
	struct trust_file file;
	struct trust_input in;
	struct did_document d = good;

	(void)state;
	d.env = "";
	assert_string_equal(fault_of(world_did(&w, &d)),
		"the document is of another environment of the network than its source");
	in = input(&file, world_did(&w, &d));
	in.env = ENV_PRODUCTION;
	assert_null(world_read(&w, &in).fault);
	in = input(&file, list);
	in.env = ENV_PRODUCTION;
	assert_string_equal(world_read(&w, &in).fault,
		"the document is of another environment of the network than its source");
	d = good;
	d.created = "2026-12-03T00:00:00Z";
	assert_string_equal(
		fault_of(world_did(&w, &d)), "the document says that it was made in the future");
	d = good;
	d.by = &w.stranger;
	assert_string_equal(fault_of(world_did(&w, &d)), forged);
	in = input(&file, list);
	in.pin = SPAN_NONE;
	assert_string_equal(world_read(&w, &in).fault,
		"this kind of list is not taken without the key of its proofs as pin");
}

static void
test_references(void **state)
{
	struct did_document d = good;
	struct trust_file file;

	(void)state;
	d.reference = "did:web:tng-cdn-dev.who.int:trustlist";
	struct trust_input in = input(&file, world_did(&w, &d));
	assert_int_equal(world_read(&w, &in).keys, 3);
	d.count = 0;
	assert_string_equal(fault_of(world_did(&w, &d)),
		"the document only refers to others, which are not followed: take one with keys");
}

/* The same key in two documents and two domains counts once, for both. */
static void
test_merged(void **state)
{
	struct did_key other = { &w.aq, "ICVP", "ATA", "DSC" };
	struct did_document d = good;
	struct trust_file files[3] = { { SPAN_LIT("a"), list }, { SPAN_LIT("b"), list } };

	(void)state;
	d.keys = &other;
	d.count = 1;
	d.created = "2026-11-29T12:00:00Z";
	files[2] = (struct trust_file){ SPAN_LIT("c"), world_did(&w, &d) };
	struct trust_input in = input(&files[0], list);
	in.file_count = 3;
	struct trust *t = world_build(&w, &in, 1);
	assert_null(trust_source_at(t, 0)->fault);
	assert_int_equal(trust_key_count(t), 3);
	assert_int_equal(trust_key_at(t, 0)->domains, GDHCN_DCC | GDHCN_ICVP);
	assert_int_equal(trust_source_at(t, 0)->issued_at, WORLD_NOW - 2 * WORLD_DAY);
	trust_unref(t);
}

static void
test_countersigned(void **state)
{
	struct trust_file files[2] = { { SPAN_LIT("did.json"), list } };
	struct trust_source_info s;

	(void)state;
	files[1] = (struct trust_file){ SPAN_LIT("TNG_TA.json"),
		world_countersigned(&w, &w.csca_aq, &w.upload_aq) };
	struct trust_input in = input(&files[0], list);
	in.file_count = 2;
	in.anchors = world_pem(&w, w.upload_aq.cert);
	s = world_read(&w, &in);
	assert_null(s.fault);
	assert_true(s.items_checked);
	assert_int_equal(s.keys, 1); /* what hangs on the countersigned authority */
	in.file_count = 1;
	assert_string_equal(world_read(&w, &in).fault, "the list holds no signer at all");
	in.file_count = 2;
	in.anchors = world_pem(&w, w.upload_bv.cert);
	s = world_read(&w, &in);
	assert_string_equal(s.fault, "a certificate is not countersigned by any of the anchors");
	in.anchors = SPAN_NONE;
	assert_int_equal(world_read(&w, &in).keys, 3); /* nobody asked for it */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical_form),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_plain_signature),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_place_and_time),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_countersigned),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
