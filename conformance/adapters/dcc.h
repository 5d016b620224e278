/* dcc.h - what the adapters of the EU's corpora share: one certificate under one signer, and named exceptions. */
#ifndef CONFORMANCE_ADAPTERS_DCC_H
#define CONFORMANCE_ADAPTERS_DCC_H

#include "conformance/suite.h"
#include "gateway/engine/engine.h"

#include <jansson.h>

/* A line of the corpus' index, or a file: NULL when it is no JSON. */
json_t     *dcc_json(struct span text);
struct span dcc_text(const json_t *object, const char *member); /* SPAN_NONE unless a string */

/* A snapshot (acceptance environment) of one list or certificate.  NULL on failure. */
struct trust *dcc_trust(struct suite *s, struct span bytes, struct span pin, int64_t now);
/* Runs the engine on a fresh work of the suite; the report is in (*w)->report.  0 or -errno. */
int dcc_verify(struct suite *s, struct span input, const struct trust *t, const struct policy *p, int64_t at,
	       struct verify *out);
const struct report *dcc_report(struct suite *s);
bool dcc_passed(struct suite *s, enum check_id check);
bool dcc_found(struct suite *s, enum reason reason);
enum reason dcc_reason(struct suite *s, enum check_id check);

#endif
