/* members.c - the members of a map, sorted and written. */
#include "codecs/hcert/emit/members.h"

#include "codecs/tree/cbor_write.h"

#include <assert.h>

static void
add(struct members *m, struct member one)
{
	assert(m->count < MEMBERS_MAX);
	m->list[m->count++] = one;
}

void
members_text(struct members *m, const char *key, struct span value)
{
	if (value.len > 0)
		add(m, (struct member){ .key = key, .kind = MEMBER_TEXT, .value = value });
}

void
members_cbor(struct members *m, const char *key, struct span item)
{
	if (item.len > 0)
		add(m, (struct member){ .key = key, .kind = MEMBER_CBOR, .value = item });
}

void
members_int(struct members *m, const char *key, int64_t number)
{
	add(m, (struct member){ .key = key, .kind = MEMBER_INT, .number = number });
}

/* By the bytes of the written key, whose first one is its length. */
static bool
is_before(const char *a, const char *b)
{
	size_t one = strlen(a), other = strlen(b);

	return one != other ? one < other : strcmp(a, b) < 0;
}

static void
sort(struct members *m)
{
	for (size_t i = 1; i < m->count; i++)
		for (size_t j = i; j > 0 && is_before(m->list[j].key, m->list[j - 1].key); j--) {
			struct member held = m->list[j];
			m->list[j] = m->list[j - 1];
			m->list[j - 1] = held;
		}
}

void
members_write(struct members *m, struct buf *b)
{
	sort(m);
	cborw_map(b, m->count);
	for (size_t i = 0; i < m->count; i++) {
		cborw_text(b, span_of(m->list[i].key));
		if (m->list[i].kind == MEMBER_INT)
			cborw_int(b, m->list[i].number);
		else if (m->list[i].kind == MEMBER_TEXT)
			cborw_text(b, m->list[i].value);
		else
			buf_add(b, m->list[i].value);
	}
}
