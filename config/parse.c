/* parse.c - texts into typed values: sizes with units, durations, switches, addresses, lists. */
#include "codecs/base/text.h"
#include "config/config_impl.h"

#include <string.h>

static bool
digits(struct span *s, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (uint64_t)(s->ptr[i] - '0'), &v))
			return false;
	*s = span_trim(span_from(*s, i));
	*out = v;
	return i > 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = { { "", 1 }, { "B", 1 }, { "KiB", 1024 }, { "MiB", 1048576 },
	{ "GiB", 1073741824 }, { 0 } };
static const struct unit times[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
	{ "d", 86400 }, { 0 } };
static const struct unit plain[] = { { "", 1 }, { 0 } };

static const char *
number(struct span s, const struct unit *units, const struct key_row *row, uint64_t *out)
{
	uint64_t v;

	if (!digits(&s, &v))
		return "a number is expected";
	for (; units->name; units++) {
		if (!span_is(s, units->name))
			continue;
		if (__builtin_mul_overflow(v, units->factor, &v) || v < row->low || v > row->high)
			return "the number is out of bounds";
		*out = v;
		return NULL;
	}
	return "the unit is not known (B, KiB, MiB, GiB for sizes; s, m, h, d for times)";
}

static const char *
choice(struct span s, const char *const *names, size_t *out)
{
	for (size_t i = 0; names[i]; i++)
		if (span_is(s, names[i])) {
			*out = i;
			return NULL;
		}
	return "the value is none of those allowed";
}

/* host:port, with an IPv6 address in brackets. */
static const char *
address(struct span s, struct config_address *out)
{
	size_t colon = s.len;
	uint64_t port;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ':')
			colon = i;
	struct span rest = span_from(s, colon + 1), host = span_slice(s, 0, colon);
	if (colon == s.len || !digits(&rest, &port) || rest.len > 0 || port > 65535)
		return "an address is HOST:PORT, an IPv6 host in brackets";
	if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = span_slice(host, 1, host.len - 2);
	else if (span_find(host, ':') < host.len || host.len == 0 || host.ptr[0] == '[')
		return "an address is HOST:PORT, an IPv6 host in brackets";
	*out = (struct config_address){ host, (unsigned)port };
	return NULL;
}

static const char *
list(struct reading *r, struct span s, const struct span **out, size_t *count)
{
	struct span *items = ARENA_ARRAY(r->arena, s.len / 2 + 1, struct span);
	struct span item;
	size_t n = 0;

	if (!items)
		return "there is no memory for it";
	while (span_split(&s, ',', &item)) {
		item = span_trim(item);
		if (item.len == 0)
			return "the list has an empty place";
		items[n++] = item;
	}
	*out = items;
	*count = n;
	return NULL;
}

static const char *
schemes(struct reading *r, struct span s, struct policy *p)
{
	const char *fault = list(r, s, &p->schemes, &p->scheme_count);

	for (size_t i = 0; !fault && i < p->scheme_count; i++)
		if (!scheme_named(p->schemes[i]))
			fault = "one of these schemes is not known (see `vidimus help schemes`)";
	return fault;
}

static const char *
environment(struct span s, enum trust_env *out)
{
	return env_named(s, out) ? NULL : "an environment is production, acceptance or demo";
}

static const char *
domain(struct span s, enum trust_domain *out)
{
	static const char *const names[] = { "dcc", "shc", "vc", "icao", "who", NULL };
	size_t i = 0;
	const char *fault = choice(s, names, &i);

	if (!fault)
		*out = (enum trust_domain)i;
	return fault ? "the schemes of a source are dcc, shc, vc, icao or who" : NULL;
}

static const char *
level(struct span s, enum config_log *out)
{
	static const char *const names[] = { "error", "warn", "info", "debug", NULL };
	size_t i = 0;
	const char *fault = choice(s, names, &i);

	if (!fault)
		*out = (enum config_log)i;
	return fault ? "a level is error, warn, info or debug" : NULL;
}

static const char *
boolean(struct span s, bool *out)
{
	if (!span_is(s, "yes") && !span_is(s, "no"))
		return "a switch is yes or no";
	*out = span_is(s, "yes");
	return NULL;
}

static const char *
counted(const struct key_row *row, struct span s, void *to)
{
	uint64_t v = 0;
	const char *fault = number(s,
		row->type == TYPE_SIZE                               ? sizes
		: row->type == TYPE_SECONDS || row->type == TYPE_AGE ? times
								     : plain,
		row, &v);

	if (fault)
		return fault;
	if (row->type == TYPE_UNSIGNED)
		*(unsigned *)to = (unsigned)v;
	else if (row->type == TYPE_SECONDS)
		*(int *)to = (int)v;
	else if (row->type == TYPE_AGE)
		*(int64_t *)to = (int64_t)v;
	else
		*(size_t *)to = (size_t)v;
	return NULL;
}

const char *
config_parse(struct reading *r, const struct key_row *row, struct span s, void *target)
{
	void *to = (char *)target + row->offset;

	switch (row->type) {
	case TYPE_SIZE:
	case TYPE_COUNT:
	case TYPE_UNSIGNED:
	case TYPE_SECONDS:
	case TYPE_AGE:
		return counted(row, s, to);
	case TYPE_BOOL:
		return boolean(s, to);
	case TYPE_TEXT:
		*(struct span *)to = s;
		return s.len > 0 ? NULL : "a value is expected";
	case TYPE_ADDRESS:
		return address(s, to);
	case TYPE_ENVIRONMENT:
		return environment(s, to);
	case TYPE_DOMAIN:
		return domain(s, to);
	case TYPE_LOG:
		return level(s, to);
	case TYPE_LIST_SCHEMES:
		return schemes(r, s, target);
	case TYPE_LIST_AUTHORITIES: {
		struct policy *p = target;
		return list(r, s, &p->authorities, &p->authority_count);
	}
	}
	return "this key can't be set";
}
