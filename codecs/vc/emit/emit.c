/* emit.c - a record as W3C Verifiable Credential: data model 2.0 with a proof inside or as JOSE, and 1.1 as JWT.
 *
 * Every word is defined in the document itself or by contexts that every library brings along, so that nobody has to
 * fetch anything.  The credential is ours; what was verified stands in `evidence`.
 */
#include "codecs/base/text.h"
#include "codecs/vc/emit/part.h"
#include "codecs/vc/emit/status_list.h"
#include "codecs/vc/emit/subject.h"
#include "codecs/vc/health/vocab.h"

#include <errno.h>

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
	struct buf id, members, context, doc;
};

static void
write_id(struct buf *b, const uint8_t *id)
{
	static const size_t ends[] = { 0, 4, 6, 8, 10, EMIT_ID };

	buf_str(b, "urn:uuid");
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
	subject_context(&x->context, buf_span(&x->members), x->form->model);
	buf_char(&x->context, ']');
}

static void
write_types(struct buf *b, unsigned kinds)
{
	buf_str(b, ",\"type\":[\"VerifiableCredential\"");
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
	vc_put_text(b, ",\"issuer\":{\"id\":", i->did);
	if (i->name.len > 0)
		vc_put_text(b, ",\"name\":", i->name);
	buf_char(b, '}');
}

static void
write_status(struct writing *x)
{
	bool newer = x->form->model == VC_MODEL_20;
	struct buf list = buf_in(x->w->arena, SIZE_MAX), id = list, *b = &x->members;

	if (x->e->status_list.len == 0)
		return;
	buf_add(&list, x->e->status_list);
	buf_str(&list, newer ? "" : STATUS_LIST_2021);
	buf_add(&id, buf_span(&list));
	buf_char(&id, '#');
	buf_int(&id, x->e->status_index);
	vc_put_text(b, ",\"credentialStatus\":{\"id\":", buf_span(&id));
	vc_put_text(b, ",\"type\":",
		newer ? SPAN_LIT("BitstringStatusListEntry") : SPAN_LIT("StatusList2021Entry"));
	buf_str(b, ",\"statusPurpose\":\"revocation\",\"statusListIndex\":\"");
	buf_int(b, x->e->status_index);
	vc_put_text(b, "\",\"statusListCredential\":", buf_span(&list));
	buf_char(b, '}');
	if (id.error || list.error)
		b->error = id.error ? id.error : list.error;
}

/* As emit_provenance, in words that are not those of credentials: `issuer` is one. */
static void
write_evidence(struct buf *b, const struct emit_source *s)
{
	vc_put_text(b, ",\"evidence\":[{\"type\":[\"SourceVerification\"],\"sourceScheme\":",
		span_of(s->scheme));
	if (s->issuer.len > 0)
		vc_put_text(b, ",\"sourceIssuer\":", s->issuer);
	if (s->key.len > 0)
		vc_put_text(b, ",\"sourceKey\":", s->key);
	buf_str(b, ",\"sourceSha256\":\"");
	base64url_encode(b, s->sha256);
	vc_put_time(b, "\",\"verifiedAt\":\"", s->verified_at);
	buf_str(b, ",\"verdict\":\"verified\"}]");
}

/* All but the contexts, which are made for it. */
static void
write_members(struct writing *x)
{
	bool newer = x->form->model == VC_MODEL_20;
	struct buf *b = &x->members;

	write_id(&x->id, x->e->id);
	vc_put_text(b, ",\"id\":", buf_span(&x->id));
	write_types(b, subject_kinds(x->e->record));
	write_issuer(b, x->e->issuer);
	vc_put_time(b, newer ? ",\"validFrom\":\"" : ",\"issuanceDate\":\"", x->e->from);
	vc_put_time(b, newer ? ",\"validUntil\":\"" : ",\"expirationDate\":\"", x->e->until);
	write_status(x);
	write_evidence(b, x->e->source);
	buf_str(b, ",\"credentialSubject\":");
	subject_write(b, x->e, x->loss);
	if (x->id.error)
		b->error = x->id.error;
}

static int
write_document(struct writing *x)
{
	write_members(x);
	write_context(x);
	buf_str(&x->doc, "{\"@context\":");
	buf_add(&x->doc, buf_span(&x->context));
	buf_add(&x->doc, buf_span(&x->members));
	buf_char(&x->doc, '}');
	if (x->members.error)
		return x->members.error;
	return x->context.error ? x->context.error : x->doc.error;
}

/* --- sealing --- */

static int
seal(struct writing *x, struct emitted *out)
{
	struct buf more = buf_in(x->w->arena, SIZE_MAX);
	struct vc_part p = { .form = x->form->form,
		.suite = x->form->suite,
		.id = buf_span(&x->id),
		.issuer = x->e->issuer->did,
		.from = x->e->from,
		.until = x->e->until,
		.document = buf_span(&x->doc) };
	struct span text;
	int error;

	buf_str(&more, ",\"@context\":");
	buf_add(&more, buf_span(&x->context));
	buf_char(&more, '\0');
	if (more.error)
		return more.error;
	if (x->form->context)
		p.more = (const char *)buf_span(&more).ptr;
	error = vc_part_seal(x->w, &p, x->e->signer, &text);
	if (error ==
		-EINVAL) /* what we wrote is JSON-LD, but it has too many statements or nodes */
		error = -EMSGSIZE;
	if (error != 0)
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
	struct writing x = { w, &forms[t->variant], e, loss, b, b, b, b };
	int r;

	loss_begin(loss, w->arena, e->record);
	r = write_document(&x);
	if (r == 0)
		r = loss_rest(loss);
	if (r != 0 || !e->signer || loss->count[LOSS_MISSING] > 0)
		return r;
	return seal(&x, out);
}

const struct target vc_targets[] = {
	{ "vc", "W3C Verifiable Credential (eddsa-rdfc-2022)", "vc", "vc-eddsa", SIG_EDDSA, true,
		false, EDDSA_RDFC, emit },
	{ "vc-ecdsa", "W3C Verifiable Credential (ecdsa-rdfc-2019)", "vc", "vc-ecdsa", SIG_ES256,
		true, false, ECDSA_RDFC, emit },
	{ "vc-eddsa-jcs", "W3C Verifiable Credential (eddsa-jcs-2022)", "vc", "vc-eddsa", SIG_EDDSA,
		true, false, EDDSA_JCS, emit },
	{ "vc-ecdsa-jcs", "W3C Verifiable Credential (ecdsa-jcs-2019)", "vc", "vc-ecdsa", SIG_ES256,
		true, false, ECDSA_JCS, emit },
	{ "vc-jwt", "W3C Verifiable Credential as JWT (VC-JOSE-COSE)", "vc-jwt", "vc-ecdsa",
		SIG_ES256, true, false, JOSE, emit },
	{ "vc-jwt-1.1", "W3C Verifiable Credential 1.1 as JWT", "vc-jwt", "vc-ecdsa", SIG_ES256,
		true, false, TOKEN, emit },
	{ 0 },
};
