/* archive.c - a ZIP archive of one file, as DIVOC's QR codes hold it, and archives that are not quite that. */
#include "codecs/base/inflate.h"
#include "gateway/cli/demo/demo.h"

enum { VERSION = 20, DEFLATED = 8, MIDNIGHT = 0, FIRST_DAY = 0x5c81 /* 2026-04-01 */ };

static void
number(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> 8 * i & 0xff));
}

/* What the entry's own header and the directory have in common. */
static void
write_entry(struct buf *b, const struct demo_archive *z, struct span packed, struct span file)
{
	number(b, VERSION, 2);
	number(b, z->flags, 2);
	number(b, DEFLATED, 2);
	number(b, MIDNIGHT, 2);
	number(b, FIRST_DAY, 2);
	number(b, crc32_of(file), 4);
	number(b, (uint32_t)packed.len, 4);
	number(b, (uint32_t)file.len, 4);
	number(b, (uint32_t)span_of(z->name).len, 2);
	number(b, 0, 2); /* no extra fields */
}

static void
write_directory(struct buf *b, const struct demo_archive *z, struct span packed, struct span file)
{
	uint32_t start = (uint32_t)b->len;

	buf_str(b, "PK\x01\x02");
	number(b, VERSION, 2);
	write_entry(b, z, packed, file);
	number(b, 0, 4); /* comment, disk */
	number(b, 0, 2); /* attributes, two kinds */
	number(b, 0, 4);
	number(b, 0, 4); /* where the entry begins */
	buf_str(b, z->name);
	uint32_t size = (uint32_t)b->len - start;
	buf_str(b, "PK\x05\x06");
	number(b, 0, 4); /* this disk, the directory's */
	number(b, 1, 2);
	number(b, 1, 2);
	number(b, size, 4);
	number(b, start, 4);
	number(b, 0, 2);
}

int
credential_archive(struct demo *d, const struct demo_archive *z, struct span file, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	struct span packed;
	int r = deflate_raw(&d->work, file, &packed);

	if (r != 0)
		return r;
	buf_str(&b, "PK\x03\x04");
	write_entry(&b, z, packed, file);
	buf_str(&b, z->name);
	buf_add(&b, packed);
	write_directory(&b, z, packed, file);
	buf_str(&b, z->tail ? z->tail : "");
	*out = buf_span(&b);
	return b.error;
}
