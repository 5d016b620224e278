/* http_probe.c - starts the real server with an empty trust snapshot, and speaks to it in raw bytes.
 *
 * Requests come from several addresses of the loopback net, so that thousands of
 * short connections do not use up one address' ports.
 */
#include "conformance/adapters/http_probe.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "gateway/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWERS = 32768, PAUSE_NS = 20000, PATIENCE_MS = 1000, ADDRESSES = 32 };

struct probe {
	struct config config;
	struct server *server;
	struct trust *trust;
	unsigned turn;
	char answers[ANSWERS];
};

static void
configure(struct config *c)
{
	c->http = (struct config_http){
		.listen = { SPAN_LIT("127.0.0.1"), 0 },
		.loops = 1,
		.workers = 1,
		.queue = 64,
		.line = 4096,
		.head = 16384,
		.field = 8192,
		.fields = 100,
		.body = 65536,
		.body_document = 65536,
		.body_batch = 65536,
		.head_timeout = 3,
		.body_timeout = 3,
		.write_timeout = 3,
		.idle_timeout = 3,
		.stop_timeout = 1,
		.requests = 1000,
		.connections = 1000,
		.connections_per_address = 1000,
	};
	c->limits = limits_default;
	c->log = LOG_ERROR;
}

int
probe_open(struct suite *s, struct probe **out)
{
	struct probe *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	configure(&p->config);
	r = trust_build(suite_work(s), NULL, 0, &p->trust);
	if (r == 0) {
		const struct server_setup setup = {
			.config = &p->config, .trust = p->trust, .no_signals = true
		};
		r = server_new(&setup, &p->server);
	}
	if (r == 0)
		r = server_start(p->server);
	if (r != 0)
		probe_close(p);
	else
		*out = p;
	return r;
}

void
probe_close(struct probe *p)
{
	server_free(p->server);
	trust_unref(p->trust);
	free(p);
}

static int
dial(struct probe *p, int *out)
{
	const int one = 1;
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server_port(p->server)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + p->turn++ % ADDRESSES);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
		connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0) {
		*out = fd;
		return 0;
	}
	int r = -errno;
	close(fd);
	return r;
}

/* A peer that has closed in the meantime is no error here: its answer says why. */
static void
write_cut(int fd, struct span bytes, size_t cut)
{
	const struct timespec pause = { 0, PAUSE_NS };
	size_t at = 0;

	while (at < bytes.len) {
		size_t len = bytes.len - at;
		if (cut == PROBE_BYTES)
			len = 1;
		else if (at < cut)
			len = cut - at < len ? cut - at : len;
		ssize_t n = send(fd, bytes.ptr + at, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += (size_t)n;
		if (cut != 0)
			nanosleep(&pause, NULL);
	}
}

/* Reads to the end; *closed: it came without our half being ended. */
static size_t
listen_to(struct probe *p, int fd, bool wait, bool *closed)
{
	size_t len = 0;
	ssize_t n = 1;

	*closed = wait;
	if (!wait)
		shutdown(fd, SHUT_WR);
	while (n > 0 && len < ANSWERS - 1) {
		struct pollfd ready = { fd, POLLIN, 0 };
		if (poll(&ready, 1, PATIENCE_MS) == 0) {
			if (!*closed)
				break;
			*closed = false;
			shutdown(fd, SHUT_WR);
			continue;
		}
		n = recv(fd, p->answers + len, ANSWERS - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
	}
	p->answers[len] = '\0';
	return len;
}

static bool
is_refusal(int status)
{
	static const int refusals[] = { 400, 408, 411, 413, 414, 417, 431, 501, 505 };

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i] == status)
			return true;
	return false;
}

/* Our own answers are read leniently: each has a Content-Length. */
static void
count_answers(const char *text, struct heard *h)
{
	int status;

	h->refused_last = true;
	while (sscanf(text, "HTTP/1.1 %d ", &status) == 1) {
		const char *end = strstr(text, "\r\n\r\n"),
			   *length = strstr(text, "Content-Length: ");
		size_t len = length && end && length < end ? strtoul(length + 16, NULL, 10) : 0;
		if (h->refused > 0)
			h->refused_last = false;
		if (is_refusal(status))
			h->refused++;
		else
			h->accepted++;
		if (!end || strlen(end + 4) < len)
			break;
		text = end + 4 + len;
	}
}

int
probe_send(struct probe *p, struct span bytes, size_t cut, bool wait, struct heard *out)
{
	int fd = -1, r = dial(p, &fd);

	if (r != 0)
		return r;
	*out = (struct heard){ 0 };
	write_cut(fd, bytes, cut);
	listen_to(p, fd, wait, &out->closed);
	count_answers(p->answers, out);
	close(fd);
	return 0;
}

int
probe_handled(struct probe *p, long long *out)
{
	static const char name[] = "\nvidimus_requests_handled_total ";
	struct heard h;
	int r = probe_send(p,
		SPAN_LIT("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 0, true,
		&h);
	const char *at = r == 0 ? strstr(p->answers, name) : NULL;

	if (r != 0)
		return r;
	if (!at)
		return -EPROTO;
	*out = strtoll(at + sizeof(name) - 1, NULL, 10) - 1;
	return 0;
}

int
probe_row(struct work *w, struct span line, const struct node **row, struct span *raw)
{
	size_t bad;
	int r = node_from_json(w, line, "corpus", row);

	if (r == 0)
		r = base64_decode(w->arena, node_text(node_get(*row, "raw_b64")), false, raw, &bad);
	return r == 0 && !raw->ptr ? -EPROTO : r;
}

bool
probe_has_host(struct span raw)
{
	struct span line;

	while (span_split(&raw, '\n', &line))
		if (line.len >= 5 && strncasecmp((const char *)line.ptr, "host:", 5) == 0)
			return true;
	return false;
}

struct span
probe_insert(struct work *w, struct span raw, const char *text)
{
	struct buf b = buf_in(w->arena, raw.len + 256);
	size_t end = span_find(raw, '\n') + 1;

	buf_add(&b, span_slice(raw, 0, end));
	buf_str(&b, text);
	buf_add(&b, span_from(raw, end));
	return buf_span(&b);
}
