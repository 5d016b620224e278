/* status.c - our lists of status, each as credential in three forms: with a proof, as JOSE, and for data model 1.1.
 *
 * A list that says what it said, and is young, is not signed again.
 */
#include "gateway/publish/edition.h"

#include "codecs/base/arena.h"
#include "codecs/seal/digest.h"
#include "codecs/vc/emit/status_list.h"

#include <errno.h>

static const struct form {
	enum key_purpose purpose;
	enum vc_list_kind kind;
	enum vc_form form;
	const char *tail, *media_type;
} forms[] = {
	{ PURPOSE_VC_EDDSA, VC_LIST_BITSTRING, VC_JSON, "", "application/vc" },
	{ PURPOSE_VC_ECDSA, VC_LIST_BITSTRING, VC_JOSE, "", "application/vc+jwt" },
	{ PURPOSE_VC_ECDSA, VC_LIST_2021, VC_TOKEN, STATUS_LIST_2021, "application/jwt" },
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]), LIST_MEMORY = 16 << 20 };

struct list {
	int64_t number;
	struct span bits;
	uint8_t of[32];
};

static struct span
path_of(struct edition *e, const struct list *l, const struct form *f, struct span before)
{
	struct buf b = buf_in(e->w->arena, SIZE_MAX);

	buf_add(&b, before);
	buf_str(&b, "/status/");
	buf_int(&b, l->number);
	buf_str(&b, f->tail);
	return buf_span(&b);
}

/* A proof may be by either kind of key, a token's is ES256. */
static const struct own_key *
key_for(const struct edition *e, const struct form *f)
{
	const struct own_key *k = keys_active(e->keys, f->purpose, e->w->now);

	return k || f->form != VC_JSON ? k : keys_active(e->keys, PURPOSE_VC_ECDSA, e->w->now);
}

static int
sign(struct edition *e, const struct list *l, const struct form *f, struct span path)
{
	const struct own_key *k = key_for(e, f);
	struct status_list_text text;
	struct signer s;
	int r;

	if (!k)
		return 0; /* nor does anything name the list in this form */
	if ((r = keys_signer(e->keys, k, &s)) != 0)
		return r;
	struct status_list list = { .kind = f->kind,
		.form = f->form,
		.bits = l->bits,
		.url = path_of(e, l, f, keys_identity(e->keys)->url),
		.issuer = keys_did(e->keys),
		.from = e->w->now,
		.until = e->w->now + PUBLISHED_LIFE };
	r = list.url.ptr ? status_list_render(e->w, &list, &s, &text) : -ENOMEM;
	return r ? r : edition_add(e, path, f->media_type, text.text, l->of);
}

static int
add_list(struct edition *e, struct list *l)
{
	int r = digest_of(e->w->kit, DIGEST_SHA256, l->bits, l->of);

	for (size_t i = 0; r == 0 && i < FORMS; i++) {
		struct span path = path_of(e, l, &forms[i], SPAN_NONE);
		if (!path.ptr)
			r = -ENOMEM;
		else if (!edition_again(e, path, forms[i].media_type, l->of))
			r = sign(e, l, &forms[i], path);
	}
	return r;
}

/* Each list in memory that the next one has again: there is no end to how many there may be. */
static int
add_lists(struct edition *e, struct arena *scratch, uint8_t *bits)
{
	struct work own = *e->w;
	struct edition one = *e;
	struct list l = { .number = 1, .bits = { bits, STORE_LIST_BYTES } };
	int r = 0;

	own.arena = scratch;
	one.w = &own;
	for (; r == 0 && store_status_bits(e->status, l.number, bits); l.number++) {
		r = add_list(&one, &l);
		arena_reset(scratch);
	}
	return r;
}

int
edition_status(struct edition *e)
{
	uint8_t *bits = arena_bytes(e->w->arena, STORE_LIST_BYTES);
	struct arena *scratch = bits ? arena_new(LIST_MEMORY) : NULL;
	int r = bits ? scratch ? add_lists(e, scratch, bits) : -ENOMEM : arena_error(e->w->arena);

	arena_free(scratch);
	return r;
}
