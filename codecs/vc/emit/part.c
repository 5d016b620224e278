/* part.c - see part.h. */
#include "codecs/vc/emit/part.h"

#include "codecs/base/date.h"

void
vc_put_text(struct buf *b, const char *before, struct span value)
{
	buf_str(b, before);
	buf_json(b, value);
}

void
vc_put_time(struct buf *b, const char *before, int64_t t)
{
	buf_str(b, before);
	time_format(b, t);
	buf_char(b, '"');
}

static void
write_claims(struct buf *b, const struct vc_part *p)
{
	vc_put_text(b, "{\"iss\":", p->issuer);
	vc_put_text(b, ",\"jti\":", p->id);
	buf_str(b, ",\"nbf\":");
	buf_int(b, p->from);
	buf_str(b, ",\"exp\":");
	buf_int(b, p->until);
	buf_str(b, ",\"vc\":");
	buf_add(b, p->document);
	buf_char(b, '}');
}

int
vc_part_seal(struct work *w, const struct vc_part *p, const struct signer *s, struct span *out)
{
	struct buf created = buf_in(w->arena, SIZE_MAX), claims = created;
	struct vc_recipe r = {
		.form = p->form, .suite = p->suite, .more = p->more, .document = p->document
	};

	time_format(&created, p->from);
	buf_char(&created, '\0');
	r.created = (const char *)buf_span(&created).ptr;
	if (p->form == VC_TOKEN) {
		write_claims(&claims, p);
		r.document = buf_span(&claims);
	}
	if (created.error || claims.error)
		return created.error ? created.error : claims.error;
	return vc_seal(w, &r, s, out);
}
