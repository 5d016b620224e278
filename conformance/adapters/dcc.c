/* dcc.c - one certificate of a corpus through the whole engine. */
#include "conformance/adapters/dcc.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

json_t *
dcc_json(struct span text)
{
	return json_loadb((const char *)text.ptr, text.len, 0, NULL);
}

struct span
dcc_text(const json_t *object, const char *member)
{
	const json_t *v = json_object_get(object, member);

	if (!json_is_string(v))
		return SPAN_NONE;
	return (struct span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

struct trust *
dcc_trust(struct suite *s, struct span bytes, struct span pin, int64_t now)
{
	struct trust_file file = { SPAN_LIT("corpus"), bytes };
	struct trust_input in = { .name = SPAN_LIT("corpus"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.pin = pin,
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	struct trust *t = NULL;

	w->now = now;
	return trust_build(w, &in, 1, &t) == 0 ? t : NULL;
}

int
dcc_verify(struct suite *s, struct span input, const struct trust *t, const struct policy *p,
	int64_t at, struct verify *out)
{
	struct work *w = suite_work(s);

	w->now = at;
	*out = (struct verify){ .input = input, .trust = t, .policy = p };
	return engine_verify(w, out);
}

const struct report *
dcc_report(struct suite *s)
{
	return &s->report;
}

bool
dcc_passed(struct suite *s, enum check_id check)
{
	return s->report.checks[check].status == STATUS_PASS;
}

enum reason
dcc_reason(struct suite *s, enum check_id check)
{
	return s->report.checks[check].reason;
}

bool
dcc_found(struct suite *s, enum reason reason)
{
	for (const struct finding *f = s->report.findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	return false;
}
