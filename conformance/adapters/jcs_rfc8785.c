/* jcs_rfc8785.c - the test data of RFC 8785: six documents, and 10,000 doubles with ECMAScript's text of each.
 *
 * Each number goes both ways: from its bits, and (up to 64 bits of integer, as far as our
 * reader goes) from the text read as a document again.
 */
#include "codecs/tree/jcs.h"
#include "conformance/suite.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

extern const struct adapter jcs_rfc8785_adapter;

static int
run_document(struct suite *s, const char *path, void *arg)
{
	struct work *w = suite_work(s);
	struct span in, want, is = SPAN_NONE;
	char output[256];
	int rc;

	(void)arg;
	snprintf(output, sizeof(output), "output%s", path + sizeof("input") - 1);
	rc = w ? suite_read(s, path, &in) : -ENOMEM;
	if (rc == 0)
		rc = suite_read(s, output, &want);
	if (rc == 0)
		rc = jcs_of_text(w, in, "json", &is);
	if (rc < 0)
		return rc;
	if (span_eq(is, want))
		suite_tell(s, path, CASE_PASS, NULL);
	else
		suite_tell(s, path, CASE_FAIL, "differs: %.*s", (int)is.len,
			is.ptr ? (const char *)is.ptr : "");
	return 0;
}

/* Hexadecimal digits without leading zeros, as the file has them. */
static bool
read_bits(struct span hex, double *out)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < hex.len; i++) {
		uint8_t c = hex.ptr[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		bits = bits << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	memcpy(out, &bits, sizeof(bits));
	return hex.len > 0 && hex.len <= 16;
}

/* Written as an integer, but beyond the 64 bits that our reader takes. */
static bool
is_large(double v)
{
	return fabs(v) >= 0x1p64 && fabs(v) < 1e21;
}

static int
run_number(struct suite *s, size_t line, struct span hex, struct span want)
{
	struct work *w = suite_work(s);
	struct buf b = buf_in(w->arena, 64);
	struct span again = SPAN_NONE;
	char id[32];
	double v = 0;
	bool ok = read_bits(hex, &v) && jcs_number(&b, v);
	int rc = jcs_of_text(w, want, "json", &again);

	if (rc < 0)
		return rc;
	snprintf(id, sizeof(id), "es6-numbers:%zu", line);
	if (ok && span_eq(buf_span(&b), want) && (span_eq(again, want) || is_large(v)))
		suite_tell(s, id, CASE_PASS, NULL);
	else
		suite_tell(s, id, CASE_FAIL, "%.*s instead of %.*s", (int)b.len,
			(const char *)b.ptr, (int)want.len, (const char *)want.ptr);
	return 0;
}

static int
run(struct suite *s)
{
	struct span all, line;
	size_t count = 0;
	int rc = suite_each(s, "input", ".json", run_document, NULL);

	if (rc == 0)
		rc = suite_read(s, "es6-numbers-10000.txt", &all);
	while (rc == 0 && span_split(&all, '\n', &line))
		if (line.len > 0) {
			size_t comma = span_find(line, ',');

			rc = run_number(
				s, ++count, span_slice(line, 0, comma), span_from(line, comma + 1));
		}
	suite_figure(s, "numbers", (long long)count);
	return rc;
}

const struct adapter jcs_rfc8785_adapter = { "jcs-rfc8785", run };
