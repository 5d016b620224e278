/* eu_revocation.c - revocation batches of the EU's gateway: {country, expires, kid, hashType, entries: [{hash}]}.
 *
 * One file a batch: as the gateway gives it out (base64 of a CMS around the JSON), or the bare JSON where the operator
 * vouches for it.  The list of batches may lie beside them; then each that it names must be there.  Whoever is left
 * out of a list is let in, so whatever can't be read refuses the whole of it.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/seal/cms.h"
#include "trust/source/anchors.h"

enum { FILES = 4096, PINS = 4, KID = 8 };

#define UNKNOWN "UNKNOWN_KID"

struct reading {
	struct work *w;
	const struct trust_input *in;
	struct trust_builder *b;
	struct anchors anchors;
	struct cert_list pins;
	bool signatures; /* are asked for */
};

static void
fault(struct reading *r, const char *sentence, struct span file)
{
	builder_fault(r->b, sentence, file, PLACE_NO_OFFSET);
}

static bool
is_json(struct span text)
{
	return text.len > 0 && text.ptr[0] == '{';
}

static bool
detect(const struct trust_input *in)
{
	return is_json(span_trim(in->files[0].bytes)) &&
	       (list_mentions(in, "\"batchId\"") || list_mentions(in, "\"hashType\""));
}

/* --- who has signed it --- */

static int
read_pins(struct reading *r)
{
	struct cert *certs[PINS];
	size_t count = 0, bad = 0;
	int e = r->in->pin.len > 0
			? cert_from_file(r->in->pin, &key_policy_default, certs, PINS, &count, &bad)
			: 0;

	for (size_t i = 0; i < count; i++) {
		if (e == 0)
			e = anchors_add(r->w, &r->pins, certs[i]);
		cert_free(certs[i]);
	}
	if (e == 0 && r->in->pin.len > 0 && (count == 0 || bad > 0))
		fault(r, "the pin of revocation batches is their signer's certificate",
			r->in->name);
	r->signatures = r->in->pin.len > 0 || r->in->anchors.len > 0;
	return e;
}

static int
is_by(const struct cert *c, struct span cms, struct span content, bool *yes)
{
	enum cms_result result = CMS_BAD;
	int e = cms_verify(cms, content, c, NULL, &result);

	*yes = result == CMS_VALID;
	return e;
}

/* A pin signs for all countries, an upload certificate for its own. */
static int
vouched(struct reading *r, struct span cms, struct span content, struct span country, bool *yes)
{
	const struct cert_list *pins = &r->pins, *up = &r->anchors.uploaders;
	int e = 0;

	*yes = false;
	for (size_t i = 0; e == 0 && !*yes && i < pins->count; i++)
		e = is_by(pins->certs[i], cms, content, yes);
	for (size_t i = 0; e == 0 && !*yes && i < up->count; i++)
		if (!cert_is_ca(up->certs[i]) && span_eq(cert_country(up->certs[i]), country))
			e = is_by(up->certs[i], cms, content, yes);
	return e;
}

/* --- a batch --- */

static bool
read_type(struct span name, enum trust_hash_type *out)
{
	static const char *const names[] = { [TRUST_HASH_SIGNATURE] = "SIGNATURE",
		[TRUST_HASH_UCI] = "UCI",
		[TRUST_HASH_COUNTRY_UCI] = "COUNTRYCODEUCI" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is(name, names[i])) {
			*out = (enum trust_hash_type)i;
			return true;
		}
	return false;
}

static int
read_hashes(struct reading *r, const json_t *entries, uint8_t *out, bool *good)
{
	size_t i;
	json_t *entry;

	*good = true;
	json_array_foreach(entries, i, entry)
	{
		struct span hash = SPAN_NONE;
		int e = list_base64(r->w, list_string(entry, "hash"), &hash);
		if (e != 0)
			return e;
		if (hash.len != TRUST_HASH) {
			*good = false;
			return 0;
		}
		memcpy(&out[i * TRUST_HASH], hash.ptr, TRUST_HASH);
	}
	return 0;
}

static int
read_kid(struct reading *r, const json_t *root, struct trust_batch_item *item, bool *good)
{
	struct span text = list_string(root, "kid");

	*good = true;
	if (span_is(text, UNKNOWN))
		return 0;
	int e = list_base64(r->w, text, &item->kid);
	*good = item->kid.len == KID;
	return e;
}

static int
add_batch(struct reading *r, const json_t *root, struct span file)
{
	const json_t *entries = json_object_get(root, "entries");
	struct trust_batch_item item = { .count = json_array_size(entries) };
	uint8_t *hashes = arena_bytes(r->w->arena, item.count * TRUST_HASH + 1);
	bool kid, all;
	unsigned odd = 0;
	int e = hashes ? read_kid(r, root, &item, &kid) : arena_error(r->w->arena);

	if (e == 0)
		e = read_hashes(r, entries, hashes, &all);
	if (e != 0)
		return e;
	item.hashes = hashes;
	if (!read_type(list_string(root, "hashType"), &item.type))
		fault(r, "a revocation batch is of a type of hash that is not known here", file);
	else if (!time_parse(list_string(root, "expires"), &item.expires, &odd))
		fault(r, "a revocation batch does not say when it expires", file);
	else if (!kid || !all || item.count == 0)
		fault(r, "a revocation batch has a key or an entry that is none", file);
	else
		e = builder_batch(r->b, &item);
	return e;
}

/* --- the list of batches --- */

static bool
is_there(const struct trust_input *in, struct span id)
{
	for (size_t i = 0; i < in->file_count; i++)
		if (span_holds(in->files[i].name, id))
			return true;
	return false;
}

static void
check_index(struct reading *r, const json_t *batches, struct span file)
{
	size_t i;
	json_t *one;

	if (!json_is_array(batches))
		fault(r, "the list of revocation batches has no array of them", file);
	json_array_foreach(batches, i, one)
	{
		struct span id = list_string(one, "batchId");
		if (json_is_true(json_object_get(one, "deleted")))
			continue;
		if (id.len == 0 || !is_there(r->in, id))
			fault(r, "a batch that the list of revocation batches names is not here",
				file);
	}
	if (!builder_faulty(r->b))
		builder_info(r->b)->rid_lists++;
}

/* --- files --- */

static int
take(struct reading *r, const json_t *root, struct span cms, struct list_text t)
{
	const json_t *batches = json_object_get(root, "batches");
	bool good = !r->signatures;
	int e = 0;

	if (batches && !cms.ptr) {
		check_index(r, batches, t.file);
		return 0;
	}
	if (r->signatures && cms.ptr)
		e = vouched(r, cms, t.text, list_string(root, "country"), &good);
	if (e == 0 && good)
		return add_batch(r, root, t.file);
	fault(r, "a revocation batch is not signed by the pinned certificate, or its country's",
		t.file);
	return e;
}

static int
read_file(struct reading *r, const struct trust_file *f)
{
	struct list_text t = { span_trim(f->bytes), f->name, 0 };
	struct span cms = SPAN_NONE;
	json_t *root = NULL;
	int e = 0;

	if (!is_json(t.text)) {
		e = list_base64(r->w, t.text, &cms);
		t.text = SPAN_NONE;
		t.base = PLACE_NO_OFFSET;
		if (e == 0 && cms.ptr)
			e = cms_content(cms, r->w->arena, &t.text);
	}
	if (e == 0 && !t.text.ptr)
		fault(r, "this is neither a revocation batch nor a CMS around one", f->name);
	else if (e == 0)
		e = list_json(r->w, r->b, t, &root);
	if (root)
		e = take(r, root, cms, t);
	json_decref(root);
	return e;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct reading r = { .w = w, .in = in, .b = b };
	int e = anchors_read(w, in, true, b, &r.anchors);

	if (e == 0)
		e = read_pins(&r);
	if (e == 0 && builder_info(b)->domain != TRUST_DCC)
		fault(&r, "revocation batches are of EU certificates: scheme = dcc", in->name);
	for (size_t i = 0; e == 0 && i < in->file_count && !builder_faulty(b); i++)
		e = read_file(&r, &in->files[i]);
	if (e == 0 && !builder_faulty(b))
		builder_info(b)->list_signed = r.signatures;
	anchors_drop(&r.anchors);
	anchors_drop(&(struct anchors){ .authorities = r.pins });
	return e;
}

const struct trust_source eu_revocation_source = {
	.kind = TRUST_BATCHES_KIND,
	.title = "revocation batches of the EU Digital COVID Certificate Gateway",
	.files = FILES,
	.takes_pin = true,
	.takes_anchors = true,
	.serves = SERVES_DCC,
	.detect = detect,
	.read = read,
};
