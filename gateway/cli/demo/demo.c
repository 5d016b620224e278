/* demo.c - `vidimus demo`: writes the world, or the conformance cases made of the same samples. */
#include "gateway/cli/demo/demo.h"
#include "codecs/base/date.h"
#include "gateway/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096, MEMORY = 1 << 30, CASES_CLOCK = 1796126400 /* 2026-12-01 */ };

#define FIRST_LINE \
	"# The demo world: fictional authorities with fresh keys. Never use it in production.\n"

static const char config_text[] = FIRST_LINE
	"# `vidimus help config` explains every key.\n\n"
	"[listen]\naddress = 127.0.0.1:8080\n\n"
	"[policy \"default\"]\nenvironment = demo\n\n"
	"[source \"signed-list\"]\npath = trust/signed-list.json\npin = trust/signed-list.pin.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"gateway-list\"]\npath = trust/gateway-list.json\npin = "
	"trust/gateway-list.pin.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"cbor-list\"]\npath = trust/cbor-list.cbor\nsignature = trust/cbor-list.cose\n"
	"pin = trust/cbor-list.pin.pem\ncountry = TF\nenvironment = demo\nscheme = dcc\n\n"
	"[source \"jwk-set\"]\npath = trust/keys.jwks.json\ncountry = HM\nenvironment = "
	"demo\nscheme = dcc\n\n"
	"[source \"certificates\"]\npath = trust/BV_signer.pem\nanchors = trust/BV_authority.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"old-list\"]\npath = trust/old-list.json\nmax_age = 1 d\nenvironment = "
	"demo\nscheme = dcc\n\n"
	"[source \"acceptance\"]\npath = trust/AQ_acceptance.pem\nenvironment = acceptance\nscheme "
	"= dcc\n";

static const char case_trust[] =
	"[{\"file\":\"../_trust/signed-list.json\",\"pin\":\"../_trust/signed-list.pin.pem\"},"
	"{\"file\":\"../_trust/gateway-list.json\",\"pin\":\"../_trust/gateway-list.pin.pem\"},"
	"{\"file\":\"../_trust/cbor-list.cbor\",\"signature\":\"../_trust/cbor-list.cose\","
	"\"pin\":\"../_trust/cbor-list.pin.pem\",\"country\":\"TF\"},"
	"{\"file\":\"../_trust/keys.jwks.json\",\"country\":\"HM\"},"
	"{\"file\":\"../_trust/BV_signer.pem\",\"anchors\":\"../_trust/BV_authority.pem\"},"
	"{\"file\":\"../_trust/old-list.json\",\"maxAge\":86400},"
	"{\"file\":\"../_trust/AQ_acceptance.pem\",\"env\":\"acceptance\"}]";

static bool
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n <= 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

int
demo_write(const struct demo *d, const char *folder, const char *name, struct span bytes,
	unsigned mode)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s/%s", d->dir, folder, name);
	int fd = n > 0 && n < PATH_LENGTH
			 ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode)
			 : -1;

	if (n >= PATH_LENGTH)
		return -ENAMETOOLONG;
	if (fd < 0)
		return -errno;
	/* a file that was there already keeps its mode otherwise */
	bool whole = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, bytes);
	return close(fd) == 0 && whole ? 0 : -EIO;
}

static int
make_folder(const struct demo *d, const char *name, unsigned mode)
{
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/%s", d->dir, name) >= PATH_LENGTH)
		return -ENAMETOOLONG;
	/* the folders above may be missing as well */
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, (mode_t)mode) == 0 || errno == EEXIST ? 0 : -errno;
}

static void
text_member(struct buf *b, const char *name, const char *value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_json(b, span_of(value));
}

static int
write_sample(struct demo *d, const struct sample *s, struct buf *index)
{
	char name[128];
	struct span text;
	int r = demo_mint(d, s, &text);

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
	buf_char(index, '}');
	return demo_write(d, "samples", name, text, 0644);
}

static int
write_samples(struct demo *d)
{
	struct buf index = buf_in(d->arena, SIZE_MAX);
	int r = 0;

	buf_char(&index, '[');
	for (size_t i = 0; r == 0 && i < demo_sample_count; i++)
		if (!demo_samples[i].policy)
			r = write_sample(d, &demo_samples[i], &index);
	buf_str(&index, "]\n");
	return r != 0 ? r : demo_write(d, "samples", "samples.json", buf_span(&index), 0644);
}

static int
write_keys(struct demo *d)
{
	char name[32];
	struct span pem;
	int r = 0;

	for (size_t i = 0; r == 0 && i < SIGNER_COUNT; i++) {
		snprintf(name, sizeof(name), "signer-%02zu.key.pem", i);
		r = private_to_pem(d->signers[i].key, d->arena, &pem);
		if (r == 0)
			r = demo_write(d, "keys", name, pem, 0600);
	}
	return r;
}

static int
write_world(struct demo *d)
{
	int r = make_folder(d, "keys", 0700);

	if (r == 0)
		r = make_folder(d, "trust", 0755);
	if (r == 0)
		r = make_folder(d, "samples", 0755);
	if (r == 0)
		r = demo_write_lists(d, "trust");
	if (r == 0)
		r = write_samples(d);
	if (r == 0)
		r = write_keys(d);
	/* last, so that a world with a configuration is a whole one */
	return r != 0 ? r : demo_write(d, ".", "vidimus.conf", SPAN_LIT(config_text), 0644);
}

static void
case_json(struct demo *d, const struct sample *s, struct buf *b)
{
	buf_str(b, "{\"id\":");
	buf_json(b, span_of(s->name));
	text_member(b, "title", s->title);
	text_member(b, "spec", s->spec);
	buf_str(b, ",\n\"at\":\"");
	time_format(b, d->now);
	buf_str(b, "\",\n\"trust\":");
	buf_str(b, case_trust);
	if (s->policy) {
		buf_str(b, ",\n\"policy\":");
		buf_str(b, s->policy);
	}
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
write_case(struct demo *d, const struct sample *s)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	struct span text;
	int r = make_folder(d, s->name, 0755);

	if (r == 0)
		r = demo_mint(d, s, &text);
	case_json(d, s, &b);
	if (r == 0)
		r = demo_write(
			d, s->name, s->recipe.raw_cose ? "input.bin" : "input.txt", text, 0644);
	return r != 0 ? r : demo_write(d, s->name, "case.json", buf_span(&b), 0644);
}

static int
write_cases(struct demo *d)
{
	int r = make_folder(d, "_trust", 0755);

	d->now = CASES_CLOCK;
	if (r == 0)
		r = demo_make_keys(d);
	if (r == 0)
		r = demo_write_lists(d, "_trust");
	for (size_t i = 0; r == 0 && i < demo_sample_count; i++)
		r = write_case(d, &demo_samples[i]);
	return r;
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

	for (size_t i = 0; i < demo_sample_count; i++)
		count += demo_samples[i].policy == NULL;
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
	else if ((r = demo_make_keys(d)) == 0)
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
	struct demo d = {
		.dir = dir, .now = clock_now(), .arena = arena_new(MEMORY), .kit = kit_new()
	};
	int r = EXIT_FAULT;

	d.work = (struct work){ d.arena, &d.report, &limits_default, d.kit, d.now };
	if (d.arena && d.kit)
		r = make(&d, cases);
	demo_drop_keys(&d);
	kit_free(d.kit);
	arena_free(d.arena);
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
