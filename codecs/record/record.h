/* record.h - the one shape that every scheme is read into, and re-issued from.
 *
 * Names and elements are those of the WHO core data set (DDCC:VS/TR RC2; ICVP).
 * Nothing is invented: what a scheme does not carry is absent (an empty span, a
 * RECORD_NO_NUMBER, a count of 0).  docs/record.md lists element x scheme.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "codecs/base/buf.h"

enum equivalence { MAP_NONE, MAP_EQUAL, MAP_WIDER, MAP_NARROWER, MAP_INEXACT };

/* A coded value keeps what the source said beside what it was mapped to. */
struct coded {
	struct span      code, system, display; /* as the source has it; display: from the value set, or the source */
	struct span      to_code, to_system, to_display; /* normalised; empty when no map knows it */
	enum equivalence map;
};

struct person_name {
	struct span text;          /* whole, where the scheme has no parts */
	struct span family, given; /* as written */
	struct span family_icao, given_icao; /* transliterated (ICAO 9303), where the scheme carries it */
};

struct identifier {
	struct span value, system, type;
	struct span document; /* of which travel document, by Doc 9303's letters, where the scheme says; not given out */
};

#define RECORD_TRAVEL "travel" /* of one, and the scheme does not say which */

enum event_kind { EVENT_VACCINATION, EVENT_TEST, EVENT_RECOVERY };

#define RECORD_NO_NUMBER INT64_MIN

struct event {
	enum event_kind kind;
	struct coded    disease;
	/* vaccination */
	struct coded    vaccine, brand, manufacturer, ma_holder;
	struct span     lot, valid_from, valid_until, next_dose;
	int64_t         dose, total_doses;
	bool            dose_derived; /* counted among the entries, since the scheme carries no number */
	bool            subpotent;    /* given, but less than a dose: never counted */
	/* test */
	struct coded    test_type, result;
	struct coded    test_device, specimen;
	struct span     test_name, sample_time, result_time;
	/* recovery */
	struct span     first_positive;
	/* all */
	struct span     date;    /* of the event: as precise as the source, ISO 8601 */
	struct span     moment;  /* the same of a dose with its time of day, where date has the day alone */
	struct span     country; /* ISO 3166-1 alpha-2 (alpha-3 where the scheme carries that) */
	struct span     centre, practitioner, issuer, identifier;
	struct span     contact_phone, contact_mail, contact_address; /* of the centre */
	struct span     certified_from, certified_until; /* of the certificate for this event, which say nothing of its effect */
};

/* One line of an overview of medications (PH4H). */
struct medication {
	struct coded code;
	struct span  status, from, until, asserted, dosage, reason, adherence; /* dates: as precise as the source */
};

/* What a verified certificate leads to.  Its address and key stand in lead alone, for whoever follows it, and in no
 * answer: who has them can read what is there. */
struct link;
struct record_link {
	struct span host, label;
	bool        passcode; /* one is needed */
	int64_t     expires;  /* TIME_NONE: it does not say */
	const struct link *lead; /* NULL: it can't be followed */
};

struct record {
	struct person_name name;
	struct span        birth_date; /* partial dates stay partial: YYYY, YYYY-MM, YYYY-MM-DD */
	struct span        sex, nationality, guardian;
	struct identifier *identifiers;
	size_t             identifier_count;
	struct record_certificate {
		struct span issuer, identifier, version; /* the issuer's name for itself, hcid, schema version */
		bool        issuer_resolves; /* its keys are published under that name */
		int64_t     from, until; /* TIME_NONE where absent; a fraction of a second is left out */
	} certificate;
	struct event *events;
	size_t        event_count;
	struct medication  *medications;
	size_t              medication_count;
	struct record_link *link; /* NULL: the certificate is no link */
};

void record_init(struct record *r); /* all absent */
/* What c is mapped to: the code of `to`, which is one of a value set. */
void coded_map(struct coded *c, struct coded to, enum equivalence map);
void event_init(struct event *e, enum event_kind kind);
/* The record as the JSON of interfaces.md section 5; absent elements are left out. */
void record_json(struct buf *b, const struct record *r);

#endif
