/* items.c - {kid, country, certificateType, rawData, signature, timestamp}, one certificate each. */
#include "trust/source/items.h"

#include "codecs/base/date.h"
#include "codecs/seal/cms.h"

/* The list is as new as its newest item. */
static void
note_time(const json_t *item, struct trust_builder *b)
{
	struct trust_source_info *info = builder_info(b);
	int64_t t;
	unsigned odd;

	if (time_parse(list_text(item, "timestamp"), &t, &odd) &&
		(info->issued_at == TIME_NONE || t > info->issued_at))
		info->issued_at = t;
}

static bool
is_type(const json_t *item, const char *type)
{
	return span_is(list_text(item, "certificateType"), type);
}

/* An authority or upload certificate of the list counts when the pinned anchor has signed it. */
static int
adopt_anchor(struct work *w, const json_t *item, struct cert *pin, struct anchors *a)
{
	struct span der = list_base64(w, list_text(item, "rawData"));
	struct span cms = list_base64(w, list_text(item, "signature"));
	enum cms_result result;
	struct cert *c = NULL;
	int r = cms_verify(cms, der, pin, NULL, &result);

	if (r != 0 || result != CMS_VALID)
		return r;
	r = cert_from_der(der, &key_policy_default, &c);
	if (r == 0 && c)
		r = anchors_add(w, a, c);
	cert_free(c);
	return r;
}

static int
adopt_anchors(struct work *w, const struct trust_input *in, const json_t *items, struct anchors *a)
{
	struct cert *pin = NULL;
	size_t i, count, bad;
	json_t *item;
	int r = cert_from_file(in->pin, &key_policy_default, &pin, 1, &count, &bad);

	if (count == 0)
		return r;
	json_array_foreach(items, i, item)
	{
		if (r == 0 && (is_type(item, "CSCA") || is_type(item, "UPLOAD")))
			r = adopt_anchor(w, item, pin, a);
	}
	cert_free(pin);
	return r;
}

static int
add_item(struct work *w, const struct trust_input *in, const json_t *item, const struct anchors *a,
	struct trust_builder *b)
{
	struct list_signer s = {
		.hashed = true, .with_cms = true, .country = list_text(item, "country")
	};
	struct span kid = list_text(item, "kid");

	if (json_object_get(item, "certificateType") && !is_type(item, "DSC")) {
		builder_skip(b);
		return 0;
	}
	s.der = list_base64(w, list_text(item, "rawData"));
	s.kid = list_base64(w, kid);
	s.cms = list_base64(w, list_text(item, "signature"));
	if (s.country.len == 0)
		s.country = in->country;
	if (!s.der.ptr || (kid.ptr && s.kid.len == 0)) {
		builder_skip(b);
		return 0;
	}
	note_time(item, b);
	return list_add_signer(&s, a, b);
}

static int
add_all(struct work *w, const struct trust_input *in, const json_t *items, struct trust_builder *b)
{
	struct anchors a;
	size_t i;
	json_t *item;
	int r = anchors_read(w, in->anchors, &a);

	if (r == 0)
		r = adopt_anchors(w, in, items, &a);
	builder_info(b)->items_checked = a.count > 0;
	json_array_foreach(items, i, item)
	{
		if (r == 0)
			r = add_item(w, in, item, &a, b);
	}
	anchors_drop(&a);
	return r;
}

int
items_read(struct work *w, const struct trust_input *in, struct span text, struct trust_builder *b)
{
	json_t *root = list_json(b, in->files[0].name, text);
	const json_t *items = json_is_object(root) ? json_object_get(root, "certificates") : root;
	int r = 0;

	if (!root)
		return 0;
	if (json_is_array(items))
		r = add_all(w, in, items, b);
	else
		builder_fault(b, "the list has no array of certificates", in->files[0].name,
			PLACE_NO_OFFSET);
	json_decref(root);
	return r;
}
