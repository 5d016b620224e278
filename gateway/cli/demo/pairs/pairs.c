/* pairs.c - one case for each kind of certificate and each form: what is written, with its loss report, or why not. */
#include "gateway/cli/demo/pairs/pairs.h"

#include "codecs/base/date.h"
#include "conformance/case.h"
#include "conformance/suite_impl.h"
#include "conformance/translate/translation.h"
#include "gateway/cli/demo/demo.h"
#include "gateway/cli/demo/pairs/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LENGTH = 128, PATH_LENGTH = 512 };

static const struct source {
	const char *name; /* in front of "-to-" */
	const char *suite, *sample; /* whose case it is */
	const char *what; /* for people */
} sources[] = {
	{ "eu-dcc-vaccination", "eu-dcc", "vaccination", "a vaccination of the EU" },
	{ "eu-dcc-test", "eu-dcc", "test", "a test of the EU" },
	{ "eu-dcc-recovery", "eu-dcc", "recovery", "a recovery of the EU" },
	{ "smart-health-card-vaccination", "smart-health-card", "shc-vaccination",
		"a health card with two vaccinations" },
	{ "smart-health-card-test", "smart-health-card", "shc-laboratory",
		"a health card with a test" },
	{ "ddcc-vs", "who", "ddcc-vaccination", "a vaccination as the WHO's core data set" },
	{ "ddcc-tr", "who", "ddcc-test", "a test as the WHO's core data set" },
	{ "ddcc-legacy", "who", "ddcc-flat", "a vaccination in the WHO's flat form of 2021" },
	{ "icvp", "who", "icvp", "an international certificate of vaccination" },
	{ "ph4h-medication", "who", "medication", "an overview of medications" },
	{ "vds-nc-vaccination", "icao-vds-nc", "vds-vaccination", "a seal with a vaccination" },
	{ "vds-nc-test", "icao-vds-nc", "vds-test", "a seal with a test" },
	{ "divoc", "vc", "vc-divoc-code", "a vaccination of DIVOC" },
	{ "vc", "vc", "vc-vaccination", "a W3C credential of a vaccination" },
	{ "vc-jwt", "vc", "vc-jwt", "a W3C credential as JWT" },
	{ "fhir-unsigned", "fhir", "fhir-document", "a document of FHIR that nobody signed" },
};

/* That suite is not written here: nothing of it can be read, and nothing need be. */
static bool
is_elsewhere(const struct source *s)
{
	return strcmp(s->suite, "fhir") == 0;
}

/* A source while its cases are written. */
struct pairing {
	struct demo *d;
	const struct keyring *keyring;
	const struct source *source;
	const struct target *target;
	json_t *json; /* the source's case; NULL: it is not there */
	bool binary; /* its input is no text */
	struct attest *a; /* what came of the translation */
};

/* --- case.json --- */

/* What is beside the source's case is two folders away. */
static void
put_trust(struct buf *b, const struct pairing *p)
{
	char *text = json_dumps(json_object_get(p->json, "trust"), JSON_COMPACT);
	const char *rest = text ? text : "", *next;

	if (!text)
		b->error = -ENOMEM;
	for (; (next = strstr(rest, "\"../")) != NULL; rest = next + 4) {
		buf_add(b, span_slice(span_of(rest), 0, (size_t)(next - rest)));
		buf_str(b, "\"../../");
		buf_str(b, p->source->suite);
		buf_char(b, '/');
	}
	buf_str(b, rest);
	free(text);
}

/* A row a line, without the sentences. */
static void
put_loss(struct buf *b, const struct loss *l)
{
	const char *comma = "\n";
	size_t at = 0;

	for (enum loss_fate f = 0; f < LOSS_FATES; f++) {
		buf_str(b, f == 0 ? ",\n\"loss\":{\"" : ",\"");
		buf_str(b, loss_fate_name(f));
		buf_str(b, "\":");
		buf_uint(b, l->count[f]);
	}
	buf_str(b, ",\"elements\":[");
	for (const struct loss_row *r = loss_next(l, &at); r; r = loss_next(l, &at)) {
		buf_str(b, comma);
		loss_row_json(b, r, false);
		comma = ",\n";
	}
	buf_str(b, "]}");
}

static void
put_expectation(struct buf *b, const struct pairing *p)
{
	json_t *expect = json_object_get(p->json, "expect");
	const char *scheme = json_string_value(json_object_get(expect, "scheme"));
	const struct attest *a = p->a;

	buf_str(b, ",\n\"expect\":{\"verdict\":");
	buf_str(b, p->json ? "\"verified\"" : "\"rejected\",\"reason\":\"signature.missing\"");
	if (scheme) {
		buf_str(b, ",\"scheme\":");
		buf_json(b, span_of(scheme));
	}
	buf_str(b, ",\"emit\":{\"to\":");
	buf_json(b, span_of(p->target->name));
	if (a->refusal != REFUSAL_NONE) {
		buf_str(b, ",\"refusal\":");
		buf_json(b, span_of(refusal_code(a->refusal)));
	}
	if (a->refusal == REFUSAL_NONE || a->refusal >= REFUSAL_MISSING)
		put_loss(b, &a->loss);
	buf_str(b, "}}}\n");
}

static int
write_pair(const struct pairing *p)
{
	struct buf b = buf_in(p->d->arena, SIZE_MAX), title = b, input = b;
	char id[NAME_LENGTH], folder[PATH_LENGTH];

	snprintf(id, sizeof(id), "%s-to-%s", p->source->name, p->target->name);
	snprintf(folder, sizeof(folder), "translate/%s", id);
	pair_title(&title, p->source->what, p->a);
	buf_str(&input, "../../");
	buf_str(&input, p->source->suite);
	buf_char(&input, '/');
	buf_str(&input, p->source->sample);
	buf_str(&input, p->binary ? "/input.bin" : "/input.txt");
	buf_str(&b, "{\"id\":");
	buf_json(&b, span_of(id));
	buf_str(&b, ",\"title\":");
	buf_json(&b, buf_span(&title));
	buf_str(&b, ",\"spec\":\"docs/emit.md\",\n\"at\":\"");
	time_format(&b, p->d->now);
	buf_str(&b, "\",\n\"trust\":");
	if (p->json)
		put_trust(&b, p);
	else
		buf_str(&b, "[]");
	buf_str(&b, ",\n\"input\":");
	buf_json(&b, buf_span(&input));
	put_expectation(&b, p);
	int r = title.error ? title.error : input.error ? input.error : b.error;
	if (r == 0)
		r = demo_make_folder(p->d, folder, 0755);
	return r != 0 ? r : demo_write(p->d, folder, "case.json", buf_span(&b), 0644);
}

/* --- translations --- */

/* The case as the runner reads it, and its translation as the runner makes it. */
static const char *
translate(const struct pairing *p, struct suite *s, const char *folder)
{
	struct test_case c;
	struct work *w = suite_work(s);
	const char *fault = case_read(s, folder, p->json, &c);
	struct work lists = { s->arena, w->report, w->limits, w->kit, p->d->now };
	struct trust *trust = NULL;

	if (fault)
		return fault;
	if (trust_build(&lists, c.sources, c.source_count, &trust) != 0)
		return "its lists can't be built";
	struct verify v = { .input = c.input, .trust = trust, .policy = &c.policy };
	w->now = c.at;
	fault = pages_verify(w, &c.web, &v) == 0
			? translation_fault(p->keyring, w, &v, p->target, p->a)
			: "there is no memory";
	if (!fault && write_pair(p) != 0)
		fault = "the case can't be written";
	trust_unref(trust);
	return fault;
}

static int
tell(const struct pairing *p, const char *fault)
{
	if (!fault)
		return 0;
	fprintf(stderr, "vidimus demo: %s to %s: %s\n", p->source->name, p->target->name, fault);
	return -EIO;
}

static int
write_target(struct pairing *p, struct suite *s, const char *folder)
{
	struct attest a = { .target = p->target, .refusal = REFUSAL_SOURCE };

	p->a = &a;
	if (!p->json)
		return write_pair(p);
	return tell(p, translate(p, s, folder));
}

static int
write_source(struct pairing *p)
{
	char folder[PATH_LENGTH], path[PATH_LENGTH];
	struct span text;
	int r = 0;

	p->json = NULL;
	snprintf(folder, sizeof(folder), "%s/%s", p->d->dir, p->source->suite);
	struct suite *s = suite_open(p->source->suite, span_of(folder), p->d->kit);
	if (!s)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/case.json", p->source->sample);
	if (!is_elsewhere(p->source) && (r = suite_read(s, path, &text)) == 0 &&
		!(p->json = json_loadb((const char *)text.ptr, text.len, 0, NULL)))
		r = -EIO;
	snprintf(path, sizeof(path), "%s/input.bin", p->source->sample);
	p->binary = suite_read(s, path, &text) == 0;
	for (size_t i = 0; r == 0 && (p->target = target_at(i)) != NULL; i++)
		r = write_target(p, s, p->source->sample);
	json_decref(p->json);
	suite_close(s);
	return r;
}

int
demo_pairs(struct demo *d)
{
	struct keyring *k = keyring_new();
	struct pairing p = { .d = d, .keyring = k };
	int r = k ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sizeof(sources) / sizeof(sources[0]); i++) {
		p.source = &sources[i];
		r = write_source(&p);
	}
	keyring_free(k);
	return r;
}
