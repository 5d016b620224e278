/* transfer.c - every option that matters for one exchange is set here, and nothing is left to the environment.
 *
 * libcurl gets the addresses that were judged and asks no resolver; the callback
 * that makes the socket is where the judgement is enforced, whatever led there.
 */
#include "gateway/http/fetch/transfer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

#include "codecs/base/span.h"
#include "gateway/http/fetch/lookup.h"
#include "gateway/http/fetch/peer.h"

#include <arpa/inet.h>

enum { TEXT = 64 };

/* --- the socket --- */

static void
divert(const struct transfer *t, const struct address *a, struct curl_sockaddr *sa)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)t->setup->divert(t->setup->arg, a)) };

	sa->family = AF_INET;
	sa->addrlen = sizeof(to);
	memcpy(&sa->addr, &to, sizeof(to));
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct transfer *t = arg;
	struct address a = { { 0 }, 0 };

	if (purpose != CURLSOCKTYPE_IPCXN || !lookup_address(&sa->addr, &a) ||
		address_special(&a)) {
		t->fault = FETCH_ADDRESS;
		return CURL_SOCKET_BAD;
	}
	if (t->setup->divert)
		divert(t, &a, sa);
	return socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
}

/* --- what arrives --- */

static size_t
stop(struct transfer *t, enum fetch_outcome fault)
{
	t->fault = fault;
	return 0; /* libcurl ends the transfer */
}

static bool
field_is(struct span line, const char *name, struct span *value)
{
	size_t colon = span_find(line, ':');

	if (colon == line.len || colon != strlen(name) ||
		strncasecmp((const char *)line.ptr, name, colon) != 0)
		return false;
	*value = span_trim(span_from(line, colon + 1));
	return true;
}

static bool
is_word(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp((const char *)s.ptr, word, s.len) == 0;
}

static size_t
take_head(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;
	struct span line = { (const uint8_t *)data, len }, value;

	t->head += len;
	if (t->head > FETCH_HEAD_MAX)
		return stop(t, FETCH_SIZE);
	if (field_is(line, "content-encoding", &value) && value.len > 0 &&
		!is_word(value, "identity"))
		return stop(t, FETCH_CODING);
	if (field_is(line, "content-type", &value))
		t->page = is_word(
			span_trim(span_slice(value, 0, span_find(value, ';'))), "text/html");
	return len;
}

static bool
room(struct transfer *t, size_t more)
{
	size_t cap = t->cap ? t->cap : 4096;
	uint8_t *p;

	while (cap - t->len < more)
		cap *= 2; /* more is at most libcurl's buffer, and len at most max */
	if (cap == t->cap)
		return true;
	/* no realloc: what is left behind would not be wiped */
	p = malloc(cap);
	if (!p)
		return false;
	if (t->len > 0)
		memcpy(p, t->bytes, t->len);
	if (t->bytes)
		explicit_bzero(t->bytes, t->len);
	free(t->bytes);
	t->bytes = p;
	t->cap = cap;
	return true;
}

static size_t
take_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;

	if (len > t->fetch->max - t->len)
		return stop(t, FETCH_SIZE);
	if (!room(t, len))
		return stop(t, FETCH_MEMORY);
	memcpy(t->bytes + t->len, data, len);
	t->len += len;
	return len;
}

/* --- options --- */

/* "+host:port:address,address": for this host libcurl asks nobody. */
static bool
pin(struct transfer *t, const struct url *u, const struct address *addresses, size_t count)
{
	char line[URL_HOST_BYTES + 16 + FETCH_ADDRESSES * TEXT], text[TEXT];
	int n = snprintf(line, sizeof(line), "+%s:%u:", u->host, u->port);

	for (size_t i = 0; i < count; i++) {
		bool six = addresses[i].len == 16;
		if (!inet_ntop(six ? AF_INET6 : AF_INET, addresses[i].bytes, text, sizeof(text)))
			return false;
		n += snprintf(line + n, sizeof(line) - (size_t)n, six ? "%s[%s]" : "%s%s",
			i > 0 ? "," : "", text);
	}
	t->resolve = curl_slist_append(NULL, line);
	return t->resolve != NULL;
}

static bool
add_field(struct transfer *t, const char *line)
{
	struct curl_slist *more = curl_slist_append(t->fields, line);

	if (more)
		t->fields = more;
	return more != NULL;
}

static bool
fields(struct transfer *t)
{
	return add_field(t, "Accept: application/json, application/jose, */*;q=0.5") &&
	       add_field(t, "Accept-Encoding: identity") &&
	       (!t->fetch->body.ptr ||
		       (add_field(t, "Content-Type: application/json") && add_field(t, "Expect:")));
}

/* Whom we talk to, and how. */
static CURLcode
set_peer(struct transfer *t)
{
	struct curl_blob ca = { (void *)(uintptr_t)t->setup->ca.ptr, t->setup->ca.len,
		CURL_BLOB_NOCOPY };
	CURL *e = t->easy;
	CURLcode r = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");

	r |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	r |= curl_easy_setopt(e, CURLOPT_PROXY, "");
	r |= curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
	r |= curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	r |= curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	r |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	r |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	r |= curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	r |= peer_guard(e);
	if (ca.data) {
		r |= curl_easy_setopt(e, CURLOPT_CAINFO_BLOB, &ca);
		r |= curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
	r |= curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	r |= curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
	r |= curl_easy_setopt(e, CURLOPT_RESOLVE, t->resolve);
	r |= curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	r |= curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
	return r;
}

static CURLcode
set_request(struct transfer *t, const char *url)
{
	const struct span body = t->fetch->body;
	CURL *e = t->easy;
	CURLcode r = curl_easy_setopt(e, CURLOPT_URL, url);

	r |= curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
	r |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	r |= curl_easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	r |= curl_easy_setopt(e, CURLOPT_USERAGENT, "Vidimus/" VIDIMUS_VERSION);
	r |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->fields);
	if (body.ptr) {
		r |= curl_easy_setopt(e, CURLOPT_POST, 1L);
		r |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
		r |= curl_easy_setopt(e, CURLOPT_POSTFIELDS, (const char *)body.ptr);
	}
	return r;
}

static CURLcode
set_limits(struct transfer *t, long patience)
{
	const long connect = t->setup->config->connect_timeout * 1000L;
	CURL *e = t->easy;
	CURLcode r = curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);

	r |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, patience);
	r |= curl_easy_setopt(
		e, CURLOPT_CONNECTTIMEOUT_MS, connect < patience ? connect : patience);
	r |= curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->fetch->max);
	r |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_head);
	r |= curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
	r |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
	r |= curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	r |= curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	return r;
}

bool
transfer_open(struct transfer *t, const struct url *u, const struct address *addresses,
	size_t count, long patience)
{
	char url[URL_BYTES + 1];

	memcpy(url, t->fetch->url.ptr, t->fetch->url.len);
	url[t->fetch->url.len] = '\0';
	t->easy = curl_easy_init();
	return t->easy && pin(t, u, addresses, count) && fields(t) && set_peer(t) == CURLE_OK &&
	       set_request(t, url) == CURLE_OK && set_limits(t, patience) == CURLE_OK;
}

/* --- the end --- */

static enum fetch_outcome
outcome_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return FETCH_GOOD;
	case CURLE_OPERATION_TIMEDOUT:
		return FETCH_TIME;
	case CURLE_FILESIZE_EXCEEDED:
		return FETCH_SIZE;
	case CURLE_OUT_OF_MEMORY:
		return FETCH_MEMORY;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return FETCH_TLS;
	default:
		return FETCH_CONNECT;
	}
}

void
transfer_end(struct transfer *t, CURLcode code)
{
	struct fetch *f = t->fetch;
	long status = 0;

	f->outcome = t->fault != FETCH_GOOD ? t->fault : outcome_of(code);
	if (f->outcome != FETCH_GOOD)
		return;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	f->status = (int)status;
	if (status / 100 == 3)
		f->outcome = FETCH_REDIRECT;
	else if (status != 200)
		f->outcome = FETCH_STATUS;
	else if (t->page)
		f->outcome = FETCH_CODING;
	if (f->outcome != FETCH_GOOD && (f->outcome != FETCH_STATUS || !f->any_status || t->page))
		return;
	f->bytes = (struct span){ t->bytes, t->len };
	t->bytes = NULL;
}

void
transfer_close(struct transfer *t)
{
	if (t->easy)
		curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->resolve);
	curl_slist_free_all(t->fields);
	if (t->bytes)
		explicit_bzero(t->bytes, t->len);
	free(t->bytes);
	*t = (struct transfer){ 0 };
}
