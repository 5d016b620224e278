/* who_documents.c - the guide's documents in five languages: alike from JSON and from XML, and as the core data
 * set they say what its questionnaires in the same language say.
 */
#include "codecs/base/arena.h"
#include "codecs/codec.h"
#include "codecs/fhir/fhir.h"
#include "codecs/record/core.h"
#include "conformance/adapters/dcc.h"
#include "conformance/adapters/who_fhir.h"

#include <stdio.h>
#include <string.h>

enum { ID = 256 };

static const json_t *
at_path(const json_t *root, const char *path)
{
	const json_t *at = root;
	char name[64];

	while (at && *path) {
		size_t len = strcspn(path, ".[");
		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = 0;
		if (len > 0)
			at = json_object_get(at, name);
		path = &path[len];
		if (*path == '[') {
			at = json_array_get(at, (size_t)(path[1] - '0'));
			path = &path[strcspn(path, "]") + 1];
		}
		path = *path == '.' ? &path[1] : path;
	}
	return at;
}

/* Where the guide contradicts itself. */
static const char arabic[] = "ig/Bundle/Bundle-ExampleArabic.json vaccine";

static void
tell_one(struct suite *s, const char *where, const char *what, bool good)
{
	char id[ID];

	snprintf(id, sizeof(id), "%s %s", where, what);
	if (!good && strcmp(id, arabic) == 0)
		suite_tell(s, id, CASE_EXCEPTION,
			"the document has another vaccine than the questionnaire");
	else
		suite_tell(s, id, good ? CASE_PASS : CASE_FAIL,
			good ? NULL : "document and questionnaire differ");
}

static const char *const languages[][2] = {
	{ "Arabic", "Arabic" },
	{ "Chinese", "Chinese" },
	{ "English", "Example" },
	{ "French", "French" },
	{ "Spanish", "Spanish" },
};

/* linkId of the questionnaire, and the same in the core data set. */
static const char *const answers[][2] = {
	{ "name", "entry[0].resource.name" },
	{ "birthDate", "entry[0].resource.birthDate" },
	{ "vaccine", "entry[0].resource.vaccination.vaccine.code" },
	{ "brand", "entry[0].resource.vaccination.brand.code" },
	{ "ma_holder", "entry[0].resource.vaccination.maholder.code" },
	{ "dose", "entry[0].resource.vaccination.dose" },
	{ "total_doses", "entry[0].resource.vaccination.totalDoses" },
	{ "centre", "entry[0].resource.vaccination.centre" },
	{ "disease", "entry[0].resource.vaccination.disease.code" },
};

static const json_t *
answer_of(const json_t *questionnaire, const char *link)
{
	const json_t *items = json_object_get(questionnaire, "item"), *answer;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		if (strcmp(json_string_value(json_object_get(item, "linkId")), link) != 0)
			continue;
		answer = json_array_get(json_object_get(item, "answer"), 0);
		answer = json_object_iter_value(json_object_iter((json_t *)(uintptr_t)answer));
		return json_is_object(answer) ? json_object_get(answer, "code") : answer;
	}
	return NULL;
}

/* A document, by the codec that reads both forms; form "xml": turned into that first. */
static int
core_of(struct work *w, struct span document, bool as_xml, struct span *core)
{
	struct credential c = { .payload = NULL };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	const struct node *tree;
	struct record record;
	int r = node_from_json(w, document, "json", &tree);

	record_init(&record);
	*core = SPAN_NONE;
	if (r == 0 && tree && as_xml)
		r = fhir_to_xml(w, tree, "json", &document);
	const struct codec *codec = r == 0 ? codec_detect(document) : NULL;
	if (!codec || strcmp(codec->name, "fhir") != 0)
		return r;
	r = codec->decode(w, document, &c);
	if (r == 0 && c.payload)
		r = codec->normalise(w, &c, &record);
	core_bundle(&b, &record);
	*core = buf_span(&b);
	return r;
}

static int
check_document(struct suite *s, const char *const *language)
{
	char path[ID / 2], id[ID];
	struct span document, questionnaire, core, twin;
	struct work *w = suite_work(s);

	snprintf(path, sizeof(path), "ig/Bundle/Bundle-Example%s.json", language[0]);
	int r = suite_read(s, path, &document);
	snprintf(id, sizeof(id),
		"ig/QuestionnaireResponse/QuestionnaireResponse-DDCCVSQuestionnaireResponse%s.json",
		language[1]);
	if (r == 0)
		r = suite_read(s, id, &questionnaire);
	if (r == 0)
		r = core_of(w, document, false, &core);
	if (r == 0)
		r = core_of(w, document, true, &twin);
	if (r != 0)
		return r;
	tell_one(s, path, "as XML", span_eq(core, twin) && core.len > 0);
	json_t *given = dcc_json(core), *asked = dcc_json(questionnaire);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const json_t *want = answer_of(asked, answers[i][0]);
		const json_t *got = at_path(given, answers[i][1]);
		tell_one(s, path, answers[i][0],
			want && json_equal((json_t *)(uintptr_t)want, (json_t *)(uintptr_t)got));
	}
	json_decref(given);
	json_decref(asked);
	return 0;
}

int
who_documents(struct suite *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(languages) / sizeof(languages[0]); i++)
		r = check_document(s, languages[i]);
	return r;
}
