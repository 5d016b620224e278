/* show.c - a report in plain words.
 *
 * Texts of certificates are printed with every control character replaced: a name
 * must not be able to move the cursor or to recolour a verdict.
 */
#include "codecs/base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
colours(void)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

/* How many bytes the character at the front has; 0: it is no UTF-8. */
static size_t
character(struct span s)
{
	uint8_t c = s.ptr[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return n <= s.len && utf8_check(span_slice(s, 0, n)) == n ? n : 0;
}

/* Controls, line ends, and what turns the direction of the text around it. */
static bool
moves(const uint8_t *p, size_t n)
{
	if (n == 1)
		return p[0] < ' ' || p[0] == 0x7f;
	if (n == 2)
		return p[0] == 0xc2 && p[1] <= 0x9f; /* C1 */
	if (n != 3 || p[0] != 0xe2)
		return false;
	/* U+2028 to U+202E, U+2066 to U+2069 */
	return (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

void
show_text(struct span s)
{
	while (s.len > 0) {
		size_t n = character(s);
		if (n == 0 || moves(s.ptr, n))
			putchar('?');
		else
			fwrite(s.ptr, 1, n, stdout);
		s = span_from(s, n > 0 ? n : 1);
	}
}

static void
row(const char *label, struct span value)
{
	if (value.len == 0)
		return;
	printf("  %-14s ", label);
	show_text(value);
	putchar('\n');
}

static void
show_place(const struct place *at)
{
	if (!at->layer)
		return;
	printf(" [%s", at->layer);
	if (at->offset != PLACE_NO_OFFSET)
		printf(" byte %zu", at->offset);
	if (at->pointer.len > 0) {
		putchar(' ');
		show_text(at->pointer);
	}
	putchar(']');
}

static void
show_check(const struct check *c, enum check_id id)
{
	static const char *const marks[] = { "FAIL", "ok", "-", "?", "FAIL" };

	printf("  %-4s %-11s %s", marks[c->status], check_name(id), render_check_text(c, id));
	if (c->reason != REASON_NONE)
		printf(" (%s)", reason_code(c->reason));
	if (c->limit)
		printf(" %s = %llu", c->limit, (unsigned long long)c->limit_value);
	show_place(&c->at);
	putchar('\n');
}

static const char *
colour_of(enum verdict v)
{
	static const char *const codes[] = { "\033[1;32m", "\033[1;33m", "\033[1;31m" };

	return colours() ? codes[v] : "";
}

/* The meaning, and the code in brackets behind it; as normalised, where the source has none of its own. */
static void
show_coded(const char *label, const struct coded *c)
{
	bool own = c->code.len + c->display.len > 0;
	struct span words = c->display.len ? c->display : c->to_display;
	struct span code = own ? c->code : c->to_code;

	if (words.len == 0 || code.len == 0) {
		row(label, words.len ? words : code);
		return;
	}
	printf("  %-14s ", label);
	show_text(words);
	fputs(" (", stdout);
	show_text(code);
	puts(")");
}

#define CODED(label, member)                                \
	{                                                   \
		label, true, offsetof(struct event, member) \
	}
#define TEXT(label, member)                                  \
	{                                                    \
		label, false, offsetof(struct event, member) \
	}

static const struct {
	const char *label;
	bool coded;
	size_t offset;
} fields[] = {
	CODED("disease", disease),
	CODED("vaccine", vaccine),
	CODED("brand", brand),
	CODED("manufacturer", manufacturer),
	CODED("holder", ma_holder),
	TEXT("lot", lot),
	CODED("test", test_type),
	TEXT("test name", test_name),
	CODED("device", test_device),
	CODED("specimen", specimen),
	CODED("result", result),
	TEXT("sampled", sample_time),
	TEXT("result at", result_time),
	TEXT("first positive", first_positive),
	TEXT("date", date),
	TEXT("valid from", valid_from),
	TEXT("valid until", valid_until),
	TEXT("next dose", next_dose),
	TEXT("country", country),
	TEXT("centre", centre),
	TEXT("practitioner", practitioner),
	TEXT("issuer", issuer),
	TEXT("identifier", identifier),
	TEXT("certified from", certified_from),
	TEXT("certified to", certified_until),
};

static void
show_dose(const struct event *e)
{
	if (e->dose == RECORD_NO_NUMBER)
		return;
	printf("  %-14s %lld", "dose", (long long)e->dose);
	if (e->total_doses != RECORD_NO_NUMBER)
		printf(" of %lld", (long long)e->total_doses);
	putchar('\n');
}

static void
show_event(const struct event *e)
{
	static const char *const kinds[] = { "vaccination", "test", "recovery" };

	printf("  %s\n", kinds[e->kind]);
	show_dose(e);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const void *at = (const char *)e + fields[i].offset;
		if (fields[i].coded)
			show_coded(fields[i].label, at);
		else
			row(fields[i].label, *(const struct span *)at);
	}
}

static void
show_medication(const struct medication *m)
{
	puts("  medication");
	show_coded("code", &m->code);
	row("status", m->status);
	row("from", m->from);
	row("until", m->until);
	row("dosage", m->dosage);
	row("reason", m->reason);
}

static void
show_lead(const struct record_link *l)
{
	puts("  link");
	row("leads to", l->host);
	row("label", l->label);
	row("passcode", l->passcode ? SPAN_LIT("needed") : SPAN_NONE);
}

static void
show_record(const struct record *r)
{
	row("name", r->name.text);
	row("family name", r->name.family.len ? r->name.family : r->name.family_icao);
	row("given name", r->name.given.len ? r->name.given : r->name.given_icao);
	row("born", r->birth_date);
	row("sex", r->sex);
	row("nationality", r->nationality);
	if (r->link)
		show_lead(r->link);
	for (size_t i = 0; i < r->medication_count; i++)
		show_medication(&r->medications[i]);
	for (size_t i = 0; i < r->event_count; i++)
		show_event(&r->events[i]);
}

static void
show_findings(const struct report *r)
{
	for (const struct finding *f = r->findings; f; f = f->next) {
		printf("  note %s (%s)", reason_text(f->reason), reason_code(f->reason));
		show_place(&f->at);
		putchar('\n');
	}
}

void
show_report(const struct work *w, const struct verify *v, const char *name)
{
	enum verdict verdict = report_verdict(w->report);
	enum reason reason = report_reason(w->report);

	if (name) {
		show_text(span_of(name));
		fputs(": ", stdout);
	}
	printf("%s%s%s", colour_of(verdict), verdict_name(verdict), colours() ? "\033[0m" : "");
	if (reason != REASON_NONE)
		printf(": %s", reason_text(reason));
	putchar('\n');
	for (enum check_id id = 0; id < CHECK_COUNT; id++)
		show_check(&w->report->checks[id], id);
	show_findings(w->report);
	if (v->signer) {
		row("key of", v->signer->authority);
		row("source", v->signer->source->name);
	}
	if (v->verified && v->has_record)
		show_record(&v->record);
}

static void
show_entry(const struct work *w, struct link_entry *e, const char *name)
{
	struct work inner = *w;

	inner.report = &e->report;
	show_report(&inner, &e->verify, name);
}

/* The certificate that carries it and the link itself, then every file: what its wrapper says, and its certificates. */
void
show_link(const struct work *w, const struct link_verify *v)
{
	printf("%s%s%s", colour_of(v->verdict), verdict_name(v->verdict),
		colours() ? "\033[0m" : "");
	if (v->reason != REASON_NONE)
		printf(": %s", reason_text(v->reason));
	putchar('\n');
	if (v->carrier) {
		show_entry(w, v->carrier, "certificate");
		puts("link:");
	}
	show_check(&w->report->checks[CHECK_FORMAT], CHECK_FORMAT);
	show_findings(w->report);
	row("host", span_of(v->host));
	row("label", v->link.label);
	if (v->attempts >= 0)
		printf("  %-14s %lld\n", "attempts left", (long long)v->attempts);
	for (size_t i = 0; i < v->file_count; i++) {
		const struct link_file *f = &v->files[i];
		printf("file %zu: %s", i + 1, verdict_name(f->verdict));
		putchar('\n');
		row("type", f->type);
		show_check(&f->report.checks[CHECK_FORMAT], CHECK_FORMAT);
		show_findings(&f->report);
		for (size_t k = 0; k < f->entry_count; k++)
			show_entry(w, &f->entries[k], NULL);
	}
}
