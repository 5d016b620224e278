/* contexts.c - JSON-LD contexts: those built in and the operator's, made ready once for all threads. */
#include "codecs/jsonld/contexts.h"

#include "codecs/vc/proof.h"
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>

enum { CONTEXT_MAX = 4 << 20 };

static const char *
reason_of(int error)
{
	switch (error) {
	case -EBADMSG:
		return "its file does not have the digest that is configured";
	case -EINVAL:
		return "its file is no JSON document with a @context";
	case -EEXIST:
		return "this URL has another content already, which is built in";
	default:
		return load_error(error);
	}
}

static int
add(struct session *s, const struct config_context *c, struct jsonld_contexts *to)
{
	struct span text = SPAN_NONE;
	const char *path = load_path(s->arena, s->config_path, c->path);
	int r = load_file(s->arena, path, CONTEXT_MAX, &text);

	if (r == 0)
		r = jsonld_contexts_add(to, s->kit, c->url, text, c->sha256);
	if (r == -ENOMEM)
		return EXIT_FAULT;
	if (r == 0)
		return 0;
	fprintf(stderr, "%s:%u: context \"%.*s\": %s (%s)\n", s->config_path, c->line,
		(int)c->url.len, (const char *)c->url.ptr, reason_of(r), path);
	return EXIT_CONFIG;
}

int
session_contexts(struct session *s)
{
	int r = 0;

	if (jsonld_contexts_new(false, &s->contexts) != 0)
		return EXIT_FAULT;
	for (size_t i = 0; i < s->config.context_count; i++) {
		int failed = add(s, &s->config.contexts[i], s->contexts);
		r = r > failed ? r : failed;
	}
	if (r == 0 && jsonld_contexts_finish(s->contexts) != 0)
		r = EXIT_FAULT;
	if (r == 0)
		vc_contexts_share(s->kit, s->contexts);
	return r;
}

void
session_equip(void *session, struct kit *kit)
{
	struct session *s = session;

	vc_contexts_share(kit, s->contexts);
}
