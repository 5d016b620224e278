/* aid_tree.c - what the tests of the tree readers share. */
#include "tests/tree/aid_tree.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
begin_with(struct reading *r, size_t budget)
{
	memset(r, 0, sizeof(*r));
	r->arena = arena_new(budget);
	r->kit = kit_new();
	assert_non_null(r->arena);
	assert_non_null(r->kit);
	report_begin(&r->report, r->arena);
	r->limits = limits_default;
	r->work = (struct work){ r->arena, &r->report, &r->limits, r->kit, 0 };
}

void
reading_begin(struct reading *r)
{
	begin_with(r, (size_t)64 << 20);
}

void
reading_end(struct reading *r)
{
	arena_free(r->arena);
	kit_free(r->kit);
}

const struct node *
reading_of(struct reading *r, tree_reader read, struct span in)
{
	static const struct node untouched;

	r->root = &untouched;
	assert_int_equal(read(&r->work, in, "test", &r->root), 0);
	assert_ptr_not_equal(r->root, &untouched);
	assert_int_equal(r->root == NULL, report_failed(&r->report));
	if (!r->root)
		assert_int_not_equal(reading_reason(r), REASON_NONE);
	return r->root;
}

enum reason
reading_reason(const struct reading *r)
{
	return r->report.checks[CHECK_FORMAT].reason;
}

size_t
reading_offset(const struct reading *r)
{
	return r->report.checks[CHECK_FORMAT].at.offset;
}

const char *
reading_limit(const struct reading *r)
{
	const char *limit = r->report.checks[CHECK_FORMAT].limit;

	return limit ? limit : "";
}

struct span
reading_hex(struct reading *r, const char *hex)
{
	struct span out = SPAN_NONE;
	size_t bad;

	assert_int_equal(hex_decode(r->arena, span_of(hex), &out, &bad), 0);
	assert_non_null(out.ptr);
	return out;
}

enum reason
reason_of(tree_reader read, struct span in, size_t *offset)
{
	struct reading r;
	enum reason reason;

	reading_begin(&r);
	reading_of(&r, read, in);
	reason = reading_reason(&r);
	if (offset)
		*offset = reading_offset(&r);
	reading_end(&r);
	return reason;
}

/* Each prefix stands alone in memory, so that a sanitizer sees a read behind its end. */
void
assert_truncation_refused(tree_reader read, struct span in)
{
	assert_int_equal(reason_of(read, in, NULL), REASON_NONE);
	for (size_t len = 0; len < in.len; len++) {
		uint8_t *part = malloc(len + (len == 0));

		assert_non_null(part);
		memcpy(part, in.ptr, len);
		if (reason_of(read, (struct span){ part, len }, NULL) == REASON_NONE)
			fail_msg("accepted when cut to %zu of %zu bytes", len, in.len);
		free(part);
	}
}

void
assert_budgets_survived(tree_reader read, struct span in)
{
	struct reading r;
	const struct node *root;
	size_t refused = 0;

	for (size_t budget = 0;; budget += 61) {
		int rc;

		begin_with(&r, budget);
		root = NULL;
		rc = read(&r.work, in, "test", &root);
		reading_end(&r);
		if (rc == 0)
			break;
		assert_int_equal(rc, -ENOBUFS);
		assert_null(root);
		refused++;
	}
	assert_non_null(root);
	assert_true(refused > 0);
}
