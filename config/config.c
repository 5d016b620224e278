/* config.c - the operator's text against a table of keys.
 *
 * [section] or [section "name"], `key = value`, # comments.  Every fault is gathered,
 * so that one look mends them all; with any fault nothing is taken.
 */
#include "config/config.h"

#include "codecs/base/buf.h"
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
}

void
config_fault(
	struct reading *r, unsigned line, const char *what, struct span subject, const char *advice)
{
	struct buf b = buf_in(r->arena, 1024);

	if (r->fault_count == FAULTS)
		return;
	buf_str(&b, what);
	if (subject.len > 0) {
		buf_str(&b, " \"");
		buf_add(&b, span_slice(subject, 0, 80));
		buf_str(&b, "\"");
	}
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

static struct span
unquoted(struct span s)
{
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return span_slice(s, 1, s.len - 2);
	return s;
}

static void
read_line(struct reading *r, unsigned number, struct span line)
{
	struct span s = without_comment(line);

	if (s.len == 0)
		return;
	if (s.ptr[0] == '[') {
		if (s.ptr[s.len - 1] != ']') {
			config_fault(r, number, "this section has no closing bracket", s, NULL);
			return;
		}
		struct span inner = span_trim(span_slice(s, 1, s.len - 2));
		size_t blank = span_find(inner, ' ');
		config_section(r, number, span_slice(inner, 0, blank),
			unquoted(span_trim(span_from(inner, blank))));
		return;
	}
	size_t equals = span_find(s, '=');
	if (equals == s.len) {
		config_fault(
			r, number, "this line is neither a [section] nor key = value", s, NULL);
		return;
	}
	config_value(r, number, span_trim(span_slice(s, 0, equals)),
		unquoted(span_trim(span_from(s, equals + 1))));
}

static void
read_text(struct reading *r, struct span text)
{
	struct span line;
	unsigned number = 0;

	while (span_split(&text, '\n', &line))
		read_line(r, ++number, line);
}

static int
set_up(struct reading *r, struct arena *a)
{
	*r = (struct reading){ .arena = a };
	config_init(&r->config);
	r->faults = ARENA_ARRAY(a, FAULTS, struct config_fault);
	r->config.sources = ARENA_ARRAY(a, SECTIONS, struct config_source);
	r->config.policies = ARENA_ARRAY(a, SECTIONS, struct policy);
	if (!r->faults || !r->config.sources || !r->config.policies)
		return arena_error(a);
	r->config.policies[0] = policy_default;
	r->config.policy_count = 1;
	return 0;
}

static void
check_whole(struct reading *r)
{
	for (size_t i = 0; i < r->config.source_count; i++)
		if (r->config.sources[i].path.len == 0)
			config_fault(r, r->config.sources[i].line, "this source names no list",
				r->config.sources[i].name, "add `path = FILE or FOLDER`");
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
	*faults = r.faults;
	*fault_count = r.fault_count;
	if (r.fault_count == 0)
		*out = r.config;
	return 0;
}
