/* case.c - one case: case.json says what goes in, at what time, under which trust, and what must come out.
 *
 * A case is either a certificate for the whole engine, or a "block": input for one
 * building block (json, xml, cbor, jws), where no certificate could reach the reason.
 * Unknown members are faults of the case: a misspelt expectation must not pass.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/node.h"
#include "conformance/expect.h"
#include "conformance/suite_impl.h"
#include "conformance/target.h"

#include <stdio.h>
#include <string.h>

enum { PATH_LENGTH = 1024, TRUST_MAX = 16 };

struct running_case {
	struct suite *suite;
	const struct target *target;
	const char *folder; /* of the case, below the suite's */
	const json_t *json;
	struct span input;
	struct trust_input sources[TRUST_MAX];
	size_t source_count;
	struct policy policy;
	int64_t at;
};

static const char *
text_of(const json_t *o, const char *member)
{
	return json_string_value(json_object_get(o, member));
}

static int
read_beside(struct running_case *c, const char *name, struct span *out)
{
	char path[PATH_LENGTH];
	int n = strncmp(name, "../", 3) == 0
			? snprintf(path, sizeof(path), "%s", name + 3)
			: snprintf(path, sizeof(path), "%s/%s", c->folder, name);

	if (n < 0 || n >= PATH_LENGTH || strstr(path, ".."))
		return -1;
	return suite_read(c->suite, path, out);
}

static bool
read_input(struct running_case *c)
{
	static const char *const names[] = { "input.txt", "input.bin", "input.json", "input.xml" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (read_beside(c, names[i], &c->input) == 0)
			return true;
	return false;
}

static struct span
span_member(const json_t *o, const char *member)
{
	return span_of(text_of(o, member));
}

/* A file name, or an object {"file", "kind", "country", "pin", "anchors", "signature", "env", "maxAge", "readAt"}. */
static const char *
add_source(struct running_case *c, const json_t *spec)
{
	struct trust_input *in = &c->sources[c->source_count];
	const char *file = json_is_string(spec) ? json_string_value(spec) : text_of(spec, "file");
	struct trust_file *files = ARENA_ARRAY(c->suite->arena, 2, struct trust_file);

	if (c->source_count == TRUST_MAX || !file || !files)
		return "a trust list of the case has no file";
	*in = (struct trust_input){ .name = span_of(file),
		.env = c->policy.env,
		.files = files,
		.file_count = 1,
		.kind = span_member(spec, "kind"),
		.country = span_member(spec, "country"),
		.read_at = TIME_NONE };
	files[0].name = span_of(file);
	if (read_beside(c, file, &files[0].bytes) != 0)
		return "a trust list of the case can't be read";
	const char *pin = text_of(spec, "pin"), *anchors = text_of(spec, "anchors");
	const char *signature = text_of(spec, "signature"), *env = text_of(spec, "env");
	if ((pin && read_beside(c, pin, &in->pin) != 0) ||
		(anchors && read_beside(c, anchors, &in->anchors) != 0))
		return "a pin or anchor of the case can't be read";
	if (signature) {
		in->file_count = 2;
		files[1].name = span_of(signature);
		if (read_beside(c, signature, &files[1].bytes) != 0)
			return "a list's signature can't be read";
	}
	if (env && !env_named(span_of(env), &in->env))
		return "a trust list names no environment";
	in->max_age = json_integer_value(json_object_get(spec, "maxAge"));
	if (json_object_get(spec, "readAt"))
		in->read_at = json_integer_value(json_object_get(spec, "readAt"));
	c->source_count++;
	return NULL;
}

static const char *
read_policy(struct running_case *c)
{
	const json_t *p = json_object_get(c->json, "policy");
	const char *env = text_of(c->json, "env");

	c->policy = policy_default;
	c->policy.env = ENV_DEMO;
	if (env && !env_named(span_of(env), &c->policy.env))
		return "env is none of the environments";
	c->policy.p384_es256 = json_is_true(json_object_get(p, "allowP384Es256"));
	c->policy.strict_eku = json_is_true(json_object_get(p, "strictExtendedKeyUsage"));
	if (json_object_get(p, "matchCountry"))
		c->policy.match_country = json_is_true(json_object_get(p, "matchCountry"));
	const char *scheme = text_of(p, "scheme"), *authority = text_of(p, "authority");
	struct span *lists = ARENA_ARRAY(c->suite->arena, 2, struct span);
	if (!lists)
		return "no memory";
	lists[0] = span_of(scheme);
	lists[1] = span_of(authority);
	c->policy.schemes = &lists[0];
	c->policy.scheme_count = scheme != NULL;
	c->policy.authorities = &lists[1];
	c->policy.authority_count = authority != NULL;
	return NULL;
}

static const char *
read_case(struct running_case *c)
{
	static const char *const known[] = { "id", "title", "spec", "at", "trust", "env", "policy",
		"expect", "block", NULL };
	const json_t *at = json_object_get(c->json, "at");
	unsigned odd;
	size_t i;
	json_t *source;
	const char *fault = only_members(c->json, known);

	if (fault)
		return fault;
	if (!text_of(c->json, "id") || !text_of(c->json, "title") || !text_of(c->json, "spec"))
		return "id, title and spec are required";
	if (!read_input(c))
		return "there is no input file";
	if (json_is_integer(at))
		c->at = json_integer_value(at);
	else if (!json_object_get(c->json, "block") &&
		 !time_parse(span_of(json_string_value(at)), &c->at, &odd))
		return "at is no time";
	fault = read_policy(c);
	json_array_foreach(json_object_get(c->json, "trust"), i, source)
	{
		fault = fault ? fault : add_source(c, source);
	}
	return fault;
}

/* Own cases put tight limits where a figure must be exceeded cheaply: none so far, defaults hold. */
static const char *
ask(struct running_case *c, struct span *report)
{
	struct work *w = suite_work(c->suite);
	struct work lists = { c->suite->arena, w->report, w->limits, w->kit, c->at };
	struct trust *trust = NULL;
	struct question q = { c->input, NULL, &c->policy, c->at };
	const char *fault;

	if (trust_build(&lists, c->sources, c->source_count, &trust) != 0)
		return "the trust lists could not be built";
	q.trust = trust;
	fault = target_ask(c->target, w, &q, report);
	if (!fault) {
		/* the report must outlive the trust that it names */
		*report = arena_copy(c->suite->arena, *report);
	}
	trust_unref(trust);
	return fault;
}

typedef int (*reader)(struct work *w, struct span in, const char *layer, const struct node **out);

static int
read_jws(struct work *w, struct span in, const char *layer, const struct node **out)
{
	struct jws jws;
	bool ok;

	(void)layer;
	*out = NULL;
	return jws_read(w, span_trim(in), &jws, &ok);
}

static reader
block_named(const char *name)
{
	if (strcmp(name, "json") == 0)
		return node_from_json;
	if (strcmp(name, "xml") == 0)
		return node_from_xml;
	if (strcmp(name, "jws") == 0)
		return read_jws;
	return strcmp(name, "cbor") == 0 ? node_from_cbor : NULL;
}

/* A building block alone: {"expect": {"reason": ...}}, "" for accepted. */
static const char *
run_block(struct running_case *c, const char *name, const char **got)
{
	struct work *w = suite_work(c->suite);
	reader read = block_named(name);
	const struct node *root;
	const char *want = text_of(json_object_get(c->json, "expect"), "reason");

	if (!read || !want)
		return "block is json, xml, cbor or jws, and expects a reason";
	if (read(w, c->input, name, &root) != 0)
		return "the block ran out of memory";
	*got = reason_code(w->report->checks[CHECK_FORMAT].reason);
	return strcmp(*got, want) == 0 ? NULL : "another reason was given";
}

static void
run_case(struct running_case *c)
{
	const char *block = text_of(c->json, "block"), *got = "";
	struct span report = SPAN_NONE;
	const char *fault = read_case(c);

	if (!fault && block)
		fault = run_block(c, block, &got);
	else if (!fault)
		fault = ask(c, &report);
	if (!fault && !block)
		fault = expect_report(json_object_get(c->json, "expect"), report, c->suite->arena);
	if (fault)
		suite_tell(c->suite, c->folder, CASE_FAIL, "%s %s%.*s", fault, got,
			(int)(report.len < 400 ? report.len : 400),
			report.ptr ? (const char *)report.ptr : "");
	else
		suite_tell(c->suite, c->folder, CASE_PASS, NULL);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	const char *slash = strrchr(path, '/');
	struct running_case c = { .suite = s, .target = arg };
	char folder[PATH_LENGTH];
	struct span text;
	json_error_t error;

	if (!slash || strcmp(slash, "/case.json") != 0 || path[0] == '_')
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	c.folder = folder;
	int r = suite_read(s, path, &text);
	if (r != 0)
		return r;
	json_t *root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
	c.json = root;
	if (!root)
		suite_tell(s, folder, CASE_FAIL, "case.json line %d: %s", error.line, error.text);
	else if (!target_is_builtin(c.target) && json_object_get(root, "block"))
		suite_tell(
			s, folder, CASE_SKIP, "building blocks are asked of our own library only");
	else
		run_case(&c);
	json_decref(root);
	return 0;
}

int
case_suite(struct suite *s, const struct target *t)
{
	return suite_each(s, "", "/case.json", visit, (void *)(uintptr_t)t);
}
