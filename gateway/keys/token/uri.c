/* uri.c - PKCS#11 URIs (RFC 7512), as far as they name a key. */
#include "codecs/base/ascii.h"
#include "gateway/keys/token/token.h"

#include <errno.h>

/* Escapes resolved; false: too long, empty, or a bad escape. */
static bool
unescape(struct span s, uint8_t *out, size_t max, size_t *len)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; n++) {
		int escaped = ascii_escaped(s, i);
		if (n == max || (s.ptr[i] == '%' && escaped < 0) || s.ptr[i] < '!' ||
			s.ptr[i] > '~')
			return false;
		out[n] = escaped >= 0 ? (uint8_t)escaped : s.ptr[i];
		i += escaped >= 0 ? 3 : 1;
	}
	*len = n;
	return n > 0;
}

static bool
take_text(struct span value, char *out, size_t max)
{
	size_t len = 0;

	if (out[0] || !unescape(value, (uint8_t *)out, max, &len))
		return false;
	out[len] = '\0';
	return strlen(out) == len;
}

static bool
take(struct span name, struct span value, struct token_uri *u)
{
	if (span_is(name, "token"))
		return take_text(value, u->token, TOKEN_NAME);
	if (span_is(name, "object"))
		return take_text(value, u->object, TOKEN_LABEL);
	if (span_is(name, "id"))
		return u->id_len == 0 && unescape(value, u->id, TOKEN_ID, &u->id_len);
	return span_is(name, "type") && span_is(value, "private");
}

int
token_uri_read(struct span text, struct token_uri *out)
{
	struct span scheme = SPAN_LIT("pkcs11:"), rest = span_from(text, scheme.len), part;
	struct token_uri u = { 0 };

	if (!span_starts(text, scheme))
		return -EINVAL;
	while (span_split(&rest, ';', &part)) {
		size_t equals = span_find(part, '=');
		if (span_find(part, '?') < part.len ||
			!take(span_slice(part, 0, equals), span_from(part, equals + 1), &u))
			return -EINVAL;
	}
	if (!u.token[0] || !u.object[0])
		return -EINVAL;
	*out = u;
	return 0;
}
