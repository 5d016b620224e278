/* depot.c - logs to test with. */
#include "tests/store/depot.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const char *const depot_names[DEPOT_KINDS] = { "sqlite", "postgresql" };

bool
depot_make(struct depot *b, enum depot_kind kind)
{
	*b = (struct depot){ .kind = kind };
	if (kind == DEPOT_POSTGRES)
		return false;
	aid_folder_make(&b->folder);
	snprintf(b->secret, sizeof(b->secret), "%s/secret", b->folder.path);
	snprintf(b->path, sizeof(b->path), "%s/var/log.sqlite", b->folder.path);
	b->setup = (struct store_setup){ .path = b->path, .secret = b->secret, .refresh = 1 };
	return true;
}

void
depot_drop(struct depot *b)
{
	aid_folder_drop(&b->folder);
}

int
depot_end(void **state)
{
	(void)state;
	return 0;
}

struct store *
depot_store(struct depot *b)
{
	struct store *s = NULL;
	const char *why = "";
	int r = store_open(&b->setup, &why, &s);

	if (r != 0)
		fail_msg("%s: %d, %s", depot_names[b->kind], r, why);
	assert_int_equal(store_state(s), 0);
	return s;
}

struct issued
depot_issued(uint64_t number)
{
	struct issued i = { .at = 1700000000 + (int64_t)number,
		.until = 1800000000 + (int64_t)number,
		.source_scheme = "eu-dcc",
		.scheme = number % 2 ? "shc" : "vc",
		.kid = number % 2 ? SPAN_LIT("key one") : SPAN_LIT("key two"),
		.status_list = -1,
		.status_index = -1 };

	memcpy(i.id, &number, sizeof(number));
	memset(i.source, (int)(number % 251), sizeof(i.source));
	return i;
}

#define WAIT_FOR(call)                                  \
	do {                                            \
		struct store_wait w;                    \
		int submitted, result;                  \
		store_wait_begin(&w);                   \
		while ((submitted = (call)) == -EAGAIN) \
			sched_yield();                  \
		result = store_wait_end(&w, submitted); \
		return result;                          \
	} while (0)

int
depot_append(struct store *s, const struct issued *i)
{
	WAIT_FOR(store_append(s, i, store_wait_done, &w));
}

int
depot_revoke(struct store *s, const uint8_t id[STORE_ID], int64_t at)
{
	WAIT_FOR(store_revoke(s, id, 4, at, store_wait_done, &w));
}

int
depot_find(struct store *s, const uint8_t id[STORE_ID], struct store_found *out)
{
	WAIT_FOR(store_find(s, id, out, store_wait_done, &w));
}

int
depot_forget(struct store *s, int64_t before)
{
	WAIT_FOR(store_forget(s, before, store_wait_done, &w));
}

int
depot_lease(struct store *s, const char *family, size_t count, struct store_lease *out)
{
	WAIT_FOR(store_lease(s, span_of(family), count, out, store_wait_done, &w));
}

int
depot_place(struct store *s, const char *family, struct store_place *out)
{
	int r;

	while ((r = store_index(s, span_of(family), out)) == -EAGAIN)
		if ((r = depot_lease(s, family, 0, NULL)) != 0)
			return r;
	return r;
}
