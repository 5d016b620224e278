/* gdhcn_form.c - the one shape that a DID document of the network has, member by member. */
#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/date.h"
#include "trust/source/gdhcn.h"

#include <stdlib.h>

enum { CONTEXTS = 3 };

#define SIGNER(env)                                                                       \
	"did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-" env \
	":main:WHO:signing:DID"

/* The last one is that of demo worlds: .example is nobody's. */
static const struct gdhcn_network networks[] = {
	{ "did:web:tng-cdn.who.int:", "", SIGNER("prod"), ENV_PRODUCTION },
	{ "did:web:tng-cdn-uat.who.int:", "-UAT", SIGNER("uat"), ENV_ACCEPTANCE },
	{ "did:web:tng-cdn-dev.who.int:", "-DEV", SIGNER("dev"), ENV_ACCEPTANCE },
	{ "did:web:gdhcn.example:", "-DEV", "did:web:gdhcn.example:signing:DID", ENV_DEMO },
};

static const struct member {
	const char *name;
	enum node_kind kind;
} document_members[] = { { "@context", NODE_LIST }, { "id", NODE_TEXT },
	{ "controller", NODE_TEXT }, { "verificationMethod", NODE_LIST }, { "proof", NODE_MAP },
	{ 0 } },
  method_members[] = { { "id", NODE_TEXT }, { "type", NODE_TEXT }, { "controller", NODE_TEXT },
	  { "publicKeyJwk", NODE_MAP }, { "domain", NODE_MAP }, { "participant", NODE_MAP },
	  { "keyusage", NODE_MAP }, { 0 } },
  proof_members[] = { { "type", NODE_TEXT }, { "created", NODE_TEXT }, { "nonce", NODE_TEXT },
	  { "proofPurpose", NODE_TEXT }, { "verificationMethod", NODE_TEXT }, { "jws", NODE_TEXT },
	  { 0 } },
  code_members[] = { { "code", NODE_TEXT }, { 0 } };

/* Each of these and nothing else. */
static bool
has_exactly(const struct node *map, const struct member *members)
{
	size_t count = 0;

	if (!map || map->kind != NODE_MAP)
		return false;
	for (; members[count].name; count++) {
		const struct node *n = node_get(map, members[count].name);
		if (!n || n->kind != members[count].kind)
			return false;
	}
	return map->size == count;
}

/* Of the same form, by anybody: where it publishes, and whose key proves it, are of one DID.  The
 * operator's pin decides whether that key counts, in whatever environment the operator puts it. */
#define PLACE ":v2:trustlist"

/* What an IRI may hold as N-Quads write it, and no more than DIDs have. */
static bool
is_iri(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || memchr("<>\"{}|^`\\", s.ptr[i], 9))
			return false;
	return s.len > 0;
}

static bool
is_code_character(uint8_t c)
{
	return ascii_letter(c) || ascii_digit(c) || c == '-';
}

/* "#DSC": a fragment of its code system. */
static bool
is_code(const struct node *n)
{
	struct span s = node_text(node_get(n, "code"));

	if (!has_exactly(n, code_members) || s.len < 2 || s.ptr[0] != '#')
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_code_character(s.ptr[i]))
			return false;
	return true;
}

static bool
is_did(struct span s, const struct gdhcn_network *net)
{
	return is_iri(s) && span_starts(s, span_of(net->did));
}

static const struct gdhcn_network *
network_of(struct span id)
{
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		if (is_did(id, &networks[i]))
			return &networks[i];
	return NULL;
}

static bool
is_host(struct span s)
{
	bool dots = false;

	for (size_t i = 0; i < s.len; i++) {
		dots = dots || s.ptr[i] == '.';
		if (!ascii_letter(s.ptr[i]) && !ascii_digit(s.ptr[i]) &&
			!memchr("-.:_%", s.ptr[i], 5))
			return false;
	}
	return dots && !span_ends(s, SPAN_LIT("who.int"));
}

/* *out NULL: no such place. */
static int
network_of_proof(struct work *w, const struct node *root, const struct gdhcn_network **out)
{
	struct span id = node_text(node_get(root, "id")), begin = SPAN_LIT("did:web:");
	struct span by = node_text(node_get(node_get(root, "proof"), "verificationMethod"));
	size_t end = span_find(span_from(id, begin.len), ':') + begin.len;
	struct span place = SPAN_LIT(PLACE);

	while (end < id.len && !span_starts(span_from(id, end), place))
		end += 1 + span_find(span_from(id, end + 1), ':');
	struct span did = span_slice(id, 0, end);
	*out = NULL;
	if (end >= id.len || !is_iri(id) || !is_iri(by) || !span_starts(did, begin) ||
		!is_host(span_from(did, begin.len)) || !span_starts(by, did) || by.len <= end ||
		(by.ptr[end] != '#' && by.ptr[end] != ':'))
		return 0;
	struct gdhcn_network *n = ARENA_NEW(w->arena, struct gdhcn_network);
	struct span prefix = arena_copy(w->arena, span_slice(id, 0, end + 1));
	struct span signer = arena_copy(w->arena, by);
	if (!n || !prefix.ptr || !signer.ptr)
		return arena_error(w->arena);
	*n = (struct gdhcn_network){ (const char *)prefix.ptr, "", (const char *)signer.ptr,
		ENV_COUNT };
	*out = n;
	return 0;
}

static bool
contexts_known(const struct node *list, const struct gdhcn_network *net)
{
	struct span last = node_text(node_at(list, CONTEXTS - 1));
	struct span begin = SPAN_LIT("https://smart.who.int/trust/tng-context/v1");

	if (list->size != CONTEXTS || !span_starts(last, begin))
		return false;
	struct span rest = span_from(last, begin.len), suffix = span_of(net->suffix);
	return span_is(node_text(node_at(list, 0)), "https://www.w3.org/ns/did/v1") &&
	       span_is(node_text(node_at(list, 1)),
		       "https://w3id.org/security/suites/jws-2020/v1") &&
	       span_starts(rest, suffix) && span_is(span_from(rest, suffix.len), ".jsonld");
}

static bool
is_method(const struct node *m, const struct gdhcn_network *net)
{
	struct span id = node_text(node_get(m, "id"));
	size_t hash = span_find(id, '#');
	struct span kid = node_text(node_get(node_get(m, "publicKeyJwk"), "kid"));

	return has_exactly(m, method_members) && is_did(id, net) && hash < id.len &&
	       span_eq(span_from(id, hash + 1), kid) &&
	       is_did(node_text(node_get(m, "controller")), net) &&
	       span_is(node_text(node_get(m, "type")), "JsonWebKey2020") &&
	       is_code(node_get(m, "domain")) && is_code(node_get(m, "participant")) &&
	       is_code(node_get(m, "keyusage"));
}

static int
by_id(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* Two keys of one name would run together in the graph: the proof could not say which of them has which domain. */
static int
names_differ(struct work *w, const struct node *methods, bool *differ)
{
	struct span *ids = ARENA_ARRAY(w->arena, methods->size + 1, struct span);
	size_t n = 0;

	if (!ids)
		return arena_error(w->arena);
	for (const struct node *m = methods->child; m; m = m->next)
		ids[n++] = m->kind == NODE_TEXT ? m->as.bytes : node_text(node_get(m, "id"));
	qsort(ids, n, sizeof(*ids), by_id);
	*differ = true;
	for (size_t i = 1; i < n; i++)
		*differ = *differ && !span_eq(ids[i - 1], ids[i]);
	return 0;
}

static const char *
check_methods(struct gdhcn_document *d)
{
	for (const struct node *m = d->methods->child; m; m = m->next) {
		if (m->kind == NODE_TEXT && is_iri(m->as.bytes))
			d->references++;
		else if (m->kind != NODE_MAP || !is_method(m, d->network))
			return "a key of the document has not the form that keys of the network "
			       "have";
	}
	return NULL;
}

static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '"' || s.ptr[i] == '\\')
			return false;
	return true;
}

static const char *
check_proof(struct gdhcn_document *d)
{
	const struct node *p = d->proof;
	struct span created = node_text(node_get(p, "created"));
	unsigned odd = 0;

	if (!has_exactly(p, proof_members) ||
		!span_is(node_text(node_get(p, "type")), "JsonWebSignature2020") ||
		!span_is(node_text(node_get(p, "proofPurpose")), "assertionMethod") ||
		!is_plain(node_text(node_get(p, "nonce"))) ||
		!time_parse(created, &d->created, &odd) || odd != 0 || !is_plain(created))
		return "the document's proof has not the form that proofs of the network have";
	if (!span_is(node_text(node_get(p, "verificationMethod")), d->network->signer))
		return "the document's proof is made in the name of another signer than that of "
		       "its environment";
	return NULL;
}

static const char *
check_root(const struct node *root, struct gdhcn_document *d)
{
	struct span id = node_text(node_get(root, "id"));
	const struct node *contexts = node_get(root, "@context");

	if (!root || root->kind != NODE_MAP || !node_get(root, "proof"))
		return "the document carries no proof";
	if (!d->network)
		return "the document is not of a place where the WHO's network publishes";
	struct span path = span_from(id, strlen(d->network->did));
	if (span_starts(path, SPAN_LIT("trustlist")))
		return "the document is of version 1, whose proof nobody can check: take version 2";
	if (!has_exactly(root, document_members) || !span_starts(path, SPAN_LIT("v2:trustlist")) ||
		span_find(id, '#') < id.len ||
		!is_did(node_text(node_get(root, "controller")), d->network) ||
		!contexts_known(contexts, d->network))
		return "the document has not the form that documents of the network have";
	d->id = id;
	d->methods = node_get(root, "verificationMethod");
	d->proof = node_get(root, "proof");
	return NULL;
}

int
gdhcn_form(struct work *w, const struct node *root, struct gdhcn_document *out, const char **fault)
{
	struct gdhcn_document d = { .network = network_of(node_text(node_get(root, "id"))) };
	bool differ = true;
	int r = d.network ? 0 : network_of_proof(w, root, &d.network);

	if (r != 0)
		return r;
	*fault = check_root(root, &d);
	if (!*fault)
		*fault = check_proof(&d);
	if (!*fault)
		*fault = check_methods(&d);
	if (!*fault)
		r = names_differ(w, d.methods, &differ);
	if (!differ)
		*fault = "two keys of the document have the same name";
	if (r == 0 && !*fault)
		*out = d;
	return r;
}
