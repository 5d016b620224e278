/* hc1.h - what the writers of HC1 texts share: the container around the content, and values with rules of their own. */
#ifndef HCERT_EMIT_HC1_H
#define HCERT_EMIT_HC1_H

#include "codecs/emit.h"
#include "codecs/hcert/emit/members.h"

/* The longest text: a QR code of version 40 at the error correction that hcert_spec recommends (Q), alphanumeric. */
enum { HC1_MAX = 2420 };

/* Signs the content under sub-claim `claim`, with the country's code (claim 1), the attestation's dates, and as kid the
 * first 8 bytes of the certificate's SHA-256.  0; -EMSGSIZE: longer than HC1_MAX; else a negative errno. */
int hc1_seal(struct work *w, const struct emission *e, int64_t claim, const struct buf *content, struct emitted *out);

/* What the issuing key's certificate lets it sign: USAGE_*, all where there is none.  0 or a negative errno. */
int hc1_usage(const struct emission *e, unsigned *out);

/* The name in one text, which the form requires: the source's, else given and family name one behind the other, told as
 * mapped, inexact: nobody can part them again.  0 or -ENOMEM, -ENOBUFS. */
int hc1_name(struct arena *a, const struct emission *e, struct loss *loss, struct span *out);

/* A full date that exists. */
bool hc1_is_day(struct span s);
/* The day that the form requires: the source's; of a moment its day (told as mapped, wider); the operator's; or missing. */
struct span hc1_day(const struct emission *e, struct loss *loss, int event, enum element el, struct span value);
/* The alpha-2 code of the event's country, as the form requires it. */
struct span hc1_country(const struct emission *e, struct loss *loss, int event, struct span value);
/* The alpha-3 code of an assigned code of either length, EL and UK among them; SPAN_NONE: there is none. */
struct span hc1_alpha3(struct span code);
/* The same as alpha-3. */
struct span hc1_country3(const struct emission *e, struct loss *loss, int event, struct span value);
/* A number of 1 or more that the form requires; `derived`: counted here, so not attested.  RECORD_NO_NUMBER: missing. */
int64_t hc1_count(const struct emission *e, struct loss *loss, int event, enum element el, int64_t value, bool derived);

#endif
