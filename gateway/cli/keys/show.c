/* show.c - keys as a table or as JSON, and what is published of them as files. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/cli/keys/ring.h"
#include "gateway/cli/keys/verbs.h"
#include "gateway/keys/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096, SOON = 14 * 86400, ANSWER_MAX = 16 << 20 };

static bool
kid_is_text(const struct own_key *o)
{
	return o->cert.len == 0 || o->purpose == PURPOSE_SHC;
}

static void
write_kid(struct buf *b, const struct own_key *o)
{
	if (kid_is_text(o))
		buf_add(b, o->kid);
	else
		base64_encode(b, o->kid);
}

static void
print_key(struct session *s, const struct own_key *o)
{
	struct buf b = buf_in(s->arena, 4096);

	time_format(&b, o->from);
	buf_str(&b, "  ");
	time_format(&b, o->until);
	buf_str(&b, "  ");
	write_kid(&b, o);
	printf("%-14.*s %-9s %-9s %s%.*s\n", (int)o->name.len, (const char *)o->name.ptr,
		own_state_name(own_key_state(o, s->now)), key_type(o->key),
		o->token ? "token  " : "file   ", (int)b.len, (const char *)b.ptr);
}

/* Past its end nothing would be signed, and nobody would have been told. */
static void
warn(const struct session *s, const struct keys *k)
{
	for (enum key_purpose p = 0; p < PURPOSE_COUNT; p++) {
		const struct own_key *now = keys_active(k, p, s->now);
		if (!now)
			printf("! nothing signs for %s: `vidimus keys new %s`\n", purpose_name(p),
				purpose_name(p));
		else if (now->until - s->now < SOON && !keys_active(k, p, now->until))
			printf("! %.*s ends within two weeks and none comes next: `vidimus keys "
			       "rotate %s`\n",
				(int)now->name.len, (const char *)now->name.ptr, purpose_name(p));
	}
}

static void
time_member(struct buf *b, const char *name, int64_t t)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":\"");
	time_format(b, t);
	buf_char(b, '"');
}

static void
write_json(struct session *s, const struct own_key *o, struct buf *b)
{
	struct buf kid = buf_in(s->arena, 4096);

	write_kid(&kid, o);
	buf_str(b, "{\"name\":");
	buf_json(b, o->name);
	buf_str(b, ",\"purpose\":");
	buf_json(b, span_of(purpose_name(o->purpose)));
	buf_str(b, ",\"state\":");
	buf_json(b, span_of(own_state_name(own_key_state(o, s->now))));
	buf_str(b, ",\"key\":");
	buf_json(b, span_of(key_type(o->key)));
	buf_str(b, ",\"kid\":");
	buf_json(b, buf_span(&kid));
	time_member(b, "from", o->from);
	time_member(b, "until", o->until);
	time_member(b, "ends", o->ends);
	buf_str(b, o->token ? ",\"token\":true}" : ",\"token\":false}");
}

int
keys_verb_list(struct session *s, const struct options *o)
{
	bool json = option_value(o, "--json") != NULL;
	struct buf b = buf_in(s->arena, ANSWER_MAX);
	struct keys *k;
	int r = ring_open(s, RING_PUBLIC, &k);

	if (r != 0)
		return r;
	buf_char(&b, '[');
	for (size_t i = 0; i < keys_count(k); i++) {
		if (!json)
			print_key(s, keys_at(k, i));
		buf_str(&b, i > 0 ? ",\n" : "");
		write_json(s, keys_at(k, i), &b);
	}
	buf_str(&b, "]\n");
	if (json)
		printf("%.*s", (int)b.len, b.error ? "" : (const char *)b.ptr);
	else
		warn(s, k);
	keys_close(k);
	return b.error ? EXIT_FAULT : 0;
}

/* --- files --- */

static int
make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int
write_file(const char *dir, const char *name, struct span text)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	int r = make_folders(path);
	FILE *f = r == 0 ? fopen(path, "wb") : NULL;
	if (!f)
		return r ? r : -errno;
	bool whole = fwrite(text.ptr, 1, text.len, f) == text.len;
	return fclose(f) == 0 && whole ? 0 : -EIO;
}

static int
publish_one(struct session *s, struct keys *k, const struct publication *p, const char *dir)
{
	struct report report;
	struct work w = session_work(s, &report);
	struct buf b = buf_in(w.arena, ANSWER_MAX);

	report_begin(&report, w.arena);
	int r = p->write(&w, k, &b);
	if (r == 0 && b.len > 0)
		r = write_file(dir, p->path, buf_span(&b));
	if (r == -ENOENT)
		printf("%s/%s: left out, nothing signs lists (`vidimus keys new list`)\n", dir,
			p->path);
	else if (r != 0)
		fprintf(stderr, "vidimus keys: %s/%s: %s\n", dir, p->path, ring_error(r));
	else if (b.len > 0)
		printf("%s/%s\n", dir, p->path);
	return r == -ENOENT ? 0 : r;
}

int
keys_verb_publish(struct session *s, const struct options *o)
{
	const char *dir = o->operand_count > 1 ? o->operands[1] : "var/published";
	const struct publication *p;
	struct keys *k;
	int r = ring_open(s, RING_SIGN, &k);

	if (r != 0)
		return r;
	for (size_t i = 0; r == 0 && (p = publication_at(i)) != NULL; i++)
		r = publish_one(s, k, p, dir);
	keys_close(k);
	return r == 0 ? 0 : EXIT_FAULT;
}
