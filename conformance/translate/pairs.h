/* pairs.h - the matrix of a run of translations: each source against each form, written with what was lost or refused. */
#ifndef TRANSLATE_PAIRS_H
#define TRANSLATE_PAIRS_H

#include "codecs/base/buf.h"
#include "conformance/suite.h"

enum pairs_form { PAIRS_TEXT, PAIRS_JSON, PAIRS_PAGE /* docs/pairs.md */ };

bool pairs_form_named(const char *name, enum pairs_form *out); /* "text", "json", "page" */
/* Of the cases of a suite that was run; those that expect no translation are passed over.  Sources are named by their
 * cases: <source>-to-<form>.  b->error says whether it is whole. */
void pairs_write(struct buf *b, struct suite *s, enum pairs_form form);

#endif
