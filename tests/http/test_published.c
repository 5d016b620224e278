/* test_published.c - what is published lets strangers verify every form, and see what was revoked. */
#include "tests/http/desk.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* --- what is published, as a stranger uses it --- */

static struct span
fetch(const char *path, const char *fields)
{
	desk_get(path, fields);
	if (dw.answer.status != 200)
		fail_msg("%s: %d", path, dw.answer.status);
	assert_non_null(strstr(dw.answer.head, "\r\nETag: \""));
	assert_non_null(strstr(dw.answer.head, "\r\nAccess-Control-Allow-Origin: *\r\n"));
	return arena_copy(dw.mint.arena, (struct span){ dw.answer.body, dw.answer.len });
}

/* Of an address of the gateway's. */
static bool
fetch_list(void *arg, struct span url, struct arena *a, struct span *out)
{
	const struct span own = SPAN_LIT("https://gateway.example/status/");
	char path[64];

	(void)arg;
	(void)a;
	assert_true(span_starts(url, own));
	snprintf(path, sizeof(path), "/status/%.*s", (int)(url.len - own.len),
		(const char *)span_from(url, own.len).ptr);
	*out = fetch(path, "");
	return true;
}

static struct trust *
trust_of_strangers(void)
{
	struct trust_file files[] = { { SPAN_LIT("a.json"), fetch("/trustlist", "") },
		{ SPAN_LIT("b.json"), fetch("/v2/trustlist", "") },
		{ SPAN_LIT("c.json"), fetch("/.well-known/jwks.json", "") },
		{ SPAN_LIT("d.json"), fetch("/.well-known/did.json", "") },
		{ SPAN_LIT("e.pem"), fetch("/certificates/csca-icao.pem", "") } };
	struct trust_file pin = { SPAN_LIT("pin.pem"), fetch("/certificates/list.pem", "") };
	struct trust_input in[] = {
		{ .kind = SPAN_LIT("dgcg"), .domain = TRUST_DCC, .pin = pin.bytes },
		{ .kind = SPAN_LIT("gdhcn"), .domain = TRUST_WHO, .pin = pin.bytes },
		{ .kind = SPAN_LIT("issuer-keys"),
			.domain = TRUST_SHC,
			.issuer = SPAN_LIT("https://gateway.example") },
		{ .kind = SPAN_LIT("did"), .domain = TRUST_VC },
		{ .domain = TRUST_ICAO },
	};
	struct trust *t = NULL;

	for (size_t i = 0; i < 5; i++) {
		in[i].name = files[i].name;
		in[i].env = ENV_DEMO;
		in[i].files = &files[i];
		in[i].file_count = 1;
		in[i].read_at = dw.now;
	}
	dw.mint.work.arena = dw.mint.arena;
	assert_int_equal(trust_build(&dw.mint.work, in, 5, &t), 0);
	for (size_t i = 0; i < 5; i++)
		if (trust_source_at(t, i)->fault || trust_source_at(t, i)->keys == 0)
			fail_msg("list %zu: %s", i, trust_source_at(t, i)->fault);
	return t;
}

/* What a stranger finds: the reason, or REASON_NONE. */
static enum reason
judge(const struct trust *t, const struct web *web, struct span text)
{
	const struct at_hand lists = { fetch_list, NULL };
	struct verify v = {
		.input = text, .trust = t, .policy = &dw.mint.policy, .web = web, .at_hand = &lists
	};
	struct report report;
	struct work work = { dw.mint.arena, &report, &limits_default, dw.mint.kit,
		(int64_t)time(NULL) };

	report_begin(&report, dw.mint.arena);
	assert_int_equal(engine_verify(&work, &v), 0);
	return report_reason(&report);
}

/* The revocation list of our cards' key, as somebody fetched it. */
static struct web *
web_of_strangers(void)
{
	struct span kid = keys_active(dw.keys, PURPOSE_SHC, dw.now)->kid;
	char path[128], url[160];
	struct web *web = NULL;

	snprintf(path, sizeof(path), "/.well-known/crl/%.*s.json", (int)kid.len,
		(const char *)kid.ptr);
	snprintf(url, sizeof(url), "https://gateway.example%s", path);
	const struct web_item item = { .need = { .kind = NEED_REVOCATIONS,
					       .scope = { ENV_DEMO, TRUST_SHC },
					       .issuer = SPAN_LIT("https://gateway.example"),
					       .kid = kid,
					       .url = span_of(url) },
		.state = WEB_GOOD,
		.status = 200,
		.bytes = fetch(path, ""),
		.at = dw.now,
		.until = dw.now + MINT_DAY };
	dw.mint.work.arena = dw.mint.arena;
	dw.mint.work.now = dw.now;
	assert_int_equal(web_with(&dw.mint.work, NULL, &item, 1, &web), 0);
	return web;
}

static const char *const forms[] = { "shc", "eu-dcc", "vc", "vc-ecdsa", "vc-eddsa-jcs",
	"vc-ecdsa-jcs", "vc-jwt", "vc-jwt-1.1" };

static void
strangers_verify_every_form(void **state)
{
	struct trust *t = trust_of_strangers();
	struct web *web = web_of_strangers();

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct span text = desk_attested(forms[i]);
		if (!text.ptr)
			fail_msg("%s: %.300s", forms[i], (const char *)dw.answer.body);
		for (int tries = 0; tries < 300; tries++) { /* a list may be new */
			desk_get("/status/1", "");
			if (dw.answer.status == 200)
				break;
			poll(NULL, 0, 10);
		}
		enum reason why = judge(t, web, text);
		if (why != REASON_NONE)
			fail_msg("%s: %s", forms[i], reason_code(why));
	}
	web_unref(web);
	trust_unref(t);
}

/* Revoked by either interface; then the lists say so, and this gateway itself does. */
static void
strangers_see_revocations(void **state)
{
	static const char *const revocable[] = { "shc", "vc", "vc-jwt", "vc-jwt-1.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(revocable) / sizeof(revocable[0]); i++) {
		struct span text = desk_attested(revocable[i]);
		if (i % 2)
			desk_take_back("/credentials/status", dw.id,
				",\"credentialStatus\":[{\"type\":\"BitstringStatusListEntry\","
				"\"statusPurpose\":\"revocation\",\"status\":true}]");
		else
			desk_take_back("/v1/revoke", dw.id, ",\"reason\":4");
		desk_expect(200, REVOKED);
		enum reason why = REASON_NONE;
		for (int tries = 0; why == REASON_NONE && tries < 300; tries++) {
			struct trust *t = trust_of_strangers();
			struct web *web = web_of_strangers();
			why = judge(t, web, text);
			web_unref(web);
			trust_unref(t);
		}
		if (why != REASON_REVOCATION_REVOKED)
			fail_msg("%s: %s", revocable[i], reason_code(why));
		desk_take_back("/v1/revoke", dw.id, ""); /* again: no fault */
		desk_expect(200, REVOKED);
	}
}

/* --- revocation batches --- */

/* The first batch as it is published; *path its address. */
static struct span
fetch_batch(char path[64])
{
	static const char mark[] = "\"batchId\":\"";
	struct span list = fetch("/revocation-list", "");
	const uint8_t *at = memmem(list.ptr, list.len, mark, sizeof(mark) - 1);

	if (!at)
		return SPAN_NONE;
	snprintf(path, 64, "/revocation-list/%.36s", (const char *)at + sizeof(mark) - 1);
	return fetch(path, "");
}

/* Who has our trust list and that batch, both under our pin. */
static struct trust *
trust_of_others(struct span batch, const char **fault)
{
	struct trust_file files[] = { { SPAN_LIT("a.json"), fetch("/trustlist", "") },
		{ SPAN_LIT("batch"), batch } };
	struct trust_input in[] = { { .kind = SPAN_LIT("dgcg") },
		{ .kind = SPAN_LIT("eu-revocation") } };
	struct span pin = fetch("/certificates/list.pem", "");
	struct trust *t = NULL;

	for (size_t i = 0; i < 2; i++) {
		in[i].name = files[i].name;
		in[i].env = ENV_DEMO;
		in[i].domain = TRUST_DCC;
		in[i].pin = pin;
		in[i].files = &files[i];
		in[i].file_count = 1;
		in[i].read_at = dw.now;
	}
	dw.mint.work.arena = dw.mint.arena;
	dw.mint.work.now = dw.now;
	assert_int_equal(trust_build(&dw.mint.work, in, 2, &t), 0);
	assert_null(trust_source_at(t, 0)->fault);
	*fault = trust_source_at(t, 1)->fault;
	return t;
}

static void
expect_of(struct span batch, struct span text, enum reason wanted)
{
	const char *fault;
	struct trust *t = trust_of_others(batch, &fault);
	enum reason why = judge(t, NULL, text);

	if (why != wanted)
		fail_msg("%s (%s)", why == REASON_NONE ? "nothing" : reason_code(why), fault);
	trust_unref(t);
}

/* What was revoked here is rejected by whoever has our batch; its neighbour is not, and a batch that was changed tells
 * nothing. */
static void
batches_revoke_certificates(void **state)
{
	struct span neighbour = desk_attested("eu-dcc"), text = desk_attested("eu-dcc"),
		    batch = SPAN_NONE;
	char path[64];

	(void)state;
	assert_true(text.ptr && neighbour.ptr);
	desk_take_back("/v1/revoke", dw.id, ",\"reason\":4");
	desk_expect(200, REVOKED);
	for (int tries = 0; !batch.ptr && tries < 300; tries++) {
		batch = fetch_batch(path);
		poll(NULL, 0, batch.ptr ? 0 : 10);
	}
	assert_true(span_starts(batch, SPAN_LIT("MI")));
	assert_non_null(strstr(dw.answer.head, "Content-Type: application/cms-text\r\n"));
	expect_of(batch, text, REASON_REVOCATION_REVOKED);
	expect_of(batch, neighbour, REASON_NONE);
	for (size_t at = 100; at < 260;
		at += 16) { /* all of this is within the entries and what is before */
		struct span changed = arena_copy(dw.mint.arena, batch);
		uint8_t *c = (uint8_t *)(uintptr_t)&changed.ptr[at];
		*c = *c == 'A' ? 'B' : 'A';
		expect_of(changed, neighbour, REASON_REVOCATION_NO_ANSWER);
	}
	desk_get(path, "Accept: application/json\r\n");
	assert_int_equal(dw.answer.status, 406);
	desk_get("/revocation-list/00000000-0000-8000-8000-000000000000", "");
	assert_int_equal(dw.answer.status, 404);
}

static void
what_is_published_may_be_kept(void **state)
{
	char fields[128];
	const char *tag;

	(void)state;
	fetch("/trustlist", "");
	tag = strstr(dw.answer.head, "ETag: ") + 6;
	snprintf(fields, sizeof(fields), "If-None-Match: \"x\", W/%.34s\r\n", tag);
	desk_get("/trustlist", fields);
	assert_int_equal(dw.answer.status, 304);
	assert_null(strstr(dw.answer.head, "Content-Length"));
	desk_get("/trustlist", "If-None-Match: \"x\"\r\n");
	assert_int_equal(dw.answer.status, 200);
	fetch("/status/1", "Accept: application/json\r\n");
	assert_non_null(strstr(dw.answer.head, "Content-Type: application/json\r\n"));
	fetch("/status/1", "Accept: application/vc+ld+json\r\n");
	assert_non_null(strstr(dw.answer.head, "Content-Type: application/vc+ld+json\r\n"));
	assert_true(
		span_starts(fetch("/status/1", "Accept: application/vc+jwt\r\n"), SPAN_LIT("eyJ")));
	desk_get("/status/1", "Accept: application/jwt\r\n");
	assert_int_equal(dw.answer.status, 406);
	desk_get("/status/1", "Accept: text/html\r\n");
	assert_int_equal(dw.answer.status, 406);
	for (size_t i = 0; i < 5; i++) {
		static const char *const nothing[] = { "/status/999999", "/status/1/2022",
			"/certificates/", "/certificates/../keys", "/.well-known/crl/x.json" };
		desk_get(nothing[i], "");
		assert_int_equal(dw.answer.status, 404);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_verify_every_form),
		cmocka_unit_test(strangers_see_revocations),
		cmocka_unit_test(batches_revoke_certificates),
		cmocka_unit_test(what_is_published_may_be_kept),
	};

	return cmocka_run_group_tests(tests, desk_world_open, desk_world_close);
}
