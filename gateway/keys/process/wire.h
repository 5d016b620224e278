/* wire.h - what gateway and signer say to each other: one message each, of the same machine and program. */
#ifndef KEYS_PROCESS_WIRE_H
#define KEYS_PROCESS_WIRE_H

#include "codecs/base/work.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/process/process.h"

enum wire_kind { WIRE_SIGN = 1, WIRE_RELOAD, WIRE_HELLO, WIRE_CERTIFY };

struct wire_request { /* the bytes to be signed follow; of WIRE_CERTIFY the end alone, an int64_t */
	uint32_t id, kind, purpose, name_len;
	char name[KEYS_NAME];
};

struct wire_answer { /* the signature follows, or the certificate */
	uint32_t id;
	int32_t error; /* 0 or -errno */
};

enum { WIRE_REQUEST_MAX = sizeof(struct wire_request) + KEYS_SIGNED_MAX,
       WIRE_ANSWER_MAX = sizeof(struct wire_answer) + KEYS_CERTIFICATE_MAX,
       SIGNER_RELOAD = 75 /* exit code: start me again */ };

/* serve.c: the signer's life.  ready: told 0 or -errno once, then closed.  Gives the exit code. */
int signer_serve(const struct signer_setup *s, const int *fds, unsigned count, int ready);

/* sandbox.c: no core, no tracing, no new privileges; then, with `files` but not otherwise, files may still be opened.  0 or -errno. */
int sandbox_hide(void);
int sandbox_enter(bool files);

#endif
