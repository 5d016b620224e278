/* test_cert.c - how much a certificate may hold before it is none for us: each part at its ceiling and one above. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/signer_file.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;
static struct span spki;

static int
open_all(void **state)
{
	struct private_key *k;

	(void)state;
	arena = arena_new((size_t)64 << 20);
	assert_non_null(arena);
	assert_int_equal(private_new(PRIVATE_P256, &k), 0);
	assert_int_equal(private_spki(k, arena, &spki), 0);
	private_free(k);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* --- DER by hand: what OpenSSL would not write --- */

enum {
	OCTETS = 0x04,
	UTF8 = 0x0c,
	SEQUENCE = 0x30,
	SET = 0x31,
	CONTEXT_0 = 0xa0,
	CONTEXT_3 = 0xa3,
	RELATIVE = 0xa1
};

static const char p256_sha256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
static const char common_name[] = "\x06\x03\x55\x04\x03";
static const char crl_points[] = "\x06\x03\x55\x1d\x1f";
static const char alternative_names[] = "\x06\x03\x55\x1d\x11";
static const char private_oid[] = "\x06\x04\x2a\x03\x04\x05";
static const char dates[] = "\x30\x1e\x17\x0d"
			    "260101000000Z"
			    "\x17\x0d"
			    "280101000000Z";

#define LIT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static struct span
done(struct buf *b)
{
	struct span out = arena_copy(arena, buf_span(b));

	assert_int_equal(b->error, 0);
	return out;
}

static struct span
wrap(uint8_t tag, struct span inside)
{
	struct buf b = buf_in(arena, SIZE_MAX);

	buf_be(&b, tag, 1);
	buf_be(&b, 0x83, 1);
	buf_be(&b, inside.len, 3);
	buf_add(&b, inside);
	return done(&b);
}

static struct span
join(struct span a, struct span b)
{
	struct buf out = buf_in(arena, SIZE_MAX);

	buf_add(&out, a);
	buf_add(&out, b);
	return done(&out);
}

static struct span
times(struct span s, size_t count)
{
	struct buf b = buf_in(arena, SIZE_MAX);

	for (size_t i = 0; i < count; i++)
		buf_add(&b, s);
	return count > 0 ? done(&b) : SPAN_NONE;
}

static struct span
attribute(void)
{
	return wrap(SEQUENCE, join(LIT(common_name), wrap(UTF8, LIT("x"))));
}

static struct span
name_of(size_t entries)
{
	return wrap(SEQUENCE, times(wrap(SET, attribute()), entries));
}

static struct span
extension(struct span oid, struct span value)
{
	return wrap(SEQUENCE, join(oid, wrap(OCTETS, value)));
}

struct parts {
	size_t issuer, subject, extensions, points, names;
};

static struct span
extensions_of(const struct parts *p)
{
	struct span point = wrap(SEQUENCE, wrap(CONTEXT_0, wrap(RELATIVE, attribute())));
	struct span uri = LIT("\x86\x01x"), all = SPAN_NONE;

	all = times(extension(LIT(private_oid), LIT("\x05\x00")), p->extensions);
	if (p->points > 0)
		all = join(
			all, extension(LIT(crl_points), wrap(SEQUENCE, times(point, p->points))));
	if (p->names > 0)
		all = join(all,
			extension(LIT(alternative_names), wrap(SEQUENCE, times(uri, p->names))));
	return wrap(CONTEXT_3, wrap(SEQUENCE, all));
}

/* Signed by nobody: reading a certificate does not ask. */
static struct span
certificate(const struct parts *p)
{
	struct buf b = buf_in(arena, SIZE_MAX);

	buf_add(&b, LIT("\xa0\x03\x02\x01\x02\x02\x01\x01"));
	buf_add(&b, LIT(p256_sha256));
	buf_add(&b, name_of(p->issuer));
	buf_add(&b, LIT(dates));
	buf_add(&b, name_of(p->subject));
	buf_add(&b, spki);
	buf_add(&b, extensions_of(p));
	struct span tbs = wrap(SEQUENCE, done(&b));
	return wrap(SEQUENCE, join(join(tbs, LIT(p256_sha256)), LIT("\x03\x02\x00\x00")));
}

static void
test_ceilings(void **state)
{
	static const struct {
		struct parts parts;
		bool read;
	} rows[] = {
		{ { 1, 1, 1, 1, 1 }, true },
		{ { 32, 32, 30, 32, 128 }, true },
		{ { 33, 1, 1, 0, 0 }, false },
		{ { 1, 33, 1, 0, 0 }, false },
		{ { 1, 1, 32, 0, 0 }, true },
		{ { 1, 1, 33, 0, 0 }, false },
		{ { 1, 1, 0, 33, 0 }, false },
		{ { 1, 1, 0, 0, 12000 }, true },
		{ { 1, 1, 0, 0, 22000 }, false },
		/* what once took minutes: each point copies the issuer's name */
		{ { 2000, 1, 0, 2000, 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cert *c;
		struct span der = certificate(&rows[i].parts);
		assert_int_equal(cert_from_der(der, &key_policy_default, &c), 0);
		if ((c != NULL) != rows[i].read)
			fail_msg("row %zu of %zu bytes: %s", i, der.len, c ? "read" : "refused");
		cert_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ceilings),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
