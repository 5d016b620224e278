/* target_impl.h - the kinds of target, one file each. */
#ifndef CONFORMANCE_TARGET_IMPL_H
#define CONFORMANCE_TARGET_IMPL_H

#include "conformance/target.h"

enum { TARGET_PATH = 256 };

struct tested {
	const struct target_kind *kind;
	char                      host[256], port[8], path[TARGET_PATH];
	const char               *command; /* outlives the target */
	struct span               token;   /* likewise; empty: none */
	struct keyring           *keyring; /* of our own library: what it writes with */
};

struct target_kind {
	const char *prefix;  /* of the target's name */
	const char *adapter; /* how it is spoken to */
	bool        terse;   /* says only whether it is verified */
	bool (*read)(struct tested *t, const char *rest); /* what stands behind the prefix */
	/* q->to is NULL where it is terse */
	const char *(*ask)(const struct tested *t, struct work *w, const struct question *q, struct span *report);
};

extern const struct target_kind target_http, target_vc_api, target_exec;

/* All that a peer sends until it ends, in the work's arena; SPAN_NONE when it took too long or sent too much. */
struct span receive_all(struct work *w, int fd);
bool        send_all(int fd, struct span s);
/* From now on fd gives up after TARGET_PATIENCE seconds of silence. */
void set_patience(int fd);

#endif
