/* jsontestsuite.c - nst/JSONTestSuite against our strict reader (RFC 8259 as narrowed by RFC 7493).
 *
 * The first letter of a name is the expectation: y must be read, n refused.  Ours differs for the four y_ files
 * below, as I-JSON demands; each i_ file and each of test_transform has one fixed verdict.
 */
#include "codecs/base/report.h"
#include "codecs/tree/node.h"
#include "conformance/suite.h"

#include <errno.h>
#include <string.h>

extern const struct adapter jsontestsuite_adapter;

/* Where the verdict differs from the letter: for y_ the reason of the refusal. */
static const struct {
	const char *name;
	enum reason reason;
} refused[] = {
	{ "y_object_duplicated_key.json", REASON_JSON_DUPLICATE },
	{ "y_object_duplicated_key_and_value.json", REASON_JSON_DUPLICATE },
	{ "y_object_escaped_null_in_key.json", REASON_JSON_CHARACTER },
	{ "y_string_null_escape.json", REASON_JSON_CHARACTER },
	{ "object_same_key_different_values.json", REASON_JSON_DUPLICATE },
	{ "object_same_key_same_value.json", REASON_JSON_DUPLICATE },
	{ "object_same_key_unclear_values.json", REASON_JSON_DUPLICATE },
	{ "string_1_escaped_invalid_codepoint.json", REASON_JSON_CHARACTER },
	{ "string_1_invalid_codepoint.json", REASON_JSON_UTF8 },
	{ "string_2_escaped_invalid_codepoints.json", REASON_JSON_CHARACTER },
	{ "string_2_invalid_codepoints.json", REASON_JSON_UTF8 },
	{ "string_3_escaped_invalid_codepoints.json", REASON_JSON_CHARACTER },
	{ "string_3_invalid_codepoints.json", REASON_JSON_UTF8 },
	{ "string_with_escaped_NULL.json", REASON_JSON_CHARACTER },
};

/* All other i_ files are refused. */
static const char *const read_anyway[] = {
	"i_number_double_huge_neg_exp.json",
	"i_number_real_underflow.json",
};

struct tally {
	long long y, n, i, transform;
};

static enum reason
expected_reason(const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(name, refused[i].name) == 0)
			return refused[i].reason;
	return REASON_NONE;
}

static bool
is_read_anyway(const char *name)
{
	for (size_t i = 0; i < sizeof(read_anyway) / sizeof(read_anyway[0]); i++)
		if (strcmp(name, read_anyway[i]) == 0)
			return true;
	return false;
}

static void
tell_exception(struct suite *s, const char *path, enum reason is, enum reason should)
{
	if (is != should)
		suite_tell(s, path, CASE_FAIL, "%s instead of %s", is ? reason_code(is) : "read",
			reason_code(should));
	else
		suite_tell(s, path, CASE_EXCEPTION, "refused by I-JSON (RFC 7493): %s",
			reason_text(is));
}

static int
run_file(struct suite *s, const char *path, void *arg)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	bool transform = strstr(path, "test_transform") != NULL;
	struct tally *t = arg;
	struct work *w = suite_work(s);
	const struct node *n = NULL;
	struct span in;
	enum reason should = expected_reason(name), is;
	bool read;
	int rc;

	rc = w ? suite_read(s, path, &in) : -ENOMEM;
	if (rc == 0)
		rc = node_from_json(w, in, "json", &n);
	if (rc < 0)
		return rc;
	*(transform ? &t->transform : name[0] == 'y' ? &t->y : name[0] == 'n' ? &t->n : &t->i) += 1;
	is = n ? REASON_NONE : w->report->checks[w->report->running].reason;
	read = transform || name[0] == 'y' || (name[0] == 'i' && is_read_anyway(name));
	if (should)
		tell_exception(s, path, is, should);
	else if (read != (n != NULL))
		suite_tell(s, path, CASE_FAIL, "%s", n ? "read" : reason_code(is));
	else
		suite_tell(s, path, CASE_PASS, NULL);
	return 0;
}

static int
run(struct suite *s)
{
	struct tally t = { 0, 0, 0, 0 };
	int rc = suite_each(s, "test_parsing", ".json", run_file, &t);

	if (rc == 0)
		rc = suite_each(s, "test_transform", ".json", run_file, &t);
	suite_figure(s, "y", t.y);
	suite_figure(s, "n", t.n);
	suite_figure(s, "i", t.i);
	suite_figure(s, "transform", t.transform);
	return rc;
}

const struct adapter jsontestsuite_adapter = { "jsontestsuite", run };
