/* status_list.c - see status_list.h. */
#include "codecs/vc/emit/status_list.h"

#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/vc/emit/part.h"

#include <errno.h>

static const struct dialect {
	const char *head; /* up to the identifier */
	const char *from, *until, *subject, *list;
} dialects[] = {
	[VC_LIST_BITSTRING] = { "{\"@context\":[\"" VC_CONTEXT_20
				"\"],\"type\":[\"VerifiableCredential\","
				"\"BitstringStatusListCredential\"],\"id\":",
		",\"validFrom\":\"", ",\"validUntil\":\"", "BitstringStatusList",
		/* multibase */ "\"encodedList\":\"u" },
	[VC_LIST_2021] = { "{\"@context\":[\"" VC_CONTEXT_11
			   "\",\"https://w3id.org/vc/status-list/2021/v1\"],\"type\":["
			   "\"VerifiableCredential\",\"StatusList2021Credential\"],\"id\":",
		",\"issuanceDate\":\"", ",\"expirationDate\":\"", "StatusList2021",
		"\"encodedList\":\"" },
};

static const struct way {
	enum vc_list_kind kind;
	enum vc_form form;
	const char *media_type;
} ways[] = {
	{ VC_LIST_BITSTRING, VC_JSON, "application/vc" },
	{ VC_LIST_BITSTRING, VC_JOSE, "application/vc+jwt" },
	{ VC_LIST_2021, VC_TOKEN, "application/jwt" },
};

static const struct way *
way_of(const struct status_list *l)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i].kind == l->kind && ways[i].form == l->form)
			return &ways[i];
	return NULL;
}

static void
write_list(struct buf *b, const struct status_list *l, struct span packed)
{
	const struct dialect *d = &dialects[l->kind];
	struct buf id = buf_in(b->arena, SIZE_MAX);

	buf_add(&id, l->url);
	buf_str(&id, "#list");
	vc_put_text(b, d->head, l->url);
	vc_put_text(b, ",\"issuer\":", l->issuer);
	vc_put_time(b, d->from, l->from);
	vc_put_time(b, d->until, l->until);
	vc_put_text(b, ",\"credentialSubject\":{\"id\":", buf_span(&id));
	vc_put_text(b, ",\"type\":", span_of(d->subject));
	buf_str(b, ",\"statusPurpose\":\"revocation\",");
	buf_str(b, d->list);
	base64url_encode(b, packed);
	buf_str(b, "\"}}");
	if (id.error)
		b->error = id.error;
}

int
status_list_render(struct work *w, const struct status_list *l, const struct signer *s,
	struct status_list_text *out)
{
	const struct way *way = way_of(l);
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct span packed, text;
	int error;

	if (!way || l->bits.len < STATUS_LIST_LEAST)
		return -EINVAL;
	if ((error = deflate_gzip(w, l->bits, &packed)) != 0)
		return error;
	write_list(&b, l, packed);
	if (b.error)
		return b.error;
	struct vc_part p = { .form = l->form,
		.suite = s->alg == SIG_EDDSA ? "eddsa-rdfc-2022" : "ecdsa-rdfc-2019",
		.id = l->url,
		.issuer = l->issuer,
		.from = l->from,
		.until = l->until,
		.document = buf_span(&b) };
	if ((error = vc_part_seal(w, &p, s, &text)) == 0)
		*out = (struct status_list_text){ text, way->media_type };
	return error;
}
