/* index.c - the folder's index: JSON, public parts only; who the gateway is, and a row for each key. */
#include "codecs/base/buf.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/record/countries.h"
#include "codecs/tree/node.h"
#include "gateway/keys/keys_impl.h"

#include <errno.h>

enum { VERSION = 1, INDEX_MAX = 8 << 20, NAME_MAX_OCTETS = 200, URL_MAX = 1024 };

/* --- writing --- */

static void
text_member(struct buf *b, const char *name, struct span value)
{
	buf_str(b, ",\n  \"");
	buf_str(b, name);
	buf_str(b, "\": ");
	buf_json(b, value);
}

static void
time_member(struct buf *b, const char *name, int64_t t)
{
	buf_str(b, ",\n  \"");
	buf_str(b, name);
	buf_str(b, "\": \"");
	time_format(b, t);
	buf_char(b, '"');
}

static void
bytes_member(struct buf *b, const char *name, struct span value)
{
	buf_str(b, ",\n  \"");
	buf_str(b, name);
	buf_str(b, "\": \"");
	base64_encode(b, value);
	buf_char(b, '"');
}

static void
write_entry(struct buf *b, const struct own_entry *e)
{
	const struct own_key *o = &e->public;

	buf_str(b, "\n {\"name\": ");
	buf_json(b, o->name);
	text_member(b, "purpose", span_of(purpose_name(o->purpose)));
	text_member(b, "algorithm", span_of(sig_alg_name(o->alg)));
	if (e->cert && o->purpose != PURPOSE_SHC)
		bytes_member(b, "kid", o->kid);
	else
		text_member(b, "kid", o->kid);
	time_member(b, "from", o->from);
	time_member(b, "until", o->until);
	time_member(b, "ends", o->ends);
	if (o->withdrawn != TIME_NONE)
		time_member(b, "withdrawn", o->withdrawn);
	if (e->token.len > 0)
		text_member(b, "token", e->token);
	bytes_member(b, "spki", o->spki);
	if (o->cert.len > 0)
		bytes_member(b, "certificate", o->cert);
	if (e->authority_name.len > 0)
		text_member(b, "authority", e->authority_name);
	buf_char(b, '}');
}

int
index_write(struct keys *k)
{
	struct buf b = buf_in(k->arena, INDEX_MAX);

	buf_str(&b, "{\"version\": ");
	buf_int(&b, VERSION);
	text_member(&b, "url", k->who.url);
	text_member(&b, "country", k->who.country);
	text_member(&b, "gateway", k->who.name);
	buf_str(&b, ",\n\"keys\": [");
	for (size_t i = 0; i < k->count; i++) {
		buf_str(&b, i > 0 ? "," : "");
		write_entry(&b, k->entries[i]);
	}
	buf_str(&b, "]}\n");
	return b.error ? b.error : files_write(k, "index.json", buf_span(&b));
}

/* --- reading --- */

/* "-EBADMSG" wherever the index is not as it is written above. */
static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return s.len > 0 && s.len < KEYS_NAME;
}

static bool
read_time(const struct node *n, const char *name, int64_t *out)
{
	unsigned odd = 0;

	return time_parse(node_text(node_get(n, name)), out, &odd) && odd == 0;
}

/* 0 with *out empty where there is no such member. */
static int
read_bytes(struct keys *k, const struct node *n, const char *name, struct span *out)
{
	struct span text = node_text(node_get(n, name)), bytes = SPAN_LIT("");
	size_t bad;
	int r = text.ptr ? base64_decode(k->arena, text, false, &bytes, &bad) : 0;

	if (r == 0 && !bytes.ptr)
		r = -EBADMSG;
	if (r == 0)
		*out = bytes;
	return r;
}

static bool
read_plain(const struct node *n, struct own_entry *e)
{
	struct own_key *o = &e->public;

	o->name = node_text(node_get(n, "name"));
	o->withdrawn = TIME_NONE;
	e->token = node_text(node_get(n, "token"));
	e->authority_name = node_text(node_get(n, "authority"));
	return is_name(o->name) && purpose_named(node_text(node_get(n, "purpose")), &o->purpose) &&
	       read_time(n, "from", &o->from) && read_time(n, "until", &o->until) &&
	       read_time(n, "ends", &o->ends) &&
	       (!node_get(n, "withdrawn") || read_time(n, "withdrawn", &o->withdrawn));
}

/* An authority stands before whom it certified, so that there are no rings. */
static int
find_authority(struct keys *k, struct own_entry *e)
{
	const struct own_key *above = NULL;

	if (e->authority_name.len == 0)
		return 0;
	above = keys_named(k, e->authority_name);
	if (!above || !purpose_is_authority(above->purpose))
		return -EBADMSG;
	e->public.authority = above->cert;
	return 0;
}

static int
read_entry(struct keys *k, const struct node *n)
{
	struct own_entry *e = ARENA_NEW(k->arena, struct own_entry);
	int r;

	if (!e)
		return arena_error(k->arena);
	e->keys = k;
	if (!read_plain(n, e) || keys_named(k, e->public.name) || k->count == KEYS_MAX)
		return -EBADMSG;
	own_entry_join(e); /* from here on it is dropped with all */
	if ((r = read_bytes(k, n, "spki", &e->public.spki)) == 0)
		r = read_bytes(k, n, "certificate", &e->public.cert);
	if (r == 0)
		r = find_authority(k, e);
	return r == 0 ? own_entry_finish(e) : r;
}

/* did:web of a URL: the port's colon escaped, slashes as colons. */
static int
name_did(struct keys *k)
{
	struct buf b = buf_in(k->arena, 3 * URL_MAX);
	struct span rest = span_from(k->who.url, sizeof("https://") - 1);

	buf_str(&b, "did:web:");
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.ptr[i] == ':')
			buf_str(&b, "%3A");
		else
			buf_char(&b, rest.ptr[i] == '/' ? ':' : (char)rest.ptr[i]);
	}
	k->did = buf_span(&b);
	return b.error;
}

static bool
is_url(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '"' || s.ptr[i] == '#' ||
			s.ptr[i] == '?' || s.ptr[i] == '\\' || s.ptr[i] == '%')
			return false;
	return span_starts(s, SPAN_LIT("https://")) && s.len > 8 && s.len <= URL_MAX &&
	       s.ptr[s.len - 1] != '/';
}

int
index_identity(struct keys *k, const struct keys_identity *who)
{
	if (!is_url(who->url) || country_alpha3(who->country).len == 0 || who->name.len == 0 ||
		who->name.len > NAME_MAX_OCTETS || utf8_check(who->name) < who->name.len)
		return -EBADMSG;
	k->who = (struct keys_identity){ arena_copy(k->arena, who->url),
		arena_copy(k->arena, who->country), arena_copy(k->arena, who->name) };
	if (!k->who.url.ptr || !k->who.country.ptr || !k->who.name.ptr)
		return arena_error(k->arena);
	return name_did(k);
}

int
index_read(struct keys *k, struct span text)
{
	const struct node *root, *keys, *version;
	int r = node_from_json(&k->work, text, "index", &root);

	if (r != 0)
		return r;
	keys = node_get(root, "keys");
	version = node_get(root, "version");
	if (!keys || keys->kind != NODE_LIST || !version || version->kind != NODE_INT ||
		version->as.integer != VERSION)
		return -EBADMSG;
	struct keys_identity who = { node_text(node_get(root, "url")),
		node_text(node_get(root, "country")), node_text(node_get(root, "gateway")) };
	r = index_identity(k, &who);
	for (const struct node *n = keys->child; r == 0 && n; n = n->next)
		r = read_entry(k, n);
	return r;
}
