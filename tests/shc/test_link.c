/* test_link.c - SMART Health Links taken apart: every member right and wrong, every note, bad text, truncation. */
#include "codecs/shc/link.h"

#include "codecs/base/text.h"
#include "codecs/credential.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SECRET "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" /* octets 0 to 31 */
#define RANDOM "Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM"
#define URL    "\"url\":\"https://ehr.example.org/qr/" RANDOM "/m\""
#define KEY    "\"key\":\"" SECRET "\""
#define BOTH   URL "," KEY
#define AT(member, reason)                         \
	{                                          \
		"{" BOTH "," member "}", reason, 0 \
	}
#define NOTE(member, note)                                 \
	{                                                  \
		"{" BOTH "," member "}", REASON_NONE, note \
	}
#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* clang-format off */
static const struct {
	const char *json;
	enum reason reason, note;
} payloads[] = {
	{ "{" BOTH "}", REASON_NONE, REASON_NONE },
	NOTE("\"exp\":1796126400", REASON_NONE), NOTE("\"exp\":0", REASON_NONE),
	NOTE("\"exp\":1796126400.5", REASON_NONE),
	NOTE("\"exp\":99999999999", REASON_NONE), NOTE("\"exp\":100000000000", REASON_NOTE_LINK_MILLISECONDS),
	NOTE("\"exp\":1796126400000", REASON_NOTE_LINK_MILLISECONDS),
	NOTE("\"exp\":1.7961264e12", REASON_NOTE_LINK_MILLISECONDS),
	AT("\"exp\":\"1796126400\"", REASON_LINK_MEMBER), AT("\"exp\":-1", REASON_LINK_MEMBER),
	AT("\"exp\":null", REASON_LINK_MEMBER), AT("\"exp\":1e300", REASON_LINK_MEMBER),
	AT("\"exp\":9223372036854775808", REASON_LINK_MEMBER), AT("\"exp\":-0.5", REASON_LINK_MEMBER),
	NOTE("\"flag\":\"\"", REASON_NONE), NOTE("\"flag\":\"L\"", REASON_NONE), NOTE("\"flag\":\"P\"", REASON_NONE),
	NOTE("\"flag\":\"U\"", REASON_NONE), NOTE("\"flag\":\"LP\"", REASON_NONE),
	NOTE("\"flag\":\"LU\"", REASON_NONE),
	NOTE("\"flag\":\"PL\"", REASON_NOTE_LINK_FLAG), NOTE("\"flag\":\"LL\"", REASON_NOTE_LINK_FLAG),
	NOTE("\"flag\":\"LX\"", REASON_NOTE_LINK_FLAG), NOTE("\"flag\":\"l\"", REASON_NOTE_LINK_FLAG),
	AT("\"flag\":\"PU\"", REASON_LINK_FLAG), AT("\"flag\":\"LPU\"", REASON_LINK_FLAG),
	AT("\"flag\":\"UP\"", REASON_LINK_FLAG),
	AT("\"flag\":1", REASON_LINK_MEMBER), AT("\"flag\":[\"L\"]", REASON_LINK_MEMBER),
	AT("\"flag\":null", REASON_LINK_MEMBER),
	NOTE("\"label\":\"\"", REASON_NONE), NOTE("\"label\":\"" A40 A40 "\"", REASON_NONE),
	NOTE("\"label\":\"" A40 A40 "a\"", REASON_NOTE_LINK_LENGTH),
	NOTE("\"label\":\"\xc3\xa9" A40 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"", REASON_NONE),
	AT("\"label\":1", REASON_LINK_MEMBER), AT("\"label\":{}", REASON_LINK_MEMBER),
	NOTE("\"v\":1", REASON_NONE), AT("\"v\":2", REASON_LINK_VERSION), AT("\"v\":\"1\"", REASON_LINK_MEMBER),
	AT("\"v\":0", REASON_LINK_MEMBER), AT("\"v\":1.5", REASON_LINK_MEMBER),
	{ "{\"v\":2,\"url\":7}", REASON_LINK_VERSION, REASON_NONE },
	NOTE("\"labelzzz\":\"x\"", REASON_NOTE_LINK_MEMBER), NOTE("\"\":1", REASON_NOTE_LINK_MEMBER),
	NOTE("\"extension\":{\"x\":1}", REASON_NONE), NOTE("\"_mine\":1", REASON_NONE),
	{ "{ " BOTH "}", REASON_NONE, REASON_NOTE_LINK_BLANKS },
	{ "{" BOTH "}\n", REASON_NONE, REASON_NOTE_LINK_BLANKS },
	NOTE("\"label\":\"a \\\" b\"", REASON_NONE),
	{ "{" KEY "}", REASON_LINK_MEMBER, REASON_NONE }, { "{" URL "}", REASON_LINK_MEMBER, REASON_NONE },
	{ "{}", REASON_LINK_MEMBER, REASON_NONE }, { "[]", REASON_LINK_MEMBER, REASON_NONE },
	{ "1", REASON_LINK_MEMBER, REASON_NONE },
	{ "{" KEY ",\"url\":1}", REASON_LINK_MEMBER, REASON_NONE },
	{ "{" URL ",\"key\":1}", REASON_LINK_MEMBER, REASON_NONE },
	{ "{" BOTH "," KEY "}", REASON_JSON_DUPLICATE, REASON_NONE },
	{ "{" BOTH "}x", REASON_JSON_TRAILING, REASON_NONE },
	{ "{" BOTH, REASON_JSON_MALFORMED, REASON_NONE }, { "", REASON_JSON_MALFORMED, REASON_NONE },
	{ "\xef\xbb\xbf{" BOTH "}", REASON_JSON_MALFORMED, REASON_NONE },
};

static const struct {
	const char *url;
	enum reason reason, note;
} urls[] = {
	{ "https://a.example/" RANDOM, REASON_NONE, REASON_NONE },
	{ "https://a.example?x=" RANDOM, REASON_NONE, REASON_NONE },
	{ "https://a.example/x", REASON_NONE, REASON_NOTE_LINK_GUESSABLE },
	{ "https://a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", REASON_NONE, REASON_NOTE_LINK_GUESSABLE },
	{ "https://a.example/" A40 "aaa", REASON_NONE, REASON_NONE },
	{ "https://a.example/" A40 A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", REASON_NONE, REASON_NONE },
	{ "https://a.example/" A40 A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", REASON_NONE, REASON_NOTE_LINK_LENGTH },
	{ "http://a.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "HTTPS://a.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https:/a.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https:///" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://?" RANDOM, REASON_LINK_URL, REASON_NONE }, { "https://", REASON_LINK_URL, REASON_NONE },
	{ "", REASON_LINK_URL, REASON_NONE }, { "file:///etc/passwd", REASON_LINK_URL, REASON_NONE },
	{ "https://a.example@b.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://a.example@" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://a.example/@" RANDOM, REASON_NONE, REASON_NONE },
	{ "https://a.example/" RANDOM "#x", REASON_LINK_URL, REASON_NONE },
	{ "https://a.example/ " RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://a.example\\\\b.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://a.example/\\u007f" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://a.example/\\n" RANDOM, REASON_LINK_URL, REASON_NONE },
	{ "https://\xc3\xa9.example/" RANDOM, REASON_LINK_URL, REASON_NONE },
};

static const char *const keys[] = { /* all wrong */
	"", "A", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh", SECRET "A", SECRET "=", SECRET "AAAA",
	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+",
	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH 8",
};
/* clang-format on */

static const struct check *
row(const struct aid_work *a)
{
	return &a->report.checks[CHECK_FORMAT];
}

/* The only note there may be. */
static enum reason
note_of(const struct aid_work *a)
{
	assert_true(a->report.finding_count <= 1 || row(a)->reason != REASON_NONE);
	return a->report.findings ? a->report.findings->reason : REASON_NONE;
}

static enum reason
read_json(struct aid_work *a, const char *json, struct link *l)
{
	bool ok;

	report_begin(&a->report, a->arena);
	assert_int_equal(link_read_payload(&a->work, span_of(json), l, &ok), 0);
	assert_int_equal(ok, row(a)->reason == REASON_NONE);
	assert_int_equal(ok, l->key.len == LINK_KEY_OCTETS);
	return row(a)->reason;
}

static void
test_payloads(void **state)
{
	struct aid_work a;
	struct link l;

	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		aid_begin(&a);
		l = (struct link){ 0 };
		enum reason got = read_json(&a, payloads[i].json, &l);
		if (got != payloads[i].reason)
			print_error("%s: %s\n", payloads[i].json, reason_code(got));
		assert_int_equal(got, payloads[i].reason);
		if (got == REASON_NONE && note_of(&a) != payloads[i].note)
			fail_msg("%s: note %s", payloads[i].json, reason_code(note_of(&a)));
		assert_int_equal(row(&a)->status == STATUS_UNKNOWN, got == REASON_LINK_VERSION);
		aid_end(&a);
	}
}

static void
test_urls(void **state)
{
	struct aid_work a;
	struct link l;
	char json[512];

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		aid_begin(&a);
		l = (struct link){ 0 };
		snprintf(json, sizeof(json), "{%s,\"url\":\"%s\"}", KEY, urls[i].url);
		enum reason got = read_json(&a, json, &l);
		if (got != urls[i].reason || (!got && note_of(&a) != urls[i].note))
			fail_msg("%s: %s", urls[i].url, reason_code(got ? got : note_of(&a)));
		if (got)
			assert_true(span_is(row(&a)->at.pointer, "/url"));
		aid_end(&a);
	}
}

static void
test_keys(void **state)
{
	struct aid_work a;
	struct link l;
	char json[512];

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(keys); i++) {
		l = (struct link){ 0 };
		snprintf(json, sizeof(json), "{%s,\"key\":\"%s\"}", URL, keys[i]);
		assert_int_equal(read_json(&a, json, &l), REASON_LINK_KEY);
		assert_true(span_is(row(&a)->at.pointer, "/key"));
	}
	aid_end(&a);
}

static const char *
encoded(struct aid_work *a, const char *before, const char *json, const char *behind)
{
	struct buf b = buf_in(a->arena, 4096);

	buf_str(&b, before);
	base64url_encode(&b, span_of(json));
	buf_str(&b, behind);
	buf_char(&b, '\0');
	return (const char *)buf_span(&b).ptr;
}

#define WHOLE "{" BOTH ",\"flag\":\"LP\",\"label\":\"Otto's shots\",\"exp\":1796126400000,\"v\":1}"

static void
test_reads_all(void **state)
{
	struct aid_work a;
	struct link l;
	bool ok;

	(void)state;
	aid_begin(&a);
	const char *text = encoded(&a, "https://viewer.example/x?y#shlink:/", WHOLE, "");
	assert_int_equal(link_read(&a.work, span_of(text), &l, &ok), 0);
	assert_true(ok);
	assert_true(span_is(l.viewer, "https://viewer.example/x?y"));
	assert_true(span_is(l.json, WHOLE));
	assert_true(span_is(l.url, "https://ehr.example.org/qr/" RANDOM "/m"));
	assert_true(span_is(l.label, "Otto's shots"));
	assert_int_equal(l.expires, 1796126400);
	assert_int_equal(l.version, 1);
	assert_int_equal(l.flags, LINK_LONG_TERM | LINK_PASSCODE);
	for (size_t i = 0; i < LINK_KEY_OCTETS; i++)
		assert_int_equal(l.key.ptr[i], i);
	assert_int_equal(link_read_payload(&a.work, SPAN_LIT("{" BOTH "}"), &l, &ok), 0);
	assert_int_equal(l.expires, TIME_NONE);
	assert_int_equal(l.flags, 0);
	assert_null(l.label.ptr);
	aid_end(&a);
}

static const struct {
	const char *before, *behind;
	enum reason reason;
	size_t offset;
} texts[] = {
	{ "shlink:/", "", REASON_NONE, 0 },
	{ "https://viewer.example/#shlink:/", "", REASON_NONE, 0 },
	{ "shlink://", "", REASON_ENCODING_BASE64URL, 8 },
	{ "shlink:", "", REASON_LINK_FORM, 0 },
	{ "SHLINK:/", "", REASON_LINK_FORM, 0 },
	{ "http://viewer.example/#shlink:/", "", REASON_LINK_FORM, 0 },
	{ "viewer.example#shlink:/", "", REASON_LINK_FORM, 0 },
	{ "https://#shlink:/", "", REASON_LINK_FORM, 0 },
	{ "#shlink:/", "", REASON_LINK_FORM, 0 },
	{ "https://a.example/#x#shlink:/", "", REASON_LINK_FORM, 19 },
	{ "https://a.example/#shlink://", "", REASON_ENCODING_BASE64URL, 27 },
	{ "shlink:/", "=", REASON_ENCODING_BASE64URL, 0 },
	{ "shlink:/", "#", REASON_LINK_FORM, 0 },
	{ "shlink:/ ", "", REASON_ENCODING_BASE64URL, 8 },
	{ "shlink:/", "\n", REASON_ENCODING_BASE64URL, 0 },
};

static void
test_texts(void **state)
{
	struct aid_work a;
	struct link l;
	bool ok;

	(void)state;
	aid_begin(&a);
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = encoded(&a, texts[i].before, "{" BOTH "}", texts[i].behind);
		report_begin(&a.report, a.arena);
		assert_int_equal(link_read(&a.work, span_of(text), &l, &ok), 0);
		if (row(&a)->reason != texts[i].reason)
			fail_msg("%s: %s", text, reason_code(row(&a)->reason));
		assert_int_equal(ok, texts[i].reason == REASON_NONE);
		if (texts[i].offset)
			assert_int_equal(row(&a)->at.offset, texts[i].offset);
	}
	report_begin(&a.report, a.arena);
	assert_int_equal(link_read(&a.work, SPAN_LIT("shlink:/"), &l, &ok), 0);
	assert_int_equal(row(&a)->reason, REASON_LINK_FORM);
	aid_end(&a);
}

static void
test_looks_like(void **state)
{
	static const struct {
		const char *text;
		bool yes;
	} each[] = { { "shlink:/x", true }, { "SHLINK:/x", true }, { "shlink://", true },
		{ "shlink:", true }, { "https://v.example#shlink:/x", true },
		{ "http://v.example#SHLINK:/", true }, { "shlink", false }, { "", false },
		{ "shc:/1", false }, { "HC1:SHLINK:/", false },
		{ "https://v.example/shlink:/x", false }, { "https://v.example#x#shlink:/", false },
		{ "https://v.example#", false }, { "#shlink:/", false }, { "vhlink:/x", false } };

	(void)state;
	for (size_t i = 0; i < COUNT(each); i++)
		assert_int_equal(link_looks_like(span_of(each[i].text)), each[i].yes);
	assert_false(link_looks_like(SPAN_NONE));
}

/* Cut or changed anywhere, it is read or refused, never both; cut short it is never read. */
static void
test_truncation(void **state)
{
	struct aid_work a;
	struct link l;
	bool ok;

	(void)state;
	aid_begin(&a);
	struct span text = span_of(encoded(&a, "shlink:/", WHOLE, ""));
	for (size_t i = 0; i < text.len; i++) {
		uint8_t *cut = malloc(i + 1); /* exact, so that reading past the end is seen */
		assert_non_null(cut);
		memcpy(cut, text.ptr, i);
		report_begin(&a.report, a.arena);
		assert_int_equal(link_read(&a.work, (struct span){ cut, i }, &l, &ok), 0);
		assert_false(ok);
		assert_int_not_equal(row(&a)->reason, REASON_NONE);
		assert_null(l.key.ptr);
		free(cut);
	}
	aid_end(&a);
}

static int
once(void *arg)
{
	struct work w = *(struct work *)arg;
	struct report report;
	struct link l;
	bool ok;
	int r;

	w.arena = arena_new(1 << 20);
	w.report = &report;
	if (!w.arena)
		return -ENOMEM;
	report_begin(&report, w.arena);
	r = link_read(&w,
		SPAN_LIT("shlink:/eyJ1cmwiOiJodHRwczovL2EiLCJrZXkiOiJBQUVDQXdRRkJnY0lDUW9M"
			 "REEwT0R4QVJFaE1VRlJZWEdCa2FHeHdkSGg4In0"),
		&l, &ok);
	arena_free(w.arena);
	return r;
}

static void
test_without_memory(void **state)
{
	struct aid_work a;

	(void)state;
	aid_begin(&a);
	assert_true(oom_each(once, &a.work) > 0);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_reads_all),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_looks_like),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
