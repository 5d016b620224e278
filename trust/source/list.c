/* list.c - pieces that more than one kind of trust list is read with. */
#include "trust/source/list.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"

#include <errno.h>
#include <string.h>

enum { DEPTH = 64, LOOK = 4096, PIN_CERTS = 16, VALUES_A_KEY = 48 };

struct list_text
list_whole(const struct trust_input *in)
{
	return (struct list_text){ in->files[0].bytes, in->files[0].name, 0 };
}

static void
fault_at(struct trust_builder *b, const char *sentence, struct list_text t, size_t offset)
{
	bool known = offset != PLACE_NO_OFFSET && t.base != PLACE_NO_OFFSET;

	builder_fault(b, sentence, t.file, known ? t.base + offset : PLACE_NO_OFFSET);
}

/* Nesting and number of values are bounded before the parser allocates for them; quoted brackets don't count. */
static const char *
too_complex(struct span s, size_t values_max, size_t *offset)
{
	size_t depth = 0, values = 0;
	bool quoted = false;

	for (*offset = 0; *offset < s.len; (*offset)++) {
		uint8_t c = s.ptr[*offset];
		if (quoted && c == '\\')
			(*offset)++;
		else if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		bool opens = c == '[' || c == '{';
		values += opens || c == ',';
		depth += opens;
		if (depth > DEPTH)
			return "the list is nested deeper than any trust list";
		if (values > values_max)
			return "the list holds more values than trust.keys keys have";
		if ((c == ']' || c == '}') && depth > 0)
			depth--;
	}
	return NULL;
}

int
list_json(struct work *w, struct trust_builder *b, struct list_text t, json_t **out)
{
	json_error_t error;
	size_t at = span_find(t.text, 0);
	const char *fault = at < t.text.len ? "the list is not JSON: it holds a NUL byte" : NULL;

	*out = NULL;
	if (!fault)
		fault = too_complex(t.text, w->limits->trust_keys * VALUES_A_KEY, &at);
	if (fault) {
		fault_at(b, fault, t, at);
		return 0;
	}
	*out = json_loadb((const char *)t.text.ptr, t.text.len, JSON_REJECT_DUPLICATES, &error);
	if (*out)
		return 0;
	if (json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	fault_at(b, "the list is not valid JSON", t,
		error.position >= 0 ? (size_t)error.position : PLACE_NO_OFFSET);
	return 0;
}

typedef int (*reader)(struct work *w, struct span in, const char *layer, const struct node **out);

/* A list is larger than any certificate. */
static int
read_tree(struct work *w, struct trust_builder *b, struct list_text t, reader read,
	const struct node **out)
{
	struct limits wide = *w->limits;
	struct work lists = *w;
	const struct check *c = &w->report->checks[w->report->running];

	wide.cbor_nodes = wide.json_nodes = w->limits->trust_keys * VALUES_A_KEY;
	wide.json_nodes += w->limits->trust_rids;
	wide.cbor_entries = w->limits->trust_keys;
	lists.limits = &wide;
	int r = read(&lists, t.text, "list", out);
	if (r == 0 && !*out)
		fault_at(b, reason_text(c->reason), t, c->at.offset);
	return r;
}

int
list_cbor(struct work *w, struct trust_builder *b, struct list_text t, const struct node **out)
{
	return read_tree(w, b, t, node_from_cbor, out);
}

int
list_nodes(struct work *w, struct trust_builder *b, struct list_text t, const struct node **out)
{
	return read_tree(w, b, t, node_from_json, out);
}

int
list_keys(struct work *w, const struct trust_input *in, struct trust_builder *b,
	const struct node **out)
{
	const struct node *root = NULL, *keys;
	int r = list_nodes(w, b, list_whole(in), &root);

	if (r != 0)
		return r;
	keys = node_get(root, "keys");
	if (root && (!keys || keys->kind != NODE_LIST)) {
		builder_fault(b, "this is not a JWK set: no array of keys", in->files[0].name, 0);
		keys = NULL;
	}
	*out = keys;
	return 0;
}

struct span
list_string(const json_t *object, const char *member)
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

	return span_holds(head, span_of(text));
}

int
list_base64(struct work *w, struct span text, struct span *out)
{
	size_t bad;

	*out = SPAN_NONE;
	return text.ptr ? base64_decode(w->arena, text, false, out, &bad) : 0;
}

/* The body between PEM's lines of a public key. */
static struct span
pem_body(struct span pem)
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----",
			  end[] = "-----END PUBLIC KEY-----";
	const uint8_t *from = pem.len ? memmem(pem.ptr, pem.len, begin, sizeof(begin) - 1) : NULL;
	const uint8_t *to = pem.len ? memmem(pem.ptr, pem.len, end, sizeof(end) - 1) : NULL;

	if (!from || !to || to < from)
		return SPAN_NONE;
	size_t start = (size_t)(from - pem.ptr) + sizeof(begin) - 1;
	return span_slice(pem, start, (size_t)(to - pem.ptr) - start);
}

static int
key_of_cert(struct span pin, struct key **out)
{
	struct cert *certs[PIN_CERTS];
	size_t count, bad;
	int r = cert_from_file(pin, &key_policy_default, certs, PIN_CERTS, &count, &bad);

	/* which of several would be the pin? */
	if (count == 1 && bad == 0 && cert_key(certs[0]))
		*out = key_ref(cert_key(certs[0]));
	for (size_t i = 0; i < count; i++)
		cert_free(certs[i]);
	return r;
}

static int
key_of_pin(struct work *w, struct span pin, struct key **out)
{
	struct span body = pem_body(pin), spki = SPAN_NONE;
	enum key_fault why;
	size_t bad;
	int r = 0;

	if (body.ptr) {
		r = base64_decode(w->arena, body, true, &spki, &bad);
		return r == 0 && spki.ptr ? key_from_spki(spki, &key_policy_default, out, &why) : r;
	}
	r = key_of_cert(pin, out);
	return r == 0 && !*out ? key_from_spki(pin, &key_policy_default, out, &why) : r;
}

int
list_pin_key(
	struct work *w, const struct trust_input *in, struct trust_builder *b, struct key **out)
{
	*out = NULL;
	int r = key_of_pin(w, in->pin, out);
	if (r == 0 && !*out)
		builder_fault(b, "the pin of this list is no usable public key or certificate",
			in->name, PLACE_NO_OFFSET);
	return r;
}

int
list_check_pin(struct work *w, const struct trust_input *in, struct proof *p, const char *sentence,
	struct span file, struct trust_builder *b)
{
	enum key_result result = KEY_MISMATCH;
	struct key *key;
	int r = list_pin_key(w, in, b, &key);

	if (r == 0 && key)
		r = key_verify(key, p, w->kit, &result);
	key_free(key);
	if (r != 0)
		return r;
	builder_info(b)->list_signed = result == KEY_VALID;
	if (result != KEY_VALID)
		builder_fault(b, sentence, file, 0);
	return 0;
}
