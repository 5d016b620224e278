/* cbor_not_well_formed.c - inputs that every CBOR decoder must refuse, one a line as {"id", "hex", ...}. */
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"
#include "conformance/suite.h"

#include <errno.h>
#include <stdio.h>

extern const struct adapter cbor_not_well_formed_adapter;

static int
run_line(struct suite *s, struct span line)
{
	struct work *w = suite_work(s);
	const struct node *row = NULL, *n = NULL;
	struct span id, bytes = SPAN_NONE;
	char name[64];
	size_t bad;
	int rc;

	if (!w)
		return -ENOMEM;
	rc = node_from_json(w, line, "row", &row);
	if (rc < 0)
		return rc;
	rc = row ? hex_decode(w->arena, node_text(node_get(row, "hex")), &bytes, &bad) : -EINVAL;
	if (rc < 0)
		return rc;
	id = node_text(node_get(row, "id"));
	snprintf(name, sizeof(name), "%.*s", (int)id.len, (const char *)id.ptr);
	rc = node_from_cbor(w, bytes, "cbor", &n);
	if (rc < 0)
		return rc;
	suite_tell(s, name, n ? CASE_FAIL : CASE_PASS, n ? "accepted" : NULL);
	return 0;
}

static int
run(struct suite *s)
{
	struct span rest, line;
	int rc = suite_read(s, "not_well_formed.ndjson", &rest);

	while (rc == 0 && span_split(&rest, '\n', &line))
		if (line.len > 0)
			rc = run_line(s, line);
	return rc;
}

const struct adapter cbor_not_well_formed_adapter = { "cbor-not-well-formed", run };
