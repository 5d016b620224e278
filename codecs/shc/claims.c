/* claims.c - what every card claims: issuer, dates, a credential of a known type, a bundle, a revocation id. */
#include "codecs/shc/claims.h"

#include "codecs/base/ascii.h"

static const char health_card[] = "https://smarthealth.cards#health-card";

enum { RID_MAX = 24 };

/* Dates in milliseconds: a slip of issuers, since programs count so. */
#define MILLISECONDS INT64_C(1600000000000)

static struct place
place_of(struct work *w, const struct node *n)
{
	return node_place(w, n, SHC_LAYER_PAYLOAD);
}

/* The member, of that kind; NULL once its absence or another kind was reported. */
static const struct node *
required(struct work *w, const struct node *map, const char *name, enum node_kind kind)
{
	const struct node *n = node_get(map, name);

	if (n && n->kind == kind)
		return n;
	if (n)
		report_fail(w->report, REASON_SHC_CLAIM_TYPE, place_of(w, n));
	else
		report_fail(w->report, REASON_SHC_CLAIM_MISSING,
			node_place_under(w, map, name, SHC_LAYER_PAYLOAD));
	return NULL;
}

/* --- iss --- */

/* A name's last label has a letter in front: without one it is an address, and cards come from names. */
static bool
is_host(struct span host)
{
	size_t label = 0;

	for (size_t i = 0; i < host.len; i++) {
		uint8_t c = host.ptr[i];
		if (c == '.' && i == label)
			return false;
		if (c == '.')
			label = i + 1;
		else if (!ascii_letter(c) && !ascii_digit(c) && c != '-')
			return false;
	}
	return label < host.len && ascii_letter(host.ptr[label]);
}

static bool
is_port(struct span port)
{
	for (size_t i = 0; i < port.len; i++)
		if (!ascii_digit(port.ptr[i]))
			return false;
	return port.len > 0 && port.len <= 5;
}

static bool
is_authority(struct span s)
{
	size_t colon = span_find(s, ':');

	return is_host(span_slice(s, 0, colon)) &&
	       (colon == s.len || is_port(span_from(s, colon + 1)));
}

bool
shc_is_issuer(struct span iss)
{
	static const char excluded[] = "?#@\\\"<>^`{|}%";
	struct span rest = span_from(iss, sizeof("https://") - 1), part;

	if (!span_starts(iss, SPAN_LIT("https://")) || span_ends(iss, SPAN_LIT("/")))
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if (rest.ptr[i] <= ' ' || rest.ptr[i] >= 0x7f || strchr(excluded, rest.ptr[i]))
			return false;
	if (!span_split(&rest, '/', &part) || !is_authority(part))
		return false;
	while (span_split(&rest, '/', &part))
		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	return true;
}

/* --- nbf and exp --- */

/* A number, with a fraction as often as not. */
static bool
read_time(struct work *w, const struct node *n, struct moment *out)
{
	bool number = n->kind == NODE_INT || n->kind == NODE_REAL;

	if (!number || !shc_moment(n->raw, out)) {
		report_fail(w->report, REASON_SHC_CLAIM_TYPE, place_of(w, n));
		return false;
	}
	if (out->seconds > MILLISECONDS)
		report_find(w->report, REASON_NOTE_SHC_MILLISECONDS, place_of(w, n));
	return true;
}

/* Not before is rounded up and not after down, so that whole seconds never stretch a card's life. */
static void
read_times(struct work *w, const struct node *claims, struct credential *out)
{
	const struct node *nbf = node_get(claims, "nbf"), *exp = node_get(claims, "exp");
	struct moment from, until;

	out->dates.layer = SHC_LAYER_PAYLOAD;
	out->dates.not_before = nbf;
	out->dates.not_after = exp;
	out->status.issued.seconds = TIME_NONE;
	if (!nbf)
		report_fail(w->report, REASON_SHC_CLAIM_MISSING,
			node_place_under(w, claims, "nbf", SHC_LAYER_PAYLOAD));
	else if (read_time(w, nbf, &from)) {
		out->not_before = from.seconds + (from.nanoseconds > 0 || from.more);
		out->status.issued = from;
	}
	if (exp && read_time(w, exp, &until))
		out->not_after = until.seconds;
}

/* --- vc --- */

static void
read_rid(struct work *w, const struct node *vc, struct credential *out)
{
	const struct node *n = node_get(vc, "rid");
	struct span rid = node_text(n);
	bool good = rid.len > 0 && rid.len <= RID_MAX;

	if (!n)
		return;
	for (size_t i = 0; good && i < rid.len; i++)
		good = ascii_base64url(rid.ptr[i]);
	if (!good) {
		report_fail(w->report, REASON_SHC_RID, place_of(w, n));
		return;
	}
	out->status.kind = STATUS_CLAIM_RID;
	out->status.id = rid;
	out->status.node = n;
}

/* Further types, deprecated ones among them, say nothing to a verifier. */
static void
check_types(struct work *w, const struct node *types)
{
	bool found = false;

	for (const struct node *t = types->child; t; t = t->next) {
		if (t->kind != NODE_TEXT) {
			report_fail(w->report, REASON_SHC_CLAIM_TYPE, place_of(w, t));
			return;
		}
		found = found || span_is(t->as.bytes, health_card);
	}
	if (!found)
		report_fail(w->report, REASON_SHC_TYPE, place_of(w, types));
}

static void
read_credential(struct work *w, const struct node *vc, struct shc_card *card)
{
	const struct node *types = required(w, vc, "type", NODE_LIST);
	const struct node *subject = required(w, vc, "credentialSubject", NODE_MAP);
	const struct node *version, *kind;

	if (types)
		check_types(w, types);
	if (!subject)
		return;
	version = required(w, subject, "fhirVersion", NODE_TEXT);
	card->version = node_text(version);
	card->bundle = required(w, subject, "fhirBundle", NODE_MAP);
	kind = card->bundle ? required(w, card->bundle, "resourceType", NODE_TEXT) : NULL;
	if (kind && !span_is(kind->as.bytes, "Bundle"))
		report_fail(w->report, REASON_SHC_CLAIM_TYPE, place_of(w, kind));
}

void
shc_claims(struct work *w, struct shc_card *card, struct credential *out)
{
	const struct node *claims = card->claims, *iss, *vc;

	if (claims->kind != NODE_MAP) {
		report_fail(w->report, REASON_SHC_CLAIM_TYPE, place_of(w, claims));
		return;
	}
	iss = required(w, claims, "iss", NODE_TEXT);
	if (iss && !shc_is_issuer(iss->as.bytes))
		report_fail(w->report, REASON_SHC_ISSUER, place_of(w, iss));
	out->proofs[0].hint.issuer = node_text(iss);
	read_times(w, claims, out);
	vc = required(w, claims, "vc", NODE_MAP);
	if (!vc)
		return;
	read_credential(w, vc, card);
	read_rid(w, vc, out);
}
