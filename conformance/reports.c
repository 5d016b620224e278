/* reports.c - report.json and junit.xml of a run. */
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 4096, REPORT_MAX = 256 << 20 };

static const char *const outcomes[] = { "passed", "failed", "skipped", "exception" };

static void
json_suite(struct buf *b, const struct suite *s)
{
	buf_str(b, "{\"suite\":");
	buf_json(b, span_of(s->name));
	for (enum outcome o = CASE_PASS; o <= CASE_EXCEPTION; o++) {
		buf_str(b, ",\"");
		buf_str(b, outcomes[o]);
		buf_str(b, "\":");
		buf_uint(b, s->counts[o]);
	}
	buf_str(b, ",\"figures\":{");
	for (const struct figure *f = s->figures; f; f = f->next) {
		buf_json(b, f->name);
		buf_char(b, ':');
		buf_int(b, f->value);
		buf_str(b, f->next ? "," : "");
	}
	buf_str(b, "},\"cases\":[");
	for (const struct told *t = s->first; t; t = t->next) {
		buf_str(b, "{\"id\":");
		buf_json(b, t->id);
		buf_str(b, ",\"outcome\":\"");
		buf_str(b, outcomes[t->outcome]);
		buf_str(b, "\"");
		if (t->detail.len > 0) {
			buf_str(b, ",\"detail\":");
			buf_json(b, t->detail);
		}
		buf_str(b, t->next ? "}," : "}");
	}
	buf_str(b, "]}");
}

/* XML 1.0 text and attribute values; controls that XML can't hold become U+FFFD. */
static void
xml_text(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (c == '&')
			buf_str(b, "&amp;");
		else if (c == '<')
			buf_str(b, "&lt;");
		else if (c == '"')
			buf_str(b, "&quot;");
		else if (c < ' ' && c != '\n' && c != '\t')
			buf_str(b, "\xef\xbf\xbd");
		else
			buf_char(b, (char)c);
	}
}

static void
junit_case(struct buf *b, const struct suite *s, const struct told *t)
{
	buf_str(b, "  <testcase classname=\"");
	xml_text(b, span_of(s->name));
	buf_str(b, "\" name=\"");
	xml_text(b, t->id);
	buf_str(b, "\"");
	if (t->outcome == CASE_PASS) {
		buf_str(b, "/>\n");
		return;
	}
	const char *tag = t->outcome == CASE_FAIL   ? "failure"
			  : t->outcome == CASE_SKIP ? "skipped"
						    : "system-out";
	buf_str(b, "><");
	buf_str(b, tag);
	buf_char(b, '>');
	xml_text(b, t->detail);
	buf_str(b, "</");
	buf_str(b, tag);
	buf_str(b, "></testcase>\n");
}

static void
junit_suite(struct buf *b, const struct suite *s)
{
	buf_str(b, " <testsuite name=\"");
	xml_text(b, span_of(s->name));
	buf_str(b, "\" tests=\"");
	buf_uint(b, s->counts[CASE_PASS] + s->counts[CASE_EXCEPTION] + s->counts[CASE_FAIL] +
			    s->counts[CASE_SKIP]);
	buf_str(b, "\" failures=\"");
	buf_uint(b, s->counts[CASE_FAIL]);
	buf_str(b, "\" skipped=\"");
	buf_uint(b, s->counts[CASE_SKIP]);
	buf_str(b, "\">\n");
	for (const struct told *t = s->first; t; t = t->next)
		junit_case(b, s, t);
	buf_str(b, " </testsuite>\n");
}

static int
write_file(const char *folder, const char *name, const struct buf *b)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = n > 0 && n < PATH_LENGTH ? fopen(path, "wb") : NULL;

	if (!f)
		return -errno;
	if (b->error)
		n = b->error;
	else
		n = fwrite(b->ptr, 1, b->len, f) == b->len ? 0 : -EIO;
	return fclose(f) == 0 ? n : -EIO;
}

int
write_reports(const char *folder, const struct suite *suites)
{
	struct arena *a = arena_new((size_t)REPORT_MAX * 4);
	int r = a ? 0 : -ENOMEM;

	if (r == 0 && mkdir(folder, 0777) != 0 && errno != EEXIST)
		r = -errno;
	if (r == 0) {
		struct buf json = buf_in(a, REPORT_MAX), junit = buf_in(a, REPORT_MAX);
		buf_str(&json, "{\"suites\":[");
		buf_str(&junit, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
		for (const struct suite *s = suites; s; s = s->next) {
			json_suite(&json, s);
			buf_str(&json, s->next ? "," : "");
			junit_suite(&junit, s);
		}
		buf_str(&json, "]}\n");
		buf_str(&junit, "</testsuites>\n");
		r = write_file(folder, "report.json", &json);
		if (r == 0)
			r = write_file(folder, "junit.xml", &junit);
	}
	arena_free(a);
	return r;
}
