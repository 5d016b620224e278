/* address.c - one table of ranges, the first match tells. */
#include "trust/net/address.h"

struct range {
	uint8_t prefix[6];
	uint8_t bits;
	const char *name;
};

static const struct range four[] = {
	{ { 0 }, 8, "this network (RFC 791)" },
	{ { 10 }, 8, "private (RFC 1918)" },
	{ { 100, 64 }, 10, "shared by carriers (RFC 6598)" },
	{ { 127 }, 8, "loopback (RFC 1122)" },
	{ { 168, 63, 129, 16 }, 32, "a cloud's service address" },
	{ { 169, 254 }, 16, "link-local (RFC 3927)" },
	{ { 172, 16 }, 12, "private (RFC 1918)" },
	{ { 192, 0, 0 }, 24, "protocol assignments (RFC 6890)" },
	{ { 192, 0, 2 }, 24, "documentation (RFC 5737)" },
	{ { 192, 31, 196 }, 24, "AS112 (RFC 7535)" },
	{ { 192, 52, 193 }, 24, "AMT (RFC 7450)" },
	{ { 192, 88, 99 }, 24, "6to4 relay (RFC 7526)" },
	{ { 192, 168 }, 16, "private (RFC 1918)" },
	{ { 192, 175, 48 }, 24, "AS112 (RFC 7534)" },
	{ { 198, 18 }, 15, "benchmarking (RFC 2544)" },
	{ { 198, 51, 100 }, 24, "documentation (RFC 5737)" },
	{ { 203, 0, 113 }, 24, "documentation (RFC 5737)" },
	{ { 224 }, 4, "multicast (RFC 5771)" },
	{ { 240 }, 4, "reserved or broadcast (RFC 1112)" },
};

/* Of 2000::/3, which is all that is global unicast. */
static const struct range six[] = {
	{ { 0x20, 0x01, 0x00 }, 23,
		"protocol assignments (RFC 2928), Teredo and ORCHID among them" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, "documentation (RFC 3849)" },
	{ { 0x20, 0x02 }, 16, "6to4 (RFC 3056)" },
	{ { 0x26, 0x20, 0x00, 0x4f, 0x80, 0x00 }, 48, "AS112 (RFC 7534)" },
	{ { 0x3f, 0xff, 0x00 }, 20, "documentation (RFC 9637)" },
};

static bool
is_in(const uint8_t *a, const struct range *r)
{
	size_t whole = r->bits / 8u, rest = r->bits % 8u;

	if (memcmp(a, r->prefix, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ r->prefix[whole]) & (0xff00u >> rest) & 0xffu) == 0;
}

static const char *
range_of(const uint8_t *a, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_in(a, &ranges[i]))
			return ranges[i].name;
	return NULL;
}

const char *
address_special(const struct address *a)
{
	if (a->len == 4)
		return range_of(a->bytes, four, sizeof(four) / sizeof(four[0]));
	if (a->len != 16)
		return "no address";
	if ((a->bytes[0] & 0xe0) != 0x20)
		return "not global unicast (RFC 4291)";
	return range_of(a->bytes, six, sizeof(six) / sizeof(six[0]));
}
