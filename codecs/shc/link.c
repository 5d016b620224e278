/* link.c - a SMART Health Link taken apart: viewer, base64url, JSON, members.
 *
 * What would lead a client astray is refused: another scheme than https, a key of
 * another length, flags that exclude each other.  What is merely untidy, or weak
 * where only the link's maker could have been stronger, becomes a note.
 */
#include "codecs/shc/link.h"

#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/text.h"
#include "codecs/credential.h"

enum { KEY_LENGTH = 43, GUESSABLE = 43 };

#define SCHEME SPAN_LIT("shlink:/")
#define HTTPS  SPAN_LIT("https://")

/* No time in seconds that anyone means is beyond it (the year 5138), and every one in milliseconds since 1973. */
#define MILLISECONDS INT64_C(100000000000)

static bool
starts_nocase(struct span s, struct span prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++) {
		uint8_t c = s.ptr[i];
		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != prefix.ptr[i])
			return false;
	}
	return true;
}

bool
link_looks_like(struct span text)
{
	if (starts_nocase(text, SPAN_LIT("shlink:")))
		return true;
	return starts_nocase(text, SPAN_LIT("http")) &&
	       starts_nocase(span_from(text, span_find(text, '#') + 1), SPAN_LIT("shlink:"));
}

/* --- members --- */

static void
fail_at(struct work *w, const struct link *l, const char *member, enum reason reason)
{
	const struct node *n = node_get(l->payload, member);

	report_fail(w->report, reason,
		n ? node_place(w, n, LINK_LAYER_PAYLOAD)
		  : node_place_under(w, l->payload, member, LINK_LAYER_PAYLOAD));
}

static void
note_at(struct work *w, const struct node *n, enum reason reason)
{
	report_find(w->report, reason, node_place(w, n, LINK_LAYER_PAYLOAD));
}

/* The first 43 characters of base64url in a row stand for 256 bits that can't be guessed. */
static bool
is_guessable(struct span url)
{
	size_t run = 0;

	for (size_t i = HTTPS.len; i < url.len && run < GUESSABLE; i++) {
		run = ascii_base64url(url.ptr[i]) ? run + 1 : 0;
	}
	return run < GUESSABLE;
}

/* https, a host, and nothing that two readers could take differently; whether it may be asked is the fetcher's part. */
static bool
is_https(struct span url)
{
	struct span rest = span_from(url, HTTPS.len);

	if (!span_starts(url, HTTPS) || rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == '?')
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= 0x20 || url.ptr[i] >= 0x7f || url.ptr[i] == '\\' ||
			url.ptr[i] == '#' || url.ptr[i] == '"')
			return false;
	return span_find(span_slice(rest, 0, span_find(rest, '/')), '@') >= span_find(rest, '/');
}

static void
read_url(struct work *w, struct link *l)
{
	const struct node *n = node_get(l->payload, "url");
	struct span url = node_text(n);

	if (!url.ptr) {
		fail_at(w, l, "url", REASON_LINK_MEMBER);
		return;
	}
	if (!is_https(url)) {
		fail_at(w, l, "url", REASON_LINK_URL);
		return;
	}
	if (url.len > LINK_URL_MAX)
		note_at(w, n, REASON_NOTE_LINK_LENGTH);
	if (is_guessable(url))
		note_at(w, n, REASON_NOTE_LINK_GUESSABLE);
	l->url = url;
}

static int
read_key(struct work *w, struct link *l)
{
	struct span text = node_text(node_get(l->payload, "key")), key = SPAN_NONE;
	size_t bad;

	if (!text.ptr) {
		fail_at(w, l, "key", REASON_LINK_MEMBER);
		return 0;
	}
	int r = text.len == KEY_LENGTH ? base64url_decode(w->arena, text, &key, &bad) : 0;
	if (r != 0)
		return r;
	if (key.len != LINK_KEY_OCTETS)
		fail_at(w, l, "key", REASON_LINK_KEY);
	else
		l->key = key;
	return 0;
}

static void
read_label(struct work *w, struct link *l)
{
	const struct node *n = node_get(l->payload, "label");

	if (!n)
		return;
	l->label = node_text(n);
	if (!l->label.ptr)
		fail_at(w, l, "label", REASON_LINK_MEMBER);
	else if (utf8_count(l->label) > LINK_LABEL_MAX)
		note_at(w, n, REASON_NOTE_LINK_LENGTH);
}

static unsigned
flag_of(uint8_t c)
{
	return c == 'L' ? LINK_LONG_TERM : c == 'P' ? LINK_PASSCODE : c == 'U' ? LINK_FILE : 0;
}

/* Letters in alphabetical order, each once; unknown ones are to be ignored. */
static void
read_flags(struct work *w, struct link *l)
{
	const struct node *n = node_get(l->payload, "flag");
	struct span text = node_text(n);
	bool tidy = true;

	if (n && !text.ptr)
		fail_at(w, l, "flag", REASON_LINK_MEMBER);
	for (size_t i = 0; i < text.len; i++) {
		unsigned flag = flag_of(text.ptr[i]);
		tidy = tidy && flag && (i == 0 || text.ptr[i - 1] < text.ptr[i]);
		l->flags |= flag;
	}
	if (!tidy)
		note_at(w, n, REASON_NOTE_LINK_FLAG);
	if ((l->flags & LINK_PASSCODE) && (l->flags & LINK_FILE))
		fail_at(w, l, "flag", REASON_LINK_FLAG);
}

static void
read_expiry(struct work *w, struct link *l)
{
	const struct node *n = node_get(l->payload, "exp");
	const double end = 9e18;
	int64_t t = -1;

	if (!n)
		return;
	if (n->kind == NODE_INT)
		t = n->as.integer;
	else if (n->kind == NODE_REAL && n->as.real >= 0 && n->as.real < end)
		t = (int64_t)n->as.real;
	if (t < 0) {
		fail_at(w, l, "exp", REASON_LINK_MEMBER);
		return;
	}
	if (t >= MILLISECONDS) {
		note_at(w, n, REASON_NOTE_LINK_MILLISECONDS);
		t /= 1000;
	}
	l->expires = t;
}

/* false: a version whose other members may mean anything. */
static bool
read_version(struct work *w, struct link *l)
{
	const struct node *n = node_get(l->payload, "v");

	l->version = 1;
	if (!n)
		return true;
	if (n->kind != NODE_INT || n->as.integer < 1) {
		fail_at(w, l, "v", REASON_LINK_MEMBER);
		return true;
	}
	l->version = n->as.integer;
	if (l->version > 1)
		report_unknown(
			w->report, REASON_LINK_VERSION, node_place(w, n, LINK_LAYER_PAYLOAD));
	return l->version == 1;
}

/* "extension" and names with _ in front are there for additions. */
static void
note_strangers(struct work *w, const struct link *l)
{
	static const char *const known[] = { "url", "key", "exp", "flag", "label", "v",
		"extension" };

	for (const struct node *n = l->payload->child; n; n = n->next) {
		bool mine = n->key.len > 0 && n->key.ptr[0] == '_';
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && !mine; i++)
			mine = span_is(n->key, known[i]);
		if (!mine)
			note_at(w, n, REASON_NOTE_LINK_MEMBER);
	}
}

/* --- the JSON and what is around it --- */

/* Offset of the first blank outside of strings; the length when there is none. */
static size_t
first_blank(struct span json)
{
	bool inside = false;

	for (size_t i = 0; i < json.len; i++) {
		uint8_t c = json.ptr[i];
		if (inside && c == '\\')
			i++;
		else if (c == '"')
			inside = !inside;
		else if (!inside && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
			return i;
	}
	return json.len;
}

static int
read_members(struct work *w, struct link *l)
{
	read_label(w, l);
	if (!read_version(w, l))
		return 0;
	read_url(w, l);
	int r = read_key(w, l);
	if (r != 0)
		return r;
	read_flags(w, l);
	read_expiry(w, l);
	note_strangers(w, l);
	return 0;
}

int
link_read_payload(struct work *w, struct span json, struct link *out, bool *ok)
{
	struct link l = { .json = json, .expires = TIME_NONE };
	size_t blank = first_blank(json);
	int r = node_from_json(w, json, LINK_LAYER_PAYLOAD, &l.payload);

	*ok = false;
	if (r == 0 && l.payload) {
		if (blank < json.len)
			report_find(w->report, REASON_NOTE_LINK_BLANKS,
				PLACE_AT(LINK_LAYER_PAYLOAD, blank));
		if (l.payload->kind == NODE_MAP)
			r = read_members(w, &l);
		else
			report_fail(w->report, REASON_LINK_MEMBER, PLACE_AT(LINK_LAYER_PAYLOAD, 0));
	}
	if (r != 0)
		return r;
	*ok = w->report->checks[w->report->running].reason == REASON_NONE;
	if (!*ok)
		l.key = SPAN_NONE;
	*out = l;
	return 0;
}

/* Cuts off the viewer; *rest is what stands behind shlink:/. */
static bool
cut_viewer(struct work *w, struct span text, struct span *viewer, struct span *rest)
{
	size_t hash = span_find(text, '#'), at = hash < text.len ? hash + 1 : 0;
	struct span link = span_from(text, at);

	*viewer = span_slice(text, 0, hash < text.len ? hash : 0);
	if (at > 0 && !is_https(*viewer))
		report_fail(w->report, REASON_LINK_FORM, PLACE_AT(LINK_LAYER, 0));
	else if (!span_starts(link, SCHEME) || link.len == SCHEME.len)
		report_fail(w->report, REASON_LINK_FORM, PLACE_AT(LINK_LAYER, at));
	*rest = span_from(link, SCHEME.len);
	return !report_failed(w->report);
}

int
link_read(struct work *w, struct span text, struct link *out, bool *ok)
{
	struct span viewer, encoded, json;
	size_t bad = 0;

	*ok = false;
	*out = (struct link){ .expires = TIME_NONE, .version = 1 };
	if (!cut_viewer(w, text, &viewer, &encoded))
		return 0;
	int r = base64url_decode(w->arena, encoded, &json, &bad);
	if (r != 0)
		return r;
	if (!json.ptr) {
		report_fail(w->report, REASON_ENCODING_BASE64URL,
			PLACE_AT(LINK_LAYER, (size_t)(encoded.ptr - text.ptr) + bad));
		return 0;
	}
	r = link_read_payload(w, json, out, ok);
	out->viewer = viewer;
	return r;
}
