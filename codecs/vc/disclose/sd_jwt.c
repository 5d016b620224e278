/* sd_jwt.c - the payload of an SD-JWT with what was disclosed in its place.
 *
 * The tree is copied while it is walked, each container with its digests resolved, so that nothing of the digests is
 * left and every node knows its new parent.  A disclosure is put in once: nothing grows beyond what was sent.
 */
#include "codecs/vc/disclose/sd_jwt.h"

#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/jws.h"

#include <stdlib.h>

#define TEXT "sd-jwt" /* the layer of the whole text */

enum { HASH = 32, HASH_TEXT = 43 };

struct disclosure {
	struct span digest; /* base64url */
	struct span name; /* ptr NULL: an element of a list */
	const struct node *value;
	size_t at; /* in the text */
	bool used;
};

/* A digest that was met, whether or not something was disclosed for it. */
struct met {
	const struct node *digest;
	struct met *before;
};

struct unfold {
	struct work *w;
	const char *layer;
	struct disclosure *all; /* by digest */
	size_t count;
	struct met *met;
	size_t met_count;
	const struct disclosure *within; /* whose value is walked; NULL: the issuer's payload */
	int error;
};

/* --- the text --- */

static bool
may_follow(uint8_t c)
{
	return ascii_base64url(c) || c == '~' || c == '.';
}

bool
sd_jwt_looks_like(struct span text)
{
	size_t tilde = span_find(text, '~');

	if (tilde == text.len || tilde == 0 || !jws_looks_like(span_slice(text, 0, tilde)))
		return false;
	for (size_t i = tilde; i < text.len; i++)
		if (!may_follow(text.ptr[i]))
			return false;
	return true;
}

void
sd_jwt_cut(struct span text, struct sd_jwt *out)
{
	size_t first = span_find(text, '~'), last = text.len - 1;

	while (text.ptr[last] != '~')
		last--;
	*out = (struct sd_jwt){ .text = text,
		.token = span_slice(text, 0, first),
		.disclosures = span_slice(text, first + 1, last - first),
		.shown = span_slice(text, 0, last + 1),
		.binding = span_from(text, last + 1) };
}

/* --- disclosures --- */

static void
fail(struct unfold *u, const struct node *n, enum reason reason)
{
	struct place at = u->within ? PLACE_AT(TEXT, u->within->at) : node_place(u->w, n, u->layer);

	report_fail(u->w->report, reason, at);
}

static bool
going(const struct unfold *u)
{
	return u->error == 0 && !report_failed(u->w->report);
}

/* [salt, name, value] or [salt, value] (4.2). */
static bool
take_list(const struct node *list, struct disclosure *d)
{
	bool member = list->size == 3;

	if (list->kind != NODE_LIST || (!member && list->size != 2) ||
		node_at(list, 0)->kind != NODE_TEXT)
		return false;
	if (member && node_at(list, 1)->kind != NODE_TEXT)
		return false;
	d->name = member ? node_at(list, 1)->as.bytes : SPAN_NONE;
	d->value = node_at(list, member ? 2 : 1);
	return true;
}

static int
read_list(struct work *w, struct span part, struct disclosure *d)
{
	const struct node *list = NULL;
	struct span json = SPAN_NONE;
	size_t bad = 0;
	int r = base64url_decode(w->arena, part, &json, &bad);

	if (r == 0 && !json.ptr)
		report_fail(w->report, REASON_ENCODING_BASE64URL, PLACE_AT(TEXT, d->at + bad));
	if (r == 0 && json.ptr)
		r = node_from_json(w, json, "disclosure", &list);
	if (r == 0 && list && !take_list(list, d))
		report_fail(w->report, REASON_VC_SD_DISCLOSURE, PLACE_AT(TEXT, d->at));
	return r;
}

static int
read_one(struct work *w, struct span part, struct disclosure *d)
{
	struct buf b = buf_in(w->arena, HASH_TEXT);
	uint8_t hash[HASH];
	int r = read_list(w, part, d);

	if (r == 0)
		r = digest_of(w->kit, DIGEST_SHA256, part, hash);
	if (r != 0)
		return r;
	base64url_encode(&b, (struct span){ hash, sizeof(hash) });
	d->digest = buf_span(&b);
	return b.error;
}

static int
by_digest(const void *a, const void *b)
{
	return span_cmp(
		((const struct disclosure *)a)->digest, ((const struct disclosure *)b)->digest);
}

static size_t
count_parts(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '~';
	return n;
}

static int
read_all(struct unfold *u, const struct sd_jwt *sd)
{
	struct span rest = span_slice(sd->disclosures, 0, sd->disclosures.len - 1), part;
	size_t count = count_parts(sd->disclosures), max = u->w->limits->vc_disclosures;
	int r = 0;

	if (sd->disclosures.len == 0)
		return 0;
	if (count > max) {
		report_limit(u->w->report, "vc.disclosures", max, PLACE_AT(TEXT, sd->token.len));
		return 0;
	}
	u->all = ARENA_ARRAY(u->w->arena, count, struct disclosure);
	if (!u->all)
		return arena_error(u->w->arena);
	while (r == 0 && going(u) && u->count < count) {
		if (!span_split(&rest, '~', &part))
			part = SPAN_NONE;
		struct disclosure *d = &u->all[u->count++];
		d->at = part.ptr ? (size_t)(part.ptr - sd->text.ptr) : sd->shown.len - 1;
		r = read_one(u->w, part.ptr ? part : SPAN_LIT(""), d);
	}
	if (r == 0 && going(u))
		qsort(u->all, u->count, sizeof(*u->all), by_digest);
	return r;
}

/* --- the walk --- */

static void unfold(struct unfold *u, struct node *n, size_t depth);

/* A copy of `like` behind *last, the newest child of parent; NULL: out of memory. */
static struct node *
add(struct unfold *u, struct node *parent, struct node **last, const struct node *like)
{
	struct node *n = ARENA_NEW(u->w->arena, struct node);

	if (!n) {
		u->error = arena_error(u->w->arena);
		return NULL;
	}
	*n = *like;
	n->parent = parent;
	n->next = NULL;
	if (u->within)
		n->offset = PLACE_NO_OFFSET;
	if (*last)
		(*last)->next = n;
	else
		parent->child = n;
	*last = n;
	parent->size++;
	return n;
}

static void
add_disclosed(struct unfold *u, struct node *parent, struct node **last, struct disclosure *d,
	size_t depth)
{
	const struct disclosure *outer = u->within;
	struct node *n;

	u->within = d;
	n = add(u, parent, last, d->value);
	if (n) {
		n->key_kind = d->name.ptr ? KEY_TEXT : KEY_NONE;
		n->key = d->name;
		unfold(u, n, depth + 1);
	}
	u->within = outer;
}

/* What was disclosed for a digest, which may stand once; NULL: withheld, or reported. */
static struct disclosure *
disclosed(struct unfold *u, const struct node *digest, bool member)
{
	struct disclosure key = { .digest = node_text(digest) }, *d = NULL;
	struct met *met = ARENA_NEW(u->w->arena, struct met);

	if (!met) {
		u->error = arena_error(u->w->arena);
		return NULL;
	}
	*met = (struct met){ digest, u->met };
	u->met = met;
	u->met_count++;
	if (u->count > 0 && key.digest.ptr)
		d = bsearch(&key, u->all, u->count, sizeof(*u->all), by_digest);
	if (digest->kind != NODE_TEXT || (d && d->used))
		fail(u, digest, REASON_VC_SD_DIGEST);
	else if (d && member != (d->name.ptr != NULL))
		report_fail(u->w->report, REASON_VC_SD_DISCLOSURE, PLACE_AT(TEXT, d->at));
	if (d)
		d->used = true;
	return going(u) ? d : NULL;
}

/* Whoever may leave these out could make a credential valid that is not (9.7). */
static bool
is_decisive(struct span name)
{
	static const char *const names[] = { "iss", "aud", "exp", "nbf", "cnf", "vct", "status",
		"credentialStatus", "validFrom", "validUntil", "@context" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

static bool
name_is_good(const struct node *map, struct span name, size_t depth)
{
	return !span_is(name, "_sd") && !span_is(name, "...") && !node_find(map, name) &&
	       !(depth == 1 && (span_is(name, "_sd_alg") || is_decisive(name)));
}

static void
add_members(struct unfold *u, struct node *map, struct node **last, const struct node *digests,
	size_t depth)
{
	bool withheld = false;

	if (digests->kind != NODE_LIST) {
		fail(u, digests, REASON_VC_SD_DIGEST);
		return;
	}
	for (const struct node *n = digests->child; n && going(u); n = n->next) {
		struct disclosure *d = disclosed(u, n, true);

		withheld = withheld || !d;
		if (d && !name_is_good(map, d->name, depth))
			report_fail(u->w->report, REASON_VC_SD_NAME, PLACE_AT(TEXT, d->at));
		else if (d)
			add_disclosed(u, map, last, d, depth);
	}
	if (withheld && depth == 1 && going(u))
		report_find(
			u->w->report, REASON_NOTE_VC_WITHHELD, node_place(u->w, digests, u->layer));
}

static void
unfold_map(struct unfold *u, struct node *map, const struct node *old, size_t depth)
{
	const struct node *digests = NULL;
	struct node *last = NULL, *n;

	for (; old && going(u); old = old->next) {
		if (span_is(old->key, "_sd"))
			digests = old;
		else if (span_is(old->key, "..."))
			fail(u, old, REASON_VC_SD_NAME);
		else if (!(depth == 1 && span_is(old->key, "_sd_alg")) &&
			 (n = add(u, map, &last, old)) != NULL)
			unfold(u, n, depth + 1);
	}
	if (digests && going(u))
		add_members(u, map, &last, digests, depth);
}

/* {"...": digest} stands for an element (4.2.4.2). */
static void
unfold_list(struct unfold *u, struct node *list, const struct node *old, size_t depth)
{
	struct node *last = NULL, *n;

	for (; old && going(u); old = old->next) {
		const struct node *digest = node_get(old, "...");
		struct disclosure *d = NULL;

		if (digest && old->size != 1)
			fail(u, old, REASON_VC_SD_DIGEST);
		else if (digest && (d = disclosed(u, digest, false)) != NULL)
			add_disclosed(u, list, &last, d, depth);
		else if (!digest && (n = add(u, list, &last, old)) != NULL)
			unfold(u, n, depth + 1);
	}
}

/* n is a copy whose children are still those that it was copied from. */
static void
unfold(struct unfold *u, struct node *n, size_t depth)
{
	const struct node *old = n->child;

	if (n->kind != NODE_LIST && n->kind != NODE_MAP)
		return;
	if (depth > u->w->limits->json_depth) {
		report_limit(u->w->report, "json.depth", u->w->limits->json_depth,
			node_place(u->w, n, u->layer));
		return;
	}
	n->child = NULL;
	n->size = 0;
	if (n->kind == NODE_MAP)
		unfold_map(u, n, old, depth);
	else
		unfold_list(u, n, old, depth);
}

/* --- at the end --- */

static int
by_text(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* A digest that stands twice could show one thing in two places. */
static void
check_digests(struct unfold *u)
{
	struct span *all = ARENA_ARRAY(u->w->arena, u->met_count + 1, struct span);
	size_t n = 0;

	if (!all) {
		u->error = arena_error(u->w->arena);
		return;
	}
	for (const struct met *m = u->met; m; m = m->before)
		all[n++] = m->digest->as.bytes;
	qsort(all, n, sizeof(*all), by_text);
	for (size_t i = 1; i < n; i++)
		if (span_eq(all[i - 1], all[i])) {
			report_fail(u->w->report, REASON_VC_SD_DIGEST, PLACE_AT(TEXT, 0));
			return;
		}
}

static void
check_used(struct unfold *u)
{
	const struct disclosure *first = NULL;

	for (size_t i = 0; i < u->count; i++)
		if (!u->all[i].used && (!first || u->all[i].at < first->at))
			first = &u->all[i];
	if (first)
		report_fail(u->w->report, REASON_VC_SD_UNUSED, PLACE_AT(TEXT, first->at));
}

static bool
algorithm_is_known(struct work *w, const struct node *payload, const char *layer)
{
	const struct node *alg = node_get(payload, "_sd_alg");

	if (!alg || span_is(node_text(alg), "sha-256"))
		return true;
	report_fail(w->report, REASON_VC_SD_ALGORITHM, node_place(w, alg, layer));
	return false;
}

int
sd_jwt_unfold(struct work *w, const struct sd_jwt *sd, const struct node *payload,
	const char *layer, const struct node **out)
{
	struct unfold u = { .w = w, .layer = layer };
	struct node *root = ARENA_NEW(w->arena, struct node);

	if (!root)
		return arena_error(w->arena);
	if (!algorithm_is_known(w, payload, layer))
		return 0;
	int r = read_all(&u, sd);
	if (r != 0 || !going(&u))
		return r;
	*root = *payload;
	unfold(&u, root, 1);
	if (going(&u))
		check_digests(&u);
	if (going(&u))
		check_used(&u);
	if (going(&u))
		*out = root;
	return u.error;
}
