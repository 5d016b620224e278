/* url.c - left to right over the text: scheme, host, port, path and query; each part has its own fault.
 *
 * What stands in front of the first slash behind "https://" is the authority and is taken whole; there is no
 * other way to begin, end or hide it.
 */
#include "trust/net/url.h"

#include "codecs/base/ascii.h"
#include "trust/net/puny.h"

enum { LABEL_BYTES = 63 };

/* Domains that are nobody's in public: the special-use registry, and what private networks made up.  Names of
 * documentation (.example) are no danger: they do not resolve. */
static const char *const private_domains[] = { "alt", "arpa", "cluster", "corp", "docker", "home",
	"host", "internal", "intranet", "invalid", "kube", "lan", "local", "localdomain",
	"localhost", "mail", "onion", "private", "svc", "test", "workgroup" };

static const char *const fault_texts[] = {
	[URL_GOOD] = "",
	[URL_LENGTH] = "The URL is empty or longer than 2048 bytes.",
	[URL_CHARACTER] = "The URL has a character or an escape that no URL may have.",
	[URL_SCHEME] = "The URL does not begin with https://.",
	[URL_USERINFO] = "The URL carries a user name.",
	[URL_HOST] = "The URL names no host.",
	[URL_ADDRESS] = "The URL names an address instead of a host.",
	[URL_PRIVATE] = "The URL's host is no public name.",
	[URL_PORT] = "The URL's port is none of 443 and 8443.",
	[URL_FRAGMENT] = "The URL has a fragment.",
	[URL_PATH] = "The URL's path has dot segments, or the query has no path.",
};

const char *
url_fault_text(enum url_fault f)
{
	return fault_texts[f];
}

/* --- the host --- */

/* Letters, digits and inner hyphens; two of them in third and fourth place begin an A-label. */
static bool
label_good(struct span s)
{
	if (s.len == 0 || s.len > LABEL_BYTES || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_letter(s.ptr[i]) && !ascii_digit(s.ptr[i]) && s.ptr[i] != '-')
			return false;
	if (s.len < 4 || s.ptr[2] != '-' || s.ptr[3] != '-')
		return true;
	return (s.ptr[0] | 0x20) == 'x' && (s.ptr[1] | 0x20) == 'n' && puny_label(span_from(s, 4));
}

/* No top-level domain begins with a digit, but the last part of every notation of an address does. */
static bool
is_top(struct span s)
{
	return ascii_letter(s.ptr[0]);
}

static bool
is_private(struct span top)
{
	for (size_t i = 0; i < sizeof(private_domains) / sizeof(private_domains[0]); i++)
		if (span_is(top, private_domains[i]))
			return true;
	return false;
}

enum url_fault
host_read(struct span name, char *lower)
{
	struct span rest = name, label, last = SPAN_NONE;
	char text[URL_HOST_BYTES + 1];
	size_t labels = 0;

	if (name.len == 0 || name.len > URL_HOST_BYTES)
		return URL_HOST;
	for (; span_split(&rest, '.', &label); labels++, last = label)
		if (!label_good(label))
			return URL_HOST;
	if (!is_top(last))
		return URL_ADDRESS;
	for (size_t i = 0; i < name.len; i++)
		text[i] = (char)ascii_lower(name.ptr[i]);
	text[name.len] = '\0';
	last = span_from(span_of(text), name.len - last.len);
	if (labels < 2 || is_private(last))
		return URL_PRIVATE;
	memcpy(lower, text, name.len + 1);
	return URL_GOOD;
}

bool
host_listed(const char *host, const struct span *list, size_t count)
{
	struct span name = span_of(host);

	for (size_t i = 0; i < count; i++) {
		bool below = span_starts(list[i], SPAN_LIT("*."));
		struct span tail = span_from(list[i], 1);
		if (span_is(list[i], "*") || span_eq(list[i], name) ||
			(below && name.len > tail.len && span_ends(name, tail)))
			return true;
	}
	return false;
}

/* --- the rest --- */

/* RFC 3986: unreserved, sub-delims, and what separates parts; the percent sign is looked at apart. */
static bool
is_url_char(uint8_t c)
{
	return ascii_letter(c) || ascii_digit(c) ||
	       (c > ' ' && c < 0x7f && !memchr("\"<>[]\\^`{|}", c, 11));
}

static bool
characters_good(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_url_char(s.ptr[i]))
			return false;
		if (s.ptr[i] != '%')
			continue;
		int c = ascii_escaped(s, i);
		if (c < ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* "." and "..", each dot as itself or as %2e. */
static bool
is_dots(struct span s)
{
	size_t dots = 0;

	while (s.len > 0 && dots < 3) {
		size_t one = s.ptr[0] == '.' ? 1 : 3;
		if (one == 3 && (s.len < 3 || s.ptr[0] != '%' || s.ptr[1] != '2' ||
					(s.ptr[2] | 0x20) != 'e'))
			return false;
		s = span_from(s, one);
		dots++;
	}
	return dots == 1 || dots == 2;
}

static bool
path_good(struct span target)
{
	struct span path = span_slice(target, 0, span_find(target, '?')), segment;

	if (target.len > 0 && target.ptr[0] != '/')
		return false;
	while (span_split(&path, '/', &segment))
		if (is_dots(segment))
			return false;
	return true;
}

/* text: what follows the host, empty or ":" and the port. */
static bool
port_read(struct span text, uint16_t *out)
{
	bool other = span_is(text, ":8443");

	if (text.len > 0 && !other && !span_is(text, ":443"))
		return false;
	*out = other ? 8443 : 443;
	return true;
}

static size_t
authority_end(struct span s)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] != '/' && s.ptr[i] != '?' && s.ptr[i] != '#')
		i++;
	return i;
}

enum url_fault
url_read(struct span text, struct url *out)
{
	const struct span scheme = SPAN_LIT("https://");
	struct url u = { .target = SPAN_LIT("/") };
	struct span rest, authority, host;

	if (text.len == 0 || text.len > URL_BYTES)
		return URL_LENGTH;
	if (!span_starts(text, scheme))
		return URL_SCHEME;
	rest = span_from(text, scheme.len);
	authority = span_slice(rest, 0, authority_end(rest));
	rest = span_from(rest, authority.len);
	if (span_find(authority, '@') < authority.len)
		return URL_USERINFO;
	host = span_slice(authority, 0, span_find(authority, ':'));
	enum url_fault fault = host_read(host, u.host);
	if (fault != URL_GOOD)
		return fault;
	if (!port_read(span_from(authority, host.len), &u.port))
		return URL_PORT;
	if (span_find(rest, '#') < rest.len)
		return URL_FRAGMENT;
	if (!characters_good(rest))
		return URL_CHARACTER;
	if (!path_good(rest))
		return URL_PATH;
	if (rest.len > 0)
		u.target = rest;
	*out = u;
	return URL_GOOD;
}
