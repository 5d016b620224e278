/* divoc.h - credentials of DIVOC: India (CoWIN), Sri Lanka, the Philippines, Indonesia, Jamaica.
 *
 * Their signature covers statements, not members, and their context gives several members of one object one meaning
 * (certificateId, batch, vaccine, manufacturer and icd11Code are all schema:id).  Which value stands under which
 * member is not signed.  So members are read by name only while nothing but the published contexts can say what they
 * mean, and what could have been exchanged is refused (vc.ambiguous), or, where it can't be told, left out or noted.
 */
#ifndef VC_HEALTH_DIVOC_H
#define VC_HEALTH_DIVOC_H

#include "codecs/base/work.h"
#include "codecs/record/record.h"
#include "codecs/tree/node.h"

/* By its types and its two contexts, whichever country's namespace the second is in; NULL: no. */
bool divoc_is(const struct node *credential);
/* Into the common record; the certificate's period is the caller's.  What is wrong is reported on the running check
 * and leaves *out as it was.  0, -ENOMEM, -ENOBUFS. */
int  divoc_normalise(struct work *w, const struct node *credential, const char *layer, struct record *out);
/* The same where something else than the proof tells that every value stands under the member that its issuer wrote it
 * under: nothing is ambiguous then. */
int  divoc_read_known(struct work *w, const struct node *credential, const char *layer, struct record *out);

/* --- for the files of this reader --- */

struct divoc_reading {
	struct work       *w;
	const char        *layer;
	const struct node *doc;
	struct span        issuer;
	int64_t            issued; /* TIME_NONE */
	bool               known; /* which value stands under which member */
	bool               bad; /* something was reported */
};

/* What an object of the credential may hold; the end has no member. */
struct divoc_shape {
	const char *member;
	enum { DIVOC_SCALAR, DIVOC_TYPE, DIVOC_OBJECT, DIVOC_ANY } kind;
	const struct divoc_shape *inside;
};
/* Exactly these members, each with one value; n may be NULL (absent). */
void divoc_check_shape(struct divoc_reading *r, const struct node *n, const struct divoc_shape *shape);
void divoc_fail(struct divoc_reading *r, enum reason reason, const struct node *n);
void divoc_note(struct divoc_reading *r, const struct node *map, const char *member);
/* A text without blanks around it; SPAN_NONE for anything else. */
struct span divoc_text(const struct node *map, const char *member);

/* divoc_event.c */
void divoc_read_event(struct divoc_reading *r, const struct node *evidence, struct event *e);

#endif
