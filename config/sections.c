/* sections.c - which section a line belongs to, and where its values go.
 *
 * The environment uses the same table: VIDIMUS_LISTEN_ADDRESS sets `address` of
 * [listen]; for named sections VIDIMUS_POLICY_<NAME>_<KEY> and VIDIMUS_SOURCE_<NAME>_<KEY>.
 */
#include "config/config_impl.h"

#include <string.h>

static enum section_id
section_named(struct span name)
{
	for (enum section_id id = SECTION_LISTEN; id < SECTION_UNKNOWN; id++)
		if (span_is(name, config_section_name(id)))
			return id;
	return SECTION_UNKNOWN;
}

static struct config_source *
source_named(struct reading *r, struct span label)
{
	for (size_t i = 0; i < r->config.source_count; i++)
		if (span_eq(r->config.sources[i].name, label))
			return &r->config.sources[i];
	return NULL;
}

static void *
new_source(struct reading *r, unsigned line, struct span label)
{
	if (source_named(r, label)) {
		config_fault(r, line, "there already is a source", label, "names are unique");
		return NULL;
	}
	if (r->config.source_count == SECTIONS) {
		config_fault(r, line, "there are too many sources", label, NULL);
		return NULL;
	}
	struct config_source *s = &r->config.sources[r->config.source_count++];
	*s = (struct config_source){ .name = label, .line = line };
	return s;
}

/* The default policy is there from the start and can be changed. */
static void *
new_policy(struct reading *r, unsigned line, struct span label)
{
	for (size_t i = 0; i < r->config.policy_count; i++)
		if (span_eq(r->config.policies[i].name, label))
			return &r->config.policies[i];
	if (r->config.policy_count == SECTIONS) {
		config_fault(r, line, "there are too many policies", label, NULL);
		return NULL;
	}
	struct policy *p = &r->config.policies[r->config.policy_count++];
	*p = policy_default;
	p->name = label;
	return p;
}

void
config_section(struct reading *r, unsigned line, struct span name, struct span label)
{
	enum section_id id = section_named(name);
	bool named = id == SECTION_SOURCE || id == SECTION_POLICY;

	r->section = id;
	r->target = NULL;
	r->instance = r->instance + 1 < SECTIONS * 2 ? r->instance + 1 : r->instance;
	if (id == SECTION_UNKNOWN)
		config_fault(r, line, "there is no section", name,
			"sections are listen, limits, workers, source, policy and log");
	else if (named && label.len == 0)
		config_fault(r, line, "this section needs a name", name,
			"write [source \"name\"] or [policy \"name\"]");
	else if (!named && label.len > 0)
		config_fault(r, line, "this section takes no name", name, NULL);
	else if (id == SECTION_SOURCE)
		r->target = new_source(r, line, label);
	else if (id == SECTION_POLICY)
		r->target = new_policy(r, line, label);
	else
		r->target = &r->config;
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

static bool
seen_before(struct reading *r, size_t index)
{
	uint64_t *word = &r->seen[r->instance][index / 64 % 2], bit = UINT64_C(1) << index % 64;
	bool before = (*word & bit) != 0;

	*word |= bit;
	return before;
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
		return; /* the section itself was at fault, and said so */
	row = row_named(r->section, key, &index);
	if (!row) {
		config_fault(r, line, "this section has no key", key,
			"`vidimus help config` lists them all");
		return;
	}
	if (seen_before(r, index)) {
		config_fault(r, line, "this key is set twice", key, NULL);
		return;
	}
	const char *fault = config_parse(r, row, value, r->target);
	if (fault)
		config_fault(r, line, "this key has a wrong value", key, fault);
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

static bool
set_rows(struct reading *r, enum section_id section, struct span key, struct span value,
	void *target)
{
	size_t count;
	const struct key_row *rows = config_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].section != section || !folds_to(span_of(rows[i].name), key))
			continue;
		const char *fault = config_parse(r, &rows[i], value, target);
		if (fault)
			config_fault(r, 0, "this variable has a wrong value", key, fault);
		return true;
	}
	return false;
}

/* <NAME>_<KEY> of one named section. */
static bool
set_named(struct reading *r, enum section_id section, struct span label, struct span rest,
	struct span value, void *target)
{
	if (rest.len <= label.len || rest.ptr[label.len] != '_' ||
		!folds_to(label, span_slice(rest, 0, label.len)))
		return false;
	return set_rows(r, section, span_from(rest, label.len + 1), value, target);
}

static bool
set_section(struct reading *r, enum section_id id, struct span rest, struct span value)
{
	if (id != SECTION_SOURCE && id != SECTION_POLICY)
		return set_rows(r, id, rest, value, &r->config);
	for (size_t i = 0; id == SECTION_SOURCE && i < r->config.source_count; i++)
		if (set_named(r, id, r->config.sources[i].name, rest, value, &r->config.sources[i]))
			return true;
	for (size_t i = 0; id == SECTION_POLICY && i < r->config.policy_count; i++)
		if (set_named(
			    r, id, r->config.policies[i].name, rest, value, &r->config.policies[i]))
			return true;
	return false;
}

/* Variables that are no keys but used by the command line. */
static bool
is_other(struct span name)
{
	return span_is(name, "CORPORA") || span_is(name, "CONFIG");
}

void
config_environment(struct reading *r, struct span entry)
{
	static const char prefix[] = "VIDIMUS_";

	if (!span_starts(entry, SPAN_LIT("VIDIMUS_")))
		return;
	struct span rest = span_from(entry, sizeof(prefix) - 1);
	size_t equals = span_find(rest, '=');
	struct span name = span_slice(rest, 0, equals), value = span_from(rest, equals + 1);
	for (enum section_id id = SECTION_LISTEN; id < SECTION_UNKNOWN; id++) {
		struct span section = span_of(config_section_name(id));
		bool fits = name.len > section.len && name.ptr[section.len] == '_' &&
			    folds_to(section, span_slice(name, 0, section.len));
		if (fits && set_section(r, id, span_from(name, section.len + 1), value))
			return;
	}
	if (!is_other(name))
		config_fault(r, 0, "the environment sets a key that does not exist",
			span_slice(entry, 0, equals + 8), "variables are VIDIMUS_<SECTION>_<KEY>");
}
