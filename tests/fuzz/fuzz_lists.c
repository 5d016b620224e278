/* fuzz_lists.c - every kind of trust list, with signature file, pin and anchors, and the configuration.
 *
 * The first byte says which kind (sources.def, 14: by content, 15: configuration) and which parts follow.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "config/config.h"
#include "trust/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	SIGNATURE_FILE = 1,
	PIN = 2,
	ANCHORS = 4,
	ISSUER = 8,
	FLAGS_SHIFT = 4,
	KINDS = 16,
	CONFIGURATION = 15
};

/* Parts are divided by a line that no list holds. */
static struct span
next_part(struct span *rest)
{
	static const char line[] = "\n====\n";
	const uint8_t *at = rest->len ? memmem(rest->ptr, rest->len, line, sizeof(line) - 1) : NULL;
	struct span part = at ? span_slice(*rest, 0, (size_t)(at - rest->ptr)) : *rest;

	*rest = span_from(*rest, at ? part.len + sizeof(line) - 1 : rest->len);
	return part;
}

/* A list at fault gives nothing; each key is found by its own identifier, where it belongs and nowhere else. */
static void
check(const struct trust *t)
{
	const struct trust_source_info *s = trust_source_at(t, 0);

	if ((s->fault != NULL) != (trust_key_count(t) + s->issuers + s->rid_lists == 0))
		abort();
	for (size_t i = 0; i < trust_key_count(t); i++) {
		const struct trust_key *k = trust_key_at(t, i), *found[4];
		struct key_hint hint = { .kid = k->kid, .issuer = k->authority };
		struct trust_scope here = { s->env, s->domain }, there = { ENV_DEMO, s->domain };
		if (trust_find(t, here, &hint, found, 4) == 0 ||
			trust_find(t, there, &hint, found, 4) > 0 ||
			!trust_elsewhere(t, there, &hint) || trust_kid_elsewhere(t, there, &hint))
			abort();
		if (s->domain == TRUST_SHC && !trust_issuer(t, here, k->authority))
			abort();
	}
}

static void
list(struct kit *kit, struct span bytes, struct span kind, unsigned flags)
{
	struct work w = { .limits = &limits_default, .kit = kit, .now = 1796126400 };
	struct trust_file files[2] = { { SPAN_LIT("AQ/list"), next_part(&bytes) },
		{ SPAN_LIT("signature"), SPAN_NONE } };
	struct trust_input in = { .name = SPAN_LIT("fuzz"),
		.kind = kind,
		.files = files,
		.file_count = flags & SIGNATURE_FILE ? 2 : 1,
		.read_at = TIME_NONE };
	struct trust *t;

	if (flags & SIGNATURE_FILE)
		files[1].bytes = next_part(&bytes);
	if (flags & PIN)
		in.pin = next_part(&bytes);
	if (flags & ANCHORS)
		in.anchors = next_part(&bytes);
	if (flags & ISSUER)
		in.issuer = next_part(&bytes);
	if (trust_build(&w, &in, 1, &t) == 0) {
		check(t);
		trust_unref(t);
	}
}

/* As the answer to who was asked for a DID's document: no key is anybody else's. */
static void
fetched(struct kit *kit, struct span bytes)
{
	struct work w = { .limits = &limits_default, .kit = kit, .now = 1796126400 };
	struct trust_file file = { SPAN_LIT("url"), bytes };
	struct trust_input in = { .name = SPAN_LIT("url"),
		.kind = SPAN_LIT("did"),
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.issuer = SPAN_LIT("https://a.example/"),
		.did = SPAN_LIT("did:web:a.example"),
		.read_at = TIME_NONE };
	struct trust *t;

	if (trust_build(&w, &in, 1, &t) != 0)
		return;
	check(t);
	for (size_t i = 0; i < trust_key_count(t); i++)
		if (!span_eq(trust_key_at(t, i)->authority, in.issuer) ||
			!span_starts(trust_key_at(t, i)->kid, in.did))
			abort();
	if (trust_issuer_count(t) > 1)
		abort();
	trust_unref(t);
}

static void
configuration(struct span text)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct config c;
	struct config_fault *faults;
	size_t count;

	config_read(a, text, NULL, &c, &faults, &count);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct span rest = { data + 1, size - 1 };
	const struct trust_source *kind;

	if (!kit)
		kit = kit_new();
	if (size < 2)
		return 0;
	kind = trust_source_kind_at(data[0] % KINDS);
	if (kind && span_is(span_of(kind->kind), "did"))
		fetched(kit, rest);
	if (kind)
		list(kit, rest, span_of(kind->kind), data[0] >> FLAGS_SHIFT);
	else if (data[0] % KINDS == CONFIGURATION)
		configuration(rest);
	else
		list(kit, rest, SPAN_NONE, data[0] >> FLAGS_SHIFT);
	return 0;
}
