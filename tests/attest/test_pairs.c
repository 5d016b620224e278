/* Every case of ours that is verified, in every form that we write: what is written is read again under our key and
 * compared with what was told; findings are those of the source alone.  A form is read here as soon as it has a row
 * among the readers. */
#include "codecs/base/report.h"
#include "conformance/case.h"
#include "conformance/pages.h"
#include "conformance/suite_impl.h"
#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"
#include "tests/aid/roundtrip.h"
#include "tests/shc/aid_shc.h"
#include "tests/vc/aid_vc.h"
#include "tests/vdsnc/aid_vds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

enum { TARGETS = 16, PATH = 512 };

static const char *const suites[] = { "eu-dcc", "smart-health-card", "who", "icao-vds-nc", "vc" };
enum { SUITES = sizeof(suites) / sizeof(suites[0]) };

/* What each form is at least written from. */
static const struct {
	const char *suite, *target;
} least[] = {
	{ "eu-dcc", "eu-dcc" },
	{ "eu-dcc", "shc" },
	{ "eu-dcc", "ddcc" },
	{ "smart-health-card", "shc" },
	{ "who", "icvp" },
	{ "who", "ddcc" },
	{ "who", "eu-dcc" },
	{ "icao-vds-nc", "shc" },
	{ "icao-vds-nc", "ddcc" },
	{ "vc", "shc" },
	{ "vc", "eu-dcc" },
	{ "vc", "ddcc" },
	{ "eu-dcc", "vc" },
	{ "smart-health-card", "vc-ecdsa" },
	{ "who", "vc-jwt" },
	{ "icao-vds-nc", "vc-jwt-1.1" },
	{ "vc", "vc-eddsa-jcs" },
	{ "icao-vds-nc", "vds-nc" },
};

/* What is to be said about a source is said about what was made of it, too: it tells the same.  That a birth date is
 * absent is not said of every scheme; a range is read in words, which a card's profile has no place for; two blanks
 * part the name on a seal. */
static bool
is_said(const struct report *of_source, const struct record *r, enum reason reason)
{
	for (const struct finding *f = of_source->findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	if (reason == REASON_NOTE_RECORD_MISSING)
		return r->birth_date.len == 0;
	if (reason == REASON_NOTE_SHC_RESULT)
		return r->events[0].result.code.len == 0;
	return reason == REASON_NOTE_VDS_BLANKS;
}

struct pairs {
	struct mint mint;
	struct cards cards;
	struct wallet ed25519, p256;
	struct seals seals;
	struct emit_issuer issuer;
	struct test_case read; /* the case at hand */
	size_t suite;
	size_t verified[SUITES], written[SUITES][TARGETS];
};

/* How a form is read again: whose trust, and who signs. */
struct reader {
	const struct trust *trust;
	const struct signer *signer;
	struct span did, cert;
};

static struct reader
reader_of(const struct pairs *p, const struct target *t)
{
	const struct span us = SPAN_LIT("did:web:gateway.example.test");
	const struct {
		const char *purpose;
		struct reader reader;
	} all[] = {
		{ "dcc", { p->mint.trust, &p->mint.signer, us, cert_der(p->mint.cert) } },
		{ "who", { p->mint.trust, &p->mint.signer, us, cert_der(p->mint.cert) } },
		{ "icao", { p->seals.trust, &p->seals.signer, us, p->seals.signer_key.der } },
		{ "shc", { p->cards.trust, &p->cards.signer, us, SPAN_NONE } },
		{ "vc-eddsa", { p->ed25519.trust, &p->ed25519.signer, p->ed25519.did, SPAN_NONE } },
		{ "vc-ecdsa", { p->p256.trust, &p->p256.signer, p->p256.did, SPAN_NONE } },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(t->purpose, all[i].purpose) == 0)
			return all[i].reader;
	return (struct reader){ 0 };
}

static void
read_again(struct pairs *p, const char *id, const struct report *of_source,
	const struct verify *source, const struct attest *a, const struct trust *trust)
{
	struct arena *arena = arena_new(limits_default.memory);
	char what[PATH];
	struct report report;
	struct work w = { arena, &report, &limits_default, p->mint.kit, a->from };
	struct verify v = { .input = a->emitted.text, .trust = trust, .policy = &p->mint.policy };

	assert_non_null(arena);
	assert_int_equal(engine_verify(&w, &v), 0);
	if (report_verdict(&report) != VERDICT_VERIFIED)
		fail_msg("%s as %s: %s", id, a->target->name, reason_code(report_reason(&report)));
	for (const struct finding *f = report.findings; f; f = f->next)
		if (!is_said(of_source, &source->record, f->reason))
			fail_msg("%s as %s: %s", id, a->target->name, reason_code(f->reason));
	snprintf(what, sizeof(what), "%s as %s: ", id, a->target->name);
	roundtrip_check_of(what, &source->record, &a->loss, &v.record);
	arena_free(arena);
}

static void
write_as(struct pairs *p, struct work *w, const char *id, const struct verify *v,
	const struct target *t, size_t column)
{
	struct reader reader = reader_of(p, t);
	struct emit_issuer issuer = p->issuer;
	struct attest a = { .target = t,
		.issuer = &issuer,
		.term = MINT_DAY,
		.key_until = TIME_NONE,
		.signer = reader.signer,
		.id = { 1, 2, 3 } };

	if (!reader.trust)
		return;
	issuer.did = reader.did;
	issuer.cert = reader.cert;
	assert_int_equal(attest_plan(w, v, &a), 0);
	if (a.refusal != REFUSAL_NONE) {
		assert_true(attest_write(w, v, &a) != 0);
		return;
	}
	assert_int_equal(attest_write(w, v, &a), 0);
	if (a.refusal == REFUSAL_SIZE)
		return;
	p->written[p->suite][column]++;
	read_again(p, id, w->report, v, &a, reader.trust);
}

static void
run(struct pairs *p, struct suite *s, const struct test_case *c)
{
	struct work *w = suite_work(s);
	struct work lists = { s->arena, w->report, w->limits, w->kit, c->at };
	struct verify v = { .input = c->input, .policy = &c->policy };
	struct trust *trust = NULL;

	assert_int_equal(trust_build(&lists, c->sources, c->source_count, &trust), 0);
	v.trust = trust;
	w = suite_work(s);
	w->now = c->at;
	assert_int_equal(pages_verify(w, &c->web, &v), 0);
	if (report_verdict(w->report) == VERDICT_VERIFIED) {
		const struct target *t;
		p->verified[p->suite]++;
		for (size_t i = 0; (t = target_at(i)) != NULL && i < TARGETS; i++)
			write_as(p, w, c->folder, &v, t, i);
	}
	trust_unref(trust);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	const char *slash = strrchr(path, '/');
	struct pairs *p = arg;
	char folder[PATH];
	struct span text;

	if (!slash || path[0] == '_')
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	assert_int_equal(suite_read(s, path, &text), 0);
	json_t *json = json_loadb((const char *)text.ptr, text.len, 0, NULL);
	assert_null(case_read(s, folder, json, &p->read));
	if (!p->read.block)
		run(p, s, &p->read);
	json_decref(json);
	return 0;
}

static void
show(const struct pairs *p)
{
	const struct target *t;

	for (size_t i = 0; i < SUITES; i++) {
		print_message("%s: %zu verified", suites[i], p->verified[i]);
		for (size_t k = 0; (t = target_at(k)) != NULL && k < TARGETS; k++)
			print_message(", %zu %s", p->written[i][k], t->name);
		print_message("\n");
	}
}

static void
check_least(const struct pairs *p)
{
	const struct target *t;

	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++)
		for (size_t s = 0; s < SUITES; s++)
			for (size_t k = 0; (t = target_at(k)) != NULL && k < TARGETS; k++)
				if (strcmp(suites[s], least[i].suite) == 0 &&
					strcmp(t->name, least[i].target) == 0 &&
					p->written[s][k] == 0)
					fail_msg("none of %s as %s", suites[s], t->name);
}

static void
what_is_told_is_what_is_read(void **state)
{
	struct pairs *p = calloc(1, sizeof(*p));
	char folder[PATH];

	(void)state;
	assert_non_null(p);
	mint_open(&p->mint, PRIVATE_P256, SIG_ES256);
	cards_open(&p->cards);
	seals_open(&p->seals);
	wallet_open_with(&p->ed25519, PRIVATE_ED25519, SIG_EDDSA);
	wallet_open_with(&p->p256, PRIVATE_P256, SIG_ES256);
	p->ed25519.signer.kid = p->ed25519.method;
	p->p256.signer.kid = p->p256.method;
	p->issuer = (struct emit_issuer){ .url = SPAN_LIT(CARDS_ISSUER),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway") };
	for (p->suite = 0; p->suite < SUITES; p->suite++) {
		snprintf(folder, sizeof(folder), "conformance/cases/%s", suites[p->suite]);
		struct suite *s = suite_open(suites[p->suite], span_of(folder), p->mint.kit);
		assert_non_null(s);
		assert_int_equal(suite_each(s, "", "/case.json", visit, p), 0);
		suite_close(s);
	}
	show(p);
	check_least(p);
	wallet_close(&p->p256);
	wallet_close(&p->ed25519);
	seals_close(&p->seals);
	cards_close(&p->cards);
	mint_close(&p->mint);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_is_what_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
