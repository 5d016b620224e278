/* emit.c - a record as VDS-NC 1.1: all its vaccinations as icao.vacc, or its newest test as icao.test.
 *
 * A seal has no date of expiry: it holds as long as its signer's certificate, which therefore ends with the
 * attestation.  It is written in the words and lengths of the annexes; there is no place for whom we verified.
 */
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/credential.h"
#include "codecs/record/countries.h"
#include "codecs/seal/cert.h"
#include "codecs/tree/jcs.h"
#include "codecs/vdsnc/emit/form.h"
#include "codecs/vdsnc/seal.h"
#include "codecs/vdsnc/vdsnc.h"

#include <errno.h>

/* A QR code of version 40 at level L in byte mode; 60 bits of the attestation's number in base32. */
enum { CODE_MAX = 2953, IDENTIFIER = 12 };

/* --- what the key may sign --- */

/* Doc 9303-12, 7.1.1: the types of document that its certificate lists as PrintableStrings of two letters, NV and NT
 * here; without the extension any.  Under one that outlives the attestation nothing is signed. */
static int
read_usage(const struct emission *e, unsigned *out)
{
	static const char oid[] = "2.23.136.1.1.6.2";
	struct cert *c = NULL;
	int r = cert_from_der(e->issuer->cert, &key_policy_default, &c);

	*out = 0;
	if (r != 0 || !c)
		return r;
	struct span list = cert_extension(c, oid);
	if (cert_extension_count(c, oid) == 0)
		*out = USAGE_ANY;
	if (span_holds(list, SPAN_LIT("\x13\x02NV")))
		*out |= USAGE_VACCINATION;
	if (span_holds(list, SPAN_LIT("\x13\x02NT")))
		*out |= USAGE_TEST;
	r = e->signer && cert_not_after(c) > e->until ? -EPERM : 0;
	cert_free(c);
	return r;
}

static bool
is_vaccination(const struct event *v, unsigned usage)
{
	return v->kind == EVENT_VACCINATION && !v->subpotent && usage & USAGE_VACCINATION;
}

static bool
is_test(const struct event *v, const void *usage)
{
	return v->kind == EVENT_TEST && *(const unsigned *)usage & USAGE_TEST;
}

/* --- data --- */

static void
put_identifier(struct form *f, const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t *text = arena_bytes(f->w->arena, IDENTIFIER);
	unsigned held = 0, bits = 0;

	if (!text) {
		f->b.error = arena_error(f->w->arena);
		return;
	}
	for (size_t i = 0, from = 0; i < IDENTIFIER; i++) {
		if (bits < 5) {
			held = (held << 8 | f->e->id[from++]) & 0xfff;
			bits += 8;
		}
		bits -= 5;
		text[i] = (uint8_t)letters[held >> bits & 31];
	}
	form_text(f, name, (struct span){ text, IDENTIFIER });
}

static void
put_test(struct form *f, const unsigned *usage)
{
	int event = emit_newest_that(f->e->record, is_test, usage, f->loss);

	put_identifier(f, "utci");
	form_person(f, event >= 0);
	if (event < 0)
		return;
	f->event = event;
	f->v = &f->e->record->events[event];
	form_test(f);
}

static void
put_vaccinations(struct form *f, const uint8_t *mine)
{
	for (size_t i = 0; i < f->e->record->event_count; i++)
		if (!mine[i])
			loss_drop(f->loss, (int)i, ELEMENT_EVENT, WHY_KIND);
	put_identifier(f, "uvci");
	form_person(f, false);
	form_vaccinations(f, mine);
}

/* One type a seal: vaccinations where there are any, else a test. */
static int
put_message(struct form *f, bool *tested)
{
	const struct record *r = f->e->record;
	uint8_t *mine = arena_bytes(f->w->arena, r->event_count + 1);
	unsigned usage;
	int error;

	if (!mine)
		return arena_error(f->w->arena);
	if ((error = read_usage(f->e, &usage)) != 0)
		return error;
	*tested = true;
	for (size_t i = 0; i < r->event_count; i++)
		if ((mine[i] = is_vaccination(&r->events[i], usage)) != 0)
			*tested = false;
	form_open(f, "", '{');
	if (*tested)
		put_test(f, &usage);
	else
		put_vaccinations(f, mine);
	form_close(f, '}');
	return f->b.error;
}

/* The attestation's own stand in their place (the end is the certificate's); a beginning it has not. */
static void
tell_rest(struct form *f)
{
	const struct record *r = f->e->record;

	if (r->certificate.from != TIME_NONE)
		loss_drop(f->loss, LOSS_NO_EVENT, ELEMENT_PERIOD_START, WHY_NO_PLACE);
	emit_replaced(f->e, f->loss);
	for (size_t i = 0; i < r->event_count; i++) {
		if (r->events[i].issuer.len > 0)
			loss_drop(f->loss, (int)i, ELEMENT_EVENT_ISSUER, WHY_REPLACED);
		if (r->events[i].identifier.len > 0)
			loss_drop(f->loss, (int)i, ELEMENT_IDENTIFIER, WHY_REPLACED);
	}
}

/* --- the seal --- */

/* data as it is signed: readers that hash what they were given find the same. */
static int
write_data(struct form *f, bool tested, struct span state, const char **out)
{
	struct buf b = buf_in(f->w->arena, SIZE_MAX), whole = buf_in(f->w->arena, SIZE_MAX);
	struct span canonical;
	int r;

	buf_str(&b, tested ? "{\"hdr\":{\"t\":\"icao.test\",\"v\":1,\"is\":"
			   : "{\"hdr\":{\"t\":\"icao.vacc\",\"v\":1,\"is\":");
	buf_json(&b, state);
	buf_str(&b, "},\"msg\":");
	buf_add(&b, buf_span(&f->b));
	buf_char(&b, '}');
	if ((r = b.error) != 0 || (r = jcs_of_text(f->w, buf_span(&b), VDS_LAYER, &canonical)) != 0)
		return r;
	if (!canonical.ptr) /* more than a reader takes */
		return -EMSGSIZE;
	buf_add(&whole, canonical);
	buf_char(&whole, '\0');
	*out = (const char *)buf_span(&whole).ptr;
	return whole.error;
}

static int
seal(struct form *f, bool tested, struct span state, struct emitted *out)
{
	struct vds_recipe recipe = { .cert = f->e->issuer->cert };
	struct span text;
	int r = write_data(f, tested, state, &recipe.data);

	if (r != 0 || (r = vds_seal(f->w, &recipe, f->e->signer, &text)) != 0)
		return r;
	*out = (struct emitted){ text, text.len <= CODE_MAX ? EMIT_CODE_BYTES : EMIT_CODE_NONE,
		"application/json", "json" };
	return 0;
}

static int
emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct report unread; /* what is said of our own text is not said of the source */
	struct work own = *w;
	struct form f = { .w = &own, .e = e, .loss = loss, .b = buf_in(w->arena, SIZE_MAX) };
	struct span state = country_passport(passport_country(e->issuer->country));
	bool tested;
	int r;

	(void)t;
	own.report = &unread;
	report_begin(&unread, w->arena);
	loss_begin(loss, w->arena, e->record);
	if ((r = loss->error) != 0)
		return r;
	if (state.len == 0 || e->issuer->cert.len == 0)
		loss_miss(loss, LOSS_NO_EVENT, ELEMENT_ISSUER, WHY_FORMAT);
	if ((r = put_message(&f, &tested)) != 0)
		return r;
	tell_rest(&f);
	if ((r = loss_rest(loss)) != 0 || !e->signer || loss->count[LOSS_MISSING] > 0)
		return r;
	return seal(&f, tested, state, out);
}

const struct target vds_targets[] = {
	{ "vds-nc", "ICAO VDS-NC", VDS_SCHEME, "icao", SIG_ES256, false, true, 0, emit },
	{ 0 },
};
