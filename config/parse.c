/* parse.c - texts into typed values: sizes with units, durations, switches, addresses, names, lists.
 *
 * A value is taken whole or not at all; what the key would have taken is told by
 * describe.c from the same row.
 */
#include "codecs/base/ascii.h"
#include "codecs/base/text.h"
#include "codecs/record/loss.h"
#include "config/config_impl.h"
#include "trust/net/url.h"
#include "trust/source.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	ISSUER_LENGTH = 2048,
	HOST_LENGTH = 63,
	DIGEST_DIGITS = 64,
	DATABASE_LENGTH = 2048,
	BASE_LENGTH = 1024,
	NAME_LENGTH = 200,
	SUBJECT_LENGTH = 1024
};

static bool
digits(struct span *s, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (uint64_t)(s->ptr[i] - '0'), &v))
			return false;
	*s = span_from(*s, i);
	*out = v;
	return i > 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = { { "", 1 }, { "B", 1 }, { "KiB", 1024 }, { "MiB", 1048576 },
	{ "GiB", 1073741824 }, { "TiB", 1099511627776 }, { 0 } };
static const struct unit times[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
	{ "d", 86400 }, { 0 } };
static const struct unit plain[] = { { "", 1 }, { 0 } };

bool
config_counts_bytes(const struct key_row *row)
{
	struct span text = span_of(row->text);

	return row->type == TYPE_SIZE ||
	       (row->type == TYPE_LIMIT && (span_starts(text, SPAN_LIT("bytes of ")) ||
						   span_starts(text, SPAN_LIT("bytes that "))));
}

static bool
number(const struct key_row *row, struct span s, uint64_t *out)
{
	bool time = row->type == TYPE_SECONDS || row->type == TYPE_AGE;
	const struct unit *u = config_counts_bytes(row) ? sizes : time ? times : plain;
	uint64_t v;

	if (!digits(&s, &v))
		return false;
	s = span_trim(s);
	while (u->name && !span_is(s, u->name))
		u++;
	if (!u->name || __builtin_mul_overflow(v, u->factor, &v) || v < row->low || v > row->high)
		return false;
	*out = v;
	return true;
}

static bool
counted(const struct key_row *row, struct span s, void *to)
{
	uint64_t v;

	if (!number(row, s, &v))
		return false;
	if (row->type == TYPE_UNSIGNED)
		*(unsigned *)to = (unsigned)v;
	else if (row->type == TYPE_SECONDS)
		*(int *)to = (int)v;
	else if (row->type == TYPE_AGE)
		*(int64_t *)to = (int64_t)v;
	else
		*(size_t *)to = (size_t)v;
	return true;
}

const char *
config_choice(enum key_type type, size_t index)
{
	static const char *const switches[] = { "yes", "no" };
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	static const char *const links[] = { "no", "listed", "any" };
	static const char *const gates[] = { "open", "token" };
	const struct trust_source *kind;

	switch (type) {
	case TYPE_BOOL:
		return index < 2 ? switches[index] : NULL;
	case TYPE_LOG:
		return index < 4 ? levels[index] : NULL;
	case TYPE_LINKS:
		return index < 3 ? links[index] : NULL;
	case TYPE_GATE:
		return index < 2 ? gates[index] : NULL;
	case TYPE_DOMAIN:
		return index < TRUST_DOMAINS ? domain_name((enum trust_domain)index) : NULL;
	case TYPE_ENVIRONMENT:
		return index < ENV_COUNT ? env_name((enum trust_env)index) : NULL;
	case TYPE_KIND:
		kind = trust_source_kind_at(index);
		return kind ? kind->kind : NULL;
	default:
		return NULL;
	}
}

static bool
chosen(const struct key_row *row, struct span s, void *to)
{
	const char *name;
	size_t i = 0;

	while ((name = config_choice(row->type, i)) != NULL && !span_is(s, name))
		i++;
	if (!name)
		return false;
	if (row->type == TYPE_BOOL)
		*(bool *)to = i == 0;
	else if (row->type == TYPE_ENVIRONMENT)
		*(enum trust_env *)to = (enum trust_env)i;
	else if (row->type == TYPE_DOMAIN)
		*(enum trust_domain *)to = (enum trust_domain)i;
	else if (row->type == TYPE_LINKS)
		*(enum policy_links *)to = (enum policy_links)i;
	else if (row->type == TYPE_GATE)
		*(enum config_gate *)to = (enum config_gate)i;
	else if (row->type == TYPE_LOG)
		*(enum config_log *)to = (enum config_log)i;
	else
		*(struct span *)to = span_of(name);
	return true;
}

/* An IPv6 address, an IPv4 address, or a name; what is all digits and dots is no name. */
static bool
host(struct span s, bool brackets)
{
	char text[HOST_LENGTH + 1];
	uint8_t address[sizeof(struct in6_addr)];
	bool number = true;

	if (s.len == 0 || s.len > HOST_LENGTH)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	if (brackets)
		return inet_pton(AF_INET6, text, address) == 1;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i], small = c | 0x20;
		bool letter = (small >= 'a' && small <= 'z') || c == '-';
		bool digit = (c >= '0' && c <= '9') || c == '.';
		if (!letter && !digit)
			return false;
		number = number && digit;
	}
	return !number || inet_pton(AF_INET, text, address) == 1;
}

/* host:port, with an IPv6 address in brackets. */
static bool
address(struct span s, struct config_address *out)
{
	size_t colon = s.len;
	uint64_t port;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ':')
			colon = i;
	struct span name = span_slice(s, 0, colon), rest = span_from(s, colon + 1);
	bool brackets = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
	if (brackets)
		name = span_slice(name, 1, name.len - 2);
	if (!host(name, brackets) || !digits(&rest, &port) || rest.len > 0 || port > 65535)
		return false;
	*out = (struct config_address){ name, (unsigned)port };
	return true;
}

static bool
country(struct span s, struct span *out)
{
	if (s.len != 2 || s.ptr[0] < 'A' || s.ptr[0] > 'Z' || s.ptr[1] < 'A' || s.ptr[1] > 'Z')
		return false;
	*out = s;
	return true;
}

/* Kept byte for byte: it is compared so. */
static bool
issuer(struct span s, struct span *out)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return false;
	*out = s;
	return s.len > 0 && s.len <= ISSUER_LENGTH;
}

static bool
list(struct reading *r, struct span s, const struct span **out, size_t *count)
{
	struct span *items = ARENA_ARRAY(r->arena, s.len / 2 + 1, struct span);
	struct span item;
	size_t n = 0;

	if (!items)
		return false;
	while (span_split(&s, ',', &item)) {
		item = span_trim(item);
		if (item.len == 0)
			return false;
		items[n++] = item;
	}
	*out = items;
	*count = n;
	return true;
}

static bool
schemes(struct reading *r, struct span s, struct policy *p)
{
	const struct span *items;
	size_t count;

	if (!list(r, s, &items, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!scheme_named(items[i]))
			return false;
	p->schemes = items;
	p->scheme_count = count;
	return true;
}

/* Names as they stand in addresses: host() already knows their characters; capitals would never match. */
static bool
hosts(struct reading *r, struct span s, struct policy *p)
{
	const struct span *items;
	size_t count;

	if (!list(r, s, &items, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!host(items[i], false))
			return false;
		for (size_t j = 0; j < items[i].len; j++)
			if (items[i].ptr[j] >= 'A' && items[i].ptr[j] <= 'Z')
				return false;
	}
	p->link_hosts = items;
	p->link_host_count = count;
	return true;
}

/* element=value; each element once. */
static bool
supply(struct span s, struct policy *p, struct policy_supply *out)
{
	size_t sign = span_find(s, '=');

	*out = (struct policy_supply){ span_trim(span_slice(s, 0, sign)),
		span_trim(span_from(s, sign < s.len ? sign + 1 : s.len)) };
	for (size_t i = 0; i < p->supply_count; i++)
		if (span_eq(p->supplies[i].element, out->element))
			return false;
	return element_named(out->element) != ELEMENT_COUNT && out->value.len > 0;
}

static bool
supplies(struct reading *r, struct span s, struct policy *p)
{
	struct policy own = { 0 };
	const struct span *items;
	struct policy_supply *all;
	size_t count;

	if (!list(r, s, &items, &count))
		return false;
	all = ARENA_ARRAY(r->arena, count + 1, struct policy_supply);
	own.supplies = all;
	for (own.supply_count = 0; all && own.supply_count < count; own.supply_count++)
		if (!supply(items[own.supply_count], &own, &all[own.supply_count]))
			return false;
	if (!all)
		return false;
	p->supplies = all;
	p->supply_count = count;
	return true;
}

/* What a DID is put behind. */
static bool
resolver(struct span s, struct span *out)
{
	struct url url;

	if (url_read(s, &url) != URL_GOOD || span_find(s, '?') < s.len || s.ptr[s.len - 1] != '/')
		return false;
	*out = s;
	return true;
}

static bool
digest(struct reading *r, struct span s, struct span *out)
{
	struct span bytes = SPAN_NONE;
	size_t bad;

	if (s.len != DIGEST_DIGITS || hex_decode(r->arena, s, &bytes, &bad) != 0 || !bytes.ptr)
		return false;
	*out = bytes;
	return true;
}

/* libpq's form of an address. A password would stand there for all who may read the configuration. */
static bool
database(struct span s, struct span *out)
{
	struct span rest = s, after, part;
	size_t at, colon;

	if (span_starts(s, SPAN_LIT("postgresql://")))
		rest = span_from(s, sizeof("postgresql://") - 1);
	else if (span_starts(s, SPAN_LIT("postgres://")))
		rest = span_from(s, sizeof("postgres://") - 1);
	else
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == '#' || s.ptr[i] == 0x7f)
			return false;
	part = span_slice(rest, 0, span_find(rest, '/'));
	at = span_find(part, '@');
	colon = span_find(part, ':');
	after = span_from(rest, span_find(rest, '?') + 1);
	if (s.len > DATABASE_LENGTH || (at < part.len && colon < at))
		return false;
	while (span_split(&after, '&', &part)) {
		struct span name = span_slice(part, 0, span_find(part, '='));
		if (span_ends(name, SPAN_LIT("password")) || span_find(name, '%') < name.len)
			return false;
	}
	*out = s;
	return true;
}

/* What stands in front of every path that the gateway publishes. */
static bool
base(struct span s, struct span *out)
{
	struct span begin = SPAN_LIT("https://");

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || memchr("\"#?\\%<>", s.ptr[i], 8))
			return false;
	if (!span_starts(s, begin) || s.len == begin.len || s.len > BASE_LENGTH ||
		s.ptr[s.len - 1] == '/')
		return false;
	*out = s;
	return true;
}

/* A subject has at least one name in it; else it is a digest. */
static bool
holder(struct span s, struct span *out)
{
	bool subject = span_find(s, '=') < s.len;

	for (size_t i = 0; !subject && i < s.len; i++)
		if (ascii_hex(s.ptr[i]) < 0)
			return false;
	if (subject ? s.len > SUBJECT_LENGTH : s.len != DIGEST_DIGITS)
		return false;
	*out = s;
	return true;
}

static bool
roles(struct span s, unsigned *out)
{
	unsigned all = 0;
	struct span item;

	while (span_split(&s, ',', &item)) {
		unsigned one = config_role(span_trim(item));
		if (one == ROLE_NONE || all & one)
			return false;
		all |= one;
	}
	*out = all;
	return all != 0;
}

bool
config_parse(struct reading *r, const struct key_row *row, struct span s, void *target)
{
	void *to = (char *)target + row->offset;
	struct policy *p = target;

	switch (row->type) {
	case TYPE_SIZE:
	case TYPE_COUNT:
	case TYPE_LIMIT:
	case TYPE_UNSIGNED:
	case TYPE_SECONDS:
	case TYPE_AGE:
		return counted(row, s, to);
	case TYPE_BOOL:
	case TYPE_KIND:
	case TYPE_ENVIRONMENT:
	case TYPE_DOMAIN:
	case TYPE_LOG:
	case TYPE_LINKS:
	case TYPE_GATE:
		return chosen(row, s, to);
	case TYPE_PATH:
		*(struct span *)to = s;
		return s.len > 0;
	case TYPE_ADDRESS:
		return address(s, to);
	case TYPE_COUNTRY:
		return country(s, to);
	case TYPE_ISSUER:
		return issuer(s, to);
	case TYPE_RESOLVER:
		return resolver(s, to);
	case TYPE_DATABASE:
		return database(s, to);
	case TYPE_BASE:
		return base(s, to);
	case TYPE_NAME:
		*(struct span *)to = s;
		return s.len > 0 && s.len <= NAME_LENGTH;
	case TYPE_DIGEST:
		return digest(r, s, to);
	case TYPE_HOLDER:
		return holder(s, to);
	case TYPE_LIST_ROLES:
		return roles(s, to);
	case TYPE_LIST_SCHEMES:
		return schemes(r, s, p);
	case TYPE_LIST_AUTHORITIES:
		return list(r, s, &p->authorities, &p->authority_count);
	case TYPE_LIST_HOSTS:
		return hosts(r, s, p);
	case TYPE_LIST_SUPPLIES:
		return supplies(r, s, p);
	}
	return false;
}
