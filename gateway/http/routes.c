/* routes.c - which handler answers which method and path, and in which types it speaks. */
#include "gateway/http/routes.h"

#include <strings.h>

#define CERTIFICATES                                                            \
	"text/plain application/json application/cwt application/octet-stream " \
	"application/fhir+json "                                                \
	"application/fhir+xml"
#define DOCUMENTS    "application/json application/ld+json"
#define NDJSON       "application/x-ndjson"
#define PAGE         "text/html text/css text/javascript image/svg+xml"
#define ASK          MAY_POST, ROLE_VERIFY
#define ANYBODY      MAY_GET, ROLE_NONE
#define ATTEST       MAY_POST, ROLE_ATTEST
#define REVOKE       MAY_POST, ROLE_REVOKE
#define LOOK         MAY_GET, ROLE_VERIFY
#define JSON         "application/json application/problem+json"
#define TRANSLATIONS JSON " image/svg+xml image/png"
#define PROBLEM      " application/problem+json"
#define DID          "application/did+json application/json" PROBLEM
#define PEM          "application/pem-certificate-chain" PROBLEM
#define CMS          "application/cms-text" PROBLEM
#define STATUS                                                       \
	"application/vc application/vc+ld+json application/ld+json " \
	"application/json application/vc+jwt application/jwt" PROBLEM
#define PUBLISHED MAY_GET, ROLE_NONE, published_handler, NULL

/* clang-format off */
static const struct route table[] = {
	{ "/v1/verify",   ASK, verify_handler, CERTIFICATES " " NDJSON, JSON " " NDJSON, false, true, true },
	{ "/v1/inspect",  ASK, inspect_handler,   CERTIFICATES, JSON, false, false, true },
	{ "/v1/translate", ATTEST, translate_handler, CERTIFICATES, TRANSLATIONS, true, false, false },
	{ "/v1/revoke",   REVOKE, revoke_handler,   "application/json", JSON, true, false, false },
	{ "/credentials/issue", ATTEST, credentials_issue_handler, DOCUMENTS, JSON, true, false, false },
	{ "/credentials/status", REVOKE, credentials_status_handler, DOCUMENTS, JSON, true, false, false },
	{ "/credentials/verify", ASK, credentials_verify_handler, DOCUMENTS, JSON, true, false, false },
	{ "/presentations/verify", ASK, presentations_verify_handler, DOCUMENTS, JSON, true, false, false },
	{ "/v1/schemes",  ANYBODY, schemes_handler,   NULL, JSON, false, false, false },
	{ "/v1/reasons",  ANYBODY, reasons_handler,   NULL, JSON, false, false, false },
	{ "/v1/trust",    LOOK, trust_handler,     NULL, JSON, true,  false, false },
	{ "/v1/trust/",   LOOK, authority_handler, NULL, JSON, true,  false, false },
	{ "/.well-known/jwks.json", PUBLISHED, JSON, false, false, false },
	{ "/.well-known/did.json", PUBLISHED, DID, false, false, false },
	{ "/.well-known/crl/", PUBLISHED, JSON, false, false, false },
	{ "/trustlist",   PUBLISHED, JSON, false, false, false },
	{ "/v2/trustlist", PUBLISHED, DID, false, false, false },
	{ "/v2/trustlist/did.json", PUBLISHED, DID, false, false, false },
	{ "/revocation-list", PUBLISHED, JSON, false, false, false },
	{ "/revocation-list/", PUBLISHED, CMS, false, false, false },
	{ "/certificates/", PUBLISHED, PEM, false, false, false },
	{ "/status/",     PUBLISHED, STATUS, false, false, false },
	{ "/healthz",     ANYBODY, health_handler,    NULL, JSON, false, false, false },
	{ "/readyz",      ANYBODY, ready_handler,     NULL, JSON, false, false, false },
	{ "/metrics",     LOOK, metrics_handler,   NULL, "text/plain", false, false, false },
	{ "/openapi.json", ANYBODY, openapi_handler,   NULL, JSON, false, false, false },
	{ "/",            ANYBODY, asset_handler,     NULL, PAGE, false, false, false },
};
/* clang-format on */

enum { ROUTES = sizeof(table) / sizeof(table[0]) };

size_t
route_count(void)
{
	return ROUTES;
}

const struct route *
route_at(size_t index)
{
	return &table[index];
}

size_t
route_index(const struct route *r)
{
	return r ? (size_t)(r - table) : ROUTES;
}

/* A path that ends in a slash has a tail, without one unless it is looked up; that of the root is a
 * file of the page. */
static bool
matches(const struct route *r, struct span path)
{
	struct span own = span_of(r->path), tail = span_from(path, own.len);

	if (r->run == asset_handler)
		return asset_exists(path);
	if (own.ptr[own.len - 1] != '/')
		return span_eq(path, own);
	return span_starts(path, own) && tail.len > 0 &&
	       (r->run == published_handler || span_find(tail, '/') == tail.len);
}

static const struct route *
at_path(struct span path)
{
	struct span p = path.len > 0 ? path : SPAN_LIT("/");

	for (size_t i = 0; i < ROUTES; i++)
		if (matches(&table[i], p))
			return &table[i];
	return NULL;
}

const char *
route_allow(struct span path)
{
	const struct route *r = at_path(path);

	if (!r)
		return span_is(path, "*") ? "GET, HEAD, POST" : NULL;
	return r->methods & MAY_POST ? "POST" : "GET, HEAD";
}

const struct route *
route_find(enum method m, struct span path, struct fault *fault)
{
	const struct route *r = at_path(path);

	if (r && r->methods & (1u << m))
		return r;
	fault->problem = r || span_is(path, "*") ? PROBLEM_ROUTE_METHOD : PROBLEM_ROUTE_UNKNOWN;
	return NULL;
}

bool
route_record(struct span query, bool *core)
{
	struct span one;

	*core = false;
	while (span_split(&query, '&', &one)) {
		if (!span_starts(one, SPAN_LIT("record=")))
			continue;
		*core = span_is(one, "record=core");
		if (!*core)
			return false;
	}
	return true;
}

static bool
span_same_nocase(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || strncasecmp((const char *)a.ptr, (const char *)b.ptr, a.len) == 0);
}

bool
route_reads(const struct route *r, struct span type)
{
	struct span rest = span_of(r->reads), one;

	while (span_split(&rest, ' ', &one))
		if (span_same_nocase(one, type))
			return true;
	return false;
}

/* "q=0", "q=0.000" */
static bool
is_zero(struct span param)
{
	if (!span_is_nocase(span_slice(param, 0, 3), "q=0"))
		return false;
	for (size_t i = 3; i < param.len; i++)
		if (param.ptr[i] != '0' && param.ptr[i] != '.')
			return false;
	return true;
}

/* Is one range of an Accept field, with its parameters, good for that type? */
static bool
part_takes(struct span part, struct span type)
{
	struct span range = span_trim(span_slice(part, 0, span_find(part, ';')));
	struct span params = span_from(part, span_find(part, ';'));
	size_t slash = span_find(type, '/');

	while (params.len > 0) {
		params = span_from(params, 1);
		struct span one = span_trim(span_slice(params, 0, span_find(params, ';')));
		if (is_zero(one))
			return false;
		params = span_from(params, span_find(params, ';'));
	}
	if (span_is(range, "*/*") || span_same_nocase(range, type))
		return true;
	return range.len == slash + 2 && span_is(span_from(range, slash), "/*") &&
	       span_same_nocase(span_slice(range, 0, slash), span_slice(type, 0, slash));
}

bool
accept_takes(struct span accept, struct span type)
{
	struct span part;

	if (accept.len == 0)
		return true;
	while (span_split(&accept, ',', &part))
		if (part_takes(part, type))
			return true;
	return false;
}

bool
route_satisfies(const struct route *r, struct span accept)
{
	struct span types = span_of(r->produces), type;

	while (span_split(&types, ' ', &type))
		if (accept_takes(accept, type))
			return true;
	return false;
}

enum problem
route_refusal(
	const struct route *r, struct span type, struct span accept, struct span query, bool *core)
{
	if (r->reads && !route_reads(r, type))
		return PROBLEM_ROUTE_TYPE;
	if (!route_satisfies(r, accept))
		return PROBLEM_ROUTE_ACCEPT;
	return r->records && !route_record(query, core) ? PROBLEM_REQUEST_RECORD : PROBLEM_NONE;
}
