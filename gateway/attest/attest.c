/* attest.c - may this be attested, for how long, as what; then one call of the form's writer. */
#include "gateway/attest/attest.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"

#include <errno.h>

static const struct {
	const char *code, *text;
} refusals[REFUSAL_COUNT] = {
	[REFUSAL_NONE] = { "", "" },
	[REFUSAL_SOURCE] = { "attest.source",
		"Only a certificate that was verified is attested; this one was not." },
	[REFUSAL_EMPTY] = { "attest.empty",
		"The certificate is genuine, but holds no vaccination, test or recovery." },
	[REFUSAL_MISSING] = { "attest.missing",
		"The form requires elements that the certificate does not have; none is made up." },
	[REFUSAL_TERM] = { "attest.term", "Nothing would be left of the attestation's validity: it "
					  "begins and ends with its source and our key." },
	[REFUSAL_SIZE] = { "attest.size", "The certificate is too long for the form." },
	[REFUSAL_UNDATED] = { "attest.undated", "The form has no expiry, and no certificate that "
						"ends with the source can be made." },
};

const char *
refusal_code(enum refusal r)
{
	return refusals[r].code;
}

const char *
refusal_text(enum refusal r)
{
	return refusals[r].text;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a == TIME_NONE || b == TIME_NONE)
		return a == TIME_NONE ? b : a;
	return a < b ? a : b;
}

/* A moment, or the end of the last day of a year, a month or a day.  What can't be read has ended:
 * nobody knows when. */
static int64_t
end_of(struct span day)
{
	struct date d;
	int64_t next;
	unsigned odd;

	if (day.len == 0)
		return TIME_NONE;
	if (time_parse(day, &next, &odd))
		return next;
	if (!date_parse(day, &d) || !d.exists)
		return 0;
	if (d.day > 0)
		next = time_of(d.year, d.month, d.day, 0, 0, 0) + 86400;
	else if (d.month > 0 && d.month < 12)
		next = time_of(d.year, d.month + 1, 1, 0, 0, 0);
	else
		next = time_of(d.year + 1, 1, 1, 0, 0, 0);
	return next - 1;
}

/* The first of all bounds that the source itself has: of its container, of its content, of its
 * being a certificate for an event, and of its key. */
static int64_t
end_of_source(const struct verify *v)
{
	int64_t end = earlier(v->credential.not_after, v->record.certificate.until);

	if (v->signer)
		end = earlier(end, v->signer->not_after);
	for (size_t i = 0; i < v->record.event_count; i++)
		end = earlier(end, end_of(v->record.events[i].certified_until));
	return end;
}

/* The beginning of what a moment, day, month or year names; what can't be read never comes. */
static bool
has_begun(struct span from, int64_t now)
{
	struct date d;
	int64_t t;
	unsigned odd;

	if (from.len == 0)
		return true;
	if (time_parse(from, &t, &odd))
		return t <= now;
	if (!date_parse(from, &d) || !d.exists)
		return false;
	return time_of(d.year, d.month > 0 ? d.month : 1, d.day > 0 ? d.day : 1, 0, 0, 0) <= now;
}

/* A source is verified while any of its events counts; an attestation of one that does not count yet would say that it
 * does, as one that counts no more would. */
static bool
all_begun(const struct work *w, const struct verify *v)
{
	for (size_t i = 0; i < v->record.event_count; i++)
		if (!has_begun(v->record.events[i].certified_from, w->now))
			return false;
	return true;
}

/* From now on: the attestation says that the source was verified now, and nothing of yesterday. */
static bool
has_term(const struct work *w, const struct verify *v, struct attest *a)
{
	a->from = w->now;
	a->until = earlier(earlier(end_of_source(v), a->key_until), w->now + a->term);
	if (a->target->undated && a->until != a->key_until)
		a->until -= a->until % ATTEST_HOUR;
	return a->until > a->from && all_begun(w, v);
}

/* Binary ones in base64, as lists write them. */
static void
key_text(struct buf *b, const struct trust_key *k)
{
	enum trust_domain d = k->source->domain;

	if (d == TRUST_DCC || d == TRUST_WHO || d == TRUST_ICAO)
		base64_encode(b, k->kid);
	else
		buf_add(b, k->kid);
}

static int
name_source(struct work *w, const struct verify *v, struct attest *a)
{
	uint8_t *digest = arena_bytes(w->arena, 32);
	struct buf key = buf_in(w->arena, SIZE_MAX);
	int r;

	if (!digest)
		return arena_error(w->arena);
	if ((r = digest_of(w->kit, DIGEST_SHA256, v->text, digest)) != 0)
		return r;
	if (v->signer)
		key_text(&key, v->signer);
	a->source = (struct emit_source){ .scheme = v->credential.scheme,
		.issuer = v->signer ? v->signer->authority : SPAN_NONE,
		.key = key.len > 0 ? buf_span(&key) : SPAN_NONE,
		.sha256 = { digest, 32 },
		.verified_at = w->now };
	return key.error;
}

static int
run_writer(struct work *w, const struct verify *v, struct attest *a, const struct signer *s)
{
	struct emission e = { .record = &v->record,
		.source = &a->source,
		.issuer = a->issuer,
		.supplies = a->supplies,
		.supply_count = a->supply_count,
		.from = a->from,
		.until = a->until,
		.status_list = a->status_list,
		.status_index = a->status_index,
		.signer = s };

	memcpy(e.id, a->id, sizeof(e.id));
	int r = a->target->emit(w, a->target, &e, &a->loss, &a->emitted);
	/* a spent budget is the document's fault, as it is where one is read */
	if (r == -ENOBUFS)
		a->loss = (struct loss){ .record = &v->record, .arena = w->arena, .error = r };
	if (r != -EMSGSIZE && r != -ENOBUFS)
		return r;
	a->refusal = REFUSAL_SIZE;
	return 0;
}

int
attest_plan(struct work *w, const struct verify *v, struct attest *a)
{
	int r;

	a->refusal = REFUSAL_NONE;
	if (report_verdict(w->report) != VERDICT_VERIFIED)
		a->refusal = REFUSAL_SOURCE;
	else if (!v->has_record || v->record.event_count == 0)
		a->refusal = REFUSAL_EMPTY;
	else if (!has_term(w, v, a))
		a->refusal = REFUSAL_TERM;
	if (a->refusal != REFUSAL_NONE)
		return 0;
	if ((r = name_source(w, v, a)) != 0)
		return r;
	if ((r = run_writer(w, v, a, NULL)) != 0)
		return r;
	if (a->refusal == REFUSAL_NONE && a->loss.count[LOSS_MISSING] > 0)
		a->refusal = REFUSAL_MISSING;
	return 0;
}

int
attest_write(struct work *w, const struct verify *v, struct attest *a)
{
	if (a->refusal != REFUSAL_NONE || !a->signer ||
		report_verdict(w->report) != VERDICT_VERIFIED)
		return -EPERM;
	return run_writer(w, v, a, a->signer);
}

static void
member(struct buf *b, const char *before, struct span value)
{
	buf_str(b, before);
	buf_json(b, value);
}

static void
time_member(struct buf *b, const char *before, int64_t t)
{
	buf_str(b, before);
	time_format(b, t);
	buf_char(b, '"');
}

void
attest_json(struct buf *b, const struct attest *a)
{
	member(b, "{\"target\":", span_of(a->target->name));
	member(b, ",\"scheme\":", span_of(a->target->scheme));
	member(b, ",\"mediaType\":", span_of(a->emitted.media_type));
	buf_str(b, a->emitted.code != EMIT_CODE_NONE ? ",\"code\":true" : ",\"code\":false");
	buf_str(b, ",\"id\":\"");
	buf_hex(b, (struct span){ a->id, sizeof(a->id) });
	time_member(b, "\",\"validity\":{\"from\":\"", a->from);
	time_member(b, ",\"until\":\"", a->until);
	member(b, "},\"source\":{\"scheme\":", span_of(a->source.scheme));
	member(b, ",\"issuer\":", a->source.issuer);
	member(b, ",\"key\":", a->source.key);
	buf_str(b, ",\"sha256\":\"");
	base64url_encode(b, a->source.sha256);
	time_member(b, "\",\"verifiedAt\":\"", a->source.verified_at);
	member(b, "},\"text\":", a->emitted.text);
	buf_char(b, '}');
}
