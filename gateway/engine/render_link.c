/* render_link.c - the answer about a health link as JSON: the report of the certificate that carried it, its own row,
 * each file's, each certificate's report.
 *
 * The link's key, its address beyond the host, and the passcode never appear here:
 * whoever has them can read the files.  Only `inspect` shows the address, to whom holds the link.
 */
#include "codecs/base/date.h"
#include "codecs/credential.h"
#include "codecs/tree/node_json.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"
#include "gateway/engine/render_parts.h"

static void
member(struct buf *b, const char *name, struct span value)
{
	buf_char(b, ',');
	buf_json(b, span_of(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void
time_member(struct buf *b, const char *name, int64_t t)
{
	buf_char(b, ',');
	buf_json(b, span_of(name));
	buf_str(b, ":\"");
	time_format(b, t);
	buf_char(b, '"');
}

static void
verdict(struct buf *b, enum verdict v, enum reason reason)
{
	buf_str(b, "{\"verdict\":");
	buf_json(b, span_of(verdict_name(v)));
	if (reason != REASON_NONE)
		member(b, "reason", span_of(reason_code(reason)));
}

/* "status", "reason", "text", "limit", "at", "findings" of what is no certificate. */
static void
row(struct buf *b, const struct report *r, const char *passed)
{
	const struct check *c = &r->checks[CHECK_FORMAT];

	buf_str(b, "{\"status\":");
	buf_json(b, span_of(status_name(c->status)));
	if (c->reason != REASON_NONE)
		member(b, "reason", span_of(reason_code(c->reason)));
	member(b, "text", span_of(c->reason != REASON_NONE ? reason_text(c->reason) : passed));
	if (c->limit) {
		member(b, "limit", span_of(c->limit));
		buf_str(b, ",\"value\":");
		buf_uint(b, c->limit_value);
	}
	render_place(b, c->at);
	render_findings(b, r);
}

static void
flags(struct buf *b, const struct link *l)
{
	buf_str(b, ",\"flags\":\"");
	buf_str(b, l->flags & LINK_LONG_TERM ? "L" : "");
	buf_str(b, l->flags & LINK_PASSCODE ? "P" : "");
	buf_str(b, l->flags & LINK_FILE ? "U" : "");
	buf_char(b, '"');
}

/* What the link says, as far as it could be read. */
static void
says(struct buf *b, const struct link *l)
{
	if (l->label.ptr)
		member(b, "label", l->label);
	if (!l->payload)
		return;
	flags(b, l);
	if (l->expires != TIME_NONE)
		time_member(b, "expires", l->expires);
	buf_str(b, ",\"version\":");
	buf_int(b, l->version);
}

static void
link_itself(struct buf *b, const struct work *w, const struct link_verify *v)
{
	row(b, w->report, "the link is well put and led to its files");
	says(b, &v->link);
	if (v->host[0])
		member(b, "host", span_of(v->host));
	if (v->attempts >= 0) {
		buf_str(b, ",\"remainingAttempts\":");
		buf_int(b, v->attempts);
	}
	buf_char(b, '}');
}

static void
entry(struct buf *b, const struct work *w, struct link_entry *e)
{
	struct work own = *w;

	own.report = &e->report;
	render_report(b, &own, &e->verify);
}

static void
entries(struct buf *b, const struct work *w, const struct link_file *f)
{
	for (size_t i = 0; i < f->entry_count; i++) {
		buf_str(b, i > 0 ? "," : "");
		entry(b, w, &f->entries[i]);
	}
}

static void
file(struct buf *b, const struct work *w, const struct link_file *f)
{
	verdict(b, f->verdict, f->reason);
	if (f->type.len > 0)
		member(b, "contentType", f->type);
	buf_str(b, ",\"wrapper\":");
	row(b, &f->report, "the file was decrypted and read");
	buf_str(b, "},\"entries\":[");
	entries(b, w, f);
	buf_str(b, "]}");
}

void
render_link(struct buf *b, const struct work *w, const struct link_verify *v)
{
	verdict(b, v->verdict, v->reason);
	time_member(b, "at", w->now);
	if (v->carrier) {
		buf_str(b, ",\"certificate\":");
		entry(b, w, v->carrier);
	}
	buf_str(b, ",\"link\":");
	link_itself(b, w, v);
	buf_str(b, ",\"files\":[");
	for (size_t i = 0; i < v->file_count; i++) {
		buf_str(b, i > 0 ? "," : "");
		file(b, w, &v->files[i]);
	}
	buf_str(b, "]}");
}

/* --- inspect --- */

/* Every member but the key. */
static void
payload(struct buf *b, const struct link *l)
{
	const char *comma = "";

	buf_char(b, '{');
	for (const struct node *n = l->payload->child; n; n = n->next) {
		if (span_is(n->key, "key"))
			continue;
		buf_str(b, comma);
		buf_json(b, n->key);
		buf_char(b, ':');
		node_to_json(b, n);
		comma = ",";
	}
	buf_char(b, '}');
}

int
render_link_inspect(struct buf *b, struct work *w, struct span input)
{
	struct link l = { 0 };
	bool ok;

	report_begin(w->report, w->arena);
	int r = link_read(w, span_trim(input), &l, &ok);
	if (r != 0)
		return r;
	report_pass(w->report);
	buf_str(b, "{\"scheme\":\"smart-health-link\",\"layers\":[");
	if (l.payload && l.payload->kind == NODE_MAP) {
		buf_str(b, "{\"name\":\"" LINK_LAYER_PAYLOAD "\",\"size\":");
		buf_uint(b, l.json.len);
		buf_str(b, ",\"content\":");
		payload(b, &l);
		buf_char(b, '}');
	}
	buf_str(b, "],");
	render_checks(b, w->report, CHECK_FORMAT + 1);
	buf_char(b, '}');
	return 0;
}
