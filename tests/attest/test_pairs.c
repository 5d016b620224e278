/* Every case of ours that is verified, in every form that we write: what is written is read again under our key and
 * compared with what was told; findings are those of the source alone. */
#include "codecs/base/report.h"
#include "conformance/case.h"
#include "conformance/pages.h"
#include "conformance/suite_impl.h"
#include "conformance/translate/translation.h"

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

struct pairs {
	struct kit *kit;
	struct keyring *keyring;
	struct test_case read; /* the case at hand */
	size_t suite;
	size_t verified[SUITES], written[SUITES][TARGETS];
};

static void
write_as(struct pairs *p, struct work *w, const char *id, const struct verify *v,
	const struct target *t, size_t column)
{
	struct attest a;
	const char *fault = translation_fault(p->keyring, w, v, t, &a);

	if (fault)
		fail_msg("%s as %s: %s", id, t->name, fault);
	p->written[p->suite][column] += a.refusal == REFUSAL_NONE;
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

	/* no form goes unread */
	for (size_t k = 0; (t = target_at(k)) != NULL; k++) {
		size_t count = 0;
		for (size_t s = 0; s < SUITES && k < TARGETS; s++)
			count += p->written[s][k];
		if (count == 0)
			fail_msg("%s was never written", t->name);
	}
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
	p->kit = kit_new();
	p->keyring = keyring_new();
	assert_true(p->kit && p->keyring);
	for (p->suite = 0; p->suite < SUITES; p->suite++) {
		snprintf(folder, sizeof(folder), "conformance/cases/%s", suites[p->suite]);
		struct suite *s = suite_open(suites[p->suite], span_of(folder), p->kit);
		assert_non_null(s);
		assert_int_equal(suite_each(s, "", "/case.json", visit, p), 0);
		suite_close(s);
	}
	show(p);
	check_least(p);
	keyring_free(p->keyring);
	kit_free(p->kit);
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
