/* trust.c - `vidimus trust`: which lists there are, how old they are, whose keys they hold. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/render.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 64 << 20 };

static const struct option_row rows[] = {
	{ "--config", true, false },
	{ "--trust", true, true },
	{ "--pin", true, true },
	{ "--env", true, false },
	{ "--at", true, false },
	{ "--policy", true, false },
	{ "--json", false, false },
	{ 0 },
};

static void
print_time(struct arena *a, const char *label, int64_t t)
{
	struct buf b = buf_in(a, 64);

	if (t == TIME_NONE)
		return;
	time_format(&b, t);
	printf(", %s %.*s", label, (int)b.len, (const char *)b.ptr);
}

static void
print_source(struct session *s, const struct trust_source_info *i)
{
	show_text(i->name);
	printf("  (%.*s, %s, %s", (int)i->kind.len, (const char *)i->kind.ptr,
		domain_name(i->domain), env_name(i->env));
	print_time(s->arena, "issued", i->issued_at);
	print_time(s->arena, "read", i->read_at);
	print_time(s->arena, "until", i->expires_at);
	print_time(s->arena, "newest item", i->newest_at);
	puts(")");
	if (i->fault) {
		printf("  NOT USED: %s\n", i->fault);
		return;
	}
	printf("  %zu keys, %zu refused, %zu skipped%s\n", i->keys, i->refused, i->skipped,
		trust_stale(i, s->now) ? "; TOO OLD: verdicts by its keys are indeterminate" : "");
	if (i->issuers + i->rid_lists > 0)
		printf("  %zu issuers, %zu revocation lists\n", i->issuers, i->rid_lists);
	printf("  list %s, items %s\n",
		i->list_signed ? "signed by the pinned key" : "not signed or not pinned",
		i->items_checked ? "checked against their authorities" : "not checked further");
}

static int
list(struct session *s)
{
	size_t n = trust_source_count(s->trust);

	if (n == 0)
		puts("no trust list is configured: every issuer is unknown");
	for (size_t i = 0; i < n; i++)
		print_source(s, trust_source_at(s->trust, i));
	return 0;
}

static void
print_key(struct session *s, const struct trust_key *k)
{
	struct buf kid = buf_in(s->arena, 1024);

	/* of health cards and W3C credentials it is text */
	if (k->source->domain == TRUST_SHC || k->source->domain == TRUST_VC)
		buf_add(&kid, k->kid);
	else
		base64_encode(&kid, k->kid);
	printf("  %-14.*s %-9s ", (int)kid.len, (const char *)kid.ptr,
		k->key ? key_type(k->key) : "refused");
	printf("%c%c%c", k->usage & USAGE_TEST ? 't' : '-',
		k->usage & USAGE_VACCINATION ? 'v' : '-', k->usage & USAGE_RECOVERY ? 'r' : '-');
	print_time(s->arena, "from", k->not_before);
	print_time(s->arena, "until", k->not_after);
	print_time(s->arena, "seen", k->seen_at);
	printf("  ");
	show_text(k->name);
	printf("  [%.*s]%s%s\n", (int)k->source->name.len, (const char *)k->source->name.ptr,
		k->key ? "" : " ", k->key ? "" : key_fault_text(k->fault));
}

static void
print_issuer(struct session *s, const struct trust_issuer *i)
{
	show_text(i->iss);
	printf("  ");
	show_text(i->name);
	if (i->canonical.len > 0) {
		printf(", now ");
		show_text(i->canonical);
	}
	print_time(s->arena, "seen", i->seen_at);
	printf("  [%.*s]\n", (int)i->source->name.len, (const char *)i->source->name.ptr);
}

static size_t
show_issuers(struct session *s, const char *authority)
{
	size_t found = 0;

	for (size_t i = 0; i < trust_issuer_count(s->trust); i++) {
		const struct trust_issuer *one = trust_issuer_at(s->trust, i);
		if (authority && !span_is(one->iss, authority))
			continue;
		print_issuer(s, one);
		found++;
	}
	return found;
}

static int
show(struct session *s, const char *authority)
{
	size_t found = show_issuers(s, authority);

	for (size_t i = 0; i < trust_key_count(s->trust); i++) {
		const struct trust_key *k = trust_key_at(s->trust, i);
		if (authority && !span_is(k->authority, authority))
			continue;
		if (!authority) {
			show_text(k->authority);
			putchar(' ');
		}
		print_key(s, k);
		found++;
	}
	if (found == 0)
		fprintf(stderr, "vidimus trust show: no key of %s\n",
			authority ? authority : "anyone");
	return found > 0 ? 0 : EXIT_REJECTED;
}

static int
print_json(struct session *s, const char *authority)
{
	struct arena *a = arena_new(ANSWER_MAX);
	struct buf b = a ? buf_in(a, ANSWER_MAX) : (struct buf){ .error = -1 };
	bool known = true;

	if (a && authority)
		known = render_authority(&b, s->trust, span_of(authority));
	else if (a)
		render_trust(&b, s->trust, s->now);
	if (!b.error && known)
		printf("%.*s\n", (int)b.len, (const char *)b.ptr);
	int r = b.error ? EXIT_FAULT : known ? 0 : EXIT_REJECTED;
	arena_free(a);
	return r;
}

/* Reads the lists given as a source would be read, and says what they would give. */
static int
import(struct session *s, bool json)
{
	int r = json ? print_json(s, NULL) : list(s);

	for (size_t i = 0; r == 0 && i < trust_source_count(s->trust); i++)
		if (trust_source_at(s->trust, i)->fault)
			r = EXIT_REJECTED;
	return r;
}

static int
dispatch(struct session *s, const struct options *o)
{
	const char *verb = o->operand_count > 0 ? o->operands[0] : "list";
	const char *subject = o->operand_count > 1 ? o->operands[1] : NULL;

	if (strcmp(verb, "list") == 0 && !subject)
		return option_value(o, "--json") ? print_json(s, NULL) : list(s);
	if (strcmp(verb, "show") == 0 && o->operand_count <= 2)
		return option_value(o, "--json") ? print_json(s, subject) : show(s, subject);
	if (strcmp(verb, "import") == 0 && !subject)
		return usage("trust", "import reads the lists that it is given: add FILE...", NULL);
	if (strcmp(verb, "import") == 0)
		return import(s, option_value(o, "--json") != NULL);
	return usage("trust", "the verbs are list, show [AUTHORITY] and import FILE..., not", verb);
}

/* `import FILE...` is --trust FILE... by another name; a pin is the last one's. */
static int
paths_of_import(struct session *s, struct options *o)
{
	bool importing = o->operand_count > 1 && strcmp(o->operands[0], "import") == 0;
	size_t count = 2 * (o->operand_count - 1);
	const char **pairs = ARENA_ARRAY(
		s->arena, o->repeated_count + 2 * o->operand_count, const char *);

	if (!importing)
		return 0;
	if (!pairs)
		return EXIT_FAULT;
	for (size_t i = 1; i < o->operand_count; i++) {
		pairs[2 * i - 2] = "--trust";
		pairs[2 * i - 1] = o->operands[i];
	}
	for (size_t i = 0; i + 1 < o->repeated_count; i += 2)
		if (strcmp(o->repeated[i], "--pin") == 0) {
			pairs[count++] = o->repeated[i];
			pairs[count++] = o->repeated[i + 1];
		}
	o->repeated = pairs;
	o->repeated_count = count;
	return 0;
}

int
cli_trust(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0)
		r = paths_of_import(&s, &o);
	if (r == 0)
		r = session_from_options(&s, &o, "trust");
	if (r == 0)
		r = dispatch(&s, &o);
	session_close(&s);
	return r;
}
