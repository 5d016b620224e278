/* render_parts.h - pieces of answers that more than one file of this folder writes. */
#ifndef ENGINE_RENDER_PARTS_H
#define ENGINE_RENDER_PARTS_H

#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "gateway/engine/engine.h"

/* ,"at":{...}; nothing for PLACE_NONE.  ,"findings":[...] */
void render_place(struct buf *b, struct place at);
void render_findings(struct buf *b, const struct report *r);
/* "checks":[the rows before end],"findings":[...] */
void render_checks(struct buf *b, const struct report *r, enum check_id end);
/* ,"record":{...} in the form that was asked for; nothing where there is none. */
void render_record(struct buf *b, const struct verify *v);
/* A key identifier as its lists write it: base64 for binary ones, text for others. */
void render_kid(struct buf *b, enum trust_domain domain, struct span kid);

#endif
