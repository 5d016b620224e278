/* form.h - what the parts of the writer of VDS-NC share: data.msg as it grows, and values that are told as they are written.
 *
 * Lengths are those of the annexes of VDS-NC, in characters; 0: the annex has none.
 */
#ifndef VDSNC_EMIT_FORM_H
#define VDSNC_EMIT_FORM_H

#include "codecs/emit.h"

struct form {
	struct work           *w;
	const struct emission *e;
	struct loss           *loss;
	struct buf             b; /* data.msg, as JSON */
	int                    event; /* the one being written: its place in the record */
	const struct event    *v;
};

/* Name and bracket of a group or list; "" has no name.  form_close writes the bracket alone. */
void form_open(struct form *f, const char *name, char bracket);
void form_close(struct form *f, char bracket);
/* A member without a word to the loss report. */
void form_text(struct form *f, const char *name, struct span value);
void form_number(struct form *f, const char *name, int64_t value);

/* Members of the running event: the record's value, else the operator's, else it is missing. */
void form_required(struct form *f, const char *name, enum element el, struct span value, size_t max);
void form_optional(struct form *f, const char *name, enum element el, struct span value, size_t max);
/* A full date; of a moment its day. */
void form_day(struct form *f, const char *name, enum element el, struct span value);
void form_moment(struct form *f, const char *name, enum element el, struct span value);
void form_country(struct form *f, const char *name);

/* Not empty, and no longer than max characters. */
bool form_fits(struct span value, size_t max);
/* A full date that exists. */
bool form_is_day(struct span s);

/* data.msg.pid of a proof of vaccination, or of testing. */
void form_person(struct form *f, bool tested);
/* sp, dat and tr of a test. */
void form_test(struct form *f);
/* ve of all vaccinations that `mine` marks, one byte an event. */
void form_vaccinations(struct form *f, const uint8_t *mine);

#endif
