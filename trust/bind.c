/* bind.c - from the certificate in a document to the authority that issued it.
 *
 * Every authority of the country is tried alone: an authority often has two
 * certificates over one key (its own, and a link from the key before), and which
 * of them holds decides which list is answered for.
 */
#include "trust/bind.h"

#include "codecs/base/arena.h"
#include "trust/chain.h"

#include <errno.h>

enum {
	KID_OCTETS = 8,
	TAG_INTEGER = 0x02,
	TAG_OID = 0x06,
	TAG_PRINTABLE = 0x13,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31
};

/* Of one name and key in one environment: an authority has a few certificates, a sender's time is not ours. */
enum { AUTHORITIES_TRIED = 32 };

bool
trust_binds(enum trust_domain domain)
{
	return domain == TRUST_ICAO;
}

/* --- what the signer may sign --- */

/* The next DER item of less than 128 octets; false at the end and for anything else. */
static bool
next_item(struct cursor *c, uint8_t *tag, struct span *value)
{
	if (cursor_left(c) == 0)
		return false;
	*tag = cursor_u8(c);
	uint8_t len = cursor_u8(c);
	*value = cursor_take(c, len);
	return len < 0x80 && !c->failed;
}

/* The inside of the one item that `der` is. */
static struct cursor
inside(struct span der, uint8_t wanted)
{
	struct cursor c = cursor_over(der);
	struct span value;
	uint8_t tag;

	if (!next_item(&c, &tag, &value) || tag != wanted || !cursor_done(&c))
		return cursor_over(SPAN_NONE);
	return cursor_over(value);
}

/* 2.23.136.1.1.14.2: the signer of bar codes, VDS-NC. */
static bool
is_barcode_signer(const struct cert *leaf)
{
	static const uint8_t oid[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x0e, 0x02 };
	struct cursor c = inside(cert_extension(leaf, "2.5.29.37"), TAG_SEQUENCE);
	struct span value;
	uint8_t tag;

	while (next_item(&c, &tag, &value))
		if (tag == TAG_OID && span_eq(value, (struct span){ oid, sizeof(oid) }))
			return true;
	return false;
}

/* Doc 9303-12, 7.1.1: SEQUENCE { version INTEGER, documentTypeList SET OF DocumentType }.  Without it all are allowed;
 * malformed or given twice, none.
 */
static unsigned
document_types(const struct cert *leaf)
{
	static const char oid[] = "2.23.136.1.1.6.2";
	struct span der = cert_extension(leaf, oid), list, value;
	struct cursor c = inside(der, TAG_SEQUENCE);
	unsigned usage = 0;
	uint8_t tag;

	if (cert_extension_count(leaf, oid) == 0)
		return USAGE_ANY;
	if (!next_item(&c, &tag, &value) || tag != TAG_INTEGER || !next_item(&c, &tag, &list) ||
		tag != TAG_SET || !cursor_done(&c))
		return 0;
	c = cursor_over(list);
	while (next_item(&c, &tag, &value))
		if (tag == TAG_PRINTABLE && span_is(value, "NV"))
			usage |= USAGE_VACCINATION;
		else if (tag == TAG_PRINTABLE && span_is(value, "NT"))
			usage |= USAGE_TEST;
	return cursor_done(&c) ? usage : 0;
}

/* --- who issued it --- */

/* Now, or the nearest second at which the certificate itself is valid (for OpenSSL its last one is over). */
static int64_t
nearest_time(const struct cert *leaf, int64_t now)
{
	int64_t last = cert_not_after(leaf) - 1;
	int64_t at = now > last ? last : now;

	return at < cert_not_before(leaf) ? cert_not_before(leaf) : at;
}

static int
issued_by(const struct trust_key *authority, const struct cert *leaf, int64_t now, bool *yes)
{
	struct cert *anchors[] = { (struct cert *)(uintptr_t)authority->cert };
	struct chain_path p = { .leaf = leaf,
		.anchors = anchors,
		.anchor_count = 1,
		.at = nearest_time(leaf, now),
		.flags = CHAIN_COUNTRY | CHAIN_SIGNER | CHAIN_BRAINPOOL | CHAIN_EXPLICIT };
	enum chain_result result;
	int r = chain_verify(&p, &result);

	*yes = r == 0 && result == CHAIN_GOOD;
	return r;
}

static bool
is_authority(const struct trust_key *k, struct trust_scope scope, const struct cert *leaf)
{
	return k->source->env == scope.env && k->source->domain == scope.domain && k->cert &&
	       cert_is_ca(k->cert) && cert_country(k->cert).len > 0 &&
	       span_eq(cert_country(k->cert), cert_country(leaf));
}

/* The first authority that issued it, one of a list that is not stale before others. */
static int
find_authority(const struct trust *t, struct trust_scope scope, const struct cert *leaf,
	int64_t now, const struct trust_key **out, enum trust_bond *bond)
{
	const struct trust_key *stale = NULL;
	size_t tried = 0;

	*out = NULL;
	*bond = BOND_NONE;
	for (size_t i = 0; i < trust_key_count(t) && !*out; i++) {
		const struct trust_key *k = trust_key_at(t, i);
		bool yes = false;
		if (!is_authority(k, scope, leaf))
			continue;
		*bond = BOND_BAD;
		if (!cert_may_come_from(leaf, k->cert) || tried++ >= AUTHORITIES_TRIED)
			continue;
		int r = issued_by(k, leaf, now, &yes);
		if (r != 0)
			return r;
		if (yes && !trust_stale(k->source, now))
			*out = k;
		else if (yes && !stale)
			stale = k;
	}
	if (!*out)
		*out = stale;
	if (*out)
		*bond = BOND_GOOD;
	return 0;
}

int
trust_bind(struct work *w, const struct trust *t, struct trust_scope scope, const struct cert *leaf,
	const struct trust_key **key, enum trust_bond *bond)
{
	const struct trust_key *authority;
	struct trust_key *k;
	enum trust_bond found;
	int r = find_authority(t, scope, leaf, w->now, &authority, &found);

	if (r != 0)
		return r;
	k = authority ? ARENA_NEW(w->arena, struct trust_key) : NULL;
	if (authority && !k)
		return arena_error(w->arena);
	if (k)
		*k = (struct trust_key){ .source = authority->source,
			.key = cert_key(leaf),
			.fault = cert_key_fault(leaf),
			.cert = leaf,
			.kid = span_slice(cert_sha256(leaf), 0, KID_OCTETS),
			.authority = authority->authority,
			.name = cert_subject(leaf),
			.usage = is_barcode_signer(leaf) ? document_types(leaf) : 0,
			.not_before = cert_not_before(leaf),
			.not_after = cert_not_after(leaf),
			.seen_at = TIME_NONE };
	*key = k;
	*bond = found;
	return 0;
}

int
trust_bind_elsewhere(struct work *w, const struct trust *t, struct trust_scope scope,
	const struct cert *leaf, bool *found)
{
	const struct trust_key *authority = NULL;
	enum trust_bond bond;
	int r = 0;

	for (enum trust_env e = 0; e < ENV_COUNT && r == 0 && !authority; e++)
		if (e != scope.env)
			r = find_authority(t, (struct trust_scope){ e, scope.domain }, leaf, w->now,
				&authority, &bond);
	if (r == 0)
		*found = authority != NULL;
	return r;
}
