/* who.h - what the adapters of the WHO's corpora share: keys as the corpora write them, and snapshots over them. */
#ifndef CONFORMANCE_ADAPTERS_WHO_H
#define CONFORMANCE_ADAPTERS_WHO_H

#include "conformance/adapters/dcc.h"

/* A P-256 key as {x, y} in base64url, as SubjectPublicKeyInfo; SPAN_NONE when it is none. */
struct span who_spki(struct suite *s, struct arena *a, const json_t *jwk);
/* Calls fn for each line of a file of JSON lines. */
int who_lines(struct suite *s, const char *path, int (*fn)(struct suite *s, const json_t *row, void *arg), void *arg);

/* The code maps to ICD-11 of the DDCC guide (codemaps.ndjson), row by row; tells figures of its own. */
int who_code_maps(struct suite *s);

/* The corpora who-validator-samples and who-itb share one form of case: {id, qr, expect, header, claims, hcert_claims,
 * payload, link, quirks}, and the keys of the former's trust-keys.json: {id, spki, registered: [{kid}]}. */

/* All of those keys, for every scheme, in the acceptance environment.  NULL on failure. */
struct trust *who_keys(struct suite *s, struct arena *a, const char *path);
/* The development network's list (corpus who-gdhcn-trust beside this one), its proof checked.  NULL on failure. */
struct trust *who_dev_list(struct suite *s, struct arena *a);
/* The engine's answer at the time of issue that the row states, in the acceptance environment. */
int who_verify(struct suite *s, const struct trust *t, const json_t *row, struct verify *out);
/* Whether decode and signature came out as the row expects; *why otherwise. */
bool who_agrees(struct suite *s, const json_t *expect, const char **why);
/* Whether a reason was given, as that of a check or as a finding. */
bool who_told(struct suite *s, enum reason reason);

#endif
