/* change.c - keys made, succeeded, retired. */
#include "codecs/base/date.h"
#include "gateway/cli/keys/ring.h"
#include "gateway/cli/keys/verbs.h"
#include "gateway/keys/token/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, OVERLAP = 7 * DAY };

static void
print_time(const char *label, int64_t t)
{
	char text[32];
	struct arena *a = arena_new(4096);
	struct buf b = a ? buf_in(a, sizeof(text)) : (struct buf){ 0 };

	if (a)
		time_format(&b, t);
	printf(" %s %.*s", label, (int)b.len, b.len ? (const char *)b.ptr : "");
	arena_free(a);
}

static void
tell(const struct own_key *o)
{
	printf("%.*s (%s)", (int)o->name.len, (const char *)o->name.ptr, purpose_title(o->purpose));
	print_time("signs from", o->from);
	print_time("until", o->until);
	putchar('\n');
}

static int
failed(int error, const char *what)
{
	fprintf(stderr, "vidimus keys: %s: %s\n", what, ring_error(error));
	return error == -ENOMEM ? EXIT_FAULT : EXIT_REJECTED;
}

static int
read_request(const struct options *o, struct key_request *r)
{
	const char *use = option_value(o, "--use"), *token = option_value(o, "--pkcs11");

	if (use && (!keys_span_argument(use, &r->use) || r->use == 0))
		return usage("keys", "this is no time for which a key is used (90d, 12h):", use);
	if (!token && option_value(o, "--import"))
		return usage("keys", "--import takes a key of a token: add --pkcs11 URI", NULL);
	if (!token)
		return 0;
	struct token_uri uri;
	if (token_uri_read(span_of(token), &uri) != 0)
		return usage(
			"keys", "this names no key of a token (pkcs11:token=T;object=O):", token);
	r->token = span_of(token);
	r->generate = !option_value(o, "--import");
	return 0;
}

static int
make(struct keys *k, const struct key_request *r)
{
	const struct own_key *made;
	int error = keys_new(k, r, &made);

	if (error == -ENOENT) {
		fprintf(stderr,
			"vidimus keys: no authority for such keys signs now: `vidimus keys new "
			"--all`, or its purpose first\n");
		return EXIT_REJECTED;
	}
	if (error != 0)
		return failed(error, purpose_name(r->purpose));
	tell(made);
	return 0;
}

static int
make_all(struct session *s)
{
	struct keys *k;
	size_t made = 0;
	int r = ring_open(s, RING_CHANGE, &k);

	if (r != 0)
		return r;
	size_t had = keys_count(k);
	int error = keys_new_all(k, s->now, &made);
	for (size_t i = had; i < keys_count(k); i++)
		tell(keys_at(k, i));
	if (error == 0 && made == 0)
		puts("nothing was missing");
	keys_close(k);
	return error == 0 ? 0 : failed(error, "new --all");
}

static int
purpose_of(const struct options *o, enum key_purpose *out)
{
	const char *name = o->operand_count > 1 ? o->operands[1] : NULL;

	if (!name)
		return usage(
			"keys", "say for what: a purpose (vidimus keys --help), or --all", NULL);
	if (!purpose_named(span_of(name), out))
		return usage("keys", "there is no purpose", name);
	return 0;
}

static int
make_one(struct session *s, const struct key_request *request, bool successor)
{
	struct keys *k;
	int r = ring_open(s, RING_CHANGE, &k);

	if (r != 0)
		return r;
	bool there = keys_active(k, request->purpose, s->now) != NULL;
	if (there != successor) {
		fprintf(stderr,
			there ? "vidimus keys: %s has a key: `vidimus keys rotate %s`\n"
			      : "vidimus keys: %s has no key to succeed: `vidimus keys new %s`\n",
			purpose_name(request->purpose), purpose_name(request->purpose));
		r = EXIT_REJECTED;
	} else {
		r = make(k, request);
	}
	keys_close(k);
	return r;
}

int
keys_verb_new(struct session *s, const struct options *o)
{
	struct key_request request = { .now = s->now, .from = s->now };
	int r;

	if (option_value(o, "--in"))
		return usage("keys", "a new key signs at once; --in is for rotate", NULL);
	if (option_value(o, "--all"))
		return o->operand_count > 1
			       ? usage("keys", "--all or one purpose, not also", o->operands[1])
			       : make_all(s);
	if ((r = purpose_of(o, &request.purpose)) != 0 || (r = read_request(o, &request)) != 0)
		return r;
	return make_one(s, &request, false);
}

static int
rotate_all(struct session *s, const struct key_request *like)
{
	struct keys *k;
	int r = ring_open(s, RING_CHANGE, &k);

	if (r != 0)
		return r;
	/* authorities have their own pace, and so has what verifiers pin */
	for (enum key_purpose p = 0; r == 0 && p < PURPOSE_LIST; p++) {
		struct key_request request = *like;
		request.purpose = p;
		if (keys_active(k, p, s->now))
			r = make(k, &request);
	}
	keys_close(k);
	return r;
}

int
keys_verb_rotate(struct session *s, const struct options *o)
{
	const char *in = option_value(o, "--in");
	struct key_request request = { .now = s->now };
	int64_t wait = OVERLAP;
	int r;

	if (in && !keys_span_argument(in, &wait))
		return usage("keys", "this is no time (7d, 12h, 0):", in);
	request.from = s->now + wait;
	if (!option_value(o, "--all") && (r = purpose_of(o, &request.purpose)) != 0)
		return r;
	if ((r = read_request(o, &request)) != 0)
		return r;
	return option_value(o, "--all") ? rotate_all(s, &request) : make_one(s, &request, true);
}

int
keys_verb_retire(struct session *s, const struct options *o)
{
	bool withdraw = option_value(o, "--withdraw") != NULL;
	struct span name = span_of(o->operands[1]);
	struct keys *k;
	int r = ring_open(s, RING_CHANGE, &k);

	if (r != 0)
		return r;
	int error = keys_retire(k, name, s->now, withdraw);
	if (error == -ENOENT)
		fprintf(stderr, "vidimus keys: there is no key %s (`vidimus keys list`)\n",
			o->operands[1]);
	else if (error != 0)
		failed(error, o->operands[1]);
	else
		printf("%s signs no more%s\n", o->operands[1],
			withdraw ? ", and is published no more" : "");
	if (error == 0 && !keys_active(k, keys_named(k, name)->purpose, s->now))
		printf("nothing signs for %s now: `vidimus keys new %s`\n",
			purpose_name(keys_named(k, name)->purpose),
			purpose_name(keys_named(k, name)->purpose));
	keys_close(k);
	return error == 0 ? 0 : EXIT_REJECTED;
}
