/* translit.c - letter by letter through the table; Greek, where letters change each other, in a file of its own. */
#include "codecs/record/translit_impl.h"

#include "codecs/base/text.h"

enum { ARABIC_FIRST = 0x0621, ARABIC_LAST = 0x06d3, TAA = 0x0629, SHADDA = 0x0651 };
enum { GREEK_FIRST = 0x0386, GREEK_LAST = 0x03ff, GREEK_MORE = 0x1f00, GREEK_END = 0x1fff };

static const struct letter {
	uint32_t code;
	char text[5];
} letters[] = {
#define LETTER(code, text) { code, text },
#include "codecs/record/translit.def"
#undef LETTER
};

static const struct letter *
find(uint32_t code)
{
	size_t low = 0, high = sizeof(letters) / sizeof(letters[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (letters[middle].code == code)
			return &letters[middle];
		if (letters[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint32_t
walk_next(struct walk *w)
{
	uint32_t c = w->s.ptr[w->at++];
	unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (more > 0)
		c &= 0x3fu >> more;
	for (; more > 0; more--)
		c = c << 6 | (w->s.ptr[w->at++] & 0x3fu);
	return c;
}

uint32_t
walk_peek(struct walk w)
{
	return w.at < w.s.len ? walk_next(&w) : 0;
}

enum kind { KIND_FILLER, KIND_NOTHING, KIND_UNKNOWN };

static bool
is_one_of(uint32_t c, const uint16_t *list)
{
	for (; *list; list++)
		if (c == *list)
			return true;
	return false;
}

static bool
is_between(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* What is no letter of the table: separators, marks that are left out, anything else. */
static enum kind
kind_of(uint32_t c)
{
	static const uint16_t fillers[] = { ' ', '-', ',', '<', 0x00a0, 0x2010, 0x2011, 0x2012,
		0x2013, 0x2014, 0x2212, 0 };
	static const uint16_t marks[] = { '\'', '"', '`', '.', '/', '(', ')', 0x00b4, 0x00b7,
		0x02b9, 0x02bb, 0x02bc, 0x0384, 0x0640, 0x0652, 0x0670, 0x2018, 0x2019, 0x201b,
		0x201c, 0x201d, 0x2032, 0 };

	if (is_one_of(c, fillers))
		return KIND_FILLER;
	bool mark = is_one_of(c, marks) || is_between(c, 0x0300, 0x036f) ||
		    is_between(c, 0x064b, 0x0650) || is_between(c, 0x200b, 0x200f);
	return mark ? KIND_NOTHING : KIND_UNKNOWN;
}

/* Of letters written as letter and mark: a diaeresis over A, O and U, and a ring over A, count as in one letter. */
static const char *
mark_text(char last, uint32_t mark)
{
	if (mark == 0x0308 && (last == 'A' || last == 'O' || last == 'U'))
		return "E";
	return mark == 0x030a && last == 'A' ? "A" : "";
}

struct text {
	struct buf *b;
	size_t start; /* of the name in b */
	char last
		[5]; /* the letter just written, for what doubles or changes it; "" behind a filler */
	bool owed; /* a filler stands before the next letter */
};

static void
write(struct text *t, const char *letter)
{
	if (t->owed && t->b->len > t->start && letter[0])
		buf_char(t->b, '<');
	t->owed = t->owed && !letter[0];
	buf_str(t->b, letter);
	memcpy(t->last, letter, strlen(letter) + 1);
}

static void
write_mark(struct text *t, uint32_t c)
{
	buf_str(t->b, c == SHADDA                 ? t->last
		      : t->last[0] && !t->last[1] ? mark_text(t->last[0], c)
						  : "");
	if (c != SHADDA)
		t->last[0] = '\0';
}

static bool
write_letter(struct text *t, struct walk *w, uint32_t c)
{
	const struct letter *l;

	if (is_between(c | 0x20, 'a', 'z')) {
		write(t, (char[]){ (char)(c & ~0x20u), '\0' });
		return true;
	}
	if (is_between(c, GREEK_FIRST, GREEK_LAST) || is_between(c, GREEK_MORE, GREEK_END)) {
		const char *text = greek_text(w, c, t->last[0] == '\0');
		if (text)
			write(t, text);
		return text != NULL;
	}
	l = find(c);
	if (!l)
		return false;
	/* it ends a name as XAH, and is XTA within */
	if (c == TAA && !is_between(walk_peek(*w), ARABIC_FIRST, ARABIC_LAST))
		write(t, "XAH");
	else
		write(t, l->text);
	return true;
}

bool
translit_name(struct buf *b, struct span name)
{
	struct text t = { .b = b, .start = b->len };
	struct walk w = { name, 0 };

	if (utf8_check(name) != name.len)
		return false;
	while (w.at < name.len) {
		uint32_t c = walk_next(&w);
		if (write_letter(&t, &w, c))
			continue;
		enum kind kind = c == SHADDA ? KIND_NOTHING : kind_of(c);
		if (kind == KIND_UNKNOWN)
			return false;
		if (kind == KIND_FILLER) {
			t.owed = true;
			t.last[0] = '\0';
		} else {
			write_mark(&t, c);
		}
	}
	return b->len > t.start || b->error;
}

bool
translit_is(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < 'A' || s.ptr[i] > 'Z') && s.ptr[i] != '<')
			return false;
	return s.len > 0;
}
