/* aid_jsonld.c - context documents in a table. */
#include "tests/jsonld/aid_jsonld.h"

#include <string.h>

static const struct {
	const char *url, *text;
} documents[] = {
	{ "http://c.example/a",
		"{'@context':{'@version':1.1,'@protected':true,'id':'@id','type':'@type',"
		"'name':'http://v.example/name','knows':{'@id':'http://v.example/"
		"knows','@type':'@id'},"
		"'at':{'@id':'http://v.example/at','@type':'http://v.example/time'},"
		"'Person':{'@id':'http://v.example/Person','@context':{'age':'http://v.example/"
		"age'}}}}" },
	{ "http://c.example/scoped", "{'@context':{'@version':1.1,'p':{'@id':'http://v.example/"
				     "p','@context':'http://c.example/scoped'}}}" },
	{ "http://c.example/loop", "{'@context':'http://c.example/loop'}" },
	{ "http://c.example/none", "{'context':{}}" },
};

const struct node *
aid_json(struct work *w, const char *text)
{
	uint8_t *copy = arena_bytes(w->arena, strlen(text));
	const struct node *n = NULL;

	if (!copy)
		return NULL;
	for (size_t i = 0; text[i]; i++)
		copy[i] = text[i] == '\'' ? '"' : (uint8_t)text[i];
	return node_from_json(w, (struct span){ copy, strlen(text) }, "json", &n) == 0 ? n : NULL;
}

static const struct node *
load(const struct jsonld_loader *self, struct work *w, struct span url)
{
	(void)self;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		if (span_is(url, documents[i].url))
			return aid_json(w, documents[i].text);
	return NULL;
}

const struct jsonld_loader aid_loader = { .load = load };

struct jsonld_options
aid_options(bool safe)
{
	return (struct jsonld_options){ .loader = &aid_loader, .safe = safe, .layer = "json" };
}
