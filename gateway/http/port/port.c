/* port.c - binding: each loop has a listener of its own on the shared port. */
#include "gateway/http/port/port.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

int
port_resolve(struct port *p, const struct config_address *a)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[64], port[16];

	*p = (struct port){ .len = 0 };
	if (a->host.len == 0)
		return 0;
	snprintf(host, sizeof(host), "%.*s", (int)a->host.len, (const char *)a->host.ptr);
	snprintf(port, sizeof(port), "%u", a->port);
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -EINVAL;
	memcpy(&p->address, found->ai_addr, found->ai_addrlen);
	p->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

bool
port_is_wanted(const struct port *p)
{
	return p->len > 0;
}

/* shared: together with the other loops' listeners. */
static int
bind_socket(const struct port *p, bool shared, int *out)
{
	const int one = 1;
	int fd = socket(p->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
		(!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) == 0) &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
		bind(fd, (const struct sockaddr *)&p->address, p->len) == 0 &&
		(!shared || listen(fd, BACKLOG) == 0)) {
		*out = fd;
		return 0;
	}
	int r = -errno;
	close(fd);
	return r;
}

/* A shared port would be shared with a stranger of the same user, too: so it must be free at first. */
int
port_probe(const struct port *p)
{
	int fd, r = p->len > 0 ? bind_socket(p, false, &fd) : 0;

	if (r == 0 && p->len > 0)
		close(fd);
	return r;
}

int
port_listen(struct port *p, int *out)
{
	int fd, r = p->len > 0 ? bind_socket(p, true, &fd) : 0;

	if (r != 0 || p->len == 0)
		return r;
	/* where port 0 was asked for, the next listener binds what this one got */
	p->len = sizeof(p->address);
	if (getsockname(fd, (struct sockaddr *)&p->address, &p->len) != 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*out = fd;
	return 0;
}

unsigned
port_number(const struct port *p)
{
	if (p->len == 0)
		return 0;
	if (p->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)(const void *)&p->address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)(const void *)&p->address)->sin_port);
}
