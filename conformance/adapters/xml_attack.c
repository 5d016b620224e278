/* xml_attack.c - XML bombs, external entities, XInclude and malformed documents.
 *
 * A document with a DOCTYPE must be refused, whatever else it is; one without is judged by its folder.  Of what is
 * read, every element must stand in the document at its own offset: nothing came from elsewhere.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/report.h"
#include "codecs/tree/node.h"
#include "conformance/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const struct adapter xml_attack_adapter;

enum expect { EXPECT_REFUSED, EXPECT_READ, EXPECT_EITHER };

struct tally {
	long long doctypes, refused, read;
};

/* Valid documents that we refuse. */
static const struct {
	const char *id, *why;
} exceptions[] = {
	{ "xmltest/valid/sa/049.xml", "in UTF-16; only UTF-8 is read" },
	{ "xmltest/valid/sa/050.xml", "in UTF-16; only UTF-8 is read" },
	{ "xmltest/valid/sa/051.xml", "in UTF-16; only UTF-8 is read" },
	{ "xmltest/valid/sa/out/012.xml", "not well-formed by Namespaces in XML 1.0" },
};

static bool
contains(struct span s, const char *word)
{
	struct span w = span_of(word);

	for (size_t i = 0; i + w.len <= s.len; i++)
		if (span_starts(span_from(s, i), w))
			return true;
	return false;
}

/* The element's tag, behind its prefix, is at its offset. */
static bool
stands_there(struct span in, const struct node *n)
{
	struct span tag = span_from(in, n->offset + 1);
	struct span name = span_slice(tag, 0, n->raw.len);
	size_t end = 0;

	while (end < name.len && !strchr(" \t\r\n/>", name.ptr[end]))
		end++;
	name = span_slice(name, 0, end);
	return n->offset < in.len && in.ptr[n->offset] == '<' && span_ends(name, n->key);
}

static bool
all_stand_there(struct span in, const struct node *root)
{
	const struct node *n = root;

	while (n) {
		if (n->kind == NODE_MAP && !stands_there(in, n))
			return false;
		if (n->child) {
			n = n->child;
			continue;
		}
		while (n != root && !n->next)
			n = n->parent;
		n = n == root ? NULL : n->next;
	}
	return true;
}

static const char *
exception_of(const char *id)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(id, exceptions[i].id) == 0)
			return exceptions[i].why;
	return NULL;
}

static int
run_document(struct suite *s, const char *id, struct span in, enum expect expect, struct tally *t)
{
	struct work *w = suite_work(s);
	const struct node *n = NULL;
	bool doctype = contains(in, "<!DOCTYPE");
	enum reason reason;
	int rc = w ? node_from_xml(w, in, "xml", &n) : -ENOMEM;

	if (rc < 0)
		return rc;
	reason = n ? REASON_NONE : w->report->checks[w->report->running].reason;
	t->doctypes += doctype;
	*(n ? &t->read : &t->refused) += 1;
	if (n && doctype)
		suite_tell(s, id, CASE_FAIL, "read in spite of its DOCTYPE");
	else if (n && expect == EXPECT_REFUSED)
		suite_tell(s, id, CASE_FAIL, "read");
	else if (n && !all_stand_there(in, n))
		suite_tell(s, id, CASE_FAIL, "an element does not stand in the document");
	else if (!n && !doctype && expect == EXPECT_READ && exception_of(id))
		suite_tell(s, id, CASE_EXCEPTION, "%s", exception_of(id));
	else if (!n && !doctype && expect == EXPECT_READ)
		suite_tell(s, id, CASE_FAIL, "refused: %s", reason_code(reason));
	else
		suite_tell(s, id, CASE_PASS, NULL);
	return 0;
}

static int
run_file(struct suite *s, const char *path, void *arg)
{
	/* XInclude's own documents are harmless unless processed; two of them are in other encodings. */
	bool included = strstr(path, "XInclude") != NULL;
	struct span in;
	int rc = suite_read(s, path, &in);

	if (rc < 0)
		return rc;
	return run_document(s, path, in, included ? EXPECT_EITHER : EXPECT_REFUSED, arg);
}

/* One payload a line, some of them harmless fragments. */
static int
run_lines(struct suite *s, const char *path, void *arg)
{
	struct span rest, line;
	char id[256];
	size_t number = 0;
	int rc = suite_read(s, path, &rest);

	while (rc == 0 && span_split(&rest, '\n', &line)) {
		snprintf(id, sizeof(id), "%s:%zu", path, ++number);
		line = span_trim(line);
		if (line.len > 0)
			rc = run_document(s, id, line, EXPECT_EITHER, arg);
	}
	return rc;
}

static size_t
little(struct cursor *c, unsigned bytes)
{
	size_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (size_t)cursor_u8(c) << (8 * i);
	return v;
}

/* One entry of a zip archive's directory. */
struct entry {
	size_t method, packed, plain, at;
	struct span name;
};

static bool
next_entry(struct cursor *c, struct entry *e)
{
	size_t name, extra, comment;

	if (little(c, 4) != 0x02014b50)
		return false;
	cursor_take(c, 6);
	e->method = little(c, 2);
	cursor_take(c, 8);
	e->packed = little(c, 4);
	e->plain = little(c, 4);
	name = little(c, 2);
	extra = little(c, 2);
	comment = little(c, 2);
	cursor_take(c, 8);
	e->at = little(c, 4);
	e->name = cursor_take(c, name);
	cursor_take(c, extra + comment);
	return !c->failed;
}

static int
unpack(struct work *w, struct span zip, const struct entry *e, struct span *out)
{
	struct cursor c = cursor_over(span_from(zip, e->at));
	enum inflate_result result = INFLATE_OK;
	size_t name, extra;
	struct span packed;
	int rc;

	cursor_take(&c, 26);
	name = little(&c, 2);
	extra = little(&c, 2);
	cursor_take(&c, name + extra);
	packed = cursor_take(&c, e->packed);
	if (c.failed || (e->method != 0 && e->method != 8))
		return -EINVAL;
	*out = packed;
	rc = e->method == 8 ? inflate_raw(w, packed, e->plain, out, &result) : 0;
	return rc == 0 && result != INFLATE_OK ? -EINVAL : rc;
}

/* The expectation by the folder of James Clark's set; canonical outputs (out/) carry no DOCTYPE and are read. */
static enum expect
expect_of(const char *id)
{
	return strstr(id, "/valid/") ? EXPECT_READ : EXPECT_REFUSED;
}

static int
run_entry(struct suite *s, struct span zip, const struct entry *e, struct tally *t)
{
	struct work *w = suite_work(s);
	struct span in, kept;
	char id[128];
	struct arena *a;
	int rc = w ? unpack(w, zip, e, &in) : -ENOMEM;

	if (rc < 0)
		return rc;
	a = arena_new(in.len + 64); /* the work is renewed before the document is read */
	kept = a ? arena_copy(a, in) : SPAN_NONE;
	snprintf(id, sizeof(id), "%.*s", (int)e->name.len, (const char *)e->name.ptr);
	rc = kept.ptr ? run_document(s, id, kept, expect_of(id), t) : -ENOMEM;
	arena_free(a);
	return rc;
}

static int
run_zip(struct suite *s, struct tally *t)
{
	struct span zip;
	struct cursor c;
	struct entry e;
	int rc = suite_read(s, "xmltest.zip", &zip);

	if (rc < 0 || zip.len < 22)
		return rc < 0 ? rc : -EINVAL;
	c = cursor_over(span_from(zip,
		zip.len - 6)); /* an archive without comment ends with its directory's offset */
	c = cursor_over(span_from(zip, little(&c, 4)));
	while (rc == 0 && next_entry(&c, &e))
		if (span_ends(e.name, SPAN_LIT(".xml")))
			rc = run_entry(s, zip, &e, t);
	return rc;
}

static int
run(struct suite *s)
{
	struct tally t = { 0, 0, 0 };
	int rc = suite_each(s, "libxml2", ".xml", run_file, &t);

	if (rc == 0)
		rc = suite_each(s, "payloadsallthethings/Files", "", run_file, &t);
	if (rc == 0)
		rc = suite_each(s, "payloadsallthethings/Intruders", ".txt", run_lines, &t);
	if (rc == 0)
		rc = run_zip(s, &t);
	suite_figure(s, "with a DOCTYPE", t.doctypes);
	suite_figure(s, "refused", t.refused);
	suite_figure(s, "read", t.read);
	return rc;
}

const struct adapter xml_attack_adapter = { "xml-attack", run };
