/* near.c - the distance of two names in typing errors: a letter too many, one too few, a wrong one, two swapped.
 *
 * Three rows of the usual table suffice.  A third of the letters may be wrong: past that
 * a guess would mislead.
 */
#include "config/near.h"

enum { LONGEST = 40, FAR = LONGEST + 1 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
distance(struct span a, struct span b)
{
	size_t rows[3][LONGEST + 1] = { 0 };

	if (a.len > LONGEST || b.len > LONGEST)
		return FAR;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t wrong = a.ptr[i - 1] != b.ptr[j - 1];
			row[j] = least(above[j - 1] + wrong, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
				a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

struct near
near_to(struct span wanted)
{
	return (struct near){ wanted, NULL, wanted.len / 3 + 1 };
}

void
near_try(struct near *n, const char *candidate)
{
	size_t d = distance(n->wanted, span_of(candidate));

	/* short names need an equal letter at least */
	if (d >= n->distance || d >= n->wanted.len)
		return;
	n->best = candidate;
	n->distance = d;
}
