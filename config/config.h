/* config.h - the operator's file as a struct: typed, checked, every fault told with its line.
 *
 * The text has sections and `key = value` lines (docs/adr/0005).  The environment overrides each key:
 * VIDIMUS_<SECTION>_<KEY>, in capitals, with _ for every other character.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "codecs/base/arena.h"
#include "codecs/base/work.h"
#include "config/policy.h"

/* What a client may do: bits of config_access.roles, and what a route asks for. */
enum role { ROLE_NONE = 0, ROLE_VERIFY = 1, ROLE_ATTEST = 2, ROLE_REVOKE = 4 };
enum config_gate { GATE_OPEN, GATE_TOKEN };

struct config_address {
	struct span host; /* "127.0.0.1", "::1" */
	unsigned    port; /* 0: any free one */
};

/* Figures and reasons: docs/operations.md; ceilings are checked when the file is read. */
struct config_http {
	struct config_address listen;     /* without TLS; no host: nobody listens there */
	struct config_address tls_listen; /* likewise */
	struct span tls_certificate_path, tls_key_path, client_ca_path;
	unsigned loops;             /* 0: one per core */
	unsigned workers;           /* 0: one per core */
	size_t   queue;             /* jobs waiting for a worker; past it 503 */
	size_t   line, head, field, fields; /* bytes, bytes, bytes, count: 414 and 431 */
	size_t   body, body_document, body_batch; /* bytes: 413; text routes, JSON/XML documents, NDJSON streams */
	int      head_timeout, body_timeout, write_timeout, idle_timeout, stop_timeout; /* seconds, absolute */
	size_t   body_rate;         /* bytes a second that a body must reach over any 5 s */
	size_t   requests;          /* per connection */
	size_t   connections, connections_per_address;
	size_t   rate, burst;       /* requests a second and address; 0: no limit */
	enum config_gate verify;    /* whether verifying needs an [access] section's token, too; default open */
};

/* A client that is known: by its token, by its certificate, or, where both are named, by both together. */
struct config_access {
	struct span name;         /* for logs and metrics: letters, digits, '.', '_', '-' */
	struct span token_path;   /* the file whose text is the token; or */
	struct span token_sha256; /* 32 bytes, the token's digest */
	struct span certificate;  /* its subject (RFC 4514) or SHA-256 in hex */
	unsigned    roles;        /* of enum role */
	size_t      rate;         /* attestations and revocations a second; default 10 */
	size_t      quota;        /* attestations a day (UTC); default 1000 */
	unsigned    line;         /* of its section */
};

/* What the gateway may fetch because a document needs it: gateway/http/fetch. */
struct config_fetch {
	bool        enabled;         /* default no */
	struct span resolver;        /* asked for documents of DIDs: https, ends in /; empty: nobody. Policies have it, too */
	struct span ca_path;         /* whose certificates servers need; empty: the system's */
	size_t      flights, flights_per_host; /* at a time */
	size_t      waiting;         /* fetches that wait for one of those; past it they are refused */
	size_t      per_minute;      /* fetches begun; 0: no limit */
	int         connect_timeout; /* seconds for the name, the connection and its TLS */
	int         timeout;         /* seconds for all of one fetch */
	int         wait;            /* seconds that a request may have waited when it begins to wait for more */
	int64_t     keep, keep_failed; /* seconds that an answer, or that there was none, is remembered */
};

/* Where attestations are logged: gateway/store. */
struct config_store {
	struct span path;    /* of the SQLite file; empty: no log, and nothing is issued */
	struct span url;     /* of a PostgreSQL database, in place of path; bears no password */
	struct span secret;  /* file of the key of source hashes; empty: path and ".key" */
	int         refresh; /* seconds between looks for what other gateways revoked */
};

/* A list as the file names it; the loader reads the paths into a struct trust_input. */
struct config_source {
	struct span       name, kind, country, issuer;
	struct span       path, signature_path, pin_path, anchors_path; /* path: file or folder */
	enum trust_env    env;
	enum trust_domain domain;
	int64_t           max_age; /* seconds; 0: none */
	bool              allow_untyped_keys;
	unsigned          line;    /* of its section, for later faults */
};

/* A JSON-LD context that credentials name and the program does not know: what its URL stands for, for ever. */
struct config_context {
	struct span url, path;
	struct span sha256; /* of the file: 32 bytes */
	unsigned    line;   /* of its section */
};

/* The gateway's own keys: gateway/keys.  No secret stands in the configuration itself. */
struct config_keys {
	struct span path;            /* of their folder; empty: it has none, and signs nothing */
	struct span passphrase_path; /* of the file with the passphrase of those in files; empty: path and ".passphrase" */
	struct span module_path;     /* of the PKCS#11 module, for those in tokens */
	struct span pin_path;        /* of the file with the token's PIN */
};

/* What the gateway issues: gateway/desk. */
struct config_issue {
	struct span url;     /* where it is reached in public: https, without a / at its end */
	struct span country; /* in whose name: alpha-2 */
	struct span name;    /* of the gateway, for people and in certificates */
	int64_t validity; /* seconds that an attestation is valid at most; its source or our key may end it sooner */
};

enum config_log { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct config {
	struct config_http    http;
	struct config_fetch   fetch;
	struct config_store   store;
	struct config_issue   issue;
	struct config_keys    keys;
	struct limits         limits;
	struct config_source *sources;
	size_t                source_count;
	struct config_context *contexts;
	size_t                context_count;
	struct config_access *access;
	size_t                access_count; /* at most 64 */
	struct policy        *policies; /* the first is "default" */
	size_t                policy_count;
	enum config_log       log;
};

/* One fault: line (0: the environment), and a sentence that says what, where and what to do. */
struct config_fault {
	unsigned    line;
	struct span sentence;
};

void config_init(struct config *c); /* the defaults */
const char *config_role_name(size_t index);  /* of the role 1u << index; NULL at the end */
unsigned    config_role(struct span name);   /* of enum role; ROLE_NONE: no such role */
const struct policy *config_policy(const struct config *c, struct span name); /* NULL: no such policy */
/* Everything it points to is in the arena.  *faults: count of them; with any, *out is untouched.
 * env: NULL-ended NAME=VALUE strings, as environ.  0 or -ENOMEM. */
int config_read(struct arena *a, struct span text, char *const *env, struct config *out,
		struct config_fault **faults, size_t *fault_count);

#endif
