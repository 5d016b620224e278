/* demo.c - `vidimus demo`: writes the world, or the conformance cases made of the same samples. */
#include "gateway/cli/demo/demo.h"
#include "codecs/base/date.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/demo/own/own.h"
#include "gateway/cli/demo/pairs/pairs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATH_LENGTH = 4096, MEMORY = 1 << 30, CASES_CLOCK = 1796126400 /* 2026-12-01 */ };

#define FIRST_LINE \
	"# The demo world: fictional authorities with fresh keys. Never use it in production.\n"

static void
text_member(struct buf *b, const char *name, const char *value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_json(b, span_of(value));
}

static const struct demo_part *const parts[] = { &demo_dcc, &demo_cards, &demo_who, &demo_seals,
	&demo_credentials };

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

/* What needs a policy or a web of its own is a case, not a sample. */
static bool
is_sample(const struct sample *s)
{
	return !s->policy && !s->web && !s->trust;
}

static int
write_sample(struct demo *d, const struct demo_part *p, const struct sample *s, struct buf *index)
{
	char name[128];
	struct span text;
	int r = p->mint(d, s, &text);

	if (r != 0)
		return r;
	snprintf(name, sizeof(name), "%s.txt", s->name);
	buf_str(index, index->len > 1 ? ",\n{\"name\":" : "{\"name\":");
	buf_json(index, span_of(s->name));
	text_member(index, "title", s->title);
	text_member(index, "file", name);
	text_member(index, "verdict", s->verdict);
	if (s->reason[0])
		text_member(index, "reason", s->reason);
	text_member(index, "suite", p->suite);
	buf_char(index, '}');
	return demo_write(d, "samples", name, text, 0644);
}

static int
write_samples(struct demo *d)
{
	struct buf index = buf_in(d->arena, SIZE_MAX);
	int r = 0;

	buf_char(&index, '[');
	for (size_t p = 0; p < PARTS; p++)
		for (size_t i = 0; r == 0 && i < parts[p]->sample_count; i++)
			if (is_sample(&parts[p]->samples[i]))
				r = write_sample(d, parts[p], &parts[p]->samples[i], &index);
	buf_str(&index, "]\n");
	return r != 0 ? r : demo_write(d, "samples", "samples.json", buf_span(&index), 0644);
}

static int
write_keys(struct demo *d, const struct demo_part *p)
{
	size_t count;
	const struct demo_key *keys = p->keys(d, &count);
	char name[64];
	struct span pem;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		snprintf(name, sizeof(name), "%s-%02zu.key.pem", p->suite, i);
		r = private_to_pem(keys[i].key, d->arena, &pem);
		if (r == 0)
			r = demo_write(d, "keys", name, pem, 0600);
	}
	return r;
}

static int
write_config(struct demo *d)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_str(&b, FIRST_LINE);
	buf_str(&b, "# `vidimus help config` explains every key.\n\n"
		    "[listen]\naddress = 127.0.0.1:8080\n\n"
		    "[policy \"default\"]\nenvironment = demo\n\n");
	for (size_t p = 0; p < PARTS; p++)
		buf_str(&b, parts[p]->config);
	buf_str(&b, demo_own_config);
	return b.error ? b.error : demo_write(d, ".", "vidimus.conf", buf_span(&b), 0644);
}

static int
write_world(struct demo *d)
{
	int r = demo_make_folder(d, "keys", 0700);

	if (r == 0)
		r = demo_make_folder(d, "trust", 0755);
	if (r == 0)
		r = demo_make_folder(d, "samples", 0755);
	for (size_t p = 0; r == 0 && p < PARTS; p++)
		if ((r = parts[p]->write_lists(d, "trust")) == 0)
			r = write_keys(d, parts[p]);
	if (r == 0)
		r = write_samples(d);
	if (r == 0)
		r = demo_own(d);
	/* last, so that a world with a configuration is a whole one */
	return r != 0 ? r : write_config(d);
}

static void
json_member(struct buf *b, const char *name, const char *json)
{
	if (!json)
		return;
	buf_str(b, ",\n\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_str(b, json);
}

static void
case_json(struct demo *d, const struct demo_part *p, const struct sample *s, struct buf *b)
{
	buf_str(b, "{\"id\":");
	buf_json(b, span_of(s->name));
	text_member(b, "title", s->title);
	text_member(b, "spec", s->spec);
	buf_str(b, ",\n\"at\":\"");
	time_format(b, d->now);
	buf_str(b, "\"");
	json_member(b, "trust", s->trust ? s->trust : p->trust);
	json_member(b, "ownTrust", s->trust ? "true" : NULL);
	json_member(b, "policy", s->policy);
	json_member(b, "web", s->web);
	if (s->passcode)
		text_member(b, "passcode", s->passcode);
	buf_str(b, ",\n\"expect\":{\"verdict\":");
	buf_json(b, span_of(s->verdict));
	if (s->reason[0])
		text_member(b, "reason", s->reason);
	if (s->finding) {
		buf_str(b, ",\"findings\":[");
		buf_json(b, span_of(s->finding));
		buf_char(b, ']');
	}
	if (s->also) {
		buf_char(b, ',');
		buf_str(b, s->also);
	}
	buf_str(b, "}}\n");
}

static int
write_case(struct demo *d, const struct demo_part *p, const struct sample *s)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	char folder[128];
	struct span text;
	int r = p->mint(d, s, &text);

	snprintf(folder, sizeof(folder), "%s/%s", p->suite, s->name);
	if (r == 0)
		r = demo_make_folder(d, folder, 0755);
	if (r != 0)
		return r;
	case_json(d, p, s, &b);
	bool binary = text.len > 0 && (text.ptr[0] >= 0x80 || span_find(text, 0) < text.len);
	r = demo_write(d, folder, binary ? "input.bin" : "input.txt", text, 0644);
	return r != 0 ? r : demo_write(d, folder, "case.json", buf_span(&b), 0644);
}

static int
write_suite(struct demo *d, const struct demo_part *p)
{
	char folder[128];

	snprintf(folder, sizeof(folder), "%s/_trust", p->suite);
	int r = demo_make_folder(d, folder, 0755);
	if (r == 0)
		r = p->write_lists(d, folder);
	for (size_t i = 0; r == 0 && i < p->sample_count; i++)
		r = write_case(d, p, &p->samples[i]);
	return r;
}

static int
make_keys(struct demo *d)
{
	int r = 0;

	for (size_t p = 0; r == 0 && p < PARTS; p++)
		r = parts[p]->make_keys(d);
	return r;
}

static int
write_cases(struct demo *d)
{
	d->now = CASES_CLOCK;
	int r = make_keys(d);

	for (size_t p = 0; r == 0 && p < PARTS; p++)
		r = write_suite(d, parts[p]);
	return r != 0 ? r : demo_pairs(d);
}

/* The folder's configuration is someone else's. */
static bool
taken(struct demo *d)
{
	char path[PATH_LENGTH];
	struct span text;

	if (snprintf(path, sizeof(path), "%s/vidimus.conf", d->dir) >= PATH_LENGTH)
		return false;
	int r = load_file(d->arena, path, 1 << 20, &text);
	return r == 0 ? !span_starts(text, SPAN_LIT(FIRST_LINE)) : r == -EFBIG;
}

static void
tell(const struct demo *d)
{
	size_t count = 0;

	for (size_t p = 0; p < PARTS; p++)
		for (size_t i = 0; i < parts[p]->sample_count; i++)
			count += is_sample(&parts[p]->samples[i]);
	printf("%zu samples, their authorities and vidimus.conf are in %s; for instance\n\n"
	       "  %s verify --config %s/vidimus.conf %s/samples/vaccination.txt\n"
	       "  %s serve --config %s/vidimus.conf\n",
		count, d->dir, program_invocation_name, d->dir, d->dir, program_invocation_name,
		d->dir);
}

static int
make(struct demo *d, bool cases)
{
	int r = 0;

	if (!cases && taken(d)) {
		fprintf(stderr,
			"vidimus demo: %s/vidimus.conf is not of a demo world: name another "
			"folder\n",
			d->dir);
		return EXIT_USAGE;
	}
	if (cases)
		r = write_cases(d);
	else if ((r = make_keys(d)) == 0)
		r = write_world(d);
	if (r != 0) {
		fprintf(stderr, "vidimus demo: %s: %s\n", d->dir, strerror(-r));
		return EXIT_FAULT;
	}
	if (!cases)
		tell(d);
	return 0;
}

static int
with_memory(const char *dir, bool cases)
{
	struct arena *a = arena_new(MEMORY);
	struct demo *d = a ? ARENA_NEW(a, struct demo) : NULL; /* too large for a stack frame */
	int r = EXIT_FAULT;

	if (d) {
		*d = (struct demo){ .dir = dir, .now = clock_now(), .arena = a, .kit = kit_new() };
		d->work = (struct work){ a, &d->report, &limits_default, d->kit, d->now };
		if (d->kit)
			r = make(d, cases);
		for (size_t p = 0; p < PARTS; p++)
			parts[p]->drop_keys(d);
		kit_free(d->kit);
	}
	arena_free(a);
	return r;
}

int
cli_demo(int argc, char **argv)
{
	static const struct option_row rows[] = { { "--cases", true, false }, { 0 } };
	struct arena *a = arena_new(1 << 20);
	struct options o;
	int r = a ? options_read(a, argc, argv, rows, &o) : EXIT_FAULT;

	if (r == 0 && o.operand_count > 1)
		r = usage("demo", "one folder is enough, not also", o.operands[1]);
	if (r == 0) {
		const char *cases = option_value(&o, "--cases");
		r = with_memory(cases                 ? cases
				: o.operand_count > 0 ? o.operands[0]
						      : "var/demo",
			cases != NULL);
	}
	arena_free(a);
	return r;
}
