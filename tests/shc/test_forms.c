/* test_forms.c - the forms in which cards come: codes, chunks, files, links; and the numbers of nbf. */
#include "codecs/base/text.h"
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct cards c;

static int
open_all(void **state)
{
	(void)state;
	cards_open(&c);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	cards_close(&c);
	return 0;
}

static struct span
joined(const char *before, struct span middle, const char *after)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);

	buf_str(&b, before);
	buf_add(&b, middle);
	buf_str(&b, after);
	return buf_span(&b);
}

/* --- one code --- */

/* What stands in for the digits of a good card: '*' is all of them. */
static const struct {
	const char *before, *after;
	enum reason reason, note;
} codes[] = {
	{ "shc:/", "", REASON_NONE, REASON_NONE },
	{ " shc:/", "\r\n", REASON_NONE, REASON_NONE },
	{ "SHC:/", "", REASON_NONE, REASON_NOTE_SHC_SCHEME },
	{ "sHc:/", "", REASON_NONE, REASON_NOTE_SHC_SCHEME },
	{ "shc:/1/1/", "", REASON_NONE, REASON_NOTE_SHC_ONE_CHUNK },
	{ "shc:", "", REASON_SHC_CHUNK, 0 },
	{ "shc://", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/0/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/2/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/01/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1/01/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1/100/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1000/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/56762909/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1/4294967297/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/-1/1/", "", REASON_SHC_CHUNK, 0 },
	{ "shc:/1/1/1/", "", REASON_SHC_NUMERIC, 0 },
	{ "shc:/1/2/", "", REASON_SHC_CHUNK_MISSING, 0 },
	{ "shc:/", "5", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "78", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "02", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "13", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "46", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "51", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", " 50", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "a0", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", ":0", REASON_SHC_NUMERIC, 0 },
	{ "shc:/", "01", REASON_JWS_STRUCTURE, 0 },
};

static void
test_codes(void **state)
{
	struct span digits = span_from(cards_seal(&c, (struct shc_recipe){ .chunks = 0 }), 5);
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		cards_verify(&c, joined(codes[i].before, digits, codes[i].after), &v);
		bool noted = !codes[i].note || cards_found(&c, codes[i].note);
		if (report_reason(&c.report) != codes[i].reason || !noted)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&c.report)));
	}
	cards_verify(&c, SPAN_LIT("shc:/"), &v);
	assert_int_equal(report_reason(&c.report), REASON_SHC_NUMERIC);
}

/* Each pair of digits is a character of a JWS, or refused. */
static void
test_pairs(void **state)
{
	struct verify v;

	(void)state;
	for (unsigned pair = 0; pair < 100; pair++) {
		char text[] = "shc:/00", ch = (char)(pair + 45);
		text[5] = (char)('0' + pair / 10);
		text[6] = (char)('0' + pair % 10);
		cards_verify(&c, span_of(text), &v);
		bool known = ch == '-' || ch == '.' || ch == '_' || (ch >= '0' && ch <= '9') ||
			     (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
		enum reason want = known ? REASON_JWS_STRUCTURE : REASON_SHC_NUMERIC;
		if (report_reason(&c.report) != want)
			fail_msg("%u: %s", pair, reason_code(report_reason(&c.report)));
	}
}

/* Each byte at each place of 18 digits: what is no digit, and a pair that is no character, is told by its place. */
static void
test_digits(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < 18 * 256; i++) {
		char text[] = "shc:/202020202020202020", byte = (char)(i % 256);
		size_t at = 5 + i / 256, pair = at - (at - 5) % 2;
		text[at] = byte;
		bool digit = byte >= '0' && byte <= '9';
		bool known = digit &&
			     strchr("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				    "abcdefghijklmnopqrstuvwxyz",
				     (text[pair] - '0') * 10 + (text[pair + 1] - '0') + 45);
		if (at == 22 && strchr(" \t\r\n", byte))
			continue; /* cut off: one digit less */
		if (byte == '/' || byte == '\n')
			continue; /* of chunks, or another line */
		cards_verify(&c, (struct span){ (const uint8_t *)text, sizeof(text) - 1 }, &v);
		const struct check *row = &c.report.checks[CHECK_DECODE];
		enum reason want = known ? REASON_JWS_STRUCTURE : REASON_SHC_NUMERIC;
		if (row->reason != want || (!known && row->at.offset != pair))
			fail_msg("%zu: %s at %zu", i, reason_code(row->reason), row->at.offset);
	}
}

static void
test_code_length(void **state)
{
	struct span long_card = cards_seal(
		&c, (struct shc_recipe){
			    .header = "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"," });
	struct verify v;

	(void)state;
	assert_true(long_card.len > 5 + 2 * 1195);
	assert_int_equal(cards_verify(&c, long_card, &v), VERDICT_VERIFIED);
	assert_true(cards_found(&c, REASON_NOTE_SHC_LENGTH));
}

/* --- chunks --- */

static void
chunk(struct buf *b, struct span jws, unsigned i, unsigned n)
{
	size_t length = (jws.len + n - 1) / n;

	buf_str(b, "shc:/");
	buf_uint(b, i);
	buf_char(b, '/');
	buf_uint(b, n);
	buf_char(b, '/');
	shc_digits(b, span_slice(jws, (i - 1) * length, length));
	buf_char(b, '\n');
}

/* The one certificate in the input. */
static struct span
only(struct span in)
{
	struct span *entries;
	size_t count;

	assert_int_equal(engine_split(&c.work, in, &entries, &count), 0);
	assert_int_equal(count, 1);
	return arena_copy(c.arena, entries[0]); /* verifying clears what it stands in */
}

static void
test_chunks_in_any_order(void **state)
{
	static const unsigned orders[][4] = { { 1, 2, 3, 0 }, { 3, 2, 1, 0 }, { 2, 3, 2, 1 } };
	struct span jws = cards_of(&c, CARDS_GOOD);
	struct verify v;

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct buf b = buf_in(c.arena, SIZE_MAX);
		for (size_t i = 0; i < 4; i++)
			if (orders[k][i])
				chunk(&b, jws, orders[k][i], 3);
		assert_int_equal(cards_verify(&c, only(buf_span(&b)), &v), VERDICT_VERIFIED);
		assert_true(cards_found(&c, REASON_NOTE_SHC_CHUNKED));
	}
}

static void
test_many_chunks(void **state)
{
	struct span jws = cards_of(&c, CARDS_GOOD);
	struct verify v;
	struct buf b = buf_in(c.arena, SIZE_MAX);

	(void)state;
	for (unsigned i = 20; i > 0; i--)
		chunk(&b, jws, i, 20);
	assert_int_equal(cards_verify(&c, only(buf_span(&b)), &v), VERDICT_VERIFIED);
}

static void
test_chunks_that_do_not_fit(void **state)
{
	struct span one = cards_of(&c, CARDS_GOOD), two = cards_of(&c, CARDS_BUNDLE(CARDS_PATIENT));
	struct buf missing = buf_in(c.arena, SIZE_MAX), clash = missing, mixed = missing,
		   totals = missing;
	struct verify v;

	(void)state;
	chunk(&missing, one, 1, 3);
	chunk(&missing, one, 3, 3);
	cards_verify(&c, only(buf_span(&missing)), &v);
	assert_int_equal(report_reason(&c.report), REASON_SHC_CHUNK_MISSING);
	assert_true(span_is(c.report.checks[CHECK_DECODE].at.pointer, "/2"));
	chunk(&clash, one, 1, 2);
	chunk(&clash, two, 1, 2);
	chunk(&clash, one, 2, 2);
	cards_verify(&c, only(buf_span(&clash)), &v);
	assert_int_equal(report_reason(&c.report), REASON_SHC_CHUNK_CONFLICT);
	chunk(&mixed, one, 1, 2);
	chunk(&mixed, two, 2, 2);
	assert_int_equal(cards_verify(&c, only(buf_span(&mixed)), &v), VERDICT_REJECTED);
	assert_false(v.verified);
	chunk(&totals, one, 1, 2);
	chunk(&totals, one, 2, 3);
	cards_verify(&c, buf_span(&totals), &v);
	assert_int_equal(report_reason(&c.report), REASON_SHC_CHUNK_CONFLICT);
}

/* Two cards in chunks of their own, and a whole one between. */
static void
test_several_in_one_text(void **state)
{
	struct span one = cards_of(&c, CARDS_GOOD), two = cards_of(&c, CARDS_BUNDLE(CARDS_PATIENT));
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct span *entries;
	size_t count;
	struct verify v;

	(void)state;
	chunk(&b, one, 2, 2);
	chunk(&b, two, 1, 3);
	buf_str(&b, "shc:/");
	shc_digits(&b, one);
	buf_str(&b, "\n\n");
	chunk(&b, two, 3, 3);
	chunk(&b, one, 1, 2);
	chunk(&b, two, 2, 3);
	assert_int_equal(engine_split(&c.work, buf_span(&b), &entries, &count), 0);
	assert_int_equal(count, 3);
	struct span copies[3];
	for (size_t i = 0; i < 3; i++)
		copies[i] = arena_copy(c.arena, entries[i]);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(cards_verify(&c, copies[i], &v), VERDICT_VERIFIED);
}

/* --- files and links --- */

enum { NOT_SPLIT = 0 };

/* '*' stands for a good card's JWS. */
static const struct {
	const char *text;
	size_t cards; /* in which it is split; 0: it stays whole, and the reason is decode's */
	enum reason reason;
} files[] = {
	{ "{\"verifiableCredential\":[\"*\"]}", 1, REASON_NONE },
	{ "{\"verifiableCredential\":[\"*\",\"*\"]}", 2, REASON_SHC_SEVERAL },
	{ "{ \"x\" : {\"verifiableCredential\":1}, \"verifiableCredential\" : [ \"*\" ] }", 1,
		REASON_NONE },
	{ "{\"verifiableCredential\":[]}", NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"verifiableCredential\":\"*\"}", NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"verifiableCredential\":[1]}", NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"verifiableCredential\":[\"*\",\"\"]}", NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"verifiableCredential\":[\"*\"],\"verifiableCredential\":[]}", NOT_SPLIT,
		REASON_JSON_DUPLICATE },
	{ "{\"verifiableCredential\":[\"*\"]", NOT_SPLIT, REASON_JSON_MALFORMED },
	{ "{\"@context\":[],\"verifiableCredential\":[\"*\"]}", NOT_SPLIT, REASON_FORMAT_UNKNOWN },
	{ "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"verifiableCredential\","
	  "\"valueString\":\"*\"},"
	  "{\"name\":\"resourceLink\",\"part\":[]}]}",
		1, REASON_NONE },
	{ "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"verifiableCredential\"}]}",
		NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"resourceType\":\"Parameters\"}", NOT_SPLIT, REASON_SHC_FILE },
	{ "{\"resourceType\":\"Parameters\",\"parameter\":[]}", NOT_SPLIT, REASON_SHC_FILE },
	{ "https://viewer.example/a/SMARTHealthCard/"
	  "#%7B%22verifiableCredential%22%3a%5b%22*%22%5D%7d",
		1, REASON_NONE },
	{ "https://viewer.example/SMARTHealthCard/#%7B%2", NOT_SPLIT, REASON_SHC_FILE },
	{ "https://viewer.example/SMARTHealthCard/#%7Bx", NOT_SPLIT, REASON_JSON_MALFORMED },
	{ "https://viewer.example/SMARTHealthCard/#", NOT_SPLIT, REASON_JSON_MALFORMED },
	{ "https://viewer.example/", NOT_SPLIT, REASON_FORMAT_UNKNOWN },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[]}", NOT_SPLIT, REASON_SHC_UNSIGNED },
	{ "{\"resourceType\":\"Bundle\",\"signature\":{}}", NOT_SPLIT, REASON_FORMAT_UNKNOWN },
	{ "{\"iss\":\"x\",\"vc\":{\"credentialSubject\":{\"fhirBundle\":{}}}}", NOT_SPLIT,
		REASON_SHC_UNSIGNED },
	{ "{\"iss\":\"x\",\"vc\":{}}", NOT_SPLIT, REASON_FORMAT_UNKNOWN },
};

static struct span
filled(const char *text, struct span jws)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);

	for (; *text; text++) {
		if (*text == '*')
			buf_add(&b, jws);
		else
			buf_char(&b, *text);
	}
	return buf_span(&b);
}

static void
test_files(void **state)
{
	struct span jws = cards_of(&c, CARDS_GOOD), *entries;
	struct verify v;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct span in = filled(files[i].text, jws);
		arena_reset(c.scratch);
		assert_int_equal(engine_split(&c.work, in, &entries, &count), 0);
		bool split = count == (files[i].cards ? files[i].cards : 1);
		for (size_t k = 0; k < count && split; k++)
			split = span_eq(entries[k], files[i].cards ? jws : in);
		cards_verify(&c, in, &v);
		if (!split || report_reason(&c.report) != files[i].reason)
			fail_msg("row %zu: %zu, %s", i, count,
				reason_code(report_reason(&c.report)));
	}
}

/* More cards than the limit allows: the file is refused whole. */
static void
test_too_many_cards(void **state)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct verify v;

	(void)state;
	buf_str(&b, "{\"verifiableCredential\":[\"a\"");
	for (size_t i = 0; i < limits_default.bundle_entries; i++)
		buf_str(&b, ",\"a\"");
	buf_str(&b, "]}");
	cards_verify(&c, only(buf_span(&b)), &v);
	assert_string_equal(c.report.checks[CHECK_DECODE].limit, "bundle.entries");
}

/* --- effort --- */

/* Recognising a text takes time in proportion to its length, whatever is in it. */
static void
test_effort(void **state)
{
	static const struct {
		const char *head, *unit;
	} rows[] = {
		{ "{", "\"vc\":1," },
		{ "{", "\"resourceType\":\"Par\"," },
		{ "{", "\"" },
		{ "{\"", "\\\\" },
		{ "eyJ", ".eyJ" },
		{ "https://", "/SMARTHealthCard/" },
		{ "shc:", "shc:/1/9/\n" },
	};
	const size_t size = (size_t)1 << 20;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_in(c.arena, SIZE_MAX);
		clock_t start;
		buf_str(&b, rows[i].head);
		while (b.len < size)
			buf_str(&b, rows[i].unit);
		assert_int_equal(b.error, 0);
		start = clock();
		codec_detect(buf_span(&b));
		if ((clock() - start) / CLOCKS_PER_SEC > 2)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_code_length),
		cmocka_unit_test(test_chunks_in_any_order),
		cmocka_unit_test(test_many_chunks),
		cmocka_unit_test(test_chunks_that_do_not_fit),
		cmocka_unit_test(test_several_in_one_text),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_too_many_cards),
		cmocka_unit_test(test_effort),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
