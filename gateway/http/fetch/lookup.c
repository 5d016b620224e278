/* lookup.c - resolvers that block, each on a detached thread; a name that hangs costs that thread and nothing else.
 *
 * Threads and fetcher meet in one counted object: a thread that comes back after the
 * fetcher has gone finds nobody to wake, and the last one out frees it.
 */
#include "gateway/http/fetch/lookup.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "trust/net/url.h"

enum { STACK = 256 * 1024 };

struct lookups {
	pthread_mutex_t lock;
	void (*wake)(void *); /* NULL: the fetcher has gone */
	void *wake_arg;
	fetch_resolve *resolve;
	void *arg;
	size_t under_way, max;
	unsigned refs;
};

struct lookup {
	struct lookups *all;
	atomic_bool done;
	unsigned refs; /* under all->lock: the flight's, the thread's */
	int result;
	size_t count;
	struct address addresses[FETCH_ADDRESSES];
	char host[URL_HOST_BYTES + 1];
};

int
lookups_new(size_t max, fetch_resolve *resolve, void *arg, void (*wake)(void *), void *wake_arg,
	struct lookups **out)
{
	struct lookups *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	*l = (struct lookups){ .wake = wake,
		.wake_arg = wake_arg,
		.resolve = resolve ? resolve : lookup_system,
		.arg = arg,
		.max = max,
		.refs = 1 };
	pthread_mutex_init(&l->lock, NULL);
	*out = l;
	return 0;
}

/* Called with the lock, which it gives back. */
static void
release(struct lookups *l)
{
	bool last = --l->refs == 0;

	pthread_mutex_unlock(&l->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void
lookups_close(struct lookups *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->wake = NULL;
	release(l);
}

static void *
run(void *arg)
{
	struct lookup *one = arg;
	struct lookups *l = one->all;
	size_t count = 0;
	int r = l->resolve(l->arg, one->host, one->addresses, FETCH_ADDRESSES, &count);

	one->result = r == 0 && (count == 0 || count > FETCH_ADDRESSES) ? -EAGAIN : r;
	one->count = count;
	pthread_mutex_lock(&l->lock);
	atomic_store_explicit(&one->done, true, memory_order_release);
	l->under_way--;
	if (l->wake)
		l->wake(l->wake_arg);
	if (--one->refs == 0)
		free(one);
	release(l);
	return NULL;
}

static int
start_thread(struct lookup *one)
{
	pthread_attr_t attr;
	pthread_t thread;
	int r = pthread_attr_init(&attr);

	if (r != 0)
		return -r;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	r = pthread_create(&thread, &attr, run, one);
	pthread_attr_destroy(&attr);
	return -r;
}

int
lookup_start(struct lookups *l, const char *host, struct lookup **out)
{
	struct lookup *one;
	bool full;

	pthread_mutex_lock(&l->lock);
	full = l->under_way >= l->max;
	if (!full) {
		l->under_way++;
		l->refs++;
	}
	pthread_mutex_unlock(&l->lock);
	if (full)
		return -EAGAIN;
	one = calloc(1, sizeof(*one));
	if (one) {
		one->all = l;
		one->refs = 2;
		snprintf(one->host, sizeof(one->host), "%s", host);
	}
	if (one && start_thread(one) == 0) {
		*out = one;
		return 0;
	}
	int r = one ? -EAGAIN : -ENOMEM;
	free(one);
	pthread_mutex_lock(&l->lock);
	l->under_way--;
	release(l);
	return r;
}

bool
lookup_done(const struct lookup *l)
{
	return atomic_load_explicit(&l->done, memory_order_acquire);
}

int
lookup_result(const struct lookup *l, const struct address **addresses, size_t *count)
{
	*addresses = l->addresses;
	*count = l->count;
	return l->result;
}

void
lookup_drop(struct lookup *one)
{
	struct lookups *l = one ? one->all : NULL;
	bool last;

	if (!one)
		return;
	/* the thread may be the last to leave: until it has, it keeps l alive */
	pthread_mutex_lock(&l->lock);
	last = --one->refs == 0;
	pthread_mutex_unlock(&l->lock);
	if (last)
		free(one);
}

/* --- the system's resolver --- */

static int
error_of(int gai)
{
	if (gai == EAI_NONAME)
		return -ENOENT;
#ifdef EAI_NODATA
	if (gai == EAI_NODATA)
		return -ENOENT;
#endif
	return gai == EAI_MEMORY ? -ENOMEM : -EAGAIN;
}

bool
lookup_address(const struct sockaddr *sa, struct address *out)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)sa;
		out->len = 4;
		memcpy(out->bytes, &four->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)sa;
		out->len = 16;
		memcpy(out->bytes, &six->sin6_addr, 16);
	} else {
		return false;
	}
	return true;
}

int
lookup_system(void *arg, const char *host, struct address *out, size_t max, size_t *count)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char name[URL_HOST_BYTES + 2];
	size_t n = 0;
	int r;

	(void)arg;
	/* the dot says that the name is whole: no domain of ours is put behind it */
	snprintf(name, sizeof(name), "%s.", host);
	r = getaddrinfo(name, NULL, &hints, &found);
	if (r != 0)
		return error_of(r);
	for (const struct addrinfo *a = found; a && r == 0; a = a->ai_next) {
		struct address one = { { 0 }, 0 };
		if (!lookup_address(a->ai_addr, &one))
			continue;
		if (n < max)
			out[n++] = one;
		else
			r = -E2BIG;
	}
	freeaddrinfo(found);
	if (r == 0)
		*count = n;
	return r;
}
