/* codec.h - the contract between the engine and one scheme.
 *
 * A codec is a pure function of bytes.  It has no keys, no clock, no socket and
 * no state; it never decides trust, and it has no `verify`: one function checks
 * the signatures of every scheme.  Each call returns 0, or a negative errno when
 * *we* are at fault; what is wrong with the document goes into w->report.
 */
#ifndef CODECS_CODEC_H
#define CODECS_CODEC_H

#include "codecs/base/work.h"
#include "codecs/credential.h"

struct record;

/* Which anchors may vouch for a scheme: a key trusted for one never counts for another. */
enum trust_domain { TRUST_DCC, TRUST_SHC, TRUST_VC, TRUST_ICAO, TRUST_WHO, TRUST_DOMAINS };

/* What for keys stand in lists of the WHO's network, which writes some of these names in several ways. */
enum {
	GDHCN_DCC = 1u << 0, GDHCN_DDCC = 1u << 1, GDHCN_ICVP = 1u << 2, GDHCN_PH4H = 1u << 3, GDHCN_IPS = 1u << 4,
	GDHCN_OTHER = 1u << 5
};

struct scheme {
	const char       *name;  /* "eu-dcc": in reports, URLs, metrics, conformance/cases/ */
	const char       *title; /* "EU Digital COVID Certificate" */
	enum trust_domain domain;
};

struct codec {
	const char          *name;    /* the container: "hcert" */
	const struct scheme *schemes; /* ended by a NULL name */

	/* Nothing may stand around the text; blanks and line ends are told as note.shc_blanks. */
	bool bare;

	/* Do these bytes look like mine?  Looks at a prefix; never allocates. */
	bool (*detect)(struct span in);

	/* Several certificates in one input, or one in several pieces (a file, a code's chunks on lines of their own):
	 * the certificates, each as decode takes it, in the arena; one that stands whole in `in` may point into it.
	 * *count 0: this is one certificate, or damaged; decode says which.  NULL: there are no such forms. */
	int (*split)(struct work *w, struct span in, struct span **entries, size_t *count);

	/* Unwraps and parses; fills out->scheme, layers, proofs, dates, usage and payload.
	 * A report_fail on the running check (decode, or format where the prefix says so) ends the verification. */
	int (*decode)(struct work *w, struct span in, struct credential *out);

	/* What the proofs cover, where finding that out is dear: fills signed_bytes, once a trusted key was found.
	 * Anything reported ends the verification.  NULL: decode has filled them. */
	int (*cover)(struct work *w, struct credential *c);

	/* The scheme's own rules, once the signature holds.  May be NULL. */
	int (*check)(struct work *w, const struct credential *c);

	/* Scheme fields into the common record. */
	int (*normalise)(struct work *w, const struct credential *c, struct record *out);
};

const struct codec  *codec_detect(struct span in);
const struct codec  *codec_at(size_t index); /* in the order of detection; NULL at the end */
const struct scheme *scheme_named(struct span name);

#endif
