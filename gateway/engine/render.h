/* render.h - reports, records and layers as the JSON of interfaces.md; shared by HTTP, command line and conformance. */
#ifndef ENGINE_RENDER_H
#define ENGINE_RENDER_H

#include "codecs/base/buf.h"
#include "gateway/engine/engine.h"

/* One report (section 4), without a line end. */
void render_report(struct buf *b, const struct work *w, const struct verify *v);
/* The plain sentence of one of its rows. */
const char *render_check_text(const struct check *c, enum check_id id);
/* The layers of an inspected input. */
void render_inspect(struct buf *b, const struct work *w, const struct verify *v);
/* {"schemes":[...]}, {"reasons":[...]}, {"sources":[...]}; authority: only that one's keys, with each key. */
void render_schemes(struct buf *b);
void render_reasons(struct buf *b);
void render_trust(struct buf *b, const struct trust *t, int64_t now);
/* false: no such authority in the snapshot. */
bool render_authority(struct buf *b, const struct trust *t, struct span authority);

#endif
