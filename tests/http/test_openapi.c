/* test_openapi.c - the description and the table of routes say the same: paths, methods, types, problems. */
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/tree/node.h"
#include "gateway/http/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static const struct node *doc;

static int
read_document(void **state)
{
	static struct report report;
	struct kit *kit = kit_new();
	struct exchange x = { .offset = PLACE_NO_OFFSET };

	(void)state;
	arena = arena_new(8u << 20);
	openapi_handler(&x);
	report_begin(&report, arena);
	struct work w = { arena, &report, &limits_default, kit, 0 };
	assert_int_equal(node_from_json(&w, x.content, "openapi", &doc), 0);
	assert_non_null(doc);
	kit_free(kit);
	return 0;
}

static int
drop_document(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct node *
path_of(const struct route *r)
{
	struct span own = span_of(r->path);
	bool tail = own.len > 1 && own.ptr[own.len - 1] == '/';

	for (const struct node *n = node_get(doc, "paths")->child; n; n = n->next)
		if (tail ? span_starts(n->key, own) && span_from(n->key, own.len).ptr[0] == '{'
			 : span_eq(n->key, own))
			return n;
	return NULL;
}

static void
test_routes(void **state)
{
	(void)state;
	assert_int_equal(node_get(doc, "paths")->size, route_count());
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *r = route_at(i);
		const struct node *path = path_of(r);
		if (!path)
			fail_msg("%s is not described", r->path);
		assert_true(!node_get(path, "get") == !(r->methods & 1u << METHOD_GET));
		assert_true(!node_get(path, "post") == !(r->methods & MAY_POST));
	}
}

static void
test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *r = route_at(i);
		const struct node *body = node_get(
			node_get(node_get(path_of(r), "post"), "requestBody"), "content");
		size_t count = 0;
		struct span rest = span_of(r->reads), type;
		while (span_split(&rest, ' ', &type)) {
			char name[64];
			snprintf(name, sizeof(name), "%.*s", (int)type.len, (const char *)type.ptr);
			assert_non_null(node_get(body, name));
			count++;
		}
		assert_int_equal(count, body ? body->size : 0);
	}
}

/* A role needs a client; for verifying the operator may leave it out. */
static void
test_security(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *r = route_at(i);
		const struct node *op = node_get(
			path_of(r), r->methods & MAY_POST ? "post" : "get");
		const struct node *ways = node_get(op, "security"),
				  *answers = node_get(op, "responses");
		size_t open = 0, token = 0;
		for (const struct node *w = ways ? ways->child : NULL; w; w = w->next) {
			open += w->size == 0;
			token += node_get(w, "token") != NULL;
		}
		if ((token > 0) != (r->role != ROLE_NONE) ||
			(open > 0) != (r->role == ROLE_VERIFY) ||
			!node_get(answers, "401") != (r->role == ROLE_NONE) ||
			!node_get(answers, "403") != (r->role == ROLE_NONE))
			fail_msg("security of %s", r->path);
	}
}

static void
test_problems(void **state)
{
	const struct node *schema = node_get(
		node_get(node_get(doc, "components"), "schemas"), "Problem");
	const struct node *codes = node_get(
		node_get(node_get(schema, "properties"), "code"), "enum");

	(void)state;
	assert_non_null(codes);
	assert_int_equal(codes->size, PROBLEM_COUNT - 1);
	for (enum problem p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++)
		assert_true(span_is(node_text(node_at(codes, p - 1)), problem_code(p)));
}

/* Every reference of the document leads somewhere. */
static void
check_references(const struct node *n)
{
	for (const struct node *c = n->child; c; c = c->next) {
		if (c->key_kind == KEY_TEXT && span_is(c->key, "$ref")) {
			struct span rest = node_text(c), part;
			const struct node *at = doc;
			assert_true(span_split(&rest, '/', &part) && span_is(part, "#"));
			while (span_split(&rest, '/', &part)) {
				char name[64];
				snprintf(name, sizeof(name), "%.*s", (int)part.len,
					(const char *)part.ptr);
				at = node_get(at, name);
			}
			if (!at)
				fail_msg("%.*s", (int)node_text(c).len,
					(const char *)node_text(c).ptr);
		}
		check_references(c);
	}
}

static void
test_references(void **state)
{
	(void)state;
	check_references(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_security),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_references),
	};
	return cmocka_run_group_tests(tests, read_document, drop_document);
}
