/* core.h - a record as the WHO's core data set (DDCC RC2): one resource an event, since its models have just one.
 *
 * Codes are written as the maps of the DDCC guide write them, as far as they are right: ICD-11 for vaccines and
 * results, ICHI for types of test.  Nothing is filled in that the record does not carry.
 */
#ifndef RECORD_CORE_H
#define RECORD_CORE_H

#include "codecs/record/record.h"

#define CORE_ICD11 "http://id.who.int/icd/release/11/mms" /* of the three spellings in use, the one of the class */

/* {"resourceType": "DDCCCoreDataSet", ...} of one event; recoveries have no model and give nothing: false. */
bool core_event(struct buf *b, const struct record *r, const struct event *e);
/* {"resourceType": "Bundle", "entry": [{"resource": ...}]} of all events that have a model. */
void core_bundle(struct buf *b, const struct record *r);

#endif
