/* fuzz_config.c - any bytes as configuration and as environment: taken whole within its bounds, or faults that can
 * be printed. */
#include "config/config_impl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every value of a taken configuration is one that its own key takes. */
static void
check_row(struct reading *r, const struct key_row *row, void *target)
{
	struct buf b = buf_in(r->arena, 4096);

	config_show(&b, row, target);
	if (row->high > 0 && !config_parse(r, row, buf_span(&b), target))
		abort();
}

static void
check_taken(struct arena *a, struct config *c)
{
	struct reading r = { .arena = a };
	size_t count;
	const struct key_row *rows = config_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (!config_section_takes_name(rows[i].section))
			check_row(&r, &rows[i], c);
		for (size_t j = 0; rows[i].section == SECTION_SOURCE && j < c->source_count; j++)
			check_row(&r, &rows[i], &c->sources[j]);
		for (size_t j = 0; rows[i].section == SECTION_POLICY && j < c->policy_count; j++)
			check_row(&r, &rows[i], &c->policies[j]);
		for (size_t j = 0; rows[i].section == SECTION_ACCESS && j < c->access_count; j++)
			check_row(&r, &rows[i], &c->access[j]);
		for (size_t j = 0; rows[i].section == SECTION_CONTEXT && j < c->context_count; j++)
			check_row(&r, &rows[i], &c->contexts[j]);
	}
}

static void
check_faults(const struct config_fault *faults, size_t count)
{
	if (count > FAULTS)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (faults[i].sentence.len == 0)
			abort();
		for (size_t j = 0; j < faults[i].sentence.len; j++)
			if (faults[i].sentence.ptr[j] < ' ' || faults[i].sentence.ptr[j] == 0x7f)
				abort();
	}
}

/* What follows a NUL is one entry of the environment. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct span all = { data, size }, text;
	struct config c;
	struct config_fault *faults;
	size_t count;

	if (!a)
		return 0;
	span_split(&all, '\0', &text);
	struct span entry = arena_copy(a, all.ptr ? all : SPAN_LIT("PATH=/"));
	char *env[] = { (char *)(uintptr_t)entry.ptr, NULL };
	config_init(&c);
	if (entry.ptr && config_read(a, text, env, &c, &faults, &count) == 0) {
		check_faults(faults, count);
		if (count == 0)
			check_taken(a, &c);
	}
	arena_free(a);
	return 0;
}
