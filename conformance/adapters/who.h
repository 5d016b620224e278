/* who.h - what the adapters of the WHO's corpora share: keys as the corpora write them, and snapshots over them. */
#ifndef CONFORMANCE_ADAPTERS_WHO_H
#define CONFORMANCE_ADAPTERS_WHO_H

#include "conformance/adapters/dcc.h"

/* A P-256 key as {x, y} in base64url, as SubjectPublicKeyInfo; SPAN_NONE when it is none. */
struct span who_spki(struct suite *s, struct arena *a, const json_t *jwk);
/* Calls fn for each line of a file of JSON lines. */
int who_lines(struct suite *s, const char *path, int (*fn)(struct suite *s, const json_t *row, void *arg), void *arg);

#endif
