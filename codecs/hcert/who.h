/* who.h - what the WHO's models in an HC1 container share: fields as rows, from which checking and reading both go.
 *
 * What every genuine certificate has is demanded; what a model demands beyond that, and its issuers leave out or write
 * otherwise, becomes a finding.
 */
#ifndef HCERT_WHO_H
#define HCERT_WHO_H

#include "codecs/hcert/hcert.h"
#include "codecs/seal/cert.h"

enum who_kind {
	WHO_TEXT,  /* struct span */
	WHO_LABEL, /* struct span: a text, or of a map its display, code, value or reference */
	WHO_CODED, /* struct coded: a text is its code; a map has code, system, display */
	WHO_DATE,  /* struct span: YYYY, YYYY-MM, YYYY-MM-DD; a time of day behind it is dropped */
	WHO_TIME,  /* struct span: a date, or a date and time, kept as it is written */
	WHO_DAY,   /* struct span: as WHO_DATE, of one that bounds something: a day that does not exist is refused */
	WHO_MOMENT, /* struct span: as WHO_TIME, the same */
	WHO_SEX,   /* struct span: male, female; others as written */
	WHO_COUNT  /* int64_t: positive */
};

enum who_need { WHO_OPTIONAL, WHO_EXPECTED /* absence is a finding */, WHO_REQUIRED };

struct who_field {
	const char   *key, *alias; /* alias: how the flat form of 2021 writes it; NULL: the same */
	enum who_kind kind;
	enum who_need need;
	size_t        offset;      /* of its value in the struct that is filled */
};

/* A field of map, by its name, else by the other; NULL where absent, null or undefined. */
const struct node *who_find(const struct node *map, const struct who_field *f);
/* Reports missing and malformed fields of map; rows end with a NULL key. */
void who_check(struct work *w, const struct node *map, const struct who_field *rows);
/* Fills what is there and of its kind; the rest stays as it is. */
void who_fill(const struct node *map, const struct who_field *rows, void *to);

/* The person of ICVP and of medication overviews, by rows whose offsets are in it. */
struct who_person {
	struct span name, birth, sex, nationality, id, id_type, guardian;
};
/* Into the record, with the certificate's period; 0 or -ENOMEM, -ENOBUFS. */
int who_person(struct work *w, const struct credential *c, const struct node *claim, const struct who_field *rows,
	       struct record *out);

void who_fail(struct work *w, enum reason reason, const struct node *n);
void who_note(struct work *w, enum reason reason, const struct node *n);
/* The first second of a day, month or year, and the first one behind it, UTC; TIME_NONE for anything else. */
int64_t who_begin(struct span date);
int64_t who_end(struct span date);
/* Period of validity of the record's certificate: the claims' dates. */
void who_period(const struct credential *c, struct record *out);
/* An identifier with its type in the record's list of one; 0 or -ENOMEM, -ENOBUFS. */
int  who_identifier(struct work *w, struct span value, struct span system, struct span type, struct record *out);

#endif
