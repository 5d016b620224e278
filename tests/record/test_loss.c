/* test_loss.c - no element is lost in silence, and codes are found through what they were mapped to. */
#include "codecs/credential.h"
#include "codecs/record/crosswalk.h"
#include "codecs/record/loss.h"
#include "codecs/record/valueset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct telling {
	struct arena *arena;
	struct event event;
	struct record record;
	struct loss loss;
};

static void
begin(struct telling *t)
{
	t->arena = arena_new(1 << 16);
	assert_non_null(t->arena);
	record_init(&t->record);
	event_init(&t->event, EVENT_VACCINATION);
	t->record.events = &t->event;
	t->record.event_count = 1;
	loss_begin(&t->loss, t->arena, &t->record);
}

static const struct loss_row *
row(const struct telling *t, int event, enum element e)
{
	static const struct loss_row none = { .fate = LOSS_FATES };
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&t->loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return &none;
}

static void
the_certificate_is_told_without_an_event(void **state)
{
	struct telling t;

	(void)state;
	begin(&t);
	t.event.lot = SPAN_LIT("A1");
	t.record.name.text = SPAN_LIT("Otto Pinguin");
	t.record.sex = SPAN_LIT("male");
	loss_drop(&t.loss, 0, ELEMENT_EVENT, WHY_KIND);
	loss_miss(&t.loss, LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND);
	loss_keep(&t.loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT);
	assert_int_equal(loss_rest(&t.loss), 0);
	assert_int_equal(row(&t, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->fate, LOSS_KEPT);
	assert_int_equal(row(&t, LOSS_NO_EVENT, ELEMENT_SEX)->fate, LOSS_DROPPED);
	/* of an event that was dropped whole nothing more is said */
	assert_int_equal(row(&t, 0, ELEMENT_LOT)->fate, LOSS_FATES);
	arena_free(t.arena);
}

static void
words_alone_are_not_lost_in_silence(void **state)
{
	struct telling t;

	(void)state;
	begin(&t);
	t.event.manufacturer = (struct coded){ .to_display = SPAN_LIT("A maker"),
		.map = MAP_EQUAL };
	assert_int_equal(loss_rest(&t.loss), 0);
	assert_int_equal(row(&t, 0, ELEMENT_MANUFACTURER)->fate, LOSS_DROPPED);
	arena_free(t.arena);
}

static void
a_code_is_found_through_what_it_was_mapped_to(void **state)
{
	struct coded brand = { .display = SPAN_LIT("Comirnaty") }, to;

	(void)state;
	assert_false(crosswalk_to(CODES_ICD11, &brand, &to));
	coded_map(&brand, valueset_coded(VALUES_PRODUCT, SPAN_LIT("EU/1/20/1528")), MAP_EQUAL);
	assert_true(crosswalk_to(CODES_ICD11, &brand, &to));
	assert_true(span_is(to.code, "XM8NQ0"));
	assert_int_equal(to.map, MAP_EQUAL);
	/* both halves of the way count */
	brand.map = MAP_INEXACT;
	assert_true(crosswalk_to(CODES_ICD11, &brand, &to));
	assert_int_equal(to.map, MAP_INEXACT);
	coded_map(&brand, valueset_coded(VALUES_PRODUCT, SPAN_LIT("Abdala")), MAP_EQUAL);
	assert_true(crosswalk_to(CODES_ICD11, &brand, &to));
	assert_int_equal(to.map, MAP_WIDER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_certificate_is_told_without_an_event),
		cmocka_unit_test(words_alone_are_not_lost_in_silence),
		cmocka_unit_test(a_code_is_found_through_what_it_was_mapped_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
