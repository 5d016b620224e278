/* test_guard.c - connections and requests of one address; the table never grows. */
#include "gateway/http/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SECOND = 1000000 };

static const struct config_http limits = { .connections_per_address = 3, .rate = 10, .burst = 20 };

static struct guard *
fresh(const struct config_http *l)
{
	struct guard *g = NULL;

	assert_int_equal(guard_new(l, &g), 0);
	return g;
}

static void
test_connections(void **state)
{
	struct guard *g = fresh(&limits);
	const struct peer a = { 7 }, b = { 8 };
	struct seat *s[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_non_null(s[i] = guard_enter(g, a, SECOND));
	assert_null(guard_enter(g, a, SECOND));
	assert_non_null(guard_enter(g, b, SECOND));
	guard_leave(g, s[0]);
	assert_non_null(guard_enter(g, a, SECOND));
	assert_null(guard_enter(g, a, SECOND));
	guard_free(g);
}

static void
test_rate(void **state)
{
	struct guard *g = fresh(&limits);
	struct seat *s = guard_enter(g, (struct peer){ 7 }, SECOND);

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_true(guard_request(g, s, SECOND));
	assert_false(guard_request(g, s, SECOND));
	assert_false(guard_request(g, s, SECOND + 99999));
	assert_true(guard_request(g, s, SECOND + 100000)); /* a tenth of a second later */
	assert_false(guard_request(g, s, SECOND + 100000));
	for (int i = 0; i < 20; i++) /* never more than the burst */
		assert_true(guard_request(g, s, 1000ull * SECOND));
	assert_false(guard_request(g, s, 1000ull * SECOND));
	/* leaving and coming back gains nothing */
	guard_leave(g, s);
	assert_false(guard_request(
		g, guard_enter(g, (struct peer){ 7 }, 1000ull * SECOND), 1000ull * SECOND));
	guard_free(g);
}

static void
test_no_rate(void **state)
{
	const struct config_http none = { .connections_per_address = 1 };
	struct guard *g = fresh(&none);
	struct seat *s = guard_enter(g, (struct peer){ 7 }, SECOND);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_true(guard_request(g, s, SECOND));
	guard_free(g);
}

/* Far more addresses than places, each with a connection: all are counted, and all can leave. */
static void
test_flood(void **state)
{
	enum { MANY = 30000 };
	static struct seat *seats[MANY];
	struct guard *g = fresh(&limits);
	size_t in = 0;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		in += (seats[i] = guard_enter(g, (struct peer){ i * 977 + 1 }, SECOND)) != NULL;
	assert_in_range(in, 8000, MANY - 1);
	for (size_t i = 0; i < MANY; i++)
		if (seats[i])
			guard_leave(g, seats[i]);
	for (uint64_t i = 0; i < 3; i++)
		assert_non_null(guard_enter(g, (struct peer){ 5 }, SECOND));
	guard_free(g);
}

static struct peer
parsed(int family, const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	assert_int_equal(
		inet_pton(family, text,
			family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr),
		1);
	return peer_of(family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six);
}

static void
test_addresses(void **state)
{
	(void)state;
	assert_int_equal(
		parsed(AF_INET, "10.1.2.3").bits, parsed(AF_INET6, "::ffff:10.1.2.3").bits);
	assert_int_not_equal(parsed(AF_INET, "10.1.2.3").bits, parsed(AF_INET, "10.1.2.4").bits);
	assert_int_equal(parsed(AF_INET6, "2001:db8:0:1::1").bits,
		parsed(AF_INET6, "2001:db8:0:1:ffff::2").bits);
	assert_int_not_equal(
		parsed(AF_INET6, "2001:db8:0:2::1").bits, parsed(AF_INET6, "2001:db8:0:4::1").bits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
