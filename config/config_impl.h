/* config_impl.h - a configuration being read; shared by the files of this folder. */
#ifndef CONFIG_CONFIG_IMPL_H
#define CONFIG_CONFIG_IMPL_H

#include "config/config.h"

enum { FAULTS = 64, SECTIONS = 64 };

enum section_id { SECTION_NONE, SECTION_LISTEN, SECTION_LIMITS, SECTION_WORKERS, SECTION_SOURCE, SECTION_POLICY,
		  SECTION_LOG, SECTION_UNKNOWN };

struct reading {
	struct arena        *arena;
	struct config        config;
	struct config_fault *faults;
	size_t               fault_count;
	enum section_id      section;
	void                *target; /* where the section's keys go */
	uint64_t             seen[SECTIONS * 2][2]; /* bits of keys, by section instance */
	size_t               instance;
};

/* A section line, a key line, an environment entry. */
void config_section(struct reading *r, unsigned line, struct span name, struct span label);
void config_value(struct reading *r, unsigned line, struct span key, struct span value);
void config_environment(struct reading *r, struct span entry);
void config_fault(struct reading *r, unsigned line, const char *what, struct span subject, const char *advice);

/* How one key is read. */
enum key_type { TYPE_SIZE, TYPE_COUNT, TYPE_UNSIGNED, TYPE_SECONDS, TYPE_AGE, TYPE_BOOL, TYPE_TEXT, TYPE_ADDRESS,
		TYPE_ENVIRONMENT, TYPE_DOMAIN, TYPE_LOG, TYPE_LIST_SCHEMES, TYPE_LIST_AUTHORITIES };

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
/* NULL, or why the text is no value of the row's type. */
const char           *config_parse(struct reading *r, const struct key_row *row, struct span text, void *target);

#endif
