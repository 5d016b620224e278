/* log.c - `vidimus store`: is the log whole, what does it know of an attestation, take one back, forget. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/issue/office.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row rows[] = {
	{ "--config", true, false },
	{ "--reason", true, false },
	{ "--before", true, false },
	{ 0 },
};

enum { REASONS = 11 }; /* RFC 5280, 5.3.1; 7 is not used */

static int
fault(const char *what, int r)
{
	fprintf(stderr, "vidimus store: %s: %s\n", what,
		r == -EHOSTUNREACH ? "the database can't be reached" : strerror(-r));
	return EXIT_FAULT;
}

/* Where it breaks, a number; 0: it is the whole that does not fit. */
static int
check(const struct store_setup *setup)
{
	struct store_checked c;
	int r = store_check(setup, &c);

	if (r == -EBADMSG && c.bad > 0)
		printf("the log is damaged: record %" PRId64 ": %s\n", c.bad, c.why);
	else if (r == -EBADMSG)
		printf("the log is damaged: %s\n", c.why);
	else if (r != 0)
		fprintf(stderr, "vidimus store: %s\n", c.why);
	else
		printf("the log is whole: %" PRId64 " records of %" PRId64
		       " attestations and %" PRId64 " revocations, %" PRId64 " of them forgotten\n",
			c.records, c.issued, c.revoked, c.forgotten);
	return r == 0 ? 0 : r == -EBADMSG ? EXIT_REJECTED : EXIT_FAULT;
}

/* As answers and credentials write it: hexadecimal, or urn:uuid:. */
static bool
read_id(struct arena *a, const char *text, uint8_t id[STORE_ID])
{
	struct span s = span_of(text), bytes = SPAN_NONE;
	struct buf b = buf_in(a, 2 * STORE_ID);
	size_t bad;

	if (span_starts(s, SPAN_LIT("urn:uuid:")))
		s = span_from(s, sizeof("urn:uuid:") - 1);
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '-')
			buf_char(&b, (char)s.ptr[i]);
	if (b.error || b.len != (size_t)2 * STORE_ID ||
		hex_decode(a, buf_span(&b), &bytes, &bad) != 0 || !bytes.ptr)
		return false;
	memcpy(id, bytes.ptr, STORE_ID);
	return true;
}

static void
print_time(struct arena *a, const char *label, int64_t t)
{
	struct buf b = buf_in(a, 64);

	time_format(&b, t);
	printf("  %-10s %.*s\n", label, (int)b.len, (const char *)b.ptr);
}

static int
find(struct session *s, struct store *store, const uint8_t *id)
{
	struct store_found f;
	struct store_wait w;

	store_wait_begin(&w);
	int r = store_wait_end(&w, store_find(store, id, &f, store_wait_done, &w));
	if (r == -ENOENT) {
		puts("this log knows no such attestation");
		return EXIT_REJECTED;
	}
	if (r != 0)
		return fault("nothing could be looked up", r);
	puts(f.revoked ? "revoked" : "issued");
	printf("  %-10s %s\n", "scheme", f.scheme);
	print_time(s->arena, "from", f.at);
	print_time(s->arena, "until", f.until);
	if (f.status_list > 0)
		printf("  %-10s %" PRId64 ", place %" PRId64 "\n", "list", f.status_list,
			f.status_index);
	return 0;
}

static int
revoke(struct session *s, struct store *store, const uint8_t *id, const char *reason)
{
	struct store_wait w;
	char *end = NULL;
	unsigned long n = reason ? strtoul(reason, &end, 10) : 0;

	if (reason && (*reason < '0' || *reason > '9' || *end || n >= REASONS || n == 7))
		return usage(
			"store", "a reason is a number of RFC 5280, 5.3.1, 0 to 10, not", reason);
	store_wait_begin(&w);
	int r = store_wait_end(
		&w, store_revoke(store, id, (unsigned)n, s->now, store_wait_done, &w));
	if (r == -ENOENT) {
		puts("this log knows no such attestation: nothing was revoked");
		return EXIT_REJECTED;
	}
	if (r != 0)
		return fault("nothing was revoked", r);
	puts("revoked");
	return 0;
}

static int
forget(struct session *s, struct store *store, const char *before)
{
	int64_t t = s->now;
	int r;

	if (before && (!time_argument(before, &t) || t > s->now))
		return usage("store", "this is no time, or one to come:", before);
	do {
		struct store_wait w;
		store_wait_begin(&w);
		r = store_wait_end(&w, store_forget(store, t, store_wait_done, &w));
	} while (r == -EAGAIN);
	if (r != 0)
		return fault("not all of it was forgotten", r);
	puts("what ended before that time is forgotten");
	return 0;
}

/* The verbs that write, or ask one thing, go through the store as the gateway does; both may at the same time. */
static int
with_store(struct session *s, const struct options *o, const struct store_setup *setup)
{
	const char *verb = o->operands[0], *why = "";
	bool forgets = strcmp(verb, "forget") == 0;
	uint8_t id[STORE_ID];
	struct store *store;
	int r;

	if (!forgets && !read_id(s->arena, o->operands[1], id))
		return usage("store", "this is no identifier of an attestation:", o->operands[1]);
	if ((r = store_open(setup, &why, &store)) != 0) {
		fprintf(stderr, "vidimus store: %s\n", why);
		return EXIT_FAULT;
	}
	r = forgets                     ? forget(s, store, option_value(o, "--before"))
	    : strcmp(verb, "find") == 0 ? find(s, store, id)
					: revoke(s, store, id, option_value(o, "--reason"));
	store_close(store);
	return r;
}

static int
dispatch(struct session *s, const struct options *o)
{
	const char *verb = o->operand_count > 0 ? o->operands[0] : "check";
	bool one = strcmp(verb, "find") == 0 || strcmp(verb, "revoke") == 0;
	bool none = strcmp(verb, "check") == 0 || strcmp(verb, "forget") == 0;
	struct store_setup setup;
	int r;

	if (!one && !none)
		return usage(
			"store", "the verbs are check, find ID, revoke ID and forget, not", verb);
	if (o->operand_count > (one ? 2 : 1))
		return usage("store", "there is nothing to do with", o->operands[one ? 2 : 1]);
	if (one && o->operand_count < 2)
		return usage("store", "name the attestation: add its ID to", verb);
	r = session_configure(s, option_value(o, "--config"));
	if (r == 0)
		r = office_log(s, &setup);
	if (r != 0)
		return r;
	return strcmp(verb, "check") == 0 ? check(&setup) : with_store(s, o, &setup);
}

int
cli_store(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	s.now = clock_now();
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0)
		r = dispatch(&s, &o);
	session_close(&s);
	return r;
}
