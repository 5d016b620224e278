/* ask.c - a signature or a certificate asked of the signer's process: a free channel, a message, its answer.
 *
 * What a signer had read when it ended is lost with it: the same is asked again, and whoever comes after it answers.
 */
#include "codecs/base/arena.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/process/process_impl.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { HELLOS = 10 };

static unsigned
take(struct signer_process *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->free_count == 0)
		pthread_cond_wait(&p->freed, &p->lock);
	unsigned at = p->free[--p->free_count];
	pthread_mutex_unlock(&p->lock);
	return at;
}

static void
give(struct signer_process *p, unsigned at)
{
	pthread_mutex_lock(&p->lock);
	p->free[p->free_count++] = at;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

static int
tell(const struct signer_channel *c, struct wire_request *q, struct span bytes)
{
	struct iovec parts[] = { { q, sizeof(*q) }, { (void *)(uintptr_t)bytes.ptr, bytes.len } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = bytes.len > 0 ? 2 : 1 };
	ssize_t n;

	do
		n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)(sizeof(*q) + bytes.len) ? 0 : -EAGAIN;
}

/* Answers to requests that were given up are read and dropped.  -EINPROGRESS: none yet. */
static int
hear(const struct signer_channel *c, uint8_t *in, size_t *len)
{
	struct wire_answer a;

	for (;;) {
		ssize_t n = recv(c->fd, in, WIRE_ANSWER_MAX, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return -EINPROGRESS;
		if (n < (ssize_t)sizeof(a))
			return -EAGAIN; /* nobody is there */
		memcpy(&a, in, sizeof(a));
		*len = (size_t)n - sizeof(a);
		if (a.id == c->id)
			return a.error <= 0 ? a.error : -EIO;
	}
}

static int
ask(struct signer_process *p, struct wire_request *q, struct span bytes, uint8_t *in, size_t *len)
{
	unsigned at = take(p);
	struct signer_channel *c = &p->channels[at];
	int r = -EINPROGRESS;

	for (int waited = 0; r == -EINPROGRESS && waited < p->timeout; waited += SIGNER_PATIENCE) {
		q->id = ++c->id;
		r = tell(c, q, bytes);
		if (r == 0)
			r = hear(c, in, len);
	}
	give(p, at);
	return r == -EINPROGRESS ? -EAGAIN : r;
}

static int
ask_of(struct signer_process *p, enum wire_kind kind, const struct own_key *key, struct arena *a,
	struct span bytes, struct span *out)
{
	struct wire_request q = {
		.kind = kind, .purpose = (uint32_t)key->purpose, .name_len = (uint32_t)key->name.len
	};
	uint8_t in[WIRE_ANSWER_MAX];
	size_t len = 0;
	int r = bytes.len <= KEYS_SIGNED_MAX ? 0 : -EPERM;

	memcpy(q.name, key->name.ptr, key->name.len);
	if (r == 0)
		r = ask(p, &q, bytes, in, &len);
	if (r != 0)
		return r;
	struct span content = arena_copy(a, (struct span){ &in[sizeof(struct wire_answer)], len });
	if (!content.ptr)
		return arena_error(a);
	*out = content;
	return 0;
}

int
signer_ask(struct signer_process *p, const struct own_key *key, struct arena *a, struct span bytes,
	struct span *out)
{
	return ask_of(p, WIRE_SIGN, key, a, bytes, out);
}

int
signer_ask_certificate(struct signer_process *p, const struct own_key *key, int64_t until,
	struct arena *a, struct span *der)
{
	struct span end = { (const uint8_t *)&until, sizeof(until) };

	return ask_of(p, WIRE_CERTIFY, key, a, end, der);
}

int
signer_reload(struct signer_process *p)
{
	struct wire_request q = { .kind = WIRE_RELOAD };
	uint8_t in[WIRE_ANSWER_MAX];
	size_t len = 0;
	int r = ask(p, &q, SPAN_NONE, in, &len);

	if (r != 0)
		return r;
	/* the next one answers when it has read everything */
	q.kind = WIRE_HELLO;
	r = -EAGAIN;
	for (int tries = 0; r == -EAGAIN && tries < HELLOS; tries++)
		r = ask(p, &q, SPAN_NONE, in, &len);
	return r;
}

void
keys_attach(struct keys *k, struct signer_process *p)
{
	k->process = p;
}
