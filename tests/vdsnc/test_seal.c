/* test_seal.c - seals in every form, their header, signature and content: each row with its reason and place. */
#include "codecs/vdsnc/vdsnc.h"
#include "tests/aid/oom.h"
#include "tests/vdsnc/aid_vds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct seals s;

static int
open_all(void **state)
{
	(void)state;
	seals_open(&s);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	seals_close(&s);
	return 0;
}

#define HDR     "\"hdr\":{\"t\":\"icao.vacc\",\"v\":1,\"is\":\"ATA\"}"
#define DATA(h) "{" h ",\"msg\":" SEALS_SHOT "}"

/* The first check that fails and its reason (none: verified), and a finding. */
static const struct {
	struct vds_recipe recipe;
	enum check_id check;
	enum reason reason, note;
} rows[] = {
	{ { .array = 0 }, 0, 0, 0 },
	{ { .sig_first = true }, 0, 0, 0 },
	{ { .padded = true }, 0, 0, REASON_NOTE_VDS_PADDING },
	{ { .array = 1 }, 0, 0, REASON_NOTE_VDS_ARRAY },
	{ { .array = 2 }, CHECK_DECODE, REASON_VDS_SEVERAL, 0 },
	/* what is signed is the value, not its text */
	{ { .data = DATA(HDR), .shown = "{ \"msg\" :" SEALS_SHOT ", " HDR "}" }, 0, 0, 0 },
	{ { .version = "1.0" }, 0, 0, 0 },
	{ { .data = DATA(HDR),
		  .shown = DATA("\"hdr\":{\"t\":\"icao\\u002evacc\",\"v\":1e0,\"is\":\"ATA\"}") },
		0, 0, 0 },
	{ { .data = DATA(HDR), .shown = "{" HDR ",\"msg\":{}}" }, CHECK_SIGNATURE,
		REASON_SIGNATURE_MISMATCH, 0 },
	/* structure */
	{ { .sig = "" }, CHECK_DECODE, REASON_VDS_STRUCTURE, 0 },
	{ { .sig = "\"x\"" }, CHECK_DECODE, REASON_VDS_STRUCTURE, 0 },
	{ { .data = "{" HDR "}" }, CHECK_DECODE, REASON_VDS_STRUCTURE, 0 },
	{ { .data = "{\"hdr\":1,\"msg\":{}}" }, CHECK_DECODE, REASON_VDS_STRUCTURE, 0 },
	{ { .data = "{" HDR ",\"msg\":[]}" }, CHECK_DECODE, REASON_VDS_STRUCTURE, 0 },
	{ { .data = DATA(HDR), .shown = DATA(HDR "," HDR) }, CHECK_DECODE, REASON_JSON_DUPLICATE,
		0 },
	{ { .data = DATA(HDR), .shown = DATA(HDR) "}" }, CHECK_DECODE, REASON_JSON_TRAILING, 0 },
	/* header */
	{ { .type = "icao.disease" }, CHECK_DECODE, REASON_VDS_TYPE, 0 },
	{ { .type = "ICAO.VACC" }, CHECK_DECODE, REASON_VDS_TYPE, 0 },
	{ { .version = "2" }, CHECK_DECODE, REASON_VDS_VERSION, 0 },
	{ { .version = "0" }, CHECK_DECODE, REASON_VDS_VERSION, 0 },
	{ { .version = "\"1\"" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .version = "1.5" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .version = "null" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .state = "7" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .data = DATA("\"hdr\":{\"t\":\"icao.vacc\",\"v\":1}") }, CHECK_DECODE,
		REASON_VDS_MEMBER, 0 },
	{ { .data = DATA("\"hdr\":{\"t\":1,\"v\":1,\"is\":\"ATA\"}") }, CHECK_DECODE,
		REASON_VDS_MEMBER, 0 },
	{ { .state = "\"AQ\"" }, 0, 0, 0 },
	{ { .state = "\"AUS\"" }, CHECK_PROFILE, REASON_VDS_COUNTRY, 0 },
	{ { .state = "\"UTO\"" }, CHECK_PROFILE, REASON_VDS_COUNTRY, 0 },
	{ { .state = "\"\"" }, CHECK_PROFILE, REASON_VDS_COUNTRY, 0 },
	/* signature */
	{ { .alg = "" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .alg = "5" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .alg = "\"none\"" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "\"PS256\"" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "\"EdDSA\"" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "\"es256\"" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "\"ES384\"" }, CHECK_SIGNATURE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .sigvl = "" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .sigvl = "[]" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .sigvl = "\"a+b/\"" }, CHECK_DECODE, REASON_ENCODING_BASE64URL, 0 },
	{ { .sigvl = "\"abc==\"" }, CHECK_DECODE, REASON_ENCODING_BASE64URL, 0 },
	{ { .sigvl = "\"a===\"" }, CHECK_DECODE, REASON_ENCODING_BASE64URL, 0 },
	{ { .sigvl = "\"MAYCAQECAQE\"" }, CHECK_DECODE, REASON_SIGNATURE_DER, 0 },
	{ { .sigvl = "\"\"" }, CHECK_SIGNATURE, REASON_SIGNATURE_MALFORMED, 0 },
	{ { .short_signature = true }, CHECK_SIGNATURE, REASON_SIGNATURE_MALFORMED, 0 },
	{ { .cer = "" }, CHECK_ISSUER, REASON_ISSUER_NO_KID, 0 },
	{ { .cer = "{}" }, CHECK_DECODE, REASON_VDS_MEMBER, 0 },
	{ { .cer = "\"%\"" }, CHECK_DECODE, REASON_ENCODING_BASE64URL, 0 },
	{ { .cer = "\"\"" }, CHECK_DECODE, REASON_VDS_CERTIFICATE, 0 },
	{ { .cer = "\"MAA\"" }, CHECK_DECODE, REASON_VDS_CERTIFICATE, 0 },
};

static void
test_recipes(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum verdict verdict = seals_verify(&s, seals_seal(&s, rows[i].recipe), &v);
		enum reason got = report_reason(&s.report);
		bool placed = got ? s.report.checks[rows[i].check].reason == got
				  : verdict == VERDICT_VERIFIED;
		bool noted = rows[i].note ? seals_found(&s, rows[i].note)
					  : got || !s.report.findings;
		if (got != rows[i].reason || !placed || !noted)
			fail_msg("row %zu: %s", i, reason_code(got));
	}
}

/* A certificate that is larger than any signer's is not looked into. */
static void
test_large_certificate(void **state)
{
	static const uint8_t zeros[4097];
	const struct check *check = &s.report.checks[CHECK_DECODE];
	struct verify v;

	(void)state;
	for (size_t len = sizeof(zeros) - 1; len <= sizeof(zeros); len++) {
		struct vds_recipe recipe = { .cert = { zeros, len } };
		seals_verify(&s, seals_seal(&s, recipe), &v);
		assert_int_equal(check->reason,
			len < sizeof(zeros) ? REASON_VDS_CERTIFICATE : REASON_INPUT_TOO_LARGE);
		assert_true(span_is(check->at.pointer, "/sig/cer"));
	}
	assert_string_equal(check->limit, "vdsnc.certificate");
	assert_int_equal(check->limit_value, 4096);
}

/* --- content --- */

#define VACC(pid, ve)          "{\"uvci\":\"U1\"," pid "," ve "}"
#define PID(members)           "\"pid\":{" members "}"
#define DOSE(members)          VACC(SEALS_PID, SEALS_VE("{" members "}"))
#define TEST(pid, sp, dat, tr) "{\"utci\":\"T1\"," pid "," sp "," dat "," tr "}"
#define N                      "\"n\":\"P\""
#define WHEN                   "\"dvc\":\"2026-05-29\","
#define WHERE                  "\"ctr\":\"ATA\",\"adm\":\"S\",\"lot\":\"L\""

static const struct {
	const char *type, *message;
	enum reason reason, note;
	const char *pointer; /* below /data/msg: of the reason, else of the note */
} contents[] = {
	{ "icao.vacc", SEALS_SHOT, 0, 0, "" },
	{ "icao.test", SEALS_TEST, 0, 0, "" },
	{ "icao.test", SEALS_SHOT, REASON_PROFILE_MISSING, 0, "/utci" },
	{ "icao.vacc", SEALS_TEST, REASON_PROFILE_MISSING, 0, "/uvci" },
	{ "icao.vacc", "{\"uvci\":1," SEALS_PID "," SEALS_VE(SEALS_DOSE) "}", REASON_PROFILE_TYPE,
		0, "/uvci" },
	{ "icao.vacc", "{\"uvci\":\"\"," SEALS_PID "," SEALS_VE(SEALS_DOSE) "}", 0,
		REASON_NOTE_EMPTY, "/uvci" },
	{ "icao.vacc", "{\"uvci\":\"U1\"," SEALS_VE(SEALS_DOSE) "}", REASON_PROFILE_MISSING, 0,
		"/pid" },
	{ "icao.vacc", VACC("\"pid\":[]", SEALS_VE(SEALS_DOSE)), REASON_PROFILE_TYPE, 0, "/pid" },
	{ "icao.vacc", VACC(PID("\"dob\":\"1998\""), SEALS_VE(SEALS_DOSE)), REASON_PROFILE_MISSING,
		0, "/pid/n" },
	{ "icao.vacc", VACC(PID(N), SEALS_VE(SEALS_DOSE)), REASON_PROFILE_MISSING, 0, "/pid/dob" },
	{ "icao.vacc", VACC(PID(N ",\"i\":\"1\""), SEALS_VE(SEALS_DOSE)), 0, 0, "" },
	{ "icao.vacc", VACC(PID("\"n\":\"A  B\",\"i\":\"1\""), SEALS_VE(SEALS_DOSE)), 0,
		REASON_NOTE_VDS_BLANKS, "/pid/n" },
	{ "icao.vacc", VACC(PID(N ",\"dob\":\"1998-XX-XX\""), SEALS_VE(SEALS_DOSE)), 0, 0, "" },
	{ "icao.vacc", VACC(PID(N ",\"dob\":\"1998-02\""), SEALS_VE(SEALS_DOSE)), 0, 0, "" },
	{ "icao.vacc", VACC(PID(N ",\"dob\":\"1998-02-31\""), SEALS_VE(SEALS_DOSE)), 0,
		REASON_NOTE_DATE_IMPOSSIBLE, "/pid/dob" },
	{ "icao.vacc", VACC(PID(N ",\"dob\":\"26.2.1998\""), SEALS_VE(SEALS_DOSE)),
		REASON_PROFILE_VALUE, 0, "/pid/dob" },
	{ "icao.vacc", VACC(PID(N ",\"dob\":\"1998-XX-26\""), SEALS_VE(SEALS_DOSE)),
		REASON_PROFILE_VALUE, 0, "/pid/dob" },
	{ "icao.vacc", VACC(PID(N ",\"i\":\"1\",\"sex\":\"Q\""), SEALS_VE(SEALS_DOSE)), 0,
		REASON_NOTE_CODE_UNKNOWN, "/pid/sex" },
	{ "icao.vacc", VACC(SEALS_PID, "\"ve\":{}"), REASON_PROFILE_TYPE, 0, "/ve" },
	{ "icao.vacc", VACC(SEALS_PID, "\"ve\":[]"), REASON_PROFILE_MISSING, 0, "/ve" },
	{ "icao.vacc", VACC(SEALS_PID, "\"ve\":[1]"), REASON_PROFILE_TYPE, 0, "/ve/0" },
	{ "icao.vacc", VACC(SEALS_PID, "\"ve\":[{\"nam\":\"x\",\"vd\":[" SEALS_DOSE "]}]"),
		REASON_PROFILE_MISSING, 0, "/ve/0/des" },
	{ "icao.vacc", VACC(SEALS_PID, SEALS_VE("")), REASON_PROFILE_MISSING, 0, "/ve/0/vd" },
	{ "icao.vacc", VACC(SEALS_PID, SEALS_VE("7")), REASON_PROFILE_TYPE, 0, "/ve/0/vd/0" },
	{ "icao.vacc", DOSE("\"seq\":1," WHERE), REASON_PROFILE_MISSING, 0, "/ve/0/vd/0/dvc" },
	{ "icao.vacc", DOSE("\"dvc\":\"2026-05\",\"seq\":1," WHERE), REASON_PROFILE_VALUE, 0,
		"/ve/0/vd/0/dvc" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":1,\"dvn\":\"soon\"," WHERE), REASON_PROFILE_VALUE, 0,
		"/ve/0/vd/0/dvn" },
	{ "icao.vacc", DOSE(WHEN WHERE), REASON_PROFILE_MISSING, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":99," WHERE), 0, 0, "" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":1.0," WHERE), 0, 0, "" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":\"1\"," WHERE), 0, REASON_NOTE_NUMBER_TEXT,
		"/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":0," WHERE), REASON_PROFILE_VALUE, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":100," WHERE), REASON_PROFILE_VALUE, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":-1," WHERE), REASON_PROFILE_VALUE, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":1.5," WHERE), REASON_PROFILE_TYPE, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":\"one\"," WHERE), REASON_PROFILE_VALUE, 0,
		"/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":true," WHERE), REASON_PROFILE_TYPE, 0, "/ve/0/vd/0/seq" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":1,\"ctr\":\"QQQ\",\"adm\":\"S\",\"lot\":\"L\""), 0,
		REASON_NOTE_CODE_UNKNOWN, "/ve/0/vd/0/ctr" },
	{ "icao.vacc", DOSE(WHEN "\"seq\":1,\"ctr\":\"ATA\",\"adm\":\"S\""), REASON_PROFILE_MISSING,
		0, "/ve/0/vd/0/lot" },
	{ "icao.test", TEST(SEALS_PID, SEALS_SP, SEALS_DAT, SEALS_TR), REASON_PROFILE_MISSING, 0,
		"/pid/dt" },
	{ "icao.test",
		TEST(PID(N ",\"dob\":\"1998\",\"dt\":\"Q\",\"dn\":\"1\""), SEALS_SP, SEALS_DAT,
			SEALS_TR),
		REASON_PROFILE_VALUE, 0, "/pid/dt" },
	{ "icao.test", TEST(SEALS_TESTED, "\"sp\":{\"ctr\":\"ATA\"}", SEALS_DAT, SEALS_TR),
		REASON_PROFILE_MISSING, 0, "/sp/spn" },
	{ "icao.test",
		TEST(SEALS_TESTED, SEALS_SP, "\"dat\":{\"sc\":\"2026-11-20\",\"ri\":\"x\"}",
			SEALS_TR),
		REASON_PROFILE_VALUE, 0, "/dat/sc" },
	{ "icao.test",
		TEST(SEALS_TESTED, SEALS_SP,
			"\"dat\":{\"sc\":\"2026-11-20T10:00:00\",\"ri\":\"2026-11-20T10:00:00Z\"}",
			SEALS_TR),
		0, REASON_NOTE_TIME_ZONE, "/dat/sc" },
	{ "icao.test",
		TEST(SEALS_TESTED, SEALS_SP, SEALS_DAT,
			"\"tr\":{\"tc\":\"PCR\",\"r\":\"negative\"}"),
		REASON_PROFILE_VALUE, 0, "/tr/tc" },
	{ "icao.test",
		TEST(SEALS_TESTED, SEALS_SP, SEALS_DAT,
			"\"tr\":{\"tc\":\"antigen\",\"r\":\"unclear\"}"),
		REASON_PROFILE_VALUE, 0, "/tr/r" },
	{ "icao.test",
		TEST(SEALS_TESTED, SEALS_SP, SEALS_DAT,
			"\"tr\":{\"tc\":\"antigen\",\"r\":\"positive\",\"m\":\"hair\"}"),
		REASON_PROFILE_VALUE, 0, "/tr/m" },
	{ "icao.test", TEST(SEALS_TESTED, SEALS_SP, SEALS_DAT, "\"tr\":3"), REASON_PROFILE_TYPE, 0,
		"/tr" },
};

static bool
stands_at(struct span pointer, const char *below)
{
	struct span prefix = SPAN_LIT("/data/msg");

	return span_starts(pointer, prefix) && span_is(span_from(pointer, prefix.len), below);
}

static bool
noted_at(enum reason reason, const char *below)
{
	for (const struct finding *f = s.report.findings; f; f = f->next)
		if (f->reason == reason && stands_at(f->at.pointer, below))
			return true;
	return false;
}

static void
test_contents(void **state)
{
	const struct check *check = &s.report.checks[CHECK_PROFILE];
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct vds_recipe recipe = { .type = contents[i].type,
			.message = contents[i].message };
		enum verdict verdict = seals_verify(&s, seals_seal(&s, recipe), &v);
		bool good = contents[i].reason
				    ? check->reason == contents[i].reason &&
					      stands_at(check->at.pointer, contents[i].pointer)
				    : verdict == VERDICT_VERIFIED;
		if (contents[i].note)
			good = good && noted_at(contents[i].note, contents[i].pointer);
		else if (!contents[i].reason)
			good = good && !s.report.findings;
		if (!good)
			fail_msg("row %zu: %s at %.*s", i, reason_code(report_reason(&s.report)),
				(int)check->at.pointer.len, (const char *)check->at.pointer.ptr);
	}
}

/* --- which texts are seals at all --- */

static void
test_detect(void **state)
{
	static const struct {
		const char *text;
		bool seal;
	} texts[] = {
		{ "{\"data\":{\"hdr\":", true },
		{ "{\"data\":{\"x\":{\"y\":[1,2]},\"msg\"\n:", true },
		{ "[ {\"data\":{\"msg\":1}}]", true },
		{ "{\"sig\":{\"alg\":\"ES256\",\"cer\":\"x\"}", true },
		{ "{\"x\":\"\\\"}\",\"sig\":{\"sigvl\":1}}", true },
		{ "{\"data\":{\"x\":{\"hdr\":1}}}", false },
		{ "{\"hdr\":{},\"msg\":{}}", false },
		{ "{\"a\":{\"data\":{\"hdr\":1}}}", false },
		{ "[[{\"data\":{\"hdr\":1}}]]", false },
		{ "{\"data\":\"hdr\"}", false },
		{ "ICAO {\"data\":{\"hdr\":1}}", false },
		{ "{\"data\":{},\"hdr\":{}}", false },
		{ "{\"data\":{\"hdr", false },
		{ "{\"data\":{\"hdr\\", false },
		{ "[", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (vds_detect(span_of(texts[i].text)) != texts[i].seal)
			fail_msg("row %zu", i);
}

/* An array of several is several certificates, each whole. */
static void
test_split(void **state)
{
	struct span *entries, one = seals_seal(&s, (struct vds_recipe){ 0 });
	struct verify v;
	size_t count;

	(void)state;
	struct span three = seals_seal(&s, (struct vds_recipe){ .array = 3 });
	seals_verify(&s, one, &v); /* a fresh work */
	assert_int_equal(engine_split(&s.work, three, &entries, &count), 0);
	assert_int_equal(count, 3);
	struct span kept = arena_copy(s.arena, entries[2]);
	assert_int_equal(seals_verify(&s, kept, &v), VERDICT_VERIFIED);
	assert_int_equal(engine_split(&s.work, one, &entries, &count), 0);
	assert_int_equal(count, 1);
	struct span cut = span_slice(three, 0, three.len - 1);
	assert_int_equal(engine_split(&s.work, cut, &entries, &count), 0);
	assert_int_equal(count, 1);
}

/* No prefix of a seal is one; a changed byte is never verified with another content. */
static void
test_truncation(void **state)
{
	struct span text = seals_seal(&s, (struct vds_recipe){ .array = 0 });
	uint8_t bytes[4096];
	struct verify v;

	(void)state;
	assert_true(text.len < sizeof(bytes));
	for (size_t n = 0; n < text.len; n++) {
		if (seals_verify(&s, span_slice(text, 0, n), &v) != VERDICT_REJECTED || v.verified)
			fail_msg("accepted at %zu", n);
		memcpy(bytes, text.ptr, text.len);
		bytes[n] = bytes[n] == 'A' ? 'B' : 'A';
		struct span changed = { bytes, text.len };
		if (seals_verify(&s, changed, &v) == VERDICT_VERIFIED)
			fail_msg("verified though changed at %zu", n);
	}
	assert_int_equal(seals_verify(&s, text, &v), VERDICT_VERIFIED);
}

struct sweep {
	struct span text;
	size_t verified;
};

static int
verify_once(void *arg)
{
	struct sweep *sweep = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct kit *kit = kit_new();
	struct report report;
	struct work w = { a, &report, &limits_default, kit, SEALS_NOW };
	struct verify v = { .input = sweep->text, .trust = s.trust, .policy = &s.policy };
	int r = a && kit ? engine_verify(&w, &v) : -12;

	sweep->verified += r == 0 && report_verdict(&report) == VERDICT_VERIFIED;
	kit_free(kit);
	arena_free(a);
	return r;
}

/* Without memory a good seal may be refused, but a bad one never passes. */
static void
test_memory(void **state)
{
	struct sweep good = {
		seals_seal(&s, (struct vds_recipe){ .type = "icao.test", .message = SEALS_TEST }), 0
	};
	struct seals_key rogue = seals_mint(
		&s, &(struct seals_request){ .ca = &s.csca, .by = s.signer_key.key });
	struct sweep bad = { seals_by(&s, &rogue, SIG_ES256), 0 };

	(void)state;
	assert_true(oom_each(verify_once, &good) > 0);
	assert_true(good.verified > 0);
	assert_true(oom_each(verify_once, &bad) > 0);
	assert_int_equal(bad.verified, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recipes),
		cmocka_unit_test(test_large_certificate),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
