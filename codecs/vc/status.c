/* status.c - an entry in a list of bits, and the list: gzip in base64, in three dialects.
 *
 * They differ in the words, in the letter in front of the base64 and in which end of a byte comes first.
 */
#include "codecs/vc/status.h"

#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/vc/model.h"

#include <string.h>

enum { MOST = 2 << 20, INDEX_DIGITS = 12 };

static const struct dialect {
	const char *entry, *credential, *list; /* types */
	const char *index, *where; /* members of the entry */
	bool low_first; /* bit 0 is the lowest of its byte */
	size_t least; /* bytes; of the oldest dialect as its libraries made them */
} dialects[] = {
	[VC_LIST_BITSTRING] = { "BitstringStatusListEntry", "BitstringStatusListCredential",
		"BitstringStatusList", "statusListIndex", "statusListCredential", false, 16384 },
	[VC_LIST_2021] = { "StatusList2021Entry", "StatusList2021Credential", "StatusList2021",
		"statusListIndex", "statusListCredential", false, 16384 },
	[VC_LIST_2020] = { "RevocationList2020Status", "RevocationList2020Credential",
		"RevocationList2020", "revocationListIndex", "revocationListCredential", true,
		12500 },
};

/* --- entries --- */

/* A decimal text, in the oldest dialect a number as well. */
static bool
read_index(const struct node *n, uint64_t *out)
{
	struct span s = node_text(n);
	uint64_t v = 0;

	if (n && n->kind == NODE_INT && n->as.integer >= 0) {
		*out = (uint64_t)n->as.integer;
		return true;
	}
	if (s.len == 0 || s.len > INDEX_DIGITS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	*out = v;
	return true;
}

/* An entry of more than one bit has meanings of its own. */
static bool
one_bit(const struct node *entry)
{
	const struct node *n = node_get(entry, "statusSize");

	return !n || (n->kind == NODE_INT && n->as.integer == 1);
}

bool
vc_status_withdraws(const struct vc_status *s)
{
	return span_is(s->purpose, "revocation") || span_is(s->purpose, "suspension");
}

static bool
read_entry(const struct node *n, struct vc_status *out)
{
	for (int kind = VC_LIST_BITSTRING; kind <= VC_LIST_2020; kind++) {
		const struct dialect *d = &dialects[kind];

		if (!vc_has_type(n, d->entry))
			continue;
		*out = (struct vc_status){ .kind = (enum vc_list_kind)kind,
			.node = n,
			.list = node_text(node_get(n, d->where)),
			.purpose = node_text(node_get(n, "statusPurpose")) };
		if (kind == VC_LIST_2020)
			out->purpose = SPAN_LIT("revocation");
		return vc_is_url(out->list) && out->purpose.len > 0 &&
		       (one_bit(n) || !vc_status_withdraws(out)) &&
		       read_index(node_get(n, d->index), &out->index);
	}
	return false;
}

void
vc_status_read(
	const struct node *given, struct vc_status *out, size_t *count, const struct node **strange)
{
	bool list = given && given->kind == NODE_LIST;

	*count = 0;
	*strange = NULL;
	for (const struct node *n = list ? given->child : given; n; n = list ? n->next : NULL) {
		if (*count < VC_STATUS_MAX && n->kind == NODE_MAP && read_entry(n, &out[*count]))
			(*count)++;
		else if (!*strange)
			*strange = n;
	}
}

/* --- lists --- */

/* Multibase u in the newest dialect, in the others plain base64 of either alphabet, padded or not. */
static int
decode_list(struct work *w, enum vc_list_kind kind, struct span text, struct span *out)
{
	size_t bad;
	int r;

	if (span_starts(text, SPAN_LIT("u")))
		return multibase_decode(w->arena, text, "u", out, &bad);
	*out = SPAN_NONE;
	if (kind == VC_LIST_BITSTRING)
		return 0;
	r = base64url_decode(w->arena, text, out, &bad);
	return r != 0 || out->ptr ? r : base64_decode(w->arena, text, false, out, &bad);
}

static int
read_bits(struct work *w, const struct vc_status *s, const struct node *subject, struct span *out)
{
	struct span packed = SPAN_NONE;
	enum inflate_result result;
	int r = decode_list(w, s->kind, node_text(node_get(subject, "encodedList")), &packed);

	*out = SPAN_NONE;
	return r == 0 && packed.ptr ? inflate_gzip(w, packed, MOST, out, &result) : r;
}

static struct vc_status_answer
answer(const struct vc_status *s, struct span bits)
{
	const struct dialect *d = &dialects[s->kind];
	unsigned at = (unsigned)(s->index % 8);

	if (!bits.ptr)
		return (struct vc_status_answer){ VC_BIT_UNKNOWN, REASON_STATUS_DAMAGED };
	if (bits.len < d->least)
		return (struct vc_status_answer){ VC_BIT_UNKNOWN, REASON_STATUS_LENGTH };
	if (s->index / 8 >= bits.len)
		return (struct vc_status_answer){ VC_BIT_UNKNOWN, REASON_STATUS_INDEX };
	bool set = bits.ptr[s->index / 8] >> (d->low_first ? at : 7 - at) & 1u;
	return (struct vc_status_answer){ set ? VC_BIT_SET : VC_BIT_CLEAR, REASON_NONE };
}

int
vc_status_look_up(struct work *w, const struct vc_status *s, const struct node *list,
	struct vc_status_answer *out)
{
	const struct dialect *d = &dialects[s->kind];
	const struct node *subject = node_get(list, "credentialSubject");
	struct span bits;

	*out = (struct vc_status_answer){ VC_BIT_UNKNOWN, REASON_STATUS_KIND };
	if (!vc_has_type(list, d->credential) || !vc_has_type(subject, d->list))
		return 0;
	out->why = REASON_STATUS_PURPOSE;
	if (s->kind != VC_LIST_2020 && !vc_says(node_get(subject, "statusPurpose"), s->purpose))
		return 0;
	int r = read_bits(w, s, subject, &bits);
	if (r == 0)
		*out = answer(s, bits);
	return r;
}
