/* dgc_testdata.c - the member states' EU DCC vectors, stage by stage.
 *
 * Each vector names its own signer and clock.  What must come out is what the index
 * actual.jsonl says is really true of it (an independent decoder's results), since
 * many of the vectors' own flags are wrong.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"
#include "conformance/adapters/dcc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter dgc_testdata_adapter;

enum { ID = 256 };

struct vector {
	struct suite *suite;
	const char *file;
	json_t *json, *actual;
	struct span text, certificate;
	int64_t clock;
	struct policy policy;
};

/* Where our answer differs from the index on purpose: profile rules, or what the index does not look at. */
static const struct {
	const char *id, *why;
} exceptions[] = {
	{ "PL/1.0.0/2DCode/raw/11.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.0.0/2DCode/raw/12.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.0.0/2DCode/raw/13.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.2.1/2DCode/raw/11.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.2.1/2DCode/raw/12.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.2.1/2DCode/raw/13.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.3.0/2DCode/raw/11.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.3.0/2DCode/raw/12.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "PL/1.3.0/2DCode/raw/13.json schema", "a date carries a time of day, which the schema "
						"does not allow and the index cuts off first" },
	{ "SG/2DCode/raw/4.json schema", "a date carries a time of day, which the schema does not "
					 "allow and the index cuts off first" },
	{ "ES/2DCode/raw/401.json verify",
		"ES256 under a P-384 key is outside the profile; the policy switch accepts it" },
	{ "ES/2DCode/raw/402.json verify",
		"ES256 under a P-384 key is outside the profile; the policy switch accepts it" },
	{ "ES/2DCode/raw/403.json verify",
		"ES256 under a P-384 key is outside the profile; the policy switch accepts it" },
};

static void
tell(struct vector *v, const char *stage, bool agrees, const char *detail)
{
	char id[ID];

	snprintf(id, sizeof(id), "%s %s", v->file, stage);
	if (agrees) {
		suite_tell(v->suite, id, CASE_PASS, NULL);
		return;
	}
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(id, exceptions[i].id) == 0) {
			suite_tell(v->suite, id, CASE_EXCEPTION, "%s", exceptions[i].why);
			return;
		}
	suite_tell(v->suite, id, CASE_FAIL,
		"%s (format %s, decode %s, issuer %s, signature %s, validity %s, profile %s)",
		detail, reason_code(dcc_reason(v->suite, CHECK_FORMAT)),
		reason_code(dcc_reason(v->suite, CHECK_DECODE)),
		reason_code(dcc_reason(v->suite, CHECK_ISSUER)),
		reason_code(dcc_reason(v->suite, CHECK_SIGNATURE)),
		reason_code(dcc_reason(v->suite, CHECK_VALIDITY)),
		reason_code(dcc_reason(v->suite, CHECK_PROFILE)));
}

static bool
flagged(const struct vector *v, const char *flag)
{
	return json_is_boolean(json_object_get(json_object_get(v->json, "EXPECTEDRESULTS"), flag));
}

static bool
really(const struct vector *v, const char *member)
{
	return json_is_true(json_object_get(v->actual, member));
}

static bool
known(const struct vector *v, const char *member)
{
	return json_is_boolean(json_object_get(v->actual, member));
}

/* The reasons that each broken stage must have. */
static enum reason
expected_chain_reason(const char *error)
{
	static const struct {
		const char *prefix;
		enum reason reason;
	} table[] = {
		{ "b45:", REASON_ENCODING_BASE45 },
		{ "zlib:", REASON_INFLATE_MALFORMED },
		{ "cbor:", REASON_CBOR_TRAILING },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(error, table[i].prefix, strlen(table[i].prefix)) == 0)
			return table[i].reason;
	return REASON_NONE;
}

static void
check_chain(struct vector *v)
{
	const char *error = json_string_value(json_object_get(v->actual, "chain_error"));
	enum reason format = dcc_reason(v->suite, CHECK_FORMAT),
		    decode = dcc_reason(v->suite, CHECK_DECODE);

	if (v->text.len == 0)
		return;
	bool no_content = flagged(v, "EXPECTEDDECODE") &&
			  !json_is_true(json_object_get(
				  json_object_get(v->json, "EXPECTEDRESULTS"), "EXPECTEDDECODE"));
	if (!error && no_content) /* readable down to the claims, whose content is none */
		tell(v, "chain", decode == REASON_CWT_CLAIM_TYPE, "the content should be refused");
	else if (!error)
		tell(v, "chain", dcc_passed(v->suite, CHECK_DECODE),
			"every layer should be readable");
	else if (strcmp(error, "prefix") == 0)
		tell(v, "chain",
			format == REASON_FORMAT_UNKNOWN || decode == REASON_FORMAT_VERSION ||
				format == REASON_FORMAT_VERSION,
			"the prefix should be refused");
	else
		tell(v, "chain", decode == expected_chain_reason(error), error);
}

static void
check_verify(struct vector *v)
{
	if (flagged(v, "EXPECTEDVERIFY") && known(v, "sig_ok"))
		tell(v, "verify",
			dcc_passed(v->suite, CHECK_SIGNATURE) ==
				(really(v, "sig_ok") && really(v, "kid_ok")),
			"the signature check disagrees");
}

/* The rules behind the gates are looked at where the signature holds. */
static void
check_rules(struct vector *v)
{
	bool key_refused = dcc_reason(v->suite, CHECK_PROFILE) == REASON_PROFILE_KEY_USAGE ||
			   dcc_found(v->suite, REASON_PROFILE_KEY_USAGE);
	bool departs = dcc_found(v->suite, REASON_NOTE_SCHEMA_VERSION);

	if (!dcc_passed(v->suite, CHECK_SIGNATURE))
		return;
	if (flagged(v, "EXPECTEDEXPIRATIONCHECK") && known(v, "expiry_full"))
		tell(v, "expiry", dcc_passed(v->suite, CHECK_VALIDITY) == really(v, "expiry_full"),
			"the dates disagree");
	if (flagged(v, "EXPECTEDKEYUSAGE") && known(v, "eku_allows"))
		tell(v, "key usage", key_refused != really(v, "eku_allows"),
			"the key usage disagrees");
	if (flagged(v, "EXPECTEDSCHEMAVALIDATION") && known(v, "schema_at_ver"))
		tell(v, "schema", departs != really(v, "schema_at_ver"), "the schema disagrees");
}

/* The content of the COSE message, untagged, equals the vector's JSON where an independent decoder says so. */
static void
check_decode(struct vector *v, const struct verify *seen)
{
	json_t *content = json_object_get(v->json, "JSON");
	const struct node *tree = NULL;

	if (!flagged(v, "EXPECTEDDECODE") || !content || !seen->credential.payload ||
		!really(v, "decode_eq_json_without_date_normalisation"))
		return;
	char *text = json_dumps(content, JSON_COMPACT);
	struct work w = { .arena = dcc_report(v->suite)->arena };
	struct report own;
	struct limits limits = limits_default;
	report_begin(&own, w.arena);
	w.report = &own;
	w.limits = &limits;
	int r = text ? node_from_json(&w, span_of(text), "vector", &tree) : -1;
	tell(v, "decode", r == 0 && tree && node_equal(tree, seen->credential.payload),
		"the content differs");
	free(text);
}

static int64_t
clock_of(const json_t *json, const json_t *actual)
{
	struct span s = dcc_text(json_object_get(json, "TESTCTX"), "VALIDATIONCLOCK");
	int64_t t;
	unsigned odd;
	struct date d;

	if (time_parse(s, &t, &odd))
		return t;
	if (date_parse(s, &d))
		return time_of(d.year, d.month, d.day, 0, 0, 0);
	/* no clock: a moment at which the certificate itself is valid */
	return (int64_t)json_number_value(json_object_get(actual, "iat")) + 1;
}

/* The COSE message: given, or inside the text. */
static struct span
input_of(const struct vector *v, struct arena *a)
{
	struct span out = SPAN_NONE;
	size_t bad;
	const char *source = json_string_value(json_object_get(v->actual, "cose_source"));

	if (source && strcmp(source, "COSE") == 0)
		hex_decode(a, dcc_text(v->json, "COSE"), &out, &bad);
	return out.ptr ? out : v->text;
}

/* The text and the COSE message of a vector are not always of the same certificate. */
static int
run_under(struct vector *v, struct span input, const struct trust *t)
{
	struct verify seen;
	int r = v->text.len > 0 ? dcc_verify(v->suite, v->text, t, &v->policy, v->clock, &seen) : 0;

	if (r != 0)
		return r;
	check_chain(v);
	r = dcc_verify(v->suite, input, t, &v->policy, v->clock, &seen);
	if (r != 0)
		return r;
	check_verify(v);
	check_rules(v);
	check_decode(v, &seen);
	return 0;
}

/* The three P-384 vectors once more, under the policy that allows them. */
static int
run_allowing_p384(struct vector *v, struct span input, const struct trust *t)
{
	struct verify seen;
	const char *key = json_string_value(json_object_get(v->actual, "key"));

	if (!key || strcmp(key, "EC-secp384r1") != 0)
		return 0;
	v->policy.p384_es256 = true;
	int r = dcc_verify(v->suite, input, t, &v->policy, v->clock, &seen);
	if (r == 0)
		tell(v, "verify with allow_p384_es256", dcc_passed(v->suite, CHECK_SIGNATURE),
			"the switch has no effect");
	return r;
}

/* A list of this one signer: six vectors are signed by an authority's own key, which only a list can vouch for. */
static struct span
list_of(struct arena *a, struct span base64, struct span kid)
{
	struct buf b = buf_in(a, 1 << 16);

	buf_str(&b, "[{\"certificateType\":\"DSC\",\"kid\":");
	buf_json(&b, kid);
	buf_str(&b, ",\"rawData\":");
	buf_json(&b, base64);
	buf_str(&b, "}]");
	return buf_span(&b);
}

static int
run_vector(struct suite *s, json_t *actual)
{
	struct vector v = { .suite = s, .actual = actual, .policy = policy_default };
	struct span file;
	struct arena *a = arena_new(1 << 20);
	int r = a ? suite_read(s, json_string_value(json_object_get(actual, "file")), &file)
		  : -ENOMEM;

	v.file = json_string_value(json_object_get(actual, "file"));
	v.policy.env = ENV_ACCEPTANCE;
	v.json = r == 0 ? dcc_json(file) : NULL;
	if (v.json) {
		struct trust *t;
		v.certificate = list_of(a,
			dcc_text(json_object_get(v.json, "TESTCTX"), "CERTIFICATE"),
			dcc_text(actual, "cert_kid"));
		v.clock = clock_of(v.json, actual);
		v.text = dcc_text(v.json, "PREFIX");
		struct span input = input_of(&v, a);
		t = dcc_trust(s, v.certificate.ptr ? v.certificate : SPAN_LIT("none"), SPAN_NONE,
			v.clock);
		r = t && input.ptr ? run_under(&v, input, t) : 0;
		if (r == 0 && t && input.ptr)
			r = run_allowing_p384(&v, input, t);
		trust_unref(t);
	} else if (r == 0) {
		suite_tell(s, v.file, CASE_FAIL, "the vector is no JSON");
	}
	json_decref(v.json);
	arena_free(a);
	return r;
}

static int
run(struct suite *s)
{
	struct span index, line;
	long long vectors = 0;
	int r = suite_read(s, "actual.jsonl", &index);

	while (r == 0 && span_split(&index, '\n', &line)) {
		json_t *actual = line.len > 0 ? dcc_json(line) : NULL;
		if (!actual)
			continue;
		r = run_vector(s, actual);
		vectors++;
		json_decref(actual);
	}
	suite_figure(s, "vectors", vectors);
	return r;
}

const struct adapter dgc_testdata_adapter = { "dgc-testdata", run };
