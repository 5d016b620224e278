/* did.c - issuers of W3C credentials: DIDs, a line each, and DID documents as files.
 *
 * Only an issuer that stands here is trusted: that a DID can be resolved says nothing.  did:key and did:jwk bring
 * their keys along; of any other the document is another file of the list.  A line "ISSUER DID" (or an `issuer`
 * configured for the list) lets the DID's keys sign for an issuer of another name, as https://cowin.gov.in/ does
 * with did:india.
 */
#include "trust/did/did.h"
#include "codecs/base/arena.h"
#include "trust/source/list.h"

enum { FILES = 4096 };

static bool
is_document(struct span s)
{
	s = span_trim(s);
	return s.len > 0 && s.ptr[0] == '{';
}

/* The next line that says something: a DID, perhaps behind the issuer for whom it signs. */
static bool
next_line(struct span *rest, struct span *issuer, struct span *did)
{
	struct span line;

	while (span_split(rest, '\n', &line)) {
		line = span_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		size_t blank = span_find(line, ' ');
		*issuer = blank < line.len ? span_slice(line, 0, blank) : SPAN_NONE;
		*did = blank < line.len ? span_trim(span_from(line, blank)) : line;
		return true;
	}
	return false;
}

static bool
names_dids(struct span text)
{
	struct span issuer, did;

	return next_line(&text, &issuer, &did) && span_starts(did, SPAN_LIT("did:"));
}

/* Documents of DIDs serve other schemes as well, in other ways. */
static bool
detect(const struct trust_input *in)
{
	struct span first = in->files[0].bytes;

	if (in->domain != TRUST_VC || list_mentions(in, "https://smart.who.int/trust/"))
		return false;
	if (is_document(first))
		return list_mentions(in, "\"did:") &&
		       (list_mentions(in, "\"verificationMethod\"") ||
			       list_mentions(in, "\"assertionMethod\"") ||
			       list_mentions(in, "\"publicKey\""));
	return names_dids(first);
}

static int
add_method(const struct did_method *m, struct span issuer, struct trust_builder *b)
{
	struct trust_item item = { .kid = m->id,
		.authority = issuer,
		.key = m->key,
		.fault = m->fault,
		.until = m->until,
		.usage = USAGE_ANY };

	if ((m->purposes & DID_ASSERTION) && !m->foreign)
		return builder_add(b, &item);
	builder_skip(b);
	return 0;
}

static int
add_document(const struct did_document *doc, struct span issuer, struct trust_builder *b)
{
	struct trust_issuer_item who = {
		.iss = issuer.len ? issuer : doc->id, .did = doc->id, .at_hand = true
	};
	int r = builder_issuer(b, &who);

	if (doc->deactivated)
		builder_skip(b);
	for (size_t i = 0; i < doc->count && r == 0 && !doc->deactivated; i++)
		r = add_method(&doc->methods[i], who.iss, b);
	return r;
}

/* What a resolver answers with has the document inside; *gone: it says that there is none any more. */
static const struct node *
unwrapped(const struct node *root, bool *gone)
{
	const struct node *doc = node_get(root, "didDocument"),
			  *said = node_get(node_get(root, "didDocumentMetadata"), "deactivated");

	*gone = doc && said && said->kind == NODE_BOOL && said->as.boolean;
	return doc ? doc : root;
}

static int
read_document(struct work *w, const struct trust_input *in, const struct trust_file *f,
	struct trust_builder *b)
{
	struct list_text text = { f->bytes, f->name, 0 };
	enum did_fault fault = DID_DOCUMENT;
	struct did_document doc = { 0 };
	const struct node *root;
	bool gone = false;
	int r = list_nodes(w, b, text, &root);

	if (r != 0 || !root)
		return r;
	if (in->did.len > 0)
		root = unwrapped(root, &gone);
	r = did_document_read(w, root, in->did, &did_key_policy, &doc, &fault);
	if (r != 0)
		return r;
	doc.deactivated = doc.deactivated || gone;
	if (fault == DID_OK)
		return add_document(&doc, in->issuer, b);
	builder_fault(b,
		in->did.len > 0 ? "this is no document of the DID that was asked about"
				: "this is no DID document: it has no id",
		f->name, 0);
	return 0;
}

/* A did:web, for one, is only named: its keys are in its document, here or where it is published. */
static int
add_did(struct work *w, struct span issuer, struct span did, struct trust_builder *b)
{
	struct trust_issuer_item who = { .iss = issuer.len ? issuer : did, .did = did };
	enum did_fault fault = DID_SYNTAX;
	struct did_document doc;
	int r = did_resolve(w, did, &did_key_policy, &doc, &fault);

	if (r == 0 && fault == DID_OK)
		return add_document(&doc, issuer, b);
	if (r == 0 && fault == DID_METHOD && did_is(did))
		return builder_issuer(b, &who);
	if (r == 0)
		builder_skip(b);
	return r;
}

static int
read_lines(struct work *w, const struct trust_input *in, const struct trust_file *f,
	struct trust_builder *b)
{
	struct span rest = f->bytes, issuer, did;
	int r = 0;

	while (r == 0 && next_line(&rest, &issuer, &did))
		r = add_did(w, issuer.len ? issuer : in->issuer, did, b);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	int r = 0;

	for (size_t i = 0; i < in->file_count && r == 0 && !builder_faulty(b); i++)
		r = in->did.len > 0 || is_document(in->files[i].bytes)
			    ? read_document(w, in, &in->files[i], b)
			    : read_lines(w, in, &in->files[i], b);
	return r;
}

const struct trust_source did_source = {
	.kind = "did",
	.title = "issuers of W3C credentials: DIDs and their documents",
	.files = FILES,
	.takes_issuer = true,
	.serves = SERVES_VC,
	.detect = detect,
	.read = read,
};
