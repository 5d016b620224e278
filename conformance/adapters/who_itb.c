/* who_itb.c - codes of the network's interoperability test bed under its development list, and each departure by name.
 *
 * Read: cases.ndjson (see who.h).  The links in them lead to test hosts and are never followed.
 */
#include "codecs/base/arena.h"
#include "codecs/tree/node.h"
#include "conformance/adapters/who.h"

#include <stdlib.h>
#include <string.h>

extern const struct adapter who_itb_adapter;

struct bed {
	struct trust *list;
	long long valid, named;
};

/* What the corpus says of a code in words, and what we must say of it. */
static const struct {
	const char *words;
	enum reason reason;
} quirks[] = {
	{ "CWT claim keys are text", REASON_NOTE_TEXT_KEYS },
	{ "kid is a text string", REASON_NOTE_KID_TEXT },
	{ "iat in milliseconds", REASON_NOTE_DATE_MILLISECONDS },
	{ "U+FFFD in the name", REASON_NOTE_MANGLED },
	{ "v is an object", REASON_NOTE_ICVP_OBJECT },
	{ "neither is nor cn", REASON_NOTE_ICVP_NOBODY },
	{ "kid only in the unprotected header", REASON_NOTE_KID_UNPROTECTED },
	{ "lacks s (statement status)", REASON_NOTE_FIELD_MISSING },
	{ "scheme is not vhlink:/", REASON_NOTE_LINK_OLD_FORM },
	{ "claim 5 is an array", REASON_NOTE_LINK_OLD_FORM },
	{ "key has 44 characters", REASON_LINK_KEY },
	{ "link exp is in milliseconds", REASON_NOTE_LINK_MILLISECONDS },
	{ "http", REASON_LINK_URL },
};

/* The first remark of the list that we don't make; NULL: all are made. */
static const char *
unnamed(struct suite *s, const json_t *list, struct bed *b)
{
	size_t i;
	json_t *remark;

	json_array_foreach(list, i, remark)
	{
		const char *words = json_string_value(remark);
		bool told = false;
		for (size_t k = 0; k < sizeof(quirks) / sizeof(quirks[0]); k++)
			told = told ||
			       (strstr(words, quirks[k].words) && who_told(s, quirks[k].reason));
		if (!told)
			return words;
		b->named++;
	}
	return NULL;
}

/* The content of the sub-claim, as the corpus reads it. */
static bool
content_agrees(struct suite *s, const json_t *row, const struct verify *v)
{
	const json_t *certs = json_object_get(json_object_get(row, "payload"), "-260");
	char *text = json_dumps(
		json_object_iter_value(json_object_iter((json_t *)(uintptr_t)certs)),
		JSON_COMPACT | JSON_ENCODE_ANY);
	struct report own;
	struct work w = {
		.arena = dcc_report(s)->arena, .report = &own, .limits = &limits_default
	};
	const struct node *tree = NULL;

	report_begin(&own, w.arena);
	bool same = text && v->credential.payload &&
		    node_from_json(&w, span_of(text), "corpus", &tree) == 0 && tree &&
		    node_equal(tree, v->credential.payload);
	free(text);
	return same;
}

static int
judge(struct suite *s, const json_t *row, void *arg)
{
	struct bed *b = arg;
	const char *id = json_string_value(json_object_get(row, "id")), *why, *missed;
	struct verify v;
	int r = who_verify(s, b->list, row, &v);

	if (r != 0)
		return r;
	bool good = who_agrees(s, json_object_get(row, "expect"), &why);
	b->valid += dcc_passed(s, CHECK_SIGNATURE);
	missed = unnamed(s, json_object_get(row, "quirks"), b);
	if (!missed)
		missed = unnamed(s, json_object_get(row, "meow_violations"), b);
	if (!missed)
		missed = unnamed(s, json_object_get(json_object_get(row, "link"), "violations"), b);
	if (!good)
		suite_tell(
			s, id, CASE_FAIL, "%s: %s", why, reason_code(report_reason(dcc_report(s))));
	else if (missed)
		suite_tell(s, id, CASE_FAIL, "not named: %s", missed);
	else if (!content_agrees(s, row, &v))
		suite_tell(s, id, CASE_FAIL, "another content");
	else
		suite_tell(s, id, CASE_PASS, NULL);
	return 0;
}

static int
run(struct suite *s)
{
	struct arena *a = arena_new(16 << 20);
	struct bed b = { .list = a ? who_dev_list(s, a) : NULL };
	int r = 0;

	if (b.list)
		r = who_lines(s, "cases.ndjson", judge, &b);
	else
		suite_tell(
			s, "list", CASE_SKIP, "the corpus who-gdhcn-trust is not beside this one");
	suite_figure(s, "signatures that hold under the proven list", b.valid);
	suite_figure(s, "departures named", b.named);
	trust_unref(b.list);
	arena_free(a);
	return r;
}

const struct adapter who_itb_adapter = { "who-itb", run };
