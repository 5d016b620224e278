/* publish_lists.c - our keys as trust lists: the EU gateway's items, and the WHO network's document. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/record/countries.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/own/endorse.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/publish.h"
#include "gateway/keys/publish_impl.h"
#include "trust/source/gdhcn.h"

#include <errno.h>

enum { NONCE = 8 };

static int
list_signer(struct keys *k, int64_t now, const struct own_key **key, struct signer *out)
{
	*key = keys_active(k, PURPOSE_LIST, now);
	return *key ? keys_signer(k, *key, out) : -ENOENT;
}

/* --- the EU's form --- */

static void
member64(struct buf *b, const char *name, struct span value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":\"");
	base64_encode(b, value);
	buf_char(b, '"');
}

static int
write_item(struct work *w, const struct own_key *o, const char *type, const struct own_key *by,
	const struct signer *s, struct buf *b)
{
	struct span cms = SPAN_NONE;
	const struct cert *c = own_entry_of(o)->cert;
	int r = cms_sign_by(s, own_entry_of(by)->cert, o->cert, w->now, w->kit, w->arena, &cms);

	buf_str(b, "\n{\"certificateType\":\"");
	buf_str(b, type);
	buf_str(b, "\",\"country\":");
	buf_json(b, cert_country(c));
	member64(b, "kid", o->kid);
	member64(b, "rawData", o->cert);
	member64(b, "signature", cms);
	buf_str(b, ",\"thumbprint\":\"");
	buf_hex(b, cert_sha256(c));
	buf_str(b, "\",\"timestamp\":\"");
	time_format(b, cert_not_before(c));
	buf_str(b, "\"}");
	return r ? r : b->error;
}

int
publish_dgcg(struct work *w, struct keys *k, struct buf *b)
{
	static const struct {
		enum key_purpose purpose;
		const char *type;
	} types[] = { { PURPOSE_CSCA_DCC, "CSCA" }, { PURPOSE_LIST, "UPLOAD" },
		{ PURPOSE_DCC, "DSC" } };
	const struct own_key *by, *o;
	struct signer s;
	size_t count = 0;
	int r = list_signer(k, w->now, &by, &s);

	buf_char(b, '[');
	for (size_t i = 0; i < 3; i++) {
		size_t at = 0;
		while (r == 0 &&
			(o = published_next(k, 1u << types[i].purpose, w->now, &at)) != NULL) {
			buf_str(b, count++ > 0 ? "," : "");
			r = write_item(w, o, types[i].type, by, &s, b);
		}
	}
	buf_str(b, "]\n");
	return r ? r : b->error;
}

int
publish_wrapped(struct work *w, struct keys *k, struct span content, struct buf *b)
{
	const struct own_key *by;
	struct span cms = SPAN_NONE;
	struct signer s;
	int r = list_signer(k, w->now, &by, &s);

	if (r == 0)
		r = cms_wrap_by(
			&s, own_entry_of(by)->cert, content, w->now, w->kit, w->arena, &cms);
	base64_encode(b, cms);
	return r ? r : b->error;
}

/* --- the WHO's form --- */

/* Whose keys serve which of the network's domains. */
static const struct {
	enum key_purpose purpose;
	const char *domain, *usage, *segment;
} listed[] = {
	{ PURPOSE_DCC, "DCC", "DSC", "DSC" },
	{ PURPOSE_CSCA_DCC, "DCC", "CSCA", "SCA" },
	{ PURPOSE_WHO, "DDCC", "DSC", "DSC" },
	{ PURPOSE_SCA_WHO, "DDCC", "CSCA", "SCA" },
	{ PURPOSE_WHO, "ICVP", "DSC", "DSC" },
	{ PURPOSE_SCA_WHO, "ICVP", "CSCA", "SCA" },
};

static void
write_base(struct buf *b, const struct keys *k)
{
	buf_add(b, keys_did(k));
	buf_str(b, ":v2:trustlist");
}

static void
write_key(const struct keys *k, size_t row, const struct own_key *o, struct buf *b)
{
	struct span country = country_alpha3(keys_identity(k)->country);

	buf_str(b, "\n{\"id\":\"");
	write_base(b, k);
	buf_char(b, ':');
	buf_str(b, listed[row].domain);
	buf_char(b, ':');
	buf_add(b, country);
	buf_char(b, ':');
	buf_str(b, listed[row].segment);
	buf_char(b, '#');
	base64_encode(b, o->kid);
	buf_str(b, "\",\"type\":\"JsonWebKey2020\",\"controller\":\"");
	write_base(b, k);
	buf_str(b, "\",\"publicKeyJwk\":{");
	publish_jwk_members(b, o);
	buf_str(b, ",\"kid\":\"");
	base64_encode(b, o->kid);
	buf_str(b, "\",");
	publish_x5c(b, o);
	buf_str(b, "},\"domain\":{\"code\":\"#");
	buf_str(b, listed[row].domain);
	buf_str(b, "\"},\"participant\":{\"code\":\"#");
	buf_add(b, country);
	buf_str(b, "\"},\"keyusage\":{\"code\":\"#");
	buf_str(b, listed[row].usage);
	buf_str(b, "\"}}");
}

static void
write_keys(struct work *w, const struct keys *k, struct buf *b)
{
	const struct own_key *o;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		for (size_t at = 0;
			(o = published_next(k, 1u << listed[i].purpose, w->now, &at)) != NULL;) {
			buf_str(b, count++ > 0 ? "," : "");
			write_key(k, i, o, b);
		}
}

struct gdhcn_parts {
	struct span keys; /* of verificationMethod */
	struct span nonce, jws;
	const struct own_key *by;
};

static int
write_document(struct work *w, const struct keys *k, const struct gdhcn_parts *p, struct buf *b)
{
	buf_str(b, "{\"@context\":[\"https://www.w3.org/ns/did/v1\","
		   "\"https://w3id.org/security/suites/jws-2020/v1\","
		   "\"https://smart.who.int/trust/tng-context/v1.jsonld\"],\n\"id\":\"");
	write_base(b, k);
	buf_str(b, "\",\n\"controller\":\"");
	write_base(b, k);
	buf_str(b, "\",\n\"verificationMethod\":[");
	buf_add(b, p->keys);
	buf_str(b, "],\n\"proof\":{\"type\":\"JsonWebSignature2020\",\"created\":\"");
	time_format(b, w->now);
	buf_str(b, "\",\"nonce\":\"");
	buf_hex(b, p->nonce);
	buf_str(b, "\",\"proofPurpose\":\"assertionMethod\",\"verificationMethod\":\"");
	buf_add(b, keys_did(k));
	buf_char(b, '#');
	buf_add(b, p->by->name);
	buf_str(b, "\",\"jws\":\"eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9..");
	buf_add(b, p->jws);
	buf_str(b, "\"}}\n");
	return b->error;
}

/* What is signed is what a reader of the document will check. */
static int
prove(struct work *w, const struct keys *k, const struct signer *s, struct gdhcn_parts *p)
{
	struct buf b = buf_in(w->arena, SIZE_MAX), jws = buf_in(w->arena, SIZE_MAX);
	const struct node *root = NULL;
	struct gdhcn_document read;
	const char *fault = NULL;
	struct proof proof;
	struct span signature;
	int r;

	p->jws = SPAN_LIT("AAAA");
	if ((r = write_document(w, k, p, &b)) != 0 ||
		(r = node_from_json(w, buf_span(&b), "list", &root)) != 0)
		return r;
	r = root ? gdhcn_form(w, root, &read, &fault) : -EINVAL;
	if (r == 0 && !fault)
		r = gdhcn_proof(w, &read, &proof, &fault);
	if (r != 0 || fault)
		return r != 0 ? r : -EINVAL;
	if ((r = s->sign(s, w->arena, proof.signed_bytes, &signature)) != 0)
		return r;
	base64url_encode(&jws, signature);
	p->jws = buf_span(&jws);
	return jws.error;
}

int
publish_gdhcn(struct work *w, struct keys *k, struct buf *b)
{
	struct buf keys = buf_in(w->arena, SIZE_MAX);
	struct gdhcn_parts p = { 0 };
	struct signer s;
	uint8_t md[32];
	int r = list_signer(k, w->now, &p.by, &s);

	if (r != 0)
		return r;
	write_keys(w, k, &keys);
	if (keys.error)
		return keys.error;
	p.keys = buf_span(&keys);
	r = digest_of(w->kit, DIGEST_SHA256, p.keys, md);
	p.nonce = (struct span){ md, NONCE };
	if (r == 0)
		r = prove(w, k, &s, &p);
	return r ? r : write_document(w, k, &p, b);
}
