/* config.c - the operator's text against a table of keys.
 *
 * [section] or [section "name"], `key = value`, # comments.  Every fault is gathered,
 * so that one look mends them all; with any fault nothing is taken.
 */
#include "config/config.h"

#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "config/config_impl.h"

#include <errno.h>
#include <string.h>

const struct policy *
config_policy(const struct config *c, struct span name)
{
	for (size_t i = 0; i < c->policy_count; i++)
		if (span_eq(c->policies[i].name, name))
			return &c->policies[i];
	return NULL;
}

const char *
config_role_name(size_t index)
{
	static const char *const names[] = { "verify", "attest", "revoke" };

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : NULL;
}

unsigned
config_role(struct span name)
{
	const char *one;

	for (size_t i = 0; (one = config_role_name(i)); i++)
		if (span_is(name, one))
			return 1u << i;
	return ROLE_NONE;
}

void
config_init(struct config *c)
{
	*c = (struct config){ .log = LOG_INFO, .limits = limits_default };
	c->http = (struct config_http){
		.listen = { SPAN_LIT("127.0.0.1"), 8080 },
		.queue = 256,
		.line = 4096,
		.head = 16384,
		.field = 8192,
		.fields = 100,
		.body = 65536,
		.body_document = 1048576,
		.body_batch = 1073741824,
		.head_timeout = 10,
		.body_timeout = 30,
		.write_timeout = 10,
		.idle_timeout = 15,
		.stop_timeout = 10,
		.body_rate = 1024,
		.requests = 1000,
		.connections = 10000,
		.connections_per_address = 256,
		.rate = 100,
		.burst = 200,
	};
	c->issue.validity = 30 * 86400;
	c->fetch = (struct config_fetch){
		.flights = 64,
		.flights_per_host = 8,
		.waiting = 256,
		.per_minute = 600,
		.connect_timeout = 2,
		.timeout = 3,
		.wait = 4,
		.keep = 3600,
		.keep_failed = 60,
	};
	c->store = (struct config_store){ .refresh = 2 };
}

/* What is quoted may come from the environment: nothing of it moves a terminal's cursor. */
static void
add_quoted(struct buf *b, struct span s)
{
	buf_str(b, " \"");
	for (size_t i = 0; i < s.len && i < 80; i++)
		buf_char(b, s.ptr[i] < ' ' || s.ptr[i] == 0x7f ? '?' : (char)s.ptr[i]);
	buf_str(b, "\"");
}

void
config_fault(
	struct reading *r, unsigned line, const char *what, struct span subject, const char *advice)
{
	struct buf b = buf_in(r->arena, 1024);

	if (r->fault_count == FAULTS)
		return;
	buf_str(&b, what);
	if (subject.len > 0)
		add_quoted(&b, subject);
	if (advice) {
		buf_str(&b, ": ");
		buf_str(&b, advice);
	}
	r->faults[r->fault_count++] = (struct config_fault){ line, buf_span(&b) };
}

/* Cuts a comment off, but not inside quotes. */
static struct span
without_comment(struct span line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '"')
			quoted = !quoted;
		if (line.ptr[i] == '#' && !quoted)
			return span_trim(span_slice(line, 0, i));
	}
	return span_trim(line);
}

/* Quotes stand around a whole value or nowhere. */
static bool
unquote(struct span s, struct span *out)
{
	bool quoted = s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';
	struct span inner = quoted ? span_slice(s, 1, s.len - 2) : s;

	*out = inner;
	return span_find(inner, '"') == inner.len;
}

static bool
readable(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((line.ptr[i] < ' ' && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
			return false;
	return utf8_check(line) == line.len;
}

static const char odd_quotes[] = "write name = \"value\", with both quotes and none between them";

static void
read_section(struct reading *r, unsigned number, struct span s)
{
	struct span inner = span_trim(span_slice(s, 1, s.len - 2)), label;
	size_t blank = span_find(inner, ' ');

	if (s.len < 2 || s.ptr[s.len - 1] != ']')
		config_fault(r, number, "this section has no closing bracket", s, NULL);
	else if (!unquote(span_trim(span_from(inner, blank)), &label))
		config_fault(r, number, "odd quotes in", s, odd_quotes);
	else
		config_section(r, number, span_slice(inner, 0, blank), label);
}

static void
read_key(struct reading *r, unsigned number, struct span s)
{
	size_t equals = span_find(s, '=');
	struct span key = span_trim(span_slice(s, 0, equals)), value;

	if (equals == s.len || key.len == 0)
		config_fault(
			r, number, "this line is neither a [section] nor key = value", s, NULL);
	else if (!unquote(span_trim(span_from(s, equals + 1)), &value))
		config_fault(r, number, "odd quotes in the value of", key, odd_quotes);
	else
		config_value(r, number, key, value);
}

static void
read_line(struct reading *r, unsigned number, struct span line)
{
	struct span s;

	line = span_trim(line);
	if (!readable(line)) {
		config_fault(r, number, "this line has a control character or is not UTF-8",
			SPAN_NONE, NULL);
		return;
	}
	s = without_comment(line);
	if (s.len > 0 && s.ptr[0] == '[')
		read_section(r, number, s);
	else if (s.len > 0)
		read_key(r, number, s);
}

static void
read_text(struct reading *r, struct span text)
{
	struct span line;
	unsigned number = 0;

	if (span_starts(text, SPAN_LIT("\xef\xbb\xbf")))
		text = span_from(text, 3);
	while (span_split(&text, '\n', &line))
		read_line(r, ++number, line);
}

static int
set_up(struct reading *r, struct arena *a)
{
	*r = (struct reading){ .arena = a };
	config_init(&r->config);
	r->config.http.listen = (struct config_address){ 0 }; /* the default waits for check_tls */
	r->faults = ARENA_ARRAY(a, FAULTS, struct config_fault);
	r->config.sources = ARENA_ARRAY(a, SECTIONS, struct config_source);
	r->config.contexts = ARENA_ARRAY(a, SECTIONS, struct config_context);
	r->config.access = ARENA_ARRAY(a, SECTIONS, struct config_access);
	r->config.policies = ARENA_ARRAY(a, SECTIONS, struct policy);
	if (!r->faults || !r->config.sources || !r->config.contexts || !r->config.access ||
		!r->config.policies)
		return arena_error(a);
	r->config.policies[0] = policy_default;
	r->config.policy_count = 1;
	return 0;
}

static void
check_context(struct reading *r, const struct config_context *c)
{
	if (c->path.len == 0)
		config_fault(r, c->line, "this context names no file", c->url, "add `path = FILE`");
	if (c->sha256.len == 0)
		config_fault(r, c->line, "this context has no digest", c->url,
			"add `sha256 = ` and what `sha256sum FILE` says");
}

static void
check_access(struct reading *r, const struct config_access *c)
{
	if (c->token_path.len > 0 && c->token_sha256.len > 0)
		config_fault(r, c->line, "this client has two tokens", c->name,
			"keep token_file or token_sha256");
	if (c->token_path.len == 0 && c->token_sha256.len == 0 && c->certificate.len == 0)
		config_fault(r, c->line, "nothing tells this client from others", c->name,
			"add `token_file = FILE`, `token_sha256 = ` or `certificate = `");
	if (c->roles == ROLE_NONE)
		config_fault(r, c->line, "this client may do nothing", c->name,
			"add `roles = verify, attest, revoke` or some of them");
}

/* The plain listener is there by default, but not beside one with TLS. */
static void
check_tls(struct reading *r, const struct config *defaults)
{
	struct config_http *h = &r->config.http;
	bool tls = h->tls_listen.host.len > 0;

	if (!tls && h->listen.host.len == 0)
		h->listen = defaults->http.listen;
	if (tls && (h->tls_certificate_path.len == 0 || h->tls_key_path.len == 0))
		config_fault(r, 0, "the TLS listener has no certificate or no key", SPAN_NONE,
			"add `tls_certificate = FILE` and `tls_key = FILE` to [listen]");
	if (!tls && (h->tls_certificate_path.len > 0 || h->tls_key_path.len > 0 ||
			    h->client_ca_path.len > 0))
		config_fault(r, 0, "nothing listens with TLS, but there are files for it",
			SPAN_NONE, "add `tls_address = HOST:PORT` to [listen]");
	for (size_t i = 0; h->client_ca_path.len == 0 && i < r->config.access_count; i++)
		if (r->config.access[i].certificate.len > 0)
			config_fault(r, r->config.access[i].line,
				"no certificate is asked for, but this client has one",
				r->config.access[i].name, "add `client_ca = FILE` to [listen]");
}

static void
check_whole(struct reading *r)
{
	struct config defaults;

	config_init(&defaults);
	check_tls(r, &defaults);
	for (size_t i = 0; i < r->config.policy_count; i++)
		r->config.policies[i].resolver = r->config.fetch.resolver;
	for (size_t i = 0; i < r->config.source_count; i++)
		if (r->config.sources[i].path.len == 0)
			config_fault(r, r->config.sources[i].line, "this source names no list",
				r->config.sources[i].name, "add `path = FILE or FOLDER`");
	if (r->config.store.url.len > 0 && r->config.store.secret.len == 0)
		config_fault(r, r->store_line, "[store] has no secret for", r->config.store.url,
			"add `secret = FILE`, the same for every gateway of that database");
	for (size_t i = 0; i < r->config.context_count; i++)
		check_context(r, &r->config.contexts[i]);
	for (size_t i = 0; i < r->config.access_count; i++)
		check_access(r, &r->config.access[i]);
	if (r->config.http.verify == GATE_TOKEN && r->config.access_count == 0)
		config_fault(r, 0, "verifying needs a token, but there is no client", SPAN_NONE,
			"add a section [access \"NAME\"], or `verify = open`");
}

int
config_read(struct arena *a, struct span text, char *const *env, struct config *out,
	struct config_fault **faults, size_t *fault_count)
{
	struct reading r;
	int error = set_up(&r, a);

	if (error != 0)
		return error;
	read_text(&r, text);
	for (; env && *env; env++)
		config_environment(&r, span_of(*env));
	check_whole(&r);
	if (arena_error(a) != 0)
		return arena_error(a);
	*faults = r.faults;
	*fault_count = r.fault_count;
	if (r.fault_count == 0)
		*out = r.config;
	return 0;
}
