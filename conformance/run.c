/* run.c - which suites there are, running them, and what is printed.
 *
 * A suite is a folder of cases or a public corpus with an adapter.  A corpus that is
 * not there is one skip, so that a run says what it did not look at.
 */
#include "conformance/run.h"

#include "conformance/suite_impl.h"
#include "conformance/target.h"
#include "conformance/translate/pairs.h"

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

enum {
	ADAPTERS = sizeof(adapters) / sizeof(adapters[0]),
	PATH_LENGTH = 4096,
	SHOWN_FAILURES = 40,
	SHOWN_SKIPS = 10,
	MATRIX_MAX = 1 << 20,
	UNUSABLE = 64
};

#define PAIRS_SUITE "translate"

struct run {
	const struct conformance_options *options;
	const char *cases, *corpora;
	struct tested *target;
	struct kit *kit;
	struct suite *first, *last;
};

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* --- printing --- */

static void
print_told(const struct suite *s, enum outcome o, const char *label, size_t max)
{
	size_t n = 0;

	for (const struct told *t = s->first; t; t = t->next)
		if (t->outcome == o && n++ < max)
			printf("    %s %s: %s\n", label, (const char *)t->id.ptr,
				(const char *)t->detail.ptr);
	if (n > max)
		printf("    ... and %zu more %s (--out lists all)\n", n - max, label);
}

static void
print_suite(const struct suite *s, bool exceptions)
{
	const struct totals t = suite_totals(s);

	printf("%-28s %6zu passed %5zu failed %5zu skipped %5zu exceptions\n", s->name, t.passed,
		t.failed, t.skipped, t.exceptions);
	for (const struct figure *f = s->figures; f; f = f->next)
		printf("    %s: %lld\n", (const char *)f->name.ptr, f->value);
	print_told(s, CASE_FAIL, "FAILED", SHOWN_FAILURES);
	print_told(s, CASE_SKIP, "skipped", SHOWN_SKIPS);
	if (exceptions)
		print_told(s, CASE_EXCEPTION, "exception", SIZE_MAX);
	fflush(stdout);
}

/* --- suites --- */

static void
finish(struct run *r, struct suite *s)
{
	if (s->broken)
		suite_tell(s, "memory", CASE_FAIL, "there was no memory for every outcome");
	else if (!s->first)
		suite_tell(s, "empty", CASE_FAIL, "there is no case in it");
	*(r->last ? &r->last->next : &r->first) = s;
	r->last = s;
	if (!r->options->pairs)
		print_suite(s, r->options->exceptions);
}

/* The suite of that name below the folder `in`; false: no memory. */
static bool
begin(struct run *r, const char *in, const char *name, struct suite **out)
{
	char path[PATH_LENGTH];
	int n = snprintf(path, sizeof(path), "%s/%s", in, name);

	*out = n > 0 && n < PATH_LENGTH ? suite_open(name, span_of(path), r->kit) : NULL;
	return *out != NULL;
}

static bool
run_corpus(struct run *r, const char *name, const struct adapter *a)
{
	struct suite *s;

	if (!begin(r, r->corpora ? r->corpora : "", name, &s))
		return false;
	if (!target_is_builtin(r->target))
		suite_tell(s, name, CASE_SKIP, "corpora run against our own library only");
	else if (!r->corpora || !is_folder((const char *)s->folder.ptr))
		suite_tell(s, name, CASE_SKIP,
			"the corpus is not there (docs/corpora.md says where to get it)");
	else if (a->run(s) != 0)
		suite_tell(s, "run", CASE_FAIL, "the adapter could not read the corpus");
	finish(r, s);
	return true;
}

static bool
run_cases(struct run *r, const char *name, const struct adapter *unused)
{
	struct suite *s;

	(void)unused;
	if (!begin(r, r->cases, name, &s))
		return false;
	if (case_suite(s, r->target) != 0)
		suite_tell(s, "run", CASE_FAIL, "the folder of cases could not be read");
	finish(r, s);
	return true;
}

/* What is done with each suite there is; false ends the round. */
typedef bool (*suite_fn)(struct run *r, const char *name, const struct adapter *corpus);

static int
case_folder(const struct dirent *e)
{
	return e->d_name[0] != '.' && e->d_name[0] != '_';
}

static bool
each_case_folder(struct run *r, suite_fn fn)
{
	struct dirent **entries;
	int n = scandir(r->cases, &entries, case_folder, alphasort);
	bool on = true;

	for (int i = 0; i < n; i++) {
		on = on && fn(r, entries[i]->d_name, NULL);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return on;
}

/* Folders of cases, then corpora. */
static bool
each_suite(struct run *r, suite_fn fn)
{
	bool on = each_case_folder(r, fn);

	for (size_t i = 0; on && i < ADAPTERS; i++)
		on = fn(r, adapters[i]->name, adapters[i]);
	return on;
}

static bool
list_one(struct run *r, const char *name, const struct adapter *corpus)
{
	(void)r;
	printf("%-28s %s\n", name, corpus ? "corpus" : "cases");
	return true;
}

static bool
run_wanted(struct run *r, const char *name, const struct adapter *corpus)
{
	const struct conformance_options *o = r->options;
	bool wanted = o->pairs ? !corpus && strcmp(name, PAIRS_SUITE) == 0 : o->suite_count == 0;

	for (size_t i = 0; i < o->suite_count; i++)
		wanted = wanted || strcmp(o->suites[i], name) == 0;
	if (!wanted)
		return true;
	return corpus ? run_corpus(r, name, corpus) : run_cases(r, name, NULL);
}

/* --- the run --- */

static const char *
corpora_folder(const struct conformance_options *o)
{
	const char *env = getenv("VIDIMUS_CORPORA");

	if (o->corpora)
		return o->corpora;
	if (env && env[0])
		return env;
	return is_folder("../shared/corpora") ? "../shared/corpora" : NULL;
}

static bool
exists(const struct run *r, const char *suite)
{
	char path[PATH_LENGTH];

	for (size_t i = 0; i < ADAPTERS; i++)
		if (strcmp(adapters[i]->name, suite) == 0)
			return true;
	snprintf(path, sizeof(path), "%s/%s", r->cases, suite);
	return suite[0] && suite[0] != '.' && suite[0] != '_' && !strchr(suite, '/') &&
	       is_folder(path);
}

/* A misspelt name or folder must never look like a run without failures. */
static bool
usable(const struct run *r)
{
	const struct conformance_options *o = r->options;

	for (size_t i = 0; i < o->suite_count; i++)
		if (!exists(r, o->suites[i])) {
			fprintf(stderr,
				"vidimus conformance: there is no suite %s (`vidimus conformance "
				"list` names them)\n",
				o->suites[i]);
			return false;
		}
	enum pairs_form form;
	if (o->pairs && !pairs_form_named(o->pairs, &form)) {
		fprintf(stderr,
			"vidimus conformance: pairs are printed as text, json or page, not %s\n",
			o->pairs);
		return false;
	}
	const char *named[] = { o->cases, o->corpora };
	for (size_t i = 0; i < 2; i++)
		if (named[i] && !is_folder(named[i])) {
			fprintf(stderr, "vidimus conformance: there is no folder %s\n", named[i]);
			return false;
		}
	return true;
}

/* Failures go to standard error: what is printed is the matrix. */
static bool
print_pairs(struct run *r)
{
	struct suite *s = r->first;
	enum pairs_form form = PAIRS_TEXT;
	struct buf b = { 0 };

	if (!s || !pairs_form_named(r->options->pairs, &form))
		return false;
	b = buf_in(s->arena, MATRIX_MAX);
	pairs_write(&b, s, form);
	for (const struct told *t = s->first; t; t = t->next)
		if (t->outcome == CASE_FAIL)
			fprintf(stderr, "FAILED %s: %s\n", (const char *)t->id.ptr,
				(const char *)t->detail.ptr);
	return !b.error && fwrite(b.ptr, 1, b.len, stdout) == b.len && fflush(stdout) == 0;
}

static int
run_all(struct run *r)
{
	const struct conformance_options *o = r->options;
	bool whole = each_suite(r, run_wanted);
	int error = o->out ? write_reports(o->out, o->target, r->first) : 0;
	struct totals t = all_totals(r->first);

	if (!whole)
		fprintf(stderr, "vidimus conformance: out of memory\n");
	if (error != 0)
		fprintf(stderr, "vidimus conformance: the reports can't be written to %s: %s\n",
			o->out, strerror(-error));
	if (o->pairs && !print_pairs(r))
		t.failed++;
	t.failed += !whole;
	t.failed += error != 0;
	if (!o->pairs)
		printf("%zu passed, %zu failed, %zu skipped\n", t.passed, t.failed, t.skipped);
	return t.failed == 0 && t.passed > 0 ? 0 : 1;
}

static void
close_run(struct run *r)
{
	while (r->first) {
		struct suite *next = r->first->next;
		suite_close(r->first);
		r->first = next;
	}
	target_close(r->target);
	kit_free(r->kit);
}

int
conformance_run(const struct conformance_options *o)
{
	struct run r = { .options = o,
		.cases = o->cases ? o->cases : "conformance/cases",
		.corpora = corpora_folder(o) };
	const char *fault;
	int code = UNUSABLE;

	if (!usable(&r))
		return UNUSABLE;
	if (o->list)
		return each_suite(&r, list_one) ? 0 : 1;
	r.kit = kit_new();
	r.target = target_open(o->target, o->adapter, &fault);
	if (r.target && o->token)
		target_take_token(r.target, span_of(o->token));
	if (!r.target)
		fprintf(stderr, "vidimus conformance: %s\n", fault);
	else if (r.kit)
		code = run_all(&r);
	close_run(&r);
	return code;
}
