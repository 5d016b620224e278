/* who_links.c - what the health links in the WHO's containers lead to: lists of one file, good and bad, or of none. */
#include "gateway/cli/demo/demo.h"

enum { FIRST_NUMBER = 64 }; /* below are the files of card_links.c, under the same key */

#define CARD "application/smart-health-card"
#define FHIR "application/fhir+json"
/* The same vaccination by a later day. */
#define OTHER                                                                                      \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":"            \
	"\"resource:0\",\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"1998-02-26\"}}" \
	"]}"

static const struct {
	const char *name, *type;
	const char *content; /* NULL: a card by the clinic */
	const char *tampered; /* a bundle put into that card afterwards */
} files[] = {
	{ "vhl-card.json", CARD, NULL, NULL },
	{ "vhl-tampered.json", CARD, NULL, OTHER },
	{ "vhl-fhir.json", FHIR, "{\"resourceType\":\"Bundle\",\"type\":\"document\"}", NULL },
};

static int
content_of(struct demo *d, size_t i, struct span *out)
{
	struct sample card = { .card = { .recipe = { .form = SHC_FILE } } };

	*out = span_of(files[i].content ? files[i].content : "");
	if (files[i].content)
		return 0;
	card.card.recipe.bundle = span_of(demo_card_bundle);
	card.card.recipe.form = files[i].tampered ? SHC_JWS : SHC_FILE;
	card.card.tampered = files[i].tampered;
	card.card.form = files[i].tampered ? "{\"verifiableCredential\":[\"*\"]}" : NULL;
	return card_mint(d, &card, out);
}

static int
write_list(struct demo *d, const char *folder, size_t i)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	struct span content, sealed = SPAN_NONE;
	int r = content_of(d, i, &content);

	if (r == 0)
		r = card_seal_file(d, (uint8_t)(FIRST_NUMBER + i), files[i].type, content, &sealed);
	buf_str(&b, "{\"files\":[{\"contentType\":");
	buf_json(&b, span_of(files[i].type));
	buf_str(&b, ",\"embedded\":");
	buf_json(&b, sealed);
	buf_str(&b, "}]}\n");
	if (r == 0)
		r = b.error;
	return r != 0 ? r : demo_write(d, folder, files[i].name, buf_span(&b), 0644);
}

int
who_write_links(struct demo *d, const char *folder)
{
	int r = card_write_keys(d, folder, ISSUER_CLINIC, "vhl-clinic.jwks.json");

	for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(files[0]); i++)
		r = write_list(d, folder, i);
	return r != 0 ? r
		      : demo_write(d, folder, "vhl-empty.json", SPAN_LIT("{\"files\":[]}\n"), 0644);
}
