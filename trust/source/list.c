/* list.c - pieces that more than one kind of trust list is read with. */
#include "trust/source/list.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"

#include <string.h>

enum { DEPTH = 64, LOOK = 4096, PIN_CERTS = 16, ANCHORS_MAX = 4096 };

/* Nesting is bounded before the parser sees it; brackets within strings don't count. */
static bool
too_deep(struct span s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > DEPTH)
			return true;
		else if (!quoted && (c == ']' || c == '}') && depth > 0)
			depth--;
	}
	return false;
}

json_t *
list_json(struct trust_builder *b, struct span file, struct span text)
{
	json_error_t error;
	size_t nul = span_find(text, 0);

	if (nul < text.len) {
		builder_fault(b, "the list is not JSON: it holds a NUL byte", file, nul);
		return NULL;
	}
	if (too_deep(text)) {
		builder_fault(
			b, "the list is nested deeper than any trust list", file, PLACE_NO_OFFSET);
		return NULL;
	}
	json_t *root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		builder_fault(b, "the list is not valid JSON", file,
			error.position >= 0 ? (size_t)error.position : PLACE_NO_OFFSET);
	return root;
}

struct span
list_text(const json_t *object, const char *member)
{
	const json_t *v = json_object_get(object, member);

	if (!json_is_string(v))
		return SPAN_NONE;
	return (struct span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

bool
list_mentions(const struct trust_input *in, const char *text)
{
	struct span head = span_slice(in->files[0].bytes, 0, LOOK);

	return head.len > 0 && memmem(head.ptr, head.len, text, strlen(text)) != NULL;
}

struct span
list_base64(struct work *w, struct span text)
{
	struct span out = SPAN_NONE;
	size_t bad;

	if (!text.ptr || base64_decode(w->arena, text, true, &out, &bad) != 0)
		return SPAN_NONE;
	return out;
}

/* The body between PEM's lines of a public key. */
static struct span
spki_of_pem(struct work *w, struct span pem)
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----",
			  end[] = "-----END PUBLIC KEY-----";
	const uint8_t *from = pem.len ? memmem(pem.ptr, pem.len, begin, sizeof(begin) - 1) : NULL;
	const uint8_t *to = pem.len ? memmem(pem.ptr, pem.len, end, sizeof(end) - 1) : NULL;

	if (!from || !to || to < from)
		return SPAN_NONE;
	size_t start = (size_t)(from - pem.ptr) + sizeof(begin) - 1;
	return list_base64(w, span_slice(pem, start, (size_t)(to - pem.ptr) - start));
}

static int
key_of_cert(struct span pin, struct key **out)
{
	struct cert *certs[PIN_CERTS];
	size_t count, bad;
	int r = cert_from_file(pin, &key_policy_default, certs, PIN_CERTS, &count, &bad);

	if (count > 0 && cert_key(certs[0]))
		*out = key_ref(cert_key(certs[0]));
	for (size_t i = 0; i < count; i++)
		cert_free(certs[i]);
	return r;
}

int
list_pin_key(
	struct work *w, const struct trust_input *in, struct trust_builder *b, struct key **out)
{
	enum key_fault why;
	struct span spki = spki_of_pem(w, in->pin);
	int r;

	*out = NULL;
	if (spki.ptr)
		r = key_from_spki(spki, &key_policy_default, out, &why);
	else
		r = key_of_cert(in->pin, out);
	if (r == 0 && !*out && !spki.ptr)
		r = key_from_spki(in->pin, &key_policy_default, out, &why);
	if (r == 0 && !*out)
		builder_fault(b, "the pin of this list is no usable public key or certificate",
			in->name, PLACE_NO_OFFSET);
	return r;
}

int
anchors_add(struct work *w, struct anchors *a, struct cert *c)
{
	if (a->count == a->capacity) {
		size_t capacity = a->capacity ? a->capacity * 2 : 64;
		struct cert **certs = ARENA_ARRAY(w->arena, capacity, struct cert *);
		if (!certs)
			return arena_error(w->arena);
		if (a->count > 0)
			memcpy(certs, a->certs, a->count * sizeof(struct cert *));
		a->certs = certs;
		a->capacity = capacity;
	}
	a->certs[a->count++] = cert_ref(c);
	a->uploads += !cert_is_ca(c);
	return 0;
}

int
anchors_read(struct work *w, struct span file, struct anchors *out)
{
	struct cert **certs;
	size_t count, bad;
	int r;

	*out = (struct anchors){ 0 };
	if (file.len == 0)
		return 0;
	certs = ARENA_ARRAY(w->arena, ANCHORS_MAX, struct cert *);
	if (!certs)
		return arena_error(w->arena);
	r = cert_from_file(file, &key_policy_default, certs, ANCHORS_MAX, &count, &bad);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = anchors_add(w, out, certs[i]);
		cert_free(certs[i]);
	}
	return r;
}

void
anchors_drop(struct anchors *a)
{
	for (size_t i = 0; i < a->count; i++)
		cert_free(a->certs[i]);
	a->count = 0;
}
