/* ask.c - what callers ask for, as jobs: checked, copied, handed to the store's thread. */
#include "gateway/store/store_impl.h"

#include <errno.h>
#include <stdlib.h>

static struct job *
job_new(enum job_kind kind, store_done *done, void *arg)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->kind = kind;
	j->done = done;
	j->arg = arg;
	j->record.list = j->record.index = -1;
	return j;
}

static int
submit(struct store *s, struct job *j)
{
	int r = store_submit(s, j);

	if (r != 0) {
		free(j->block);
		free(j);
	}
	return r;
}

int
store_source_hash(const struct store *s, struct span source, uint8_t out[STORE_HASH])
{
	return secret_hash(s->secret, source, out);
}

/* A copy in the job's own bytes. */
static struct span
keep(struct job *j, size_t *used, struct span s)
{
	struct span copy = { &j->bytes[*used], s.len };

	if (s.len > 0)
		memcpy(&j->bytes[*used], s.ptr, s.len);
	*used += s.len;
	return copy;
}

static bool
is_scheme(const char *scheme)
{
	size_t n = scheme ? strnlen(scheme, STORE_SCHEME + 1) : 0;

	return n > 0 && n <= STORE_SCHEME;
}

static bool
is_place(int64_t list, int64_t index)
{
	return (list == -1 && index == -1) || (list > 0 && index >= 0 && index < STORE_LIST_BITS);
}

int
store_append(struct store *s, const struct issued *i, store_done *done, void *arg)
{
	size_t used = 0;
	struct job *j;

	if (!is_scheme(i->source_scheme) || !is_scheme(i->scheme) || i->kid.len > STORE_KID ||
		!is_place(i->status_list, i->status_index))
		return -EINVAL;
	j = job_new(JOB_APPEND, done, arg);
	if (!j)
		return -ENOMEM;
	j->record.kind = RECORD_ISSUED;
	memcpy(j->record.id, i->id, STORE_ID);
	memcpy(j->record.source, i->source, STORE_HASH);
	j->record.at = i->at;
	j->record.until = i->until;
	j->record.list = i->status_list;
	j->record.index = i->status_index;
	j->record.source_scheme = keep(j, &used, span_of(i->source_scheme));
	j->record.scheme = keep(j, &used, span_of(i->scheme));
	j->record.kid = keep(j, &used, i->kid);
	return submit(s, j);
}

int
store_revoke(struct store *s, const uint8_t id[STORE_ID], unsigned reason, int64_t at,
	store_done *done, void *arg)
{
	struct job *j = reason <= UINT8_MAX ? job_new(JOB_REVOKE, done, arg) : NULL;

	if (!j)
		return reason <= UINT8_MAX ? -ENOMEM : -EINVAL;
	j->record.kind = RECORD_REVOKED;
	memcpy(j->record.id, id, STORE_ID);
	j->record.reason = reason;
	j->record.at = at;
	return submit(s, j);
}

int
store_find(struct store *s, const uint8_t id[STORE_ID], struct store_found *out, store_done *done,
	void *arg)
{
	struct job *j = job_new(JOB_FIND, done, arg);

	if (!j)
		return -ENOMEM;
	memcpy(j->record.id, id, STORE_ID);
	j->found = out;
	return submit(s, j);
}

int
store_forget(struct store *s, int64_t before, store_done *done, void *arg)
{
	struct job *j = job_new(JOB_FORGET, done, arg);

	if (!j)
		return -ENOMEM;
	j->record.kind = RECORD_FORGOT;
	j->record.until = before;
	return submit(s, j);
}

int
store_lease(struct store *s, struct span family, size_t count, struct store_lease *out,
	store_done *done, void *arg)
{
	struct job *j;

	if (family.len == 0 || family.len > STORE_FAMILY ||
		(out && (count == 0 || count > STORE_LIST_BITS)))
		return -EINVAL;
	if (!out && hand_know(s->log.hand, family) != 0)
		return -ENOMEM;
	j = job_new(JOB_LEASE, done, arg);
	if (!j)
		return -ENOMEM;
	memcpy(j->family, family.ptr, family.len);
	j->family_len = family.len;
	j->lease_out = out;
	j->lease_count = count;
	if (!out && !(j->block = calloc(1, sizeof(*j->block)))) {
		free(j);
		return -ENOMEM;
	}
	return submit(s, j);
}

int
store_index(struct store *s, struct span family, struct store_place *out)
{
	bool low;
	int r = hand_take(s->log.hand, family, out, &low);

	if (low && store_lease(s, family, 0, NULL, NULL, NULL) != 0)
		hand_low(s->log.hand, family);
	return r;
}

void
store_wait_begin(struct store_wait *w)
{
	*w = (struct store_wait){ .done = false };
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->over, NULL);
}

void
store_wait_done(void *wait, int result)
{
	struct store_wait *w = wait;

	pthread_mutex_lock(&w->lock);
	w->done = true;
	w->result = result;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->lock);
}

int
store_wait_end(struct store_wait *w, int submitted)
{
	int r = submitted;

	if (r == 0) {
		pthread_mutex_lock(&w->lock);
		while (!w->done)
			pthread_cond_wait(&w->over, &w->lock);
		r = w->result;
		pthread_mutex_unlock(&w->lock);
	}
	pthread_cond_destroy(&w->over);
	pthread_mutex_destroy(&w->lock);
	return r;
}
