/* loss.h - what becomes of each element of a record when it is written in another form.
 *
 * Whoever writes the form says what it keeps, maps and lacks; loss_rest adds everything that the record has and
 * nobody spoke of, as dropped: an element cannot be lost in silence.
 */
#ifndef RECORD_LOSS_H
#define RECORD_LOSS_H

#include "codecs/record/record.h"

enum element {
#define PERSON(name, path) ELEMENT_##name,
#define EVENT(name, path)  ELEMENT_##name,
#include "codecs/record/elements.def"
#undef PERSON
#undef EVENT
	ELEMENT_EVENT, /* all of one event */
	ELEMENT_COUNT
};

enum loss_fate { LOSS_KEPT, LOSS_MAPPED, LOSS_SUPPLIED, LOSS_DROPPED, LOSS_MISSING, LOSS_FATES };

/* Why an element was dropped, or is missing although the record has something of it. */
enum loss_why {
	WHY_NONE,
	WHY_NO_PLACE,  /* the form has none for it */
	WHY_NO_CODE,   /* the form's codes have none that means the same */
	WHY_FORMAT,    /* it can't be written as the form asks: a partial date, a character, a length */
	WHY_ONE_EVENT, /* the form carries one event, and this is not the newest that fits */
	WHY_KIND,      /* the form carries no such events */
	WHY_DERIVED,   /* the source does not say it: we counted it, and do not attest our own counting */
	WHY_REPLACED,  /* the attestation has its own, and names the source's where the form lets it */
	WHY_COUNT
};

enum { LOSS_NO_EVENT = -1 };

struct loss_row {
	enum element     element;
	int              event; /* its place in the record; LOSS_NO_EVENT: of the certificate */
	enum loss_fate   fate;
	enum loss_why    why;
	enum equivalence map;      /* LOSS_MAPPED */
	struct span      from, to; /* codes, of coded elements that were mapped: never a person's data */
};

struct loss {
	const struct record *record;
	struct arena        *arena;
	struct loss_row    **rows; /* a place for each (event, element); NULL: nothing was said of it */
	size_t               count[LOSS_FATES];
	int                  error; /* 0, -ENOMEM or -ENOBUFS; fails once and stays failed, as a buf */
};

void loss_begin(struct loss *l, struct arena *a, const struct record *r);
/* One row for (event, element): a second one for the same is ignored, as is one of an event that was dropped whole. */
void loss_keep(struct loss *l, int event, enum element e);
void loss_map(struct loss *l, int event, enum element e, enum equivalence map, struct span from, struct span to);
void loss_drop(struct loss *l, int event, enum element e, enum loss_why why);
void loss_supply(struct loss *l, int event, enum element e);
/* Required by the form, and absent or not to be written. */
void loss_miss(struct loss *l, int event, enum element e, enum loss_why why);
/* Adds what the record has and no row speaks of, as WHY_NO_PLACE.  l->error. */
int  loss_rest(struct loss *l);
/* The next row in the order of the record; NULL at the end.  *at: 0 for the first call. */
const struct loss_row *loss_next(const struct loss *l, size_t *at);

/* Whether the record has the element: of event number `event`, or LOSS_NO_EVENT. */
bool record_has(const struct record *r, int event, enum element e);
const char *element_path(enum element e);   /* "brand"; of one event without its number */
enum element element_named(struct span path); /* ELEMENT_COUNT: there is no such element */
bool element_of_event(enum element e);

/* {"kept": n, "mapped": n, "supplied": n, "dropped": n, "missing": n, "elements": [{"element": "events[0].brand",
 * "fate": "mapped", "equivalence": "equal", "from": ..., "to": ...}, ...]} */
void loss_json(struct buf *b, const struct loss *l);
/* One of its elements; text: with the sentence why.  An event that none of the record's can be is "events". */
void loss_row_json(struct buf *b, const struct loss_row *r, bool text);
/* A sentence for people: why. */
const char *loss_why_text(enum loss_why why);
const char *loss_fate_name(enum loss_fate fate);

#endif
