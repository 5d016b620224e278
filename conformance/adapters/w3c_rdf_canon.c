/* w3c_rdf_canon.c - the W3C's tests of RDFC-1.0: N-Quads to canonical N-Quads, to a map of labels, or to an end.
 *
 * manifest.jsonld lists them.  A negative test is a dataset made to be dear: it must end at one of our limits.
 */
#include "codecs/base/report.h"
#include "codecs/jsonld/canon.h"
#include "conformance/adapters/crypto.h"

#include <errno.h>
#include <string.h>

extern const struct adapter w3c_rdf_canon_adapter;

/* The labels that the map states, and no others. */
static bool
same_names(const struct canon *c, struct span text)
{
	json_t *map = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	bool same = json_object_size(map) == c->name_count;

	for (size_t i = 0; i < c->name_count && same; i++) {
		const char *to = json_string_value(json_object_getn(
			map, (const char *)c->names[i].from.ptr, c->names[i].from.len));

		same = to && span_is(c->names[i].to, to);
	}
	json_decref(map);
	return same;
}

static void
judge(struct suite *s, struct work *w, const char *id, const char *type, const char *result,
	const struct canon *c, bool ok)
{
	const struct check *check = &w->report->checks[w->report->running];
	struct span want = SPAN_NONE;

	if (strcmp(type, "rdfc:RDFC10NegativeEvalTest") == 0) {
		bool limited = !ok && check->reason == REASON_INPUT_TOO_LARGE;

		suite_tell(s, id, limited ? CASE_PASS : CASE_FAIL, "%s",
			ok ? "it was canonicalised" : reason_code(check->reason));
		return;
	}
	if (!ok)
		suite_tell(s, id, CASE_FAIL, "%s %s", reason_code(check->reason),
			check->limit ? check->limit : "");
	else if (!result || suite_read(s, result, &want) != 0)
		suite_tell(s, id, CASE_FAIL, "there is no such result");
	else if (strcmp(type, "rdfc:RDFC10MapTest") == 0 ? same_names(c, want)
							 : span_eq(c->text, want))
		suite_tell(s, id, CASE_PASS, NULL);
	else
		suite_tell(s, id, CASE_FAIL, "differs:\n%.*s", (int)c->text.len,
			c->text.ptr ? (const char *)c->text.ptr : "");
}

static int
run_entry(struct suite *s, json_t *entry)
{
	const char *id = json_string_value(json_object_get(entry, "id"));
	const char *type = json_string_value(json_object_get(entry, "type"));
	const char *action = json_string_value(json_object_get(entry, "action"));
	const char *result = json_string_value(json_object_get(entry, "result"));
	bool sha384 = json_object_get(entry, "hashAlgorithm") != NULL, ok = false;
	struct work *w = suite_work(s);
	struct canon c = { 0 };
	struct span in;
	int r;

	if (!id || !type || !action)
		return -EINVAL;
	if ((r = suite_read(s, action, &in)) != 0) {
		suite_tell(s, id, CASE_FAIL, "there is no such input");
		return 0;
	}
	struct rdf_dataset d = rdf_dataset_in(w, true);
	r = nquads_read(w, in, "nquads", &d, &ok);
	if (r == 0 && ok)
		r = canon_dataset(w, &d,
			(struct canon_rules){ sha384 ? DIGEST_SHA384 : DIGEST_SHA256, 0 }, &c, &ok);
	if (r == 0)
		judge(s, w, id, type, result, &c, ok);
	return r;
}

static int
run(struct suite *s)
{
	json_t *manifest = crypto_file(s, "manifest.jsonld");
	json_t *entries = json_object_get(manifest, "entries");
	int r = json_is_array(entries) ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(entries); i++)
		r = run_entry(s, json_array_get(entries, i));
	json_decref(manifest);
	return r;
}

const struct adapter w3c_rdf_canon_adapter = { "w3c-rdf-canon", run };
