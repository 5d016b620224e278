/* items.c - {kid, country, certificateType, rawData, signature, thumbprint, timestamp}: a certificate each.
 *
 * Only items of type DSC are signers; lists that were re-published without types hold
 * nothing else.  The certificate's own flags don't count: real signers bear CA.
 * CSCA and UPLOAD items count as anchors when the pinned trust anchor has signed them;
 * AUTHENTICATION and unknown ones never count.
 */
#include "trust/source/items.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/cms.h"
#include "trust/source/anchors.h"

enum { DAY = 86400 };

/* A date from the future must not make every later list look old. */
static void
note_time(const struct work *w, const json_t *item, struct trust_builder *b)
{
	struct trust_source_info *info = builder_info(b);
	int64_t t;
	unsigned odd;

	if (!time_parse(list_string(item, "timestamp"), &t, &odd) || t - DAY > w->now)
		return;
	if (info->newest_at == TIME_NONE || t > info->newest_at)
		info->newest_at = t;
}

static bool
is_type(const json_t *item, const char *type)
{
	return span_is(list_string(item, "certificateType"), type);
}

static int
adopt(struct work *w, const json_t *item, const struct cert *pin, struct cert_list *l)
{
	struct span der, cms = SPAN_NONE;
	enum cms_result result = CMS_BAD;
	struct cert *c = NULL;
	int r = list_base64(w, list_string(item, "rawData"), &der);

	if (r == 0)
		r = list_base64(w, list_string(item, "signature"), &cms);
	if (r == 0 && der.ptr && cms.ptr)
		r = cms_verify(cms, der, pin, NULL, &result);
	if (r == 0 && result == CMS_VALID)
		r = cert_from_der(der, &key_policy_default, &c);
	if (r == 0 && c)
		r = anchors_add(w, l, c);
	cert_free(c);
	return r;
}

static int
pinned_cert(const struct trust_input *in, struct trust_builder *b, struct cert **out)
{
	struct cert *certs[2];
	size_t count, bad;
	int r = cert_from_file(in->pin, &key_policy_default, certs, 2, &count, &bad);

	*out = NULL;
	if (r == 0 && count == 1 && bad == 0) {
		*out = certs[0];
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		cert_free(certs[i]);
	if (r == 0)
		builder_fault(b, "the pin of a gateway list is one certificate: its trust anchor's",
			in->name, PLACE_NO_OFFSET);
	return r;
}

/* With a pin nothing of the list counts that does not hang on it. */
static int
adopt_all(struct work *w, const struct trust_input *in, const json_t *items, struct anchors *a,
	struct trust_builder *b)
{
	struct cert *pin;
	size_t i;
	json_t *item;
	int r = pinned_cert(in, b, &pin);

	if (r != 0 || !pin)
		return r;
	json_array_foreach(items, i, item)
	{
		if (r == 0 && is_type(item, "CSCA"))
			r = adopt(w, item, pin, &a->authorities);
		else if (r == 0 && is_type(item, "UPLOAD"))
			r = adopt(w, item, pin, &a->uploaders);
	}
	cert_free(pin);
	a->chain = a->cms = true;
	builder_info(b)->items_checked = true;
	return r;
}

/* The gateway states SHA-256 of the certificate in hexadecimal; where it does, it must be so. */
static int
thumbprint_fits(struct work *w, const json_t *item, const struct cert *c, bool *fits)
{
	struct span stated = list_string(item, "thumbprint"), bytes = SPAN_NONE;
	size_t bad;
	int r = stated.ptr ? hex_decode(w->arena, stated, &bytes, &bad) : 0;

	*fits = !json_object_get(item, "thumbprint") || span_eq(bytes, cert_sha256(c));
	return r;
}

static int
add_cert(struct work *w, const json_t *item, struct candidate *c, const struct anchors *a,
	struct trust_builder *b)
{
	bool fits;
	int r = thumbprint_fits(w, item, c->cert, &fits);

	if (r != 0)
		return r;
	if (!fits) {
		builder_skip(b);
		return 0;
	}
	note_time(w, item, b);
	return signer_add(c, a, b);
}

static int
read_item(struct work *w, const json_t *item, struct candidate *c, struct cert **cert)
{
	struct span der;
	int r = list_base64(w, list_string(item, "rawData"), &der);

	*cert = NULL;
	if (r == 0)
		r = list_base64(w, list_string(item, "kid"), &c->kid);
	if (r == 0)
		r = list_base64(w, list_string(item, "signature"), &c->cms);
	if (r == 0 && der.ptr && c->kid.len > 0)
		r = cert_from_der(der, &key_policy_default, cert);
	return r;
}

static int
add_item(struct work *w, const struct trust_input *in, const json_t *item, const struct anchors *a,
	struct trust_builder *b)
{
	struct candidate c = { .with_cms = true, .country = list_string(item, "country") };
	struct cert *cert = NULL;
	int r = 0;

	if (c.country.len == 0)
		c.country = in->country;
	if (!json_object_get(item, "certificateType") || is_type(item, "DSC"))
		r = read_item(w, item, &c, &cert);
	if (r == 0 && !cert)
		builder_skip(b);
	c.cert = cert;
	if (cert)
		r = add_cert(w, item, &c, a, b);
	cert_free(cert);
	return r;
}

static int
add_all(struct work *w, const struct trust_input *in, const json_t *items, bool countersigned,
	struct trust_builder *b)
{
	struct anchors a;
	size_t i;
	json_t *item;
	int r = anchors_read(w, in, true, b, &a);

	if (r == 0 && countersigned && in->pin.len > 0)
		r = adopt_all(w, in, items, &a, b);
	json_array_foreach(items, i, item)
	{
		if (r == 0 && !builder_faulty(b))
			r = add_item(w, in, item, &a, b);
	}
	anchors_drop(&a);
	return r;
}

int
items_read(struct work *w, const struct trust_input *in, struct list_text t, bool countersigned,
	struct trust_builder *b)
{
	json_t *root;
	int r = list_json(w, b, t, &root);

	if (!root)
		return r;
	const json_t *items = json_is_object(root) ? json_object_get(root, "certificates") : root;
	if (json_is_array(items))
		r = add_all(w, in, items, countersigned, b);
	else
		builder_fault(b, "the list has no array of certificates", t.file, PLACE_NO_OFFSET);
	json_decref(root);
	return r;
}
