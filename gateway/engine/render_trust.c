/* render_trust.c - the trust snapshot: its sources and how fresh they are, the keys of one authority. */
#include "codecs/base/date.h"
#include "gateway/engine/render.h"
#include "gateway/engine/render_parts.h"

static void
text(struct buf *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_json(b, value);
}

static void
number(struct buf *b, const char *name, size_t value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_uint(b, value);
}

static void
flag(struct buf *b, const char *name, bool value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, value ? "\":true" : "\":false");
}

static void
when(struct buf *b, const char *name, int64_t t)
{
	if (t == TIME_NONE)
		return;
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":\"");
	time_format(b, t);
	buf_char(b, '"');
}

static void
source(struct buf *b, const struct trust_source_info *s, int64_t now)
{
	buf_str(b, "{\"name\":");
	buf_json(b, s->name);
	text(b, "kind", s->kind);
	text(b, "scheme", span_of(domain_name(s->domain)));
	text(b, "environment", span_of(env_name(s->env)));
	when(b, "issued", s->issued_at);
	when(b, "expires", s->expires_at);
	when(b, "read", s->read_at);
	when(b, "newestItem", s->newest_at);
	if (s->read_at != TIME_NONE && now >= s->read_at)
		number(b, "ageSeconds", (size_t)(now - s->read_at));
	if (s->max_age > 0)
		number(b, "maxAgeSeconds", (size_t)s->max_age);
	flag(b, "stale", trust_stale(s, now));
	flag(b, "listSigned", s->list_signed);
	flag(b, "itemsChecked", s->items_checked);
	number(b, "keys", s->keys);
	number(b, "refused", s->refused);
	number(b, "skipped", s->skipped);
	number(b, "unchecked", s->unchecked);
	if (s->issuers > 0)
		number(b, "issuers", s->issuers);
	if (s->rid_lists > 0)
		number(b, "revocationLists", s->rid_lists);
	if (s->fault) {
		text(b, "fault", span_of(s->fault));
		text(b, "faultFile", s->fault_file);
		if (s->fault_offset != PLACE_NO_OFFSET)
			number(b, "faultOffset", s->fault_offset);
	}
	buf_char(b, '}');
}

/* Whether an earlier key of the snapshot has the same authority; lists group them, so look back from i. */
static bool
seen_before(const struct trust *t, size_t i)
{
	struct span authority = trust_key_at(t, i)->authority;

	for (size_t j = i; j-- > 0;)
		if (span_eq(trust_key_at(t, j)->authority, authority))
			return true;
	return false;
}

static size_t
keys_of(const struct trust *t, struct span authority, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < trust_key_count(t); i++)
		n += trust_key_at(t, i)->key && span_eq(trust_key_at(t, i)->authority, authority);
	return n;
}

void
render_trust(struct buf *b, const struct trust *t, int64_t now)
{
	const char *comma = "";

	buf_str(b, "{\"sources\":[");
	for (size_t i = 0; i < trust_source_count(t); i++) {
		if (i > 0)
			buf_char(b, ',');
		source(b, trust_source_at(t, i), now);
	}
	buf_str(b, "],\"authorities\":[");
	for (size_t i = 0; i < trust_key_count(t); i++) {
		if (seen_before(t, i))
			continue;
		struct span authority = trust_key_at(t, i)->authority;
		buf_str(b, comma);
		buf_str(b, "{\"authority\":");
		buf_json(b, authority);
		number(b, "keys", keys_of(t, authority, i));
		buf_char(b, '}');
		comma = ",";
	}
	buf_str(b, "]}");
}

static void
usage(struct buf *b, unsigned allowed)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ USAGE_TEST, "test" },
		{ USAGE_VACCINATION, "vaccination" },
		{ USAGE_RECOVERY, "recovery" },
	};
	const char *comma = "";

	buf_str(b, ",\"usage\":[");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(allowed & names[i].bit))
			continue;
		buf_str(b, comma);
		buf_json(b, span_of(names[i].name));
		comma = ",";
	}
	buf_char(b, ']');
}

static void
key(struct buf *b, const struct trust_key *k)
{
	buf_str(b, "{\"key\":");
	render_kid(b, k->source->domain, k->kid);
	text(b, "source", k->source->name);
	text(b, "environment", span_of(env_name(k->source->env)));
	text(b, "name", k->name);
	if (k->key)
		text(b, "type", span_of(key_type(k->key)));
	else
		text(b, "refused", span_of(key_fault_text(k->fault)));
	usage(b, k->usage);
	when(b, "from", k->not_before);
	when(b, "until", k->not_after);
	when(b, "seen", k->seen_at);
	if (k->crl_version > 0)
		number(b, "revocationListVersion", (size_t)k->crl_version);
	if (k->cert) {
		buf_str(b, ",\"sha256\":\"");
		buf_hex(b, cert_sha256(k->cert));
		buf_char(b, '"');
	}
	buf_char(b, '}');
}

/* Every list that names it, with or without keys. */
static size_t
listings(struct buf *b, const struct trust *t, struct span iss)
{
	size_t found = 0;

	for (size_t i = 0; i < trust_issuer_count(t); i++) {
		const struct trust_issuer *one = trust_issuer_at(t, i);
		if (!span_eq(one->iss, iss))
			continue;
		buf_str(b, found++ == 0 ? ",\"listings\":[{\"source\":" : ",{\"source\":");
		buf_json(b, one->source->name);
		text(b, "environment", span_of(env_name(one->source->env)));
		text(b, "name", one->name);
		text(b, "canonical", one->canonical);
		when(b, "seen", one->seen_at);
		buf_char(b, '}');
	}
	buf_str(b, found > 0 ? "]" : "");
	return found;
}

bool
render_authority(struct buf *b, const struct trust *t, struct span authority)
{
	size_t found = 0, known = 0;

	buf_str(b, "{\"authority\":");
	buf_json(b, authority);
	known = listings(b, t, authority);
	buf_str(b, ",\"keys\":[");
	for (size_t i = 0; i < trust_key_count(t); i++) {
		const struct trust_key *k = trust_key_at(t, i);
		if (!span_eq(k->authority, authority))
			continue;
		if (found++ > 0)
			buf_char(b, ',');
		key(b, k);
	}
	buf_str(b, "]}");
	return found + known > 0;
}
