/* render.c - one report as JSON: the verdict, nine rows, findings, who signed, and the record.
 *
 * Written straight into a buf: the members and their order never change, so the
 * same input, snapshot and time give the same bytes.
 */
#include "gateway/engine/render.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/record/core.h"
#include "gateway/engine/render_parts.h"

enum { USUAL = 3072 };

/* What each check says when it has passed. */
#define ROWS                                                                         \
	ROW(CHECK_FORMAT, "format", "the scheme was recognised")                     \
	ROW(CHECK_DECODE, "decode", "every layer could be read")                     \
	ROW(CHECK_ISSUER, "issuer", "the issuer's key is on a trusted list")         \
	ROW(CHECK_SIGNATURE, "signature", "the signature is genuine")                \
	ROW(CHECK_VALIDITY, "validity",                                              \
		"the certificate and the issuer's key are valid at this time")       \
	ROW(CHECK_REVOCATION, "revocation",                                          \
		"no list withdraws the certificate or the issuer's key")             \
	ROW(CHECK_PROFILE, "profile", "the content follows the rules of its scheme") \
	ROW(CHECK_RECORD, "record", "the content was read into the common record")   \
	ROW(CHECK_POLICY, "policy", "the verifier's policy accepts it")

/* A row that passed, whole: the most frequent thing that is ever written here. */
#define PASSED(name, text) "{\"name\":\"" name "\",\"status\":\"pass\",\"text\":\"" text "\"}"
#define ROW(id, name, text) \
	[id] = { (const uint8_t *)PASSED(name, text), sizeof(PASSED(name, text)) - 1 },
static const struct span passed_rows[CHECK_COUNT] = { ROWS };
#undef ROW

/* All nine of them, each behind a comma. */
#define ROW(id, name, text) "," PASSED(name, text)
static const char all_passed[] = ROWS;
#undef ROW

#define ROW(id, name, text) [id] = text,
static const char *const passed_texts[CHECK_COUNT] = { ROWS };
#undef ROW

const char *
render_check_text(const struct check *c, enum check_id id)
{
	if (c->status == STATUS_PASS)
		return passed_texts[id];
	if (c->reason != REASON_NONE)
		return reason_text(c->reason);
	return "not looked at, because an earlier check did not pass";
}

/* A member's name as it is written, made when the program is compiled. */
#define KEY(name) BUF_PADDED("\"" name "\":")

static void
member(struct buf *b, struct span key, struct span value)
{
	buf_padded(b, key);
	buf_json(b, value);
}

void
render_place(struct buf *b, struct place at)
{
	if (!at.layer)
		return;
	buf_str(b, ",\"at\":{");
	member(b, KEY("layer"), span_of(at.layer));
	if (at.offset != PLACE_NO_OFFSET) {
		buf_str(b, ",\"offset\":");
		buf_uint(b, at.offset);
	}
	if (at.pointer.ptr) {
		buf_char(b, ',');
		member(b, KEY("pointer"), at.pointer);
	}
	buf_char(b, '}');
}

static void
row(struct buf *b, const struct check *c, enum check_id id)
{
	if (c->status == STATUS_PASS) {
		buf_add(b, passed_rows[id]);
		return;
	}
	buf_char(b, '{');
	member(b, KEY("name"), span_of(check_name(id)));
	buf_char(b, ',');
	member(b, KEY("status"), span_of(status_name(c->status)));
	if (c->reason != REASON_NONE) {
		buf_char(b, ',');
		member(b, KEY("reason"), span_of(reason_code(c->reason)));
	}
	buf_char(b, ',');
	member(b, KEY("text"), span_of(render_check_text(c, id)));
	if (c->limit) {
		buf_char(b, ',');
		member(b, KEY("limit"), span_of(c->limit));
		buf_str(b, ",\"value\":");
		buf_uint(b, c->limit_value);
	}
	render_place(b, c->at);
	buf_char(b, '}');
}

static bool
passed_all(const struct report *r)
{
	for (enum check_id id = 0; id < CHECK_COUNT; id++)
		if (r->checks[id].status != STATUS_PASS)
			return false;
	return true;
}

static void
rows(struct buf *b, const struct report *r, enum check_id end)
{
	if (end == CHECK_COUNT && passed_all(r)) {
		buf_str(b, "\"checks\":[");
		buf_add(b, span_from(SPAN_LIT(all_passed), 1)); /* without the first comma */
		buf_char(b, ']');
		return;
	}
	buf_str(b, "\"checks\":[");
	for (enum check_id id = 0; id < end; id++) {
		if (id > 0)
			buf_char(b, ',');
		row(b, &r->checks[id], id);
	}
	buf_char(b, ']');
}

void
render_findings(struct buf *b, const struct report *r)
{
	if (!r->findings) {
		buf_str(b, ",\"findings\":[]");
		return;
	}
	buf_str(b, ",\"findings\":[");
	for (const struct finding *f = r->findings; f; f = f->next) {
		buf_str(b, f == r->findings ? "{" : ",{");
		member(b, KEY("reason"), span_of(reason_code(f->reason)));
		buf_char(b, ',');
		member(b, KEY("text"), span_of(reason_text(f->reason)));
		render_place(b, f->at);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
time_member(struct buf *b, struct span key, int64_t t)
{
	buf_padded(b, key);
	buf_char(b, '"');
	time_format(b, t);
	buf_char(b, '"');
}

void
render_kid(struct buf *b, enum trust_domain domain, struct span kid)
{
	if (domain == TRUST_DCC || domain == TRUST_WHO || domain == TRUST_ICAO) {
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
	member(b, KEY("authority"), k->authority);
	buf_str(b, ",\"key\":");
	render_kid(b, k->source->domain, k->kid);
	buf_char(b, ',');
	member(b, KEY("source"), k->source->name);
	buf_char(b, ',');
	member(b, KEY("environment"), span_of(env_name(k->source->env)));
	if (k->name.len > 0) {
		buf_char(b, ',');
		member(b, KEY("name"), k->name);
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
		time_member(b, KEY("from"), c->not_before);
	if (c->not_after != TIME_NONE) {
		if (c->not_before != TIME_NONE)
			buf_char(b, ',');
		time_member(b, KEY("until"), c->not_after);
	}
	buf_char(b, '}');
}

void
render_record(struct buf *b, const struct verify *v)
{
	if (!v->has_record)
		return;
	buf_str(b, ",\"record\":");
	(v->core ? core_bundle : record_json)(b, &v->record);
}

void
render_report(struct buf *b, const struct work *w, const struct verify *v)
{
	const struct report *r = w->report;
	enum reason reason = report_reason(r);

	if (b->max - b->len > USUAL)
		buf_room(b, USUAL); /* at one go what most reports take */
	buf_char(b, '{');
	member(b, KEY("verdict"), span_of(verdict_name(report_verdict(r))));
	if (reason != REASON_NONE) {
		buf_char(b, ',');
		member(b, KEY("reason"), span_of(reason_code(reason)));
	}
	if (v->credential.scheme) {
		buf_char(b, ',');
		member(b, KEY("scheme"), span_of(v->credential.scheme));
	}
	buf_char(b, ',');
	time_member(b, KEY("at"), w->now);
	buf_char(b, ',');
	rows(b, r, CHECK_COUNT);
	render_findings(b, r);
	if (v->signer)
		issuer(b, v->signer);
	if (v->verified) {
		/* Nothing that an unproven signature covers is repeated. */
		validity(b, &v->credential);
		render_record(b, v);
	}
	buf_char(b, '}');
}

void
render_checks(struct buf *b, const struct report *r, enum check_id end)
{
	rows(b, r, end);
	render_findings(b, r);
}
