/* w3c_vc_jose_cose.c - what the W3C's suite for VC-JOSE-COSE has verified: credentials as JWS, SD-JWT and COSE_Sign1,
 * through the whole engine.
 *
 * expectations.json maps its tests; those that issue are not ours.  The credentials speak of degrees and jobs, which
 * no record has room for: every row but that one decides.
 */
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "conformance/adapters/crypto.h"
#include "gateway/engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter w3c_vc_jose_cose_adapter;

#define ISSUER "https://example.issuer/vc-jose-cose"

/* A JWK set of one key, its public half: a test names the one under which its input is to hold. */
static json_t *
key_set(struct suite *s, const char *file)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "input/%s", file);
	json_t *vm = crypto_file(s, path);
	json_t *set = json_pack("{s:[O]}", "keys", json_object_get(vm, "publicKeyJwk"));
	json_decref(vm);
	return set;
}

static int
build_trust(struct suite *s, const json_t *row, struct trust **out)
{
	json_t *keys = key_set(s, json_string_value(json_object_get(row, "key_file")));
	char *text = json_dumps(keys, JSON_COMPACT);
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
	json_decref(keys);
	return r;
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

/* Why a test is not run; NULL: it is. */
static const char *
not_run(const json_t *row, bool good)
{
	const char *feature = json_string_value(json_object_get(row, "feature"));

	if (span_is(crypto_text(row, "fn"), "issue"))
		return "credentials of any content are not issued here";
	if (good && strncmp(feature, "presentation", 12) == 0)
		return "a holder's proof around a presentation is not verified here";
	return NULL;
}

static int
verify(struct suite *s, const json_t *row, struct work **out)
{
	const char *feature = json_string_value(json_object_get(row, "feature"));
	const char *file = json_string_value(json_object_get(row, "input_file"));
	struct policy policy = policy_default;
	struct trust *t = NULL;
	struct verify v = { .policy = &policy };
	int r = build_trust(s, row, &t);
	struct work *w = suite_work(s);

	v.trust = t;
	policy.env = ENV_ACCEPTANCE;
	w->now = time_of(2024, 12, 16, 12, 0, 0); /* one of them has an exp of the next day */
	if (r == 0)
		r = read_input(s, w, file, strstr(feature, "_cose") != NULL, &v.input);
	if (r == 0)
		r = engine_verify(w, &v);
	trust_unref(t);
	*out = w;
	return r;
}

static int
run_row(struct suite *s, const char *name, const json_t *row)
{
	bool good = span_is(crypto_text(row, "expected_result"), "success");
	const char *skip = not_run(row, good);
	struct work *w;

	if (skip) {
		suite_tell(s, name, CASE_SKIP, "%s", skip);
		return 0;
	}
	int r = verify(s, row, &w);
	if (r != 0)
		return r;
	const char *why = refusal(w->report);
	suite_tell(s, name, good == !why ? CASE_PASS : CASE_FAIL, "%s", why ? why : "verified");
	return 0;
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
	const char *name;
	int r = rows ? 0 : -EINVAL;

	json_object_foreach(rows, name, row)
	{
		if (r == 0)
			r = is_whole(row) ? run_row(s, name, row) : -EINVAL;
	}
	json_decref(rows);
	return r;
}

const struct adapter w3c_vc_jose_cose_adapter = { "w3c-vc-jose-cose", run };
