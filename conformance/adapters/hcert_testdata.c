/* hcert_testdata.c - the first published sample: raw COSE, four signers of which one matches, their JWK set. */
#include "codecs/tree/node.h"
#include "conformance/adapters/dcc.h"

#include <stdio.h>

extern const struct adapter hcert_testdata_adapter;

enum { CLOCK = 1640995200 /* 2022-01-01, within the life of its certificates */ };

/* The sample expired long ago or not: only who signed it is asked here. */
static bool
signed_by(struct suite *s, struct span input, struct span list)
{
	struct policy p = policy_default;
	struct verify seen;
	struct trust *t = dcc_trust(s, list, SPAN_NONE, CLOCK);

	p.env = ENV_ACCEPTANCE;
	int r = t ? dcc_verify(s, input, t, &p, CLOCK, &seen) : -1;
	bool good = r == 0 && dcc_passed(s, CHECK_SIGNATURE);
	trust_unref(t);
	return good;
}

static void
tell(struct suite *s, const char *id, bool good)
{
	suite_tell(s, id, good ? CASE_PASS : CASE_FAIL, good ? NULL : "issuer %s, signature %s",
		reason_code(dcc_reason(s, CHECK_ISSUER)),
		reason_code(dcc_reason(s, CHECK_SIGNATURE)));
}

static void
check_content(struct suite *s, struct span input, struct span json)
{
	struct policy p = policy_default;
	struct verify seen;
	struct trust *t = dcc_trust(s, SPAN_LIT("[{\"rawData\":\"\"}]"), SPAN_NONE, CLOCK);
	struct work *w;
	const struct node *tree = NULL;
	bool same = false;

	if (t && dcc_verify(s, input, t, &p, CLOCK, &seen) == 0 && seen.credential.payload) {
		struct report own;
		struct work copy = {
			.arena = dcc_report(s)->arena, .report = &own, .limits = &limits_default
		};
		w = &copy;
		report_begin(&own, w->arena);
		same = node_from_json(w, json, "sample", &tree) == 0 && tree &&
		       node_equal(tree, seen.credential.payload);
	}
	tell(s, "content equals test1.json", same);
	trust_unref(t);
}

static int
run(struct suite *s)
{
	struct span sample, list, json;
	char name[32];
	int r = suite_read(s, "test1.bin", &sample);

	for (int i = 1; r == 0 && i <= 4; i++) {
		snprintf(name, sizeof(name), "issuer%d.crt", i);
		r = suite_read(s, name, &list);
		if (r == 0)
			tell(s, name, signed_by(s, sample, list) == (i == 1));
	}
	if (r == 0 && (r = suite_read(s, "jwks.json", &list)) == 0)
		tell(s, "jwks.json", signed_by(s, sample, list));
	if (r == 0 && (r = suite_read(s, "test1.json", &json)) == 0)
		check_content(s, sample, json);
	return r;
}

const struct adapter hcert_testdata_adapter = { "hcert-testdata", run };
