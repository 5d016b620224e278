/* health_link.c - a link in a container (sub-claim 5): a signature over an address, not over what is there.
 *
 * The claim is one text, vhlink:/ and base64url; before that it was a list of maps with
 * "u".  It is judged as SMART Health Links are.  Nothing is followed from here.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/hcert/who.h"
#include "codecs/shc/link.h"

static const struct scheme_prefix {
	struct span text;
	bool as_published; /* since version 1.6 of the trust guide */
} prefixes[] = {
	{ { (const uint8_t *)"vhlink:/", 8 }, true },
	{ { (const uint8_t *)"shlink://", 9 }, false },
	{ { (const uint8_t *)"shlink:/", 8 }, false },
};

/* The text of the link; NULL when the claim has none of its forms. */
static const struct node *
text_of(const struct node *claim)
{
	const struct node *n = claim;

	if (n->kind == NODE_LIST)
		n = n->size == 1 ? n->child : NULL;
	if (n && n->kind == NODE_MAP)
		n = node_get(n, "u");
	return n && n->kind == NODE_TEXT ? n : NULL;
}

static struct span
encoded(const struct node *n, bool *as_published)
{
	struct span s = span_trim(n->as.bytes);

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (span_starts(s, prefixes[i].text)) {
			*as_published = prefixes[i].as_published;
			return span_from(s, prefixes[i].text.len);
		}
	return SPAN_NONE;
}

/* The test bed of the WHO's network pads; so much is forgiven to the older forms. */
static struct span
without_padding(struct work *w, const struct node *n, struct span s)
{
	size_t len = s.len;

	while (len > 0 && s.len - len < 2 && s.ptr[len - 1] == '=')
		len--;
	if (len < s.len)
		who_note(w, REASON_NOTE_LINK_PADDED, n);
	return span_slice(s, 0, len);
}

/* *out.payload NULL: it can't be read, and the reason was told on the running check. */
static int
read_link(struct work *w, const struct node *claim, struct link *out)
{
	const struct node *n = text_of(claim);
	bool as_published = false, ok;
	struct span text = n ? encoded(n, &as_published) : SPAN_NONE, json = SPAN_NONE;
	size_t bad = 0;

	*out = (struct link){ .expires = TIME_NONE };
	if (!text.ptr) {
		who_fail(w, REASON_LINK_FORM, claim);
		return 0;
	}
	if (!as_published || claim->kind != NODE_TEXT)
		who_note(w, REASON_NOTE_LINK_OLD_FORM, claim);
	text = as_published ? text : without_padding(w, n, text);
	int r = base64url_decode(w->arena, text, &json, &bad);
	if (r != 0)
		return r;
	if (json.ptr)
		return link_read_payload(w, json, out, &ok);
	who_fail(w, REASON_ENCODING_BASE64URL, n);
	return 0;
}

static int
check(struct work *w, const void *found)
{
	struct link l;
	int r = read_link(w, found, &l);

	if (r != 0 || !l.payload)
		return r;
	if (l.expires != TIME_NONE && w->now > l.expires)
		report_fail(w->report, REASON_LINK_EXPIRED,
			node_place(w, node_get(l.payload, "exp"), LINK_LAYER_PAYLOAD));
	return 0;
}

static struct span
host_of(struct span url)
{
	struct span rest = span_from(url, sizeof("https://") - 1);

	return span_slice(rest, 0, span_find(rest, '/'));
}

/* What is wrong with the link was told by check: here only what could be read counts. */
static int
normalise(struct work *w, const struct credential *c, const void *found, struct record *out)
{
	struct report own;
	struct work quiet = *w;
	struct link l;
	int r;

	quiet.report = &own;
	report_begin(&own, w->arena);
	r = read_link(&quiet, found, &l);
	struct record_link *to = r == 0 ? ARENA_NEW(w->arena, struct record_link) : NULL;
	struct link *lead = to ? ARENA_NEW(w->arena, struct link) : NULL;
	if (r == 0 && !lead)
		r = arena_error(w->arena);
	if (r != 0)
		return r;
	*lead = l;
	*to = (struct record_link){ .host = host_of(l.url),
		.label = l.label,
		.passcode = (l.flags & LINK_PASSCODE) != 0,
		.expires = l.expires,
		.lead = l.key.ptr && l.url.ptr ? lead : NULL };
	out->link = to;
	who_period(c, out);
	return 0;
}

/* The address is all that is signed, so that no purpose of health certificates is asked of the key. */
static int
open(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	(void)w;
	*found = content;
	*usage = 0;
	return 0;
}

const struct subclaim hcert_link = {
	.key = 5,
	.name = "5",
	.scheme = "vhl",
	.kinds = 1u << NODE_TEXT | 1u << NODE_LIST,
	.domains = GDHCN_IPS | GDHCN_PH4H,
	.as_in_the_field = true,
	.open = open,
	.check = check,
	.normalise = normalise,
};
