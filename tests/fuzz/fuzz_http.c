/* fuzz_http.c - the request parser: whole and cut anywhere must agree, and nothing is read past the bytes given.
 *
 * The first byte of the input says where it is cut.
 */
#include "gateway/http/parse/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config_http limits = { .line = 256, .head = 1024, .field = 512, .fields = 12 };

/* Parses a copy of exactly `len` bytes, so that the sanitizer sees every step too far. */
static enum parse_result
parse_copy(struct head *h, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	enum parse_result r;

	if (!copy)
		abort();
	memcpy(copy, data, len);
	r = head_parse(h, &limits, (struct span){ copy, len });
	free(copy);
	return r;
}

static uint64_t
body_sum(struct span in, size_t step, struct chunks *c, enum parse_result *r)
{
	uint64_t sum = 0;
	size_t at = 0, end = step < in.len ? step : in.len;

	*r = PARSE_MORE;
	while (*r == PARSE_MORE) {
		size_t used = 0;
		struct span data;
		*r = chunks_parse(c, &limits, span_slice(in, at, end - at), &used, &data);
		if (*r == PARSE_BAD)
			break;
		at += used;
		for (size_t i = 0; i < data.len; i++)
			sum = sum * 31 + data.ptr[i] + 1;
		if (at == end && end == in.len)
			break;
		if (at == end)
			end = end + step < in.len ? end + step : in.len;
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head whole = { 0 }, part = { 0 };
	enum parse_result a, b = PARSE_MORE;

	if (size < 2)
		return 0;
	size_t step = (size_t)data[0] % 16 + 1;
	data++;
	size--;
	a = parse_copy(&whole, data, size);
	for (size_t n = step < size ? step : size; b == PARSE_MORE;
		n = n + step < size ? n + step : size) {
		b = parse_copy(&part, data, n);
		if (n == size)
			break;
	}
	if (a != b || whole.fault.problem != part.fault.problem ||
		(a == PARSE_DONE && whole.size != part.size))
		abort();
	if (a != PARSE_DONE || whole.body != BODY_CHUNKED)
		return 0;
	struct span body = { data + whole.size, size - whole.size };
	struct chunks one = chunks_upto(4096, "http.body"), two = one;
	uint64_t x = body_sum(body, body.len, &one, &a), y = body_sum(body, step, &two, &b);
	if (a != b || (a == PARSE_DONE && x != y) || one.fault.problem != two.fault.problem)
		abort();
	return 0;
}
