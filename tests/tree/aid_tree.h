/* aid_tree.h - a work of its own for one reading, and hex for test tables. */
#ifndef TESTS_AID_TREE_H
#define TESTS_AID_TREE_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/node.h"

struct reading {
	struct arena      *arena;
	struct kit        *kit;
	struct report      report;
	struct limits      limits; /* a copy of the defaults, to be changed before reading */
	struct work        work;
	const struct node *root;
};

typedef int (*tree_reader)(struct work *w, struct span in, const char *layer, const struct node **out);

void reading_begin(struct reading *r);
void reading_end(struct reading *r);
/* Reads and asserts that it returned 0 and has a root or a reason, not both. */
const struct node *reading_of(struct reading *r, tree_reader read, struct span in);
enum reason        reading_reason(const struct reading *r);
size_t             reading_offset(const struct reading *r);
/* The limit that was exceeded, "" when none. */
const char *reading_limit(const struct reading *r);
/* Hex without blanks, decoded into the arena. */
struct span reading_hex(struct reading *r, const char *hex);
/* The reason of one reading with the default limits; the offset of the fault when asked for. */
enum reason reason_of(tree_reader read, struct span in, size_t *offset);
/* Every prefix of in is refused, and in itself accepted; then with every arena budget up to what it takes. */
void assert_truncation_refused(tree_reader read, struct span in);
void assert_budgets_survived(tree_reader read, struct span in);

#endif
