/* emit.h - the contract between the engine and a form that certificates are written in.
 *
 * A writer is a pure function: record in, signed text out.  It invents nothing, and says in a loss report what became
 * of each element.  Whether the source may be attested at all, for how long and under which key is the engine's.
 */
#ifndef CODECS_EMIT_H
#define CODECS_EMIT_H

#include "codecs/base/work.h"
#include "codecs/record/loss.h"
#include "codecs/signer.h"

enum { EMIT_ID = 16 };

/* What was verified, for the forms that can name it. */
struct emit_source {
	const char *scheme;      /* "divoc" */
	struct span issuer;      /* whom trust knows the key's owner as */
	struct span key;         /* its identifier, as text */
	struct span sha256;      /* of the bytes that were given: 32 */
	int64_t     verified_at; /* that moment's verdict was "verified" */
};

/* Who we are. */
struct emit_issuer {
	struct span url;     /* "https://gateway.example", without a slash at its end */
	struct span did;     /* "did:web:gateway.example" */
	struct span country; /* ISO 3166-1 alpha-2 */
	struct span name;    /* for people */
	struct span cert;    /* DER, of the signing key; empty: it has none */
};

/* A value of the operator's for an element that a form requires and sources lack. */
struct emit_supply {
	enum element element;
	struct span  value;
};

struct emission {
	const struct record      *record;
	const struct emit_source *source;
	const struct emit_issuer *issuer;
	const struct emit_supply *supplies;
	size_t                    supply_count;
	/* the attestation's own */
	uint8_t     id[EMIT_ID];   /* random, never used before */
	int64_t     from, until;   /* neither before nor past the source's; until is never TIME_NONE */
	struct span status_list;   /* the address of the list of ours that answers for it; empty: none.
				   * In vc-jwt-1.1 "/2021" stands behind it */
	int64_t     status_index;
	const struct signer *signer; /* NULL: only the loss report is asked for, nothing is written or signed */
};

enum emit_code {
	EMIT_CODE_NONE,         /* the form is not made for codes */
	EMIT_CODE_ALPHANUMERIC, /* one symbol in that mode */
	EMIT_CODE_NUMERIC,      /* a prefix in byte mode, then digits (SMART Health Cards) */
	EMIT_CODE_BYTES
};

struct emitted {
	struct span    text;
	enum emit_code code; /* how it goes into a QR code; EMIT_CODE_NONE, too, where it is too long for one */
	const char    *media_type, *extension; /* of the text as a file: "application/smart-health-card" */
};

/* One form that we write: a name for requests, and who writes and signs it. */
struct target {
	const char  *name;    /* "shc" */
	const char  *title;   /* "SMART Health Card" */
	const char  *scheme;  /* as which it is read */
	const char  *purpose; /* of our keys: "dcc", "shc", "vc-eddsa", "vc-ecdsa", "who", "icao" */
	enum sig_alg alg;
	bool         status;  /* it can name a status list */
	bool         undated; /* it has no expiry: what ends it is the signing key's certificate, which then ends no later than
			       * the attestation */
	unsigned     variant; /* the writer's own */
	/* Fills the loss report, all of it; with e->signer, and unless something is missing, *out, in the arena.
	 * 0, or a negative errno; -EMSGSIZE: too long for the form. */
	int (*emit)(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
		    struct emitted *out);
};

const struct target *target_at(size_t index); /* NULL at the end */
const struct target *target_named(struct span name);

/* --- for writers --- */

/* The operator's value; SPAN_NONE: none. */
struct span emit_supplied(const struct emission *e, enum element el);
/* A text that the form requires: the record's, else the operator's, else it is missing; each told. */
struct span emit_require(const struct emission *e, struct loss *loss, int event, enum element el, struct span value);
/* A text that the form may carry: kept where it is there. */
struct span emit_carry(struct loss *loss, int event, enum element el, struct span value);
/* The newest event among those kinds (a mask of 1u << enum event_kind); all others are told as dropped.  -1: none fits,
 * and the event is told as missing. */
int emit_newest(const struct record *r, unsigned kinds, struct loss *loss);
/* The same among the events that fit(event, arg). */
int emit_newest_that(const struct record *r, bool (*fit)(const struct event *v, const void *arg), const void *arg,
		     struct loss *loss);
/* FHIR's administrative gender (male, female, other, unknown), which forms ask for: as the record has it, or by a word that
 * differs in case alone, or the letters M and F.  emit_sex tells it: kept, mapped, or dropped for want of a code. */
struct span emit_gender(struct span sex);
struct span emit_sex(const struct emission *e, struct loss *loss);
/* The certificate's own issuer, identifier, version and period: the attestation has its own. */
void emit_replaced(const struct emission *e, struct loss *loss);
/* What was verified, as one JSON object: type, scheme, issuer, key, sha256 (base64url), verifiedAt, verdict. */
void emit_provenance(struct buf *b, const struct emission *e);
/* 32 upper-case hexadecimal digits. */
struct span emit_id_text(struct arena *a, const uint8_t *id);

#endif
