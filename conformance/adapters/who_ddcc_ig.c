/* who_ddcc_ig.c - the assertions of the DDCC guide's own tests of its maps, against the core data set that we write.
 *
 * Read: structuremap-expectations.ndjson ({map, fixture, asserts: [{path, op, value, disabled_upstream}]}).  Each
 * fixture is sealed by a key of our own in its scheme, read, and written as core data set; credentials of DIVOC are
 * normalised as they stand.  Its code maps: who_code_maps.c.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/hcert/seal.h"
#include "codecs/record/core.h"
#include "codecs/record/crosswalk.h"
#include "codecs/seal/signer_file.h"
#include "codecs/shc/seal.h"
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node.h"
#include "codecs/vc/health/health.h"
#include "codecs/vdsnc/seal.h"
#include "conformance/adapters/who.h"
#include "conformance/adapters/who_fhir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter who_ddcc_ig_adapter;

enum { CLOCK = 1670600000 /* 2022-12-09 */, DAY = 86400 };

struct guide {
	struct private_key *key;
	struct cert *cert;
	struct signer signer;
	long long satisfied, active;
};

#define ICD11(code) "{\"system\":\"" CORE_ICD11 "\",\"code\":\"" code "\"}"

/* Where the map or the assertion is in error, and what stands there instead; NULL: nothing. */
static const struct exception {
	const char *fixture, *path, *ours, *why;
} exceptions[] = {
	{ "eudcc/dcc-valid-vs", "entry[0].resource.vaccination.vaccine",
		"{\"system\":\"http://snomed.info/sct\",\"code\":\"1119349007\"}",
		"the map gives a SNOMED CT code the system of the EU's register" },
	{ "eudcc/dcc-valid-vs", "entry[0].resource.vaccination.maholder",
		"{\"system\":\"https://spor.ema.europa.eu/v1/organisations\","
		"\"code\":\"ORG-100030215\"}",
		"the map gives the organisation the address of a value set as its system" },
	{ "divoc/example-divoc-test", "entry[0].resource.test.origin", ICD11("JAM.AH.XF"),
		"the published table has JAM.AH.XF, the assertion an older code" },
	{ "icao/testing_example", "entry[0].resource.identifier",
		"{\"type\":\"PPN\",\"value\":\"E1234567P\"}",
		"the map says what kind of document it is, the assertion does not" },
	{ "icao/testing_example", "entry[0].resource.test.origin", ICD11("JAM.AH.XF"),
		"the published table has JAM.AH.XF, the assertion an older code" },
	{ "icao/testing_example", "entry[0].resource.test.pathogen", NULL,
		"the seal names no pathogen: the map fills in a constant" },
	{ "icao/testing_example", "entry[0].resource.test.result", ICD11("QA02"),
		"the value set has QA02 for what is not detected, the map RA01.1" },
};

/* --- a fixture through its scheme --- */

static char *
dump(const json_t *json)
{
	return json ? json_dumps(json, JSON_COMPACT) : NULL;
}

static int
seal_dcc(struct work *w, const json_t *root, const struct guide *g, struct span *out)
{
	char *text = dump(json_object_get(json_object_get(root, "-260"), "1"));
	struct buf b = buf_in(w->arena, SIZE_MAX);
	const struct node *tree = NULL;
	struct hcert_recipe r = { .issuer = dcc_text(root, "1"),
		.issued = (int64_t)json_number_value(json_object_get(root, "6")),
		.expires = (int64_t)json_number_value(json_object_get(root, "4")) };
	int error = text ? node_from_json(w, arena_copy(w->arena, span_of(text)), "fixture", &tree)
			 : -1;

	free(text);
	if (error != 0 || !tree)
		return -1;
	cborw_node(&b, tree);
	r.content = buf_span(&b);
	return hcert_seal(w, &r, &g->signer, out);
}

static int
seal_vds(struct work *w, const json_t *root, const struct guide *g, struct span *out)
{
	char *data = dump(json_object_get(root, "data"));
	struct vds_recipe r = { .data = data, .cert = cert_der(g->cert) };
	int error = data ? vds_seal(w, &r, &g->signer, out) : -1;

	free(data);
	return error;
}

/* A bundle alone becomes a card; a payload is one. */
static int
seal_card(struct work *w, const json_t *root, const struct guide *g, struct span *out)
{
	char *text = dump(root);
	struct span json = text ? arena_copy(w->arena, span_of(text)) : SPAN_NONE;
	struct shc_recipe r = { .not_before = "1670515730.472" };
	struct signer s = g->signer;

	free(text);
	s.issuer = SPAN_LIT("https://spec.smarthealth.cards/examples/issuer");
	s.kid = SPAN_LIT("3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s");
	if (json_object_get(root, "vc"))
		r.payload = json;
	else
		r.bundle = json;
	return json.ptr ? shc_seal(w, &r, &s, out) : -1;
}

static json_t *
as_core(struct work *w, const struct record *r)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	core_bundle(&b, r);
	return b.error ? NULL : dcc_json(buf_span(&b));
}

/* A credential as it is, but for the name that the guide's model gives to its context. */
static const struct node *
as_credential(struct work *w, json_t *root)
{
	const struct node *doc = NULL;

	json_object_set(root, "@context", json_object_get(root, "context"));
	json_object_del(root, "context");
	char *text = dump(root);
	struct span copy = text ? arena_copy(w->arena, span_of(text)) : SPAN_NONE;
	free(text);
	return copy.ptr && node_from_json(w, copy, "json", &doc) == 0 ? doc : NULL;
}

/* Maps do not ask what is signed.  Of one of the two credentials the person is not (a relative identifier), and its
 * dates stand in an order in which they could have been exchanged: it is read here as if it had no proof, and refused
 * as one that has. */
static json_t *
divoc_core(struct suite *s, const char *path, json_t *root)
{
	bool unsigned_person = strstr(path, "payload-vaccine") != NULL;
	struct work *w = suite_work(s);
	const struct node *doc = as_credential(w, root);
	struct record r;

	record_init(&r);
	if (!doc || divoc_read_known(w, doc, "json", &r) != 0 || report_failed(w->report))
		return NULL;
	json_t *core = as_core(w, &r);
	bool named = vc_subject_named(w, doc, "json");
	suite_tell(s, unsigned_person ? "divoc vaccine unsigned" : "divoc test signed",
		named == !unsigned_person && named == !report_failed(w->report) ? CASE_PASS
										: CASE_FAIL,
		"an identifier that is not absolute is taken, or one that is, is not");
	return core;
}

static json_t *
core_of(struct suite *s, struct span sealed)
{
	struct work *w = suite_work(s);
	struct credential c = { .not_before = TIME_NONE, .not_after = TIME_NONE };
	const struct codec *codec = codec_detect(sealed);
	struct record r;

	w->now = CLOCK;
	record_init(&r);
	if (!codec || codec->decode(w, sealed, &c) != 0 || !c.payload ||
		codec->normalise(w, &c, &r) != 0)
		return NULL;
	return as_core(w, &r);
}

static json_t *
sealed_core(struct suite *s, const char *path, const json_t *root, const struct guide *g)
{
	struct arena *a = arena_new(16 << 20);
	struct work *w = suite_work(s);
	struct span sealed = SPAN_NONE, copy = SPAN_NONE;
	json_t *core = NULL;

	w->now = CLOCK;
	int r = strstr(path, "/eudcc/")  ? seal_dcc(w, root, g, &sealed)
		: strstr(path, "/icao/") ? seal_vds(w, root, g, &sealed)
					 : seal_card(w, root, g, &sealed);
	if (a && r == 0)
		copy = arena_copy(a, sealed);
	if (copy.ptr)
		core = core_of(s, copy);
	arena_free(a);
	return core;
}

static json_t *
read_fixture(struct suite *s, const char *path, const struct guide *g)
{
	struct span text;
	json_t *root = suite_read(s, path, &text) == 0 ? dcc_json(text) : NULL;
	json_t *core = !root                     ? NULL
		       : strstr(path, "/divoc/") ? divoc_core(s, path, root)
						 : sealed_core(s, path, root, g);

	json_decref(root);
	return core;
}

/* --- assertions --- */

/* entry[0].resource.test.type */
static const json_t *
at(const json_t *root, const char *path)
{
	char part[64];
	size_t n;

	for (; *path && root; path = path[n] == '.' ? &path[n + 1] : &path[n]) {
		n = strcspn(path, ".[");
		if (n == 0) { /* [N] */
			root = json_array_get(root, strtoul(&path[1], NULL, 10));
			n = strcspn(path, "]") + 1;
			continue;
		}
		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		root = json_object_get(root, part);
	}
	return root;
}

/* Texts are equal as they stand, or as one moment, or as names of ICD-11. */
static bool
same_text(struct span a, struct span b)
{
	int64_t t, u;
	unsigned odd;

	if (span_eq(a, b))
		return true;
	if (a.len > 10 && time_parse(a, &t, &odd) && time_parse(b, &u, &odd))
		return t == u;
	return crosswalk_system(a) == CODES_ICD11 && crosswalk_system(b) == CODES_ICD11;
}

static struct span
string(const json_t *v)
{
	return (struct span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

static bool same(const json_t *want, const json_t *got, bool only);

static bool
same_members(const json_t *want, const json_t *got, bool only)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)want, key, v)
	{
		if (!same(v, json_object_get(got, key), only))
			return false;
	}
	return !only || json_object_size(want) == json_object_size(got);
}

static bool
same(const json_t *want, const json_t *got, bool only)
{
	if (json_is_object(want))
		return json_is_object(got) && same_members(want, got, only);
	if (json_is_string(want))
		return json_is_string(got) && same_text(string(want), string(got));
	return json_equal((json_t *)(uintptr_t)want, (json_t *)(uintptr_t)got);
}

/* "#[3]": a list of three. */
static bool
holds(const json_t *assertion, const json_t *core)
{
	const char *path = json_string_value(json_object_get(assertion, "path"));
	const char *op = json_string_value(json_object_get(assertion, "op"));
	const json_t *want = json_object_get(assertion, "value"), *got = at(core, path);
	struct span text = string(want);

	if (span_starts(text, SPAN_LIT("#[")))
		return json_array_size(got) == strtoul((const char *)&text.ptr[2], NULL, 10);
	return same(want, got, strcmp(op, "contains") != 0);
}

static const char *
exception(const char *fixture, const char *path, const json_t *got)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
		const struct exception *e = &exceptions[i];
		if (!strstr(fixture, e->fixture) || strcmp(path, e->path) != 0)
			continue;
		json_t *ours = e->ours ? json_loads(e->ours, 0, NULL) : NULL;
		bool so = ours ? json_equal(ours, (json_t *)(uintptr_t)got) : !got;
		json_decref(ours);
		return so ? e->why : NULL;
	}
	return NULL;
}

static void
assert_one(
	struct suite *s, struct guide *g, const char *fixture, const json_t *a, const json_t *core)
{
	const char *path = json_string_value(json_object_get(a, "path")), *why;
	const json_t *got = at(core, path);
	char id[256];

	if (json_is_true(json_object_get(a, "disabled_upstream")))
		return;
	g->active++;
	snprintf(id, sizeof(id), "%s %s", fixture, path);
	if (holds(a, core)) {
		g->satisfied++;
		suite_tell(s, id, CASE_PASS, NULL);
	} else if ((why = exception(fixture, path, got)) != NULL) {
		suite_tell(s, id, CASE_EXCEPTION, "%s", why);
	} else {
		char *text = got ? json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		suite_tell(s, id, CASE_FAIL, "%s", text ? text : "absent");
		free(text);
	}
}

static int
scenario(struct suite *s, const json_t *row, void *arg)
{
	struct guide *g = arg;
	const char *fixture = json_string_value(json_object_get(row, "fixture"));
	size_t i;
	json_t *a;

	json_t *core = read_fixture(s, fixture, g);
	json_array_foreach(json_object_get(row, "asserts"), i, a)
		assert_one(s, g, fixture, a, core);
	json_decref(core);
	return 0;
}

static int
make_key(struct suite *s, struct arena *a, struct guide *g)
{
	struct span der;
	struct cert_request r = { .country = "UT",
		.common_name = "Guide",
		.not_before = CLOCK - DAY,
		.not_after = CLOCK + DAY };
	int error = private_new(PRIVATE_P256, &g->key);

	(void)s;
	r.subject = g->key;
	if (error == 0)
		error = cert_issue(&r, a, &der);
	if (error == 0)
		error = cert_from_der(der, &key_policy_default, &g->cert);
	if (error == 0)
		error = signer_over(g->key, SIG_ES256, &g->signer);
	if (error == 0 && g->cert)
		g->signer.kid = span_slice(cert_sha256(g->cert), 0, 8);
	return error;
}

static int
run(struct suite *s)
{
	struct arena *a = arena_new(1 << 20);
	struct guide g = { 0 };
	int r = a ? make_key(s, a, &g) : -1;

	if (r == 0)
		r = who_lines(s, "structuremap-expectations.ndjson", scenario, &g);
	if (r == 0)
		r = who_code_maps(s);
	suite_figure(s, "assertions", g.active);
	suite_figure(s, "satisfied", g.satisfied);
	cert_free(g.cert);
	private_free(g.key);
	arena_free(a);
	if (r == 0)
		r = who_fhir(s);
	return r == 0 ? who_documents(s) : r;
}

const struct adapter who_ddcc_ig_adapter = { "who-ddcc-ig", run };
