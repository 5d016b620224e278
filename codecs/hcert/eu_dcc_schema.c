/* eu_dcc_schema.c - the published schemas 1.0.0 to 1.3.3, as rows that say what changed when.
 *
 * A certificate that departs from the version that it states is genuine all the
 * same: the departure becomes one note, with the first place.
 */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/hcert/eu_dcc.h"

enum version { V100, V101, V110, V120, V121, V130, V131, V132, V133, VERSIONS };

static const char *const versions[VERSIONS] = {
	"1.0.0",
	"1.0.1",
	"1.1.0",
	"1.2.0",
	"1.2.1",
	"1.3.0",
	"1.3.1",
	"1.3.2",
	"1.3.3",
};

/* Text members of bounded length: 50 characters until 1.2.1, 80 since 1.3.0. */
static const struct {
	size_t group;
	enum dcc_key key;
} bounded[] = {
	{ 0, DCC_IS },
	{ 0, DCC_CI },
	{ 1, DCC_TC },
	{ 1, DCC_IS },
	{ 1, DCC_CI },
	{ 1, DCC_NM },
	{ 2, DCC_IS },
	{ 2, DCC_CI },
}, strict_dates[] = {
	{ 0, DCC_DT },
	{ 2, DCC_FR },
	{ 2, DCC_DF },
	{ 2, DCC_DU },
};

/* All have the form x.y.z. */
static bool
version_named(struct span s, enum version *out)
{
	for (enum version v = 0; s.len == 5 && v < VERSIONS; v++)
		if (memcmp(s.ptr, versions[v], 5) == 0) {
			*out = v;
			return true;
		}
	return false;
}

static bool
is_longer(const struct node *n, size_t max)
{
	struct span s = node_text(n);

	return s.len > max && utf8_count(s) > max;
}

static const struct node *
too_long(const struct dcc *d, enum version v)
{
	size_t max = v < V130 ? 50 : 80;

	for (size_t i = 0; i < DCC_NAMES; i++)
		if (is_longer(d->names[i], max))
			return d->names[i];
	for (size_t i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++) {
		const struct node *n = d->entry[bounded[i].group].member[bounded[i].key];
		if (is_longer(n, max))
			return n;
	}
	return NULL;
}

static bool
is_full_date(struct span s)
{
	struct date d;

	return date_parse(s, &d) && d.exists && d.day != 0;
}

static const struct node *
bad_date(const struct dcc *d)
{
	for (size_t i = 0; i < sizeof(strict_dates) / sizeof(strict_dates[0]); i++) {
		const struct node *n = d->entry[strict_dates[i].group].member[strict_dates[i].key];
		if (n && !is_full_date(node_text(n)))
			return n;
	}
	return NULL;
}

/* RFC 3339 date-times, which demand a zone with a colon. */
static const struct node *
bad_time(const struct dcc *d)
{
	static const enum dcc_key keys[] = { DCC_SC, DCC_DR };

	for (size_t i = 0; i < 2; i++) {
		const struct node *n = d->entry[1].member[keys[i]];
		int64_t t;
		unsigned odd = 0;
		if (n && (!time_parse(node_text(n), &t, &odd) ||
				 (odd & (TIME_ODD_ZONE | TIME_NO_ZONE))))
			return n;
	}
	return NULL;
}

/* A full date at first, partial ones since 1.1.0, empty since 1.3.0; from 1900 on. */
static const struct node *
bad_birth_date(const struct dcc *dcc, enum version v)
{
	const struct node *n = dcc->birth;
	struct span s = node_text(n);
	struct date d;

	if (s.len == 0)
		return n && n->kind == NODE_TEXT && v >= V130 ? NULL : dcc->root;
	bool good = date_parse(s, &d) && d.exists && d.year >= 1900 && d.year < 2100;
	bool partial = s.len < 10;
	bool zeros = (s.len >= 7 && d.month == 0) || (s.len == 10 && d.day == 0);
	return good && !zeros && (!partial || v >= V110) ? NULL : n;
}

/* Both transliterations are capitals and fillers; the family name's is required until either suffices in 1.3.2. */
static const struct node *
bad_name(const struct dcc *d, enum version v)
{
	const struct node *name = d->name;
	const struct node *family = d->names[DCC_FNT], *given = d->names[DCC_GNT];

	if (!family && (v < V132 || !given))
		return name ? name : d->root;
	for (const struct node *n = name->child; n; n = n->next)
		if (n->kind != NODE_TEXT)
			return n;
	return NULL;
}

static const struct node *
bad_doses(const struct dcc *d, enum version v)
{
	static const enum dcc_key keys[] = { DCC_DN, DCC_SD };
	const struct dcc_entry *e = &d->entry[0];

	for (size_t i = 0; e->node && i < 2; i++) {
		const struct node *n = e->member[keys[i]];
		bool high = n && n->kind == NODE_INT && v < V130 && n->as.integer > 9;
		if (!n || n->kind != NODE_INT || n->as.integer < 1 || high)
			return n ? n : e->node;
	}
	return NULL;
}

static bool
is_country(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return false;
	return s.len >= 1 && s.len <= 10;
}

static const struct node *
bad_entry(const struct dcc *d, size_t group, enum version v)
{
	const struct node *list = d->group[group];
	const struct dcc_group *g = &dcc_groups[group];
	const struct dcc_entry *e = &d->entry[group];

	if (!list)
		return NULL;
	if (list->kind != NODE_LIST || list->size == 0 || (v >= V130 && list->size != 1))
		return list;
	for (const struct dcc_field *f = g->fields; f->key; f++) {
		const struct node *n = e->member[f->id];
		bool centre = f->id == DCC_TC && v < V130;
		if ((!n && (f->required || centre)) ||
			(n && f->kind != DCC_NUMBER && n->kind != NODE_TEXT))
			return n ? n : e->node;
	}
	const struct node *country = e->member[DCC_CO];
	return is_country(node_text(country)) ? NULL : country;
}

static const struct node *
bad_groups(const struct dcc *d, enum version v)
{
	size_t groups = 0;

	for (size_t i = 0; i < DCC_GROUPS; i++) {
		groups += d->group[i] != NULL;
		const struct node *n = bad_entry(d, i, v);
		if (n)
			return n;
	}
	return groups == 0 || (v >= V130 && groups != 1) ? d->root : NULL;
}

/* The first place where the content departs; NULL where it conforms. */
static const struct node *
departure(const struct dcc *d, enum version v)
{
	const struct node *n = bad_name(d, v);

	n = n ? n : bad_birth_date(d, v);
	n = n ? n : bad_groups(d, v);
	n = n ? n : too_long(d, v);
	n = n ? n : bad_date(d);
	n = n ? n : bad_time(d);
	return n ? n : bad_doses(d, v);
}

void
dcc_check_schema(struct work *w, const struct dcc *d)
{
	const struct node *ver = d->version;
	enum version v;

	if (!ver || ver->kind != NODE_TEXT)
		return;
	if (!version_named(ver->as.bytes, &v)) {
		report_find(
			w->report, REASON_NOTE_VERSION_UNKNOWN, node_place(w, ver, HCERT_LAYER));
		v = V133;
	}
	const struct node *n = departure(d, v);
	if (n)
		report_find(w->report, REASON_NOTE_SCHEMA_VERSION, node_place(w, n, HCERT_LAYER));
}
