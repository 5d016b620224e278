/* nl.c - the Dutch verifier's public keys: {payload, signature} in base64, or the payload alone.
 *
 * The signature is a detached CMS over the payload's bytes by a pinned certificate,
 * or by one that comes from a pinned authority.  Keys stand bare, one or more under
 * an identifier, with letters for what they may sign.
 */
#include "codecs/seal/cms.h"
#include "trust/chain.h"
#include "trust/source/list.h"

static bool
detect(const struct trust_input *in)
{
	return list_mentions(in, "\"eu_keys\"") || list_mentions(in, "\"cl_keys\"") ||
	       (list_mentions(in, "\"payload\"") && list_mentions(in, "\"signature\""));
}

/* The signer's own certificate among the pins, or an authority of it. */
static int
is_pinned(const struct cert *signer, const struct anchors *pins, bool *good)
{
	enum chain_result result = CHAIN_BAD;

	*good = false;
	for (size_t i = 0; i < pins->count; i++)
		if (span_eq(cert_der(pins->certs[i]), cert_der(signer)))
			*good = true;
	if (*good)
		return 0;
	int r = chain_check(signer, pins->certs, pins->count, cert_not_before(signer), &result);
	*good = result == CHAIN_GOOD;
	return r;
}

static int
check_signature(struct work *w, const struct trust_input *in, struct span payload, struct span cms,
	bool *good)
{
	struct anchors pins;
	enum cms_result result = CMS_BAD;
	struct cert *signer = NULL;
	int r = anchors_read(w, in->pin, &pins);

	*good = false;
	if (r == 0)
		r = cms_verify(cms, payload, NULL, &signer, &result);
	if (r == 0 && result == CMS_VALID && signer)
		r = is_pinned(signer, &pins, good);
	cert_free(signer);
	anchors_drop(&pins);
	return r;
}

static unsigned
usage_of(const json_t *letters)
{
	unsigned usage = 0;
	size_t i;
	json_t *l;

	json_array_foreach(letters, i, l)
	{
		const char *s = json_is_string(l) ? json_string_value(l) : "";
		usage |= s[0] == 't'   ? USAGE_TEST
			 : s[0] == 'v' ? USAGE_VACCINATION
			 : s[0] == 'r' ? USAGE_RECOVERY
				       : 0;
	}
	return usage ? usage : USAGE_ANY;
}

static int
add_key(struct work *w, const struct trust_input *in, struct span kid, const json_t *entry,
	struct trust_builder *b)
{
	struct trust_item item = { .kid = kid,
		.authority = list_text(entry, "ian"),
		.name = list_text(entry, "san"),
		.usage = usage_of(json_object_get(entry, "keyUsage")) };
	struct span spki = list_base64(w, list_text(entry, "subjectPk"));

	if (!spki.ptr) {
		builder_skip(b);
		return 0;
	}
	if (item.authority.len == 0)
		item.authority = in->country;
	int r = key_from_spki(spki, &key_policy_default, &item.key, &item.fault);
	if (r == 0)
		r = builder_add(b, &item);
	key_free(item.key);
	return r;
}

static int
add_keys(struct work *w, const struct trust_input *in, const json_t *root, struct trust_builder *b)
{
	json_t *eu = json_object_get(root, "eu_keys"), *list, *entry;
	const char *name;
	size_t i;
	int r = 0;

	if (!json_is_object(eu)) {
		builder_fault(b, "the list has no eu_keys", in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	json_object_foreach(eu, name, list)
	{
		struct span kid = list_base64(w, span_of(name));
		json_array_foreach(list, i, entry)
		{
			if (r == 0)
				r = add_key(w, in, kid, entry, b);
		}
	}
	return r;
}

/* The payload inside its envelope, its signature checked where there is a pin. */
static int
open_envelope(struct work *w, const struct trust_input *in, const json_t *root,
	struct span *payload, struct trust_builder *b)
{
	struct span cms = list_base64(w, list_text(root, "signature"));
	bool good = false;

	*payload = list_base64(w, list_text(root, "payload"));
	if (!payload->ptr) {
		builder_fault(b, "the payload is not base64", in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	if (in->pin.len == 0)
		return 0;
	int r = check_signature(w, in, *payload, cms, &good);
	if (r == 0 && !good)
		builder_fault(b, "the list's signature is not by the pinned certificate",
			in->files[0].name, PLACE_NO_OFFSET);
	builder_info(b)->list_signed = good;
	return r;
}

static int
read_root(struct work *w, const struct trust_input *in, json_t *root, struct trust_builder *b)
{
	struct span payload;
	int r;

	if (!json_object_get(root, "payload")) {
		if (in->pin.len > 0)
			builder_fault(b, "a pin is configured, but the list carries no signature",
				in->files[0].name, PLACE_NO_OFFSET);
		return add_keys(w, in, root, b);
	}
	r = open_envelope(w, in, root, &payload, b);
	if (r != 0 || builder_info(b)->fault)
		return r;
	json_t *inner = list_json(b, in->files[0].name, payload);
	if (inner)
		r = add_keys(w, in, inner, b);
	json_decref(inner);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	json_t *root = list_json(b, in->files[0].name, in->files[0].bytes);
	int r = root ? read_root(w, in, root, b) : 0;

	json_decref(root);
	return r;
}

const struct trust_source nl_source = {
	.kind = "nl",
	.title = "Dutch public-keys list",
	.detect = detect,
	.read = read,
};
