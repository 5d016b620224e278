/* gdhcn_conformance_cases.c - the checks that follow from the requirements of the WHO's network, each run or named.
 *
 * Read: checks.ndjson ({id, title}); lists of the corpus who-gdhcn-trust beside this one.  A check is run as rows of
 * gdhcn_rows.def on certificates of our own, as lists below, or in another suite; else it stands in
 * gdhcn_elsewhere.def with the reason.
 */
#include "codecs/base/arena.h"
#include "conformance/adapters/who_mint.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter gdhcn_conformance_cases_adapter;

enum { LIST_CLOCK = 1787500800 /* 2026-08-23 */ };

#define PLAIN              \
	{                  \
		.claim = 0 \
	}

static const struct mint_row rows[] = {
#include "conformance/adapters/gdhcn_rows.def"
};

/* By id or the beginning of one. */
static const struct {
	const char *id;
	enum outcome outcome;
	const char *why;
} elsewhere[] = {
#include "conformance/adapters/gdhcn_elsewhere.def"
};

/* --- lists --- */

static const struct list_row {
	const char *id, *what, *path;
	const char *from, *to; /* NULL: as published */
	bool production;
	bool other_pin; /* that of another environment */
	const char *fault; /* what it must say; NULL: it is taken */
} lists[] = {
	{ "TRUST-01", "a good proof", "dev/v2/trustlist", NULL, NULL, false, false, NULL },
	{ "TRUST-01", "a changed key", "dev/v2/trustlist", "\"#DSC\"", "\"#UP\"", false, false,
		"proof" },
	{ "TRUST-01", "no proof", "dev/v2/trustlist", "\"proof\"", "\"prof\"", false, false,
		"no proof" },
	{ "TRUST-01", "another's proof", "dev/v2/trustlist", NULL, NULL, false, true, "proof" },
	{ "TRUST-02", "an ASN.1 signature in the proof", "uat/v2/trustlist", NULL, NULL, false,
		true, NULL },
	{ "TRUST-03", "the development network in production", "dev/v2/trustlist", NULL, NULL, true,
		false, "environment" },
	{ "TRUST-03", "another place", "dev/v2/trustlist",
		"\"did:web:tng-cdn-dev.who.int:v2:trustlist\"",
		"\"did:web:example.com:v2:trustlist\"", false, false, "not of a place" },
	{ "TRUST-03", "references are not followed", "dev/v2/trustlist-ref", NULL, NULL, false,
		false, "only refers" },
	{ "TRUST-04", "from the future", "dev/v2/trustlist", "\"created\":\"2026-",
		"\"created\":\"2027-", false, false, "future" },
	{ "TRUST-05", "keys out of their certificates", "prod/v2/trustlist", NULL, NULL, true, true,
		NULL },
	{ "TRUST-06", "curves beside P-256, some unnamed", "prod/v2/trustlist", NULL, NULL, true,
		true, NULL },
	{ "TRUST-08", "authorities alone", "dev/v2/trustlist/-/XXK/SCA", NULL, NULL, false, false,
		"no signer at all" },
	{ "TRUST-14", "malformed certificates among others", "prod/v2/trustlist", NULL, NULL, true,
		true, NULL },
	{ "TRUST-22", "version 1", "dev/trustlist", NULL, NULL, false, false, "version 1" },
	{ "TNG-08", "a document of its schema", "dev/v2/trustlist", NULL, NULL, false, false,
		NULL },
	{ "TNG-08", "with a member more", "dev/v2/trustlist", "\"proof\"",
		"\"service\":[],\"proof\"", false, false, "form" },
};

struct pins {
	struct arena *arena;
	struct span prod, uat, dev;
};

static int
read_pins(struct suite *s, struct pins *p)
{
	struct span text, did;

	if (suite_read(s, "../who-gdhcn-trust/proof-keys.json", &text) != 0 ||
		suite_read(s, "../who-gdhcn-trust/did-dev-signer.json", &did) != 0)
		return -1;
	json_t *keys = dcc_json(text), *signer = dcc_json(did);
	const json_t *method = json_array_get(json_object_get(signer, "verificationMethod"), 0);
	p->prod = who_spki(s, p->arena, json_object_get(keys, "prod"));
	p->uat = who_spki(s, p->arena, json_object_get(keys, "uat"));
	p->dev = who_spki(s, p->arena, json_object_get(method, "publicKeyJwk"));
	json_decref(keys);
	json_decref(signer);
	return 0;
}

/* Every occurrence of one text by another. */
static struct span
changed(struct arena *a, struct span text, const char *from, const char *to)
{
	struct buf b = buf_in(a, SIZE_MAX);
	const uint8_t *at;

	if (!from)
		return text;
	while (text.len > 0 && (at = memmem(text.ptr, text.len, from, strlen(from))) != NULL) {
		size_t n = (size_t)(at - text.ptr);
		buf_add(&b, span_slice(text, 0, n));
		buf_str(&b, to);
		text = span_from(text, n + strlen(from));
	}
	buf_add(&b, text);
	return buf_span(&b);
}

static struct span
pin_of(const struct pins *p, const struct list_row *row)
{
	bool dev = strncmp(row->path, "dev/", 4) == 0, uat = strncmp(row->path, "uat/", 4) == 0;

	if (dev)
		return row->other_pin ? p->uat : p->dev;
	return uat ? p->uat : p->prod;
}

/* Each key is found by the first octets of its certificate's digest; so it is throughout production. */
static bool
identified(const struct trust *t)
{
	for (size_t i = 0; i < trust_key_count(t); i++) {
		const struct trust_key *k = trust_key_at(t, i);
		if (!span_eq(k->kid, span_slice(cert_sha256(k->cert), 0, 8)))
			return false;
	}
	return trust_key_count(t) > 0;
}

static int
list_row(struct suite *s, const struct pins *p, const struct list_row *row)
{
	char path[128], id[160];
	struct span text;
	struct trust *t = NULL;

	snprintf(path, sizeof(path), "../who-gdhcn-trust/cdn/%s/did.json", row->path);
	snprintf(id, sizeof(id), "%s %s", row->id, row->what);
	int r = suite_read(s, path, &text);
	if (r != 0)
		return r;
	struct trust_file file = { SPAN_LIT("did.json"),
		changed(p->arena, text, row->from, row->to) };
	struct trust_input in = { .name = SPAN_LIT("list"),
		.kind = SPAN_LIT("gdhcn"),
		.env = row->production ? ENV_PRODUCTION : ENV_ACCEPTANCE,
		.domain = TRUST_WHO,
		.files = &file,
		.file_count = 1,
		.pin = pin_of(p, row),
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	w->now = LIST_CLOCK;
	if ((r = trust_build(w, &in, 1, &t)) != 0)
		return r;
	const char *fault = trust_source_at(t, 0)->fault;
	bool good = row->fault ? fault && strstr(fault, row->fault)
			       : !fault && (!row->production || identified(t));
	suite_tell(s, id, good ? CASE_PASS : CASE_FAIL, "%s", fault ? fault : "taken");
	trust_unref(t);
	return 0;
}

static int
run_lists(struct suite *s)
{
	struct pins p = { .arena = arena_new(64 << 20) };
	int r = p.arena ? 0 : -1;

	if (r == 0 && read_pins(s, &p) != 0)
		suite_tell(
			s, "lists", CASE_SKIP, "the corpus who-gdhcn-trust is not beside this one");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && r == 0 && p.dev.ptr; i++)
		r = list_row(s, &p, &lists[i]);
	arena_free(p.arena);
	return r;
}

/* --- operation --- */

static void
taxonomy(struct suite *s)
{
	bool good = true;

	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++)
		good = good && reason_code(i)[0] && reason_text(i)[0] &&
		       reason_named(span_of(reason_code(i))) == i;
	suite_tell(s, "OPS-01 a closed list of reasons", good ? CASE_PASS : CASE_FAIL,
		"two reasons share a code, or one has none");
}

/* Whether a check is spoken of at all. */
static const char *
speaks_of(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0)
			return "run";
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(lists[i].id, id) == 0)
			return "run";
	return strcmp(id, "OPS-01") == 0 ? "run" : NULL;
}

struct count {
	long long checks, run;
};

static int
check(struct suite *s, const json_t *row, void *arg)
{
	struct count *c = arg;
	const char *id = json_string_value(json_object_get(row, "id"));

	c->checks++;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i].id, id) == 0) {
			suite_tell(s, id, elsewhere[i].outcome, "%s", elsewhere[i].why);
			c->run += elsewhere[i].outcome == CASE_EXCEPTION;
			return 0;
		}
	c->run += speaks_of(id) != NULL;
	if (!speaks_of(id))
		suite_tell(s, id, CASE_FAIL, "it is neither run nor named");
	return 0;
}

static int
run(struct suite *s)
{
	struct who_mint m;
	struct count c = { 0 };
	int r = who_mint_open(s, &m);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		r = who_mint_row(s, &m, &rows[i]);
	if (r == 0)
		r = run_lists(s);
	taxonomy(s);
	if (r == 0)
		r = who_lines(s, "checks.ndjson", check, &c);
	suite_figure(s, "checks", c.checks);
	suite_figure(s, "checks run here", c.run);
	who_mint_close(&m);
	return r;
}

const struct adapter gdhcn_conformance_cases_adapter = { "gdhcn-conformance-cases", run };
