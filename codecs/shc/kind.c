/* kind.c - which of its many forms does a card come in?
 *
 * A compact JWS is a card when its header speaks of compression, or its payload is
 * compressed, or names smarthealth.cards: other schemes sign plain JSON.  A JSON
 * object is known by its outermost members, found without reading it whole.
 */
#include "codecs/shc/shc.h"
#include "codecs/tree/json_peek.h"

#include <string.h>

enum { PEEK = 96 };

/* --- compact JWS --- */

static int
symbol(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' || c == '+' ? 62 : c == '_' || c == '/' ? 63 : -1;
}

/* Whether the bytes behind a base64url text hold the word; they are decoded as they go by. */
static bool
holds(struct span base64url, const char *word)
{
	uint8_t window[PEEK] = { 0 };
	size_t len = strlen(word), n = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < base64url.len; i++) {
		int v = symbol(base64url.ptr[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n == PEEK) {
			memmove(window, window + PEEK - len, len);
			n = len;
		}
		window[n++] = (uint8_t)(bits >> have);
		if (n >= len && memcmp(window + n - len, word, len) == 0)
			return true;
	}
	return false;
}

/* '{' and the five bits behind it: "e" and one of "wxyz". */
static bool
is_object(struct span base64url)
{
	return base64url.len > 1 && base64url.ptr[0] == 'e' && base64url.ptr[1] >= 'w' &&
	       base64url.ptr[1] <= 'z';
}

static bool
is_base64(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (symbol(s.ptr[i]) < 0 && s.ptr[i] != '=')
			return false;
	return s.len > 0;
}

/* Two to four parts, so that one that lost or gained a part is told what is wrong with it. */
static bool
is_card(struct span in)
{
	struct span rest = in, header, payload = SPAN_NONE;

	if (span_find(in, '.') > 4096 || !span_split(&rest, '.', &header) || !is_base64(header))
		return false;
	if (header.len == in.len || !span_split(&rest, '.', &payload))
		return false;
	size_t dots = 1;
	for (size_t at = span_find(rest, '.'); rest.ptr && at < rest.len; dots++) {
		rest = span_from(rest, at + 1);
		at = span_find(rest, '.');
	}
	if (dots > 3)
		return false;
	return holds(header, "\"zip\"") || (is_object(header) && !is_object(payload)) ||
	       holds(payload, "smarthealth.cards");
}

/* --- JSON --- */

/* Members with other schemes' marks (@context, a signature) are left to them. */
static enum shc_kind
kind_of_object(struct span in)
{
	enum shc_kind kind = KIND_NONE;
	struct json_peek p = { cursor_over(in), 0 };
	struct span name, value;
	bool searched =
		false; /* once is enough: what follows a later "vc" follows the first, too */

	while (json_peek_next(&p, &name, &value)) {
		if (p.depth != 1)
			continue;
		if (span_is(name, "@context") || span_is(name, "signature"))
			return KIND_NONE;
		if (span_is(name, "verifiableCredential"))
			kind = KIND_FILE;
		else if (kind != KIND_NONE)
			continue;
		else if (span_is(name, "resourceType") &&
			 span_starts(value, SPAN_LIT("\"Parameters\"")))
			kind = KIND_PARAMETERS;
		else if (span_is(name, "resourceType") &&
			 span_starts(value, SPAN_LIT("\"Bundle\"")))
			kind = KIND_UNSIGNED;
		else if (span_is(name, "vc") && !searched) {
			searched = true;
			if (span_holds(value, SPAN_LIT("\"fhirBundle\"")))
				kind = KIND_UNSIGNED;
		}
	}
	return kind;
}

/* shc: in any letter case; whether a slash and digits follow is for numeric.c to say. */
static bool
has_scheme(struct span in)
{
	static const char scheme[] = "shc:";

	if (in.len < sizeof(scheme) - 1)
		return false;
	for (size_t i = 0; scheme[i]; i++) {
		uint8_t c = in.ptr[i];
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != scheme[i])
			return false;
	}
	return true;
}

enum shc_kind
shc_kind_of(struct span in)
{
	if (has_scheme(in))
		return KIND_NUMERIC;
	if (in.len > 0 && in.ptr[0] == '{')
		return kind_of_object(in);
	if (span_starts(in, SPAN_LIT("https://")))
		return span_holds(in, SPAN_LIT("/SMARTHealthCard/#")) ? KIND_DEEP_LINK : KIND_NONE;
	return is_card(in) ? KIND_JWS : KIND_NONE;
}
