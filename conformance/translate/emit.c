/* emit.c - an expected translation: well put, and held against what came. */
#include "conformance/translate/emit.h"

#include "codecs/record/loss.h"
#include "conformance/shape.h"
#include "gateway/attest/attest.h"

#include <stdlib.h>
#include <string.h>

static const char *
text_of(json_t *o, const char *member)
{
	return json_string_value(json_object_get(o, member));
}

const struct target *
emit_target(json_t *emit)
{
	return emit ? target_named(span_of(text_of(emit, "to"))) : NULL;
}

/* --- the expectation itself --- */

static enum refusal
refusal_named(const char *code)
{
	enum refusal r = REFUSAL_NONE;

	while (r < REFUSAL_COUNT && strcmp(refusal_code(r), code) != 0)
		r++;
	return r;
}

static bool
is_fate(const char *name, enum loss_fate *out)
{
	for (enum loss_fate f = 0; f < LOSS_FATES; f++)
		if (strcmp(loss_fate_name(f), name) == 0) {
			*out = f;
			return true;
		}
	return false;
}

/* "birthDate", "events[0].brand", "events[12]"; "events": none that fits */
static bool
is_element(const char *path)
{
	bool of_event = strncmp(path, "events[", 7) == 0;
	char *end = NULL;

	if (strcmp(path, "events") == 0)
		return true;
	if (of_event) {
		strtoul(path + 7, &end, 10);
		if (end == path + 7 || *end++ != ']')
			return false;
		if (*end == '\0')
			return true;
		if (*end++ != '.')
			return false;
		path = end;
	}
	enum element e = element_named(span_of(path));
	return e < ELEMENT_EVENT && element_of_event(e) == of_event;
}

static const char *
row_fault(struct arena *a, json_t *row, size_t *counts)
{
	static const struct shape table[] = { { "element", SHAPE_TEXT, true },
		{ "fate", SHAPE_TEXT, true }, { "equivalence", SHAPE_TEXT, false },
		{ "from", SHAPE_TEXT, false }, { "to", SHAPE_TEXT, false },
		{ "why", SHAPE_TEXT, false }, { 0 } };
	const char *fault = shape_fault(a, row, "expect.emit.loss.elements", table);
	enum loss_fate fate;

	if (fault)
		return fault;
	if (!is_element(text_of(row, "element")))
		return fault_text(
			a, "expect.emit: there is no element \"%s\"", text_of(row, "element"));
	if (!is_fate(text_of(row, "fate"), &fate))
		return fault_text(a, "expect.emit: there is no fate \"%s\"", text_of(row, "fate"));
	counts[fate]++;
	return NULL;
}

static const char *
counts_fault(struct arena *a, json_t *loss, const size_t *counts)
{
	for (enum loss_fate f = 0; f < LOSS_FATES; f++) {
		json_int_t n = json_integer_value(json_object_get(loss, loss_fate_name(f)));
		if (n != (json_int_t)counts[f])
			return fault_text(a, "expect.emit: %zu rows are \"%s\", not %lld",
				counts[f], loss_fate_name(f), (long long)n);
	}
	return NULL;
}

static const char *
loss_fault(struct arena *a, json_t *loss)
{
	static const struct shape table[] = { { "kept", SHAPE_INTEGER, true },
		{ "mapped", SHAPE_INTEGER, true }, { "supplied", SHAPE_INTEGER, true },
		{ "dropped", SHAPE_INTEGER, true }, { "missing", SHAPE_INTEGER, true },
		{ "elements", SHAPE_ARRAY, true }, { 0 } };
	const char *fault = shape_fault(a, loss, "expect.emit.loss", table);
	json_t *rows = json_object_get(loss, "elements");
	size_t counts[LOSS_FATES] = { 0 };

	for (size_t i = 0; !fault && i < json_array_size(rows); i++)
		fault = row_fault(a, json_array_get(rows, i), counts);
	return fault ? fault : counts_fault(a, loss, counts);
}

const char *
emit_fault(struct arena *a, json_t *emit)
{
	static const struct shape table[] = { { "to", SHAPE_TEXT, true },
		{ "refusal", SHAPE_TEXT, false }, { "loss", SHAPE_OBJECT, false }, { 0 } };
	const char *fault = shape_fault(a, emit, "expect.emit", table);
	const char *code = text_of(emit, "refusal");
	json_t *loss = json_object_get(emit, "loss");

	if (fault)
		return fault;
	if (!emit_target(emit))
		return fault_text(a, "expect.emit: there is no form \"%s\"", text_of(emit, "to"));
	enum refusal r = code ? refusal_named(code) : REFUSAL_NONE;
	if (r == REFUSAL_COUNT || (code && r == REFUSAL_NONE))
		return fault_text(a, "expect.emit: there is no refusal \"%s\"", code);
	if ((r == REFUSAL_NONE || r >= REFUSAL_MISSING) != (loss != NULL))
		return loss ? "expect.emit: a refusal without a loss report has one"
			    : "expect.emit lacks \"loss\"";
	return loss ? loss_fault(a, loss) : NULL;
}

/* --- an answer --- */

static const char *const row_members[] = { "element", "fate", "equivalence", "from", "to", "why" };
enum { ROW_MEMBERS = sizeof(row_members) / sizeof(row_members[0]) };

static const char *
or_nothing(const char *text)
{
	return text ? text : "nothing";
}

static const char *
compare_row(struct arena *a, json_t *want, json_t *got)
{
	for (size_t i = 0; i < ROW_MEMBERS; i++) {
		const char *w = text_of(want, row_members[i]), *g = text_of(got, row_members[i]);
		if (w ? !g || strcmp(w, g) != 0 : g != NULL)
			return fault_text(a, "loss of %s: %s %s expected, %s given",
				text_of(want, "element"), row_members[i], or_nothing(w),
				or_nothing(g));
	}
	return NULL;
}

static const char *
compare_loss(struct arena *a, json_t *want, json_t *got)
{
	json_t *rows = json_object_get(want, "elements"), *given = json_object_get(got, "elements");
	const char *fault = NULL;
	size_t i;

	for (i = 0; !fault && i < json_array_size(rows) && i < json_array_size(given); i++)
		fault = compare_row(a, json_array_get(rows, i), json_array_get(given, i));
	if (!fault && i < json_array_size(rows))
		fault = fault_text(
			a, "loss of %s: no row", text_of(json_array_get(rows, i), "element"));
	if (!fault && i < json_array_size(given))
		fault = fault_text(a, "loss of %s: no row was expected",
			or_nothing(text_of(json_array_get(given, i), "element")));
	for (enum loss_fate f = 0; !fault && f < LOSS_FATES; f++)
		if (!json_equal(json_object_get(want, loss_fate_name(f)),
			    json_object_get(got, loss_fate_name(f))))
			fault = fault_text(a, "the loss report counts other elements as %s",
				loss_fate_name(f));
	return fault;
}

const char *
emit_compare(struct arena *a, json_t *emit, json_t *answer)
{
	const char *want = text_of(emit, "refusal"), *got = text_of(answer, "code");
	json_t *loss = json_object_get(emit, "loss"), *given = json_object_get(answer, "loss");

	if (want ? !got || strcmp(want, got) != 0 : got != NULL)
		return fault_text(a, "refusal: %s expected, %s given", want ? want : "none",
			got ? got : "none");
	if (!loss != !given)
		return loss ? "there is no loss report" : "there is a loss report";
	return loss ? compare_loss(a, loss, given) : NULL;
}
