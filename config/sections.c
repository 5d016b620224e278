/* sections.c - which section a line belongs to, and where its values go.
 *
 * The environment uses the same table: VIDIMUS_LISTEN_ADDRESS sets `address` of
 * [listen]; for named sections VIDIMUS_POLICY_<NAME>_<KEY> and VIDIMUS_SOURCE_<NAME>_<KEY>.
 */
#include "config/config_impl.h"
#include "config/near.h"

#include <string.h>

enum { URL_MAX = 2048, NAME_MAX_LENGTH = 64 };

static enum section_id
section_named(struct span name)
{
	for (enum section_id id = SECTION_LISTEN; id < SECTION_UNKNOWN; id++)
		if (span_is(name, config_section_name(id)))
			return id;
	return SECTION_UNKNOWN;
}

static void *
new_source(struct reading *r, unsigned line, struct span label)
{
	for (size_t i = 0; i < r->config.source_count; i++)
		if (span_eq(r->config.sources[i].name, label)) {
			config_fault(r, line, "there already is a source", label,
				"every source has a name of its own");
			return NULL;
		}
	if (r->config.source_count == SECTIONS) {
		config_fault(r, line, "there are too many sources, from here on", label,
			"64 are allowed");
		return NULL;
	}
	struct config_source *s = &r->config.sources[r->config.source_count++];
	*s = (struct config_source){ .name = label, .line = line };
	return s;
}

/* Named as credentials name it: byte for byte. */
static bool
is_url(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == '#' || s.ptr[i] == 0x7f)
			return false;
	return s.len <= URL_MAX && span_find(s, ':') > 0 && span_find(s, ':') + 1 < s.len;
}

static void *
new_context(struct reading *r, unsigned line, struct span url)
{
	struct config *c = &r->config;

	for (size_t i = 0; i < c->context_count; i++)
		if (span_eq(c->contexts[i].url, url)) {
			config_fault(r, line, "there already is a context", url,
				"one URL has one content");
			return NULL;
		}
	if (!is_url(url) || c->context_count == SECTIONS) {
		config_fault(r, line, "this is no context's URL, or one too many:", url,
			"64 are allowed, each named as credentials name it");
		return NULL;
	}
	c->contexts[c->context_count] = (struct config_context){ .url = url, .line = line };
	return &c->contexts[c->context_count++];
}

/* The name stands in logs and metrics. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i], small = c | 0x20;
		if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') && c != '.' &&
			c != '_' && c != '-')
			return false;
	}
	return s.len <= NAME_MAX_LENGTH;
}

static void *
new_access(struct reading *r, unsigned line, struct span label)
{
	struct config *c = &r->config;

	for (size_t i = 0; i < c->access_count; i++)
		if (span_eq(c->access[i].name, label)) {
			config_fault(r, line, "there already is a client", label,
				"every client has a name of its own");
			return NULL;
		}
	if (!is_plain(label) || c->access_count == SECTIONS) {
		config_fault(r, line, "this is no client's name, or one too many:", label,
			"64 are allowed, each named by letters, digits, '.', '_' and '-'");
		return NULL;
	}
	c->access[c->access_count] =
		(struct config_access){ .name = label, .rate = 10, .quota = 1000, .line = line };
	return &c->access[c->access_count++];
}

/* The default policy is there from the start and can be changed, once. */
static void *
new_policy(struct reading *r, unsigned line, struct span label)
{
	size_t i = 0;

	while (i < r->config.policy_count && !span_eq(r->config.policies[i].name, label))
		i++;
	if (i == SECTIONS) {
		config_fault(r, line, "there are too many policies, from here on", label,
			"64 are allowed");
		return NULL;
	}
	if (r->policy_opened[i]) {
		config_fault(r, line, "there already is a policy", label,
			"every policy has a name of its own");
		return NULL;
	}
	r->policy_opened[i] = true;
	if (i < r->config.policy_count)
		return &r->config.policies[i];
	r->config.policy_count++;
	r->config.policies[i] = policy_default;
	r->config.policies[i].name = label;
	return &r->config.policies[i];
}

static const char *
sentence(struct reading *r, const char *before, const char *name, const char *after)
{
	struct buf b = buf_in(r->arena, 256);

	buf_str(&b, before);
	buf_str(&b, name);
	buf_str(&b, after);
	struct span copy = arena_copy(r->arena, buf_span(&b));
	return copy.ptr ? (const char *)copy.ptr : "";
}

static void
unknown_section(struct reading *r, unsigned line, struct span name)
{
	struct near n = near_to(name);

	for (enum section_id id = SECTION_LISTEN; id < SECTION_UNKNOWN; id++)
		near_try(&n, config_section_name(id));
	config_fault(r, line, "there is no section", name,
		n.best ? sentence(r, "do you mean \"", n.best, "\"?")
		       : "`vidimus help config` lists the sections");
}

static void *
plain_section(struct reading *r, unsigned line, enum section_id id, struct span name)
{
	if (r->opened[id]) {
		config_fault(r, line, "this section stands twice", name, "put its keys into one");
		return NULL;
	}
	r->opened[id] = true;
	if (id == SECTION_STORE)
		r->store_line = line;
	return &r->config;
}

void
config_section(struct reading *r, unsigned line, struct span name, struct span label)
{
	enum section_id id = section_named(name);
	bool named = config_section_takes_name(id);

	r->section = id;
	r->target = NULL;
	memset(r->seen, 0, sizeof(r->seen));
	if (id == SECTION_UNKNOWN)
		unknown_section(r, line, name);
	else if (named && label.len == 0)
		config_fault(r, line, "this section needs a name", name,
			"write [source \"name\"], [policy \"name\"], [access \"name\"] or "
			"[context \"URL\"]");
	else if (!named && label.len > 0)
		config_fault(r, line, "this section takes no name", name, NULL);
	else if (id == SECTION_SOURCE)
		r->target = new_source(r, line, label);
	else if (id == SECTION_POLICY)
		r->target = new_policy(r, line, label);
	else if (id == SECTION_CONTEXT)
		r->target = new_context(r, line, label);
	else if (id == SECTION_ACCESS)
		r->target = new_access(r, line, label);
	else
		r->target = plain_section(r, line, id, name);
}

static const struct key_row *
row_named(enum section_id section, struct span key, size_t *index)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].section == section && span_is(key, rows[i].name)) {
			*index = i;
			return &rows[i];
		}
	return NULL;
}

static const char *
elsewhere(struct reading *r, struct span key)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (span_is(key, rows[i].name))
			return sentence(
				r, "it belongs to [", config_section_name(rows[i].section), "]");
	return "`vidimus help config` lists them all";
}

/* One with a name like it, or the same key elsewhere. */
static void
unknown_key(struct reading *r, unsigned line, struct span key)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);
	struct near n = near_to(key);

	for (size_t i = 0; i < count; i++)
		if (rows[i].section == r->section)
			near_try(&n, rows[i].name);
	config_fault(r, line, "this section has no key", key,
		n.best ? sentence(r, "do you mean \"", n.best, "\"?") : elsewhere(r, key));
}

static bool
seen_before(struct reading *r, size_t index)
{
	uint64_t *word = &r->seen[index / 64], bit = UINT64_C(1) << index % 64;
	bool before = (*word & bit) != 0;

	*word |= bit;
	return before;
}

static void
wrong_value(struct reading *r, unsigned line, struct span key, const struct key_row *row)
{
	struct buf b = buf_in(r->arena, 256);

	buf_str(&b, "it takes ");
	config_allowed(&b, row);
	buf_char(&b, '\0');
	config_fault(r, line, "wrong value of", key, b.error ? NULL : (const char *)b.ptr);
}

void
config_value(struct reading *r, unsigned line, struct span key, struct span value)
{
	size_t index = 0;
	const struct key_row *row;

	if (r->section == SECTION_NONE) {
		config_fault(r, line, "this key stands before any [section]", key, NULL);
		return;
	}
	if (!r->target)
		return;
	row = row_named(r->section, key, &index);
	if (!row)
		unknown_key(r, line, key);
	else if (seen_before(r, index))
		config_fault(r, line, "this key is set twice", key, "remove one of the two");
	else if (!config_parse(r, row, value, r->target))
		wrong_value(r, line, key, row);
}

/* Letters fold to capitals, everything but letters and digits to _. */
static bool
folds_to(struct span name, struct span folded)
{
	if (name.len != folded.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];
		bool small = c >= 'a' && c <= 'z',
		     other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		uint8_t want = small ? (uint8_t)(c - 32) : other ? c : '_';
		if (want != folded.ptr[i])
			return false;
	}
	return true;
}

/* VIDIMUS_<SECTION>_<REST>=VALUE */
struct variable {
	struct span name, rest, value;
	enum section_id section;
};

static bool
set_key(struct reading *r, const struct variable *v, struct span key, void *target)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].section != v->section || !folds_to(span_of(rows[i].name), key))
			continue;
		if (!config_parse(r, &rows[i], v->value, target))
			wrong_value(r, 0, v->name, &rows[i]);
		return true;
	}
	return false;
}

/* Of a named section, the rest is <NAME>_<KEY>. */
static bool
set_in(struct reading *r, const struct variable *v, struct span label, void *target)
{
	if (v->rest.len <= label.len || v->rest.ptr[label.len] != '_' ||
		!folds_to(label, span_slice(v->rest, 0, label.len)))
		return false;
	return set_key(r, v, span_from(v->rest, label.len + 1), target);
}

static bool
set(struct reading *r, const struct variable *v)
{
	struct config *c = &r->config;

	if (!config_section_takes_name(v->section))
		return set_key(r, v, v->rest, c);
	for (size_t i = 0; v->section == SECTION_SOURCE && i < c->source_count; i++)
		if (set_in(r, v, c->sources[i].name, &c->sources[i]))
			return true;
	for (size_t i = 0; v->section == SECTION_POLICY && i < c->policy_count; i++)
		if (set_in(r, v, c->policies[i].name, &c->policies[i]))
			return true;
	for (size_t i = 0; v->section == SECTION_CONTEXT && i < c->context_count; i++)
		if (set_in(r, v, c->contexts[i].url, &c->contexts[i]))
			return true;
	for (size_t i = 0; v->section == SECTION_ACCESS && i < c->access_count; i++)
		if (set_in(r, v, c->access[i].name, &c->access[i]))
			return true;
	return false;
}

/* Variables that are no keys but used by the command line. */
static bool
is_other(struct span name)
{
	return span_is(name, "VIDIMUS_CORPORA") || span_is(name, "VIDIMUS_CONFIG");
}

void
config_environment(struct reading *r, struct span entry)
{
	size_t equals = span_find(entry, '=');
	struct variable v = { .name = span_slice(entry, 0, equals),
		.value = span_trim(span_from(entry, equals + 1)) };

	if (!span_starts(entry, SPAN_LIT("VIDIMUS_")) || is_other(v.name))
		return;
	struct span rest = span_from(v.name, sizeof("VIDIMUS_") - 1);
	for (v.section = SECTION_LISTEN; v.section < SECTION_UNKNOWN; v.section++) {
		struct span section = span_of(config_section_name(v.section));
		v.rest = span_from(rest, section.len + 1);
		if (rest.len > section.len && rest.ptr[section.len] == '_' &&
			folds_to(section, span_slice(rest, 0, section.len)) && set(r, &v))
			return;
	}
	config_fault(r, 0, "there is no key for the variable", v.name,
		"variables are VIDIMUS_<SECTION>_<KEY>, VIDIMUS_SOURCE_<NAME>_<KEY> and "
		"VIDIMUS_POLICY_<NAME>_<KEY>");
}
