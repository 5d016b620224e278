/* test_contexts.c - the contexts that are built in are those that were published; an operator's are what their digest
 * says; and what was processed beforehand is what processing gives.
 */
#include "codecs/base/buf.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/node_json.h"
#include "tests/aid/oom.h"
#include "tests/jsonld/aid_jsonld.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct jsonld_contexts *
contexts(bool tests)
{
	struct jsonld_contexts *c = NULL;

	assert_int_equal(jsonld_contexts_new(tests, &c), 0);
	return c;
}

/* The published document of a URL, from the corpus; SPAN_NONE where there is no corpus or no such document. */
static struct span
published(struct aid_work *w, const char *corpora, struct span url)
{
	const struct node *index = NULL, *row;
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/vc-contexts/index.json", corpora);
	f = fopen(path, "rb");
	if (!f)
		return SPAN_NONE;
	fclose(f);
	assert_int_equal(node_from_json(&w->work, aid_read(w->arena, path), "json", &index), 0);
	row = node_find(node_get(index, "contexts"), url);
	if (!row)
		return SPAN_NONE;
	snprintf(path, sizeof(path), "%s/vc-contexts/%.*s", corpora,
		(int)node_text(node_get(row, "file")).len, node_text(node_get(row, "file")).ptr);
	return aid_read(w->arena, path);
}

static void
check_digest(struct aid_work *w, struct span text, const struct jsonld_known *k)
{
	uint8_t digest[32];
	struct buf b = buf_in(w->arena, 64);

	assert_int_equal(digest_of(w->kit, DIGEST_SHA256, text, digest), 0);
	buf_hex(&b, (struct span){ digest, sizeof(digest) });
	assert_true(span_eq(buf_span(&b), k->sha256));
}

/* Term by term: the table makes the same tree as the document, so every term expands alike. */
static void
as_published(void **state)
{
	const char *corpora = getenv("VIDIMUS_CORPORA");
	struct jsonld_contexts *c = contexts(true);
	struct jsonld_known k;
	size_t compared = 0, own = 0;

	(void)state;
	for (size_t i = 0; jsonld_contexts_at(c, i, &k); i++) {
		struct aid_work w;
		const struct node *n = NULL;
		struct span text;

		own += !k.of.ptr;
		aid_begin(&w);
		text = corpora && !k.of.ptr ? published(&w, corpora, k.url) : SPAN_NONE;
		if (text.ptr) {
			check_digest(&w, text, &k);
			assert_int_equal(node_from_json(&w.work, text, "json", &n), 0);
			if (!node_equal(node_get(n, "@context"), node_get(k.document, "@context")))
				fail_msg("%.*s differs", (int)k.url.len, (const char *)k.url.ptr);
			compared++;
		}
		aid_end(&w);
	}
	assert_int_equal(own, 32);
	jsonld_contexts_free(c);
	if (compared == 0)
		skip();
	assert_int_equal(compared, own);
}

static const char *
expanded(struct aid_work *w, const struct jsonld_loader *loader, struct span text)
{
	const struct jsonld_options o = { .loader = loader, .layer = "json" };
	struct buf b = buf_in(w->arena, (size_t)1 << 20);
	const struct node *n = NULL;
	struct ld *out = NULL;

	assert_int_equal(node_from_json(&w->work, text, "json", &n), 0);
	assert_int_equal(jsonld_expand(&w->work, &o, n, NULL, &out), 0);
	ld_to_json(&b, out);
	buf_char(&b, 0);
	assert_int_equal(b.error, 0);
	return (const char *)b.ptr;
}

/* One too large and too changing to be built in: an operator may add it, and its terms stand for what it says. */
static void
as_added(void **state)
{
	const char *corpora = getenv("VIDIMUS_CORPORA");
	const struct span url = SPAN_LIT("https://schema.org");
	struct jsonld_contexts *c = contexts(false);
	struct aid_work w;
	uint8_t digest[32];
	struct span text;

	(void)state;
	aid_begin(&w);
	text = corpora ? published(&w, corpora, url) : SPAN_NONE;
	if (text.ptr) {
		assert_int_equal(digest_of(w.kit, DIGEST_SHA256, text, digest), 0);
		assert_int_equal(jsonld_contexts_add(c, w.kit, url, text,
					 (struct span){ digest, sizeof(digest) }),
			0);
		assert_int_equal(jsonld_contexts_finish(c), 0);
		assert_string_equal(
			expanded(&w, jsonld_contexts_loader(c),
				SPAN_LIT(
					"{\"@context\":\"https://schema.org\",\"@type\":\"Person\","
					"\"birthDate\":\"2000-01-01\",\"url\":\"http://x.example/"
					"\"}")),
			"[{\"http://schema.org/birthDate\":[{\"@value\":\"2000-01-01\","
			"\"@type\":\"http://schema.org/Date\"}],"
			"\"http://schema.org/url\":[{\"@id\":\"http://x.example/\"}],"
			"\"@type\":[\"http://schema.org/Person\"]}]");
	}
	jsonld_contexts_free(c);
	aid_end(&w);
	if (!text.ptr)
		skip();
}

/* A document with every term of a context as a property, and every one as a type. */
static void
put_document(struct buf *b, struct span url, const struct node *context)
{
	buf_str(b, "{\"@context\":");
	buf_json(b, url);
	for (const struct node *t = context->child; t; t = t->next) {
		if (t->key.ptr[0] == '@' || node_text(t).ptr == NULL)
			continue;
		if (node_text(t).ptr[0] == '@')
			continue;
		buf_char(b, ',');
		buf_json(b, t->key);
		buf_str(b, ":[{\"@type\":");
		buf_json(b, t->key);
		buf_str(b, "}]");
	}
	buf_char(b, '}');
}

/* The same with and without what was processed beforehand. */
static void
beforehand(void **state)
{
	static const char two[] = "{'@context':['https://www.w3.org/ns/credentials/v2',"
				  "'https://w3id.org/citizenship/v4rc1',"
				  "'https://w3id.org/security/data-integrity/v2'],"
				  "'type':['VerifiableCredential','PermanentResidentCard'],"
				  "'credentialSubject':{'type':['PermanentResident','Person'],"
				  "'givenName':'A','birthDate':'1990-01-01'},"
				  "'proof':{'type':'DataIntegrityProof','cryptosuite':'x'}}";
	struct jsonld_contexts *plain = contexts(true), *filled = contexts(true);
	struct jsonld_known k;

	(void)state;
	assert_int_equal(jsonld_contexts_finish(filled), 0);
	for (size_t i = 0; jsonld_contexts_at(plain, i, &k); i++) {
		const struct node *context = node_get(k.document, "@context");
		struct aid_work w;
		struct buf b;

		aid_begin(&w);
		b = buf_in(w.arena, 65536);
		put_document(&b, k.url, context->kind == NODE_LIST ? context->child : context);
		assert_string_equal(expanded(&w, jsonld_contexts_loader(plain), buf_span(&b)),
			expanded(&w, jsonld_contexts_loader(filled), buf_span(&b)));
		aid_end(&w);
	}
	struct aid_work w;
	struct buf b;
	aid_begin(&w);
	b = buf_in(w.arena, 65536);
	node_to_json(&b, aid_json(&w.work, two));
	const char *want = expanded(&w, jsonld_contexts_loader(plain), buf_span(&b));
	assert_string_equal(want, expanded(&w, jsonld_contexts_loader(filled), buf_span(&b)));
	assert_non_null(strstr(want, "https://schema.org/givenName"));
	aid_end(&w);
	jsonld_contexts_free(plain);
	jsonld_contexts_free(filled);
}

/* A document that names three contexts, written into memory that is then wiped. */
static void
expand_in_passing(struct kit *kit, const struct jsonld_loader *loader, const char *const urls[3])
{
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	const struct jsonld_options o = { .loader = loader, .layer = "json" };
	struct buf b = buf_in(a, 4096);
	const struct node *n = NULL;
	struct ld *out = NULL;

	assert_non_null(a);
	report_begin(&report, a);
	buf_str(&b, "{\"@context\":[");
	for (size_t i = 0; i < 3; i++) {
		buf_json(&b, span_of(urls[i]));
		buf_char(&b, i < 2 ? ',' : ']');
	}
	buf_str(&b, ",\"type\":[\"VerifiableCredential\",\"PermanentResident\",\"Person\","
		    "\"Ed25519Signature2020\"],\"name\":\"x\"}");
	assert_int_equal(node_from_json(&w, buf_span(&b), "json", &n), 0);
	assert_int_equal(jsonld_expand(&w, &o, n, NULL, &out), 0);
	arena_free(a);
}

/* A thread's memory fills, is emptied, and belongs to one set of contexts; it never changes what comes out. */
static void
kept(void **state)
{
	static const char document[] =
		"{'@context':['https://www.w3.org/2018/credentials/v1','https://w3id.org/"
		"citizenship/v1',"
		"'https://w3id.org/security/suites/ed25519-2020/v1'],"
		"'type':['VerifiableCredential','PermanentResidentCard'],"
		"'credentialSubject':{'type':['PermanentResident','Person'],'givenName':'A'},"
		"'proof':{'type':'Ed25519Signature2020','created':'2020-01-01T00:00:00Z'}}";
	struct jsonld_contexts *c = contexts(true), *other = contexts(true);
	struct aid_work plain, w;
	struct jsonld_known x, y;
	struct buf b;

	(void)state;
	assert_int_equal(jsonld_contexts_finish(c), 0);
	assert_int_equal(jsonld_contexts_finish(other), 0);
	aid_begin(&plain);
	aid_begin(&w);
	plain.work.kit = NULL;
	b = buf_in(plain.arena, 4096);
	node_to_json(&b, aid_json(&plain.work, document));
	const char *want = expanded(&plain, jsonld_contexts_loader(c), buf_span(&b));
	assert_non_null(strstr(want, "givenName"));
	for (size_t i = 0; jsonld_contexts_at(c, i, &x); i++) {
		for (size_t k = 0; jsonld_contexts_at(c, k, &y); k++) {
			const char *urls[3] = { "https://www.w3.org/2018/credentials/v1",
				(const char *)x.url.ptr, (const char *)y.url.ptr };

			expand_in_passing(w.kit, jsonld_contexts_loader(c), urls);
		}
		assert_string_equal(expanded(&w, jsonld_contexts_loader(c), buf_span(&b)), want);
		if (i % 8 == 0)
			assert_string_equal(
				expanded(&w, jsonld_contexts_loader(other), buf_span(&b)), want);
	}
	jsonld_contexts_free(c);
	assert_string_equal(expanded(&w, jsonld_contexts_loader(other), buf_span(&b)), want);
	aid_end(&w);
	aid_end(&plain);
	jsonld_contexts_free(other);
}

static void
operators(void **state)
{
	static const char text[] = "{\"@context\":{\"x\":\"urn:x\"}}", other[] = "{\"context\":{}}";
	struct jsonld_contexts *c = contexts(false);
	const struct span url = SPAN_LIT("https://op.example/c"),
			  v2 = SPAN_LIT("https://www.w3.org/ns/credentials/v2");
	struct span good, bad;
	uint8_t d[32], e[32];
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	good = (struct span){ d, sizeof(d) };
	bad = (struct span){ e, sizeof(e) };
	assert_int_equal(digest_of(w.kit, DIGEST_SHA256, span_of(text), d), 0);
	assert_int_equal(digest_of(w.kit, DIGEST_SHA256, span_of(other), e), 0);
	assert_int_equal(jsonld_contexts_add(c, w.kit, url, span_of(text), bad), -EBADMSG);
	assert_int_equal(jsonld_contexts_add(c, w.kit, url, span_of(other), bad), -EINVAL);
	assert_int_equal(jsonld_contexts_add(c, w.kit, url, span_of(text), good), 0);
	assert_int_equal(jsonld_contexts_add(c, w.kit, url, span_of(text), good), 0);
	assert_int_equal(jsonld_contexts_add(c, w.kit, url, span_of(other), bad), -EEXIST);
	assert_int_equal(jsonld_contexts_add(c, w.kit, v2, span_of(text), good), -EEXIST);
	assert_int_equal(jsonld_contexts_alias(c, SPAN_LIT("urn:also"), url), 0);
	assert_int_equal(jsonld_contexts_alias(c, v2, url), -EEXIST);
	assert_int_equal(
		jsonld_contexts_alias(c, SPAN_LIT("urn:none"), SPAN_LIT("urn:nothing")), -ENOENT);
	assert_int_equal(jsonld_contexts_finish(c), 0);
	assert_string_equal(expanded(&w, jsonld_contexts_loader(c),
				    SPAN_LIT("{\"@context\":\"urn:also\",\"x\":1}")),
		"[{\"urn:x\":[{\"@value\":1}]}]");
	jsonld_contexts_free(c);
	aid_end(&w);
}

/* What defines every word is not there unless asked for. */
static void
for_tests(void **state)
{
	struct jsonld_contexts *with = contexts(true), *without = contexts(false);
	struct jsonld_known k;
	size_t all = 0, fewer = 0;

	(void)state;
	while (jsonld_contexts_at(with, all, &k))
		all++;
	while (jsonld_contexts_at(without, fewer, &k)) {
		assert_false(span_is(k.url, "https://www.w3.org/ns/credentials/examples/v2"));
		fewer++;
	}
	assert_int_equal(all, fewer + 2);
	jsonld_contexts_free(with);
	jsonld_contexts_free(without);
}

static int
build_once(void *arg)
{
	struct jsonld_contexts *c = NULL;
	int rc = jsonld_contexts_new(false, &c);

	(void)arg;
	if (rc == 0)
		rc = jsonld_contexts_finish(c);
	jsonld_contexts_free(c);
	return rc;
}

static void
memory(void **state)
{
	(void)state;
	assert_true(oom_each(build_once, NULL) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_published),
		cmocka_unit_test(as_added),
		cmocka_unit_test(beforehand),
		cmocka_unit_test(kept),
		cmocka_unit_test(operators),
		cmocka_unit_test(for_tests),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
