/* steps.c - the gates: which container, what is inside, who signed it, is it genuine?
 *
 * A codec says which key a document claims, trust says which key that is, and
 * here the two meet.  The other five checks stand in rules.c.
 */
#include "gateway/engine/steps.h"

#include "codecs/seal/key.h"
#include "gateway/engine/bound.h"
#include "gateway/engine/listed.h"

/* Binary channels (raw COSE, zlib) must keep their last byte even where it is a line end. */
static bool
is_binary(struct span in)
{
	size_t n = in.len < 8 ? in.len : 8;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = in.ptr[i];
		if (c >= 0x7f || (c < ' ' && c != '\n' && c != '\r' && c != '\t'))
			return true;
	}
	return false;
}

int
step_format(struct work *w, struct verify *v)
{
	if (v->input.len > w->limits->input_document) {
		report_limit(w->report, "input.document", w->limits->input_document,
			PLACE_AT("input", w->limits->input_document));
		return 0;
	}
	v->text = is_binary(v->input) ? v->input : span_trim(v->input);
	if (v->text.len == 0) {
		report_fail(w->report, REASON_INPUT_EMPTY, PLACE_AT("input", 0));
		return 0;
	}
	v->codec = codec_detect(v->text);
	if (!v->codec) {
		report_fail(w->report, REASON_FORMAT_UNKNOWN, PLACE_AT("input", 0));
		return 0;
	}
	report_pass(w->report);
	return 0;
}

int
step_decode(struct work *w, struct verify *v)
{
	v->credential.not_before = TIME_NONE;
	v->credential.not_after = TIME_NONE;
	int r = v->codec->decode(w, v->text, &v->credential);
	if (r != 0)
		return r;
	v->credential.codec = v->codec;
	if (v->codec->bare && v->text.len < v->input.len)
		report_find(w->report, REASON_NOTE_SHC_BLANKS, PLACE_NONE);
	w->report->running = CHECK_DECODE;
	report_pass(w->report);
	return 0;
}

/* A credential without a scheme of its own is trusted by none. */
struct trust_scope
step_scope(const struct verify *v)
{
	struct trust_scope scope = { v->policy->env, TRUST_DOMAINS };

	for (const struct scheme *s = v->codec->schemes; s->name; s++)
		if (v->credential.scheme &&
			(s->name == v->credential.scheme ||
				span_is(span_of(s->name), v->credential.scheme)))
			scope.domain = s->domain;
	return scope;
}

static int
find_keys(struct work *w, struct verify *v, const struct proof *p)
{
	return bound_asks(v, p) ? bound_find(w, v, p) : listed_find(w, v, &p->hint);
}

static int
issuer_of_proof(struct work *w, struct verify *v, const struct proof *p)
{
	int r = find_keys(w, v, p);
	size_t n = v->candidate_count;

	if (r != 0)
		return r;
	if (n == 0 && p->hint.kid.len == 0 && p->hint.certificate.len == 0)
		report_fail(w->report, REASON_ISSUER_NO_KID, PLACE_NONE);
	else if (n == 0 && bound_asks(v, p))
		r = bound_missing(w, v, p);
	else if (n == 0)
		r = listed_missing(w, v, &p->hint);
	else if (!v->candidates[0]->key) /* refused keys come last: all of them are */
		report_fail(w->report, REASON_ISSUER_KEY_REFUSED, PLACE_NONE);
	if (n > 0 && !v->signer)
		v->signer = v->candidates[0];
	return r;
}

int
step_issuer(struct work *w, struct verify *v)
{
	if (v->credential.proof_count == 0)
		report_fail(w->report, REASON_SIGNATURE_MISSING, PLACE_NONE);
	int r = 0;
	for (size_t i = 0; i < v->credential.proof_count && r == 0; i++)
		r = issuer_of_proof(w, v, &v->credential.proofs[i]);
	if (r == 0)
		report_pass(w->report);
	return r;
}

/* How much of what a verifier asks of a key it fulfils: several keys may share an identifier. */
static int
key_rank(const struct work *w, const struct verify *v, const struct trust_key *k)
{
	bool early = k->not_before != TIME_NONE && w->now < k->not_before;
	bool late = k->not_after != TIME_NONE && w->now > k->not_after;

	if (early || late)
		return 1;
	bool other = k->domains && !(k->domains & v->credential.domains);
	return (v->credential.usage & ~k->usage) || other ? 2 : 3;
}

const enum reason step_signature_reason[] = {
	[KEY_ALG_REFUSED] = REASON_SIGNATURE_ALGORITHM,
	[KEY_SIG_MALFORMED] = REASON_SIGNATURE_MALFORMED,
	[KEY_MISMATCH] = REASON_SIGNATURE_MISMATCH,
};

int
step_try_key(const struct work *w, const struct key *k, const struct proof *p, enum key_result *out)
{
	struct proof other = *p;
	int r = key_verify(k, p, w->kit, out);

	for (size_t i = 0; r == 0 && *out == KEY_MISMATCH && i < p->other_count; i++) {
		other.signed_bytes = p->others[i];
		r = key_verify(k, &other, w->kit, out);
	}
	return r;
}

/* Tries every candidate; the key that goes deepest is the signer.  *valid only by KEY_VALID. */
static int
verify_proof(struct work *w, struct verify *v, const struct proof *p, enum key_result *worst,
	bool *valid)
{
	int best = 0;

	for (size_t i = 0; i < v->candidate_count && best < 3; i++) {
		const struct trust_key *k = v->candidates[i];
		enum key_result result = KEY_MISMATCH;
		if (!k->key)
			continue;
		int r = step_try_key(w, k->key, p, &result);
		if (r != 0)
			return r;
		if (result != KEY_VALID) {
			*worst = result > *worst ? result : *worst;
		} else if (key_rank(w, v, k) > best) {
			best = key_rank(w, v, k);
			v->signer = k;
		}
	}
	*valid = best > 0;
	return 0;
}

/* Accepted, but not as the scheme has it: the policy's switch let another curve pass. */
static void
note_curve(struct work *w, const struct verify *v, const struct proof *p)
{
	bool stated = p->p384_es256 && p->alg == SIG_ES256;

	if (stated && !(key_algs(v->signer->key) & SIG_BIT(SIG_ES256)))
		report_find(w->report, REASON_NOTE_CURVE, PLACE_NONE);
}

/* False: something was said already. */
static bool
cover(struct work *w, struct verify *v, int *r)
{
	*r = v->codec->cover ? v->codec->cover(w, &v->credential) : 0;
	return *r == 0 && w->report->checks[CHECK_SIGNATURE].status == STATUS_SILENT;
}

int
step_signature(struct work *w, struct verify *v)
{
	int r;

	if (!cover(w, v, &r))
		return r;
	for (size_t i = 0; i < v->credential.proof_count; i++) {
		struct proof *p = &v->credential.proofs[i];
		enum key_result worst = KEY_ALG_REFUSED;
		bool valid = false;
		p->p384_es256 = v->policy->p384_es256;
		r = find_keys(w, v, p);
		if (r == 0)
			r = verify_proof(w, v, p, &worst, &valid);
		if (r != 0)
			return r;
		if (!valid)
			report_fail(w->report, step_signature_reason[worst], PLACE_NONE);
		else
			note_curve(w, v, p);
	}
	v->verified = v->credential.proof_count > 0 && !report_failed(w->report);
	if (v->verified)
		report_pass(w->report);
	return 0;
}
