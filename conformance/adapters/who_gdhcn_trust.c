/* who_gdhcn_trust.c - the network's lists as published in August 2026: proofs, countersignatures, and forgeries.
 *
 * Read: cdn/ENV/.../did.json, proof-keys.json and did-dev-signer.json (keys of the proofs), derived.ndjson
 * ({id, env, document, expect.proof}), onboarding/signed.ndjson ({env, file, data}) and TNG_TA-ENV.chain.pem.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/cms.h"
#include "conformance/adapters/who.h"
#include "trust/source/gdhcn.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

extern const struct adapter who_gdhcn_trust_adapter;

enum { CLOCK = 1787500800 /* 2026-08-23 12:00 UTC */, ENVS = 3, ANCHORS = 8, SIGNED_MAX = 256 };

static const char *const envs[ENVS] = { "prod", "uat", "dev" };

struct room {
	struct arena *arena;
	struct span pins[ENVS];
	struct cert *anchor[ENVS];
	long long took; /* milliseconds of CPU for the roots of all environments */
	long long proven, documents, references, refused_v1, countersigned;
	struct trust_file files[SIGNED_MAX]; /* of one environment */
	size_t file_count;
	int env;
};

static int
env_of(struct span name)
{
	for (int i = 0; i < ENVS; i++)
		if (span_is(name, envs[i]))
			return i;
	return 0;
}

static struct trust *
load(struct suite *s, struct room *r, int env, const struct trust_file *files, size_t count,
	struct span anchors)
{
	struct trust_input in = { .name = SPAN_LIT("corpus"),
		.kind = SPAN_LIT("gdhcn"),
		.env = env == 0 ? ENV_PRODUCTION : ENV_ACCEPTANCE,
		.domain = TRUST_WHO,
		.files = files,
		.file_count = count,
		.pin = r->pins[env],
		.anchors = anchors,
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	struct trust *t = NULL;

	w->now = CLOCK;
	return trust_build(w, &in, 1, &t) == 0 ? t : NULL;
}

static bool
mentions(struct span s, const char *text)
{
	return s.len > 0 && memmem(s.ptr, s.len, text, strlen(text)) != NULL;
}

static const char *
load_one(struct suite *s, struct room *r, int env, struct span bytes, long long *keys)
{
	struct trust_file file = { SPAN_LIT("did.json"), bytes };
	struct trust *t = load(s, r, env, &file, 1, SPAN_NONE);
	const char *fault = t ? trust_source_at(t, 0)->fault : "no memory";

	*keys = t ? (long long)trust_key_count(t) : 0;
	trust_unref(t);
	return fault;
}

/* A document of references or of authorities alone yields no signer, but its proof has been found good by then. */
static bool
proof_was_good(const char *fault)
{
	return !fault || strstr(fault, "only refers to others") ||
	       strstr(fault, "no signer at all");
}

static int
published(struct suite *s, const char *path, void *arg)
{
	struct room *r = arg;
	struct span bytes;
	long long keys;
	const char *slash = strchr(path + 4, '/');
	int env = env_of(
		(struct span){ (const uint8_t *)path + 4, slash ? (size_t)(slash - path - 4) : 0 });
	int error = suite_read(s, path, &bytes);

	if (error != 0)
		return error;
	const char *fault = load_one(s, r, env, bytes, &keys);
	if (!strstr(path, "/v2/")) {
		r->refused_v1++;
		suite_tell(s, path, fault && strstr(fault, "version 1") ? CASE_PASS : CASE_FAIL,
			"a document of version 1 is not refused as one");
		return 0;
	}
	r->documents++;
	r->references += fault && strstr(fault, "only refers");
	r->proven += proof_was_good(fault);
	suite_tell(
		s, path, proof_was_good(fault) ? CASE_PASS : CASE_FAIL, "%s", fault ? fault : "");
	return 0;
}

static int
derived(struct suite *s, const json_t *row, void *arg)
{
	struct room *r = arg;
	const char *id = json_string_value(json_object_get(row, "id"));
	const char *proof = json_string_value(
		json_object_get(json_object_get(row, "expect"), "proof"));
	char *text = json_dumps(json_object_get(row, "document"), JSON_COMPACT);
	long long keys = 0;
	const char *fault =
		text ? load_one(s, r, env_of(dcc_text(row, "env")), span_of(text), &keys) : NULL;
	bool good = proof_was_good(fault), want = proof && strcmp(proof, "valid") == 0;

	free(text);
	suite_tell(s, id ? id : "derived",
		good == want && (want || keys == 0) ? CASE_PASS : CASE_FAIL,
		"%s, where the proof is %s", fault ? fault : "taken", proof ? proof : "?");
	return 0;
}

/* An entry of a trusted issuer: no certificate, but five members joined, all of them absent in the three there are. */
static bool
is_issuer(const json_t *row)
{
	return span_is(dcc_text(row, "group"), "ISSUER");
}

static int
countersigned(struct suite *s, const json_t *row, void *arg)
{
	struct room *r = arg;
	const json_t *data = json_object_get(row, "data");
	const char *file = json_string_value(json_object_get(row, "file"));
	bool issuer = is_issuer(row);
	int env = env_of(dcc_text(row, "env"));
	struct span der = SPAN_NONE, cms = SPAN_NONE;
	enum cms_result good = CMS_BAD, other = CMS_BAD;
	size_t bad;
	struct work *w = suite_work(s);

	if (base64_decode(w->arena, dcc_text(data, "certificateRawData"), true, &der, &bad) != 0 ||
		base64_decode(w->arena,
			dcc_text(data, issuer ? "signature" : "trustAnchorSignature"), true, &cms,
			&bad) != 0)
		return -1;
	if (issuer)
		der = SPAN_LIT("null;null;null;null");
	if (der.ptr && cms.ptr &&
		(cms_verify(cms, der, r->anchor[env], NULL, &good) != 0 ||
			cms_verify(cms, der, r->anchor[(env + 1) % ENVS], NULL, &other) != 0))
		return -1;
	r->countersigned += good == CMS_VALID;
	suite_tell(s, file ? file : "countersigned",
		good == CMS_VALID && other != CMS_VALID ? CASE_PASS : CASE_FAIL,
		"not countersigned by its environment's anchor, or by another's, too");
	return 0;
}

static int
gather(struct suite *s, const json_t *row, void *arg)
{
	struct room *r = arg;
	char *text = env_of(dcc_text(row, "env")) == r->env && !is_issuer(row)
			     ? json_dumps(json_object_get(row, "data"), JSON_COMPACT)
			     : NULL;

	(void)s;
	if (text && r->file_count < SIGNED_MAX)
		r->files[r->file_count++] = (struct trust_file){ SPAN_LIT("TNG_TA.signed.json"),
			arena_copy(r->arena, span_of(text)) };
	free(text);
	return 0;
}

static void
figure(struct suite *s, const char *env, const char *what, long long got, long long want)
{
	char id[96];

	snprintf(id, sizeof(id), "%s %s", env, what);
	suite_figure(s, id, got);
	suite_tell(s, id, got == want ? CASE_PASS : CASE_FAIL, "%lld, where it is %lld", got, want);
}

static long long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Signers in all domains; how many hang on an authority of the list; and with the countersigned ones alone. */
static const struct {
	long long keys, refused, unchecked, anchored;
} want[ENVS] = { { 438, 0, 25, 380 }, { 92, 1, 16, 54 }, { 109, 0, 4, 40 } };

static int
whole_list(struct suite *s, struct room *r, int env)
{
	char path[64];
	struct span root, pem;
	int error;

	snprintf(path, sizeof(path), "cdn/%s/v2/trustlist/did.json", envs[env]);
	if ((error = suite_read(s, path, &root)) != 0)
		return error;
	snprintf(path, sizeof(path), "onboarding/TNG_TA-%s.chain.pem", envs[env]);
	if ((error = suite_read(s, path, &pem)) != 0)
		return error;
	r->files[0] = (struct trust_file){ SPAN_LIT("did.json"), root };
	r->file_count = 1;
	r->env = env;
	if ((error = who_lines(s, "onboarding/signed.ndjson", gather, r)) != 0)
		return error;
	long long begun = milliseconds();
	struct trust *alone = load(s, r, env, r->files, 1, SPAN_NONE);
	r->took += milliseconds() - begun;
	struct trust *anchored = load(s, r, env, r->files, r->file_count, pem);
	if (alone && anchored) {
		const struct trust_source_info *info = trust_source_at(alone, 0);
		figure(s, envs[env], "keys", (long long)info->keys, want[env].keys);
		figure(s, envs[env], "refused", (long long)info->refused, want[env].refused);
		figure(s, envs[env], "without an authority", (long long)info->unchecked,
			want[env].unchecked);
		figure(s, envs[env], "under countersigned authorities",
			(long long)trust_source_at(anchored, 0)->keys, want[env].anchored);
	}
	trust_unref(alone);
	trust_unref(anchored);
	return alone && anchored ? 0 : -1;
}

/* Each environment's root under another's pin, and as a source of the other environment. */
static int
crossed(struct suite *s, struct room *r)
{
	struct span root;
	long long keys = 0;
	int error = suite_read(s, "cdn/dev/v2/trustlist/did.json", &root);

	if (error != 0)
		return error;
	const char *pin = load_one(s, r, 1, root, &keys);
	suite_tell(
		s, "dev under the pin of uat", pin && keys == 0 ? CASE_PASS : CASE_FAIL, "taken");
	r->pins[0] = r->pins[2];
	const char *env = load_one(s, r, 0, root, &keys);
	suite_tell(s, "dev as a list of production",
		env && mentions(span_of(env), "environment") && keys == 0 ? CASE_PASS : CASE_FAIL,
		"taken, or refused for another reason");
	return 0;
}

static int
prepare(struct suite *s, struct room *r)
{
	struct span text, did;
	char path[64];
	size_t count, bad;
	int error = suite_read(s, "proof-keys.json", &text);

	if (error == 0)
		error = suite_read(s, "did-dev-signer.json", &did);
	if (error != 0)
		return error;
	json_t *keys = dcc_json(text), *signer = dcc_json(did);
	const json_t *method = json_array_get(json_object_get(signer, "verificationMethod"), 0);
	r->pins[0] = who_spki(s, r->arena, json_object_get(keys, "prod"));
	r->pins[1] = who_spki(s, r->arena, json_object_get(keys, "uat"));
	r->pins[2] = who_spki(s, r->arena, json_object_get(method, "publicKeyJwk"));
	json_decref(keys);
	json_decref(signer);
	for (int i = 0; i < ENVS && error == 0; i++) {
		snprintf(path, sizeof(path), "onboarding/TNG_TA-%s.chain.pem", envs[i]);
		error = suite_read(s, path, &text);
		if (error == 0)
			error = cert_from_file(
				text, &key_policy_default, &r->anchor[i], 1, &count, &bad);
	}
	return error;
}

static int
run_all(struct suite *s, struct room *r)
{
	int error = prepare(s, r);

	if (error == 0)
		error = suite_each(s, "cdn", "did.json", published, r);
	if (error == 0)
		error = who_lines(s, "derived.ndjson", derived, r);
	if (error == 0)
		error = who_lines(s, "onboarding/signed.ndjson", countersigned, r);
	for (int i = 0; i < ENVS && error == 0; i++)
		error = whole_list(s, r, i);
	if (error == 0)
		error = crossed(s, r);
	suite_figure(s, "CPU milliseconds to load the three roots", r->took);
	suite_figure(s, "documents of version 2", r->documents);
	suite_figure(s, "proofs that hold", r->proven);
	suite_figure(s, "documents that only refer", r->references);
	suite_figure(s, "documents of version 1", r->refused_v1);
	suite_figure(s, "countersignatures that hold", r->countersigned);
	return error;
}

static int
run(struct suite *s)
{
	struct arena *a = arena_new(64 << 20);
	struct room *r = a ? ARENA_NEW(a, struct room) : NULL;
	int error = r ? 0 : -1;

	if (r) {
		r->arena = a;
		error = run_all(s, r);
		for (int i = 0; i < ENVS; i++)
			cert_free(r->anchor[i]);
	}
	arena_free(a);
	return error;
}

const struct adapter who_gdhcn_trust_adapter = { "who-gdhcn-trust", run };
