/* nl.c - the Dutch verifier's public keys: {payload, signature} in base64, or the payload alone.
 *
 * The signature is a detached CMS over the payload's bytes by a pinned certificate,
 * or by one that comes from a pinned authority.  Keys stand bare, one or more under
 * an identifier, with letters for what they may sign.
 */
#include "codecs/seal/cms.h"
#include "trust/chain.h"
#include "trust/source/list.h"

enum { PINS_MAX = 16 };

static bool
detect(const struct trust_input *in)
{
	return list_mentions(in, "\"eu_keys\"") || list_mentions(in, "\"cl_keys\"") ||
	       (list_mentions(in, "\"payload\"") && list_mentions(in, "\"signature\""));
}

/* The signer's own certificate among the pins, or, as of now, an authority of it. */
static int
is_pinned(const struct work *w, const struct cert *signer, struct cert *const *pins, size_t count,
	bool *good)
{
	enum chain_result result = CHAIN_BAD;

	*good = false;
	for (size_t i = 0; i < count; i++)
		if (span_eq(cert_der(pins[i]), cert_der(signer)))
			*good = true;
	if (*good)
		return 0;
	int r = chain_check(signer, pins, count, w->now, &result);
	*good = result == CHAIN_GOOD;
	return r;
}

static int
check_signature(struct work *w, const struct trust_input *in, struct span payload, struct span cms,
	bool *good)
{
	struct cert *pins[PINS_MAX], *signer = NULL;
	enum cms_result result = CMS_BAD;
	size_t count, bad;
	int r = cert_from_file(in->pin, &key_policy_default, pins, PINS_MAX, &count, &bad);

	*good = false;
	if (r == 0 && cms.ptr)
		r = cms_verify(cms, payload, NULL, &signer, &result);
	if (r == 0 && result == CMS_VALID && signer)
		r = is_pinned(w, signer, pins, count, good);
	cert_free(signer);
	for (size_t i = 0; i < count; i++)
		cert_free(pins[i]);
	return r;
}

/* No letters: no limits.  Letters that say nothing to us allow nothing. */
static unsigned
usage_of(const json_t *letters)
{
	unsigned usage = 0;
	size_t i;
	json_t *l;

	json_array_foreach(letters, i, l)
	{
		struct span s = { (const uint8_t *)json_string_value(l), json_string_length(l) };
		usage |= span_is(s, "t")   ? USAGE_TEST
			 : span_is(s, "v") ? USAGE_VACCINATION
			 : span_is(s, "r") ? USAGE_RECOVERY
					   : 0;
	}
	return json_array_size(letters) == 0 ? USAGE_ANY : usage;
}

static int
add_key(struct work *w, const struct trust_input *in, struct span kid, const json_t *entry,
	struct trust_builder *b)
{
	struct trust_item item = { .kid = kid,
		.authority = list_string(entry, "ian"),
		.name = list_string(entry, "san"),
		.usage = usage_of(json_object_get(entry, "keyUsage")) };
	struct span spki;
	struct key *key = NULL;
	int r = list_base64(w, list_string(entry, "subjectPk"), &spki);

	if (r != 0)
		return r;
	if (!spki.ptr || kid.len == 0) {
		builder_skip(b);
		return 0;
	}
	if (item.authority.len == 0)
		item.authority = in->country;
	r = key_from_spki(spki, &key_policy_default, &key, &item.fault);
	item.key = key;
	if (r == 0)
		r = builder_add(b, &item);
	key_free(key);
	return r;
}

static int
add_entries(struct work *w, const struct trust_input *in, const char *name, const json_t *entries,
	struct trust_builder *b)
{
	struct span kid;
	size_t i;
	json_t *entry;
	int r = list_base64(w, span_of(name), &kid);

	if (r == 0 && !json_is_array(entries))
		builder_skip(b);
	json_array_foreach(entries, i, entry)
	{
		if (r == 0)
			r = add_key(w, in, kid, entry, b);
	}
	return r;
}

static int
add_keys(struct work *w, const struct trust_input *in, const json_t *root, struct trust_builder *b)
{
	json_t *eu = json_object_get(root, "eu_keys"), *entries;
	const char *name;
	int r = 0;

	if (!json_is_object(eu)) {
		builder_fault(b, "the list has no eu_keys", in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	json_object_foreach(eu, name, entries)
	{
		if (r == 0)
			r = add_entries(w, in, name, entries, b);
	}
	return r;
}

/* The payload inside its envelope, its signature checked where there is a pin. */
static int
open_envelope(struct work *w, const struct trust_input *in, const json_t *root,
	struct list_text *inner, struct trust_builder *b)
{
	struct span cms;
	bool good = false;
	int r = list_base64(w, list_string(root, "signature"), &cms);

	if (r == 0)
		r = list_base64(w, list_string(root, "payload"), &inner->text);
	if (r != 0)
		return r;
	if (!inner->text.ptr) {
		builder_fault(b, "the payload is not base64", inner->file, PLACE_NO_OFFSET);
		return 0;
	}
	if (in->pin.len == 0)
		return 0;
	r = check_signature(w, in, inner->text, cms, &good);
	if (r == 0 && !good)
		builder_fault(b, "the list's signature is not by the pinned certificate",
			inner->file, PLACE_NO_OFFSET);
	builder_info(b)->list_signed = good;
	return r;
}

static int
read_envelope(
	struct work *w, const struct trust_input *in, const json_t *root, struct trust_builder *b)
{
	struct list_text inner = { SPAN_NONE, in->files[0].name, PLACE_NO_OFFSET };
	json_t *keys = NULL;
	int r = open_envelope(w, in, root, &inner, b);

	if (r == 0 && !builder_faulty(b))
		r = list_json(w, b, inner, &keys);
	if (keys)
		r = add_keys(w, in, keys, b);
	json_decref(keys);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	json_t *root;
	int r = list_json(w, b, list_whole(in), &root);

	if (!root)
		return r;
	if (json_object_get(root, "payload"))
		r = read_envelope(w, in, root, b);
	else if (in->pin.len > 0)
		builder_fault(b, "a pin is configured, but the list carries no signature",
			in->files[0].name, PLACE_NO_OFFSET);
	else
		r = add_keys(w, in, root, b);
	json_decref(root);
	return r;
}

const struct trust_source nl_source = {
	.kind = "nl",
	.title = "Dutch public-keys list",
	.files = 1,
	.takes_pin = true,
	.serves = SERVES_DCC,
	.detect = detect,
	.read = read,
};
