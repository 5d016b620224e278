/* uvci.c - see uvci.h: who writes a certificate and who revokes it must mean the same bytes. */
#include "codecs/hcert/emit/uvci.h"

#include "codecs/emit.h"
#include "codecs/hcert/eu_dcc.h"
#include "codecs/seal/digest.h"

void
uvci_write(struct buf *b, struct span country, const uint8_t *id)
{
	size_t start = b->len;

	buf_str(b, "URN:UVCI:01:");
	buf_add(b, country);
	buf_char(b, ':');
	buf_add(b, emit_id_text(b->arena, id));
	char check = dcc_check_character(span_from(buf_span(b), start));
	buf_char(b, '#');
	buf_char(b, check);
}

int
uvci_hash(struct kit *kit, struct span ci, uint8_t out[UVCI_HASH])
{
	uint8_t md[32];
	int r = digest_of(kit, DIGEST_SHA256, ci, md);

	if (r == 0)
		memcpy(out, md, UVCI_HASH);
	return r;
}
