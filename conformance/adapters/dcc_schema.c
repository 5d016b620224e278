/* dcc_schema.c - the schema's own examples, valid and invalid, and the national AT1: relatives.
 *
 * Contents are asked of the rules directly, without a signature around them.
 */
#include "codecs/base/arena.h"
#include "codecs/hcert/eu_dcc.h"
#include "conformance/adapters/dcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter dcc_schema_adapter;

/* Judged by the schema that a content states, not by 1.3.2 or later as the corpus does. */
static const struct {
	const char *path, *why;
} exceptions[] = {
	{ "test/valid/T-rat-dates1.json",
		"a zone of two digits is no RFC 3339 time; noted, not refused" },
	{ "test/valid/T-rat-dates2.json",
		"a zone without a colon is no RFC 3339 time; noted, not refused" },
};

struct judgement {
	bool refused, departs;
};

static struct judgement
judge(struct suite *s, struct span json)
{
	struct work *w = suite_work(s);
	const struct node *dcc = NULL;
	const void *found;
	unsigned usage;

	w->report->running = CHECK_PROFILE;
	if (node_from_json(w, json, "content", &dcc) != 0 || !dcc)
		return (struct judgement){ true, true };
	if (dcc_open(w, dcc, &found, &usage) != 0)
		return (struct judgement){ true, true };
	dcc_check(w, found);
	return (struct judgement){ report_failed(w->report),
		dcc_found(s, REASON_NOTE_SCHEMA_VERSION) };
}

static bool
is_exception(struct suite *s, const char *path)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(path, exceptions[i].path) == 0) {
			suite_tell(s, path, CASE_EXCEPTION, "%s", exceptions[i].why);
			return true;
		}
	return false;
}

static int
valid(struct suite *s, const char *path, void *arg)
{
	struct span json;
	int r = suite_read(s, path, &json);

	(void)arg;
	if (r != 0)
		return r;
	struct judgement j = judge(s, json);
	if (j.refused)
		suite_tell(s, path, CASE_FAIL, "refused: %s",
			reason_code(dcc_reason(s, CHECK_PROFILE)));
	else if (!j.departs)
		suite_tell(s, path, CASE_PASS, NULL);
	else if (!is_exception(s, path))
		suite_tell(s, path, CASE_FAIL, "said to depart from its schema");
	return 0;
}

static int
invalid(struct suite *s, const char *path, void *arg)
{
	struct span json;
	int r = suite_read(s, path, &json);

	(void)arg;
	if (r != 0)
		return r;
	struct judgement j = judge(s, json);
	suite_tell(s, path, j.refused || j.departs ? CASE_PASS : CASE_FAIL,
		j.refused || j.departs ? NULL : "neither refused nor noted");
	return 0;
}

/* The national exemption: refused by the name of its prefix whatever it holds; its group is none of a DCC's. */
static void
judge_content(struct suite *s, const char *path, const json_t *content)
{
	char id[256];
	char *text = json_dumps(content, JSON_ENCODE_ANY);
	bool exempts = json_object_get(content, "ve") != NULL;
	struct judgement j = text ? judge(s, span_of(text)) : (struct judgement){ !exempts, true };

	snprintf(id, sizeof(id), "%s content", path);
	suite_tell(s, id, j.refused == exempts ? CASE_PASS : CASE_FAIL, "%s",
		reason_code(dcc_reason(s, CHECK_PROFILE)));
	free(text);
}

static int
national(struct suite *s, const char *path, void *arg)
{
	struct span file, text;
	struct policy p = policy_default;
	struct verify seen;
	int r = suite_read(s, path, &file);
	json_t *vector = r == 0 ? dcc_json(file) : NULL;

	text = dcc_text(vector, "PREFIX");
	if (span_starts(text, SPAN_LIT("AT1:")) &&
		dcc_verify(s, text, arg, &p, 1640995200, &seen) == 0)
		suite_tell(s, path,
			dcc_reason(s, CHECK_DECODE) == REASON_FORMAT_NATIONAL ? CASE_PASS
									      : CASE_FAIL,
			"%s", reason_code(dcc_reason(s, CHECK_DECODE)));
	if (vector)
		judge_content(s, path, json_object_get(vector, "JSON"));
	json_decref(vector);
	return r;
}

static int
run(struct suite *s)
{
	struct trust *t = dcc_trust(s, SPAN_LIT("[{\"rawData\":\"\"}]"), SPAN_NONE, 0);
	int r = suite_each(s, "examples", ".json", valid, NULL);

	if (r == 0)
		r = suite_each(s, "test/valid", ".json", valid, NULL);
	if (r == 0)
		r = suite_each(s, "test/invalid", ".json", invalid, NULL);
	if (r == 0 && t)
		r = suite_each(s, "at-exemption-vectors", ".json", national, t);
	trust_unref(t);
	return r;
}

const struct adapter dcc_schema_adapter = { "dcc-schema", run };
