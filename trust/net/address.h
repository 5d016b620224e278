/* address.h - which addresses may be connected to: global unicast, and nothing else.
 *
 * Pure.  The table is the IANA special-purpose registries of both families.  Addresses that carry another one
 * inside (mapped, compatible, 6to4, Teredo, NAT64) are refused as such, whatever they carry.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "codecs/base/span.h"

struct address {
	uint8_t bytes[16]; /* in network order; of IPv4 the first four */
	uint8_t len;       /* 4 or 16 */
};

/* What it is instead of public ("loopback"); NULL: a public unicast address. */
const char *address_special(const struct address *a);

#endif
