/* link_file.c - the files of a link: the list of them, the wrapper of each, and what is inside.
 *
 * A file that can't be had or read has a row that says so; the others still count.
 * Certificates inside are handed to the engine one by one, as if they had come alone.
 */
#include "codecs/seal/jwe.h"
#include "gateway/engine/link_impl.h"

#include <errno.h>

#define CARD    "application/smart-health-card"
#define FHIR    "application/fhir+json"
#define SERVICE "application/smart-api-access"
#define LAYER   "manifest"

/* --- types of content --- */

static bool
is_nocase(struct span s, const char *name)
{
	if (s.len != strlen(name))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]) !=
			(uint8_t)name[i])
			return false;
	return true;
}

bool
link_is_type(struct span type, const char *name)
{
	struct span bare = span_trim(span_slice(type, 0, span_find(type, ';')));

	if (span_find(bare, '/') == bare.len)
		name += sizeof("application/") - 1;
	return is_nocase(bare, name);
}

/* Of a file that nobody gave a type: the first member of the two formats tells them apart. */
static struct span
type_by_look(struct work *w, struct span plain)
{
	struct report aside;
	struct work quiet = *w;
	const struct node *root = NULL;

	quiet.report = &aside;
	report_begin(&aside, w->arena);
	if (node_from_json(&quiet, plain, "content", &root) != 0)
		return SPAN_NONE;
	if (node_get(root, "verifiableCredential"))
		return SPAN_LIT(CARD);
	return node_get(root, "resourceType") ? SPAN_LIT(FHIR) : SPAN_NONE;
}

static void
settle_type(struct work *w, struct link_file *f, const struct jwe *j, struct span plain)
{
	static const char *const types[] = { CARD, FHIR, SERVICE };

	if (!j->cty.ptr)
		report_find(w->report, REASON_NOTE_LINK_TYPE_MISSING,
			node_place_under(w, j->header, "cty", "jwe-header"));
	for (size_t i = 0; i < 3 && f->type.len > 0 && j->cty.ptr; i++)
		if (link_is_type(f->type, types[i]) != link_is_type(j->cty, types[i])) {
			report_find(w->report, REASON_NOTE_LINK_TYPE_DIFFERS,
				node_place(w, node_get(j->header, "cty"), "jwe-header"));
			break;
		}
	if (f->type.len == 0)
		f->type = j->cty.ptr ? j->cty : type_by_look(w, plain);
}

/* --- what is inside --- */

int
link_verify_entry(struct work *w, struct link_verify *v, struct link_entry *e, struct span text)
{
	struct work own = *w;

	own.report = &e->report;
	e->verify = (struct verify){ .input = text,
		.trust = v->trust,
		.policy = v->policy,
		.web = v->web,
		.core = v->core };
	int r = engine_verify(&own, &e->verify);
	for (size_t i = 0; r == 0 && i < e->verify.need_count; i++)
		link_need(v, &e->verify.needs[i]);
	return r;
}

static int
verify_cards(struct work *w, struct link_verify *v, struct link_file *f, struct span plain)
{
	struct span *texts;
	size_t count;
	int r = engine_split(w, plain, &texts, &count);

	if (r != 0)
		return r;
	if (count > w->limits->bundle_entries) {
		report_limit(w->report, "bundle.entries", w->limits->bundle_entries, PLACE_NONE);
		return 0;
	}
	struct link_entry *entries = ARENA_ARRAY(w->arena, count, struct link_entry);
	if (!entries)
		return arena_error(w->arena);
	for (size_t i = 0; i < count && r == 0; i++)
		r = link_verify_entry(w, v, &entries[i], texts[i]);
	if (r != 0)
		return r;
	f->entries = entries;
	f->entry_count = count;
	report_pass(w->report);
	return 0;
}

static int
judge_content(struct work *w, struct link_verify *v, struct link_file *f, struct span plain)
{
	if (link_is_type(f->type, CARD))
		return verify_cards(w, v, f, plain);
	if (link_is_type(f->type, FHIR))
		report_unknown(w->report, REASON_LINK_UNSIGNED, PLACE_NONE);
	else if (link_is_type(f->type, SERVICE))
		report_unknown(w->report, REASON_LINK_SERVICE, PLACE_NONE);
	else
		report_unknown(w->report, REASON_LINK_CONTENT_TYPE, PLACE_NONE);
	return 0;
}

int
link_open_file(struct work *w, struct link_verify *v, struct link_file *f, const void *what)
{
	struct span text = *(const struct span *)what;
	struct jwe j;
	struct span plain;
	bool ok;

	if (text.len > w->limits->link_bytes) {
		report_limit(w->report, "link.bytes", w->limits->link_bytes, PLACE_NONE);
		return 0;
	}
	int r = jwe_read(w, span_trim(text), &j, &ok);
	if (r != 0 || !ok)
		return r;
	r = jwe_open(w, &j, v->link.key, "link.bytes", w->limits->link_bytes, &plain, &ok);
	if (r != 0 || !ok)
		return r;
	settle_type(w, f, &j, plain);
	return judge_content(w, v, f, plain);
}

/* --- one file after the other --- */

struct link_file *
link_add_file(struct work *w, struct link_verify *v, size_t room)
{
	if (!v->files)
		v->files = ARENA_ARRAY(w->arena, room, struct link_file);
	if (!v->files)
		return NULL;
	struct link_file *f = &v->files[v->file_count++];
	report_begin(&f->report, w->arena);
	f->verdict = VERDICT_REJECTED;
	return f;
}

static void
conclude(struct link_file *f)
{
	const struct check *row = &f->report.checks[CHECK_FORMAT];

	f->reason = row->reason;
	f->verdict = row->status == STATUS_PASS && f->entry_count > 0 ? VERDICT_VERIFIED
		     : row->status == STATUS_UNKNOWN                  ? VERDICT_INDETERMINATE
								      : VERDICT_REJECTED;
	for (size_t i = 0; i < f->entry_count; i++) {
		enum verdict verdict = report_verdict(&f->entries[i].report);
		if (verdict > f->verdict) {
			f->verdict = verdict;
			f->reason = report_reason(&f->entries[i].report);
		}
	}
}

int
link_for_file(struct work *w, struct link_verify *v, struct link_file *f, link_file_fn fn,
	const void *what)
{
	struct work own = *w;

	own.report = &f->report;
	int r = fn(&own, v, f, what);
	if (r == -ENOBUFS)
		report_limit(&f->report, "link.memory", w->limits->link_memory, PLACE_NONE);
	else if (r != 0)
		return r;
	conclude(f);
	return 0;
}

/* --- the list of files --- */

/* What stands under the file's address. */
static int
fetch_file(struct work *w, struct link_verify *v, struct link_file *f, struct span url)
{
	struct need n = { .kind = NEED_FILE, .scope = { v->policy->env, TRUST_SHC }, .url = url };

	if (!span_starts(url, SPAN_LIT("https://"))) {
		report_fail(w->report, REASON_LINK_URL, PLACE_NONE);
		return 0;
	}
	if (!link_allowed(v, url)) {
		report_unknown(w->report, REASON_LINK_NOT_ALLOWED, PLACE_NONE);
		return 0;
	}
	const struct web_item *item = link_answer(v, &n);
	if (item && item->state == WEB_GOOD)
		return link_open_file(w, v, f, &item->bytes);
	report_unknown(w->report,
		!item                 ? REASON_LINK_NOT_FETCHED
		: item->status == 429 ? REASON_LINK_BUSY
				      : REASON_LINK_UNREACHABLE,
		PLACE_NONE);
	return 0;
}

/* The file is embedded, or stands under an address. */
static int
listed_file(struct work *w, struct link_verify *v, struct link_file *f, const void *what)
{
	const struct node *n = what;
	struct span embedded = node_text(node_get(n, "embedded")),
		    location = node_text(node_get(n, "location"));

	f->type = node_text(node_get(n, "contentType"));
	if (span_is(node_text(node_get(n, "status")), "no-longer-valid")) {
		report_fail(w->report, REASON_LINK_WITHDRAWN,
			node_place(w, node_get(n, "status"), LAYER));
		return 0;
	}
	if (!f->type.ptr || (!embedded.ptr && !location.ptr)) {
		report_fail(w->report, REASON_LINK_MANIFEST, node_place(w, n, LAYER));
		return 0;
	}
	if (embedded.ptr && location.ptr)
		report_find(w->report, REASON_NOTE_LINK_TWICE, node_place(w, n, LAYER));
	return embedded.ptr ? link_open_file(w, v, f, &embedded) : fetch_file(w, v, f, location);
}

int
link_manifest(struct work *w, struct link_verify *v, struct span json)
{
	const struct node *root;
	int r = node_from_json(w, json, LAYER, &root);

	if (r != 0 || !root)
		return r;
	const struct node *files = node_get(root, "files");
	if (!files || files->kind != NODE_LIST) {
		report_fail(
			w->report, REASON_LINK_MANIFEST, node_place_under(w, root, "files", LAYER));
		return 0;
	}
	if (files->size > w->limits->link_files) {
		report_limit(w->report, "link.files", w->limits->link_files,
			node_place(w, files, LAYER));
		return 0;
	}
	for (const struct node *n = files->child; n && r == 0; n = n->next) {
		struct link_file *f = link_add_file(w, v, files->size);
		r = f ? link_for_file(w, v, f, listed_file, n) : arena_error(w->arena);
	}
	return r;
}
