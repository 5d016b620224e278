/* test_did.c - DIDs to keys: identifiers, documents in all their forms, and lists of issuers made of them. */
#include "codecs/tree/node.h"
#include "tests/aid/aid.h"
#include "tests/trust/aid_trust.h"
#include "trust/did/did.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ED_KEY "z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"
#define ED     "did:key:" ED_KEY
#define P256   "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
#define ED_58  "4zvwRjXUKGfvwnParsHAS3HuSVzV5cA4McphgmoCtajS"
/* {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"} */
#define JWK_OKP                                                                                    \
	"did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2" \
	"UGFwaU1scndJYWFQY0hVUm8ifQ"
/* the same with "d":"AA", and {"kty":"oct","k":"AA"} */
#define JWK_SECRET "did:jwk:eyJrdHkiOiJPS1AiLCJkIjoiQUEifQ"

static void
identifiers(void **state)
{
	static const struct {
		const char *did;
		enum did_fault fault;
	} rows[] = {
		{ ED, DID_OK },
		{ "did:key:1:" ED_KEY, DID_OK },
		{ "did:key:1.1:" ED_KEY, DID_OK },
		{ "did:key:2:" ED_KEY, DID_SYNTAX },
		{ "did:key::" ED_KEY, DID_SYNTAX },
		{ ED "#" ED_KEY, DID_SYNTAX },
		{ ED "?x", DID_SYNTAX },
		{ ED " ", DID_SYNTAX },
		{ "did:key:", DID_SYNTAX },
		{ "did:key:z", DID_SYNTAX },
		{ "Did:key:" ED_KEY, DID_SYNTAX },
		{ "did:web:a.example", DID_METHOD },
		{ "did:keyx:" ED_KEY, DID_METHOD },
		{ JWK_OKP, DID_OK },
		{ JWK_OKP "=", DID_SYNTAX },
		{ JWK_OKP "#0", DID_SYNTAX },
		{ JWK_SECRET, DID_KEY },
		{ "did:jwk:W10", DID_SYNTAX }, /* [] */
		{ "did:jwk:e30", DID_KEY }, /* {} */
		{ "", DID_SYNTAX },
	};
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum did_fault fault = DID_DOCUMENT;
		struct did_document doc = { 0 };

		assert_int_equal(
			did_resolve(&w.work, span_of(rows[i].did), &did_key_policy, &doc, &fault),
			0);
		if (fault != rows[i].fault)
			fail_msg("%s: %d", rows[i].did, fault);
		if (fault != DID_OK)
			continue;
		assert_true(span_is(doc.id, rows[i].did));
		assert_true(span_starts(doc.methods->id, doc.id));
		assert_non_null(doc.methods->key);
	}
	assert_false(report_failed(&w.report)); /* nothing is said of the document in hand */
	aid_end(&w);
}

static struct did_document
document(struct aid_work *w, const char *before, const char *method, const char *after)
{
	enum did_fault fault = DID_OK;
	struct did_document doc = { 0 };
	const struct node *root;
	char *text = (char *)arena_bytes(w->arena, 4096);

	snprintf(text, 4096, "%s%s%s", before, method, after);
	assert_int_equal(node_from_json(&w->work, span_of(text), "json", &root), 0);
	assert_non_null(root);
	assert_int_equal(
		did_document_read(&w->work, root, SPAN_NONE, &did_key_policy, &doc, &fault), 0);
	assert_int_equal(fault, DID_OK);
	return doc;
}

#define BEFORE                                                                                 \
	"{\"id\":\"did:web:a.example\",\"verificationMethod\":[{\"id\":\"#k\",\"controller\":" \
	"\"did:web:a.example\","
#define AFTER "}],\"assertionMethod\":[\"did:web:a.example#k\"]}"

static void
materials(void **state)
{
	static const struct {
		const char *method;
		const char *type; /* NULL: no key */
	} rows[] = {
		{ "\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED_KEY "\"", "Ed25519" },
		{ "\"type\":\"Multikey\",\"publicKeyMultibase\":\"" P256 "\"", "EC P-256" },
		{ "\"type\":\"Multikey\",\"publicKeyMultibase\":\"u7QE\"", NULL },
		{ "\"type\":\"Multikey\",\"publicKeyBase58\":\"" ED_58 "\"", NULL },
		{ "\"type\":\"Ed25519VerificationKey2020\",\"publicKeyMultibase\":\"" ED_KEY "\"",
			"Ed25519" },
		{ "\"type\":\"Ed25519VerificationKey2020\",\"publicKeyMultibase\":\"" P256 "\"",
			NULL },
		{ "\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\"" ED_58 "\"",
			"Ed25519" },
		{ "\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\"2g\"", NULL },
		{ "\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\"" ED_58
		  "\",\"publicKeyMultibase\":\"" ED_KEY "\"",
			NULL },
		{ "\"type\":\"JsonWebKey2020\",\"publicKeyJwk\":{\"kty\":\"oct\",\"k\":\"AA\"}",
			NULL },
		{ "\"type\":\"JsonWebKey2020\",\"publicKeyJwk\":\"x\"", NULL },
		{ "\"type\":\"RsaVerificationKey2018\",\"publicKeyPem\":\"-----BEGIN PUBLIC "
		  "KEY-----\"",
			NULL },
		{ "\"type\":\"RsaVerificationKey2018\",\"publicKeyPem\":7", NULL },
		{ "\"type\":\"RsaVerificationKey2018\",\"publicKeyPem\":\"\"", NULL },
		{ "\"type\":\"Bls12381G2Key2020\",\"publicKeyBase58\":\"" ED_58 "\"", NULL },
		{ "\"type\":\"Multikey\"", NULL },
		{ "\"type\":7,\"publicKeyMultibase\":\"" ED_KEY "\"", NULL },
	};
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct did_document doc = document(&w, BEFORE, rows[i].method, AFTER);

		assert_int_equal(doc.count, 1);
		assert_true(span_is(doc.methods->id, "did:web:a.example#k"));
		assert_int_equal(doc.methods->purposes, DID_ASSERTION);
		if ((doc.methods->key != NULL) != (rows[i].type != NULL))
			fail_msg("%s", rows[i].method);
		if (rows[i].type)
			assert_string_equal(key_type(doc.methods->key), rows[i].type);
	}
	aid_end(&w);
}

#define METHOD(id, who, more)                                            \
	"{\"id\":\"" id "\",\"type\":\"Multikey\",\"controller\":\"" who \
	"\",\"publicKeyMultibase\":\"" ED_KEY "\"" more "}"
#define A "did:web:a.example"

/* Who may vouch: by relationship, controller, name, time. */
static void
relationships(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		unsigned purposes;
		bool foreign, key;
		int64_t until;
	} rows[] = {
		{ "\"verificationMethod\":[" METHOD("#k", A, "") "]", 1, 0, false, true,
			TIME_NONE },
		{ "\"verificationMethod\":[" METHOD(A "#k", A, "") "],\"authentication\":[\"#k\"]",
			1, DID_AUTHENTICATION, false, true, TIME_NONE },
		{ "\"publicKey\":[" METHOD("#k", A, "") "],\"assertionMethod\":[\"#k\"]", 1,
			DID_ASSERTION, false, true, TIME_NONE },
		{ "\"assertionMethod\":[" METHOD("#k", A, "") "]", 1, DID_ASSERTION, false, true,
			TIME_NONE },
		{ "\"assertionMethod\":[" METHOD("#k", "did:web:b.example", "") "]", 1,
			DID_ASSERTION, true, true, TIME_NONE },
		{ "\"assertionMethod\":[" METHOD("did:web:b.example#k", A, "") "]", 0, 0, false,
			false, TIME_NONE },
		{ "\"assertionMethod\":[" METHOD(A ".evil#k", A, "") "]", 0, 0, false, false,
			TIME_NONE },
		{ "\"assertionMethod\":[" METHOD(
			  "#k", A, ",\"revoked\":\"2025-06-01T00:00:00Z\"") "]",
			1, DID_ASSERTION, false, true, 1748736000 },
		{ "\"assertionMethod\":[" METHOD("#k", A,
			  ",\"revoked\":\"2025-06-01T00:00:00Z\",\"expires\":\"never\"") "]",
			1, DID_ASSERTION, false, true, 1 },
		{ "\"verificationMethod\":[" METHOD("#k", A, "") "," METHOD("#k", A, "") "]", 1, 0,
			false, false, TIME_NONE },
		{ "\"verificationMethod\":{},\"assertionMethod\":[7,\"#none\",null]", 0, 0, false,
			false, TIME_NONE },
	};
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct did_document doc = document(&w, "{\"id\":\"" A "\",", rows[i].text, "}");

		if (doc.count != rows[i].count)
			fail_msg("row %zu: %zu methods", i, doc.count);
		if (doc.count == 0)
			continue;
		assert_int_equal(doc.methods->purposes, rows[i].purposes);
		assert_int_equal(doc.methods->foreign, rows[i].foreign);
		assert_int_equal(doc.methods->key != NULL, rows[i].key);
		assert_int_equal(doc.methods->until, rows[i].until);
	}
	aid_end(&w);
}

/* --- lists --- */

struct list_row {
	const char *text, *issuer;
	const char *iss, *kid; /* what is looked for */
	size_t keys, issuers, found;
};

static void
check_list(struct world *w, const struct list_row *row, size_t index)
{
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_VC };
	struct key_hint hint = { span_of(row->iss), span_of(row->kid), SPAN_NONE };
	const struct trust_key *found[2];
	struct trust_file f;
	struct trust_input in = world_input("", &f, span_of(row->text));

	in.domain = TRUST_VC;
	in.issuer = span_of(row->issuer);
	struct trust *t = world_build(w, &in, 1);
	const struct trust_source_info *info = trust_source_at(t, 0);
	bool right = !info->fault && info->keys == row->keys && info->issuers == row->issuers &&
		     trust_find(t, scope, &hint, found, 2) == row->found;
	if (!right)
		fail_msg("row %zu: %s, %zu keys, %zu issuers", index,
			info->fault ? info->fault : "", info->keys, info->issuers);
	trust_unref(t);
}

static void
lists(void **state)
{
	static const struct list_row rows[] = {
		{ "# who\n\n" ED "\n", NULL, ED, ED "#" ED_KEY, 1, 1, 1 },
		{ ED "\n", NULL, "did:web:other", ED "#" ED_KEY, 1, 1, 0 },
		{ ED "\n", NULL, ED, ED, 1, 1, 0 },
		{ "https://a.example/ " ED "\n", NULL, "https://a.example/", ED "#" ED_KEY, 1, 1,
			1 },
		{ "https://a.example/ " ED "\n", NULL, ED, ED "#" ED_KEY, 1, 1, 0 },
		{ ED "\n" JWK_OKP "\ndid:web:b.example\nnonsense\n", NULL, JWK_OKP, JWK_OKP "#0", 2,
			3, 1 },
		{ "{\"id\":\"" A "\",\"verificationMethod\":[" METHOD(
			  "#no", A, "") "],"
					"\"assertionMethod\":[" METHOD("#k", A, "") "]}",
			NULL, A, A "#k", 1, 1, 1 },
		{ "{\"id\":\"" A "\",\"verificationMethod\":[" METHOD(
			  "#no", A, "") "],"
					"\"assertionMethod\":[" METHOD("#k", A, "") "]}",
			NULL, A, A "#no", 1, 1, 0 },
		{ "{\"id\":\"did:india\",\"verificationMethod\":[],\"assertionMethod\":[" METHOD(
			  "did:india", "did:india", "") "]}",
			"https://cowin.gov.in/", "https://cowin.gov.in/", "did:india", 1, 1, 1 },
		{ "{\"id\":\"" A "\",\"deactivated\":true,\"verificationMethod\":[],"
		  "\"assertionMethod\":[" METHOD("#k", A, "") "]}",
			NULL, A, A "#k", 0, 1, 0 },
	};
	struct world w;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_list(&w, &rows[i], i);
	world_close(&w);
}

#define RESOLVER "https://r.example/1.0/identifiers/"

static void
addresses(void **state)
{
	static const struct {
		const char *did, *resolver, *url; /* NULL: none */
	} rows[] = {
		{ "did:web:a.example", NULL, "https://a.example/.well-known/did.json" },
		{ "did:web:a.example:b", RESOLVER, "https://a.example/b/did.json" },
		{ "did:web:a.example:", RESOLVER, NULL },
		{ "did:web:a.example#k", RESOLVER, NULL },
		{ "did:ion:x", NULL, NULL },
		{ "did:ion:x", RESOLVER, RESOLVER "did:ion:x" },
		{ "did:ion:%2Fx", RESOLVER, RESOLVER "did:ion:%252Fx" },
		{ "did:ion:a;b=c&d", RESOLVER, RESOLVER "did:ion:a%3Bb%3Dc%26d" },
		{ "did:ion:x?a=b", RESOLVER, NULL },
		{ "did:ion:../x", RESOLVER, NULL },
		{ ED, RESOLVER, NULL },
		{ JWK_OKP, RESOLVER, NULL },
		{ "https://a.example/", RESOLVER, NULL },
		{ "", RESOLVER, NULL },
	};
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span url;
		assert_int_equal(
			did_url(w.arena, span_of(rows[i].did), span_of(rows[i].resolver), &url), 0);
		if ((url.ptr != NULL) != (rows[i].url != NULL) ||
			(url.ptr && !span_is(url, rows[i].url)))
			fail_msg("%s: %.*s", rows[i].did, (int)url.len, (const char *)url.ptr);
	}
	aid_end(&w);
}

/* Which of them is named without its document: whichever list has it, it is at hand. */
static void
named_or_at_hand(void **state)
{
	static const char names[] = A "\ndid:web:b.example\nhttps://c.example/ " A "\n" ED "\n";
	static const struct {
		const char *iss, *did;
		bool alone, beside; /* asked for without, and with the document in another list */
	} rows[] = {
		{ A, A, true, false },
		{ "did:web:b.example", "did:web:b.example", true, true },
		{ "https://c.example/", A, true, true }, /* the document is not for that issuer */
		{ "https://c.example/", "https://c.example/", false, false },
		{ A, "did:web:b.example", false, false },
		{ A, "", false, false },
		{ ED, ED, false, false },
		{ "did:web:z.example", "did:web:z.example", false, false },
	};
	struct trust_scope scope = { ENV_PRODUCTION, TRUST_VC };
	struct trust_file f[2];
	struct trust_input in[2];
	struct world w;

	(void)state;
	world_open(&w);
	in[0] = world_input("", &f[0], SPAN_LIT(names));
	in[1] = world_input("", &f[1],
		SPAN_LIT("{\"id\":\"" A "\",\"assertionMethod\":[" METHOD("#k", A, "") "]}"));
	in[1].name = SPAN_LIT("documents");
	in[0].domain = in[1].domain = TRUST_VC;
	for (size_t lists = 1; lists <= 2; lists++) {
		struct trust *t = world_build(&w, in, lists);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			const struct trust_issuer *who = trust_issuer_did(
				t, scope, span_of(rows[i].iss), span_of(rows[i].did));
			if ((who != NULL) != (lists == 1 ? rows[i].alone : rows[i].beside))
				fail_msg("row %zu, %zu lists", i, lists);
			if (who)
				assert_ptr_equal(who->source, trust_source_at(t, 0));
		}
		trust_unref(t);
	}
	world_close(&w);
}

static void
other_domains(void **state)
{
	struct trust_file f;
	struct world w;

	(void)state;
	world_open(&w);
	struct trust_input in = world_input("", &f, SPAN_LIT(ED "\n"));
	assert_non_null(world_read(&w, &in).fault);
	in.domain = TRUST_VC;
	assert_null(world_read(&w, &in).fault);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identifiers),
		cmocka_unit_test(materials),
		cmocka_unit_test(relationships),
		cmocka_unit_test(lists),
		cmocka_unit_test(addresses),
		cmocka_unit_test(named_or_at_hand),
		cmocka_unit_test(other_domains),
	};

	return cmocka_run_group_tests_name("did", tests, NULL, NULL);
}
