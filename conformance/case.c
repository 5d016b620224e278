/* case.c - case.json and the files that it names, into a struct test_case.
 *
 * Every object is held against a table of its members: a misspelt member, a file
 * that is not there, a time that is none are faults of the case, and it fails.
 */
#include "conformance/case.h"

#include "codecs/base/date.h"
#include "conformance/expect.h"
#include "conformance/shape.h"
#include "conformance/suite_impl.h"
#include "conformance/translate/emit.h"

#include <stdio.h>
#include <string.h>

enum { PATH_LENGTH = 1024 };

/* A case while it is read. */
struct reading {
	struct suite *suite;
	struct arena *arena;
	json_t *json;
	struct test_case *c;
};

static const char *
text_of(json_t *o, const char *member)
{
	return json_string_value(json_object_get(o, member));
}

static struct span
span_member(json_t *o, const char *member)
{
	return span_of(text_of(o, member));
}

/* Seconds since 1970, or RFC 3339.  Absent: *out is untouched. */
static const char *
read_time(const struct reading *r, json_t *o, const char *member, int64_t *out)
{
	json_t *value = json_object_get(o, member);
	unsigned oddities;

	if (!value)
		return NULL;
	if (json_is_integer(value))
		*out = json_integer_value(value);
	else if (!json_is_string(value) ||
		 !time_parse(span_of(json_string_value(value)), out, &oddities))
		return fault_text(r->arena, "\"%s\" is no time", member);
	return NULL;
}

/* A file of the case, with ../ of the suite, with ../../ of another one beside it.  NULL or a fault. */
static const char *
read_beside(const struct reading *r, const char *name, struct span *out)
{
	char path[PATH_LENGTH];
	size_t up = strncmp(name, "../../", 6) == 0 ? 6 : strncmp(name, "../", 3) == 0 ? 3 : 0;
	int n = up > 0 ? snprintf(path, sizeof(path), "%s%s", up == 6 ? "../" : "", name + up)
		       : snprintf(path, sizeof(path), "%s/%s", r->c->folder, name);

	if (n < 0 || n >= PATH_LENGTH || name[0] == '/' || strstr(name + up, ".."))
		return fault_text(r->arena, "\"%s\" leads out of the suites", name);
	if (suite_read(r->suite, path, out) != 0)
		return fault_text(r->arena, "\"%s\" can't be read", name);
	return NULL;
}

/* The file that a member names, where it is there. */
static const char *
read_named(const struct reading *r, json_t *o, const char *member, struct span *out)
{
	const char *name = text_of(o, member);

	return name ? read_beside(r, name, out) : NULL;
}

static const char *
read_input(const struct reading *r)
{
	static const char *const names[] = { "input.txt", "input.bin", "input.json", "input.xml" };
	bool named = text_of(r->json, "input") != NULL;
	size_t found = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		found += read_beside(r, names[i], &r->c->input) == NULL;
	if (named)
		return found ? "there is an input file beside the one that it names"
			     : read_named(r, r->json, "input", &r->c->input);
	if (found == 1)
		return NULL;
	return found ? "there are several input files" : "there is no input file";
}

/* --- trust --- */

static const char *
read_files(const struct reading *r, json_t *spec, struct trust_input *in)
{
	struct trust_file *files = ARENA_ARRAY(r->arena, 2, struct trust_file);
	const char *signature = text_of(spec, "signature");

	if (!files)
		return "there was no memory for a trust list";
	files[0].name = span_member(spec, "file");
	files[1].name = span_of(signature);
	in->files = files;
	in->file_count = signature ? 2 : 1;
	const char *fault = read_named(r, spec, "file", &files[0].bytes);
	return fault ? fault : read_named(r, spec, "signature", &files[1].bytes);
}

static const char *
read_domain(json_t *spec, enum trust_domain *out)
{
	static const char *const names[TRUST_DOMAINS] = { "dcc", "shc", "vc", "icao", "who" };
	const char *name = text_of(spec, "scheme");

	for (size_t i = 0; name && i < TRUST_DOMAINS; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum trust_domain)i;
			return NULL;
		}
	return name ? "trust: \"scheme\" is none of dcc, shc, vc, icao and who" : NULL;
}

/* {"file", "kind", "country", "pin", "anchors", "signature", "env", "maxAge", "readAt", "scheme", "issuer"} */
static const char *
read_source(const struct reading *r, json_t *spec, struct trust_input *in)
{
	static const struct shape table[] = { { "file", SHAPE_TEXT, true },
		{ "kind", SHAPE_TEXT, false }, { "country", SHAPE_TEXT, false },
		{ "pin", SHAPE_TEXT, false }, { "anchors", SHAPE_TEXT, false },
		{ "signature", SHAPE_TEXT, false }, { "env", SHAPE_TEXT, false },
		{ "maxAge", SHAPE_INTEGER, false }, { "readAt", SHAPE_INTEGER | SHAPE_TEXT, false },
		{ "scheme", SHAPE_TEXT, false }, { "issuer", SHAPE_TEXT, false }, { 0 } };
	const char *fault = shape_fault(r->arena, spec, "trust", table);

	if (fault)
		return fault;
	*in = (struct trust_input){ .name = span_member(spec, "file"),
		.kind = span_member(spec, "kind"),
		.country = span_member(spec, "country"),
		.issuer = span_member(spec, "issuer"),
		.env = r->c->policy.env,
		.read_at = TIME_NONE,
		.max_age = json_integer_value(json_object_get(spec, "maxAge")) };
	if (text_of(spec, "env") && !env_named(span_member(spec, "env"), &in->env))
		return "trust: \"env\" is none of the environments";
	fault = read_domain(spec, &in->domain);
	if (!fault)
		fault = read_time(r, spec, "readAt", &in->read_at);
	if (!fault)
		fault = read_named(r, spec, "pin", &in->pin);
	if (!fault)
		fault = read_named(r, spec, "anchors", &in->anchors);
	return fault ? fault : read_files(r, spec, in);
}

/* A file name stands for an object with nothing but "file". */
static const char *
read_trust(const struct reading *r)
{
	json_t *list = json_object_get(r->json, "trust");
	const char *fault = NULL;

	if (json_array_size(list) > CASE_SOURCES)
		return "the case has too many trust lists";
	for (size_t i = 0; i < json_array_size(list) && !fault; i++) {
		json_t *spec = json_array_get(list, i);
		json_t *whole = json_is_string(spec) ? json_pack("{sO}", "file", spec)
						     : json_incref(spec);
		fault = read_source(r, whole, &r->c->sources[r->c->source_count++]);
		json_decref(whole);
	}
	return fault;
}

/* --- policy --- */

static const char *
read_links(json_t *given, struct policy *p)
{
	static const char *const names[] = { "no", "listed", "any" };
	const char *links = text_of(given, "links");

	for (size_t i = 0; i < 3; i++)
		if (!links || strcmp(links, names[i]) == 0) {
			p->links = links ? (enum policy_links)i : p->links;
			return NULL;
		}
	return "policy: \"links\" is none of no, listed and any";
}

static const char *
read_policy(const struct reading *r)
{
	static const struct shape table[] = { { "allowP384Es256", SHAPE_BOOLEAN, false },
		{ "strictExtendedKeyUsage", SHAPE_BOOLEAN, false },
		{ "matchCountry", SHAPE_BOOLEAN, false }, { "skew", SHAPE_INTEGER, false },
		{ "scheme", SHAPE_TEXT, false }, { "authority", SHAPE_TEXT, false },
		{ "links", SHAPE_TEXT, false }, { "linkHost", SHAPE_TEXT, false },
		{ "matchDomain", SHAPE_BOOLEAN, false }, { "protection", SHAPE_BOOLEAN, false },
		{ 0 } };
	json_t *given = json_object_get(r->json, "policy");
	struct policy *p = &r->c->policy;
	struct span *names = ARENA_ARRAY(r->arena, 3, struct span);
	const char *fault = given ? shape_fault(r->arena, given, "policy", table) : NULL;

	if (fault || !names)
		return fault ? fault : "there was no memory for the policy";
	r->c->own_policy = given != NULL;
	r->c->own_trust = json_is_true(json_object_get(r->json, "ownTrust"));
	p->p384_es256 = json_is_true(json_object_get(given, "allowP384Es256"));
	p->strict_eku = json_is_true(json_object_get(given, "strictExtendedKeyUsage"));
	p->match_country = !json_is_false(json_object_get(given, "matchCountry"));
	p->match_domain = !json_is_false(json_object_get(given, "matchDomain"));
	p->protection = json_is_true(json_object_get(given, "protection"));
	if (json_object_get(given, "skew"))
		p->skew = json_integer_value(json_object_get(given, "skew"));
	names[0] = span_member(given, "scheme");
	names[1] = span_member(given, "authority");
	p->schemes = &names[0];
	p->scheme_count = names[0].ptr != NULL;
	p->authorities = &names[1];
	p->authority_count = names[1].ptr != NULL;
	names[2] = span_member(given, "linkHost");
	p->link_hosts = &names[2];
	p->link_host_count = names[2].ptr != NULL;
	return read_links(given, p);
}

static const char *
read_env(const struct reading *r)
{
	r->c->policy = policy_default;
	r->c->policy.env = ENV_DEMO;
	if (text_of(r->json, "env") && !env_named(span_member(r->json, "env"), &r->c->policy.env))
		return "\"env\" is none of the environments";
	return NULL;
}

/* --- the web --- */

/* {"URL": "file"}, or {"URL": {"status", "file"}} for another answer than 200; nothing else is there. */
static const char *
read_page(const struct reading *r, json_t *value, struct page *out)
{
	static const struct shape table[] = { { "status", SHAPE_INTEGER, true },
		{ "file", SHAPE_TEXT, false }, { 0 } };
	const char *fault = json_is_string(value) ? NULL
						  : shape_fault(r->arena, value, "web", table);

	if (fault)
		return fault;
	out->status = 200;
	if (json_is_string(value))
		return read_beside(r, json_string_value(value), &out->bytes);
	out->status = (int)json_integer_value(json_object_get(value, "status"));
	return read_named(r, value, "file", &out->bytes);
}

static const char *
read_web(const struct reading *r)
{
	json_t *web = json_object_get(r->json, "web"), *value;
	struct page *pages = ARENA_ARRAY(r->arena, json_object_size(web) + 1, struct page);
	const char *fault = pages ? NULL : "there was no memory for the web", *url;

	json_object_foreach(web, url, value)
	{
		if (fault)
			break;
		pages[r->c->web.count].url = span_of(url);
		fault = read_page(r, value, &pages[r->c->web.count++]);
	}
	r->c->web.page = pages;
	r->c->passcode = span_member(r->json, "passcode");
	r->c->recipient = span_member(r->json, "recipient");
	return fault;
}

/* --- the case --- */

static const char *
case_shape(const struct reading *r)
{
	static const struct shape whole[] = { { "id", SHAPE_TEXT, true },
		{ "title", SHAPE_TEXT, true }, { "spec", SHAPE_TEXT, true },
		{ "at", SHAPE_TEXT | SHAPE_INTEGER, true }, { "trust", SHAPE_ARRAY, true },
		{ "input", SHAPE_TEXT, false }, { "env", SHAPE_TEXT, false },
		{ "ownTrust", SHAPE_BOOLEAN, false }, { "policy", SHAPE_OBJECT, false },
		{ "web", SHAPE_OBJECT, false }, { "passcode", SHAPE_TEXT, false },
		{ "recipient", SHAPE_TEXT, false }, { "expect", SHAPE_OBJECT, true }, { 0 } };
	static const struct shape block[] = { { "id", SHAPE_TEXT, true },
		{ "title", SHAPE_TEXT, true }, { "spec", SHAPE_TEXT, true },
		{ "block", SHAPE_TEXT, true }, { "expect", SHAPE_OBJECT, true }, { 0 } };

	return shape_fault(
		r->arena, r->json, "the case", json_object_get(r->json, "block") ? block : whole);
}

/* The folder's own name: reports and files can then be found from either. */
static const char *
check_id(const struct reading *r)
{
	const char *slash = strrchr(r->c->folder, '/');
	const char *name = slash ? slash + 1 : r->c->folder;

	if (strcmp(text_of(r->json, "id"), name) == 0)
		return NULL;
	return fault_text(r->arena, "the id is not the name of the folder");
}

const char *
case_read(struct suite *s, const char *folder, json_t *json, struct test_case *out)
{
	struct test_case c = { .folder = folder };
	const struct reading r = { s, s->arena, json, &c };
	const char *fault = case_shape(&r);

	if (!fault)
		fault = check_id(&r);
	if (!fault)
		fault = read_input(&r);
	c.block = text_of(json, "block");
	c.expect = json_object_get(json, "expect");
	if (!fault)
		fault = c.block ? expect_block_fault(s->arena, c.expect)
				: expect_fault(s->arena, c.expect);
	if (!fault)
		fault = read_time(&r, json, "at", &c.at);
	if (!fault)
		fault = read_env(&r);
	if (!fault)
		fault = read_policy(&r);
	if (!fault)
		fault = read_trust(&r);
	if (!fault)
		fault = read_web(&r);
	c.to = emit_target(json_object_get(c.expect, "emit"));
	if (!fault)
		*out = c;
	return fault;
}
