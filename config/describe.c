/* describe.c - rows of the table in words: what a key takes, and a value as it is written in a file. */
#include "config/config_impl.h"

struct unit {
	uint64_t factor;
	const char *name;
};

static const struct unit sizes[] = { { 1099511627776, " TiB" }, { 1073741824, " GiB" },
	{ 1048576, " MiB" }, { 1024, " KiB" }, { 1, " B" } };
static const struct unit times[] = { { 86400, " d" }, { 3600, " h" }, { 60, " m" }, { 1, " s" } };

static void
quantity(struct buf *b, const struct key_row *row, uint64_t v)
{
	bool time = row->type == TYPE_SECONDS || row->type == TYPE_AGE;
	const struct unit *u = config_counts_bytes(row) ? sizes : time ? times : NULL;

	if (!u || v == 0) {
		buf_uint(b, v);
		return;
	}
	while (v % u->factor != 0)
		u++;
	buf_uint(b, v / u->factor);
	buf_str(b, u->name);
}

static void
range(struct buf *b, const struct key_row *row)
{
	bool time = row->type == TYPE_SECONDS || row->type == TYPE_AGE;

	buf_str(b, config_counts_bytes(row) ? "a size from "
		   : time                   ? "a time from "
					    : "a whole number from ");
	quantity(b, row, row->low);
	buf_str(b, " to ");
	quantity(b, row, row->high);
}

static void
names(struct buf *b, enum key_type type)
{
	const char *name;

	for (size_t i = 0; (name = config_choice(type, i)) != NULL; i++) {
		buf_str(b, i == 0 ? "" : config_choice(type, i + 1) ? ", " : " or ");
		buf_str(b, name);
	}
}

void
config_allowed(struct buf *b, const struct key_row *row)
{
	/* of types that are neither numbers nor have names to choose from */
	static const char *const words[] = {
		[TYPE_PATH] = "a path, from the folder of this file",
		[TYPE_ADDRESS] = "HOST:PORT, an IPv6 host in brackets",
		[TYPE_COUNTRY] = "a country of two capital letters",
		[TYPE_ISSUER] = "an issuer as its documents name it, without blanks",
		[TYPE_DATABASE] = "postgresql://..., without a password: that belongs in a file "
				  "(passfile=, service=)",
		[TYPE_BASE] = "an https address without a / at its end",
		[TYPE_NAME] = "a name of at most 200 bytes",
		[TYPE_DIGEST] = "64 hexadecimal digits",
		[TYPE_HOLDER] = "a subject as \"CN=Port Health,C=AQ\", or 64 hexadecimal digits",
		[TYPE_LIST_ROLES] =
			"verify, attest and revoke, with commas between them, each once",
		[TYPE_RESOLVER] = "an https address of a public host that ends in /",
		[TYPE_LIST_SCHEMES] = "schemes with commas between them (`vidimus help schemes`)",
		[TYPE_LIST_AUTHORITIES] = "issuers with commas between them",
		[TYPE_LIST_SUPPLIES] = "element=value with commas between them, elements as loss "
				       "reports name them",
		[TYPE_LIST_HOSTS] = "host names in small letters, with commas between them",
	};

	if (row->type <= TYPE_AGE)
		range(b, row);
	else if (row->type < sizeof(words) / sizeof(words[0]) && words[row->type])
		buf_str(b, words[row->type]);
	else
		names(b, row->type);
}

static void
show_address(struct buf *b, const struct config_address *a)
{
	bool brackets = span_find(a->host, ':') < a->host.len;

	buf_str(b, brackets ? "[" : "");
	buf_add(b, a->host);
	buf_str(b, brackets ? "]:" : ":");
	buf_uint(b, a->port);
}

static void
show_list(struct buf *b, const struct span *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_str(b, i == 0 ? "" : ", ");
		buf_add(b, items[i]);
	}
}

static void
show_supplies(struct buf *b, const struct policy *p)
{
	for (size_t i = 0; i < p->supply_count; i++) {
		buf_str(b, i > 0 ? ", " : "");
		buf_add(b, p->supplies[i].element);
		buf_char(b, '=');
		buf_add(b, p->supplies[i].value);
	}
}

static void
show_roles(struct buf *b, unsigned roles)
{
	const char *name, *comma = "";

	for (size_t i = 0; (name = config_role_name(i)); i++) {
		if (!(roles & 1u << i))
			continue;
		buf_str(b, comma);
		buf_str(b, name);
		comma = ", ";
	}
}

static void
show_number(struct buf *b, const struct key_row *row, const void *at)
{
	if (row->type == TYPE_UNSIGNED)
		quantity(b, row, *(const unsigned *)at);
	else if (row->type == TYPE_SECONDS)
		quantity(b, row, (uint64_t) * (const int *)at);
	else if (row->type == TYPE_AGE)
		quantity(b, row, (uint64_t) * (const int64_t *)at);
	else
		quantity(b, row, *(const size_t *)at);
}

void
config_show(struct buf *b, const struct key_row *row, const void *target)
{
	const void *at = (const char *)target + row->offset;
	const struct policy *p = target;

	switch (row->type) {
	case TYPE_SIZE:
	case TYPE_COUNT:
	case TYPE_LIMIT:
	case TYPE_UNSIGNED:
	case TYPE_SECONDS:
	case TYPE_AGE:
		show_number(b, row, at);
		break;
	case TYPE_BOOL:
		buf_str(b, config_choice(row->type, *(const bool *)at ? 0 : 1));
		break;
	case TYPE_ENVIRONMENT:
	case TYPE_DOMAIN:
	case TYPE_LOG:
	case TYPE_LINKS:
	case TYPE_GATE:
		buf_str(b, config_choice(row->type, *(const unsigned *)at));
		break;
	case TYPE_PATH:
	case TYPE_KIND:
	case TYPE_COUNTRY:
	case TYPE_ISSUER:
	case TYPE_RESOLVER:
	case TYPE_DATABASE:
	case TYPE_BASE:
	case TYPE_NAME:
	case TYPE_HOLDER:
		buf_add(b, *(const struct span *)at);
		break;
	case TYPE_DIGEST:
		buf_hex(b, *(const struct span *)at);
		break;
	case TYPE_ADDRESS:
		show_address(b, at);
		break;
	case TYPE_LIST_ROLES:
		show_roles(b, *(const unsigned *)at);
		break;
	case TYPE_LIST_SCHEMES:
		show_list(b, p->schemes, p->scheme_count);
		break;
	case TYPE_LIST_AUTHORITIES:
		show_list(b, p->authorities, p->authority_count);
		break;
	case TYPE_LIST_HOSTS:
		show_list(b, p->link_hosts, p->link_host_count);
		break;
	case TYPE_LIST_SUPPLIES:
		show_supplies(b, p);
		break;
	}
}
