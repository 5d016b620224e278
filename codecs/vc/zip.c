/* zip.c - see zip.h: the local header, the file, the directory of one entry, the end; each exactly where it must be. */
#include "codecs/vc/zip.h"

#include "codecs/base/inflate.h"
#include "codecs/base/report.h"

enum {
	LOCAL = 0x04034b50,
	DIRECTORY = 0x02014b50,
	END = 0x06054b50,
	STORED = 0,
	DEFLATED = 8,
	DESCRIPTOR = 0x08074b50,
	BEHIND = 0x0008, /* the sizes stand behind the file, as packers write that don't go back */
	FLAGS = 0x0806, /* how hard the packer tried, and that names are UTF-8; none changes how the file is read */
	SIZE_OF_END = 22
};

/* What both headers say of the file, in the order in which they say it. */
struct entry {
	uint64_t flags, method, time, date, crc, packed, size;
	struct span name;
};

struct reading {
	struct cursor c;
	struct work *w;
	const struct zip_rules *rules;
	bool bad; /* reported */
};

/* Little endian. */
static uint64_t
number(struct cursor *c, size_t bytes)
{
	struct span s = cursor_take(c, bytes);
	uint64_t v = 0;

	for (size_t i = s.len; i > 0; i--)
		v = v << 8 | s.ptr[i - 1];
	return v;
}

static void
fail(struct reading *r, enum reason reason, size_t offset)
{
	if (!r->bad)
		report_fail(r->w->report, reason, PLACE_AT(r->rules->layer, offset));
	r->bad = true;
}

static void
demand(struct reading *r, bool so, enum reason reason, size_t offset)
{
	if (r->c.failed)
		fail(r, REASON_ZIP_MALFORMED, r->c.all.len);
	else if (!so)
		fail(r, reason, offset);
}

/* From the flags to the sizes, alike in both headers. */
static struct entry
read_entry(struct cursor *c)
{
	struct entry e;

	e.flags = number(c, 2);
	e.method = number(c, 2);
	e.time = number(c, 2);
	e.date = number(c, 2);
	e.crc = number(c, 4);
	e.packed = number(c, 4);
	e.size = number(c, 4);
	return e;
}

static bool
same(const struct entry *a, const struct entry *b)
{
	return a->flags == b->flags && a->method == b->method && a->time == b->time &&
	       a->date == b->date && a->crc == b->crc && a->packed == b->packed &&
	       a->size == b->size && span_eq(a->name, b->name);
}

static struct entry
read_local(struct reading *r)
{
	struct cursor *c = &r->c;

	demand(r, number(c, 4) == LOCAL, REASON_ZIP_MALFORMED, 0);
	number(c, 2); /* the version needed; what is used tells more */
	struct entry e = read_entry(c);
	size_t name = number(c, 2), extra = number(c, 2);
	e.name = cursor_take(c, name);
	cursor_take(c, extra);
	bool behind = (e.flags & BEHIND) != 0;
	demand(r, (e.flags & ~(uint64_t)(FLAGS | BEHIND)) == 0, REASON_ZIP_FORM, 6);
	demand(r, e.method == DEFLATED || (e.method == STORED && !behind), REASON_ZIP_FORM, 8);
	demand(r, !behind || (e.crc | e.packed | e.size) == 0, REASON_ZIP_FORM, 14);
	demand(r, e.method != STORED || e.packed == e.size, REASON_ZIP_MALFORMED, 18);
	demand(r, span_is(e.name, r->rules->name), REASON_ZIP_FILE, 30);
	return e;
}

/* From the directory, which the end says the place of; whether that is where it must be is read later. */
static void
find_sizes(struct reading *r, struct entry *e)
{
	struct span in = r->c.all;
	struct cursor end = cursor_over(
		span_from(in, in.len < SIZE_OF_END ? in.len : in.len - SIZE_OF_END));

	cursor_take(&end, 16);
	size_t at = number(&end, 4);
	struct cursor c = cursor_over(span_from(in, at < in.len ? at : in.len));
	demand(r, number(&c, 4) == DIRECTORY && !end.failed, REASON_ZIP_MALFORMED, in.len);
	number(&c, 4);
	struct entry stated = read_entry(&c);
	demand(r, !c.failed, REASON_ZIP_MALFORMED, in.len);
	e->crc = stated.crc;
	e->packed = stated.packed;
	e->size = stated.size;
}

/* Behind the file, with its mark or without; the deflated data must have ended in front of it. */
static void
read_descriptor(struct reading *r, const struct entry *e)
{
	struct cursor *c = &r->c;
	size_t at = c->at;
	uint64_t crc = number(c, 4);

	if (crc == DESCRIPTOR)
		crc = number(c, 4);
	uint64_t packed = number(c, 4), size = number(c, 4);
	demand(r, crc == e->crc && packed == e->packed && size == e->size, REASON_ZIP_MALFORMED,
		at);
}

static void
read_directory(struct reading *r, const struct entry *local)
{
	struct cursor *c = &r->c;
	size_t at = c->at;

	/* another file in front of the directory */
	demand(r, number(c, 4) == DIRECTORY, REASON_ZIP_FILE, at);
	number(c, 4); /* who made it, and for whom */
	struct entry e = read_entry(c);
	size_t name = number(c, 2), extra = number(c, 2), comment = number(c, 2);
	uint64_t disk = number(c, 2);
	number(c, 6); /* attributes */
	uint64_t offset = number(c, 4);
	e.name = cursor_take(c, name);
	cursor_take(c, extra);
	demand(r, same(&e, local), REASON_ZIP_MALFORMED, at);
	demand(r, comment == 0 && disk == 0 && offset == 0, REASON_ZIP_FORM, at);
}

static void
read_end(struct reading *r, size_t directory)
{
	struct cursor *c = &r->c;
	size_t at = c->at;

	demand(r, number(c, 4) == END, REASON_ZIP_FILE, at); /* another entry */
	uint64_t disks = number(c, 4), here = number(c, 2), all = number(c, 2);
	uint64_t size = number(c, 4), start = number(c, 4), comment = number(c, 2);
	demand(r, disks == 0 && comment == 0, REASON_ZIP_FORM, at);
	demand(r, here == 1 && all == 1, REASON_ZIP_FILE, at);
	demand(r, start == directory && size == at - directory, REASON_ZIP_MALFORMED, at);
	demand(r, cursor_done(c), REASON_ZIP_MALFORMED, c->at);
}

static const enum reason inflate_reason[] = {
	[INFLATE_DAMAGED] = REASON_INFLATE_MALFORMED,
	[INFLATE_TRAILED] = REASON_INFLATE_TRAILING,
};

static int
unpack(struct reading *r, const struct entry *e, struct span packed, struct span *out)
{
	enum inflate_result result = INFLATE_OK;
	struct work *w = r->w;
	size_t at = (size_t)(packed.ptr - r->c.all.ptr);
	int error = 0;

	*out = packed;
	if (e->method == DEFLATED)
		error = inflate_raw(w, packed, e->size, out, &result);
	if (error != 0 || result == INFLATE_OK)
		return error;
	if (result == INFLATE_TOO_DENSE)
		report_limit(w->report, "inflate.ratio", w->limits->inflate_ratio,
			PLACE_AT(r->rules->layer, at));
	else
		fail(r, result == INFLATE_TOO_LONG ? REASON_ZIP_MALFORMED : inflate_reason[result],
			at);
	r->bad = true;
	return 0;
}

int
zip_only_file(struct work *w, struct span in, const struct zip_rules *rules, struct span *out)
{
	struct reading r = { .c = cursor_over(in), .w = w, .rules = rules };
	struct entry e = read_local(&r);
	struct span file = SPAN_NONE;
	bool behind = !r.bad && (e.flags & BEHIND) != 0;

	*out = SPAN_NONE;
	if (behind)
		find_sizes(&r, &e);
	if (!r.bad && e.size > rules->max) {
		report_limit(w->report, rules->limit, rules->max, PLACE_AT(rules->layer, 22));
		return 0;
	}
	struct span packed = cursor_take(&r.c, r.bad ? 0 : e.packed);
	if (behind && !r.bad)
		read_descriptor(&r, &e);
	size_t directory = r.c.at;
	demand(&r, packed.ptr != NULL, REASON_ZIP_MALFORMED, directory);
	if (!r.bad)
		read_directory(&r, &e);
	if (!r.bad)
		read_end(&r, directory);
	int error = r.bad ? 0 : unpack(&r, &e, packed, &file);
	if (error != 0 || r.bad)
		return error;
	demand(&r, file.len == e.size && crc32_of(file) == e.crc, REASON_ZIP_MALFORMED, 14);
	if (!r.bad)
		*out = file;
	return 0;
}

bool
zip_looks_like(struct span in)
{
	return span_starts(in, SPAN_LIT("PK\x03\x04"));
}
