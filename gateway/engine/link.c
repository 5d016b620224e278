/* link.c - the link itself: is it genuine where it is signed, well put, in time, allowed, and what did its address
 * answer?
 *
 * The steps are a table, and the first that has something against the link ends
 * them.  Whatever is not there yet becomes a need; the caller fetches it and asks again.
 */
#include "gateway/engine/link.h"

#include "codecs/base/ascii.h"
#include "codecs/tree/node.h"
#include "gateway/engine/link_impl.h"
#include "trust/net/url.h"

#include <errno.h>

/* --- needs and answers --- */

static bool
same_need(const struct need *a, const struct need *b)
{
	return a->kind == b->kind && span_eq(a->url, b->url) && span_eq(a->body, b->body) &&
	       span_eq(a->issuer, b->issuer) && span_eq(a->kid, b->kid);
}

void
link_need(struct link_verify *v, const struct need *n)
{
	for (size_t i = 0; i < v->need_count; i++)
		if (same_need(&v->needs[i], n))
			return;
	if (v->need_count < LINK_NEEDS)
		v->needs[v->need_count++] = *n;
}

const struct web_item *
link_answer(struct link_verify *v, const struct need *n)
{
	for (size_t i = 0; i < v->item_count; i++)
		if (same_need(&v->items[i].need, n))
			return &v->items[i];
	link_need(v, n);
	return NULL;
}

bool
link_allowed(const struct link_verify *v, struct span url)
{
	const struct policy *p = v->policy;
	struct url u;

	if (p->links == LINKS_NO || url_read(url, &u) != URL_GOOD)
		return false;
	return p->links == LINKS_ANY || host_listed(u.host, p->link_hosts, p->link_host_count);
}

/* --- what is asked --- */

static void
percent(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (ascii_base64url(c)) {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '%');
			buf_hex(b, (struct span){ &c, 1 });
		}
	}
}

static struct span
recipient_of(const struct link_verify *v)
{
	return v->recipient.len > 0 ? v->recipient : SPAN_LIT("Vidimus");
}

/* GET url?recipient=... */
static int
ask_for_file(struct work *w, const struct link_verify *v, struct need *n)
{
	struct buf b = buf_in(w->arena, w->limits->input_text);
	struct span url = v->link.url;

	buf_add(&b, url);
	buf_str(&b, span_find(url, '?') < url.len ? "&recipient=" : "?recipient=");
	percent(&b, recipient_of(v));
	n->url = buf_span(&b);
	return b.error;
}

/* What we would rather have at once than by another request. */
static uint64_t
embedded_max(const struct limits *l)
{
	return l->link_bytes < l->json_string ? l->link_bytes : l->json_string;
}

static int
ask_for_manifest(struct work *w, const struct link_verify *v, struct need *n)
{
	struct buf b = buf_in(w->arena, w->limits->input_text);

	buf_str(&b, "{\"recipient\":");
	buf_json(&b, recipient_of(v));
	if (v->link.flags & LINK_PASSCODE) {
		buf_str(&b, ",\"passcode\":");
		buf_json(&b, v->passcode);
	}
	buf_str(&b, ",\"embeddedLengthMax\":");
	buf_uint(&b, embedded_max(w->limits));
	buf_char(&b, '}');
	n->url = v->link.url;
	n->body = buf_span(&b);
	return b.error;
}

/* --- what its address answered --- */

/* {"remainingAttempts": n}; an answer of another form tells nothing. */
static int64_t
attempts_in(struct work *w, struct span json)
{
	struct report aside;
	struct work quiet = *w;
	const struct node *root = NULL;

	quiet.report = &aside;
	report_begin(&aside, w->arena);
	if (json.len == 0 || json.len > w->limits->input_text ||
		node_from_json(&quiet, json, "answer", &root) != 0)
		return -1;
	const struct node *n = node_get(root, "remainingAttempts");
	return n && n->kind == NODE_INT && n->as.integer >= 0 ? n->as.integer : -1;
}

/* Whether there is a body to read; otherwise the link's row says why not. */
static bool
is_good(struct work *w, struct link_verify *v, const struct web_item *item)
{
	struct report *r = w->report;

	if (item->status == 401)
		v->attempts = attempts_in(w, item->bytes);
	if (item->state == WEB_GOOD && item->bytes.len <= w->limits->link_bytes)
		return true;
	if (item->state == WEB_GOOD)
		report_limit(r, "link.bytes", w->limits->link_bytes, PLACE_NONE);
	else if (item->status == 404 || item->status == 410)
		report_fail(r, REASON_LINK_INACTIVE, PLACE_NONE);
	else if (item->status == 429)
		report_unknown(r, REASON_LINK_BUSY, PLACE_NONE);
	else if (item->status == 401 && (v->link.flags & LINK_PASSCODE))
		report_unknown(r, REASON_LINK_PASSCODE_WRONG, PLACE_NONE);
	else
		report_unknown(r, REASON_LINK_UNREACHABLE, PLACE_NONE);
	return false;
}

static int
step_content(struct work *w, struct link_verify *v)
{
	bool file = (v->link.flags & LINK_FILE) != 0;
	struct need n = { .kind = NEED_FILE, .scope = { v->policy->env, TRUST_SHC } };
	int r = file ? ask_for_file(w, v, &n) : ask_for_manifest(w, v, &n);

	if (r != 0)
		return r;
	const struct web_item *item = link_answer(v, &n);
	if (!item) {
		report_unknown(w->report, REASON_LINK_NOT_FETCHED, PLACE_NONE);
		return 0;
	}
	if (!is_good(w, v, item))
		return 0;
	if (!file)
		return link_manifest(w, v, item->bytes);
	struct link_file *f = link_add_file(w, v, 1);
	return f ? link_for_file(w, v, f, link_open_file, &item->bytes) : arena_error(w->arena);
}

/* --- the steps before --- */

bool
engine_leads(const struct verify *v)
{
	return v->policy->links != LINKS_NO && v->verified && v->has_record && v->record.link &&
	       v->record.link->lead;
}

/* A link in a certificate is only as good as that: unless it is verified in every respect, nobody is asked. */
static int
step_carrier(struct work *w, struct link_verify *v)
{
	if (link_looks_like(span_trim(v->input)))
		return 0;
	v->carrier = ARENA_NEW(w->arena, struct link_entry);
	if (!v->carrier)
		return arena_error(w->arena);
	int r = link_verify_entry(w, v, v->carrier, v->input);
	if (r != 0)
		return r;
	const struct verify *found = &v->carrier->verify;
	if (engine_leads(found))
		v->link = *found->record.link->lead;
	if (!engine_leads(found) || report_verdict(&v->carrier->report) != VERDICT_VERIFIED)
		report_unknown(w->report, REASON_LINK_NOT_FETCHED, PLACE_NONE);
	return 0;
}

static int
step_read(struct work *w, struct link_verify *v)
{
	struct span text = span_trim(v->input);
	bool ok;

	if (v->carrier)
		return 0;
	if (text.len > w->limits->input_text) {
		report_limit(w->report, "input.text", w->limits->input_text,
			PLACE_AT(LINK_LAYER, w->limits->input_text));
		return 0;
	}
	return link_read(w, text, &v->link, &ok);
}

static int
step_host(struct work *w, struct link_verify *v)
{
	struct url u;

	(void)w;
	if (url_read(v->link.url, &u) == URL_GOOD)
		memcpy(v->host, u.host, sizeof(u.host));
	return 0;
}

/* As of a card: at that very second it still holds. */
static int
step_expiry(struct work *w, struct link_verify *v)
{
	if (v->link.expires != TIME_NONE && v->link.expires < w->now)
		report_fail(w->report, REASON_LINK_EXPIRED,
			node_place(w, node_get(v->link.payload, "exp"), LINK_LAYER_PAYLOAD));
	return 0;
}

static int
step_allowed(struct work *w, struct link_verify *v)
{
	if (!link_allowed(v, v->link.url))
		report_unknown(w->report, REASON_LINK_NOT_ALLOWED, PLACE_NONE);
	return 0;
}

static int
step_passcode(struct work *w, struct link_verify *v)
{
	if ((v->link.flags & LINK_PASSCODE) && !v->passcode.ptr)
		report_unknown(w->report, REASON_LINK_PASSCODE_MISSING, PLACE_NONE);
	return 0;
}

static int (*const steps[])(struct work *, struct link_verify *) = { step_carrier, step_read,
	step_host, step_expiry, step_allowed, step_passcode, step_content };

static void
weigh(struct link_verify *v, enum verdict verdict, enum reason reason)
{
	if (verdict <= v->verdict)
		return;
	v->verdict = verdict;
	v->reason = reason;
}

/* The worst of everything, and the first reason of that weight. */
static void
conclude(struct work *w, struct link_verify *v)
{
	const struct check *row = &w->report->checks[CHECK_FORMAT];

	v->verdict = VERDICT_VERIFIED;
	v->reason = REASON_NONE;
	if (v->carrier)
		weigh(v, report_verdict(&v->carrier->report), report_reason(&v->carrier->report));
	weigh(v,
		row->status == STATUS_PASS      ? VERDICT_VERIFIED
		: row->status == STATUS_UNKNOWN ? VERDICT_INDETERMINATE
						: VERDICT_REJECTED,
		row->reason);
	for (size_t i = 0; i < v->file_count; i++)
		weigh(v, v->files[i].verdict, v->files[i].reason);
}

int
engine_link(struct work *w, struct link_verify *v)
{
	report_begin(w->report, w->arena);
	v->attempts = -1;
	v->link.expires = TIME_NONE;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int r = steps[i](w, v);
		if (r == -ENOBUFS)
			report_limit(w->report, "link.memory", w->limits->link_memory, PLACE_NONE);
		else if (r != 0)
			return r;
		if (w->report->checks[CHECK_FORMAT].status != STATUS_SILENT)
			break;
	}
	if (w->report->checks[CHECK_FORMAT].status == STATUS_SILENT && v->file_count == 0)
		report_unknown(w->report, REASON_LINK_EMPTY, PLACE_NONE);
	report_pass(w->report);
	conclude(w, v);
	return 0;
}
