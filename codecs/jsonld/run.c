/* run.c - how a run begins, stops and is reported. */
#include "codecs/jsonld/run.h"

#include "codecs/jsonld/context/kept.h"
#include "codecs/jsonld/iri.h"

static const char *const code_texts[JSONLD_CODES] = {
	[JSONLD_FINE] = "",
#define CODE(name, text) [JSONLD_##name] = text,
#include "codecs/jsonld/codes.def"
#undef CODE
	[JSONLD_UNSAFE] = "unsafe",
};

const char *
jsonld_code_text(enum jsonld_code code)
{
	return code < JSONLD_CODES ? code_texts[code] : "";
}

struct ld_run
ld_begin(struct work *w, const struct jsonld_options *o, const struct node *root)
{
	return (struct ld_run){ .work = w,
		.arena = w->arena,
		.options = o,
		.root = root,
		.here = root,
		.mode_10 = o->mode_10,
		.safe = o->safe,
		.loose = o->loose,
		.kept = kept_of(w, o->loader) };
}

static bool
is_under(const struct node *n, const struct node *root)
{
	while (n && n != root)
		n = n->parent;
	return n;
}

static enum reason
reason_of(enum jsonld_code code)
{
	switch (code) {
	case JSONLD_UNSAFE:
		return REASON_JSONLD_UNSAFE;
	case JSONLD_LOADING_REMOTE_CONTEXT_FAILED:
		return REASON_JSONLD_CONTEXT_UNKNOWN;
	case JSONLD_PROTECTED_TERM_REDEFINITION:
	case JSONLD_INVALID_CONTEXT_NULLIFICATION:
		return REASON_JSONLD_PROTECTED;
	default:
		return REASON_JSONLD_MALFORMED;
	}
}

static struct place
place_of(struct ld_run *x, const struct node *at)
{
	return node_place(x->work, is_under(at, x->root) ? at : x->here, x->options->layer);
}

void
ld_fault(struct ld_run *x, enum jsonld_code code, const struct node *at)
{
	if (x->stop)
		return;
	x->stop = true;
	x->code = x->scoped && code != JSONLD_UNSAFE ? JSONLD_INVALID_SCOPED_CONTEXT : code;
	report_fail(x->work->report, reason_of(code), place_of(x, at));
}

void
ld_unsafe(struct ld_run *x, const struct node *at)
{
	if (x->safe)
		ld_fault(x, JSONLD_UNSAFE, at);
}

void
ld_check_property(struct ld_run *x, struct span iri, const struct node *at)
{
	if (x->safe && !(x->loose ? iri_absolute(iri, true) : iri_well_formed(iri)))
		ld_fault(x, JSONLD_UNSAFE, at);
}

void
ld_check_iri(struct ld_run *x, struct span iri, const struct node *at)
{
	if (!iri.ptr || !iri_blank(iri))
		ld_check_property(x, iri, at);
}

void
ld_limit(struct ld_run *x, const char *name, uint64_t value, const struct node *at)
{
	if (x->stop)
		return;
	x->stop = true;
	report_limit(x->work->report, name, value, place_of(x, at));
}

void
ld_memory(struct ld_run *x)
{
	x->stop = true;
	if (!x->error)
		x->error = arena_error(x->arena);
}

bool
ld_enter(struct ld_run *x, const struct node *at)
{
	size_t max = x->work->limits->jsonld_depth;

	if (x->stop)
		return false;
	if (x->depth >= max) {
		ld_limit(x, "jsonld.depth", max, at);
		return false;
	}
	x->depth++;
	return true;
}

struct span
ld_join(struct ld_run *x, struct span a, struct span b)
{
	uint8_t *p = arena_bytes(x->arena, a.len + b.len);

	if (!p) {
		ld_memory(x);
		return SPAN_NONE;
	}
	if (a.len > 0)
		memcpy(p, a.ptr, a.len);
	if (b.len > 0)
		memcpy(&p[a.len], b.ptr, b.len);
	return (struct span){ p, a.len + b.len };
}

int
ld_end(struct ld_run *x, struct jsonld_outcome *outcome)
{
	/* A NULL that went unnoticed still shows here: the arena remembers. */
	if (!x->error)
		x->error = arena_error(x->arena);
	if (outcome)
		outcome->code = x->code;
	return x->error;
}
