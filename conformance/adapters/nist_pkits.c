/* nist_pkits.c - NIST's path validation suite of 2011, under its own rules and under ours.
 *
 * First run: DSA, SHA-1 and short keys allowed, as the suite was made.  A path accepted
 * that must fail is a failure; one refused that should pass is safe, and named below.
 * Second run, under production rules: again none that must fail, and none with a
 * signature over SHA-1, may be accepted.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "conformance/adapters/dcc.h"
#include "trust/chain.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter nist_pkits_adapter;

enum { CERTS = 8, CRLS = 8, POLICIES = 8, PATH_LENGTH = 256, ID_LENGTH = 160 };

static const struct {
	const char *id, *reason;
} stricter[] = {
	{ "4.1.5", "DSA parameters inherited from the issuer are not supported" },
	{ "4.14.30", "an indirect CRL by an issuer with a path of its own" },
};

struct pkits_case {
	struct cert *certs[CERTS]; /* anchor first, leaf last */
	size_t cert_count;
	struct span crls[CRLS];
	size_t crl_count;
	char oids[POLICIES][40];
	const char *accepted[POLICIES + 1];
	struct chain_policies policies;
};

static const char *
reason_of(const char *id)
{
	for (size_t i = 0; i < sizeof(stricter) / sizeof(stricter[0]); i++)
		if (strcmp(id, stricter[i].id) == 0)
			return stricter[i].reason;
	return NULL;
}

static int
read_file(struct suite *s, const char *folder, const json_t *name, const char *suffix,
	struct span *out)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s%s", folder, json_string_value(name), suffix);

	return n > 0 && n < PATH_LENGTH ? suite_read(s, path, out) : -1;
}

/* "NIST-test-policy-1,NIST-test-policy-2" as dotted OIDs below the suite's arc. */
static void
read_policies(struct pkits_case *c, const json_t *test)
{
	struct span names = dcc_text(test, "initial_policy_set"), name;
	size_t n = 0;

	while (n < POLICIES && span_split(&names, ',', &name))
		if (name.len > 0)
			snprintf(c->oids[n++], sizeof(c->oids[0]), "2.16.840.1.101.3.2.1.48.%c",
				name.ptr[name.len - 1]);
	for (size_t i = 0; i < n; i++)
		c->accepted[i] = c->oids[i];
	c->policies.accepted = n > 0 ? c->accepted : NULL;
	c->policies.explicit_required = json_is_true(
		json_object_get(test, "initial_explicit_policy"));
	c->policies.no_mapping = json_is_true(
		json_object_get(test, "initial_policy_mapping_inhibit"));
	c->policies.no_any = json_is_true(json_object_get(test, "initial_inhibit_any_policy"));
}

static bool
read_case(struct suite *s, const json_t *test, struct pkits_case *c)
{
	size_t i;
	json_t *name;
	bool ok = true;

	json_array_foreach(json_object_get(test, "certs"), i, name)
	{
		struct span der;
		ok = ok && i < CERTS && read_file(s, "certs", name, ".crt", &der) == 0 &&
		     cert_from_der(der, &key_policy_default, &c->certs[i]) == 0 && c->certs[i];
		c->cert_count += ok;
	}
	json_array_foreach(json_object_get(test, "crls"), i, name)
	{
		ok = ok && i < CRLS && read_file(s, "crls", name, ".crl", &c->crls[i]) == 0;
		c->crl_count += ok;
	}
	read_policies(c, test);
	return ok && c->cert_count > 1;
}

static bool
accepted(const struct pkits_case *c, int64_t at, unsigned flags, bool *ours)
{
	enum chain_result result = CHAIN_BAD;
	struct chain_path p = { .leaf = c->certs[c->cert_count - 1],
		.anchors = c->certs,
		.anchor_count = 1,
		.between = c->certs + 1,
		.between_count = c->cert_count - 2,
		.crls = c->crls,
		.crl_count = c->crl_count,
		.policies = &c->policies,
		.at = at,
		.depth = CHAIN_DEPTH_MAX,
		.flags = flags };

	*ours = chain_verify(&p, &result) == 0;
	return result == CHAIN_GOOD;
}

/* A signature over SHA-1 anywhere in the path: RSA, DSA or ECDSA, by the bytes of its identifier. */
static bool
has_sha1(const struct pkits_case *c)
{
	static const uint8_t rsa[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5 };
	static const uint8_t dsa[] = { 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3 };
	static const uint8_t ecdsa[] = { 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1 };

	for (size_t i = 0; i < c->cert_count; i++) {
		struct span der = cert_der(c->certs[i]);
		if (memmem(der.ptr, der.len, rsa, sizeof(rsa)) ||
			memmem(der.ptr, der.len, dsa, sizeof(dsa)) ||
			memmem(der.ptr, der.len, ecdsa, sizeof(ecdsa)))
			return true;
	}
	return false;
}

/* What each run says of one path, and what must be said. */
struct answers {
	bool then, now, want, sha1;
};

static void
judge(struct suite *s, const char *number, const char *id, struct answers got)
{
	const char *why = reason_of(number);

	if (got.then && !got.want)
		suite_tell(s, id, CASE_FAIL, "accepted, must be refused");
	else if (got.now && !got.want)
		suite_tell(s, id, CASE_FAIL, "accepted under production rules, must be refused");
	else if (got.now && got.sha1)
		suite_tell(s, id, CASE_FAIL, "accepted under production rules with SHA-1");
	else if (!got.then && got.want && why)
		suite_tell(s, id, CASE_EXCEPTION, "refused: %s", why);
	else if (!got.then && got.want)
		suite_tell(s, id, CASE_FAIL, "refused, must be accepted");
	else
		suite_tell(s, id, CASE_PASS, NULL);
}

struct counts {
	long long wrong, agreed, wrong_now, sha1, sha1_now;
};

static void
count(struct counts *n, struct answers a)
{
	n->agreed += a.then == a.want;
	n->wrong += a.then && !a.want;
	n->wrong_now += a.now && !a.want;
	n->sha1 += a.sha1;
	n->sha1_now += a.now && a.sha1;
}

static void
run_case(struct suite *s, const json_t *test, int64_t at, struct counts *n)
{
	struct pkits_case c = { 0 };
	const char *number = json_string_value(json_object_get(test, "id"));
	const char *name = json_string_value(json_object_get(test, "name"));
	struct answers got = { .want = json_is_true(json_object_get(test, "should_validate")) };
	bool ran = false, ran_too = false;
	char id[ID_LENGTH];

	/* numbers repeat for the parts of one test */
	snprintf(id, sizeof(id), "%s %s", number ? number : "", name ? name : "");
	if (number && read_case(s, test, &c)) {
		got.then = accepted(&c, at, CHAIN_HISTORIC, &ran);
		got.now = accepted(&c, at, 0, &ran_too);
		got.sha1 = has_sha1(&c);
	}
	if (ran && ran_too) {
		count(n, got);
		judge(s, number, id, got);
	} else {
		suite_tell(s, id, CASE_FAIL, "it could not be read and run");
	}
	for (size_t i = 0; i < c.cert_count; i++)
		cert_free(c.certs[i]);
}

static int
run(struct suite *s)
{
	struct span text;
	struct counts n = { 0 };
	size_t i;
	json_t *test;
	int64_t at;
	unsigned odd;
	int r = suite_read(s, "pkits.json", &text);

	if (r != 0)
		return r;
	json_t *root = dcc_json(text);
	if (!time_parse(dcc_text(root, "validation_time"), &at, &odd))
		suite_tell(s, "pkits.json", CASE_FAIL, "it states no validation_time");
	else
		json_array_foreach(json_object_get(root, "tests"), i, test)
			run_case(s, test, at, &n);
	json_decref(root);
	suite_figure(s, "as the suite states", n.agreed);
	suite_figure(s, "wrong accepts", n.wrong);
	suite_figure(s, "wrong accepts under production rules", n.wrong_now);
	suite_figure(s, "paths with SHA-1", n.sha1);
	suite_figure(s, "of them accepted under production rules", n.sha1_now);
	return 0;
}

const struct adapter nist_pkits_adapter = { "nist-pkits", run };
