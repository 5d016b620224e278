/* shc_spec_examples.c - the specification's own examples, ten generations of them, in every stage; and all cards that
 * its site ever showed, with the keys of their day.
 */
#include "conformance/adapters/shc.h"

#include "codecs/base/arena.h"
#include "codecs/shc/shc.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter shc_spec_examples_adapter;

enum { PATH = 256, CHUNKS = 3 };

static const struct shc_exception exceptions[] = {
	{ "v0.2.0-2021-03-02/example-02 numeric",
		"the generator wrote shc:/0/3 and digits: counted "
		"from 0, and without a slash" },
	{ "v0.2.0-2021-03-02/example-02 numeric text", "the generator wrote shc:/0/3 and digits: "
						       "counted from 0, and without a slash" },
	{ 0 },
};

/* One example of one generation; paths begin with its stem "v1.4.0-2023-06-22/example-00". */
struct example {
	struct shc_world *world;
	const json_t *facts; /* of manifest.json */
	char stem[PATH];
	struct span jws;
};

static bool
read_stage(const struct example *e, const char *tail, struct span *out)
{
	char path[PATH + 64];
	struct span text;

	snprintf(path, sizeof(path), "%s-%s", e->stem, tail);
	if (suite_read(e->world->suite, path, &text) != 0)
		return false;
	*out = span_trim(text);
	return true;
}

static void
tell_verdict(const struct example *e, const char *what, const char *when, struct span input)
{
	const json_t *expect = json_object_get(e->facts, when);
	struct shc_seen seen[SHC_ENTRIES];
	char id[PATH + 64];
	size_t count = 0;

	snprintf(id, sizeof(id), "%s %s", e->stem, what);
	e->world->at = json_integer_value(json_object_get(expect, "clock"));
	int r = shc_ask(e->world, input, seen, &count);
	if (r == 0)
		shc_tell(e->world->suite, id, expect, seen, count, exceptions);
	else
		suite_tell(e->world->suite, id, CASE_FAIL, "there was no memory");
}

static void
tell_same(const struct example *e, const char *what, bool same)
{
	char id[PATH + 64];

	snprintf(id, sizeof(id), "%s %s", e->stem, what);
	shc_tell_if(e->world->suite, id, same, "differs from what the JWS says", exceptions);
}

/* --- stages --- */

/* One text, or the chunks on lines of their own. */
static struct span
numeric_of(const struct example *e)
{
	struct buf b = buf_in(e->world->suite->arena, 1 << 16);
	char tail[64];
	struct span part;

	for (int i = 0; i < CHUNKS; i++) {
		snprintf(tail, sizeof(tail), "f-qr-code-numeric-value-%d.txt", i);
		if (!read_stage(e, tail, &part))
			break;
		buf_str(&b, i > 0 ? "\n" : "");
		buf_add(&b, part);
	}
	return b.len > 0 ? buf_span(&b) : SPAN_NONE;
}

static bool
equals_json(struct work *w, struct span text, const struct node *tree)
{
	const struct node *other;

	return tree && node_from_json(w, text, "example", &other) == 0 && other &&
	       node_equal(other, tree);
}

static void
compare_content(const struct example *e)
{
	struct work *w = suite_work(e->world->suite);
	struct credential c = { 0 };
	struct span expanded, minified, bundle, numeric = numeric_of(e), jws;

	if (shc_card_decode(w, e->jws, &c) != 0 || !c.scheme_data) {
		tell_same(e, "payload", false);
		return;
	}
	const struct shc_card *card = c.scheme_data;
	tell_same(e, "payload",
		read_stage(e, "c-jws-payload-minified.json", &minified) &&
			span_eq(minified, card->text));
	tell_same(e, "expanded",
		read_stage(e, "b-jws-payload-expanded.json", &expanded) &&
			equals_json(w, expanded, card->claims));
	const struct node *subject = node_get(node_get(card->claims, "vc"), "credentialSubject");
	tell_same(e, "bundle",
		read_stage(e, "a-fhirBundle.json", &bundle) &&
			equals_json(w, bundle, node_get(subject, "fhirBundle")));
	report_begin(w->report, w->arena);
	tell_same(e, "numeric text", shc_numeric(w, numeric, &jws) == 0 && span_eq(jws, e->jws));
}

static void
run_example(struct shc_world *w, const char *folder, const json_t *facts)
{
	struct example e = { .world = w, .facts = facts };
	struct span file;

	snprintf(e.stem, sizeof(e.stem), "%s/%.10s", folder,
		json_string_value(json_object_get(facts, "file")));
	if (!read_stage(&e, "d-jws.txt", &e.jws)) {
		suite_tell(w->suite, e.stem, CASE_FAIL, "there is no JWS");
		return;
	}
	tell_verdict(&e, "an hour later", "strict_verdict_1h_after_issue", e.jws);
	tell_verdict(&e, "in 2026", "strict_verdict_2026", e.jws);
	if (read_stage(&e, "e-file.smart-health-card", &file))
		tell_verdict(&e, "file", "strict_verdict_1h_after_issue", file);
	tell_verdict(&e, "numeric", "strict_verdict_1h_after_issue", numeric_of(&e));
	compare_content(&e);
}

/* --- generations --- */

/* Its issuer's keys and revocation list; the HL7 guide has none of its own. */
static int
publish(struct shc_world *w, const char *folder, const char *iss)
{
	static const char list[] =
		".well-known/crl/3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s.json";
	const char *from = strncmp(folder, "hl7-", 4) == 0 ? "v1.4.0-2023-06-22" : folder;
	char url[PATH], path[PATH];

	w->pages.count = 0;
	snprintf(url, sizeof(url), "%s/.well-known/jwks.json", iss);
	snprintf(path, sizeof(path), "%s/issuer/.well-known/jwks.json", from);
	if (!shc_page_file(w, url, path))
		return -ENOENT;
	snprintf(url, sizeof(url), "%s/%s", iss, list);
	snprintf(path, sizeof(path), "%s/issuer/%s", from, list);
	shc_page_file(w, url, path); /* older ones have none */
	return shc_trust_issuers(w, &iss, 1);
}

static int
run_generations(struct suite *s, const json_t *generations)
{
	struct shc_world w = { .suite = s };
	const json_t *g, *example;
	size_t i, j;
	int r = 0;

	json_array_foreach(generations, i, g)
	{
		const char *folder = json_string_value(json_object_get(g, "generation"));
		if (json_is_true(json_object_get(g, "held_out")))
			continue;
		json_array_foreach(json_object_get(g, "examples"), j, example)
		{
			if (j == 0)
				r = publish(&w, folder,
					json_string_value(json_object_get(example, "iss")));
			if (r != 0)
				break;
			run_example(&w, folder, example);
		}
	}
	shc_close(&w);
	return r;
}

/* --- history --- */

/* The set of that day: the last that was there by then.  They are listed newest first. */
static const json_t *
keys_of(const json_t *sets, const char *date)
{
	const json_t *set;
	size_t i;

	json_array_foreach(
		sets, i, set) if (strcmp(json_string_value(json_object_get(set, "first")), date) <=
				  0) return json_object_get(set, "jwks");
	return NULL;
}

static int
publish_history(struct shc_world *w, const json_t *sets, const json_t *card)
{
	const char *iss = json_string_value(json_object_get(card, "iss"));
	const json_t *jwks = keys_of(sets, json_string_value(json_object_get(card, "date")));
	struct buf b = buf_in(w->suite->arena, 1 << 16);
	char url[PATH];

	char *text = jwks ? json_dumps(jwks, JSON_COMPACT) : NULL;
	if (!text)
		return -ENOENT;
	buf_str(&b, text);
	free(text);
	snprintf(url, sizeof(url), "%s/.well-known/jwks.json", iss);
	w->pages.count = 0;
	shc_page(w, url, buf_span(&b));
	return b.error ? b.error : shc_trust_issuers(w, &iss, 1);
}

/* Cards of before 0.4.2 have no nbf, some of them are wrapped as zlib; all others are genuine. */
static bool
is_as_known(const json_t *card, const struct shc_seen *seen)
{
	if (strcmp(json_string_value(json_object_get(card, "deflate")), "raw") != 0)
		return seen->reason == REASON_SHC_WRAPPED;
	if (!json_object_get(card, "nbf"))
		return seen->reason == REASON_SHC_CLAIM_MISSING;
	return seen->verified ==
	       json_is_true(json_object_get(card, "sig_verifies_with_contemporary_jwks"));
}

static int
run_history(struct suite *s, const json_t *sets)
{
	struct shc_world w = { .suite = s };
	struct span lines, line;
	char id[PATH];
	int n = 0, r = suite_read(s, "history-jws.jsonl", &lines);

	while (r == 0 && span_split(&lines, '\n', &line)) {
		json_t *card = json_loadb((const char *)line.ptr, line.len, 0, NULL);
		struct shc_seen seen[SHC_ENTRIES] = { 0 };
		size_t count = 0;
		if (!card)
			continue;
		r = publish_history(&w, sets, card);
		w.at = (int64_t)json_number_value(json_object_get(card, "nbf")) + 60;
		if (r == 0)
			r = shc_ask(&w, crypto_text(card, "jws"), seen, &count);
		snprintf(id, sizeof(id), "history %d: %s %s", ++n,
			json_string_value(json_object_get(card, "date")),
			json_string_value(json_object_get(card, "file")));
		shc_tell_if(s, id, r == 0 && count == 1 && is_as_known(card, &seen[0]),
			"the signature or the form is judged otherwise", NULL);
		json_decref(card);
	}
	shc_close(&w);
	return r;
}

static int
run(struct suite *s)
{
	json_t *manifest = crypto_file(s, "manifest.json");
	json_t *sets = crypto_file(s, "history-jwks.json");
	int r = manifest && sets ? 0 : -ENOENT;

	if (r == 0)
		r = run_generations(s, json_object_get(manifest, "generations"));
	if (r == 0)
		r = run_history(s, sets);
	suite_tell(s, "images", CASE_SKIP,
		"images of QR codes are not read; the digits beside them are");
	suite_tell(s, "rid-vectors.json", CASE_SKIP,
		"made by issuers: revocation identifiers are compared here, not derived");
	json_decref(sets);
	json_decref(manifest);
	return r;
}

const struct adapter shc_spec_examples_adapter = { "shc-spec-examples", run };
