/* case_run.c - running the folders of cases: each is read, asked of the target, and told.
 *
 * A case asks the whole engine, or one building block whose reasons no certificate
 * can reach (a JWS header, XML): those are asked of our own library only.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/jwe.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/node.h"
#include "conformance/case.h"
#include "conformance/expect.h"
#include "conformance/suite_impl.h"
#include "conformance/target.h"

#include <stdio.h>
#include <string.h>

enum { PATH_LENGTH = 1024 };

/* --- building blocks --- */

typedef int (*block_reader)(struct work *w, struct span in);

static int
block_json(struct work *w, struct span in)
{
	const struct node *root;

	return node_from_json(w, in, "json", &root);
}

static int
block_xml(struct work *w, struct span in)
{
	const struct node *root;

	return node_from_xml(w, in, "xml", &root);
}

static int
block_cbor(struct work *w, struct span in)
{
	const struct node *root;

	return node_from_cbor(w, in, "cbor", &root);
}

static int
block_jws(struct work *w, struct span in)
{
	struct jws jws;
	bool ok;

	return jws_read(w, span_trim(in), &jws, &ok);
}

/* The key in base64url on a line of its own, then the JWE. */
static int
block_jwe(struct work *w, struct span in)
{
	struct span key = SPAN_NONE, line, plain, rest = span_trim(in);
	struct jwe jwe;
	size_t bad;
	bool ok;

	span_split(&rest, '\n', &line);
	int r = base64url_decode(w->arena, span_trim(line), &key, &bad);
	if (r == 0)
		r = jwe_read(w, span_trim(rest), &jwe, &ok);
	if (r != 0 || !ok)
		return r;
	return jwe_open(w, &jwe, key, "link.bytes", w->limits->link_bytes, &plain, &ok);
}

static const struct {
	const char *name;
	block_reader read;
} blocks[] = { { "json", block_json }, { "xml", block_xml }, { "cbor", block_cbor },
	{ "jws", block_jws }, { "jwe", block_jwe } };

static block_reader
block_named(const char *name)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (strcmp(blocks[i].name, name) == 0)
			return blocks[i].read;
	return NULL;
}

static const char *
run_block(struct suite *s, const struct test_case *c)
{
	struct work *w = suite_work(s);
	block_reader read = block_named(c->block);

	if (!read)
		return "there is no such building block";
	if (read(w, c->input) != 0)
		return "the block ran out of memory";
	return expect_block(s->arena, c->expect, &w->report->checks[CHECK_FORMAT]);
}

/* --- the whole engine --- */

static const char *
run_engine(struct suite *s, const struct tested *t, const struct test_case *c)
{
	struct work *w = suite_work(s);
	struct work lists = { s->arena, w->report, w->limits, w->kit, c->at };
	struct question q = { .input = c->input,
		.policy = &c->policy,
		.at = c->at,
		.web = c->web,
		.passcode = c->passcode,
		.recipient = c->recipient,
		.to = c->to ? c->to->name : NULL };
	struct trust *trust = NULL;
	struct span report;

	q.folder = c->folder;
	if (trust_build(&lists, c->sources, c->source_count, &trust) != 0)
		return "the trust lists could not be built";
	q.trust = trust;
	w = suite_work(s);
	const char *fault = target_ask(t, w, &q, &report);
	if (!fault)
		fault = (c->to                ? expect_translation
			 : target_is_terse(t) ? expect_verdict
					      : expect_report)(s->arena, c->expect, report);
	else /* it may stand in the memory of this one question */
		fault = (const char *)arena_copy(s->arena, span_of(fault)).ptr;
	trust_unref(trust);
	return fault;
}

/* Why this target can't be asked; NULL when it can. */
static const char *
not_for(const struct tested *t, const struct test_case *c)
{
	if (target_is_builtin(t))
		return NULL;
	if (c->block)
		return "a building block: only our own library can be asked";
	if (c->own_trust)
		return "has lists of its own: only our own library can be asked";
	if (c->own_policy)
		return "sets switches of the policy: only our own library can be asked";
	if (c->web.count > 0)
		return "has a web of its own: only our own library can be asked";
	if (c->passcode.ptr || c->recipient.ptr)
		return "says who asks: only our own library can be asked";
	if (c->to && target_is_terse(t))
		return "is written in another form: the VC-API has no such question";
	return target_refusal(t, c->input);
}

static void
run_case(struct suite *s, const struct tested *t, const char *folder, json_t *json)
{
	struct test_case c;
	const char *fault = case_read(s, folder, json, &c);
	const char *reason = fault ? NULL : not_for(t, &c);

	if (reason) {
		suite_tell(s, folder, CASE_SKIP, "%s", reason);
		return;
	}
	if (!fault)
		fault = c.block ? run_block(s, &c) : run_engine(s, t, &c);
	suite_tell(s, folder, fault ? CASE_FAIL : CASE_PASS, fault ? "%s" : NULL, fault);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	const struct tested *t = arg;
	const char *slash = strrchr(path, '/');
	char folder[PATH_LENGTH];
	struct span text;
	json_error_t error;

	if (!slash || strcmp(slash, "/case.json") != 0 || path[0] == '_')
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	int r = suite_read(s, path, &text);
	if (r != 0)
		return r;
	json_t *json = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
	if (json)
		run_case(s, t, folder, json);
	else
		suite_tell(s, folder, CASE_FAIL, "case.json line %d: %s", error.line, error.text);
	json_decref(json);
	return 0;
}

/* A folder with files but without case.json would be a case that silently never runs. */
static int
visit_any(struct suite *s, const char *path, void *arg)
{
	char *last = arg;
	const char *slash = strrchr(path, '/');
	char folder[PATH_LENGTH], json[PATH_LENGTH + 16];
	struct span text;

	if (!slash || path[0] == '_')
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	if (strcmp(folder, last) == 0)
		return 0;
	snprintf(last, PATH_LENGTH, "%s", folder);
	snprintf(json, sizeof(json), "%s/case.json", folder);
	if (suite_read(s, json, &text) != 0)
		suite_tell(s, folder, CASE_FAIL, "the folder has no case.json");
	return 0;
}

int
case_suite(struct suite *s, const struct tested *t)
{
	char last[PATH_LENGTH] = "";
	int r = suite_each(s, "", "/case.json", visit, (void *)(uintptr_t)t);

	return r != 0 ? r : suite_each(s, "", "", visit_any, last);
}
