/* shl_examples.c - published health links, their encrypted files and the cards in them.
 *
 * Each link is taken apart, each file decrypted; then those links that lead to one file
 * are followed to it, over the corpus' own folder.
 */
#include "conformance/adapters/shc.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/jwe.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter shl_examples_adapter;

enum { CLOCK = 1760000000, ID = 160, SHA256 = 32 };

#define DIRECTORY "seanno/keystore/directory.json"
#define PUBLISHED "https://raw.githubusercontent.com/seanno/shc-demo-data/main/"

static bool
has_finding(const json_t *facts, const char *name)
{
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(facts, "findings"), i,
		f) if (strcmp(json_string_value(f), name) == 0) return true;
	return false;
}

static bool
is_noted(const struct work *w, enum reason reason)
{
	for (const struct finding *f = w->report->findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	return false;
}

/* --- links taken apart --- */

static bool
same_key(struct work *w, const struct link *l, const json_t *payload)
{
	struct buf b = buf_in(w->arena, 64);

	base64url_encode(&b, l->key);
	return span_eq(buf_span(&b), crypto_text(payload, "key"));
}

static bool
same_flags(const struct link *l, const json_t *payload)
{
	const char *text = json_string_value(json_object_get(payload, "flag"));
	unsigned flags = 0;

	for (; text && *text; text++)
		flags |= *text == 'L' ? LINK_LONG_TERM : *text == 'P' ? LINK_PASSCODE : LINK_FILE;
	return flags == l->flags;
}

static void
run_link(struct suite *s, const json_t *facts)
{
	const char *file = json_string_value(json_object_get(facts, "file"));
	const json_t *payload = json_object_get(facts, "payload");
	const json_t *exp = json_object_get(payload, "exp");
	struct work *w = suite_work(s);
	struct link l = { 0 };
	struct span text;
	char id[ID];
	bool ok = false;

	snprintf(id, sizeof(id), "link %s", file);
	if (suite_read(s, file, &text) != 0 || link_read(w, span_trim(text), &l, &ok) != 0)
		ok = false;
	ok = ok && span_eq(l.url, crypto_text(payload, "url")) && same_key(w, &l, payload) &&
	     span_eq(l.label, crypto_text(payload, "label")) && same_flags(&l, payload) &&
	     (exp ? l.expires == json_integer_value(exp) : l.expires == TIME_NONE) &&
	     is_noted(w, REASON_NOTE_LINK_GUESSABLE) == has_finding(facts, "url-entropy");
	shc_tell_if(s, id, ok, "a member or a note differs", NULL);
}

/* --- files --- */

static bool
same_sha256(struct work *w, struct span plain, const json_t *facts)
{
	uint8_t sum[SHA256];
	struct buf b = buf_in(w->arena, 128);

	if (digest_of(w->kit, DIGEST_SHA256, plain, sum) != 0)
		return false;
	buf_hex(&b, (struct span){ sum, SHA256 });
	return span_eq(buf_span(&b), crypto_text(facts, "plaintext_sha256"));
}

static bool
opens_as_known(struct work *w, struct span text, const json_t *facts)
{
	struct span key = SPAN_NONE, plain = SPAN_NONE;
	struct jwe j;
	size_t bad;
	bool ok = false;

	if (base64url_decode(w->arena, crypto_text(facts, "key"), &key, &bad) != 0 ||
		jwe_read(w, span_trim(text), &j, &ok) != 0)
		return false;
	if (ok && jwe_open(w, &j, key, "link.bytes", w->limits->link_bytes, &plain, &ok) != 0)
		return false;
	if (!json_is_true(json_object_get(facts, "decrypts")))
		return !ok;
	return ok && same_sha256(w, plain, facts) &&
	       !j.cty.ptr == has_finding(facts, "cty-missing");
}

static void
run_file(struct suite *s, const json_t *facts)
{
	const char *file = json_string_value(json_object_get(facts, "file"));
	struct span text;
	char id[ID];

	snprintf(id, sizeof(id), "file %s", file);
	bool ok = suite_read(s, file, &text) == 0 && opens_as_known(suite_work(s), text, facts);
	shc_tell_if(s, id, ok, "decrypts otherwise", NULL);
}

/* --- cards --- */

static int
run_cards(struct shc_world *w, const json_t *cards)
{
	struct shc_seen seen[SHC_ENTRIES];
	const json_t *facts;
	struct span text;
	char id[ID];
	size_t i, count;
	int r = 0;

	json_array_foreach(cards, i, facts)
	{
		const char *file = json_string_value(json_object_get(facts, "file"));
		snprintf(id, sizeof(id), "card %s", file);
		w->at = json_integer_value(json_object_get(facts, "clock"));
		r = suite_read(w->suite, file, &text);
		if (r == 0)
			r = shc_ask(w, text, seen, &count);
		if (r != 0)
			break;
		shc_tell(w->suite, id, json_object_get(facts, "strict_verdict"), seen, count, NULL);
	}
	return r;
}

/* --- links followed --- */

/* Of the entry whose file is `file`; NULL: there is none. */
static const json_t *
facts_of(const json_t *list, const char *file)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(list, i,
		facts) if (strcmp(json_string_value(json_object_get(facts, "file")), file) ==
			   0) return facts;
	return NULL;
}

/* seanno/cards/x/jws.txt is jws-raw.txt beside it, encrypted: the verdict is that of the card.  Patient summaries
 * are not signed. */
static bool
is_as_inside(const json_t *root, const char *file, const struct link_verify *v)
{
	const json_t *jwe = facts_of(json_object_get(root, "jwe"), file);
	char raw[ID];

	if (!span_is(crypto_text(jwe, "content"), "application/smart-health-card"))
		return v->verdict == VERDICT_INDETERMINATE && v->reason == REASON_LINK_UNSIGNED;
	snprintf(raw, sizeof(raw), "%.*s-raw.txt", (int)strlen(file) - 4, file);
	const json_t *strict = json_object_get(
		facts_of(json_object_get(root, "cards"), raw), "strict_verdict");
	if (span_is(crypto_text(strict, "verdict"), "reject"))
		return v->verdict == VERDICT_REJECTED && v->reason == REASON_REVOCATION_REVOKED;
	return v->verdict == VERDICT_VERIFIED;
}

/* The file under the address; SPAN_NONE where the corpus does not have it. */
static struct span
file_under(struct suite *s, const char *url, char *path)
{
	struct span bytes;

	if (strncmp(url, PUBLISHED, strlen(PUBLISHED)) != 0)
		return SPAN_NONE;
	snprintf(path, ID, "seanno/%s", &url[strlen(PUBLISHED)]);
	return suite_read(s, path, &bytes) == 0 ? bytes : SPAN_NONE;
}

static int
follow(struct shc_world *w, const json_t *root, const json_t *facts)
{
	const json_t *payload = json_object_get(facts, "payload");
	const char *name = json_string_value(json_object_get(facts, "file"));
	const char *url = json_string_value(json_object_get(payload, "url"));
	char id[ID], path[ID], asked[2 * ID];
	struct policy policy = policy_default;
	struct span text, file = file_under(w->suite, url, path);

	if (!file.ptr || suite_read(w->suite, name, &text) != 0)
		return 0;
	snprintf(id, sizeof(id), "followed %s", name);
	snprintf(asked, sizeof(asked), "%s?recipient=Vidimus", url);
	policy.env = ENV_DEMO;
	policy.links = LINKS_ANY;
	const struct page page = { span_of(asked), 200, span_trim(file) };
	const struct pages pages = { &page, 1 };
	struct work *work = suite_work(w->suite);
	struct link_verify *v = ARENA_NEW(work->arena, struct link_verify);
	if (!v)
		return -ENOMEM;
	*v = (struct link_verify){ .input = text, .trust = w->trust, .policy = &policy };
	work->now = CLOCK;
	int r = pages_link(work, &pages, v);
	if (r != 0)
		return r;
	bool expired = has_finding(facts, "expired");
	shc_tell_if(w->suite, id,
		expired ? v->verdict == VERDICT_REJECTED && v->reason == REASON_LINK_EXPIRED
			: is_as_inside(root, path, v),
		reason_code(v->reason) ? reason_code(v->reason) : "verified", NULL);
	return 0;
}

/* --- the text of the specification, and its instances --- */

static void
run_spec_text(struct suite *s)
{
	static const char *const links[] = { "shlink", "viewer_link" };
	json_t *root = crypto_file(s, "hl7-stu1/spec-text-examples.json");
	struct span key = SPAN_NONE;
	char id[ID];

	for (size_t i = 0; i < 2; i++) {
		struct work *w = suite_work(s);
		struct link l = { 0 };
		bool ok = false;
		snprintf(id, sizeof(id), "specification %s", links[i]);
		int r = link_read(w, crypto_text(root, links[i]), &l, &ok);
		shc_tell_if(s, id, r == 0 && ok && l.key.len == JWE_KEY, "is refused", NULL);
	}
	struct work *w = suite_work(s);
	struct jwe j;
	struct span plain;
	size_t bad;
	bool ok = base64url_decode(w->arena, crypto_text(json_object_get(root, "payload"), "key"),
			  &key, &bad) == 0 &&
		  jwe_read(w, crypto_text(root, "jwe"), &j, &ok) == 0 && ok &&
		  jwe_open(w, &j, key, "link.bytes", w->limits->link_bytes, &plain, &ok) == 0 && ok;
	shc_tell_if(s, "specification jwe", ok, "does not decrypt", NULL);
	json_decref(root);
}

/* An instance whose expiry is a text, and one that is well put. */
static void
run_instances(struct suite *s)
{
	static const struct {
		const char *file;
		enum reason reason;
	} rows[] = { { "hl7-stu1/shl-payload-1.json", REASON_LINK_MEMBER },
		{ "hl7-stu1/shl-payload-2.json", REASON_NONE } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct work *w = suite_work(s);
		struct link l = { 0 };
		struct span json;
		bool ok, done = suite_read(s, rows[i].file, &json) == 0 &&
				link_read_payload(w, json, &l, &ok) == 0;
		shc_tell_if(s, rows[i].file,
			done && w->report->checks[CHECK_FORMAT].reason == rows[i].reason,
			"is read otherwise", NULL);
	}
}

static int
run(struct suite *s)
{
	struct shc_world w = { .suite = s, .at = CLOCK };
	json_t *root = crypto_file(s, "expectations.json");
	const json_t *links = json_object_get(root, "links"), *facts;
	struct span directory;
	size_t i;
	int r = root ? suite_read(s, DIRECTORY, &directory) : -ENOENT;

	json_array_foreach(links, i, facts) run_link(s, facts);
	json_array_foreach(json_object_get(root, "jwe"), i, facts) run_file(s, facts);
	run_spec_text(s);
	run_instances(s);
	if (r == 0)
		r = shc_trust(&w, "vci-snapshot", directory);
	if (r == 0)
		r = run_cards(&w, json_object_get(root, "cards"));
	json_array_foreach(links, i, facts) r = r == 0 ? follow(&w, root, facts) : r;
	suite_tell(s, "images", CASE_SKIP, "images of QR codes are not read");
	shc_close(&w);
	json_decref(root);
	return r;
}

const struct adapter shl_examples_adapter = { "shl-examples", run };
