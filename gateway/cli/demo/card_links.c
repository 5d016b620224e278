/* card_links.c - what the health links of the cases lead to: encrypted files, and lists of them. */
#include "codecs/base/text.h"
#include "codecs/seal/jwe.h"
#include "gateway/cli/demo/demo.h"

enum { KEY = 32, IV = 12 };

#define CARD    "application/smart-health-card"
#define FHIR    "application/fhir+json"
#define SERVICE "application/smart-api-access"
#define PLACE   "https://links.vidimus-demo.aq/files/"

/* One encrypted file: its type as it says itself, and its content; NULL: a card. */
static const struct {
	const char *name, *type, *content;
} files[] = {
	{ "link-card.jwe", CARD, NULL },
	{ "link-untyped.jwe", NULL, NULL },
	{ "link-fhir.jwe", FHIR, "{\"resourceType\":\"Bundle\",\"type\":\"document\"}" },
	{ "link-service.jwe", SERVICE, "{\"access_token\":\"x\",\"aud\":\"https://ehr.example\"}" },
	{ "link-picture.jwe", "image/png", "\x89PNG" },
};

enum { FILES = sizeof(files) / sizeof(files[0]) };

/* A list of files; * stands for link-card.jwe. */
static const struct {
	const char *name, *json;
} manifests[] = {
	{ "link-manifest.json", "{\"files\":[{\"contentType\":\"" CARD "\",\"embedded\":\"*\"},"
				"{\"contentType\":\"" CARD "\",\"location\":\"" PLACE "1\"}]}\n" },
	{ "link-one.json", "{\"files\":[{\"contentType\":\"" CARD "\",\"embedded\":\"*\"}]}\n" },
	{ "link-empty.json", "{\"files\":[]}\n" },
	{ "link-none.json", "{\"status\":\"ok\"}\n" },
	{ "link-withdrawn.json", "{\"files\":[{\"contentType\":\"" CARD
				 "\",\"embedded\":\"*\",\"status\":\"no-longer-valid\"}]}\n" },
	{ "link-differs.json",
		"{\"files\":[{\"contentType\":\"" FHIR "\",\"embedded\":\"*\"}]}\n" },
	{ "link-twice.json", "{\"files\":[{\"contentType\":\"" CARD
			     "\",\"embedded\":\"*\",\"location\":\"" PLACE "1\"}]}\n" },
	{ "link-attempts.json", "{\"remainingAttempts\":3}\n" },
};

/* A .smart-health-card file by the clinic. */
static int
card_file(struct demo *d, struct span *out)
{
	struct sample card = { .card = { .recipe = { .form = SHC_FILE } } };

	card.card.recipe.bundle = span_of(demo_card_bundle);
	return card_mint(d, &card, out);
}

int
card_seal_file(
	struct demo *d, uint8_t number, const char *type, struct span content, struct span *out)
{
	struct buf header = buf_in(d->arena, SIZE_MAX);
	uint8_t key[KEY], iv[IV] = { number };

	for (uint8_t k = 0; k < KEY; k++)
		key[k] = k;
	buf_str(&header, "{\"alg\":\"dir\",\"enc\":\"A256GCM\"");
	if (type) {
		buf_str(&header, ",\"cty\":");
		buf_json(&header, span_of(type));
	}
	buf_char(&header, '}');
	return header.error ? header.error
			    : jwe_write(&d->work, buf_span(&header), (struct span){ key, KEY },
				      (struct span){ iv, IV }, content, out);
}

static int
seal(struct demo *d, size_t i, struct span *out)
{
	struct span content = span_of(files[i].content ? files[i].content : "");
	int r = files[i].content ? 0 : card_file(d, &content);

	return r != 0 ? r : card_seal_file(d, (uint8_t)i, files[i].type, content, out);
}

static int
write_manifest(struct demo *d, const char *folder, size_t i, struct span card)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	demo_fill(&b, manifests[i].json, '*', card);
	return b.error ? b.error : demo_write(d, folder, manifests[i].name, buf_span(&b), 0644);
}

int
card_write_links(struct demo *d, const char *folder)
{
	struct span sealed[FILES];
	int r = 0;

	for (size_t i = 0; r == 0 && i < FILES; i++) {
		r = seal(d, i, &sealed[i]);
		if (r == 0)
			r = demo_write(d, folder, files[i].name, sealed[i], 0644);
	}
	for (size_t i = 0; r == 0 && i < sizeof(manifests) / sizeof(manifests[0]); i++)
		r = write_manifest(d, folder, i, sealed[0]);
	return r;
}
