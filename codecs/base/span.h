/* span.h - a borrowed run of bytes, and the only legal way to walk one.
 *
 * A span never owns.  Whatever it points into (the request body, or the
 * request's arena) outlives every span made during that request.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *ptr;
	size_t         len;
};

#define SPAN_LIT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })
#define SPAN_NONE   ((struct span){ NULL, 0 })

/* Over a C string, without its final NUL; NULL gives SPAN_NONE.  In line, as the next two: a literal's length and
 * a comparison of lengths then cost nothing. */
static inline struct span
span_of(const char *s)
{
	return s ? (struct span){ (const uint8_t *)s, strlen(s) } : SPAN_NONE;
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

/* Whether part, which is not empty, stands in s. */
bool        span_holds(struct span s, struct span part);
int         span_cmp(struct span a, struct span b); /* bytes, then length: as memcmp */
bool        span_starts(struct span s, struct span prefix);
bool        span_ends(struct span s, struct span suffix);
struct span span_slice(struct span s, size_t from, size_t len); /* clamps to s */
struct span span_from(struct span s, size_t from);              /* clamps to s */
size_t      span_find(struct span s, uint8_t byte);             /* s.len when absent */
struct span span_trim_blanks(struct span s); /* what span_trim does where there may be something to do */
/* Cuts the part before `sep` off the front of *rest; false once *rest is used up (ptr NULL). */
bool span_split(struct span *rest, uint8_t sep, struct span *part);

/* Without ASCII blank, tab, CR and LF at either end. */
static inline struct span
span_trim(struct span s)
{
	if (s.len > 0 && s.ptr[0] > ' ' && s.ptr[s.len - 1] > ' ')
		return s;
	return span_trim_blanks(s);
}

/* A cursor fails once and stays failed: read freely, test at the end. */
struct cursor {
	struct span all;
	size_t      at;
	bool        failed;
};

struct cursor cursor_over(struct span s);
uint8_t       cursor_u8(struct cursor *c);
uint64_t      cursor_be(struct cursor *c, unsigned bytes); /* bytes <= 8 */
struct span   cursor_take(struct cursor *c, size_t len);
size_t        cursor_left(const struct cursor *c);
bool          cursor_done(const struct cursor *c); /* all read, none failed */

#endif
