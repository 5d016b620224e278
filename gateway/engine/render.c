/* render.c - one report as JSON: the verdict, nine rows, findings, who signed, and the record.
 *
 * Written straight into a buf: the members and their order never change, so the
 * same input, snapshot and time give the same bytes.
 */
#include "gateway/engine/render.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/engine/render_parts.h"

/* What a row says when there is nothing to complain about. */
static const char *const passed_text[CHECK_COUNT] = {
	[CHECK_FORMAT] = "the scheme was recognised",
	[CHECK_DECODE] = "every layer could be read",
	[CHECK_ISSUER] = "the issuer's key is on a trusted list",
	[CHECK_SIGNATURE] = "the signature is genuine",
	[CHECK_VALIDITY] = "the certificate and the issuer's key are valid at this time",
	[CHECK_REVOCATION] = "the issuer's key has not been withdrawn from its list",
	[CHECK_PROFILE] = "the content follows the rules of its scheme",
	[CHECK_RECORD] = "the content was read into the common record",
	[CHECK_POLICY] = "the verifier's policy accepts it",
};

static const char *
row_text(const struct check *c, enum check_id id)
{
	if (c->reason != REASON_NONE)
		return reason_text(c->reason);
	if (c->status == STATUS_PASS)
		return passed_text[id];
	return "not looked at, because an earlier check did not pass";
}

static void
member(struct buf *b, const char *name, struct span value)
{
	buf_char(b, '"');
	buf_str(b, name);
	buf_str(b, "\":");
	buf_json(b, value);
}

static void
place(struct buf *b, struct place at)
{
	if (!at.layer)
		return;
	buf_str(b, ",\"at\":{");
	member(b, "layer", span_of(at.layer));
	if (at.offset != PLACE_NO_OFFSET) {
		buf_str(b, ",\"offset\":");
		buf_uint(b, at.offset);
	}
	if (at.pointer.ptr) {
		buf_char(b, ',');
		member(b, "pointer", at.pointer);
	}
	buf_char(b, '}');
}

static void
row(struct buf *b, const struct check *c, enum check_id id)
{
	buf_char(b, '{');
	member(b, "name", span_of(check_name(id)));
	buf_char(b, ',');
	member(b, "status", span_of(status_name(c->status)));
	if (c->reason != REASON_NONE) {
		buf_char(b, ',');
		member(b, "reason", span_of(reason_code(c->reason)));
	}
	buf_char(b, ',');
	member(b, "text", span_of(row_text(c, id)));
	if (c->limit) {
		buf_char(b, ',');
		member(b, "limit", span_of(c->limit));
		buf_str(b, ",\"value\":");
		buf_uint(b, c->limit_value);
	}
	place(b, c->at);
	buf_char(b, '}');
}

static void
rows(struct buf *b, const struct report *r, enum check_id end)
{
	buf_str(b, "\"checks\":[");
	for (enum check_id id = 0; id < end; id++) {
		if (id > 0)
			buf_char(b, ',');
		row(b, &r->checks[id], id);
	}
	buf_char(b, ']');
}

static void
findings(struct buf *b, const struct report *r)
{
	buf_str(b, ",\"findings\":[");
	for (const struct finding *f = r->findings; f; f = f->next) {
		buf_str(b, f == r->findings ? "{" : ",{");
		member(b, "reason", span_of(reason_code(f->reason)));
		buf_char(b, ',');
		member(b, "text", span_of(reason_text(f->reason)));
		place(b, f->at);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
time_member(struct buf *b, const char *name, int64_t t)
{
	buf_char(b, '"');
	buf_str(b, name);
	buf_str(b, "\":\"");
	time_format(b, t);
	buf_char(b, '"');
}

void
render_kid(struct buf *b, enum trust_domain domain, struct span kid)
{
	if (domain == TRUST_DCC || domain == TRUST_WHO) {
		buf_char(b, '"');
		base64_encode(b, kid);
		buf_char(b, '"');
	} else {
		buf_json(b, kid);
	}
}

static void
issuer(struct buf *b, const struct trust_key *k)
{
	buf_str(b, ",\"issuer\":{");
	member(b, "authority", k->authority);
	buf_str(b, ",\"key\":");
	render_kid(b, k->source->domain, k->kid);
	buf_char(b, ',');
	member(b, "source", k->source->name);
	buf_char(b, ',');
	member(b, "environment", span_of(env_name(k->source->env)));
	if (k->name.len > 0) {
		buf_char(b, ',');
		member(b, "name", k->name);
	}
	buf_char(b, '}');
}

static void
validity(struct buf *b, const struct credential *c)
{
	if (c->not_before == TIME_NONE && c->not_after == TIME_NONE)
		return;
	buf_str(b, ",\"validity\":{");
	if (c->not_before != TIME_NONE)
		time_member(b, "from", c->not_before);
	if (c->not_after != TIME_NONE) {
		if (c->not_before != TIME_NONE)
			buf_char(b, ',');
		time_member(b, "until", c->not_after);
	}
	buf_char(b, '}');
}

void
render_report(struct buf *b, const struct work *w, const struct verify *v)
{
	const struct report *r = w->report;
	enum reason reason = report_reason(r);

	buf_char(b, '{');
	member(b, "verdict", span_of(verdict_name(report_verdict(r))));
	if (reason != REASON_NONE) {
		buf_char(b, ',');
		member(b, "reason", span_of(reason_code(reason)));
	}
	if (v->credential.scheme) {
		buf_char(b, ',');
		member(b, "scheme", span_of(v->credential.scheme));
	}
	buf_char(b, ',');
	time_member(b, "at", w->now);
	buf_char(b, ',');
	rows(b, r, CHECK_COUNT);
	findings(b, r);
	if (v->signer)
		issuer(b, v->signer);
	if (v->verified) {
		/* Nothing that an unproven signature covers is repeated. */
		validity(b, &v->credential);
		if (v->has_record) {
			buf_str(b, ",\"record\":");
			record_json(b, &v->record);
		}
	}
	buf_char(b, '}');
}

void
render_checks(struct buf *b, const struct report *r, enum check_id end)
{
	rows(b, r, end);
	findings(b, r);
}
