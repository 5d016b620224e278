/* check.c - what the annexes of VDS-NC demand of a proof of vaccination and of a proof of testing, as tables.
 *
 * Codes of closed lists are rules, since another value says nothing that could be
 * understood; countries and sex are notes.
 */
#include "codecs/base/date.h"
#include "codecs/record/countries.h"
#include "codecs/seal/cert.h"
#include "codecs/vdsnc/vdsnc.h"

enum rule_kind {
	RULE_TEXT,
	RULE_DATE,
	RULE_BIRTH,
	RULE_TIME,
	RULE_SEQUENCE,
	RULE_CODE,
	RULE_LIKELY,
	RULE_COUNTRY
};

struct rule {
	const char *key; /* NULL ends a table */
	enum rule_kind kind;
	bool required;
	const char *const *codes; /* RULE_CODE, RULE_LIKELY */
};

static const char *const documents[] = { "P", "A", "C", "I", "AC", "V", "D", NULL };
static const char *const sexes[] = { "M", "F", "X", NULL };
static const char *const conducted[] = { "molecular(PCR)", "molecular(other)", "antigen",
	"antibody", NULL };
static const char *const results[] = { "normal", "abnormal", "positive", "negative", NULL };
static const char *const methods[] = { "nasopharyngeal", "oropharyngeal", "saliva", "blood",
	"other", NULL };

static const struct rule vaccinated[] = {
	{ "n", RULE_TEXT, true, NULL },
	{ "dob", RULE_BIRTH, false, NULL },
	{ "i", RULE_TEXT, false, NULL },
	{ "ai", RULE_TEXT, false, NULL },
	{ "sex", RULE_LIKELY, false, sexes },
	{ 0 },
};
static const struct rule tested[] = {
	{ "n", RULE_TEXT, true, NULL },
	{ "dob", RULE_BIRTH, true, NULL },
	{ "dt", RULE_CODE, true, documents },
	{ "dn", RULE_TEXT, true, NULL },
	{ "sex", RULE_LIKELY, false, sexes },
	{ 0 },
};
static const struct rule vaccine[] = {
	{ "des", RULE_TEXT, true, NULL },
	{ "nam", RULE_TEXT, true, NULL },
	{ "dis", RULE_TEXT, false, NULL },
	{ 0 },
};
static const struct rule dose[] = {
	{ "dvc", RULE_DATE, true, NULL },
	{ "seq", RULE_SEQUENCE, true, NULL },
	{ "ctr", RULE_COUNTRY, true, NULL },
	{ "adm", RULE_TEXT, true, NULL },
	{ "lot", RULE_TEXT, true, NULL },
	{ "dvn", RULE_DATE, false, NULL },
	{ 0 },
};
static const struct rule provider[] = {
	{ "spn", RULE_TEXT, true, NULL },
	{ "ctr", RULE_COUNTRY, true, NULL },
	{ 0 },
};
static const struct rule times[] = {
	{ "sc", RULE_TIME, true, NULL },
	{ "ri", RULE_TIME, true, NULL },
	{ 0 },
};
static const struct rule result[] = {
	{ "tc", RULE_CODE, true, conducted },
	{ "r", RULE_CODE, true, results },
	{ "m", RULE_CODE, false, methods },
	{ 0 },
};
static const struct rule of_vaccination[] = { { "uvci", RULE_TEXT, true, NULL }, { 0 } };
static const struct rule of_test[] = {
	{ "utci", RULE_TEXT, true, NULL },
	{ "opt", RULE_TEXT, false, NULL },
	{ 0 },
};

static void
fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, VDS_LAYER));
}

static void
note(struct work *w, enum reason reason, const struct node *n)
{
	report_find(w->report, reason, node_place(w, n, VDS_LAYER));
}

static void
missing(struct work *w, const struct node *map, const char *key)
{
	report_fail(w->report, REASON_PROFILE_MISSING, node_place_under(w, map, key, VDS_LAYER));
}

/* --- values --- */

bool
vds_number(const struct node *n, int64_t *out, bool *as_text)
{
	int64_t v = 0;

	*as_text = n && n->kind == NODE_TEXT;
	if (n && n->kind == NODE_INT) {
		*out = n->as.integer;
		return true;
	}
	if (n && n->kind == NODE_REAL && n->as.real >= 0 && n->as.real < 1e9) {
		*out = (int64_t)n->as.real;
		return (double)*out == n->as.real;
	}
	if (!*as_text || n->as.bytes.len == 0 || n->as.bytes.len > 9)
		return false;
	for (size_t i = 0; i < n->as.bytes.len; i++) {
		uint8_t c = n->as.bytes.ptr[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*out = v;
	return true;
}

static bool
listed(struct span s, const char *const *codes)
{
	for (; *codes; codes++)
		if (span_is(s, *codes))
			return true;
	return false;
}

static void
check_sequence(struct work *w, const struct node *n)
{
	int64_t v;
	bool as_text;

	if (!vds_number(n, &v, &as_text)) {
		fail(w, as_text ? REASON_PROFILE_VALUE : REASON_PROFILE_TYPE, n);
		return;
	}
	if (v < 1 || v > 99)
		fail(w, REASON_PROFILE_VALUE, n);
	else if (as_text)
		note(w, REASON_NOTE_NUMBER_TEXT, n);
}

/* Unknown parts of a birth date are left out, or written XX. */
static void
check_date(struct work *w, const struct node *n, bool partial)
{
	struct span s = n->as.bytes;
	struct date d;

	while (partial && s.len > 4 && span_ends(s, SPAN_LIT("-XX")))
		s.len -= 3;
	if (!date_parse(s, &d) || (!partial && s.len != 10))
		fail(w, REASON_PROFILE_VALUE, n);
	else if (!d.exists)
		note(w, REASON_NOTE_DATE_IMPOSSIBLE, n);
}

static void
check_time(struct work *w, const struct node *n)
{
	int64_t t;
	unsigned oddities;

	if (!time_parse(n->as.bytes, &t, &oddities))
		fail(w, REASON_PROFILE_VALUE, n);
	else if (oddities & (TIME_ODD_ZONE | TIME_NO_ZONE))
		note(w, REASON_NOTE_TIME_ZONE, n);
}

static void
check_text(struct work *w, const struct node *n)
{
	struct span s = n->as.bytes;

	if (s.len == 0)
		note(w, REASON_NOTE_EMPTY, n);
	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] == ' ' && s.ptr[i - 1] == ' ') {
			note(w, REASON_NOTE_VDS_BLANKS, n);
			return;
		}
}

static void
check_value(struct work *w, const struct node *n, const struct rule *r)
{
	if (r->kind == RULE_SEQUENCE)
		check_sequence(w, n);
	else if (n->kind != NODE_TEXT)
		fail(w, REASON_PROFILE_TYPE, n);
	else if (r->kind == RULE_DATE || r->kind == RULE_BIRTH)
		check_date(w, n, r->kind == RULE_BIRTH);
	else if (r->kind == RULE_TIME)
		check_time(w, n);
	else if (r->kind == RULE_CODE && !listed(n->as.bytes, r->codes))
		fail(w, REASON_PROFILE_VALUE, n);
	else if (r->kind == RULE_LIKELY && !listed(n->as.bytes, r->codes))
		note(w, REASON_NOTE_CODE_UNKNOWN, n);
	else if (r->kind == RULE_COUNTRY && passport_country(n->as.bytes).len == 0)
		note(w, REASON_NOTE_CODE_UNKNOWN, n);
	else if (r->kind == RULE_TEXT)
		check_text(w, n);
}

/* --- groups --- */

static void
check_map(struct work *w, const struct node *map, const struct rule *rules)
{
	for (const struct rule *r = rules; r->key; r++) {
		const struct node *n = node_get(map, r->key);
		if (n)
			check_value(w, n, r);
		else if (r->required)
			missing(w, map, r->key);
	}
}

/* The member that must be of this kind, a list with something in it; NULL once it was reported. */
static const struct node *
group(struct work *w, const struct node *map, const char *key, enum node_kind kind)
{
	const struct node *n = node_get(map, key);

	if (n && n->kind == kind && (kind == NODE_MAP || n->size > 0))
		return n;
	if (n && n->kind != kind)
		fail(w, REASON_PROFILE_TYPE, n);
	else
		missing(w, map, key);
	return NULL;
}

static void
check_group(struct work *w, const struct node *map, const char *key, const struct rule *rules)
{
	const struct node *n = group(w, map, key, NODE_MAP);

	if (n)
		check_map(w, n, rules);
}

static void
check_doses(struct work *w, const struct node *entry)
{
	const struct node *list;

	if (entry->kind != NODE_MAP) {
		fail(w, REASON_PROFILE_TYPE, entry);
		return;
	}
	check_map(w, entry, vaccine);
	list = group(w, entry, "vd", NODE_LIST);
	for (const struct node *n = list ? list->child : NULL; n; n = n->next)
		if (n->kind == NODE_MAP)
			check_map(w, n, dose);
		else
			fail(w, REASON_PROFILE_TYPE, n);
}

static void
check_vaccination(struct work *w, const struct node *msg)
{
	const struct node *person = node_get(msg, "pid"), *list;

	check_map(w, msg, of_vaccination);
	check_group(w, msg, "pid", vaccinated);
	if (person && !node_get(person, "dob") && !node_get(person, "i"))
		missing(w, person, "dob");
	list = group(w, msg, "ve", NODE_LIST);
	for (const struct node *n = list ? list->child : NULL; n; n = n->next)
		check_doses(w, n);
}

static void
check_test(struct work *w, const struct node *msg)
{
	check_map(w, msg, of_test);
	check_group(w, msg, "pid", tested);
	check_group(w, msg, "sp", provider);
	check_group(w, msg, "dat", times);
	check_group(w, msg, "tr", result);
}

/* Doc 9303-13: the signer belongs to the state that issues. */
static void
check_country(struct work *w, const struct vds *v)
{
	const struct node *n = node_get(v->header, "is");
	struct span state = passport_country(node_text(n)), own = cert_country(v->cert);

	if (state.len == 0 || !country_same(state, own))
		fail(w, REASON_VDS_COUNTRY, n);
}

int
vds_check(struct work *w, const struct credential *c)
{
	const struct vds *v = c->scheme_data;

	check_country(w, v);
	if (v->type == VDS_TEST)
		check_test(w, v->message);
	else
		check_vaccination(w, v->message);
	return 0;
}
