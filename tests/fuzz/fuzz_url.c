/* fuzz_url.c - URLs and did:web identifiers of any bytes: what is taken has a public name, an allowed port and
 * a target that can stand in a request line. */
#include "trust/net/did_web.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct span text)
{
	struct url u, again;
	char host[URL_HOST_BYTES + 1];

	if (url_read(text, &u) != URL_GOOD)
		return;
	if ((u.port != 443 && u.port != 8443) || host_read(span_of(u.host), host) != URL_GOOD ||
		strcmp(host, u.host) != 0 || u.target.len == 0 || u.target.ptr[0] != '/')
		abort();
	for (size_t i = 0; i < u.target.len; i++)
		if (u.target.ptr[i] <= ' ' || u.target.ptr[i] >= 0x7f || u.target.ptr[i] == '#')
			abort();
	if (url_read(text, &again) != URL_GOOD || again.port != u.port)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct span in = { data, size }, url = SPAN_NONE;

	if (!a)
		return 0;
	check(in);
	if (did_web_url(a, in, &url) != 0)
		abort();
	if (url.ptr) {
		if (!span_starts(url, SPAN_LIT("https://")) ||
			!span_ends(url, SPAN_LIT("/did.json")))
			abort();
		check(url);
	}
	arena_free(a);
	return 0;
}
