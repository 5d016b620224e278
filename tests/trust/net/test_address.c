/* test_address.c - the first and the last address of every range, and its neighbours on both sides. */
#include "trust/net/address.h"

#include "tests/base/aid_base.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct address
parsed(const char *text)
{
	struct address a = { { 0 }, strchr(text, ':') ? 16 : 4 };

	assert_int_equal(inet_pton(a.len == 4 ? AF_INET : AF_INET6, text, a.bytes), 1);
	return a;
}

/* NULL: the neighbour is in another range, or there is none. */
static const struct {
	const char *before, *first, *last, *after;
} ranges[] = {
	{ NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0" },
	{ "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
	{ "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
	{ "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
	{ "168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17" },
	{ "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
	{ "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
	{ "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0" },
	{ "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0" },
	{ "192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0" },
	{ "192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0" },
	{ "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0" },
	{ "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
	{ "192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0" },
	{ "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0" },
	{ "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0" },
	{ "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0" },
	{ "223.255.255.255", "224.0.0.0", "255.255.255.255", NULL },
	{ NULL, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::" },
	{ "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
	{ "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
		"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
	{ "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::" },
	{ "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
		"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::" },
	{ "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::" },
	{ "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
};

static void
check(const char *text, bool special)
{
	if (!text)
		return;
	struct address a = parsed(text);
	if ((address_special(&a) != NULL) != special)
		fail_msg("%s is %s", text, special ? "let through" : "refused");
}

static void
test_ranges(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(ranges); i++) {
		check(ranges[i].before, false);
		check(ranges[i].first, true);
		check(ranges[i].last, true);
		check(ranges[i].after, false);
	}
}

/* Whatever is carried inside, even a public one. */
static void
test_carriers(void **unused)
{
	static const char *const texts[] = { "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8",
		"64:ff9b:1::8.8.8.8", "2002:808:808::1", "2001:0:808:808::1", "fe80::1", "fc00::1",
		"ff02::1", "::1" };

	(void)unused;
	for (size_t i = 0; i < COUNT(texts); i++)
		check(texts[i], true);
}

static void
test_no_address(void **unused)
{
	const struct address odd[] = { { { 8, 8, 8, 8 }, 0 }, { { 8, 8, 8, 8 }, 5 },
		{ { 0x26 }, 15 } };

	(void)unused;
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_non_null(address_special(&odd[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_carriers),
		cmocka_unit_test(test_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
