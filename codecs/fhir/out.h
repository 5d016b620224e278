/* out.h - a resource being written in the other form; for the two writers.
 *
 * The first fault stops the writing; what was written until then is thrown away.
 */
#ifndef FHIR_OUT_H
#define FHIR_OUT_H

#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/node.h"

struct out {
	struct work *w;
	struct buf   b;
	const char  *layer; /* of the nodes that are read */
};

static inline bool
out_stopped(const struct out *o)
{
	return o->b.error || report_failed(o->w->report);
}

static inline void
out_fail(struct out *o, enum reason reason, const struct node *n)
{
	report_fail(o->w->report, reason, node_place(o->w, n, o->layer));
}

#endif
