/* fhir.h - what a card's content needs of FHIR R4: entries, references, and which elements are of which type. */
#ifndef SHC_FHIR_H
#define SHC_FHIR_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

enum fhir_type {
	FHIR_UNKNOWN, /* nothing is known of what stands below */
#define TYPE(name) FHIR_##name,
#include "codecs/shc/fhir_types.def"
#undef TYPE
	FHIR_TYPES
};

/* By the name of a resource; FHIR_UNKNOWN: not among fhir_types.def. */
enum fhir_type fhir_type_named(struct span name);
/* Of an element, an item of its list included. */
enum fhir_type fhir_type_of(enum fhir_type parent, struct span element);

/* The members of "entry"; NULL when there are none. */
const struct node *fhir_entries(const struct node *bundle);
struct span        fhir_resource_type(const struct node *resource);
/* The first resource of that type in a bundle; NULL when there is none. */
const struct node *fhir_first(const struct node *bundle, const char *type);
/* The resources of a bundle by fullUrl: a card has thousands of references if it likes. */
struct fhir_url {
	struct span        url;
	size_t             at; /* of its entry */
	const struct node *resource;
};
struct fhir_urls {
	struct fhir_url *row; /* sorted */
	size_t           count;
};
int fhir_urls_of(struct work *w, const struct node *bundle, struct fhir_urls *out); /* 0, -ENOMEM, -ENOBUFS */
/* The resource of the first entry with that fullUrl; NULL when there is none. */
const struct node *fhir_resolve(const struct fhir_urls *urls, struct span url);
/* resource:N, N decimal; *number is at most UINT32_MAX. */
bool fhir_is_short(struct span url, size_t *number);

enum fhir_event { FHIR_NO_EVENT, FHIR_VACCINATION, FHIR_RESULT };

/* An Immunization, or an Observation of a laboratory or without a category: what becomes an event of the record. */
enum fhir_event fhir_event_of(const struct node *resource);

#endif
