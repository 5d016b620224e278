/* vc_status_lists.c - status lists that other projects made: what their bits say, and credentials that name them. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/vc/status.h"
#include "conformance/adapters/vc_aid.h"
#include "gateway/engine/engine.h"

#include <errno.h>

extern const struct adapter vc_status_lists_adapter;

/* --- what lists say --- */

static const struct look {
	const char *id, *file;
	enum vc_list_kind kind;
	uint64_t index;
	enum vc_bit bit;
	enum reason why;
} looks[] = {
	{ "spruce set", "local-status-list-credential.jsonld", VC_LIST_BITSTRING, 3, VC_BIT_SET,
		REASON_NONE },
	{ "spruce clear", "local-status-list-credential.jsonld", VC_LIST_BITSTRING, 1, VC_BIT_CLEAR,
		REASON_NONE },
	{ "spruce from the other end", "local-status-list-credential.jsonld", VC_LIST_BITSTRING, 4,
		VC_BIT_CLEAR, REASON_NONE },
	{ "spruce empty", "status-list-credential.jsonld", VC_LIST_BITSTRING, 131071, VC_BIT_CLEAR,
		REASON_NONE },
	{ "spruce beyond", "status-list-credential.jsonld", VC_LIST_BITSTRING, 131072,
		VC_BIT_UNKNOWN, REASON_STATUS_INDEX },
	{ "spruce as JWT", "status-list.jws", VC_LIST_BITSTRING, 3, VC_BIT_CLEAR, REASON_NONE },
	{ "another dialect", "status-list-credential.jsonld", VC_LIST_2021, 0, VC_BIT_UNKNOWN,
		REASON_STATUS_KIND },
	{ "transmute", "signed-revocation-list-2020.json", VC_LIST_2020, 0, VC_BIT_CLEAR,
		REASON_NONE },
	{ "transmute last", "signed-revocation-list-2020.json", VC_LIST_2020, 99999, VC_BIT_CLEAR,
		REASON_NONE },
	{ "transmute beyond", "signed-revocation-list-2020.json", VC_LIST_2020, 100000,
		VC_BIT_UNKNOWN, REASON_STATUS_INDEX },
};

/* A document, or the payload of a JWS. */
static int
read_document(struct suite *s, struct work *w, const char *file, const struct node **out)
{
	struct span text, part;
	size_t bad;
	int r = suite_read(s, file, &text);

	if (r == 0 && text.len > 0 && text.ptr[0] != '{') {
		span_split(&text, '.', &part);
		span_split(&text, '.', &part);
		r = base64url_decode(w->arena, part, &text, &bad);
	}
	return r == 0 ? node_from_json(w, text, "json", out) : r;
}

static int
run_look(struct suite *s, const struct look *l)
{
	struct vc_status entry = {
		.kind = l->kind, .purpose = SPAN_LIT("revocation"), .index = l->index
	};
	struct vc_status_answer is = { VC_BIT_UNKNOWN, REASON_NONE };
	struct work *w = suite_work(s);
	const struct node *doc = NULL;
	int r = read_document(s, w, l->file, &doc);

	if (r == 0 && doc)
		r = vc_status_look_up(w, &entry, doc, &is);
	if (r == 0)
		suite_tell(s, l->id, is.bit == l->bit && is.why == l->why ? CASE_PASS : CASE_FAIL,
			"%d %s", (int)is.bit, reason_code(is.why));
	return r;
}

/* --- credentials that name them --- */

#define TRANSMUTE "did:key:z6MkjdvvhidKavKoWwkdf4Sb8JkHTvnFUsGxvbmNMJUBPJs4"
#define SPRUCE                                                                               \
	"did:example:12345 did:jwk:eyJhbGciOiJFUzI1NiIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ1" \
	"c2UiOiJzaWciLCJ4IjoiRnlHbnZLcXJ5cWlzX3gwWHJTbENTbnpFeGlrSk5XLUgzY0hQWnRfZjBmUSIs"   \
	"InkiOiJKZGJUM1BJWllIdHdzNVprZUlLakM5RnhJaGZwYV9rbHVJZms5ekZwczZzIn0"

static const struct row {
	const char *credential, *list, *url;
	enum verdict verdict;
	enum reason reason;
	const char *why; /* it is an exception */
} rows[] = {
	{ "signed-credential-with-revocation-status.json", "signed-revocation-list-2020.json",
		"https://example.com/status/2", VERDICT_VERIFIED, REASON_NONE, NULL },
	{ "signed-credential-with-revocation-status.json", NULL, "https://example.com/status/2",
		VERDICT_INDETERMINATE, REASON_REVOCATION_NO_ANSWER, NULL },
	{ "signed-credential-with-revocation-status.json", "status-list-credential.jsonld",
		"https://example.com/status/2", VERDICT_INDETERMINATE, REASON_STATUS_UNTRUSTED,
		NULL },
	{ "status_list_revocable_1.jsonld", "local-status-list-credential.jsonld",
		"http://127.0.0.1:3000/#statusList", VERDICT_REJECTED, REASON_VC_PROOF_CONTEXT,
		"the proof brings a context that the document does not begin with" },
	{ "status_list_revocable_3.jsonld", "local-status-list-credential.jsonld",
		"http://127.0.0.1:3000/#statusList", VERDICT_REJECTED, REASON_VC_PROOF_CONTEXT,
		"the proof brings a context that the document does not begin with" },
};

static int
answer(struct suite *s, struct work *w, const struct row *row, struct web **out)
{
	struct web_item item = { .need = { .kind = NEED_STATUS,
					 .scope = { ENV_ACCEPTANCE, TRUST_VC },
					 .issuer = SPAN_LIT(TRANSMUTE),
					 .url = span_of(row->url) },
		.state = WEB_GOOD,
		.status = 200,
		.at = w->now,
		.until = w->now + 60 };
	int r = row->list ? suite_read(s, row->list, &item.bytes) : 0;

	return r == 0 ? web_with(w, NULL, &item, row->list ? 1 : 0, out) : r;
}

static int
run_row(struct suite *s, const struct trust *t, const struct row *row)
{
	struct policy policy = policy_default;
	struct verify v = { .trust = t, .policy = &policy };
	struct work *w = suite_work(s);
	struct web *web = NULL;

	policy.env = ENV_ACCEPTANCE;
	w->now = 1780272000; /* 2026-06-01 */
	int r = suite_read(s, row->credential, &v.input);
	if (r == 0)
		r = answer(s, w, row, &web);
	v.web = web;
	if (r == 0)
		r = engine_verify(w, &v);
	web_unref(web);
	if (r != 0)
		return r;
	bool right = report_verdict(w->report) == row->verdict &&
		     report_reason(w->report) == row->reason;
	enum outcome good = row->why ? CASE_EXCEPTION : CASE_PASS;
	suite_tell(s, row->credential, right ? good : CASE_FAIL, "%s %s %s",
		row->why ? row->why : "", verdict_name(report_verdict(w->report)),
		reason_code(report_reason(w->report)));
	return 0;
}

static int
run(struct suite *s)
{
	struct trust_file file = { SPAN_LIT("list"), SPAN_LIT(TRANSMUTE "\n" SPRUCE "\n") };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.kind = SPAN_LIT("did"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct trust *t = NULL;
	int r = trust_build(suite_work(s), &in, 1, &t);

	for (size_t i = 0; r == 0 && i < sizeof(looks) / sizeof(looks[0]); i++)
		r = run_look(s, &looks[i]);
	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		r = run_row(s, t, &rows[i]);
	trust_unref(t);
	return r;
}

const struct adapter vc_status_lists_adapter = { "vc-status-lists", run };
