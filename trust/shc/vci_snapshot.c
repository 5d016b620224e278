/* vci_snapshot.c - the VCI directory's daily snapshot: every issuer with its keys and revocation lists.
 *
 * {directory, time, issuerInfo: [{issuer: {iss, name}, keys, crls, lastRetrieved}]}, and beside it
 * a signature over its bytes: ECDSA on P-521 with SHA-512, DER.  An issuer that can't be
 * reached keeps its last entry for ever, so each bears the time when it was last seen.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "trust/shc/shc.h"

#include <errno.h>
#include <limits.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

enum { COORDINATE = 66, DAY = 86400 };

static bool
detect(const struct trust_input *in)
{
	return shc_looks_like(in->files[0].bytes, "\"issuerInfo\"");
}

/* As key_verify takes it: r and s of the curve's size. */
static int
raw_signature(struct work *w, struct span der, struct span *out)
{
	const unsigned char *at = der.ptr;
	ECDSA_SIG *sig = der.len <= LONG_MAX ? d2i_ECDSA_SIG(NULL, &at, (long)der.len) : NULL;
	uint8_t *raw = arena_bytes(w->arena, 2 * (size_t)COORDINATE);
	bool whole = sig && at == der.ptr + der.len;

	*out = SPAN_NONE;
	if (raw && whole && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, COORDINATE) > 0 &&
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), &raw[COORDINATE], COORDINATE) > 0)
		*out = (struct span){ raw, 2 * (size_t)COORDINATE };
	ECDSA_SIG_free(sig);
	ERR_clear_error();
	return raw ? 0 : arena_error(w->arena);
}

static int
check_signature(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct proof p = {
		.alg = SIG_ES512, .accept = SIG_BIT(SIG_ES512), .signed_bytes = in->files[0].bytes
	};
	int r = raw_signature(w, in->files[1].bytes, &p.signature);

	if (r != 0)
		return r;
	if (p.signature.ptr)
		return list_check_pin(w, in, &p,
			"the snapshot's signature is not by the pinned certificate",
			in->files[1].name, b);
	builder_fault(b, "the signature file is no ECDSA signature", in->files[1].name, 0);
	return 0;
}

/* A signature without a pin proves nothing, and a pin without a signature asks for one. */
static int
check_pin(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	bool pinned = in->pin.len > 0, with_signature = in->file_count > 1;

	if (pinned && with_signature)
		return check_signature(w, in, b);
	if (pinned)
		builder_fault(b, "a pin is configured, but the signature file is missing",
			in->files[0].name, PLACE_NO_OFFSET);
	else if (with_signature)
		builder_fault(b, "there is a signature file, but no pin to check it with",
			in->files[1].name, PLACE_NO_OFFSET);
	return 0;
}

static int64_t
time_of_text(const struct node *n)
{
	int64_t t;
	unsigned odd;

	return time_parse(node_text(n), &t, &odd) ? t : TIME_NONE;
}

struct reading {
	struct anchors anchors;
	int64_t time; /* of the snapshot; TIME_NONE: in the future, which says nothing */
};

/* Nothing was seen after the snapshot was made. */
static int64_t
seen_at(const struct reading *r, const struct node *info)
{
	int64_t t = time_of_text(node_get(info, "lastRetrieved"));

	return r->time != TIME_NONE && t > r->time ? r->time : t;
}

static int
add_lists(struct work *w, const struct node *lists, const struct trust_issuer_item *issuer,
	struct trust_builder *b)
{
	const struct node *n = lists && lists->kind == NODE_LIST ? lists->child : NULL;
	const char *fault = NULL;
	int r = 0;

	for (; n && r == 0; n = n->next) {
		r = shc_rids_add(w, n, issuer->iss, issuer->seen_at, b, &fault);
		if (fault)
			builder_skip(b);
	}
	return r;
}

static int
add_issuer(struct work *w, const struct trust_input *in, const struct reading *reading,
	const struct node *info, struct trust_builder *b)
{
	const struct node *issuer = node_get(info, "issuer"), *keys = node_get(info, "keys");
	struct trust_issuer_item item = { .iss = node_text(node_get(issuer, "iss")),
		.name = node_text(node_get(issuer, "name")),
		.canonical = node_text(node_get(issuer, "canonical_iss")),
		.seen_at = seen_at(reading, info) };
	struct shc_issuer who = { .iss = item.iss,
		.seen_at = item.seen_at,
		.anchors = &reading->anchors,
		.allow_untyped = in->allow_untyped_keys };
	int r;

	if (item.iss.len == 0 || !keys || keys->kind != NODE_LIST) {
		builder_skip(b);
		return 0;
	}
	r = builder_issuer(b, &item);
	if (r == 0)
		r = shc_keys_add(w, keys, &who, b);
	return r == 0 ? add_lists(w, node_get(info, "crls"), &item, b) : r;
}

static int
add_all(struct work *w, const struct trust_input *in, const struct node *root,
	struct trust_builder *b)
{
	const struct node *infos = node_get(root, "issuerInfo");
	struct reading reading = { .time = time_of_text(node_get(root, "time")) };
	int r;

	if (!infos || infos->kind != NODE_LIST || reading.time == TIME_NONE) {
		builder_fault(b, "this is no snapshot with a time and an array of issuers",
			in->files[0].name, 0);
		return 0;
	}
	/* a snapshot from the future must not make every later one look old, nor stay fresh */
	if (reading.time - DAY > w->now)
		reading.time = TIME_NONE;
	builder_info(b)->issued_at = reading.time;
	r = anchors_read(w, in, false, b, &reading.anchors);
	for (const struct node *n = infos->child; n && r == 0 && !builder_faulty(b); n = n->next)
		r = add_issuer(w, in, &reading, n, b);
	anchors_drop(&reading.anchors);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *root;
	int r = check_pin(w, in, b);

	if (r != 0 || builder_faulty(b))
		return r;
	r = list_nodes(w, b, list_whole(in), &root);
	return r == 0 && root ? add_all(w, in, root, b) : r;
}

const struct trust_source vci_snapshot_source = {
	.kind = "vci-snapshot",
	.title = "the VCI directory's daily snapshot (issuers, keys, revocation lists)",
	.files = 2,
	.takes_pin = true,
	.takes_anchors = true,
	.takes_untyped = true,
	.health_cards = true,
	.serves = SERVES_SHC,
	.detect = detect,
	.read = read,
};
