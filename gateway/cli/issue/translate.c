/* translate.c - `vidimus translate`: one certificate verified and attested in another form; what was lost goes to
 * standard error, the attestation to standard output or a file.
 */
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/issue/office.h"
#include "gateway/engine/render.h"
#include "gateway/qr/qr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 16 << 20 };

static const struct option_row rows[] = {
	{ "--to", true, false },
	{ "-o", true, false },
	{ "--config", true, false },
	{ "--trust", true, true },
	{ "--env", true, false },
	{ "--policy", true, false },
	{ "--fetch", false, false },
	{ "--json", false, false },
	{ "--plan", false, false },
	{ 0 },
};

struct order {
	const struct target *target;
	const char *path, *out; /* NULL: standard output */
	bool json, plan;
};

static int
unknown_target(const char *name)
{
	const struct target *t;

	fprintf(stderr, "vidimus translate: %s%s%s; forms are",
		name ? "there is no form \"" : "--to FORM is missing", name ? name : "",
		name ? "\"" : "");
	for (size_t i = 0; (t = target_at(i)) != NULL; i++)
		fprintf(stderr, "%s %s", i > 0 ? "," : "", t->name);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static void
show_row(const struct loss_row *r)
{
	fprintf(stderr, "  %-9s", loss_fate_name(r->fate));
	if (r->event != LOSS_NO_EVENT)
		fprintf(stderr, "events[%d]%s", r->event, r->element == ELEMENT_EVENT ? "" : ".");
	else if (r->element == ELEMENT_EVENT)
		fputs("events", stderr);
	fputs(element_path(r->element), stderr);
	if (r->fate == LOSS_MAPPED && r->to.len > 0)
		fprintf(stderr, ": %.*s -> %.*s", (int)r->from.len, (const char *)r->from.ptr,
			(int)r->to.len, (const char *)r->to.ptr);
	if (r->why != WHY_NONE)
		fprintf(stderr, ": %s", loss_why_text(r->why));
	fputc('\n', stderr);
}

static void
show_loss(const struct loss *l)
{
	size_t at = 0;

	for (const struct loss_row *r = loss_next(l, &at); r; r = loss_next(l, &at))
		show_row(r);
}

static bool
ends_in(const char *path, const char *end)
{
	size_t a = strlen(path), b = strlen(end);

	return a > b && strcmp(path + a - b, end) == 0;
}

/* Whole, or not at all: a half-written certificate is no certificate. */
static int
write_file(const char *path, struct span bytes, const char *end)
{
	FILE *f = path ? fopen(path, "wb") : stdout;
	bool good = f && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len;

	if (good && end)
		good = fputs(end, f) >= 0;
	if (f && (path ? fclose(f) : fflush(f)) != 0)
		good = false;
	if (good)
		return EXIT_VERIFIED;
	fprintf(stderr, "vidimus translate: can't write %s: %s\n", path ? path : "standard output",
		strerror(errno));
	if (f && path)
		unlink(path);
	return EXIT_FAULT;
}

static int
write_picture(struct session *s, const struct order *q, const struct attest *a, enum qr_form form)
{
	struct span picture;
	int r = qr_write(s->scratch, &a->emitted, form, &picture);

	if (r == 0)
		return write_file(q->out, picture, NULL);
	if (r == -EMSGSIZE)
		fprintf(stderr,
			"vidimus translate: this %s does not fit into a QR code; without .svg or "
			".png it is written as text\n",
			a->target->title);
	else
		fprintf(stderr, "vidimus translate: no QR code: %s\n", strerror(-r));
	return EXIT_FAULT;
}

/* As POST /v1/translate has it; where it was refused, with the code instead of an attestation. */
static int
write_json(struct session *s, const struct order *q, const struct work *w, const struct verify *v,
	const struct attest *a)
{
	struct buf b = buf_in(s->scratch, ANSWER_MAX);

	buf_str(&b, "{\"report\":");
	render_report(&b, w, v);
	if (a->refusal != REFUSAL_NONE) {
		buf_str(&b, ",\"code\":");
		buf_json(&b, span_of(refusal_code(a->refusal)));
	} else {
		buf_str(&b, ",\"attestation\":");
		attest_json(&b, a);
	}
	if (a->refusal == REFUSAL_NONE || a->refusal >= REFUSAL_MISSING) {
		buf_str(&b, ",\"loss\":");
		loss_json(&b, &a->loss);
	}
	buf_str(&b, "}\n");
	return b.error ? EXIT_FAULT : write_file(q->out, buf_span(&b), NULL);
}

static int
deliver(struct session *s, const struct order *q, const struct work *w, const struct verify *v,
	const struct attest *a)
{
	if (q->json)
		return write_json(s, q, w, v, a);
	if (q->out && ends_in(q->out, ".svg"))
		return write_picture(s, q, a, QR_SVG);
	if (q->out && ends_in(q->out, ".png"))
		return write_picture(s, q, a, QR_PNG);
	return write_file(q->out, a->emitted.text, "\n");
}

/* Standard output is for attestations alone. */
static void
tell_verdict(const struct report *r)
{
	fprintf(stderr, "%s: %s\n", verdict_name(report_verdict(r)), reason_text(report_reason(r)));
}

static int
refused(struct session *s, const struct order *q, const struct work *w, const struct verify *v,
	const struct attest *a)
{
	int r = q->json && !q->plan && !q->out ? write_json(s, q, w, v, a) : EXIT_VERIFIED;

	if (r != EXIT_VERIFIED)
		return r;
	if (a->refusal == REFUSAL_SOURCE)
		tell_verdict(w->report);
	fprintf(stderr, "vidimus translate: %s: %s\n", refusal_code(a->refusal),
		refusal_text(a->refusal));
	if (a->refusal >= REFUSAL_MISSING)
		show_loss(&a->loss);
	return report_verdict(w->report) == VERDICT_INDETERMINATE ? EXIT_INDETERMINATE
								  : EXIT_REJECTED;
}

/* Filed before it is written: what nobody knows of can't be revoked. */
static int
file(struct office *o, const struct issued *entry)
{
	struct store_wait w;

	store_wait_begin(&w);
	int r = store_wait_end(&w, store_append(o->store, entry, store_wait_done, &w));
	if (r != 0)
		fprintf(stderr,
			"vidimus translate: the log could not be written (%s): nothing is "
			"issued\n",
			strerror(-r));
	return r;
}

static int
attest(struct session *s, struct office *o, const struct order *q, const struct work *w,
	const struct verify *v)
{
	struct attest a = { .target = q->target };
	struct issued entry;
	struct work own = *w;
	int r = q->plan ? desk_plan(o->desk, &own, v, &a)
			: desk_attest(o->desk, &own, v, &a, &entry);

	if (r != 0) {
		fprintf(stderr, "vidimus translate: %s\n",
			r == -ENOKEY
				? "no key of ours signs this form; `vidimus keys new` makes one"
				: strerror(-r));
		return EXIT_FAULT;
	}
	if (a.refusal != REFUSAL_NONE)
		return refused(s, q, w, v, &a);
	if (!q->plan && file(o, &entry) != 0)
		return EXIT_FAULT;
	fprintf(stderr, "%s -> %s: %zu kept, %zu mapped, %zu supplied, %zu dropped\n",
		a.source.scheme, q->target->name, a.loss.count[LOSS_KEPT],
		a.loss.count[LOSS_MAPPED], a.loss.count[LOSS_SUPPLIED], a.loss.count[LOSS_DROPPED]);
	show_loss(&a.loss);
	return q->plan ? EXIT_VERIFIED : deliver(s, q, w, v, &a);
}

static int
translate(struct session *s, const struct order *q)
{
	struct verify v = { .trust = s->trust, .policy = &s->policy };
	struct report report;
	struct work w;
	struct office o;
	int r = load_head(s->arena, q->path, s->config.limits.input_document + 1, &v.input);

	if (r != 0) {
		fprintf(stderr, "vidimus translate: %s: %s\n", q->path, load_error(r));
		return EXIT_UNREADABLE;
	}
	if ((r = office_open(s, NULL, &o)) != 0)
		return r;
	if (session_verify(s, &report, &w, &v) != 0) {
		fputs("vidimus translate: there is no memory for this certificate\n", stderr);
		r = EXIT_FAULT;
	} else if (report.checks[CHECK_DECODE].status != STATUS_PASS) {
		tell_verdict(&report);
		r = EXIT_UNREADABLE;
	} else {
		r = attest(s, &o, q, &w, &v);
	}
	office_close(&o);
	return r;
}

int
cli_translate(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0 && o.operand_count > 1)
		r = usage("translate", "one certificate at a time; there is nothing to do with",
			o.operands[1]);
	struct order q = { .out = r == 0 ? option_value(&o, "-o") : NULL };
	if (r == 0) {
		const char *to = option_value(&o, "--to");
		q.target = to ? target_named(span_of(to)) : NULL;
		q.path = o.operand_count > 0 ? o.operands[0] : "-";
		q.json = option_value(&o, "--json") != NULL;
		q.plan = option_value(&o, "--plan") != NULL;
		r = q.target ? session_from_options(&s, &o, "translate") : unknown_target(to);
	}
	if (r == 0)
		r = session_fetch(&s, &o);
	if (r == 0)
		r = translate(&s, &q);
	session_close(&s);
	return r;
}
