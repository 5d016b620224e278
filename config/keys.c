/* keys.c - every key of the configuration: its section, type, place, bounds and meaning.
 *
 * The table drives reading, the environment, `vidimus help config` and the test that
 * the example file names each of them.
 */
#include "config/config_impl.h"

#include <stddef.h>

#define HTTP(member)    offsetof(struct config, http.member)
#define FETCH(member)   offsetof(struct config, fetch.member)
#define STORE(member)   offsetof(struct config, store.member)
#define KEYS(member)    offsetof(struct config, keys.member)
#define SOURCE(member)  offsetof(struct config_source, member)
#define POLICY(member)  offsetof(struct policy, member)
#define CONTEXT(member) offsetof(struct config_context, member)
#define ACCESS(member)  offsetof(struct config_access, member)

static const struct key_row rows[] = {
	{ SECTION_LISTEN, "address", TYPE_ADDRESS, HTTP(listen), 0, 0,
		"where to listen: 127.0.0.1:8080, [::1]:8080" },
	{ SECTION_LISTEN, "tls_address", TYPE_ADDRESS, HTTP(tls_listen), 0, 0,
		"where to listen with TLS; `address` is listened at only if named, too" },
	{ SECTION_LISTEN, "tls_certificate", TYPE_PATH, HTTP(tls_certificate_path), 0, 0,
		"the listener's certificate (PEM), those between it and its root behind it" },
	{ SECTION_LISTEN, "tls_key", TYPE_PATH, HTTP(tls_key_path), 0, 0,
		"its key (PEM), in a file that nobody else may read" },
	{ SECTION_LISTEN, "client_ca", TYPE_PATH, HTTP(client_ca_path), 0, 0,
		"certificates (PEM) that those of clients must come from; left out: none is asked "
		"for" },
	{ SECTION_LISTEN, "loops", TYPE_UNSIGNED, HTTP(loops), 0, 256,
		"event loops that share the port; 0: one a core" },
	{ SECTION_LISTEN, "connections", TYPE_COUNT, HTTP(connections), 1, 1000000,
		"open connections in all" },
	{ SECTION_LISTEN, "connections_per_address", TYPE_COUNT, HTTP(connections_per_address), 1,
		1000000, "open connections of one address (IPv6: of one /64)" },
	{ SECTION_LISTEN, "requests_per_connection", TYPE_COUNT, HTTP(requests), 1, 100000000,
		"then it is closed" },
	{ SECTION_LISTEN, "rate", TYPE_COUNT, HTTP(rate), 0, 1000000,
		"requests a second of one address; 0: no limit" },
	{ SECTION_LISTEN, "burst", TYPE_COUNT, HTTP(burst), 1, 1000000,
		"requests that may come at once within the rate" },
	{ SECTION_LISTEN, "request_line", TYPE_SIZE, HTTP(line), 256, 8192,
		"bytes of the request line: 414" },
	{ SECTION_LISTEN, "head", TYPE_SIZE, HTTP(head), 1024, 65536,
		"bytes of all header fields: 431" },
	{ SECTION_LISTEN, "header_field", TYPE_SIZE, HTTP(field), 256, 65536,
		"bytes of one header field: 431" },
	{ SECTION_LISTEN, "header_fields", TYPE_COUNT, HTTP(fields), 4, 1000,
		"number of header fields: 431" },
	{ SECTION_LISTEN, "body", TYPE_SIZE, HTTP(body), 1024, 1048576,
		"bytes of a certificate as text: 413" },
	{ SECTION_LISTEN, "body_document", TYPE_SIZE, HTTP(body_document), 1024, 8388608,
		"bytes of a JSON or XML body: 413" },
	{ SECTION_LISTEN, "body_batch", TYPE_SIZE, HTTP(body_batch), 1024, 1099511627776,
		"bytes of an NDJSON stream: 413" },
	{ SECTION_LISTEN, "body_rate", TYPE_SIZE, HTTP(body_rate), 0, 1048576,
		"bytes a second that a body must reach" },
	{ SECTION_LISTEN, "head_timeout", TYPE_SECONDS, HTTP(head_timeout), 1, 60,
		"for the whole head" },
	{ SECTION_LISTEN, "body_timeout", TYPE_SECONDS, HTTP(body_timeout), 1, 600,
		"for the whole body" },
	{ SECTION_LISTEN, "write_timeout", TYPE_SECONDS, HTTP(write_timeout), 1, 60,
		"for a client to take its answer" },
	{ SECTION_LISTEN, "idle_timeout", TYPE_SECONDS, HTTP(idle_timeout), 1, 75,
		"between requests" },
	{ SECTION_LISTEN, "stop_timeout", TYPE_SECONDS, HTTP(stop_timeout), 1, 300,
		"for open requests when stopping" },
	{ SECTION_LISTEN, "verify", TYPE_GATE, HTTP(verify), 0, 0,
		"whether verifying needs a token or certificate of an [access] section" },
	{ SECTION_WORKERS, "threads", TYPE_UNSIGNED, HTTP(workers), 0, 256,
		"threads for slow work; 0: one a core" },
	{ SECTION_WORKERS, "queue", TYPE_COUNT, HTTP(queue), 1, 4096,
		"jobs that may wait for one; past it 503" },
	{ SECTION_SOURCE, "path", TYPE_PATH, SOURCE(path), 0, 0,
		"the list: a file, or a folder of certificates" },
	{ SECTION_SOURCE, "signature", TYPE_PATH, SOURCE(signature_path), 0, 0,
		"the list's signature, where it is a file of its own" },
	{ SECTION_SOURCE, "pin", TYPE_PATH, SOURCE(pin_path), 0, 0,
		"key or certificate that must have signed the list" },
	{ SECTION_SOURCE, "anchors", TYPE_PATH, SOURCE(anchors_path), 0, 0,
		"certificates that its signers must come from" },
	{ SECTION_SOURCE, "kind", TYPE_KIND, SOURCE(kind), 0, 0,
		"the list's form; left out: recognised by content" },
	{ SECTION_SOURCE, "country", TYPE_COUNTRY, SOURCE(country), 0, 0,
		"of keys for which the list names none" },
	{ SECTION_SOURCE, "issuer", TYPE_ISSUER, SOURCE(issuer), 0, 0,
		"whose the list is, where it is one issuer's own" },
	{ SECTION_SOURCE, "allow_untyped_keys", TYPE_BOOL, SOURCE(allow_untyped_keys), 0, 0,
		"accept keys of health cards that state no use or algorithm" },
	{ SECTION_SOURCE, "environment", TYPE_ENVIRONMENT, SOURCE(env), 0, 0,
		"where its keys count" },
	{ SECTION_SOURCE, "scheme", TYPE_DOMAIN, SOURCE(domain), 0, 0, "what its keys sign" },
	{ SECTION_SOURCE, "max_age", TYPE_AGE, SOURCE(max_age), 0, 31536000,
		"after it, verdicts by its keys are indeterminate; 0: never" },
	{ SECTION_POLICY, "environment", TYPE_ENVIRONMENT, POLICY(env), 0, 0, "whose keys count" },
	{ SECTION_POLICY, "skew", TYPE_AGE, POLICY(skew), 0, 300,
		"by how much a certificate may come from the future" },
	{ SECTION_POLICY, "allow_p384_es256", TYPE_BOOL, POLICY(p384_es256), 0, 0,
		"accept ES256 under a P-384 key" },
	{ SECTION_POLICY, "strict_extended_key_usage", TYPE_BOOL, POLICY(strict_eku), 0, 0,
		"refuse signers that name only purposes of other systems" },
	{ SECTION_POLICY, "match_country", TYPE_BOOL, POLICY(match_country), 0, 0,
		"refuse certificates that name another country than their key's" },
	{ SECTION_POLICY, "match_domain", TYPE_BOOL, POLICY(match_domain), 0, 0,
		"refuse keys that the WHO's network lists for other types of certificate" },
	{ SECTION_POLICY, "protection", TYPE_BOOL, POLICY(protection), 0, 0,
		"refuse vaccination certificates for travel whose vaccination does not count now" },
	{ SECTION_POLICY, "schemes", TYPE_LIST_SCHEMES, 0, 0, 0,
		"accepted schemes, with commas; left out: all" },
	{ SECTION_POLICY, "authorities", TYPE_LIST_AUTHORITIES, 0, 0, 0,
		"accepted issuers, with commas; left out: all" },
	{ SECTION_POLICY, "links", TYPE_LINKS, POLICY(links), 0, 0,
		"whether what a health link leads to is fetched" },
	{ SECTION_POLICY, "link_hosts", TYPE_LIST_HOSTS, 0, 0, 0,
		"hosts that links may lead to where links = listed, with commas" },
	{ SECTION_POLICY, "supply", TYPE_LIST_SUPPLIES, 0, 0, 0,
		"what attestations say where their form requires an element that the source "
		"lacks" },
	{ SECTION_FETCH, "enabled", TYPE_BOOL, FETCH(enabled), 0, 0,
		"whether anything is fetched because a document needs it" },
	{ SECTION_FETCH, "ca", TYPE_PATH, FETCH(ca_path), 0, 0,
		"certificates (PEM) that servers must come from; left out: the system's" },
	{ SECTION_FETCH, "resolver", TYPE_RESOLVER, FETCH(resolver), 0, 0,
		"who is asked for documents of DIDs but did:web; left out: nobody" },
	{ SECTION_FETCH, "flights", TYPE_COUNT, FETCH(flights), 1, 1024, "fetches at a time" },
	{ SECTION_FETCH, "flights_per_host", TYPE_COUNT, FETCH(flights_per_host), 1, 1024,
		"fetches at a time from one host" },
	{ SECTION_FETCH, "waiting", TYPE_COUNT, FETCH(waiting), 0, 65536,
		"fetches that may wait for one of those to end" },
	{ SECTION_FETCH, "per_minute", TYPE_COUNT, FETCH(per_minute), 0, 1000000,
		"fetches begun in a minute; 0: no limit" },
	{ SECTION_FETCH, "connect_timeout", TYPE_SECONDS, FETCH(connect_timeout), 1, 10,
		"for the name, the connection and its TLS" },
	{ SECTION_FETCH, "timeout", TYPE_SECONDS, FETCH(timeout), 1, 60, "for all of one fetch" },
	{ SECTION_FETCH, "wait", TYPE_SECONDS, FETCH(wait), 1, 60,
		"past which a request begins to wait for nothing more" },
	{ SECTION_FETCH, "keep", TYPE_AGE, FETCH(keep), 1, 86400,
		"for which an answer is used again" },
	{ SECTION_FETCH, "keep_failed", TYPE_AGE, FETCH(keep_failed), 1, 86400,
		"for which is remembered that there was none" },
	{ SECTION_STORE, "path", TYPE_PATH, STORE(path), 0, 0,
		"log of what is issued: an SQLite file, made where it is missing" },
	{ SECTION_STORE, "url", TYPE_DATABASE, STORE(url), 0, 0,
		"a PostgreSQL database in place of the file, for several gateways" },
	{ SECTION_STORE, "secret", TYPE_PATH, STORE(secret), 0, 0,
		"file of the key that sources are hashed under; left out: path and .key" },
	{ SECTION_STORE, "refresh", TYPE_SECONDS, STORE(refresh), 1, 60,
		"between looks for what other gateways revoked" },
	{ SECTION_CONTEXT, "path", TYPE_PATH, CONTEXT(path), 0, 0,
		"the document that the context's URL stands for" },
	{ SECTION_CONTEXT, "sha256", TYPE_DIGEST, CONTEXT(sha256), 0, 0,
		"of that document: what `sha256sum` says" },
	{ SECTION_KEYS, "path", TYPE_PATH, KEYS(path), 0, 0,
		"folder of the gateway's own keys; left out: it signs nothing" },
	{ SECTION_KEYS, "passphrase_file", TYPE_PATH, KEYS(passphrase_path), 0, 0,
		"file of their passphrase; left out: path and .passphrase" },
	{ SECTION_KEYS, "pkcs11_module", TYPE_PATH, KEYS(module_path), 0, 0,
		"library of the token (PKCS#11) that holds keys" },
	{ SECTION_KEYS, "pin_file", TYPE_PATH, KEYS(pin_path), 0, 0, "file of the token's PIN" },
	{ SECTION_ISSUE, "url", TYPE_BASE, offsetof(struct config, issue.url), 0, 0,
		"where the gateway is reached in public: its name as an issuer" },
	{ SECTION_ISSUE, "country", TYPE_COUNTRY, offsetof(struct config, issue.country), 0, 0,
		"in whose name it issues" },
	{ SECTION_ISSUE, "name", TYPE_NAME, offsetof(struct config, issue.name), 0, 0,
		"of the gateway, for people and in its certificates" },
	{ SECTION_ISSUE, "validity", TYPE_AGE, offsetof(struct config, issue.validity), 60,
		31536000, "for which an attestation is valid at most" },
	{ SECTION_ACCESS, "token_file", TYPE_PATH, ACCESS(token_path), 0, 0,
		"a file that nobody else may read, with the client's token" },
	{ SECTION_ACCESS, "token_sha256", TYPE_DIGEST, ACCESS(token_sha256), 0, 0,
		"or the token's digest: `printf %s TOKEN | sha256sum`" },
	{ SECTION_ACCESS, "certificate", TYPE_HOLDER, ACCESS(certificate), 0, 0,
		"the client's certificate: its subject, or its SHA-256" },
	{ SECTION_ACCESS, "roles", TYPE_LIST_ROLES, ACCESS(roles), 0, 0,
		"what the client may do: verify, attest, revoke, with commas" },
	{ SECTION_ACCESS, "rate", TYPE_COUNT, ACCESS(rate), 1, 100000,
		"attestations and revocations a second" },
	{ SECTION_ACCESS, "quota", TYPE_COUNT, ACCESS(quota), 1, 1000000000,
		"attestations a day, counted from midnight UTC" },
	{ SECTION_LOG, "level", TYPE_LOG, offsetof(struct config, log), 0, 0,
		"what is written to standard error" },
#define LIMIT(field, name, value, ceiling, text)                                               \
	{ SECTION_LIMITS, name, TYPE_LIMIT, offsetof(struct config, limits.field), 1, ceiling, \
		text },
#include "codecs/base/limits.def"
#undef LIMIT
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= 192, "a bit for each key in struct reading");

const struct key_row *
config_rows(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

const char *
config_section_name(enum section_id id)
{
	static const char *const names[] = { "", "listen", "limits", "workers", "source", "policy",
		"fetch", "store", "log", "context", "issue", "keys", "access" };

	return id < SECTION_UNKNOWN ? names[id] : "";
}

bool
config_section_takes_name(enum section_id id)
{
	return id == SECTION_SOURCE || id == SECTION_POLICY || id == SECTION_CONTEXT ||
	       id == SECTION_ACCESS;
}
