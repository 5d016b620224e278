/* eu_dcc.h - the EU DCC's fields as one table, from which checking and reading both go. */
#ifndef HCERT_EU_DCC_H
#define HCERT_EU_DCC_H

#include "codecs/hcert/hcert.h"
#include "codecs/record/valueset.h"

enum dcc_kind { DCC_TEXT, DCC_CODE, DCC_NUMBER, DCC_DATE, DCC_TIME, DCC_IDENTIFIER };

struct dcc_field {
	const char   *key;
	enum dcc_kind kind;
	bool          required; /* by the profile that every genuine certificate meets */
	enum valueset values;   /* DCC_CODE */
	size_t        offset;   /* in struct event: a span, a struct coded or an int64_t */
};

struct dcc_group {
	const char             *key; /* "v" */
	enum event_kind         kind;
	unsigned                usage;
	const struct dcc_field *fields; /* ended by a NULL key */
};

extern const struct dcc_group dcc_groups[3];

/* The group's only entry; NULL when the group is absent, null, empty or has several. */
const struct node *dcc_entry(const struct node *dcc, const struct dcc_group *g);
/* Whether the group is there at all (present and not null). */
bool dcc_has_group(const struct node *dcc, const struct dcc_group *g);
/* The entry's members by the group's fields, looked up in one pass; NULL where absent or null. */
enum { DCC_FIELDS = 12 };
struct dcc_found {
	const struct node *field[DCC_FIELDS];
	bool               nulls; /* some member is there, but null */
};
void dcc_find(const struct node *entry, const struct dcc_group *g, struct dcc_found *out);
/* A member that is present and not null. */
const struct node *dcc_member(const struct node *map, const char *key);

int dcc_check(struct work *w, const struct credential *c);
/* How the content departs from the schema of the version that it states, as notes. */
void dcc_check_schema(struct work *w, const struct node *dcc);
/* The certificate identifier: form and check character, as notes (interoperability guidelines, annex II). */
void dcc_check_identifier(struct work *w, const struct node *ci);
int  dcc_normalise(struct work *w, const struct credential *c, struct record *out);

#endif
