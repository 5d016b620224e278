/* test_url.c - each fault of a URL by name, every limit on both sides, every byte in every part, truncation. */
#include "trust/net/puny.h"
#include "trust/net/url.h"

#include "tests/base/aid_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *text;
	enum url_fault fault;
	const char *host, *target;
	unsigned port;
} rows[] = {
	{ "https://a.org", URL_GOOD, "a.org", "/", 443 },
	{ "https://A.oRG/", URL_GOOD, "a.org", "/", 443 },
	{ "https://a.org:443/x?y=z&q=%20", URL_GOOD, "a.org", "/x?y=z&q=%20", 443 },
	{ "https://a-b.c1.example:8443/~a;b=c/@:!$'()*+,", URL_GOOD, "a-b.c1.example",
		"/~a;b=c/@:!$'()*+,", 8443 },
	{ "https://a.org/...", URL_GOOD, "a.org", "/...", 443 },
	{ "https://a.org/.a/..b/%2e%2e%2e", URL_GOOD, "a.org", "/.a/..b/%2e%2e%2e", 443 },
	{ "https://a.org/?../..", URL_GOOD, "a.org", "/?../..", 443 },
	{ "https://xn--bcher-kva.example/", URL_GOOD, "xn--bcher-kva.example", "/", 443 },
	{ "https://XN--BCHER-KVA.example/", URL_GOOD, "xn--bcher-kva.example", "/", 443 },
	{ "https://1.2.3.4a.org/", URL_GOOD, "1.2.3.4a.org", "/", 443 },
	{ "https://localhost.org/", URL_GOOD, "localhost.org", "/", 443 },
	{ "", URL_LENGTH, 0, 0, 0 },
	{ "http://a.org/", URL_SCHEME, 0, 0, 0 },
	{ "HTTPS://a.org/", URL_SCHEME, 0, 0, 0 },
	{ "https:/a.org/", URL_SCHEME, 0, 0, 0 },
	{ "https:\\\\a.org/", URL_SCHEME, 0, 0, 0 },
	{ " https://a.org/", URL_SCHEME, 0, 0, 0 },
	{ "//a.org/", URL_SCHEME, 0, 0, 0 },
	{ "https://u@a.org/", URL_USERINFO, 0, 0, 0 },
	{ "https://u:p@a.org/", URL_USERINFO, 0, 0, 0 },
	{ "https://a.org\\@b.org/", URL_USERINFO, 0, 0, 0 },
	{ "https://", URL_HOST, 0, 0, 0 },
	{ "https:///a.org/", URL_HOST, 0, 0, 0 },
	{ "https://:443/", URL_HOST, 0, 0, 0 },
	{ "https://a..org/", URL_HOST, 0, 0, 0 },
	{ "https://.a.org/", URL_HOST, 0, 0, 0 },
	{ "https://a.org./", URL_HOST, 0, 0, 0 },
	{ "https://-a.org/", URL_HOST, 0, 0, 0 },
	{ "https://a-.org/", URL_HOST, 0, 0, 0 },
	{ "https://a_b.org/", URL_HOST, 0, 0, 0 },
	{ "https://ab--c.org/", URL_HOST, 0, 0, 0 },
	{ "https://xn--.org/", URL_HOST, 0, 0, 0 },
	{ "https://xn--a-ecp.org/", URL_HOST, 0, 0, 0 },
	{ "https://a%2eorg/", URL_HOST, 0, 0, 0 },
	{ "https://\xc3\xa4.org/", URL_HOST, 0, 0, 0 },
	{ "https://[::1]/", URL_HOST, 0, 0, 0 },
	{ "https://[2606:4700::1111]/", URL_HOST, 0, 0, 0 },
	{ "https://a.org b/", URL_HOST, 0, 0, 0 },
	{ "https://1.2.3.4/", URL_ADDRESS, 0, 0, 0 },
	{ "https://127.1/", URL_ADDRESS, 0, 0, 0 },
	{ "https://0x7f.1/", URL_ADDRESS, 0, 0, 0 },
	{ "https://0x7f000001/", URL_ADDRESS, 0, 0, 0 },
	{ "https://2130706433/", URL_ADDRESS, 0, 0, 0 },
	{ "https://a.0x1/", URL_ADDRESS, 0, 0, 0 },
	{ "https://a.1/", URL_ADDRESS, 0, 0, 0 },
	{ "https://localhost/", URL_PRIVATE, 0, 0, 0 },
	{ "https://LOCALHOST/", URL_PRIVATE, 0, 0, 0 },
	{ "https://org/", URL_PRIVATE, 0, 0, 0 },
	{ "https://a.local/", URL_PRIVATE, 0, 0, 0 },
	{ "https://a.LocalHost/", URL_PRIVATE, 0, 0, 0 },
	{ "https://metadata.google.internal/", URL_PRIVATE, 0, 0, 0 },
	{ "https://1.0.0.127.in-addr.arpa/", URL_PRIVATE, 0, 0, 0 },
	{ "https://a.org:/", URL_PORT, 0, 0, 0 },
	{ "https://a.org:80/", URL_PORT, 0, 0, 0 },
	{ "https://a.org:0443/", URL_PORT, 0, 0, 0 },
	{ "https://a.org:443443/", URL_PORT, 0, 0, 0 },
	{ "https://a.org:443:443/", URL_PORT, 0, 0, 0 },
	{ "https://a.org:+443/", URL_PORT, 0, 0, 0 },
	{ "https://a.org#", URL_FRAGMENT, 0, 0, 0 },
	{ "https://a.org/x#y", URL_FRAGMENT, 0, 0, 0 },
	{ "https://a.org/a b", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/\r\nX: y", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%2", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%2g", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%00", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%0d%0A", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/%7F", URL_CHARACTER, 0, 0, 0 },
	{ "https://a.org/.", URL_PATH, 0, 0, 0 },
	{ "https://a.org/../x", URL_PATH, 0, 0, 0 },
	{ "https://a.org/x/%2E./", URL_PATH, 0, 0, 0 },
	{ "https://a.org/%2e", URL_PATH, 0, 0, 0 },
	{ "https://a.org?x=y", URL_PATH, 0, 0, 0 },
};

static void
test_rows(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct url u = { .port = 7 };
		enum url_fault f = url_read(span_of(rows[i].text), &u);
		if (f != rows[i].fault)
			fail_msg("%s: %s", rows[i].text, url_fault_text(f));
		assert_int_equal(u.port, f == URL_GOOD ? rows[i].port : 7);
		if (f != URL_GOOD) {
			assert_true(strlen(url_fault_text(f)) > 10);
			continue;
		}
		assert_string_equal(u.host, rows[i].host);
		assert_span_is(u.target, rows[i].target);
	}
}

/* A string of that many bytes, of which the first are given. */
static struct span
filled(struct desk *d, const char *begin, size_t len)
{
	uint8_t *p = arena_bytes(d->arena, len);

	assert_non_null(p);
	memset(p, 'a', len);
	memcpy(p, begin, strlen(begin) < len ? strlen(begin) : len);
	return (struct span){ p, len };
}

static void
test_limits(void **unused)
{
	struct desk d;
	struct url u;
	char host[URL_HOST_BYTES + 1], name[300] = "";

	(void)unused;
	desk_begin(&d, 65536);
	assert_int_equal(url_read(filled(&d, "https://a.org/", URL_BYTES - 1), &u), URL_GOOD);
	assert_int_equal(url_read(filled(&d, "https://a.org/", URL_BYTES), &u), URL_GOOD);
	assert_int_equal(u.target.len, URL_BYTES - strlen("https://a.org"));
	assert_int_equal(url_read(filled(&d, "https://a.org/", URL_BYTES + 1), &u), URL_LENGTH);
	assert_int_equal(host_read(filled(&d, "a.", 2 + 62), host), URL_GOOD);
	assert_int_equal(host_read(filled(&d, "a.", 2 + 63), host), URL_GOOD);
	assert_int_equal(host_read(filled(&d, "a.", 2 + 64), host), URL_HOST);
	for (size_t i = 0; i < 63; i++)
		memcpy(name + i * 4, "abc.", 4);
	assert_int_equal(host_read((struct span){ (uint8_t *)name, 251 }, host), URL_GOOD);
	memcpy(name + 251, "d.e", 3);
	assert_int_equal(host_read((struct span){ (uint8_t *)name, 252 }, host), URL_GOOD);
	name[252] = 'd';
	assert_int_equal(host_read((struct span){ (uint8_t *)name, 253 }, host), URL_GOOD);
	assert_int_equal(strlen(host), 253);
	name[253] = 'd';
	assert_int_equal(host_read((struct span){ (uint8_t *)name, 254 }, host), URL_HOST);
	desk_end(&d);
}

/* Every byte at every place: what is taken still has the host that stands there. */
static void
test_every_byte_everywhere(void **unused)
{
	static const char good[] = "https://ab.org:8443/p%20q?r";
	size_t taken = 0;

	(void)unused;
	for (size_t at = 0; at < sizeof(good) - 1; at++) {
		for (unsigned c = 0; c < 256; c++) {
			char text[sizeof(good)];
			struct url u;
			memcpy(text, good, sizeof(good));
			text[at] = (char)c;
			struct span s = { (const uint8_t *)text, sizeof(good) - 1 };
			if (url_read(s, &u) != URL_GOOD || text[at] == good[at])
				continue;
			taken++;
			assert_true(at >= 8 && c > ' ' && c < 0x7f &&
				    !strchr("\"<>[]\\^`{|}#", (int)c));
			assert_true(c != (unsigned)0x40 || at > 19);
			assert_true(at <= 14 || strcmp(u.host, "ab.org") == 0);
			if (at > 14)
				assert_int_equal(u.port, 8443);
		}
	}
	assert_true(taken > 500);
	for (size_t len = 0; len < sizeof(good) - 1; len++) {
		struct url u;
		bool cut = len < 12 || (len > 14 && len < 19) || len == 22 || len == 23;
		enum url_fault f = url_read((struct span){ (const uint8_t *)good, len }, &u);
		assert_int_equal(f != URL_GOOD, cut);
	}
}

static const struct {
	const char *text;
	bool good;
} labels[] = {
	{ "bcher-kva", true },
	{ "mnchen-3ya", true },
	{ "p1ai", true },
	{ "fa-hia", true },
	{ "fiq228c", true },
	{ "", false },
	{ "-", false },
	{ "a", false },
	{ "a-", false },
	{ "bcher-kv", false },
	{ "bcher-", false },
	{ "bcher-kva9", false },
	{ "-bcher-kva", false },
	{ "a-ecp", false },
	{ "a-yoc", false },
	{ "99999999", false },
	{ "zzzzzzzzzzzz", false },
	{ "bcher-k!a", false },
	{ "bcher-k\xc3", false },
	{ "ls8h", false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-kva", false },
};

static void
test_labels(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(labels); i++)
		if (puny_label(span_of(labels[i].text)) != labels[i].good)
			fail_msg("%s", labels[i].text);
}

static void
test_lists_of_hosts(void **unused)
{
	const struct span some[] = { SPAN_LIT("a.org"), SPAN_LIT("*.b.org") };
	const struct span any[] = { SPAN_LIT("*") };

	(void)unused;
	assert_true(host_listed("a.org", some, 2));
	assert_true(host_listed("x.b.org", some, 2));
	assert_true(host_listed("x.y.b.org", some, 2));
	assert_false(host_listed("b.org", some, 2));
	assert_false(host_listed("xb.org", some, 2));
	assert_false(host_listed("x.a.org", some, 2));
	assert_false(host_listed("a.org", some, 0));
	assert_true(host_listed("z.net", any, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_every_byte_everywhere),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_lists_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
