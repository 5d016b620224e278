/* aid_gdhcn.c - see aid_gdhcn.h. */
#include "tests/trust/aid_gdhcn.h"

#include "codecs/base/text.h"
#include "codecs/seal/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr)
#define SEC    "https://w3id.org/security#"

static const char *
path_of(const struct did_document *d)
{
	return d->path ? d->path : "v2:trustlist";
}

static const char *
created(const struct did_document *d)
{
	return d->created ? d->created : "2026-11-30T12:00:00Z";
}

static struct span
kid(struct world *w, const struct did_key *k)
{
	return world_base64(w, span_slice(cert_sha256(k->key->cert), 0, 8));
}

static struct span
did(struct world *w, const struct did_document *d)
{
	return world_print(w, "did:web:tng-cdn%s.who.int:%s", d->env, path_of(d));
}

static struct span
method_id(struct world *w, const struct did_document *d, const struct did_key *k)
{
	return world_print(w, "%s:%s:%s:%s#%s", STR(did(w, d)), k->domain, k->participant, k->usage,
		STR(kid(w, k)));
}

/* In the order of the names, without blanks: canonical as it stands. */
static struct span
jwk(struct world *w, const struct did_key *k)
{
	return world_print(w,
		"{\"crv\":\"P-256\",\"kid\":\"%s\",\"kty\":\"EC\",\"x\":\"AMEM\",\"x5c\":[\"%s\"],"
		"\"y\":\"\"}",
		STR(kid(w, k)), STR(world_base64(w, cert_der(k->key->cert))));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum { LINES = 200 };

struct lines {
	const char *line[LINES];
	size_t count;
};

static void
add(struct lines *l, struct span s)
{
	assert_true(l->count < LINES);
	l->line[l->count++] = STR(s);
}

static void
add_key(struct world *w, const struct did_document *d, const struct did_key *k, struct lines *l)
{
	const char *up = strcmp(d->env, "-dev") == 0   ? "-DEV"
			 : strcmp(d->env, "-uat") == 0 ? "-UAT"
						       : "";
	const char *id = STR(method_id(w, d, k)), *root = STR(did(w, d));
	const char *const sets[3][2] = { { "Domains", k->domain },
		{ "Participants", k->participant }, { "KeyUsage", k->usage } };
	struct buf literal = buf_in(w->arena, SIZE_MAX);
	struct span json = jwk(w, k);

	for (size_t i = 0; i < json.len; i++) {
		if (json.ptr[i] == '"')
			buf_char(&literal, '\\');
		buf_char(&literal, (char)json.ptr[i]);
	}
	buf_char(&literal, '\0');
	add(l, world_print(w, "<%s> <" SEC "verificationMethod> <%s> .\n", root, id));
	add(l, world_print(w,
		       "<%s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <" SEC
		       "JsonWebKey2020> .\n",
		       id));
	add(l, world_print(w, "<%s> <" SEC "controller> <%s> .\n", id, root));
	add(l, world_print(w,
		       "<%s> <" SEC "publicKeyJwk> "
		       "\"%s\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> .\n",
		       id, (const char *)literal.ptr));
	for (int i = 0; i < 3; i++)
		add(l, world_print(w,
			       "<%s> <https://smart.who.int/trust/ValueSet-%s%s.jsonld> "
			       "<https://smart.who.int/trust/ValueSet-%s%s.jsonld#%s> .\n",
			       id, sets[i][0], up, sets[i][0], up, sets[i][1]));
}

struct span
world_did_quads(struct world *w, const struct did_document *d)
{
	struct lines l = { .count = 0 };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	const char *root = STR(did(w, d));

	add(&l, world_print(w, "<%s> <" SEC "controller> <%s> .\n", root, root));
	if (d->reference)
		add(&l, world_print(w, "<%s> <" SEC "verificationMethod> <%s> .\n", root,
				d->reference));
	for (size_t i = 0; i < d->count; i++)
		add_key(w, d, &d->keys[i], &l);
	qsort(l.line, l.count, sizeof(l.line[0]), by_text);
	for (size_t i = 0; i < l.count; i++)
		buf_str(&b, l.line[i]);
	return buf_span(&b);
}

static const char *
signer_of(const struct did_document *d)
{
	const char *env = strcmp(d->env, "") == 0 ? "prod" : &d->env[1];

	return strcmp(env, "prod") == 0
		       ? "did:web:raw.githubusercontent.com:WorldHealthOrganization:"
			 "tng-participants-prod:main:WHO:signing:DID"
	       : strcmp(env, "uat") == 0
		       ? "did:web:raw.githubusercontent.com:WorldHealthOrganization:"
			 "tng-participants-uat:main:WHO:signing:DID"
		       : "did:web:raw.githubusercontent.com:WorldHealthOrganization:"
			 "tng-participants-dev:main:WHO:signing:DID";
}

struct span
world_did_options(struct world *w, const struct did_document *d)
{
	return world_print(w,
		"_:c14n0 <http://purl.org/dc/terms/created> "
		"\"%s\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
		"_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
		"<https://w3id.org/security#JsonWebSignature2020> .\n"
		"_:c14n0 <https://w3id.org/security#nonce> \"uaf5PR5a0bD7\" .\n"
		"_:c14n0 <https://w3id.org/security#proofPurpose> "
		"<https://w3id.org/security#assertionMethod> .\n"
		"_:c14n0 <https://w3id.org/security#verificationMethod> <%s> .\n",
		created(d), signer_of(d));
}

static void
der_half(struct buf *b, struct span s)
{
	while (s.len > 1 && s.ptr[0] == 0)
		s = span_from(s, 1);
	bool pad = (s.ptr[0] & 0x80) != 0;
	buf_char(b, 2);
	buf_char(b, (char)(s.len + pad));
	if (pad)
		buf_char(b, 0);
	buf_add(b, s);
}

static struct span
as_der(struct world *w, struct span plain)
{
	struct buf in = buf_in(w->arena, 80), b = buf_in(w->arena, 80);

	der_half(&in, span_slice(plain, 0, 32));
	der_half(&in, span_slice(plain, 32, 32));
	buf_char(&b, 0x30);
	buf_char(&b, (char)in.len);
	buf_add(&b, buf_span(&in));
	return buf_span(&b);
}

#define HEADER "eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9"

static struct span
jws(struct world *w, const struct did_document *d)
{
	struct buf input = buf_in(w->arena, SIZE_MAX), text = buf_in(w->arena, SIZE_MAX);
	uint8_t hashes[64];
	struct signer s;
	struct span signature;

	assert_int_equal(digest_of(w->kit, DIGEST_SHA256, world_did_options(w, d), hashes), 0);
	assert_int_equal(digest_of(w->kit, DIGEST_SHA256, world_did_quads(w, d), &hashes[32]), 0);
	buf_str(&input, HEADER ".");
	buf_add(&input, (struct span){ hashes, sizeof(hashes) });
	assert_int_equal(signer_over(d->by->key, SIG_ES256, &s), 0);
	assert_int_equal(s.sign(&s, w->arena, buf_span(&input), &signature), 0);
	buf_str(&text, HEADER "..");
	base64url_encode(&text, d->plain ? signature : as_der(w, signature));
	buf_char(&text, '\0');
	return buf_span(&text);
}

static struct span
method(struct world *w, const struct did_document *d, const struct did_key *k)
{
	return world_print(w,
		",{\"id\":\"%s\",\"type\":\"JsonWebKey2020\",\"controller\":\"%s\","
		"\"publicKeyJwk\":%s,"
		"\"domain\":{\"code\":\"#%s\"},\"participant\":{\"code\":\"#%s\"},\"keyusage\":{"
		"\"code\":"
		"\"#%s\"}}",
		STR(method_id(w, d, k)), STR(did(w, d)), STR(jwk(w, k)), k->domain, k->participant,
		k->usage);
}

struct span
world_did(struct world *w, const struct did_document *d)
{
	const char *up = strcmp(d->env, "-dev") == 0   ? "-DEV"
			 : strcmp(d->env, "-uat") == 0 ? "-UAT"
						       : "";
	struct buf b = buf_in(w->arena, SIZE_MAX);

	if (d->reference)
		buf_add(&b, world_print(w, ",\"%s\"", d->reference));
	for (size_t i = 0; i < d->count; i++)
		buf_add(&b, method(w, d, &d->keys[i]));
	buf_char(&b, '\0');
	return world_print(w,
		"{\"@context\":[\"https://www.w3.org/ns/did/v1\","
		"\"https://w3id.org/security/suites/jws-2020/v1\","
		"\"https://smart.who.int/trust/tng-context/"
		"v1%s.jsonld\"],\"id\":\"%s\",\"controller\":\"%s\","
		"\"verificationMethod\":[%s],\"proof\":{\"type\":\"JsonWebSignature2020\","
		"\"created\":\"%s\","
		"\"nonce\":\"uaf5PR5a0bD7\",\"proofPurpose\":\"assertionMethod\","
		"\"verificationMethod\":\"%s\","
		"\"jws\":\"%s\"}}",
		up, STR(did(w, d)), STR(did(w, d)), (const char *)&b.ptr[b.len > 1], created(d),
		signer_of(d), STR(jws(w, d)));
}

struct span
world_countersigned(struct world *w, const struct world_key *k, const struct world_key *by)
{
	struct span cms;

	assert_int_equal(cms_sign(by->key, by->cert, cert_der(k->cert), w->arena, &cms), 0);
	return world_print(w, "{\"trustAnchorSignature\":\"%s\",\"certificateRawData\":\"%s\"}",
		STR(world_base64(w, cms)), STR(world_base64(w, cert_der(k->cert))));
}
