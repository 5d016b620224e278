/* eu_dcc.h - the EU DCC's fields as one table, from which checking and reading both go. */
#ifndef HCERT_EU_DCC_H
#define HCERT_EU_DCC_H

#include "codecs/hcert/hcert.h"
#include "codecs/record/valueset.h"

enum dcc_kind { DCC_TEXT, DCC_CODE, DCC_NUMBER, DCC_DATE, DCC_TIME, DCC_IDENTIFIER };

/* What an entry can have, by the two letters of its name; codes come first. */
#define DCC_KEYS(KEY) \
	KEY(TG, 't', 'g') KEY(VP, 'v', 'p') KEY(MP, 'm', 'p') KEY(MA, 'm', 'a') KEY(TT, 't', 't') KEY(TR, 't', 'r') \
	KEY(DN, 'd', 'n') KEY(SD, 's', 'd') KEY(DT, 'd', 't') KEY(CO, 'c', 'o') KEY(IS, 'i', 's') KEY(CI, 'c', 'i') \
	KEY(NM, 'n', 'm') KEY(SC, 's', 'c') KEY(DR, 'd', 'r') KEY(TC, 't', 'c') KEY(FR, 'f', 'r') KEY(DF, 'd', 'f') \
	KEY(DU, 'd', 'u')
#define KEY(id, a, b) DCC_##id,
enum dcc_key { DCC_KEYS(KEY) DCC_KEY_COUNT, DCC_CODES = DCC_TR + 1 };
#undef KEY

struct dcc_field {
	const char   *key;
	enum dcc_key  id;
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

enum { DCC_GROUPS = 3 };
extern const struct dcc_group dcc_groups[DCC_GROUPS];

/* The content with all its members looked up once; NULL where absent. */
enum dcc_name { DCC_FN, DCC_GN, DCC_FNT, DCC_GNT, DCC_NAMES };
struct dcc {
	const struct node *root, *name, *birth, *version, *group[DCC_GROUPS];
	const struct node *names[DCC_NAMES];
	struct dcc_entry {
		const struct node *node; /* the group's first */
		const struct node *member[DCC_KEY_COUNT];
		bool               nulls; /* some member is there, but null */
		struct span        words[DCC_CODES]; /* what its codes mean; SPAN_NONE where no value set says */
	} entry[DCC_GROUPS];
};
/* Into out, which is all zero. */
void dcc_find(const struct node *root, struct dcc *out);
/* The group's only entry; NULL when the group is absent, null, empty or has several. */
const struct dcc_entry *dcc_only_entry(const struct dcc *d, size_t group);
/* n, unless it is null. */
const struct node *dcc_present(const struct node *n);

/* The functions of the sub-claim; what is found is a struct dcc. */
int dcc_open(struct work *w, const struct node *content, const void **found, unsigned *usage);
int dcc_check(struct work *w, const void *found);
/* How the content departs from the schema of the version that it states, as notes. */
void dcc_check_schema(struct work *w, const struct dcc *d);
/* The certificate identifier: form and check character, as notes (interoperability guidelines, annex II). */
void dcc_check_identifier(struct work *w, const struct node *ci);
/* The check character of an identifier without one; NUL: it has characters that none is for. */
char dcc_check_character(struct span ci);
int  dcc_normalise(struct work *w, const struct credential *c, const void *found, struct record *out);

#endif
