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
enum part { PART_NAME, PART_V, PART_T, PART_R, PARTS };

/* The content with its parts looked up once; an absent part is NULL, and all its rules hold. */
struct content {
	const struct node *dcc, *part[PARTS];
};

static const struct {
	enum part part;
	const char *key;
} bounded[] = {
	{ PART_NAME, "fn" },
	{ PART_NAME, "gn" },
	{ PART_NAME, "fnt" },
	{ PART_NAME, "gnt" },
	{ PART_V, "is" },
	{ PART_V, "ci" },
	{ PART_T, "tc" },
	{ PART_T, "is" },
	{ PART_T, "ci" },
	{ PART_T, "nm" },
	{ PART_R, "is" },
	{ PART_R, "ci" },
};

static const struct {
	enum part part;
	const char *key;
} strict_dates[] = {
	{ PART_V, "dt" },
	{ PART_R, "fr" },
	{ PART_R, "df" },
	{ PART_R, "du" },
};

static bool
version_named(struct span s, enum version *out)
{
	for (enum version v = 0; v < VERSIONS; v++)
		if (span_is(s, versions[v])) {
			*out = v;
			return true;
		}
	return false;
}

static struct content
parts_of(const struct node *dcc)
{
	struct content c = { .dcc = dcc, .part = { node_get(dcc, "nam") } };

	for (size_t i = 0; i < 3; i++)
		c.part[PART_V + i] = node_at(node_get(dcc, dcc_groups[i].key), 0);
	return c;
}

static const struct node *
too_long(const struct content *c, enum version v)
{
	size_t max = v < V130 ? 50 : 80;

	for (size_t i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++) {
		const struct node *n = node_get(c->part[bounded[i].part], bounded[i].key);
		struct span s = node_text(n);
		if (s.len > max && utf8_count(s) > max)
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
bad_date(const struct content *c)
{
	for (size_t i = 0; i < sizeof(strict_dates) / sizeof(strict_dates[0]); i++) {
		const struct node *n = node_get(c->part[strict_dates[i].part], strict_dates[i].key);
		if (n && !is_full_date(node_text(n)))
			return n;
	}
	return NULL;
}

/* RFC 3339 date-times, which demand a zone with a colon. */
static const struct node *
bad_time(const struct content *c)
{
	static const char *const keys[] = { "sc", "dr" };

	for (size_t i = 0; i < 2; i++) {
		const struct node *n = node_get(c->part[PART_T], keys[i]);
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
bad_birth_date(const struct node *dcc, enum version v)
{
	const struct node *n = node_get(dcc, "dob");
	struct span s = node_text(n);
	struct date d;

	if (s.len == 0)
		return n && n->kind == NODE_TEXT && v >= V130 ? NULL : dcc;
	bool good = date_parse(s, &d) && d.exists && d.year >= 1900 && d.year < 2100;
	bool partial = s.len < 10;
	bool zeros = (s.len >= 7 && d.month == 0) || (s.len == 10 && d.day == 0);
	return good && !zeros && (!partial || v >= V110) ? NULL : n;
}

/* Both transliterations are capitals and fillers; the family name's is required until either suffices in 1.3.2. */
static const struct node *
bad_name(const struct node *dcc, enum version v)
{
	const struct node *name = node_get(dcc, "nam");
	const struct node *family = node_get(name, "fnt"), *given = node_get(name, "gnt");

	if (!family && (v < V132 || !given))
		return name ? name : dcc;
	for (const struct node *n = name->child; n; n = n->next)
		if (n->kind != NODE_TEXT)
			return n;
	return NULL;
}

static const struct node *
bad_doses(const struct content *c, enum version v)
{
	static const char *const keys[] = { "dn", "sd" };
	const struct node *entry = c->part[PART_V];

	for (size_t i = 0; entry && i < 2; i++) {
		const struct node *n = node_get(entry, keys[i]);
		bool high = n && n->kind == NODE_INT && v < V130 && n->as.integer > 9;
		if (!n || n->kind != NODE_INT || n->as.integer < 1 || high)
			return n ? n : entry;
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
bad_entry(const struct node *dcc, const struct dcc_group *g, enum version v)
{
	const struct node *list = node_get(dcc, g->key);

	if (!list)
		return NULL;
	if (list->kind != NODE_LIST || list->size == 0 || (v >= V130 && list->size != 1))
		return list;
	for (const struct dcc_field *f = g->fields; f->key; f++) {
		const struct node *n = node_get(list->child, f->key);
		bool centre = g->kind == EVENT_TEST && span_is(span_of(f->key), "tc") && v < V130;
		if ((!n && (f->required || centre)) ||
			(n && f->kind != DCC_NUMBER && n->kind != NODE_TEXT))
			return n ? n : list->child;
	}
	const struct node *country = node_get(list->child, "co");
	return is_country(node_text(country)) ? NULL : country;
}

static const struct node *
bad_groups(const struct node *dcc, enum version v)
{
	size_t groups = 0;

	for (size_t i = 0; i < 3; i++) {
		groups += node_get(dcc, dcc_groups[i].key) != NULL;
		const struct node *n = bad_entry(dcc, &dcc_groups[i], v);
		if (n)
			return n;
	}
	return groups == 0 || (v >= V130 && groups != 1) ? dcc : NULL;
}

/* The first place where the content departs; NULL where it conforms. */
static const struct node *
departure(const struct node *dcc, enum version v)
{
	const struct content c = parts_of(dcc);
	const struct node *n = bad_name(dcc, v);

	n = n ? n : bad_birth_date(dcc, v);
	n = n ? n : bad_groups(dcc, v);
	n = n ? n : too_long(&c, v);
	n = n ? n : bad_date(&c);
	n = n ? n : bad_time(&c);
	return n ? n : bad_doses(&c, v);
}

void
dcc_check_schema(struct work *w, const struct node *dcc)
{
	const struct node *ver = node_get(dcc, "ver");
	enum version v;

	if (!ver || ver->kind != NODE_TEXT)
		return;
	if (!version_named(ver->as.bytes, &v)) {
		report_find(
			w->report, REASON_NOTE_VERSION_UNKNOWN, node_place(w, ver, HCERT_LAYER));
		v = V133;
	}
	const struct node *n = departure(dcc, v);
	if (n)
		report_find(w->report, REASON_NOTE_SCHEMA_VERSION, node_place(w, n, HCERT_LAYER));
}
