/* test_xml.c - XML into a tree: the mapping, every DOCTYPE and other encoding refused, nothing opened, limits. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/tree/node_json.h"
#include "tests/tree/aid_tree.h"

#include <errno.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *in, *json;
} good[] = {
	{ "<a/>", "{}" }, { "<a></a>", "{}" }, { "<a>t</a>", "{\"#text\":\"t\"}" },
	{ "<a> </a>", "{\"#text\":\" \"}" },
	{ "<a x='1' y=\"2\"/>", "{\"@x\":\"1\",\"@y\":\"2\"}" },
	{ "<a><b>1</b><b>2</b></a>", "{\"b\":{\"#text\":\"1\"},\"b\":{\"#text\":\"2\"}}" },
	{ "<a>1<b/>2</a>", "{\"#text\":\"1\",\"b\":{},\"#text\":\"2\"}" },
	{ "<a>x<!-- < & -- ><?p < ?>y<![CDATA[<z>&amp;]]>w</a>", NULL },
	{ "<a>x<!-- < & --><?p < ?>y<![CDATA[<z>&amp;]]>w</a>", "{\"#text\":\"xy<z>&amp;w\"}" },
	{ "<a b='&lt;&#65;&#x6c34;'>&amp;&gt;&quot;&apos;&#65;</a>",
	  "{\"@b\":\"<A\xe6\xb0\xb4\",\"#text\":\"&>\\\"'A\"}" },
	{ "<a b='&amp;&amp;lt;x&#38;#38;&#x26;'/>", "{\"@b\":\"&&lt;x&#38;&\"}" },
	{ "<a b='1>2' c=\"it's\"/>", "{\"@b\":\"1>2\",\"@c\":\"it's\"}" },
	{ "<a>1\r\n2\r3</a>", "{\"#text\":\"1\\n2\\n3\"}" },
	{ "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- c --><?p?><a/><!-- d -->\n",
	  "{}" },
	{ "<?xml version=\"1.0\" encoding = \"UTF-8\" ?><a/>", "{}" }, { "<?xml version=\"1.0\"?><a/>", "{}" },
	{ "<?xml-stylesheet encoding='x'?><a/>", "{}" },
	{ "<?oasis-xml-catalog catalog='file:///tmp/c'?><!-- --><?oasis-xml-catalog catalog='d'?><a/>", "{}" },
	{ "<a>x<?oasis-xml-catalog catalog='file:///tmp/c'?>y</a>", "{\"#text\":\"xy\"}" },
	{ "<a xmlns='u'><b/><c xmlns=''/><p:d xmlns:p='v' p:x='1' x='2'/></a>",
	  "{\"@xmlns\":\"u\",\"b\":{},\"c\":{\"@xmlns\":\"\"},\"d\":{\"@xmlns\":\"v\",\"@p:x\":\"1\",\"@x\":\"2\"}}" },
	{ "<p:a xmlns:p='u'><b xmlns='u'/><q:c xmlns:q='u'/></p:a>", "{\"@xmlns\":\"u\",\"b\":{},\"c\":{}}" },
	{ "<a xmlns='no uri %'/>", "{\"@xmlns\":\"no uri %\"}" }, { "<a xml:lang='de'/>", "{\"@xml:lang\":\"de\"}" },
	{ "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' parse='text'/></a>",
	  "{\"include\":{\"@xmlns\":\"http://www.w3.org/2001/XInclude\",\"@href\":\"/etc/passwd\","
	  "\"@parse\":\"text\"}}" },
	{ "<\xc3\xa9 \xe6\xb0\xb4='\xf0\x9f\x98\x80'/>", "{\"@\xe6\xb0\xb4\":\"\xf0\x9f\x98\x80\"}" },
};

static const struct {
	const char *in;
	enum reason reason;
} bad[] = {
	{ "", REASON_XML_MALFORMED }, { " ", REASON_XML_MALFORMED }, { "a", REASON_XML_MALFORMED },
	{ "<a>", REASON_XML_MALFORMED }, { "<a", REASON_XML_MALFORMED },
	{ "<a></b>", REASON_XML_MALFORMED }, { "<a/><b/>", REASON_XML_MALFORMED },
	{ "<a/>x", REASON_XML_MALFORMED }, { "x<a/>", REASON_XML_MALFORMED },
	{ "<a x=1/>", REASON_XML_MALFORMED }, { "<a x/>", REASON_XML_MALFORMED },
	{ "<a x='1' x='2'/>", REASON_XML_MALFORMED }, { "<a x='<'/>", REASON_XML_MALFORMED },
	{ "<a>&nbsp;</a>", REASON_XML_MALFORMED }, { "<a x='&e;'/>", REASON_XML_MALFORMED },
	{ "<a>&#0;</a>", REASON_XML_MALFORMED }, { "<a>&#xd800;</a>", REASON_XML_MALFORMED },
	{ "<a>&</a>", REASON_XML_MALFORMED }, { "<a>]]></a>", REASON_XML_MALFORMED },
	{ "<a>\x01</a>", REASON_XML_MALFORMED }, { "<a><!-- -- --></a>", REASON_XML_MALFORMED },
	{ "<a><!-- </a>", REASON_XML_MALFORMED }, { "<a><![CDATA[</a>", REASON_XML_MALFORMED },
	{ "<a><!ELEMENT a ANY></a>", REASON_XML_MALFORMED }, { "<!ENTITY a 'b'><a/>", REASON_XML_MALFORMED },
	{ "<p:a/>", REASON_XML_MALFORMED }, { "<a p:x='1'/>", REASON_XML_MALFORMED },
	{ "<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", REASON_XML_MALFORMED },
	{ " <?xml version='1.0'?><a/>", REASON_XML_MALFORMED },
	{ "<?xml version='1.0' encoding='utf-8'", REASON_XML_MALFORMED },
	{ "<?xml version='2.0'?><a/>", REASON_XML_MALFORMED },
	{ "<?xml encoding?><a/>", REASON_XML_MALFORMED }, { "+/v8-<a/>", REASON_XML_MALFORMED },
	{ "<!DOCTYPE a><a/>", REASON_XML_DOCTYPE },
	{ "<?xml version='1.0'?>\n<!-- x --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", REASON_XML_DOCTYPE },
	{ "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", REASON_XML_DOCTYPE },
	{ "<!DOCTYPE a [", REASON_XML_DOCTYPE }, { "<!doctype a><a/>", REASON_XML_DOCTYPE },
	{ "<!DOCTYPE", REASON_XML_DOCTYPE }, { "<a><!DOCTYPE a></a>", REASON_XML_DOCTYPE },
	{ "<a/><!DOCTYPE a>", REASON_XML_DOCTYPE },
	{ "\xef\xbb\xbf<!DOCTYPE a><a/>", REASON_XML_DOCTYPE },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", REASON_XML_ENCODING },
	{ "<?xml version='1.0' encoding='UTF-16'?><a/>", REASON_XML_ENCODING },
	{ "<?xml version='1.0' encoding='UTF-7'?><a>+ADw-</a>", REASON_XML_ENCODING },
	{ "<?xml version='1.0'\tencoding =\n\"utf-32\"?><a/>", REASON_XML_ENCODING },
	{ "\xef\xbb\xbf<?xml version='1.0' encoding='utf-16'?><a/>", REASON_XML_ENCODING },
	{ "<?xml version='1.0' encoding=''?><a/>", REASON_XML_ENCODING },
	{ "<a>\xe9</a>", REASON_XML_ENCODING }, { "<a>\xed\xa0\x80</a>", REASON_XML_ENCODING },
	{ "\xff\xfe<", REASON_XML_ENCODING }, { "\xfe\xff", REASON_XML_ENCODING },
	{ "\x4c\x6f\xa7\x94", REASON_XML_ENCODING },
};
/* clang-format on */

static void
maps_elements_attributes_and_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		reading_of(&r, node_from_xml, span_of(good[i].in));
		if ((r.root == NULL) != (good[i].json == NULL))
			fail_msg("%s: %s at %zu", good[i].in, reason_code(reading_reason(&r)),
				reading_offset(&r));
		if (r.root) {
			b = buf_in(r.arena, 4096);
			node_to_json(&b, r.root);
			buf_char(&b, 0);
			assert_string_equal((const char *)buf_span(&b).ptr, good[i].json);
		}
		reading_end(&r);
	}
}

static void
refuses_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		enum reason reason = reason_of(node_from_xml, span_of(bad[i].in), NULL);

		if (reason != bad[i].reason)
			fail_msg("%s: %s", bad[i].in, reason_code(reason));
	}
}

static void
refuses_wide_encodings(void **state)
{
	static const char le[] = "<\0a\0/\0>\0", be[] = "\0<\0a\0/\0>",
			  bom[] = "\xff\xfe<\0a\0/\0>\0", wide[] = "<\0\0\0a\0\0\0/\0\0\0>\0\0\0",
			  late[] = "<a>\0</a>";

	(void)state;
	assert_int_equal(reason_of(node_from_xml, SPAN_LIT(le), NULL), REASON_XML_ENCODING);
	assert_int_equal(reason_of(node_from_xml, SPAN_LIT(be), NULL), REASON_XML_ENCODING);
	assert_int_equal(reason_of(node_from_xml, SPAN_LIT(bom), NULL), REASON_XML_ENCODING);
	assert_int_equal(reason_of(node_from_xml, SPAN_LIT(wide), NULL), REASON_XML_ENCODING);
	assert_int_not_equal(reason_of(node_from_xml, SPAN_LIT(late), NULL), REASON_NONE);
}

static void
keeps_names_offsets_and_raw_bytes(void **state)
{
	struct reading r;
	const struct node *n;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_xml,
		SPAN_LIT(
			"\xef\xbb\xbf<!--c-->\n<Patient x='a>b'><id v='1' />te&lt;xt</Patient>\n"));
	assert_int_equal(n->key_kind, KEY_TEXT);
	assert_true(span_is(n->key, "Patient"));
	assert_null(n->parent);
	assert_int_equal(n->offset, 12);
	assert_true(span_is(n->raw, "<Patient x='a>b'><id v='1' />te&lt;xt</Patient>"));
	assert_int_equal(n->size, 3);
	n = node_get(n, "id");
	assert_int_equal(n->offset, 29);
	assert_true(span_is(n->raw, "<id v='1' />"));
	assert_int_equal(n->next->offset, 41);
	assert_true(span_is(node_text(n->next), "te<xt"));
	assert_int_equal(node_get(n, "@v")->offset, 29);
	reading_end(&r);
}

static void
refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct span in = span_of(good[i].in);

		if (!good[i].json)
			continue;
		while (in.ptr[in.len - 1] == '\n')
			in.len--;
		if (strstr(good[i].in, "<!-- d"))
			in.len -= strlen("<!-- d -->");
		assert_truncation_refused(node_from_xml, in);
	}
}

/* `head`, n times `unit`, `tail`. */
static struct span
repeat(struct reading *r, const char *head, const char *unit, size_t n, const char *tail)
{
	struct buf b = buf_in(r->arena, SIZE_MAX);

	buf_str(&b, head);
	for (size_t i = 0; i < n; i++) {
		for (const char *p = unit; *p; p++)
			if (*p == '#')
				buf_uint(&b, i + 100);
			else
				buf_char(&b, *p);
	}
	buf_str(&b, tail);
	return buf_span(&b);
}

static void
keeps_limits(void **state)
{
	/* clang-format off */
	static const struct { const char *limit, *head, *unit, *tail; size_t at; } rows[] = {
		{ "xml.attributes", "<a", " x#=''", "/>", 6 },
		{ "xml.attributes", "<a", " xmlns:x#='u#'", "/>", 6 },
		{ "xml.attributes", "<a xmlns:x='u'><b xmlns:y='v'><c", " xmlns:x#='u#'", "/></b></a>", 4 },
		{ "xml.nodes", "<a>", "<b/>", "</a>", 19 }, { "xml.nodes", "<a>", "<b/>t", "</a>", 9 },
		{ "xml.nodes", "<a>", "<b x=''/>", "</a>", 9 },
		{ "xml.name", "<a><", "n", "/></a>", 30 }, { "xml.name", "<a ", "n", "=''/>", 30 },
		{ "xml.name", "<p:", "n", " xmlns:p='u'/>", 28 },
		{ "xml.text", "<a>", "x", "</a>", 40 }, { "xml.text", "<a>", "x<!-- -->", "</a>", 40 },
		{ "xml.text", "<a x='", "y", "'/>", 40 },
		{ "xml.text", "<a>", "&lt;", "</a>", 40 },
		{ "xml.text", "<a><![CDATA[", "\xc3\xa9", "]]></a>", 20 },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t n = rows[i].at - 1; n <= rows[i].at + 1; n++) {
			struct reading r;

			reading_begin(&r);
			r.limits.xml_attributes = 6;
			r.limits.xml_nodes = 20;
			r.limits.xml_name = 30;
			r.limits.xml_text = 40;
			reading_of(&r, node_from_xml,
				repeat(&r, rows[i].head, rows[i].unit, n, rows[i].tail));
			if ((r.root != NULL) != (n <= rows[i].at))
				fail_msg("%s %zu %zu %s at %zu", rows[i].limit, i, n,
					reason_code(reading_reason(&r)), reading_offset(&r));
			if (!r.root)
				assert_string_equal(reading_limit(&r), rows[i].limit);
			reading_end(&r);
		}
}

static void
keeps_the_limit_of_depth(void **state)
{
	(void)state;
	for (size_t n = 4; n <= 6; n++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		r.limits.xml_depth = 5;
		b = buf_in(r.arena, 4096);
		buf_add(&b, repeat(&r, "", "<a>", n, "x"));
		buf_add(&b, repeat(&r, "", "</a>", n, ""));
		reading_of(&r, node_from_xml, buf_span(&b));
		assert_int_equal(r.root != NULL, n <= 5);
		if (!r.root)
			assert_string_equal(reading_limit(&r), "xml.depth");
		reading_end(&r);
	}
}

/* What costs libxml2 the square of its length must not reach it. */
static void
ends_early_on_what_is_costly(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r);
	assert_null(reading_of(&r, node_from_xml, repeat(&r, "<a", " x#=''", 200000, "/>")));
	assert_string_equal(reading_limit(&r), "xml.attributes");
	reading_end(&r);
	reading_begin(&r);
	assert_null(reading_of(&r, node_from_xml, repeat(&r, "", "<a>", 500000, "")));
	assert_string_equal(reading_limit(&r), "xml.depth");
	reading_end(&r);
}

static unsigned opened;

static xmlParserInputPtr
count_opened(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	(void)url, (void)id, (void)ctxt;
	opened++;
	return NULL;
}

static void
opens_nothing(void **state)
{
	xmlExternalEntityLoader before = xmlGetExternalEntityLoader();

	(void)state;
	xmlSetExternalEntityLoader(count_opened);
	for (size_t i = 0; i < COUNT(good); i++)
		reason_of(node_from_xml, span_of(good[i].in), NULL);
	for (size_t i = 0; i < COUNT(bad); i++)
		reason_of(node_from_xml, span_of(bad[i].in), NULL);
	xmlSetExternalEntityLoader(before);
	assert_int_equal(opened, 0);
}

/* libxml2's memory, each allocation failing once in turn; -1: none fails. */
static _Atomic long failing = -1;

static bool
fails_now(void)
{
	return failing >= 0 && failing-- == 0;
}

static void *
try_malloc(size_t size)
{
	return fails_now() ? NULL : malloc(size);
}

static void *
try_realloc(void *p, size_t size)
{
	return fails_now() ? NULL : realloc(p, size);
}

static char *
try_strdup(const char *s)
{
	return fails_now() ? NULL : strdup(s);
}

/* Either the failure is told, or it did no harm: never another tree.  That the document is refused instead happens,
 * because libxml2 itself does not always know why a name is missing. */
static void
survives_every_failing_allocation(void **state)
{
	size_t told = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r, other;
		bool exhausted = false;

		if (!good[i].json)
			continue;
		reading_begin(&r);
		reading_of(&r, node_from_xml, span_of(good[i].in));
		for (long n = 0; !exhausted; n++) {
			int rc;

			reading_begin(&other);
			failing = n;
			rc = node_from_xml(&other.work, span_of(good[i].in), "test", &other.root);
			exhausted = failing >= 0;
			failing = -1;
			told += rc == -ENOMEM;
			if (rc != -ENOMEM &&
				(rc != 0 || (other.root && !node_equal(r.root, other.root))))
				fail_msg("%s: allocation %ld: %d %s", good[i].in, n, rc,
					reason_code(reading_reason(&other)));
			reading_end(&other);
		}
		reading_end(&r);
	}
	assert_true(told > 100);
}

static void *
read_all(void *arg)
{
	(void)arg;
	for (size_t round = 0; round < 20; round++)
		for (size_t i = 0; i < COUNT(good); i++)
			if (good[i].json &&
				reason_of(node_from_xml, span_of(good[i].in), NULL) != REASON_NONE)
				return NULL;
	return &opened;
}

static void
threads_do_not_meet(void **state)
{
	pthread_t threads[4];
	void *done;

	(void)state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_all, NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		pthread_join(threads[i], &done);
		assert_non_null(done);
	}
}

static void
survives_every_budget(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (good[i].json)
			assert_budgets_survived(node_from_xml, span_of(good[i].in));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			threads_do_not_meet), /* first: the library starts itself in a race */
		cmocka_unit_test(maps_elements_attributes_and_texts),
		cmocka_unit_test(refuses_with_the_reason),
		cmocka_unit_test(refuses_wide_encodings),
		cmocka_unit_test(keeps_names_offsets_and_raw_bytes),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(keeps_the_limit_of_depth),
		cmocka_unit_test(ends_early_on_what_is_costly),
		cmocka_unit_test(opens_nothing),
		cmocka_unit_test(survives_every_budget),
		cmocka_unit_test(survives_every_failing_allocation),
	};

	xmlMemSetup(free, try_malloc, try_realloc, try_strdup);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
