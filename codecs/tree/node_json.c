/* node_json.c - a tree as JSON text, by a walk without recursion.
 *
 * Bytes become base64url, CBOR's undefined and simple values null, and numbers stay as they were written where
 * that was JSON.  Errors stay in the buf.
 */
#include "codecs/tree/node_json.h"

#include "codecs/base/text.h"
#include "codecs/tree/number.h"

static void
write_bytes(struct buf *b, struct span s)
{
	buf_char(b, '"');
	base64url_encode(b, s);
	buf_char(b, '"');
}

static void
write_scalar(struct buf *b, const struct node *n)
{
	switch (n->kind) {
	case NODE_BOOL:
		buf_str(b, n->as.boolean ? "true" : "false");
		break;
	case NODE_INT:
	case NODE_BIG:
	case NODE_REAL:
		number_write(b, n);
		break;
	case NODE_TEXT:
		buf_json(b, n->as.bytes);
		break;
	case NODE_BYTES:
		write_bytes(b, n->as.bytes);
		break;
	default:
		buf_str(b, "null");
		break;
	}
}

static bool
is_container(const struct node *n)
{
	return n->kind == NODE_LIST || n->kind == NODE_MAP;
}

/* The key, then the value or the opening of it. */
static void
enter(struct buf *b, const struct node *n, const struct node *root)
{
	if (n != root && n->parent->kind == NODE_MAP) {
		buf_json(b, n->key);
		buf_char(b, ':');
	}
	if (is_container(n))
		buf_char(b, n->kind == NODE_MAP ? '{' : '[');
	else
		write_scalar(b, n);
}

static void
leave(struct buf *b, const struct node *n)
{
	if (is_container(n))
		buf_char(b, n->kind == NODE_MAP ? '}' : ']');
}

void
node_to_json(struct buf *b, const struct node *root)
{
	const struct node *n = root;

	while (n) {
		enter(b, n, root);
		if (n->child) {
			n = n->child;
			continue;
		}
		leave(b, n);
		while (n != root && !n->next) {
			n = n->parent;
			leave(b, n);
		}
		if (n == root)
			return;
		buf_char(b, ',');
		n = n->next;
	}
}
