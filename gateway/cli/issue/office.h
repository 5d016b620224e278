/* office.h - keys, log and desk of a command that issues. */
#ifndef CLI_OFFICE_H
#define CLI_OFFICE_H

#include "gateway/desk/desk.h"

struct session;
struct signer_process;

struct office {
	struct keys  *keys;
	struct store *store;
	struct desk  *desk;
};

/* Where [store] says that the log is.  0, or EXIT_CONFIG after a line on stderr. */
int  office_log(struct session *s, struct store_setup *out);
/* Opens what [keys] and [store] name; with a signer (which outlives the office) private parts stay there, and any
 * thread may sign, else one.  0, or an exit code after a line on stderr. */
int  office_open(struct session *s, struct signer_process *signer, struct office *out);
void office_close(struct office *o);

#endif
