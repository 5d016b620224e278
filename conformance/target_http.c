/* target_http.c - a gateway asked over HTTP: POST /v1/verify with the credential and the time as JSON, or as the VC-API
 * has it.
 *
 * One connection a question, closed by the gateway.  A refusal that names one of our
 * reasons (problem+json with "code") counts as a report that rejects for it.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "conformance/shape.h"
#include "conformance/target_impl.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* HOST[:PORT]; what stands behind it, NULL where it is none. */
static const char *
read_host(struct tested *t, const char *rest)
{
	int used = 0;

	snprintf(t->port, sizeof(t->port), "80");
	if (sscanf(rest, "%255[^:/]%n", t->host, &used) != 1)
		return NULL;
	rest += used;
	if (*rest == ':') {
		used = 0;
		if (sscanf(rest, ":%5[0-9]%n", t->port, &used) != 1)
			return NULL;
		rest += used;
	}
	return rest;
}

static bool
read_http(struct tested *t, const char *rest)
{
	rest = read_host(t, rest);
	snprintf(t->path, sizeof(t->path), "/v1/verify");
	return rest && (rest[0] == '\0' || strcmp(rest, "/") == 0);
}

static bool
is_path(const char *s)
{
	return *s == '/' && strlen(s) < TARGET_PATH && !strpbrk(s, " \t\r\n?#");
}

/* Others serve it below a path of their own. */
static bool
read_vc_api(struct tested *t, const char *rest)
{
	rest = read_host(t, rest);
	if (!rest || (rest[0] && !is_path(rest)))
		return false;
	snprintf(t->path, sizeof(t->path), "%s",
		rest[0] && strcmp(rest, "/") != 0 ? rest : "/credentials/verify");
	return true;
}

static int
dial(const struct tested *t)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *a;
	int fd = -1;

	if (getaddrinfo(t->host, t->port, &hints, &list) != 0)
		return -1;
	for (a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0)
			set_patience(fd);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

/* to: the form to be written in; NULL: none. */
static void
write_request(struct buf *b, const struct tested *t, const char *to, struct span body)
{
	buf_str(b, "POST ");
	buf_str(b, to ? "/v1/translate?to=" : t->path);
	buf_str(b, to ? to : "");
	buf_str(b, " HTTP/1.1\r\nHost: ");
	buf_str(b, t->host);
	buf_char(b, ':');
	buf_str(b, t->port);
	if (t->token.len > 0) {
		buf_str(b, "\r\nAuthorization: Bearer ");
		buf_add(b, t->token);
	}
	buf_str(b, "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ");
	buf_uint(b, body.len);
	buf_str(b, "\r\n\r\n");
	buf_add(b, body);
}

static struct span
request_of(const struct tested *t, struct work *w, const char *to, const struct buf *body)
{
	struct buf whole = buf_in(w->arena, TARGET_ANSWER_MAX);

	if (!body->error)
		write_request(&whole, t, to, buf_span(body));
	return buf_span(body->error ? body : &whole);
}

/* --- the answer --- */

/* The value of a header field, "" when it is absent. */
static struct span
field_of(struct span head, const char *name)
{
	struct span line;
	size_t len = strlen(name);

	while (span_split(&head, '\n', &line))
		if (line.len > len && line.ptr[len] == ':' &&
			strncasecmp((const char *)line.ptr, name, len) == 0)
			return span_trim(span_from(line, len + 1));
	return SPAN_LIT("");
}

static bool
chunk_size(struct span line, size_t *out)
{
	char digits[9] = "";
	size_t len = span_find(line, ';');
	char *end;

	line = span_trim(span_slice(line, 0, len));
	if (line.len == 0 || line.len >= sizeof(digits))
		return false;
	memcpy(digits, line.ptr, line.len);
	*out = strtoul(digits, &end, 16);
	return *end == '\0';
}

/* Chunks put together; SPAN_NONE when they are cut off. */
static struct span
joined(struct work *w, struct span in)
{
	struct buf b = buf_in(w->arena, TARGET_ANSWER_MAX);
	struct span line;
	size_t size;

	while (span_split(&in, '\n', &line) && chunk_size(line, &size)) {
		if (size == 0)
			return buf_span(&b);
		if (size + 2 > in.len)
			break;
		buf_add(&b, span_slice(in, 0, size));
		in = span_from(in, size + 2);
	}
	return SPAN_NONE;
}

/* A refusal that speaks of the credential, as a report. */
static struct span
report_of_problem(struct work *w, struct span body)
{
	json_t *problem = json_loadb((const char *)body.ptr, body.len, 0, NULL);
	struct span code = span_of(json_string_value(json_object_get(problem, "code")));
	struct buf b = buf_in(w->arena, TARGET_ANSWER_MAX);

	if (reason_named(code) != REASON_NONE) {
		buf_str(&b, "{\"verdict\":\"rejected\",\"reason\":");
		buf_json(&b, code);
		buf_str(&b, "}");
	}
	json_decref(problem);
	return b.len > 0 ? buf_span(&b) : SPAN_NONE;
}

static const char *
read_answer(struct work *w, struct span answer, int *status, struct span *out)
{
	const uint8_t *end = answer.len ? memmem(answer.ptr, answer.len, "\r\n\r\n", 4) : NULL;

	if (!end)
		return "the gateway sent no answer";
	struct span head = span_slice(answer, 0, (size_t)(end - answer.ptr));
	struct span body = span_from(answer, head.len + 4);
	struct span start = arena_copy(w->arena, span_slice(head, 0, 16));
	if (!start.ptr || sscanf((const char *)start.ptr, "HTTP/1.1 %3d", status) != 1)
		return "the gateway did not answer in HTTP/1.1";
	if (strncasecmp((const char *)field_of(head, "transfer-encoding").ptr, "chunked", 7) == 0)
		body = joined(w, body);
	*out = body;
	return NULL;
}

/* The body of the answer to a question with that body. */
static const char *
exchange(const struct tested *t, struct work *w, const char *to, const struct buf *body,
	int *status, struct span *out)
{
	struct span request = request_of(t, w, to, body);
	int fd = request.ptr ? dial(t) : -1;

	if (fd < 0)
		return request.ptr ? "the gateway can't be reached" : "the request is too large";
	struct span answer = send_all(fd, request) ? receive_all(w, fd) : SPAN_NONE;
	close(fd);
	return read_answer(w, answer, status, out);
}

static const char *
no_report(struct work *w, int status)
{
	return fault_text(w->arena, "the gateway gave no report, but status %d", status);
}

/* A refusal has the report and the loss, as an answer has.  Attested is what is verified now: no time is asked for. */
static const char *
ask_to_write(const struct tested *t, struct work *w, const struct question *q, struct span *out)
{
	struct buf body = buf_in(w->arena, TARGET_ANSWER_MAX);
	struct span answer;
	int status = 0;

	buf_str(&body, "{\"credential\":");
	buf_json(&body, q->input);
	buf_char(&body, '}');
	const char *fault = exchange(t, w, q->to, &body, &status, &answer);
	if (fault)
		return fault;
	json_t *json = json_loadb((const char *)answer.ptr, answer.len, 0, NULL);
	if (!json_object_get(json, "report"))
		fault = no_report(w, status);
	else
		*out = answer;
	json_decref(json);
	return fault;
}

static const char *
ask_http(const struct tested *t, struct work *w, const struct question *q, struct span *out)
{
	struct buf body = buf_in(w->arena, TARGET_ANSWER_MAX);
	struct span answer;
	int status = 0;

	if (q->to)
		return ask_to_write(t, w, q, out);
	buf_str(&body, "{\"credential\":");
	buf_json(&body, q->input);
	buf_str(&body, ",\"at\":\"");
	time_format(&body, q->at);
	buf_str(&body, "\"}");
	const char *fault = exchange(t, w, NULL, &body, &status, &answer);
	if (fault)
		return fault;
	if (status != 200)
		answer = report_of_problem(w, answer);
	if (!answer.ptr)
		return no_report(w, status);
	*out = answer;
	return NULL;
}

/* --- the VC-API --- */

/* Verified or not is all that others must say; their status must agree with it, for suites look at nothing else. */
static const char *
verdict_of(struct work *w, int status, struct span answer, bool *verified)
{
	json_t *json = json_loadb((const char *)answer.ptr, answer.len, 0, NULL);
	json_t *said = json_object_get(json, "verified");
	const char *fault = NULL;

	*verified = status == 200;
	if (status != 200 && status != 400 && status != 422)
		fault = no_report(w, status);
	else if (!json)
		fault = "the answer is no JSON";
	else if (said && json_is_true(said) != *verified)
		fault = "the answer's status and its member \"verified\" contradict each other";
	json_decref(json);
	return fault;
}

static const char *
ask_vc_api(const struct tested *t, struct work *w, const struct question *q, struct span *out)
{
	struct span input = span_trim(q->input), answer;
	struct buf body = buf_in(w->arena, TARGET_ANSWER_MAX);
	bool verified = false;
	int status = 0;

	buf_str(&body, "{\"verifiableCredential\":");
	if (input.len > 0 && input.ptr[0] == '{')
		buf_add(&body, input);
	else
		buf_json(&body, input);
	buf_str(&body, ",\"options\":{\"checks\":[\"proof\"]}}");
	const char *fault = exchange(t, w, NULL, &body, &status, &answer);
	if (!fault)
		fault = verdict_of(w, status, answer, &verified);
	*out = verified ? SPAN_LIT("{\"verdict\":\"verified\"}")
			: SPAN_LIT("{\"verdict\":\"rejected\"}");
	return fault;
}

const struct target_kind target_http = { "http://", "vidimus", false, read_http, ask_http };
const struct target_kind target_vc_api = { "http://", "vc-api", true, read_vc_api, ask_vc_api };
