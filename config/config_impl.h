/* config_impl.h - a configuration being read; shared by the files of this folder. */
#ifndef CONFIG_CONFIG_IMPL_H
#define CONFIG_CONFIG_IMPL_H

#include "codecs/base/buf.h"
#include "config/config.h"

enum { FAULTS = 64, SECTIONS = 64 };

enum section_id { SECTION_NONE, SECTION_LISTEN, SECTION_LIMITS, SECTION_WORKERS, SECTION_SOURCE, SECTION_POLICY,
		  SECTION_FETCH, SECTION_STORE, SECTION_LOG, SECTION_CONTEXT, SECTION_ISSUE, SECTION_KEYS, SECTION_ACCESS,
		  SECTION_UNKNOWN };

struct reading {
	struct arena        *arena;
	struct config        config;
	struct config_fault *faults;
	size_t               fault_count;
	enum section_id      section;
	void                *target; /* where the section's keys go; NULL: the section itself was at fault */
	uint64_t             seen[3]; /* bits of the section's keys: none stands twice */
	unsigned             store_line; /* of [store] */
	bool                 opened[SECTION_UNKNOWN], policy_opened[SECTIONS];
};

/* A section line, a key line, an environment entry. */
void config_section(struct reading *r, unsigned line, struct span name, struct span label);
void config_value(struct reading *r, unsigned line, struct span key, struct span value);
void config_environment(struct reading *r, struct span entry);
void config_fault(struct reading *r, unsigned line, const char *what, struct span subject, const char *advice);

/* How one key is read; of limits, those that count bytes take units. */
enum key_type { TYPE_SIZE, TYPE_COUNT, TYPE_LIMIT, TYPE_UNSIGNED, TYPE_SECONDS, TYPE_AGE, TYPE_BOOL, TYPE_PATH, TYPE_ADDRESS,
		TYPE_KIND, TYPE_COUNTRY, TYPE_ISSUER, TYPE_ENVIRONMENT, TYPE_DOMAIN, TYPE_LOG, TYPE_LIST_SCHEMES, TYPE_LIST_AUTHORITIES,
		TYPE_LINKS, TYPE_LIST_HOSTS, TYPE_LIST_SUPPLIES, TYPE_RESOLVER, TYPE_DIGEST, TYPE_DATABASE, TYPE_BASE,
		TYPE_NAME, TYPE_GATE, TYPE_LIST_ROLES, TYPE_HOLDER };

struct key_row {
	enum section_id section;
	const char     *name;
	enum key_type   type;
	size_t          offset;
	uint64_t        low, high;
	const char     *text; /* what it is for; printed by `vidimus help config` */
};

const struct key_row *config_rows(size_t *count);
const char           *config_section_name(enum section_id id);
bool                  config_section_takes_name(enum section_id id); /* [source "name"] */
/* false: the text is no value of the row's type, or out of its bounds; nothing is set then. */
bool                  config_parse(struct reading *r, const struct key_row *row, struct span text, void *target);
/* The names that a key of this type takes, NULL at the end; of types without names at once. */
const char           *config_choice(enum key_type type, size_t index);
bool                  config_counts_bytes(const struct key_row *row);
/* describe.c: what a key takes, in words ("a size from 256 B to 8 KiB"), and a value as it is written. */
void                  config_allowed(struct buf *b, const struct key_row *row);
void                  config_show(struct buf *b, const struct key_row *row, const void *target);

#endif
