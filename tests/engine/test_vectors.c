/* test_vectors.c - every genuine vector of the EU DCC's cases, cut at every byte and with every byte changed.
 *
 * A cut one is never verified.  A changed one may be, where the change is outside
 * what is signed, but then its record is the same.
 */
#include "tests/aid/mint.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char cases[] = "conformance/cases/eu-dcc";

static struct mint m;

static struct span
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = arena_bytes(m.arena, 65536);
	size_t n = f ? fread(p, 1, 65536, f) : 0;

	if (f)
		fclose(f);
	return (struct span){ p, n };
}

static int
open_all(void **state)
{
	char path[512];
	struct trust_file file = { SPAN_LIT("signed-list"), SPAN_NONE };
	struct trust_input in = { .name = SPAN_LIT("cases"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };

	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	trust_unref(m.trust);
	m.trust = NULL;
	snprintf(path, sizeof(path), "%s/_trust/signed-list.json", cases);
	file.bytes = slurp(path);
	m.work.arena = m.arena;
	report_begin(&m.report, m.arena);
	assert_int_equal(trust_build(&m.work, &in, 1, &m.trust), 0);
	assert_true(trust_key_count(m.trust) > 5);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

/* A copy of what must not change. */
static void
same_record(const struct verify *a, const struct verify *b)
{
	assert_true(span_eq(a->record.name.family, b->record.name.family));
	assert_true(span_eq(a->record.birth_date, b->record.birth_date));
	assert_true(span_eq(a->record.certificate.identifier, b->record.certificate.identifier));
	assert_true(a->record.certificate.until == b->record.certificate.until);
}

static void
cut_and_change(struct span text)
{
	struct arena *keep = arena_new(limits_default.memory);
	struct report report;
	struct work w = { keep, &report, &limits_default, m.kit, MINT_NOW };
	static struct verify good, v;
	uint8_t bytes[4096];

	assert_true(text.len < sizeof(bytes));
	good = (struct verify){ .input = text, .trust = m.trust, .policy = &m.policy };
	assert_int_equal(engine_verify(&w, &good), 0);
	for (size_t n = 0; n < text.len; n++) {
		memcpy(bytes, text.ptr, text.len);
		assert_int_not_equal(
			mint_verify(&m, (struct span){ bytes, n }, &v), VERDICT_VERIFIED);
		bytes[n] = bytes[n] == 'A' ? 'B' : 'A';
		if (mint_verify(&m, (struct span){ bytes, text.len }, &v) == VERDICT_VERIFIED)
			same_record(&good, &v);
	}
	arena_free(keep);
}

static void
test_vectors(void **state)
{
	struct dirent **entries;
	char path[512];
	size_t tried = 0;
	int n = scandir(cases, &entries, NULL, alphasort);

	(void)state;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		static struct verify v;
		snprintf(path, sizeof(path), "%s/%s/input.txt", cases, entries[i]->d_name);
		struct span text = slurp(path);
		if (text.len > 0 && mint_verify(&m, text, &v) == VERDICT_VERIFIED) {
			cut_and_change(text);
			tried++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(tried > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors) };

	return cmocka_run_group_tests(tests, open_all, close_all);
}
