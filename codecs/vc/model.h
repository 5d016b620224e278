/* model.h - what a W3C credential or presentation must look like, by the Verifiable Credentials Data Model 1.1 and 2.0.
 *
 * These are the rules that JSON alone can tell; that every term and type is defined by a context is the concern of
 * codecs/jsonld.
 */
#ifndef VC_MODEL_H
#define VC_MODEL_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

enum vc_model { VC_MODEL_NONE, VC_MODEL_11, VC_MODEL_20 };

#define VC_CONTEXT_11 "https://www.w3.org/2018/credentials/v1"
#define VC_CONTEXT_20 "https://www.w3.org/ns/credentials/v2"

/* By the first context (1.1, 4.1; 2.0, 4.3); VC_MODEL_NONE: neither. */
enum vc_model vc_model_of(const struct node *doc);
bool          vc_is_presentation(const struct node *doc);
/* Whether `type` (a text or a list of texts) names it. */
bool          vc_has_type(const struct node *doc, const char *type);
/* Whether n is that text, or a list that has it. */
bool          vc_says(const struct node *n, struct span text);
/* `issuer` or `issuer.id` (holder likewise); SPAN_NONE. */
struct span   vc_identity(const struct node *doc, const char *member);
/* An absolute URL as the model asks for: a scheme, a colon and no character that an IRI cannot have. */
bool          vc_is_url(struct span s);
/* XSD dateTimeStamp (2.0, with a zone) or RFC 3339 (1.1). */
bool          vc_time(struct span s, enum vc_model model, int64_t *out);

/* Whether an envelope names the context that defines it (2.0, 4.12.1 and 4.12.2); reports vc.context on the
 * running check. */
bool          vc_envelope_defined(struct work *w, const struct node *doc, const char *layer);

/* Checks doc and reports on the running check, each fault with its pointer.  Credentials inside a presentation
 * are checked as well.  0, -ENOMEM or -ENOBUFS. */
int vc_model_check(struct work *w, const struct node *doc, const char *layer);

#endif
