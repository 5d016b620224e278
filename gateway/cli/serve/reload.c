/* reload.c - the lists of a running gateway.
 *
 * Each list stands for itself: one that can't be read, is at fault or states an
 * earlier time of issue than the one in use is left out of the new snapshot, and its
 * last good bytes count in its place.  A failed refresh never takes trust away, and
 * a bad list never holds up the others.
 */
#include "codecs/base/date.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "gateway/cli/serve/serve.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { LIST_MEMORY = 512 << 20, BUILD_MEMORY = 1 << 30 };

struct list {
	struct arena *arena; /* of what the input points to; NULL: no good one was ever read */
	struct trust_input input;
	bool kept; /* borrowed from the lists in use */
};

struct lists {
	const struct session *session;
	struct trust *trust;
	size_t count;
	struct list *in_use;
	atomic_bool *refused; /* when last read */
};

static void
drop(struct list *list, size_t count)
{
	for (size_t i = 0; list && i < count; i++)
		if (!list[i].kept)
			arena_free(list[i].arena);
	free(list);
}

/* One line of the server's log; source NULL: of all of them. */
static void
tell(const struct lists *l, const char *event, const struct trust_source_info *source,
	const char *why)
{
	struct arena *a = l->session->config.log >= LOG_WARN ? arena_new(65536) : NULL;
	struct buf b = buf_in(a, 16384);

	if (!a)
		return;
	buf_str(&b, "{\"time\":\"");
	time_format(&b, clock_now());
	buf_str(&b, "\",\"level\":\"warn\",\"event\":");
	buf_json(&b, span_of(event));
	buf_str(&b, ",\"why\":");
	buf_json(&b, span_of(why));
	if (source) {
		buf_str(&b, ",\"source\":");
		buf_json(&b, source->name);
	}
	if (source && source->fault_file.len > 0) {
		buf_str(&b, ",\"file\":");
		buf_json(&b, source->fault_file);
	}
	buf_str(&b, "}\n");
	struct span line = buf_span(&b);
	if (line.ptr && write(STDERR_FILENO, line.ptr, line.len) < 0)
		b.error = errno; /* nobody is left to tell */
	arena_free(a);
}

static int
load_all(const struct lists *l, struct list *fresh)
{
	const struct config *c = &l->session->config;
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->count; i++) {
		fresh[i].arena = arena_new(LIST_MEMORY);
		r = fresh[i].arena ? load_source(fresh[i].arena, &c->sources[i],
					     l->session->config_path, &fresh[i].input)
				   : -ENOMEM;
	}
	return r;
}

static int
build(const struct lists *l, const struct list *fresh, struct trust **out)
{
	struct arena *a = arena_new(BUILD_MEMORY);
	struct kit *kit = kit_new();
	struct trust_input *in = a ? ARENA_ARRAY(a, l->count + 1, struct trust_input) : NULL;
	struct report report;
	struct work w = { a, &report, &l->session->config.limits, kit, clock_now() };
	int r = -ENOMEM;

	for (size_t i = 0; in && i < l->count; i++)
		in[i] = fresh[i].input;
	if (in && kit) {
		report_begin(&report, a);
		r = trust_build(&w, in, l->count, out);
	}
	kit_free(kit);
	arena_free(a);
	return r;
}

/* Puts what is in use in the place of every list that is no better.  How many stay. */
static size_t
keep(const struct lists *l, struct list *fresh, const struct trust *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct trust_source_info *s = trust_source_at(t, i);
		bool older = !s->fault && l->trust && trust_older(s, trust_source_at(l->trust, i));
		const char *why = older ? "it is older than the one in use" : s->fault;
		bool good = l->in_use && l->in_use[i].arena;
		atomic_store(&l->refused[i], why != NULL);
		if (why)
			tell(l, good ? "list_kept" : "list_unusable", s, why);
		if (!why || !good)
			continue;
		arena_free(fresh[i].arena);
		fresh[i] = l->in_use[i];
		fresh[i].kept = true;
		kept++;
	}
	return kept;
}

/* From now on these are the lists in use; those at fault are forgotten. */
static void
take(struct lists *l, struct list *fresh, struct trust *t)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->in_use && !fresh[i].kept)
			arena_free(l->in_use[i].arena);
		if (trust_source_at(t, i)->fault && !fresh[i].kept) {
			arena_free(fresh[i].arena);
			fresh[i].arena = NULL;
		}
		fresh[i].kept = false;
	}
	free(l->in_use);
	trust_unref(l->trust);
	l->in_use = fresh;
	l->trust = t;
}

/* 0, -EAGAIN when nothing could be taken, or -ENOMEM. */
static int
refresh(struct lists *l)
{
	struct list *fresh = calloc(l->count + 1, sizeof(*fresh));
	struct trust *t = NULL;
	int r = fresh ? load_all(l, fresh) : -ENOMEM;

	if (r == 0)
		r = build(l, fresh, &t);
	size_t kept = r == 0 ? keep(l, fresh, t) : 0;
	if (kept > 0) {
		trust_unref(t);
		t = NULL;
		r = kept == l->count ? -EAGAIN : build(l, fresh, &t);
	}
	if (r == 0)
		take(l, fresh, t);
	else
		drop(fresh, l->count);
	return r;
}

int
lists_open(const struct session *s, struct lists **out)
{
	struct lists *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return -ENOMEM;
	*l = (struct lists){ .session = s, .count = s->config.source_count };
	l->refused = calloc(l->count + 1, sizeof(*l->refused));
	r = l->refused ? refresh(l) : -ENOMEM;
	if (r == 0)
		*out = l;
	else
		lists_close(l);
	return r;
}

void
lists_close(struct lists *l)
{
	if (!l)
		return;
	drop(l->in_use, l->count);
	trust_unref(l->trust);
	free(l->refused);
	free(l);
}

struct trust *
lists_trust(const struct lists *l)
{
	return l->trust;
}

bool
lists_refused(void *lists, size_t source)
{
	const struct lists *l = lists;

	return source < l->count && atomic_load(&l->refused[source]);
}

struct trust *
lists_reload(void *lists)
{
	struct lists *l = lists;

	int r = refresh(l);

	if (r != 0 && r != -EAGAIN)
		tell(l, "list_kept", NULL, "there is no memory to read the lists again");
	return r == 0 ? trust_ref(l->trust) : NULL;
}
