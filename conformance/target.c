/* target.c - which target is meant, our own library as one, and what the others share. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/seal/jws.h"
#include "conformance/target_impl.h"
#include "conformance/translate/translation.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/render.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static bool
read_builtin(struct tested *t, const char *rest)
{
	(void)t;
	return rest[0] == '\0';
}

static const char *
ask_about_link(struct work *w, const struct question *q, struct span *out)
{
	struct link_verify v = { .input = q->input,
		.passcode = q->passcode,
		.recipient = q->recipient,
		.trust = q->trust,
		.policy = q->policy };
	struct buf b = buf_in(w->arena, TARGET_ANSWER_MAX);

	if (pages_link(w, &q->web, &v) != 0)
		return "the engine ran out of memory";
	render_link(&b, w, &v);
	if (b.error)
		return "the report is too large";
	*out = buf_span(&b);
	return NULL;
}

static const char *
ask_to_write(const struct tested *t, struct work *w, const struct question *q,
	const struct verify *v, struct buf *b)
{
	struct attest *a = ARENA_NEW(w->arena, struct attest);

	if (!a)
		return "there is no memory to write anything";
	const char *fault = translation_fault(t->keyring, w, v, target_named(span_of(q->to)), a);
	if (!fault)
		translation_json(b, w, v, a);
	return fault;
}

static const char *
ask_builtin(const struct tested *t, struct work *w, const struct question *q, struct span *out)
{
	struct verify v = { .input = q->input, .trust = q->trust, .policy = q->policy };
	struct buf b = buf_in(w->arena, TARGET_ANSWER_MAX);

	w->now = q->at;
	if (!q->to && link_looks_like(span_trim(q->input)))
		return ask_about_link(w, q, out);
	if (pages_verify(w, &q->web, &v) != 0)
		return "the engine ran out of memory";
	if (!q->to && engine_leads(&v))
		return ask_about_link(w, q, out);
	const char *fault = q->to ? ask_to_write(t, w, q, &v, &b) : NULL;
	if (fault)
		return fault;
	if (!q->to)
		render_report(&b, w, &v);
	if (b.error)
		return "the report is too large";
	*out = buf_span(&b);
	return NULL;
}

static const struct target_kind target_builtin = { "builtin", "vidimus", false, read_builtin,
	ask_builtin };
/* A terse one must be asked for by its adapter. */
static const struct target_kind *const kinds[] = { &target_builtin, &target_http, &target_vc_api,
	&target_exec };

/* An adapter that the interface names and that nobody has written yet. */
static const char later[] = "ddcc-fhir";

static const char *
adapter_fault(const char *adapter)
{
	if (strcmp(adapter, later) == 0)
		return "this adapter is not there yet: it comes with the schemes that need it";
	return "builtin targets are spoken to by the adapter vidimus, http:// by vidimus or "
	       "vc-api, "
	       "exec: by exec";
}

struct tested *
target_open(const char *name, const char *adapter, const char **fault)
{
	struct tested *t = calloc(1, sizeof(*t));

	*fault = t ? "a target is builtin, http://HOST:PORT or exec:COMMAND" : "out of memory";
	name = name ? name : "builtin";
	for (size_t i = 0; t && !t->kind && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i]->prefix);
		if (strncmp(name, kinds[i]->prefix, len) != 0 || !kinds[i]->read(t, name + len))
			continue;
		if (adapter ? strcmp(adapter, kinds[i]->adapter) == 0 : !kinds[i]->terse)
			t->kind = kinds[i];
		else if (adapter)
			*fault = adapter_fault(adapter);
	}
	if (t && t->kind == &target_builtin && !(t->keyring = keyring_new()))
		*fault = "there are no keys to write anything with";
	else if (t && t->kind)
		*fault = NULL;
	if (!*fault)
		return t;
	free(t);
	return NULL;
}

void
target_close(struct tested *t)
{
	if (t)
		keyring_free(t->keyring);
	free(t);
}

void
target_take_token(struct tested *t, struct span token)
{
	t->token = token;
}

bool
target_is_builtin(const struct tested *t)
{
	return t->kind == &target_builtin;
}

bool
target_is_terse(const struct tested *t)
{
	return t->kind->terse;
}

/* An object, or a compact JWS. */
static bool
is_credential(struct span in)
{
	in = span_trim(in);
	return (in.len > 0 && in.ptr[0] == '{') || jws_looks_like(in);
}

const char *
target_refusal(const struct tested *t, struct span input)
{
	if (t->kind == &target_vc_api && !is_credential(input))
		return "the VC-API takes W3C credentials as JSON or JWT";
	if ((t->kind == &target_http || t->kind == &target_vc_api) &&
		utf8_check(input) != input.len)
		return "the input is no text: JSON can't carry it to a gateway";
	return NULL;
}

const char *
target_ask(const struct tested *t, struct work *w, const struct question *q, struct span *report)
{
	return t->kind->ask(t, w, q, report);
}

void
set_patience(int fd)
{
	const struct timeval patience = { TARGET_PATIENCE, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

bool
send_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		s = span_from(s, (size_t)n);
	}
	return true;
}

struct span
receive_all(struct work *w, int fd)
{
	struct buf b = buf_in(w->arena, TARGET_ANSWER_MAX);
	ssize_t n = 1;

	while (n > 0) {
		uint8_t *room = buf_room(&b, 4096);
		n = room ? recv(fd, room, 4096, 0) : -1;
		if (n > 0)
			buf_took(&b, (size_t)n);
	}
	return n == 0 ? buf_span(&b) : SPAN_NONE;
}
