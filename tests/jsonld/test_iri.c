/* test_iri.c - references resolved (RFC 3986, 5.4) and made again, and what is well-formed. */
#include "codecs/jsonld/iri.h"

#include "codecs/base/arena.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define B "http://a/b/c/d;p?q"

static void
resolved(void **state)
{
	static const struct {
		const char *base, *reference, *result;
	} rows[] = {
		{ B, "g:h", "g:h" },
		{ B, "g", "http://a/b/c/g" },
		{ B, "./g", "http://a/b/c/g" },
		{ B, "g/", "http://a/b/c/g/" },
		{ B, "/g", "http://a/g" },
		{ B, "//g", "http://g" },
		{ B, "?y", "http://a/b/c/d;p?y" },
		{ B, "g?y", "http://a/b/c/g?y" },
		{ B, "#s", "http://a/b/c/d;p?q#s" },
		{ B, "g?y#s", "http://a/b/c/g?y#s" },
		{ B, ";x", "http://a/b/c/;x" },
		{ B, "", "http://a/b/c/d;p?q" },
		{ B, ".", "http://a/b/c/" },
		{ B, "..", "http://a/b/" },
		{ B, "../g", "http://a/b/g" },
		{ B, "../..", "http://a/" },
		{ B, "../../../../g", "http://a/g" },
		{ B, "/./g", "http://a/g" },
		{ B, "g.", "http://a/b/c/g." },
		{ B, "g..", "http://a/b/c/g.." },
		{ B, "./g/.", "http://a/b/c/g/" },
		{ B, "g;x=1/../y", "http://a/b/c/y" },
		{ B, "g?y/../x", "http://a/b/c/g?y/../x" },
		{ B, "http://x/../y", "http://x/y" },
		{ "http://a", "g", "http://a/g" },
		{ "http://a?q", "g", "http://a/g" },
		{ "urn:x:y", "#f", "urn:x:y#f" },
		{ "file:///a/b", "../c", "file:///c" },
		{ "http://a/b/", "c:d", "c:d" },
	};
	struct arena *a = arena_new(65536);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = iri_resolve(a, span_of(rows[i].base), span_of(rows[i].reference));

		if (!span_is(s, rows[i].result))
			fail_msg("%s on %s: %.*s", rows[i].reference, rows[i].base, (int)s.len,
				(const char *)s.ptr);
	}
	arena_free(a);
}

/* What is made relative leads back. */
static void
relative(void **state)
{
	static const struct {
		const char *base, *iri, *result;
	} rows[] = {
		{ "http://a/b/c", "http://a/b/d", "d" },
		{ "http://a/b/c", "http://a/b/c", "c" },
		{ "http://a/b/c", "http://a/b/", "./" },
		{ "http://a/b/c/", "http://a/b/d", "../d" },
		{ "http://a/b/c", "http://a/x/y", "../x/y" },
		{ "http://a/b/c", "http://a/b/c#f", "#f" },
		{ "http://a/b/c", "http://a/b/c?q", "?q" },
		{ "http://a/b/c", "http://other/b/d", "http://other/b/d" },
		{ "http://a/b/c", "https://a/b/d", "https://a/b/d" },
		{ "http://a/b/c", "urn:x", "urn:x" },
	};
	struct arena *a = arena_new(65536);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = iri_relative(a, span_of(rows[i].base), span_of(rows[i].iri));

		if (!span_is(s, rows[i].result))
			fail_msg("%s from %s: %.*s", rows[i].iri, rows[i].base, (int)s.len,
				(const char *)s.ptr);
		assert_true(span_is(iri_resolve(a, span_of(rows[i].base), s), rows[i].iri));
	}
	arena_free(a);
}

static void
forms(void **state)
{
	static const struct {
		const char *s;
		bool absolute, loose, well;
	} rows[] = {
		{ "http://a/b?c#d", true, true, true },
		{ "urn:x", true, true, true },
		{ "a+b-c.1:", true, true, true },
		{ "did:x:\xc3\xa9", true, true, true },
		{ "http://[::1]:80/", true, true, true },
		{ "http://a/[b]", true, true, false },
		{ "http://a/%4G", true, true, false },
		{ "http://a/%4", true, true, false },
		{ "http://a/%4f", true, true, true },
		{ "http://a/b#c#d", true, true, false },
		{ "http://a/{b}", true, true, false },
		{ "http://a/<b>", true, true, false },
		{ "http://a/b\\c", true, true, false },
		{ "did:Card Nr:1", false, true, false },
		{ "urn:\x01", false, true, false },
		{ "urn:\x7f", true, true, false },
		{ "1urn:x", false, false, false },
		{ ":x", false, false, false },
		{ "x", false, false, false },
		{ "a/b:c", false, false, false },
		{ "_:b", false, false, false },
		{ "", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = span_of(rows[i].s);

		if (iri_absolute(s, false) != rows[i].absolute ||
			iri_absolute(s, true) != rows[i].loose ||
			iri_well_formed(s) != rows[i].well)
			fail_msg("%s", rows[i].s);
	}
	assert_true(iri_blank(SPAN_LIT("_:b")));
	assert_false(iri_blank(SPAN_LIT("_b")));
	assert_true(iri_ends_as_prefix(SPAN_LIT("http://a/#")));
	assert_false(iri_ends_as_prefix(SPAN_LIT("http://a/b")));
	assert_false(iri_ends_as_prefix(SPAN_NONE));
}

static void
languages(void **state)
{
	static const char *const good[] = { "en", "de-CH-1996", "x-whatever", "zh-Hant-TW" };
	static const char *const bad[] = { "", "-", "en-", "-en", "e_n", "en us", "abcdefghi", "1a",
		"en--us" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(language_well_formed(span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(language_well_formed(span_of(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolved),
		cmocka_unit_test(relative),
		cmocka_unit_test(forms),
		cmocka_unit_test(languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
