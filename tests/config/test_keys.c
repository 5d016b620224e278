/* test_keys.c - the table of keys: every bound of every number, near names, room for sections, lack of memory. */
#include "config/config_impl.h"
#include "config/near.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Every number takes its bounds, and nothing beyond them; what it is, is written as it is read. */
static void
keeps_every_bound(void **state)
{
	size_t count, numbers = 0;
	const struct key_row *rows = config_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct key_row *row = &rows[i];
		struct arena *a = arena_new(1 << 20);
		struct reading r = { .arena = a };
		struct config c;
		struct config_source source = { 0 };
		struct policy policy = policy_default;
		struct config_context context = { 0 };
		struct config_access access = { 0 };
		char text[32];
		void *target = row->section == SECTION_SOURCE    ? (void *)&source
			       : row->section == SECTION_CONTEXT ? (void *)&context
			       : row->section == SECTION_ACCESS  ? (void *)&access
			       : row->section == SECTION_POLICY  ? (void *)&policy
								 : (void *)&c;

		config_init(&c);
		const uint64_t wrong[] = { row->low - 1, row->high + 1, UINT64_MAX },
			       right[] = { row->low, row->high, (row->low + row->high) / 2 };
		for (size_t j = 0; row->high > 0 && j < 3; j++, numbers++) {
			snprintf(text, sizeof(text), "%llu", (unsigned long long)wrong[j]);
			if (config_parse(&r, row, span_of(text), target))
				fail_msg("%s takes %s", row->name, text);
			snprintf(text, sizeof(text), "%llu", (unsigned long long)right[j]);
			if (!config_parse(&r, row, span_of(text), target))
				fail_msg("%s refuses %s", row->name, text);
			struct buf shown = buf_in(a, 64), again = buf_in(a, 64);
			config_show(&shown, row, target);
			assert_true(config_parse(&r, row, buf_span(&shown), target));
			config_show(&again, row, target);
			assert_true(span_eq(buf_span(&shown), buf_span(&again)));
		}
		arena_free(a);
	}
	assert_true(numbers >= 120);
}

/* clang-format off */
static const struct {
	const char *wanted, *best;
} near_names[] = {
	{ "address", "address" }, { "adress", "address" }, { "addresss", "address" }, { "adderss", "address" },
	{ "addrezz", "address" }, { "rat", "rate" }, { "heda", "head" }, { "r", NULL }, { "", NULL }, { "xy", NULL },
	{ "port", NULL }, { "connection", "connections" }, { "ADDRESS", NULL },
	{ "an_address_that_is_longer_than_any_name_here", NULL },
};
/* clang-format on */

static void
guesses_what_is_near(void **state)
{
	static const char *const names[] = { "address", "rate", "head", "connections",
		"connections_per_address" };

	(void)state;
	for (size_t i = 0; i < COUNT(near_names); i++) {
		struct near n = near_to(span_of(near_names[i].wanted));
		for (size_t j = 0; j < COUNT(names); j++)
			near_try(&n, names[j]);
		const char *got = n.best ? n.best : "nothing",
			   *want = near_names[i].best ? near_names[i].best : "nothing";
		if (strcmp(got, want) != 0)
			fail_msg("%s: %s, not %s", near_names[i].wanted, got, want);
	}
}

/* As many sources as there is room for, and one more. */
static void
counts_sources(void **state)
{
	char text[SECTIONS * 64] = "";
	struct arena *a;
	struct config c;
	struct config_fault *faults;
	size_t count;

	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		size_t n = 0;
		for (int i = 0; i < SECTIONS + extra; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
				"[source \"s%d\"]\npath = x\nkind = de\n", i);
		a = arena_new(1 << 24);
		config_init(&c);
		assert_int_equal(config_read(a, span_of(text), NULL, &c, &faults, &count), 0);
		assert_int_equal(count, extra);
		assert_int_equal(c.source_count, extra ? 0 : SECTIONS);
		arena_free(a);
	}
}

static int
read_once(void *arg)
{
	struct arena *a = arena_new(1 << 24);
	struct config c;
	struct config_fault *faults;
	size_t count;
	int r = a ? config_read(a, span_of(arg), NULL, &c, &faults, &count) : -ENOMEM;

	arena_free(a);
	return r;
}

static void
survives_lack_of_memory(void **state)
{
	static char text[] = "[policy \"default\"]\nauthorities = SE,FI\n[nonsense]\nskew = 1\n";

	(void)state;
	assert_true(oom_each(read_once, text) > 0);
}

/* Plain by default, TLS alone where only it is named, both where both are. */
static void
listens_where_told(void **state)
{
#define TLS "tls_address = [::1]:8443\ntls_certificate = c\ntls_key = k\n"
	static const struct {
		const char *text, *plain, *tls, *fault;
	} rows[] = {
		{ "", "127.0.0.1", "", NULL },
		{ "[listen]\naddress = 127.0.0.2:80\n", "127.0.0.2", "", NULL },
		{ "[listen]\n" TLS, "", "::1", NULL },
		{ "[listen]\naddress = 127.0.0.2:80\n" TLS, "127.0.0.2", "::1", NULL },
		{ "[listen]\ntls_address = [::1]:8443\n", "", "", "no certificate or no key" },
		{ "[listen]\ntls_address = [::1]:8443\ntls_key = k\n", "", "",
			"no certificate or" },
		{ "[listen]\ntls_certificate = c\n", "", "", "nothing listens with TLS" },
		{ "[listen]\nclient_ca = c\n", "", "", "nothing listens with TLS" },
		{ "[listen]\n" TLS "[access \"a\"]\nroles = verify\ncertificate = CN=a\n", "", "",
			"no certificate is asked for" },
		{ "[listen]\n" TLS
		  "client_ca = a\n[access \"a\"]\nroles = verify\ncertificate = CN=a\n",
			"", "::1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new(1 << 24);
		struct config c = { 0 };
		struct config_fault *faults;
		size_t count;
		assert_int_equal(
			config_read(a, span_of(rows[i].text), NULL, &c, &faults, &count), 0);
		assert_int_equal(count, rows[i].fault ? 1 : 0);
		if (rows[i].fault)
			assert_true(span_holds(faults[0].sentence, span_of(rows[i].fault)));
		assert_true(span_is(c.http.listen.host, rows[i].plain));
		assert_true(span_is(c.http.tls_listen.host, rows[i].tls));
		arena_free(a);
	}
#undef TLS
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_every_bound),
		cmocka_unit_test(guesses_what_is_near),
		cmocka_unit_test(counts_sources),
		cmocka_unit_test(listens_where_told),
		cmocka_unit_test(survives_lack_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
