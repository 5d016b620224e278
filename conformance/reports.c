/* reports.c - report.json and junit.xml of a run, and the files; docs/conformance.md describes them.
 *
 * They are written by hand: no time and no machine stands in them, so that two runs of
 * the same build over the same corpora give the same bytes.  Another form (earl.c) is
 * another writer over the same list of suites.
 */
#include "codecs/base/text.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 4096, REPORT_MAX = 256 << 20 };

static const char *const outcomes[] = { "passed", "failed", "skipped", "exception" };

/* --- JSON --- */

static void
json_totals(struct buf *b, struct totals t)
{
	const struct {
		const char *name;
		size_t value;
	} rows[] = { { "passed", t.passed }, { "failed", t.failed }, { "skipped", t.skipped },
		{ "exceptions", t.exceptions } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_str(b, ",\"");
		buf_str(b, rows[i].name);
		buf_str(b, "\":");
		buf_uint(b, rows[i].value);
	}
}

static void
json_case(struct buf *b, const struct told *t)
{
	buf_str(b, "{\"id\":");
	buf_json(b, t->id);
	buf_str(b, ",\"outcome\":\"");
	buf_str(b, outcomes[t->outcome]);
	buf_str(b, "\"");
	if (t->detail.len > 0) {
		buf_str(b, ",\"detail\":");
		buf_json(b, t->detail);
	}
	buf_str(b, t->next ? "},\n" : "}");
}

static void
json_suite(struct buf *b, const struct suite *s)
{
	buf_str(b, "{\"suite\":");
	buf_json(b, span_of(s->name));
	json_totals(b, suite_totals(s));
	buf_str(b, ",\"figures\":{");
	for (const struct figure *f = s->figures; f; f = f->next) {
		buf_json(b, f->name);
		buf_char(b, ':');
		buf_int(b, f->value);
		buf_str(b, f->next ? "," : "");
	}
	buf_str(b, "},\"cases\":[\n");
	for (const struct told *t = s->first; t; t = t->next)
		json_case(b, t);
	buf_str(b, s->next ? "]},\n" : "]}");
}

void
report_json(struct buf *b, const char *target, const struct suite *suites)
{
	buf_str(b, "{\"form\":1,\"version\":");
	buf_json(b, span_of(VIDIMUS_VERSION));
	buf_str(b, ",\"target\":");
	buf_json(b, span_of(target ? target : "builtin"));
	json_totals(b, all_totals(suites));
	buf_str(b, ",\"suites\":[\n");
	for (const struct suite *s = suites; s; s = s->next)
		json_suite(b, s);
	buf_str(b, "]}\n");
}

/* --- JUnit --- */

static void
xml_byte(struct buf *b, uint8_t c)
{
	switch (c) {
	case '&':
		buf_str(b, "&amp;");
		break;
	case '<':
		buf_str(b, "&lt;");
		break;
	case '>':
		buf_str(b, "&gt;");
		break;
	case '"':
		buf_str(b, "&quot;");
		break;
	default:
		buf_char(b, (char)c);
	}
}

/* How many bytes at the front are one character that XML 1.0 can hold; 0: none. */
static size_t
xml_character(struct span s)
{
	struct span one = span_slice(s, 0, 1);

	if (s.ptr[0] < 0x80)
		return s.ptr[0] >= ' ' || s.ptr[0] == '\n' || s.ptr[0] == '\t' ? 1 : 0;
	while (one.len < 4 && one.len < s.len && utf8_check(one) != one.len)
		one.len++;
	bool last_two = span_is(one, "\xef\xbf\xbe") || span_is(one, "\xef\xbf\xbf");
	return utf8_check(one) == one.len && !last_two ? one.len : 0;
}

/* Text and attribute values; what XML can't hold becomes U+FFFD. */
static void
xml_text(struct buf *b, struct span s)
{
	while (s.len > 0) {
		size_t len = xml_character(s);
		if (len == 0)
			buf_str(b, "\xef\xbf\xbd");
		else if (len == 1)
			xml_byte(b, s.ptr[0]);
		else
			buf_add(b, span_slice(s, 0, len));
		s = span_from(s, len ? len : 1);
	}
}

static void
junit_case(struct buf *b, const struct suite *s, const struct told *t)
{
	static const char *const tags[] = { NULL, "failure", "skipped", "system-out" };
	const char *tag = tags[t->outcome];

	buf_str(b, "  <testcase classname=\"");
	xml_text(b, span_of(s->name));
	buf_str(b, "\" name=\"");
	xml_text(b, t->id);
	buf_str(b, tag ? "\"><" : "\"/>\n");
	if (!tag)
		return;
	buf_str(b, tag);
	if (t->outcome == CASE_EXCEPTION) {
		buf_str(b, ">exception: ");
		xml_text(b, t->detail);
		buf_str(b, "</system-out></testcase>\n");
		return;
	}
	buf_str(b, " message=\"");
	xml_text(b, t->detail);
	buf_str(b, "\"/></testcase>\n");
}

static void
junit_counts(struct buf *b, struct totals t)
{
	buf_str(b, " tests=\"");
	buf_uint(b, t.passed + t.failed + t.skipped);
	buf_str(b, "\" failures=\"");
	buf_uint(b, t.failed);
	buf_str(b, "\" errors=\"0\" skipped=\"");
	buf_uint(b, t.skipped);
	buf_str(b, "\">\n");
}

void
report_junit(struct buf *b, const struct suite *suites)
{
	buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vidimus\"");
	junit_counts(b, all_totals(suites));
	for (const struct suite *s = suites; s; s = s->next) {
		buf_str(b, " <testsuite name=\"");
		xml_text(b, span_of(s->name));
		buf_char(b, '"');
		junit_counts(b, suite_totals(s));
		for (const struct told *t = s->first; t; t = t->next)
			junit_case(b, s, t);
		buf_str(b, " </testsuite>\n");
	}
	buf_str(b, "</testsuites>\n");
}

/* --- files --- */

static int
write_file(const char *folder, const char *name, const struct buf *b)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (n < 0 || n >= PATH_LENGTH || b->error)
		return b->error ? b->error : -ENAMETOOLONG;
	FILE *f = fopen(path, "wb");
	if (!f)
		return -errno;
	bool whole = fwrite(b->ptr, 1, b->len, f) == b->len;
	return fclose(f) == 0 && whole ? 0 : -EIO;
}

int
write_reports(const char *folder, const char *target, const struct suite *suites)
{
	struct arena *a = arena_new((size_t)REPORT_MAX * 4);
	int r = a ? 0 : -ENOMEM;

	if (r == 0 && mkdir(folder, 0777) != 0 && errno != EEXIST)
		r = -errno;
	if (r == 0) {
		struct buf json = buf_in(a, REPORT_MAX), junit = json, earl = json;
		report_json(&json, target, suites);
		report_junit(&junit, suites);
		report_earl(&earl, target, suites);
		r = write_file(folder, "report.json", &json);
		if (r == 0)
			r = write_file(folder, "junit.xml", &junit);
		if (r == 0)
			r = write_file(folder, "earl.jsonld", &earl);
	}
	arena_free(a);
	return r;
}
