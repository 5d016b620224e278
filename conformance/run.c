/* run.c - which suites there are, running them, and what is printed.
 *
 * A suite is a folder of cases or a public corpus with an adapter.  A corpus that is
 * not there is one skip, so that a run says what it did not look at.
 */
#include "conformance/run.h"

#include "conformance/suite_impl.h"
#include "conformance/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ADAPTER(symbol, folder) extern const struct adapter symbol##_adapter;
#include "conformance/adapters/adapters.def"
#undef ADAPTER

static const struct adapter *const adapters[] = {
#define ADAPTER(symbol, folder) &symbol##_adapter,
#include "conformance/adapters/adapters.def"
#undef ADAPTER
};

enum { ADAPTERS = sizeof(adapters) / sizeof(adapters[0]), PATH_LENGTH = 4096, SHOWN = 40 };

struct run {
	const struct conformance_options *options;
	struct target *target;
	struct kit *kit;
	struct suite *first, *last;
	size_t passed, failed, skipped;
};

static bool
wanted(const struct conformance_options *o, const char *name)
{
	for (size_t i = 0; i < o->suite_count; i++)
		if (strcmp(o->suites[i], name) == 0)
			return true;
	return o->suite_count == 0;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
print_told(const struct suite *s, enum outcome o, const char *label, size_t max)
{
	size_t n = 0;

	for (const struct told *t = s->first; t; t = t->next) {
		if (t->outcome != o)
			continue;
		if (n++ < max)
			printf("    %s %s: %s\n", label, (const char *)t->id.ptr,
				(const char *)t->detail.ptr);
	}
	if (n > max)
		printf("    ... and %zu more\n", n - max);
}

static void
print_suite(const struct run *r, const struct suite *s)
{
	printf("%-28s %6zu passed %5zu failed %5zu skipped %5zu exceptions\n", s->name,
		s->counts[CASE_PASS] + s->counts[CASE_EXCEPTION], s->counts[CASE_FAIL],
		s->counts[CASE_SKIP], s->counts[CASE_EXCEPTION]);
	for (const struct figure *f = s->figures; f; f = f->next)
		printf("    %s: %lld\n", (const char *)f->name.ptr, f->value);
	print_told(s, CASE_FAIL, "FAILED", SHOWN);
	print_told(s, CASE_SKIP, "skipped", 10);
	if (r->options->exceptions)
		print_told(s, CASE_EXCEPTION, "exception", SIZE_MAX);
	fflush(stdout);
}

static void
count(struct run *r, struct suite *s)
{
	if (s->broken)
		suite_tell(s, "memory", CASE_FAIL, "there was no memory for every outcome");
	r->passed += s->counts[CASE_PASS] + s->counts[CASE_EXCEPTION];
	r->failed += s->counts[CASE_FAIL];
	r->skipped += s->counts[CASE_SKIP];
	if (r->last)
		r->last->next = s;
	else
		r->first = s;
	r->last = s;
	print_suite(r, s);
}

static void
run_corpus(struct run *r, const struct adapter *a, const char *corpora)
{
	char path[PATH_LENGTH];
	bool local = strcmp(r->options->target ? r->options->target : "builtin", "builtin") == 0;

	snprintf(path, sizeof(path), "%s/%s", corpora ? corpora : "", a->name);
	struct suite *s = suite_open(a->name, span_of(path), r->kit);
	if (!s) {
		r->failed++;
		return;
	}
	if (!local)
		suite_tell(s, a->name, CASE_SKIP, "corpora run against our own library only");
	else if (!corpora || !is_folder(path))
		suite_tell(s, a->name, CASE_SKIP,
			"the corpus is not there (docs/corpora.md says where to get it)");
	else if (a->run(s) != 0)
		suite_tell(s, "run", CASE_FAIL, "the adapter could not read the corpus");
	count(r, s);
}

static void
run_cases(struct run *r, const char *cases, const char *name)
{
	char path[PATH_LENGTH];

	snprintf(path, sizeof(path), "%s/%s", cases, name);
	struct suite *s = is_folder(path) ? suite_open(name, span_of(path), r->kit) : NULL;
	if (!s)
		return;
	if (case_suite(s, r->target) != 0)
		suite_tell(s, "run", CASE_FAIL, "the folder of cases could not be read");
	count(r, s);
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.' && e->d_name[0] != '_';
}

static void
run_case_folders(struct run *r, const char *cases)
{
	struct dirent **entries;
	int n = scandir(cases, &entries, visible, alphasort);

	for (int i = 0; i < n; i++) {
		if (wanted(r->options, entries[i]->d_name))
			run_cases(r, cases, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static const char *
corpora_folder(const struct conformance_options *o)
{
	const char *env = getenv("VIDIMUS_CORPORA");

	if (o->corpora)
		return o->corpora;
	if (env)
		return env;
	return is_folder("../shared/corpora") ? "../shared/corpora" : NULL;
}

static int
list_suites(const struct conformance_options *o, const char *cases)
{
	struct dirent **entries;
	int n = scandir(cases, &entries, visible, alphasort);

	(void)o;
	for (int i = 0; i < n; i++) {
		printf("%-28s cases\n", entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	for (size_t i = 0; i < ADAPTERS; i++)
		printf("%-28s corpus\n", adapters[i]->name);
	return 0;
}

static void
drop_suites(struct suite *s)
{
	while (s) {
		struct suite *next = s->next;
		suite_close(s);
		s = next;
	}
}

static int
run_all(struct run *r, const char *cases)
{
	const char *corpora = corpora_folder(r->options);

	run_case_folders(r, cases);
	for (size_t i = 0; i < ADAPTERS; i++)
		if (wanted(r->options, adapters[i]->name))
			run_corpus(r, adapters[i], corpora);
	int error = r->options->out ? write_reports(r->options->out, r->first) : 0;
	if (error != 0) {
		printf("the reports could not be written to %s: %s\n", r->options->out,
			strerror(-error));
		r->failed++;
	}
	printf("%zu passed, %zu failed, %zu skipped\n", r->passed, r->failed, r->skipped);
	return r->failed == 0 && r->passed > 0 ? 0 : 1;
}

int
conformance_run(const struct conformance_options *o)
{
	const char *cases = o->cases ? o->cases : "conformance/cases";
	struct run r = { .options = o };
	int code = 64;

	if (o->list)
		return list_suites(o, cases);
	r.kit = kit_new();
	r.target = target_open(o->target);
	if (!r.target)
		fprintf(stderr, "vidimus conformance: a target is builtin, http://HOST:PORT or "
				"exec:COMMAND\n");
	else if (r.kit)
		code = run_all(&r, cases);
	drop_suites(r.first);
	target_close(r.target);
	kit_free(r.kit);
	return code;
}
