/* link_impl.h - what the files about links share. */
#ifndef ENGINE_LINK_IMPL_H
#define ENGINE_LINK_IMPL_H

#include "gateway/engine/link.h"

/* A need is answered, or stated (unless it is already). */
const struct web_item *link_answer(struct link_verify *v, const struct need *n);
void                   link_need(struct link_verify *v, const struct need *n);
/* Whether the policy lets that address be asked. */
bool link_allowed(const struct link_verify *v, struct span url);
/* "application/fhir+json; x=y" as "application/fhir+json" in any case; cty may leave "application/" out. */
bool link_is_type(struct span type, const char *name);

/* Part of the work for one file: `what` is a struct span of its text, or its struct node in the list. */
typedef int (*link_file_fn)(struct work *w, struct link_verify *v, struct link_file *f, const void *what);

/* One file more, of at most `room`; NULL: see arena_error. */
struct link_file *link_add_file(struct work *w, struct link_verify *v, size_t room);
/* Calls fn with the file's own report; a spent budget becomes the file's fault. */
int link_for_file(struct work *w, struct link_verify *v, struct link_file *f, link_file_fn fn, const void *what);
/* A link_file_fn: the encrypted text's wrapper, its content, the certificates in it.  f->type is set where it is listed. */
int link_open_file(struct work *w, struct link_verify *v, struct link_file *f, const void *what);
/* The engine's verdict on a certificate that the link leads to, or that carries it; what it lacks becomes a need. */
int link_verify_entry(struct work *w, struct link_verify *v, struct link_entry *e, struct span text);
/* The files of a manifest into v->files, each as far as it goes. */
int link_manifest(struct work *w, struct link_verify *v, struct span json);

#endif
