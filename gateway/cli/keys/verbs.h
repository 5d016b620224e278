/* verbs.h - what `vidimus keys` does; each gives an exit code. */
#ifndef CLI_KEYS_VERBS_H
#define CLI_KEYS_VERBS_H

#include "gateway/cli/cli.h"

int keys_verb_new(struct session *s, const struct options *o);
int keys_verb_list(struct session *s, const struct options *o);
int keys_verb_rotate(struct session *s, const struct options *o);
int keys_verb_retire(struct session *s, const struct options *o);
int keys_verb_publish(struct session *s, const struct options *o);

/* "90", "90d", "12h": seconds. */
bool keys_span_argument(const char *text, int64_t *out);

#endif
