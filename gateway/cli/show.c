/* show.c - a report in plain words.
 *
 * Texts of certificates are printed with every control character replaced: a name
 * must not be able to move the cursor or to recolour a verdict.
 */
#include "gateway/cli/cli.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
colours(void)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

void
show_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		/* C0, DEL, and C1 as UTF-8 (C2 80 to C2 9F) */
		bool c1 = c == 0xc2 && i + 1 < s.len && s.ptr[i + 1] >= 0x80 &&
			  s.ptr[i + 1] <= 0x9f;
		if (c1)
			i++;
		putchar(c < ' ' || c == 0x7f || c1 ? '?' : c);
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

	printf("  %-4s %-11s", marks[c->status], check_name(id));
	if (c->reason != REASON_NONE)
		printf(" %s (%s)", reason_text(c->reason), reason_code(c->reason));
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

static void
show_coded(const char *label, const struct coded *c)
{
	row(label, c->display.len > 0 ? c->display : c->code);
}

static void
show_event(const struct event *e)
{
	static const char *const kinds[] = { "vaccination", "test", "recovery" };

	printf("  %s\n", kinds[e->kind]);
	show_coded("disease", &e->disease);
	show_coded("brand", &e->brand);
	if (e->dose != RECORD_NO_NUMBER)
		printf("  %-14s %lld of %lld\n", "dose", (long long)e->dose,
			(long long)e->total_doses);
	show_coded("test", &e->test_type);
	show_coded("result", &e->result);
	row("sampled", e->sample_time);
	row("date", e->date);
	row("valid from", e->valid_from);
	row("valid until", e->valid_until);
	row("country", e->country);
	row("issuer", e->issuer);
	row("identifier", e->identifier);
}

static void
show_record(const struct record *r)
{
	row("family name", r->name.family.len ? r->name.family : r->name.family_icao);
	row("given name", r->name.given.len ? r->name.given : r->name.given_icao);
	row("born", r->birth_date);
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

	if (name)
		printf("%s: ", name);
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
