/* shc_dev_tools.c - the cases of the specification's own validator, with its clock and the web that it saw.
 *
 * Signed artefacts are held against the strict verdict beside each case, and against the
 * codes that the validator gave: one of them must have its counterpart in our answer.
 * Payloads and bundles, which nobody signed, are sealed under a key of ours first.
 */
#include "conformance/adapters/shc_codes.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const struct adapter shc_dev_tools_adapter;

enum { CLOCK = 1685577600, ID = 96, ISSUERS = 4 };

#define BLANKS "a line end behind a file is the file's own; the cards in it are looked at"
#define TYPES  "accepted; version 1.4.0 dropped the types that are missed or found here"
#define IMAGE  "about the image of the code; its text is all that is judged here"
#define X5C    "certificates beside a key are judged where anchors are configured, and by them"

static const struct shc_exception exceptions[] = {
	{ "card-050 codes", "the link leads to http and is refused before a passcode matters" },
	{ "card-054 codes", BLANKS },
	{ "api-133 codes", BLANKS },
	{ "card-062 codes", TYPES },
	{ "card-063 codes", TYPES },
	{ "card-064 codes", TYPES },
	{ "card-115 codes", TYPES },
	{ "card-116 codes", TYPES },
	{ "card-066 codes", IMAGE },
	{ "card-095 codes", IMAGE },
	{ "card-097 codes", IMAGE },
	{ "card-079", "a key set that could not be had leaves the question open: indeterminate" },
	{ "card-086 codes", "what a file is called is not looked at" },
	{ "keys: wrong SAN in x5c cert", X5C },
	{ "keys: no SAN in x5c cert", X5C },
	{ "keys: invalid x5c cert chain", X5C },
	{ 0 },
};

struct case_run {
	struct suite *suite;
	const json_t *facts, *images, *spec_images;
	struct shc_sealer *sealer;
	const char *id, *artifact;
};

/* --- inputs --- */

static struct span
join_files(struct suite *s, const json_t *files)
{
	struct buf b = buf_in(s->arena, 16 << 20);
	const json_t *file;
	struct span text;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (suite_read(s, json_string_value(file), &text) != 0)
			return SPAN_NONE;
		buf_str(&b, i > 0 ? "\n" : "");
		buf_add(&b, text);
	}
	return buf_span(&b);
}

static struct span
text_of_image(const struct case_run *c, const char *file)
{
	static const char other[] = "../shc-spec-examples/";
	bool spec = strncmp(file, other, sizeof(other) - 1) == 0;
	const json_t *list = spec ? c->spec_images : c->images, *image;
	const char *name = spec ? &file[sizeof(other) - 1] : file;
	size_t i;

	json_array_foreach(list, i, image) if (span_is(crypto_text(image, "file"),
						       name)) return crypto_text(image, "text");
	return SPAN_NONE;
}

/* What another reader saw in the images; SPAN_NONE where that is not known. */
static struct span
join_images(const struct case_run *c)
{
	struct buf b = buf_in(c->suite->arena, 1 << 20);
	const json_t *file;
	size_t i;

	json_array_foreach(json_object_get(c->facts, "files"), i, file)
	{
		struct span text = text_of_image(c, json_string_value(file));
		if (!text.ptr)
			return SPAN_NONE;
		buf_str(&b, i > 0 ? "\n" : "");
		buf_add(&b, text);
	}
	return buf_span(&b);
}

/* --- the world of one case --- */

static void
add_web(struct shc_world *w)
{
	json_t *web = crypto_file(w->suite, "web.json"), *path;
	const char *url;

	json_object_foreach(web, url, path) shc_page_file(w, url, json_string_value(path));
	json_decref(web);
}

/* Everyone who issued one of its cards is trusted, unless the case names the real directory. */
static int
trust_case(struct shc_world *w, const struct case_run *c)
{
	static const char spec[] = "https://spec.smarthealth.cards/examples/issuer";
	const json_t *directory = json_object_get(
		json_object_get(c->facts, "options"), "issuerDirectory");
	const char *iss[ISSUERS] = { spec };
	const json_t *jws;
	struct span bytes;
	size_t i, n = 1;

	if (json_is_string(directory) && strcmp(json_string_value(directory), "VCI") == 0)
		return suite_read(c->suite, "../shc-vci-directory/vci-issuers.json", &bytes) == 0
			       ? shc_trust(w, "vci-directory", bytes)
			       : -ENOENT;
	json_array_foreach(json_object_get(c->facts, "jws"), i, jws)
	{
		const char *name = json_string_value(json_object_get(jws, "iss"));
		if (name && n < ISSUERS)
			iss[n++] = name;
	}
	return shc_trust_issuers(w, iss, n);
}

static void
tell_codes(const struct case_run *c, const struct shc_seen *seen, size_t count)
{
	char id[ID], detail[200];
	bool agrees = shc_codes_agree(c->facts, seen, count, detail, sizeof(detail));

	snprintf(id, sizeof(id), "%s codes", c->id);
	shc_tell_if(c->suite, id, agrees, detail, exceptions);
}

static int
run_text(const struct case_run *c, struct span input)
{
	struct shc_world w = { .suite = c->suite, .at = CLOCK };
	const json_t *strict = json_object_get(c->facts, "strict_verdict");
	struct shc_seen seen[SHC_ENTRIES];
	size_t count;
	int r;

	add_web(&w);
	r = trust_case(&w, c);
	if (r == 0)
		r = shc_ask(&w, input, seen, &count);
	if (r == 0 && json_is_object(strict))
		shc_tell(c->suite, c->id, strict, seen, count, exceptions);
	if (r == 0)
		tell_codes(c, seen, count);
	shc_close(&w);
	return r;
}

/* A payload or a bundle that nobody signed. */
static int
run_unsigned(const struct case_run *c, struct span text)
{
	struct shc_world w = { .suite = c->suite, .at = CLOCK };
	bool payload = strcmp(c->artifact, "jwspayload") == 0;
	struct shc_seen seen[SHC_ENTRIES];
	struct span card;
	size_t count;
	int r = shc_sealer_seal(c->sealer, text, payload, &card);

	if (r == 0)
		r = shc_sealer_publish(c->sealer, &w);
	if (r == 0)
		r = shc_ask(&w, card, seen, &count);
	if (r == 0)
		tell_codes(c, seen, count);
	shc_close(&w);
	return r;
}

/* --- links --- */

/* Every artefact of a link as a link: a list of files stands under an address of ours. */
static int
run_link(const struct case_run *c, struct span text)
{
	enum reason reason = shc_link_reason(c->suite, c->artifact, text, CLOCK);
	struct shc_seen seen = { .verdict = VERDICT_REJECTED, .reason = reason };

	tell_codes(c, &seen, 1);
	return 0;
}

/* --- cases --- */

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static int
run_case(const struct case_run *c)
{
	static const char *const cards[] = { "jws", "qrnumeric", "healthcard", "fhirhealthcard",
		NULL };
	static const char *const raw[] = { "jwspayload", "fhirbundle", NULL };
	static const char *const links[] = { "shlink", "shlpayload", "shlmanifest", "shlfile",
		NULL };
	struct span text = strcmp(c->artifact, "qr") == 0
				   ? join_images(c)
				   : join_files(c->suite, json_object_get(c->facts, "files"));

	if (!json_is_object(json_object_get(json_object_get(c->facts, "measured"), "errors"))) {
		suite_tell(c->suite, c->id, CASE_SKIP, "no answer of the validator is known");
		return 0;
	}
	if (!text.ptr) {
		suite_tell(c->suite, c->id, CASE_SKIP,
			"images of QR codes are not read, and no text is known of this one");
		return 0;
	}
	if (strcmp(c->artifact, "qr") == 0 && span_starts(text, SPAN_LIT("shlink:")))
		return run_link(c, text);
	if (strcmp(c->artifact, "qr") == 0 || is_one_of(c->artifact, cards))
		return run_text(c, text);
	if (is_one_of(c->artifact, raw))
		return run_unsigned(c, text);
	if (is_one_of(c->artifact, links))
		return run_link(c, text);
	suite_tell(c->suite, c->id, CASE_SKIP, "no artefact of a card: see the key sets below");
	return 0;
}

static int
run_cases(struct suite *s, struct shc_sealer *sealer)
{
	struct case_run c = { .suite = s, .sealer = sealer };
	json_t *root = crypto_file(s, "expectations.json");
	json_t *images = crypto_file(s, "qr-images.json");
	json_t *spec = crypto_file(s, "../shc-spec-examples/qr-images.json");
	const json_t *facts;
	size_t i;
	int r = 0;

	c.images = images;
	c.spec_images = spec;
	json_array_foreach(json_object_get(root, "cases"), i, facts)
	{
		c.facts = facts;
		c.id = json_string_value(json_object_get(facts, "id"));
		c.artifact = json_string_value(json_object_get(facts, "artifact"));
		r = run_case(&c);
		if (r != 0)
			break;
	}
	json_decref(spec);
	json_decref(images);
	json_decref(root);
	return r;
}

/* --- key sets --- */

/* Whether a set read as an issuer's own has something that the validator objects to. */
static bool
set_is_clean(struct suite *s, struct span bytes)
{
	struct trust_file file = { SPAN_LIT("keys"), bytes };
	struct trust_input in = { .name = SPAN_LIT("keys"),
		.kind = SPAN_LIT("issuer-keys"),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.issuer = SPAN_LIT("https://smarthealth.cards/examples/issuer"),
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	struct trust *t = NULL;

	if (trust_build(w, &in, 1, &t) != 0)
		return false;
	const struct trust_source_info *info = trust_source_at(t, 0);
	bool clean = !info->fault && info->keys > 0 && info->refused + info->skipped == 0;
	trust_unref(t);
	return clean;
}

static void
run_keys(struct suite *s)
{
	json_t *root = crypto_file(s, "keys-expectations.json");
	const json_t *facts;
	struct span bytes;
	size_t i;

	json_array_foreach(json_object_get(root, "cases"), i, facts)
	{
		char id[ID];
		snprintf(id, sizeof(id), "keys: %s",
			json_string_value(json_object_get(facts, "title")));
		bool read = suite_read(s, json_string_value(json_object_get(facts, "file")),
				    &bytes) == 0;
		bool empty = json_is_true(json_object_get(facts, "expected_empty"));
		shc_tell_if(s, id, read && set_is_clean(s, bytes) == empty,
			"a key is taken, or refused, otherwise", exceptions);
	}
	json_decref(root);
}

static int
run(struct suite *s)
{
	struct shc_sealer *sealer = shc_sealer_new(s);
	int r = sealer ? run_cases(s, sealer) : -ENOMEM;

	if (r == 0)
		run_keys(s);
	shc_sealer_free(sealer);
	return r;
}

const struct adapter shc_dev_tools_adapter = { "shc-dev-tools", run };
