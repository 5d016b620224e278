/* cli.h - the commands of the one binary, and what they share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "config/config.h"
#include "trust/trust.h"

enum { EXIT_VERIFIED = 0, EXIT_REJECTED = 1, EXIT_INDETERMINATE = 2, EXIT_UNREADABLE = 3, EXIT_USAGE = 64, EXIT_CONFIG = 78,
       EXIT_FAULT = 70 };

struct command {
	const char *name, *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the command's own name; gives the exit code */
	const char *help; /* printed by --help: usage, options, examples */
};

const struct command *command_named(const char *name);
const struct command *command_at(size_t index); /* NULL at the end */

int cli_serve(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_translate(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_trust(int argc, char **argv);
int cli_keys(int argc, char **argv);
int cli_store(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_conformance(int argc, char **argv);
int cli_help(int argc, char **argv);
int cli_version(int argc, char **argv);

/* options.c: --name VALUE, --name=VALUE and switches against a table; what is left are operands. */
struct option_row {
	const char *name; /* "--at" */
	bool        value, repeats;
};
struct options {
	const struct option_row *rows; /* ended by a NULL name */
	const char             **values; /* of the option at the same index; "" for a switch that is set */
	const char             **repeated; /* of all repeating options, in order, in pairs (name, value) */
	size_t                   repeated_count;
	const char             **operands;
	size_t                   operand_count;
};
/* 0, or EXIT_USAGE after one line on stderr that says what is wrong. */
int         options_read(struct arena *a, int argc, char **argv, const struct option_row *rows, struct options *out);
const char *option_value(const struct options *o, const char *name); /* NULL: not given */
int         usage(const char *command, const char *what, const char *subject); /* prints; EXIT_USAGE */

/* session.c: what every command that verifies sets up: memory, the thread's kit, configuration, trust. */
struct session {
	struct arena   *arena;  /* lives as long as the command */
	struct arena   *scratch; /* reset for every certificate */
	struct kit     *kit;
	struct config   config;
	const char     *config_path; /* NULL: none, defaults */
	struct jsonld_contexts *contexts; /* NULL: each thread makes those that are built in */
	struct trust   *trust;
	struct policy   policy;
	struct keeper  *keeper; /* NULL: nothing is fetched */
	struct web     *web;    /* what was fetched so far; NULL: nothing */
	struct own_lists *own;  /* our own lists of status; NULL: nobody asked for them yet */
	int64_t         now;
	bool            now_given; /* by --at: it stands still */
	struct span     passcode, recipient; /* for health links */
	bool            core; /* records as the WHO's core data set */
};
int  session_open(struct session *s); /* 0 or EXIT_FAULT */
void session_close(struct session *s);
/* Reads the file (NULL: $VIDIMUS_CONFIG, else none).  0, or EXIT_CONFIG after every fault was printed. */
int  session_configure(struct session *s, const char *path);
/* Builds the snapshot of the configured sources, or of `lists` where there are any; prints the lists at fault.
 * 0 or an exit code. */
struct named_list;
int  session_trust(struct session *s, const struct named_list *lists, size_t count, enum trust_env env);
/* The policy of that name (NULL: default). */
int  session_policy(struct session *s, const char *name);
/* All of it from --config, --policy, --env, --at and every --trust.  0 or an exit code. */
int  session_from_options(struct session *s, const struct options *o, const char *command);
struct work session_work(struct session *s, struct report *report);
int64_t     clock_now(void);
/* "2026-11-24T10:00:00Z", a date, or seconds since 1970. */
bool        time_argument(const char *text, int64_t *out);

/* named.c: lists that --trust names, of which nobody says what they sign. */
struct named_list {
	const char *path, *pin; /* pin NULL: none */
};
/* Every --trust, with the --pin behind it.  0 or an exit code. */
int named_lists(struct session *s, const struct options *o, const char *command, struct named_list **out, size_t *count);
/* Each read, once for every scheme for which it holds something.  0 or an exit code. */
int named_inputs(struct session *s, const struct named_list *lists, size_t count, enum trust_env env,
		 struct trust_input **out, size_t *n);

/* contexts.c: s->contexts, with the configured ones, for every thread of the program; they are what they are until it
 * ends, for each is pinned.  0 or an exit code after every fault was printed. */
int  session_contexts(struct session *s);
void session_equip(void *session, struct kit *kit); /* for struct server_setup: a thread's kit reads them */

/* fetch.c: the engine, run again with what it lacked as long as that comes. */
struct verify;
struct link_verify;
/* Makes s->keeper where the configuration or --fetch allows fetching.  0 or an exit code. */
int session_fetch(struct session *s, const struct options *o);
/* engine_verify; *w is the work of the last run, over the session's scratch.  0 or -ENOMEM. */
int session_verify(struct session *s, struct report *report, struct work *w, struct verify *v);
/* engine_link; show is called with the last run, whose memory is gone afterwards.  0 or -ENOMEM. */
struct link_ask {
	struct arena       *arena; /* with the memory of a link: reset for every run */
	struct span         input, passcode, recipient;
	void              (*show)(const struct work *w, const struct link_verify *v);
	struct report       report;
	struct work         work;
	struct link_verify *verify;
};
int session_link(struct session *s, struct link_ask *q);

/* load.c: files into memory, sources into trust inputs. */
enum { LOAD_MAX = 64 << 20 };
int load_file(struct arena *a, const char *path, size_t max, struct span *out); /* "-": standard input; -errno; -EFBIG */
int load_head(struct arena *a, const char *path, size_t max, struct span *out); /* likewise, but only the first max bytes */
/* Where a path of the configuration leads, which counts from the folder that it stands in. */
const char *load_path(struct arena *a, const char *config_path, struct span path);
/* A file, or every file of a folder, sorted by path. */
int load_list(struct arena *a, const char *path, struct trust_file **out, size_t *count);
/* Why a file could not be loaded, in words. */
const char *load_error(int error);
/* The certificates that [fetch] names; *out stays where it names none.  0 or -errno. */
int load_fetch_ca(struct arena *a, const struct config *c, const char *config_path, struct span *out);
/* A source of the configuration into an input, which bears its fault where it can't be read.  0 or -ENOMEM. */
int load_source(struct arena *a, const struct config_source *s, const char *config_path, struct trust_input *out);
int load_sources(struct arena *a, const struct config *c, const char *config_path, struct trust_input **out);

/* show.c: plain words for people; control characters of certificates never reach the terminal. */
void show_report(const struct work *w, const struct verify *v, const char *name);
void show_link(const struct work *w, const struct link_verify *v);
void show_text(struct span s);
bool colours(void);

#endif
