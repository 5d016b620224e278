/* subject.h - the person and the events of a record as the subjects of a credential, one an event, each naming the person;
 * and the context that gives every word of it its IRI.  vocab_normalise gives the record back. */
#ifndef VC_EMIT_SUBJECT_H
#define VC_EMIT_SUBJECT_H

#include "codecs/emit.h"
#include "codecs/vc/model.h"

/* The kinds of events that the record has: WORDS_* of vocab.h. */
unsigned subject_kinds(const struct record *r);
/* The inline context of a document's members, an object: of the words that stand in them, whole IRIs alone, and no word
 * that the data model's own context protects. */
void subject_context(struct buf *b, struct span members, enum vc_model model);
/* One object, or a list of several.  Fills all of the loss report but loss_rest. */
void subject_write(struct buf *b, const struct emission *e, struct loss *loss);

#endif
