/* vc_generated.c - credentials signed by published libraries, and attacks on them, through the whole engine.
 *
 * expectations.json names each with the time for which it is judged; trust.json and did-documents.json become lists
 * of issuers.  "policy" entries state no verdict.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "conformance/adapters/crypto.h"
#include "gateway/engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter vc_generated_adapter;

enum { FILES = 16, SOURCES = 4 };

struct lists {
	struct arena *arena;
	struct trust_file files[FILES];
	size_t file_count;
	struct trust_input sources[SOURCES];
	size_t source_count;
};

static struct span
kept(struct lists *l, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	struct span copy = arena_copy(l->arena, span_of(text));

	free(text);
	json_decref(json);
	return copy;
}

static struct trust_file *
add_source(struct lists *l, struct span bytes, struct span issuer)
{
	struct trust_file *f = &l->files[l->file_count++];

	*f = (struct trust_file){ SPAN_LIT("list"), bytes };
	l->sources[l->source_count++] = (struct trust_input){ .name = SPAN_LIT("issuers"),
		.kind = SPAN_LIT("did"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_VC,
		.files = f,
		.file_count = 1,
		.issuer = issuer,
		.read_at = TIME_NONE };
	return f;
}

/* A line each. */
static void
add_issuers(struct lists *l, const json_t *trust)
{
	const json_t *all = json_object_get(trust, "trustedIssuers");
	struct buf b = buf_in(l->arena, 1 << 20);

	for (size_t i = 0; i < json_array_size(all); i++) {
		buf_str(&b, json_string_value(json_array_get(all, i)));
		buf_char(&b, '\n');
	}
	add_source(l, buf_span(&b), SPAN_NONE);
}

/* {"did:india": {"type", "publicKeyPem", "issuer"}}: a document of that one method. */
static void
add_pinned(struct lists *l, json_t *trust)
{
	json_t *pin;
	const char *name;

	json_object_foreach(json_object_get(trust, "pinned"), name, pin)
	{
		json_t *doc = json_pack("{s:s, s:[{s:s, s:s, s:O, s:O}]}", "id", name,
			"assertionMethod", "id", name, "controller", name, "type",
			json_object_get(pin, "type"), "publicKeyPem",
			json_object_get(pin, "publicKeyPem"));

		add_source(l, kept(l, doc), arena_copy(l->arena, crypto_text(pin, "issuer")));
	}
}

static void
add_documents(struct lists *l, json_t *documents)
{
	json_t *doc;
	const char *url;

	json_object_foreach(documents, url, doc)
		add_source(l, kept(l, json_incref(doc)), SPAN_NONE);
}

static int
build_trust(struct suite *s, struct trust **out)
{
	json_t *trust = crypto_file(s, "trust.json");
	json_t *documents = crypto_file(s, "did-documents.json");
	struct lists l = { .arena = arena_new(1 << 22) };
	int r = trust && documents && l.arena ? 0 : -EINVAL;

	if (r == 0) {
		add_issuers(&l, trust);
		add_pinned(&l, trust);
		add_documents(&l, documents);
		r = trust_build(suite_work(s), l.sources, l.source_count, out);
	}
	arena_free(l.arena);
	json_decref(trust);
	json_decref(documents);
	return r;
}

static bool
same(const json_t *want, const char *member, struct span is)
{
	struct span text = crypto_text(want, member);

	return !text.ptr || span_eq(text, is);
}

static bool
same_number(const json_t *want, const char *member, int64_t is)
{
	const json_t *n = json_object_get(want, member);

	return !n || json_integer_value(n) == is;
}

/* The member of `normalised` that our record has otherwise; NULL: none. */
static const char *
difference(const json_t *want, const struct record *r)
{
	const struct event *e = r->events;

	if (!want || !e)
		return want ? "event" : NULL;
	const struct {
		const char *member;
		bool right;
	} rows[] = { { "name", same(want, "name", r->name.text) },
		{ "family", same(want, "family", r->name.family) },
		{ "given", same(want, "given", r->name.given) },
		{ "birthDate", same(want, "birthDate", r->birth_date) },
		{ "gender", same(want, "gender", r->sex) },
		{ "disease", same(want, "disease", e->disease.display) },
		{ "atc", same(want, "atc", e->vaccine.code) },
		{ "product", same(want, "product", e->brand.display) },
		{ "manufacturer", same(want, "manufacturer",
					  e->manufacturer.display.ptr ? e->manufacturer.display
								      : e->ma_holder.display) },
		{ "batch", same(want, "batch", e->lot) }, { "date", same(want, "date", e->date) },
		{ "country", same(want, "country", e->country) },
		{ "centre", same(want, "centre", e->centre) },
		{ "doseNumber", same_number(want, "doseNumber", e->dose) },
		{ "totalDoses", same_number(want, "totalDoses", e->total_doses) } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!rows[i].right)
			return rows[i].member;
	return NULL;
}

static void
judge(struct suite *s, const json_t *row, const struct report *report, const struct verify *v)
{
	const char *id = json_string_value(json_object_get(row, "id"));
	bool valid = span_is(crypto_text(row, "expect"), "valid");
	bool got = report_verdict(report) == VERDICT_VERIFIED;
	enum reason why = report_reason(report);
	const char *other = got && valid
				    ? difference(json_object_get(row, "normalised"), &v->record)
				    : NULL;

	if (other) {
		suite_tell(s, id, CASE_FAIL, "the record has another %s", other);
		return;
	}

	suite_tell(s, id, got == valid ? CASE_PASS : CASE_FAIL, "%s: %s",
		verdict_name(report_verdict(report)), reason_code(why));
}

/* Answers of https://issuer.example/status/NAME: the files status/NAME.json. */
struct pages {
	struct arena *arena;
	struct web_item *items;
	size_t count;
};

enum { PAGES = 64 };

static int
add_page(struct suite *s, const char *path, void *arg)
{
	struct pages *p = arg;
	const char *name = path + sizeof("status/") - 1;
	struct buf b = buf_in(p->arena, 256);

	if (p->count == PAGES)
		return -ENOBUFS;
	struct web_item *item = &p->items[p->count++];
	buf_str(&b, "https://issuer.example/status/");
	buf_add(&b, (struct span){ (const uint8_t *)name, strlen(name) - 5 });
	item->need.url = buf_span(&b);
	return suite_read(s, path, &item->bytes);
}

/* What the document asks for, as far as there is such a page. */
static int
answer(struct work *w, const struct pages *p, struct verify *v, const struct web **out)
{
	struct web_item items[VERIFY_NEEDS];
	size_t count = 0;
	struct web *web = NULL;

	for (size_t i = 0; i < v->need_count; i++)
		for (size_t k = 0; k < p->count; k++) {
			if (!span_eq(v->needs[i].url, p->items[k].need.url))
				continue;
			items[count] = p->items[k];
			items[count].need = v->needs[i];
			items[count].state = WEB_GOOD;
			items[count].status = 200;
			items[count].at = w->now;
			items[count++].until = w->now + 60;
		}
	int r = count > 0 ? web_with(w, NULL, items, count, &web) : 0;
	*out = web;
	return r;
}

static int
verify_twice(struct suite *s, struct work **w, const struct pages *p, struct verify *v)
{
	struct verify asked = *v;
	int64_t now = (*w)->now;
	int r = engine_verify(*w, v);

	if (r != 0 || v->need_count == 0)
		return r;
	if ((r = answer(*w, p, v, &asked.web)) != 0 || !asked.web)
		return r;
	*w = suite_work(s);
	(*w)->now = now;
	*v = asked;
	r = engine_verify(*w, v);
	web_unref((struct web *)(uintptr_t)asked.web);
	v->web = NULL;
	return r;
}

static int
run_row(struct suite *s, const struct trust *t, const struct pages *p, const json_t *row)
{
	struct policy policy = policy_default;
	struct verify v = { .trust = t, .policy = &policy };
	struct work *w = suite_work(s);
	const char *file = json_string_value(json_object_get(row, "file"));
	unsigned oddities;

	policy.env = ENV_ACCEPTANCE;
	if (!file || suite_read(s, file, &v.input) != 0 ||
		!time_parse(crypto_text(row, "evaluateAt"), &w->now, &oddities))
		return -EINVAL;
	if (span_is(crypto_text(row, "expect"), "policy"))
		return 0;
	int r = verify_twice(s, &w, p, &v);
	if (r == 0)
		judge(s, row, w->report, &v);
	return r;
}

static int
run(struct suite *s)
{
	json_t *rows = crypto_file(s, "expectations.json");
	struct trust *t = NULL;
	struct pages pages = { 0 };
	int r = json_is_array(rows) ? build_trust(s, &t) : -EINVAL;

	pages.arena = arena_new(1 << 20);
	pages.items = pages.arena ? ARENA_ARRAY(pages.arena, PAGES, struct web_item) : NULL;
	if (r == 0)
		r = pages.items ? suite_each(s, "status", ".json", add_page, &pages) : -ENOMEM;
	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_row(s, t, &pages, json_array_get(rows, i));
	arena_free(pages.arena);
	trust_unref(t);
	json_decref(rows);
	return r;
}

const struct adapter vc_generated_adapter = { "vc-generated", run };
