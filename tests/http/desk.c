/* desk.c - see desk.h. */
#include "tests/http/desk.h"

#include "codecs/seal/digest.h"
#include "codecs/tree/node.h"
#include "gateway/keys/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PASS SPAN_LIT("a passphrase of tests")

static struct config_access clients[1] = { { .name = { (const uint8_t *)"desk", 4 },
	.token_path = { (const uint8_t *)"x", 1 },
	.roles = ROLE_VERIFY | ROLE_ATTEST | ROLE_REVOKE,
	.rate = 100000,
	.quota = 1000000 } };
static struct span digest;

struct desk_world dw;

/* --- the world --- */

/* Valid now, whenever that is. */
static void
renew(struct mint *m, int64_t now)
{
	struct cert_request r = { .country = "AQ",
		.common_name = "Test",
		.not_before = now - 400 * (int64_t)MINT_DAY,
		.not_after = now + 400 * (int64_t)MINT_DAY,
		.subject = m->key };
	struct span der;

	cert_free(m->cert);
	trust_unref(m->trust);
	assert_int_equal(cert_issue(&r, m->arena, &der), 0);
	assert_int_equal(cert_from_der(der, &key_policy_default, &m->cert), 0);
	m->signer.kid = span_slice(cert_sha256(m->cert), 0, 8);
	struct trust_file file = { SPAN_LIT("AQ.der"), der };
	struct trust_input in[2] = { { .name = SPAN_LIT("test"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE } };
	in[1] = in[0];
	in[1].name = SPAN_LIT("trial");
	in[1].env = ENV_ACCEPTANCE;
	m->work.arena = m->arena;
	assert_int_equal(trust_build(&m->work, in, 2, &m->trust), 0);
}

static int
give_secrets(void *arg, struct arena *a, struct secrets *out)
{
	uint8_t *md = arena_bytes(a, 32);

	(void)arg;
	assert_non_null(md);
	assert_int_equal(digest_of(dw.mint.kit, DIGEST_SHA256, SPAN_LIT(TOKEN), md), 0);
	digest = (struct span){ md, 32 };
	out->tokens = &digest;
	return 0;
}

static void
open_desk(void)
{
	const struct keys_identity who = { SPAN_LIT("https://gateway.example"), SPAN_LIT("TF"),
		SPAN_LIT("Gateway") };
	const char *why;
	size_t made;

	snprintf(dw.dir, sizeof(dw.dir), "/tmp/vidimus-translate-XXXXXX");
	assert_non_null(mkdtemp(dw.dir));
	snprintf(dw.keys_dir, sizeof(dw.keys_dir), "%s/keys", dw.dir);
	snprintf(dw.log, sizeof(dw.log), "%s/log.sqlite", dw.dir);
	assert_int_equal(keys_create(dw.keys_dir, PASS, &who, &dw.keys), 0);
	assert_int_equal(keys_new_all(dw.keys, dw.now - MINT_DAY, &made), 0);
	dw.store_setup = (struct store_setup){ .path = dw.log };
	assert_int_equal(store_open(&dw.store_setup, &why, &dw.store), 0);
	const struct desk_setup setup = { &dw.net.config, dw.keys, dw.store };
	assert_int_equal(desk_open(&setup, dw.now, &why, &dw.desk), 0);
}

int
desk_world_open(void **state)
{
	struct config defaults;

	(void)state;
	dw.now = (int64_t)time(NULL);
	mint_open(&dw.mint, PRIVATE_P256, SIG_ES256);
	renew(&dw.mint, dw.now);
	config_init(&defaults);
	dw.net = net_defaults();
	dw.net.config.issue = defaults.issue;
	dw.net.config.http.body_document = 65536;
	dw.policies[0] = dw.policies[1] = dw.policies[2] = dw.mint.policy;
	dw.policies[1].name = SPAN_LIT("trial");
	dw.policies[1].env = ENV_ACCEPTANCE;
	dw.policies[2].name = SPAN_LIT("other");
	dw.net.config.policies = dw.policies;
	dw.net.config.policy_count = 3;
	dw.net.config.access = clients;
	dw.net.config.access_count = 1;
	dw.net.secrets = give_secrets;
	dw.net.trust = dw.mint.trust;
	open_desk();
	dw.net.desk = dw.desk;
	net_start(&dw.net);
	return 0;
}

int
desk_world_close(void **state)
{
	char command[128];

	(void)state;
	net_stop(&dw.net);
	desk_close(dw.desk);
	store_close(dw.store);
	keys_close(dw.keys);
	dw.mint.trust = NULL; /* net_stop has given it back */
	snprintf(command, sizeof(command), "rm -r %s", dw.dir);
	assert_int_equal(system(command), 0);
	mint_close(&dw.mint);
	return 0;
}

/* --- questions --- */

struct span
desk_source(int64_t from, int64_t until)
{
	return mint_text(
		&dw.mint, MINT_GOOD, (struct hcert_recipe){ .issued = from, .expires = until });
}

struct span
desk_good(void)
{
	return desk_source(dw.now - MINT_DAY, dw.now + MINT_DAY);
}

void
desk_ask_as(const char *token, const char *path, const char *fields, struct span body)
{
	char head[512];
	struct client *c = malloc(sizeof(*c));

	assert_non_null(c);
	snprintf(head, sizeof(head),
		"POST %s HTTP/1.1\r\nHost: a\r\n%s%s\r\n%sContent-Length: %zu\r\n\r\n", path,
		token ? "Authorization: Bearer " : "X-No: ", token ? token : "token", fields,
		body.len);
	client_open(c, &dw.net);
	assert_true(client_text(c, head) && client_send(c, body.ptr, body.len));
	client_read(c, &dw.answer);
	client_close(c);
	free(c);
}

void
desk_ask(const char *path, const char *fields, struct span body)
{
	desk_ask_as(TOKEN, path, fields, body);
}

void
desk_get(const char *path, const char *fields)
{
	char text[256];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", path, fields);
	net_ask(&dw.net, text, &dw.answer);
}

void
desk_expect(int status, const char *what)
{
	if (dw.answer.status != status || !strstr((const char *)dw.answer.body, what))
		fail_msg("%d, not %d with %s: %.300s", dw.answer.status, status, what,
			(const char *)dw.answer.body);
}

int64_t
desk_logged(void)
{
	struct store_checked c;

	assert_int_equal(store_check(&dw.store_setup, &c), 0);
	return c.issued;
}

/* A member of the answer, one level down where `in` is given; in the mint's memory. */
static struct span
member(const char *in, const char *name)
{
	const struct node *n = NULL;
	struct span body = arena_copy(
		dw.mint.arena, (struct span){ dw.answer.body, dw.answer.len });

	dw.mint.work.arena = dw.mint.arena;
	assert_int_equal(node_from_json(&dw.mint.work, body, "answer", &n), 0);
	n = in ? node_get(n, in) : n;
	n = node_get(n, name);
	return !n ? SPAN_NONE : n->kind == NODE_TEXT ? n->as.bytes : n->raw;
}

/* The attestation in that form; its id is noted. */
struct span
desk_attested(const char *form)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/translate?to=%s", form);
	desk_ask(path, TEXT, desk_good());
	if (dw.answer.status != 200)
		return SPAN_NONE;
	struct span id = member("attestation", "id");
	snprintf(dw.id, sizeof(dw.id), "%.*s", (int)id.len, (const char *)id.ptr);
	return member("attestation", "text");
}

struct span
desk_question(const char *more)
{
	struct buf b = buf_in(dw.mint.arena, SIZE_MAX);

	buf_str(&b, "{\"credential\":");
	buf_json(&b, desk_good());
	buf_str(&b, more);
	buf_char(&b, '}');
	return buf_span(&b);
}

/* `more` begins with a comma, or is empty. */
void
desk_take_back(const char *path, const char *id, const char *more)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"%s\":\"%s\"%s}",
		strcmp(path, "/v1/revoke") == 0 ? "id" : "credentialId", id, more);
	desk_ask(path, JSON, span_of(body));
}
