/* cbor_appendix_a.c - the examples of RFC 8949, Appendix A: read, compared, written again.
 *
 * A value is compared with the JSON that the corpus gives for it, or with its diagnostic notation; where the corpus
 * says that an example is in its preferred form, our writer must give back the same bytes.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node_json.h"
#include "conformance/suite.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

extern const struct adapter cbor_appendix_a_adapter;

enum { DEPTH_MAX = 16 };

/* Bignums are bytes under tag 2, or 3 for -1 - n; doubles are enough to tell the examples apart. */
static double
number_of(const struct node *n)
{
	struct span text = n->raw;
	double v = 0;

	if (n->kind == NODE_INT)
		return (double)n->as.integer;
	if (n->kind == NODE_REAL)
		return n->as.real;
	if (n->kind == NODE_BIG)
		text = span_from(n->raw, n->raw.len - 8);
	else if (n->kind == NODE_BYTES && (node_has_tag(n, 2) || node_has_tag(n, 3)))
		text = n->as.bytes;
	else
		return NAN;
	for (size_t i = 0; i < text.len; i++)
		v = v * 256 + text.ptr[i];
	return node_has_tag(n, 3) || (n->kind == NODE_BIG && n->raw.ptr[0] == 0x3b) ? -1 - v : v;
}

static bool same(const struct node *n, const json_t *j, unsigned depth);

static bool
same_children(const struct node *n, const json_t *j, unsigned depth)
{
	bool map = json_is_object(j);
	size_t i = 0;

	if (n->kind != (map ? NODE_MAP : NODE_LIST) ||
		n->size != (map ? json_object_size(j) : json_array_size(j)) || depth == 0)
		return false;
	for (const struct node *c = n->child; c; c = c->next, i++) {
		const json_t *other = json_array_get(j, i);

		if (map)
			other = json_object_getn(j, (const char *)c->key.ptr, c->key.len);
		if (!other || !same(c, other, depth - 1))
			return false;
	}
	return true;
}

static bool
same(const struct node *n, const json_t *j, unsigned depth)
{
	if (json_is_real(j))
		return number_of(n) == json_real_value(j);
	if (json_is_string(j))
		return n->kind == NODE_TEXT && span_is(n->as.bytes, json_string_value(j));
	if (json_is_boolean(j))
		return n->kind == NODE_BOOL && n->as.boolean == json_is_true(j);
	if (json_is_null(j))
		return n->kind == NODE_NULL;
	return same_children(n, j, depth);
}

static void
print_real(struct buf *b, const struct node *n)
{
	if (isnan(n->as.real))
		buf_str(b, "NaN");
	else if (isinf(n->as.real))
		buf_str(b, n->as.real > 0 ? "Infinity" : "-Infinity");
	else
		node_to_json(b, n);
}

/* Diagnostic notation (RFC 8949, section 8) as far as the examples need it. */
static void
print(struct buf *b, const struct node *n)
{
	for (size_t i = 0; i < n->tag_count; i++) {
		buf_uint(b, n->tags[i]);
		buf_char(b, '(');
	}
	if (n->kind == NODE_REAL) {
		print_real(b, n);
	} else if (n->kind == NODE_BYTES) {
		buf_str(b, "h'");
		buf_hex(b, n->as.bytes);
		buf_char(b, '\'');
	} else if (n->kind == NODE_SIMPLE) {
		buf_str(b, "simple(");
		buf_uint(b, n->as.simple);
		buf_char(b, ')');
	} else if (n->kind == NODE_NULL) {
		buf_str(b, n->raw.ptr[n->raw.len - 1] == 0xf7 ? "undefined" : "null");
	} else if (n->kind == NODE_MAP) {
		buf_char(b, '{');
		for (const struct node *c = n->child; c; c = c->next) {
			buf_add(b, c->key);
			buf_str(b, ": ");
			node_to_json(b, c);
			buf_str(b, c->next ? ", " : "");
		}
		buf_char(b, '}');
	} else {
		node_to_json(b, n);
	}
	for (size_t i = 0; i < n->tag_count; i++)
		buf_char(b, ')');
}

/* The tree has the chunks of a string joined: "(_ h'01', h'02')" is compared as "h'0102'". */
static struct span
without_chunks(struct arena *a, const char *text)
{
	struct buf b = buf_in(a, 4096);
	bool chunks = strncmp(text, "(_ h'", 5) == 0;

	for (const char *p = chunks ? text + 3 : text; *p; p++) {
		if (chunks && strncmp(p, "', h'", 5) == 0)
			p += 4;
		else if (!chunks || *p != ')')
			buf_char(&b, *p);
	}
	return buf_span(&b);
}

static bool
agrees(struct work *w, const struct node *n, const json_t *row)
{
	const json_t *decoded = json_object_get(row, "decoded");
	struct buf b = buf_in(w->arena, 4096);

	if (decoded)
		return same(n, decoded, DEPTH_MAX);
	print(&b, n);
	return span_eq(buf_span(&b),
		without_chunks(w->arena, json_string_value(json_object_get(row, "diagnostic"))));
}

/* The same bytes, or, where the example is not in preferred form, other bytes of the same content. */
static bool
returns(struct work *w, const struct node *n, struct span bytes, bool roundtrip)
{
	struct buf b = buf_in(w->arena, 4096);
	const struct node *again = NULL;

	cborw_node(&b, n);
	if (roundtrip)
		return span_eq(buf_span(&b), bytes);
	return node_from_cbor(w, buf_span(&b), "cbor", &again) == 0 && node_equal(n, again);
}

static int
run_row(struct suite *s, const json_t *row)
{
	const char *hex = json_string_value(json_object_get(row, "hex"));
	bool roundtrip = json_is_true(json_object_get(row, "roundtrip"));
	struct work *w = suite_work(s);
	const struct node *n = NULL;
	struct span bytes;
	size_t bad;
	int rc;

	if (!w || !hex)
		return w ? -EINVAL : -ENOMEM;
	rc = hex_decode(w->arena, span_of(hex), &bytes, &bad);
	if (rc == 0)
		rc = node_from_cbor(w, bytes, "cbor", &n);
	if (rc < 0)
		return rc;
	if (!n && strcmp(hex, "f818") == 0)
		suite_tell(s, hex, CASE_EXCEPTION,
			"RFC 8949, 3.3 made two-byte simple values below 32 malformed");
	else if (!n)
		suite_tell(s, hex, CASE_FAIL, "refused: %s",
			reason_code(w->report->checks[w->report->running].reason));
	else if (!agrees(w, n, row))
		suite_tell(s, hex, CASE_FAIL, "read as another value");
	else if (!returns(w, n, bytes, roundtrip))
		suite_tell(s, hex, CASE_FAIL, "written as other bytes");
	else
		suite_tell(s, hex, CASE_PASS, NULL);
	return roundtrip && n ? 1 : 0;
}

static int
run(struct suite *s)
{
	struct span file;
	json_t *rows;
	long long trips = 0;
	size_t i;
	json_t *row;
	int rc = suite_read(s, "appendix_a.json", &file);

	if (rc < 0)
		return rc;
	rows = json_loadb((const char *)file.ptr, file.len, JSON_DECODE_INT_AS_REAL, NULL);
	if (!json_is_array(rows)) {
		json_decref(rows);
		return -EINVAL;
	}
	json_array_foreach(rows, i, row)
	{
		rc = run_row(s, row);
		if (rc < 0)
			break;
		trips += rc;
	}
	json_decref(rows);
	suite_figure(s, "round trips compared by bytes", trips);
	return rc < 0 ? rc : 0;
}

const struct adapter cbor_appendix_a_adapter = { "cbor-appendix-a", run };
