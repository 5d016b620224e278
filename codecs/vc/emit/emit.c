/* emit.c - a record as W3C Verifiable Credential: data model 2.0 with a proof inside or as JOSE, and 1.1 as JWT.
 *
 * Every word is defined in the document itself or by contexts that every library brings along, so that nobody has to
 * fetch anything.  The credential is ours; what was verified stands in `evidence`.
 */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/vc/emit/subject.h"
#include "codecs/vc/health/vocab.h"
#include "codecs/vc/seal.h"

/* A version 40 QR code holds no more, in bytes, at level L. */
enum { CODE_MAX = 2953 };

enum variant { EDDSA_RDFC, ECDSA_RDFC, EDDSA_JCS, ECDSA_JCS, JOSE, TOKEN };

static const struct form {
	enum vc_form form;
	enum vc_model model;
	const char *suite;
	bool context; /* the proof names the document's contexts (VC-DI-EdDSA, 3.3.1) */
	const char *media_type, *extension;
} forms[] = {
	[EDDSA_RDFC] = { VC_JSON, VC_MODEL_20, "eddsa-rdfc-2022", false, "application/vc", "json" },
	[ECDSA_RDFC] = { VC_JSON, VC_MODEL_20, "ecdsa-rdfc-2019", false, "application/vc", "json" },
	[EDDSA_JCS] = { VC_JSON, VC_MODEL_20, "eddsa-jcs-2022", true, "application/vc", "json" },
	[ECDSA_JCS] = { VC_JSON, VC_MODEL_20, "ecdsa-jcs-2019", true, "application/vc", "json" },
	[JOSE] = { VC_JOSE, VC_MODEL_20, NULL, false, "application/vc+jwt", "jwt" },
	[TOKEN] = { VC_TOKEN, VC_MODEL_11, NULL, false, "application/jwt", "jwt" },
};

struct writing {
	struct work *w;
	const struct form *form;
	const struct emission *e;
	struct loss *loss;
	struct buf context, doc;
};

static void
text_member(struct buf *b, const char *before, struct span value)
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

static void
write_id(struct buf *b, const uint8_t *id)
{
	static const size_t ends[] = { 0, 4, 6, 8, 10, EMIT_ID };

	for (size_t i = 0; i + 1 < sizeof(ends) / sizeof(ends[0]); i++) {
		buf_char(b, i > 0 ? '-' : ':');
		buf_hex(b, (struct span){ id + ends[i], ends[i + 1] - ends[i] });
	}
}

/* --- its parts --- */

static void
write_context(struct writing *x)
{
	bool newer = x->form->model == VC_MODEL_20;

	buf_str(&x->context, newer ? "[\"" VC_CONTEXT_20 "\"," : "[\"" VC_CONTEXT_11 "\",");
	if (!newer && x->e->status_list.len > 0)
		buf_str(&x->context, "\"https://w3id.org/vc/status-list/2021/v1\",");
	subject_context(&x->context, subject_kinds(x->e->record), x->form->model);
	buf_char(&x->context, ']');
}

static void
write_types(struct buf *b, unsigned kinds)
{
	buf_str(b, "\",\"type\":[\"VerifiableCredential\"");
	if (kinds & WORDS_SHOT)
		buf_str(b, ",\"VaccinationCertificate\"");
	if (kinds & WORDS_TEST)
		buf_str(b, ",\"TestCertificate\"");
	if (kinds & WORDS_RECOVERY)
		buf_str(b, ",\"RecoveryCertificate\"");
	buf_char(b, ']');
}

static void
write_issuer(struct buf *b, const struct emit_issuer *i)
{
	text_member(b, ",\"issuer\":{\"id\":", i->did);
	if (i->name.len > 0)
		text_member(b, ",\"name\":", i->name);
	buf_char(b, '}');
}

static void
write_status(struct writing *x)
{
	bool newer = x->form->model == VC_MODEL_20;
	struct span list = x->e->status_list;
	struct buf id = buf_in(x->w->arena, SIZE_MAX), *b = &x->doc;

	if (list.len == 0)
		return;
	buf_add(&id, list);
	buf_char(&id, '#');
	buf_int(&id, x->e->status_index);
	text_member(b, ",\"credentialStatus\":{\"id\":", buf_span(&id));
	text_member(b, ",\"type\":",
		newer ? SPAN_LIT("BitstringStatusListEntry") : SPAN_LIT("StatusList2021Entry"));
	buf_str(b, ",\"statusPurpose\":\"revocation\",\"statusListIndex\":\"");
	buf_int(b, x->e->status_index);
	text_member(b, "\",\"statusListCredential\":", list);
	buf_char(b, '}');
	if (id.error)
		b->error = id.error;
}

/* As emit_provenance, in words that are not those of credentials: `issuer` is one. */
static void
write_evidence(struct buf *b, const struct emit_source *s)
{
	text_member(b, ",\"evidence\":[{\"type\":[\"SourceVerification\"],\"sourceScheme\":",
		span_of(s->scheme));
	if (s->issuer.len > 0)
		text_member(b, ",\"sourceIssuer\":", s->issuer);
	if (s->key.len > 0)
		text_member(b, ",\"sourceKey\":", s->key);
	buf_str(b, ",\"sourceSha256\":\"");
	base64url_encode(b, s->sha256);
	time_member(b, "\",\"verifiedAt\":\"", s->verified_at);
	buf_str(b, ",\"verdict\":\"verified\"}]");
}

static void
write_document(struct writing *x)
{
	bool newer = x->form->model == VC_MODEL_20;
	struct buf *b = &x->doc;

	write_context(x);
	buf_str(b, "{\"@context\":");
	buf_add(b, buf_span(&x->context));
	buf_str(b, ",\"id\":\"urn:uuid");
	write_id(b, x->e->id);
	write_types(b, subject_kinds(x->e->record));
	write_issuer(b, x->e->issuer);
	time_member(b, newer ? ",\"validFrom\":\"" : ",\"issuanceDate\":\"", x->e->from);
	time_member(b, newer ? ",\"validUntil\":\"" : ",\"expirationDate\":\"", x->e->until);
	write_status(x);
	write_evidence(b, x->e->source);
	buf_str(b, ",\"credentialSubject\":");
	subject_write(b, x->e, x->loss);
	buf_char(b, '}');
	if (x->context.error)
		b->error = x->context.error;
}

/* --- sealing --- */

static const char *
text_of(struct buf *b)
{
	buf_char(b, '\0');
	return (const char *)buf_span(b).ptr;
}

/* The registered claims say what the credential says (1.1, 6.3.1). */
static struct span
claims_of(struct writing *x, struct buf *b)
{
	text_member(b, "{\"iss\":", x->e->issuer->did);
	buf_str(b, ",\"jti\":\"urn:uuid");
	write_id(b, x->e->id);
	buf_str(b, "\",\"nbf\":");
	buf_int(b, x->e->from);
	buf_str(b, ",\"exp\":");
	buf_int(b, x->e->until);
	buf_str(b, ",\"vc\":");
	buf_add(b, buf_span(&x->doc));
	buf_char(b, '}');
	return buf_span(b);
}

static int
seal(struct writing *x, struct emitted *out)
{
	struct arena *a = x->w->arena;
	struct buf created = buf_in(a, SIZE_MAX), more = created, claims = created;
	struct vc_recipe r = { .form = x->form->form, .suite = x->form->suite };
	struct span text;
	int error;

	r.document = r.form == VC_TOKEN ? claims_of(x, &claims) : buf_span(&x->doc);
	time_format(&created, x->e->from);
	r.created = text_of(&created);
	buf_str(&more, ",\"@context\":");
	buf_add(&more, buf_span(&x->context));
	if (x->form->context)
		r.more = text_of(&more);
	if (created.error || more.error || claims.error)
		return arena_error(a);
	if ((error = vc_seal(x->w, &r, x->e->signer, &text)) != 0)
		return error;
	*out = (struct emitted){ text, text.len <= CODE_MAX ? EMIT_CODE_BYTES : EMIT_CODE_NONE,
		x->form->media_type, x->form->extension };
	return 0;
}

static int
emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct writing x = { w, &forms[t->variant], e, loss, b, b };
	int r;

	loss_begin(loss, w->arena, e->record);
	write_document(&x);
	r = loss_rest(loss);
	if (r == 0)
		r = x.doc.error;
	if (r != 0 || !e->signer || loss->count[LOSS_MISSING] > 0)
		return r;
	return seal(&x, out);
}

const struct target vc_targets[] = {
	{ "vc", "W3C Verifiable Credential (eddsa-rdfc-2022)", "vc", "vc-eddsa", SIG_EDDSA, true,
		EDDSA_RDFC, emit },
	{ "vc-ecdsa", "W3C Verifiable Credential (ecdsa-rdfc-2019)", "vc", "vc-ecdsa", SIG_ES256,
		true, ECDSA_RDFC, emit },
	{ "vc-eddsa-jcs", "W3C Verifiable Credential (eddsa-jcs-2022)", "vc", "vc-eddsa", SIG_EDDSA,
		true, EDDSA_JCS, emit },
	{ "vc-ecdsa-jcs", "W3C Verifiable Credential (ecdsa-jcs-2019)", "vc", "vc-ecdsa", SIG_ES256,
		true, ECDSA_JCS, emit },
	{ "vc-jwt", "W3C Verifiable Credential as JWT (VC-JOSE-COSE)", "vc-jwt", "vc-ecdsa",
		SIG_ES256, true, JOSE, emit },
	{ "vc-jwt-1.1", "W3C Verifiable Credential 1.1 as JWT", "vc-jwt", "vc-ecdsa", SIG_ES256,
		true, TOKEN, emit },
	{ 0 },
};
