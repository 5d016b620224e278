/* x509_limbo.c - path validation cases of C2SP's limbo that apply to signers under a national authority.
 *
 * Each is judged twice: under the strict rules, and as EU document signers are judged
 * (a signer without authority key identifier passes, brainpool curves count).  Host
 * names play no part here.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "conformance/adapters/dcc.h"
#include "trust/chain.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter x509_limbo_adapter;

enum {
	CERTS = 128,
	CRLS = 8,
	UNPACKED_MAX = 32 << 20,
	WORKING = 64 << 20,
	ID_LENGTH = 160,
	GZIP_HEAD = 10,
	GZIP_TAIL = 8,
	GZIP_NAME = 8,
	ANY_TIME = 1764000000
};

struct named {
	const char *id, *reason;
};

/* Refused where limbo would accept: safe, and meant. */
static const struct named stricter[] = {
	{ "crl::issuer-no-keyusage-extension",
		"a CRL counts only by an authority that says that it signs CRLs" },
	{ "pathlen::validation-ignores-pathlen-in-leaf", "a signer is no authority itself" },
	{ "rfc5280::ca-as-leaf", "a signer is no authority itself" },
	{ "pathlen::max-chain-depth-1-self-issued",
		"self-issued certificates count for the depth as all others do" },
	{ "rfc5280::validity::notafter-exact", "the last second counts as expired" },
	{ "rfc5280::validity::notafter-fractional", "the last second counts as expired" },
	{ NULL, NULL },
};

/* Accepted for EU document signers where limbo refuses. */
static const struct named eu_signers[] = {
	{ "rfc5280::aki::leaf-missing-aki",
		"hcert_spec compares key identifiers only where both are there; 17 of 829 real "
		"signers have none" },
	{ NULL, NULL },
};

struct limbo_case {
	struct cert *leaf, *trusted[CERTS], *between[CERTS];
	size_t trusted_count, between_count;
	struct span crls[CRLS];
	size_t crl_count;
	int64_t at;
};

static const char *
reason_of(const struct named *table, const char *id)
{
	for (; table->id; table++)
		if (strcmp(id, table->id) == 0)
			return table->reason;
	return NULL;
}

/* RFC 1952 around RFC 1951; the sum at the end is left to what is inside: it must be JSON. */
static int
unpack(struct work *w, struct span gz, struct span *out)
{
	enum inflate_result result = INFLATE_DAMAGED;
	size_t at = GZIP_HEAD;

	if (gz.len < GZIP_HEAD + GZIP_TAIL || gz.ptr[0] != 0x1f || gz.ptr[1] != 0x8b)
		return -1;
	if (gz.ptr[3] & GZIP_NAME)
		at += span_find(span_from(gz, at), 0) + 1;
	int r = inflate_raw(w, span_slice(span_from(gz, at), 0, gz.len - at - GZIP_TAIL),
		UNPACKED_MAX, out, &result);
	return r != 0 ? r : result == INFLATE_OK ? 0 : -1;
}

static struct cert *
read_pem(const json_t *pem)
{
	struct span text = span_of(json_string_value(pem));
	struct cert *c = NULL;
	size_t count, bad;

	return cert_from_file(text, &key_policy_default, &c, 1, &count, &bad) == 0 && count == 1
		       ? c
		       : NULL;
}

static bool
read_pems(const json_t *pems, struct cert **out, size_t *count)
{
	size_t i;
	json_t *pem;

	json_array_foreach(pems, i, pem)
	{
		out[*count] = *count < CERTS ? read_pem(pem) : NULL;
		if (!out[*count])
			return false;
		(*count)++;
	}
	return true;
}

static bool
read_crls(struct work *w, const json_t *pems, struct limbo_case *c)
{
	size_t i, bad;
	json_t *pem;

	json_array_foreach(pems, i, pem)
	{
		struct span rest = span_of(json_string_value(pem)), line, body = SPAN_NONE;
		struct buf b = buf_in(w->arena, UNPACKED_MAX);
		while (span_split(&rest, '\n', &line))
			if (!span_starts(line, SPAN_LIT("-----")))
				buf_add(&b, line);
		body = buf_span(&b);
		if (i >= CRLS || base64_decode(w->arena, body, false, &c->crls[i], &bad) != 0 ||
			!c->crls[i].ptr)
			return false;
		c->crl_count++;
	}
	return true;
}

static bool
read_case(struct work *w, const json_t *test, struct limbo_case *c)
{
	unsigned odd;
	const json_t *at = json_object_get(test, "validation_time");

	c->at = ANY_TIME;
	c->leaf = read_pem(json_object_get(test, "peer_certificate"));
	return (json_is_null(at) || time_parse(span_of(json_string_value(at)), &c->at, &odd)) &&
	       c->leaf &&
	       read_pems(json_object_get(test, "trusted_certs"), c->trusted, &c->trusted_count) &&
	       read_pems(json_object_get(test, "untrusted_intermediates"), c->between,
		       &c->between_count) &&
	       read_crls(w, json_object_get(test, "crls"), c);
}

static void
drop_case(struct limbo_case *c)
{
	cert_free(c->leaf);
	for (size_t i = 0; i < c->trusted_count; i++)
		cert_free(c->trusted[i]);
	for (size_t i = 0; i < c->between_count; i++)
		cert_free(c->between[i]);
}

static enum chain_result
verify(const struct limbo_case *c, const json_t *test, unsigned flags)
{
	const json_t *depth = json_object_get(test, "max_chain_depth");
	const char *eku = json_string_value(
		json_array_get(json_object_get(test, "extended_key_usage"), 0));
	enum chain_result result = CHAIN_BAD;
	struct chain_path p = { .leaf = c->leaf,
		.anchors = c->trusted,
		.anchor_count = c->trusted_count,
		.between = c->between,
		.between_count = c->between_count,
		.crls = c->crls,
		.crl_count = c->crl_count,
		.eku = eku && strcmp(eku, "serverAuth") == 0 ? "1.3.6.1.5.5.7.3.1" : NULL,
		.at = c->at,
		.depth = json_is_integer(depth) ? (unsigned)json_integer_value(depth)
						: CHAIN_DEPTH_MAX,
		.flags = flags };

	return chain_verify(&p, &result) == 0 ? result : CHAIN_BAD;
}

static void
judge(struct suite *s, const char *id, bool got, bool want, const char *why)
{
	if (got == want)
		suite_tell(s, id, CASE_PASS, NULL);
	else if (why)
		suite_tell(s, id, CASE_EXCEPTION, "%s: %s", got ? "accepted" : "refused", why);
	else
		suite_tell(s, id, CASE_FAIL,
			got ? "accepted, must be refused" : "refused, must be accepted");
}

static void
run_case(struct suite *s, const json_t *test, long long *wrong)
{
	struct limbo_case c = { 0 };
	const char *id = json_string_value(json_object_get(test, "id"));
	bool want = span_is(dcc_text(test, "expected_result"), "SUCCESS"), unread, got, eu;
	char eu_id[ID_LENGTH];
	const char *why = reason_of(stricter, id), *eu_why = reason_of(eu_signers, id);

	/* a certificate that can't be read is refused */
	unread = !read_case(suite_work(s), test, &c);
	got = !unread && verify(&c, test, CHAIN_SIGNER) == CHAIN_GOOD;
	eu = !unread &&
	     verify(&c, test, CHAIN_SIGNER | CHAIN_LEAF_UNLINKED | CHAIN_BRAINPOOL) == CHAIN_GOOD;
	*wrong += got && !want;
	snprintf(eu_id, sizeof(eu_id), "eu-dcc %s", id);
	judge(s, id, got, want, got ? NULL : why);
	judge(s, eu_id, eu, want, eu ? eu_why : why);
	drop_case(&c);
}

static bool
applies(const json_t *selection, struct span id)
{
	size_t i, j;
	json_t *row, *kind;

	json_array_foreach(selection, i, row)
	{
		if (!span_eq(dcc_text(row, "id"), id))
			continue;
		json_array_foreach(json_object_get(row, "applies"), j, kind)
		{
			if (strcmp(json_string_value(kind), "dsc") == 0)
				return true;
		}
	}
	return false;
}

static void
run_all(struct suite *s, const json_t *limbo, const json_t *selection)
{
	long long run = 0, wrong = 0;
	size_t i;
	json_t *test;

	json_array_foreach(json_object_get(limbo, "testcases"), i, test)
	{
		if (!applies(selection, dcc_text(test, "id")))
			continue;
		run_case(s, test, &wrong);
		run++;
	}
	suite_figure(s, "cases for signers", run);
	suite_figure(s, "wrong accepts under strict rules", wrong);
	if (run == 0)
		suite_tell(s, "selection.json", CASE_FAIL, "it selects no case");
}

static int
run(struct suite *s)
{
	struct span gz, text, chosen;
	struct work w = *suite_work(s);
	int r = suite_read(s, "limbo.json.gz", &gz);

	if (r == 0)
		r = suite_read(s, "selection.json", &chosen);
	if (r != 0)
		return r;
	w.arena = arena_new(WORKING);
	json_t *limbo = w.arena && unpack(&w, gz, &text) == 0 ? dcc_json(text) : NULL;
	json_t *selection = dcc_json(chosen);
	if (limbo && selection)
		run_all(s, limbo, selection);
	else
		suite_tell(s, "limbo.json.gz", CASE_FAIL, "it can't be unpacked and read");
	json_decref(limbo);
	json_decref(selection);
	arena_free(w.arena);
	return 0;
}

const struct adapter x509_limbo_adapter = { "x509-limbo", run };
