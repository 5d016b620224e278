/* serve.c - the signer: a thread a channel, each reading a request whole, judging it, and answering. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/process/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MEMORY = 1 << 20 };

struct house {
	const struct signer_setup *setup;
	struct keys *keys;
	pthread_rwlock_t at_work; /* held for reading while a signature is made */
};

struct desk_of_one {
	struct house *house;
	int fd;
	struct arena *arena;
	struct kit *kit;
	uint8_t *in;
};

static const struct own_entry *
entry_for(const struct house *h, const struct wire_request *q)
{
	const struct own_key *o;

	if (q->name_len > sizeof(q->name))
		return NULL;
	o = keys_named(h->keys, (struct span){ (const uint8_t *)q->name, q->name_len });
	if (!o || (uint32_t)o->purpose != q->purpose || purpose_is_authority(o->purpose) ||
		own_key_state(o, h->setup->clock()) != OWN_ACTIVE)
		return NULL;
	return own_entry_of(o);
}

static int
sign(struct desk_of_one *d, const struct wire_request *q, struct span bytes, struct span *out)
{
	const struct own_entry *e = entry_for(d->house, q);

	if (!e || !e->raw.sign)
		return -EPERM;
	return own_entry_sign(e, d->kit, d->arena, bytes, out);
}

/* Nothing of the certificate but its end is the asker's. */
static int
certify(struct desk_of_one *d, const struct wire_request *q, struct span bytes, struct span *out)
{
	const struct own_entry *e = entry_for(d->house, q);
	struct certify_order o = { .now = d->house->setup->clock() };

	if (!e || bytes.len != sizeof(o.until))
		return -EPERM;
	memcpy(&o.until, bytes.ptr, sizeof(o.until));
	return own_entry_certify(e, &o, d->kit, d->arena, out);
}

static bool
answer(struct desk_of_one *d, uint32_t id, int error, struct span content)
{
	uint8_t out[WIRE_ANSWER_MAX];
	struct wire_answer a = { id, error };

	if (error == 0 && content.len > KEYS_CERTIFICATE_MAX)
		a.error = -EIO;
	if (a.error != 0)
		content = SPAN_NONE;
	memcpy(out, &a, sizeof(a));
	if (content.len > 0)
		memcpy(&out[sizeof(a)], content.ptr, content.len);
	return send(d->fd, out, sizeof(a) + content.len, MSG_NOSIGNAL) > 0;
}

static bool
one(struct desk_of_one *d)
{
	struct wire_request q;
	struct span content = SPAN_NONE;
	ssize_t n = recv(d->fd, d->in, WIRE_REQUEST_MAX, 0);
	int r;

	if (n < 0 && errno == EINTR)
		return true;
	if (n < (ssize_t)sizeof(q))
		return n > 0; /* nobody sends less; 0: the gateway is gone */
	memcpy(&q, d->in, sizeof(q));
	if (q.kind == WIRE_RELOAD) {
		pthread_rwlock_wrlock(&d->house->at_work); /* all others have answered */
		answer(d, q.id, 0, SPAN_NONE);
		_exit(SIGNER_RELOAD);
	}
	pthread_rwlock_rdlock(&d->house->at_work);
	struct span bytes = { d->in + sizeof(q), (size_t)n - sizeof(q) };
	r = q.kind == WIRE_HELLO ? 0 : -EINVAL;
	if (q.kind == WIRE_SIGN)
		r = sign(d, &q, bytes, &content);
	else if (q.kind == WIRE_CERTIFY)
		r = certify(d, &q, bytes, &content);
	bool sent = answer(d, q.id, r, content);
	pthread_rwlock_unlock(&d->house->at_work);
	arena_reset(d->arena);
	return sent;
}

/* Ends with the gateway. */
static void *
channel(void *arg)
{
	while (one(arg))
		;
	_exit(0);
}

static int
prepare(struct house *h, struct desk_of_one *desks, const int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		desks[i] = (struct desk_of_one){ h, fds[i], arena_new(MEMORY), kit_new(),
			malloc(WIRE_REQUEST_MAX) };
		if (!desks[i].arena || !desks[i].kit || !desks[i].in)
			return -ENOMEM;
	}
	return 0;
}

static int
start_threads(struct desk_of_one *desks, unsigned count)
{
	pthread_t thread;
	int r = 0;

	for (unsigned i = 1; r == 0 && i < count; i++)
		r = -pthread_create(&thread, NULL, channel, &desks[i]);
	return r;
}

static bool
has_tokens(const struct keys *k)
{
	const struct own_key *o;

	for (size_t i = 0; (o = keys_at(k, i)) != NULL; i++)
		if (o->token)
			return true;
	return false;
}

static int
begin(struct house *h, struct desk_of_one *desks, const int *fds, unsigned count)
{
	int r = sandbox_hide();

	if (r == 0)
		r = h->setup->open(h->setup->arg, &h->keys);
	if (r == 0)
		r = keys_unlock(h->keys, h->setup->clock());
	if (r == 0)
		r = keys_quicken(h->keys, h->setup->clock());
	if (r == 0)
		keys_forget(h->keys);
	if (r == 0)
		r = -pthread_rwlock_init(&h->at_work, NULL);
	if (r == 0)
		r = prepare(h, desks, fds, count);
	if (r == 0)
		r = start_threads(desks, count);
	return r ? r : sandbox_enter(has_tokens(h->keys));
}

/* What is left of the gateway's files is none of ours. */
static void
forget_files(const int *fds, unsigned count, int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		close(null);
	}
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) {
		bool ours = fd == ready;
		for (unsigned i = 0; i < count; i++)
			ours = ours || fd == fds[i];
		if (!ours)
			close(fd);
	}
}

int
signer_serve(const struct signer_setup *s, const int *fds, unsigned count, int ready)
{
	struct desk_of_one desks[SIGNER_CHANNELS];
	struct house house = { .setup = s };
	int32_t r;

	forget_files(fds, count, ready);
	r = begin(&house, desks, fds, count);
	if (write(ready, &r, sizeof(r)) != sizeof(r) || r != 0)
		return 1;
	close(ready);
	channel(&desks[0]);
	return 0;
}
