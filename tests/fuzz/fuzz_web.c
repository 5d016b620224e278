/* fuzz_web.c - what issuers of health cards answer: key sets, revocation lists, and garbage in the place of either.
 *
 * The first byte chooses what the rest of the input is an answer to.  A card of a listed issuer is then judged with
 * it.  Whatever happens: no crash, equal input gives equal reports, an entry is good, bad or unreachable as it says,
 * and a card is verified only by a set that names its key and beside a list that is of it.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/text.h"
#include "codecs/seal/signer_file.h"
#include "codecs/seal/thumbprint.h"
#include "codecs/shc/seal.h"
#include "gateway/engine/render.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLOCK = 1796126400, COORDINATE = 32 };

#define ISSUER "https://cards.example.org/shc"
#define NAMED  "{\"participating_issuers\":[{\"iss\":\"" ISSUER "\",\"name\":\"A\"}]}"
#define BUNDLE "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[]}"

/* What the rest of the input is; with MADE it is fitted into what else belongs there. */
enum way { WAY_KEYS, WAY_KEYS_MADE, WAY_RIDS, WAY_RIDS_MADE, WAYS };

struct world {
	struct arena *arena;
	struct kit *kit;
	struct private_key *key;
	struct signer signer;
	struct trust *trust;
	struct policy policy;
	struct span card, x, y, list_url;
};

static void
must(bool good)
{
	if (!good)
		abort();
}

/* A text with %k, %x, %y and %r in it: the key's name, its coordinates, the rest of the input. */
static struct span
fill(const struct world *w, struct arena *a, const char *pattern, struct span rest)
{
	struct buf b = buf_in(a, (size_t)1 << 20);

	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			buf_char(&b, *pattern);
			continue;
		}
		pattern++;
		if (*pattern == 'k')
			buf_add(&b, w->signer.kid);
		else if (*pattern == 'r')
			buf_add(&b, rest);
		else
			base64url_encode(&b, *pattern == 'x' ? w->x : w->y);
	}
	must(b.error == 0);
	return buf_span(&b);
}

static void
make_card(struct world *w, struct work *work)
{
	struct shc_recipe r = { .bundle = SPAN_LIT(BUNDLE),
		.not_before = "1796000000.5",
		.rid = "abc",
		.form = SHC_JWS };

	must(shc_seal(work, &r, &w->signer, &w->card) == 0);
}

static struct world *
make_world(void)
{
	static struct world w;
	struct report report;
	enum key_fault why;
	struct key *key = NULL;
	struct span spki;

	w.arena = arena_new((size_t)64 << 20);
	w.kit = kit_new();
	struct work work = { w.arena, &report, &limits_default, w.kit, CLOCK };
	report_begin(&report, w.arena);
	must(private_new(PRIVATE_P256, &w.key) == 0);
	must(signer_over(w.key, SIG_ES256, &w.signer) == 0);
	must(private_spki(w.key, w.arena, &spki) == 0 &&
		key_from_spki(spki, &key_policy_default, &key, &why) == 0 &&
		thumbprint_of_key(&work, key, &w.signer.kid) == 0);
	key_free(key);
	w.signer.issuer = SPAN_LIT(ISSUER);
	w.x = span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE);
	w.y = span_from(spki, spki.len - COORDINATE);
	w.list_url = fill(&w, w.arena, ISSUER "/.well-known/crl/%k.json", SPAN_NONE);
	make_card(&w, &work);
	struct trust_file file = { SPAN_LIT("directory"), SPAN_LIT(NAMED) };
	struct trust_input in = { .name = SPAN_LIT("fuzz"),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	must(trust_build(&work, &in, 1, &w.trust) == 0 && trust_issuer_count(w.trust) == 1);
	w.policy = policy_default;
	w.policy.env = ENV_DEMO;
	return &w;
}

/* --- answers --- */

static struct web_item
item_of(const struct world *w, bool keys, struct span bytes)
{
	struct need n = { .kind = keys ? NEED_ISSUER_KEYS : NEED_REVOCATIONS,
		.scope = { ENV_DEMO, TRUST_SHC },
		.issuer = SPAN_LIT(ISSUER),
		.kid = keys ? SPAN_NONE : w->signer.kid,
		.url = keys ? SPAN_LIT(ISSUER "/.well-known/jwks.json") : w->list_url };

	return (struct web_item){
		.need = n, .status = 200, .bytes = bytes, .at = CLOCK, .until = CLOCK + 60
	};
}

static struct web *
answers(const struct world *w, struct work *work, enum way way, struct span rest)
{
	static const char *const keys[WAYS] = {
		[WAY_KEYS] = "%r",
		[WAY_KEYS_MADE] =
			"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%x\",\"y\":\"%y\","
			"\"kid\":\"%k\"%r}]}",
		[WAY_RIDS] =
			"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%x\",\"y\":\"%y\","
			"\"kid\":\"%k\",\"use\":\"sig\",\"alg\":\"ES256\",\"crlVersion\":1}]}",
	};
	static const char *const lists[WAYS] = {
		[WAY_RIDS] = "%r",
		[WAY_RIDS_MADE] = "{\"kid\":\"%k\",\"method\":\"rid\",\"ctr\":1,\"rids\":[%r]}",
	};
	struct web_item items[2];
	struct web *web = NULL;
	size_t n = 0;

	items[n++] = item_of(
		w, true, fill(w, work->arena, keys[way] ? keys[way] : keys[WAY_RIDS], rest));
	if (lists[way])
		items[n++] = item_of(w, false, fill(w, work->arena, lists[way], rest));
	must(web_with(work, NULL, items, n, &web) == 0);
	for (size_t i = 0; i < n; i++) {
		const struct web_entry *e = web_find(web, &items[i].need, CLOCK);
		must(e && (e->item.state == WEB_GOOD) == (e->trust != NULL) &&
			(e->item.state == WEB_BAD) == (e->fault != NULL));
	}
	return web;
}

/* --- the card --- */

static struct span
judge(const struct world *w, struct arena *a, const struct web *web, enum reason *reason)
{
	struct report report;
	struct work work = { a, &report, &limits_default, w->kit, CLOCK };
	struct verify *v = arena_alloc(a, 1, sizeof(*v));
	struct buf b = buf_in(a, (size_t)8 << 20);

	must(v);
	*v = (struct verify){
		.input = w->card, .trust = w->trust, .policy = &w->policy, .web = web
	};
	must(engine_verify(&work, v) == 0);
	render_report(&b, &work, v);
	must(b.error == 0);
	*reason = report_reason(&report);
	return buf_span(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	struct report report;
	enum reason first, second;

	if (!w)
		w = make_world();
	if (size < 1)
		return 0;
	enum way way = (uint8_t)(data[0] - '0') % WAYS;
	struct span rest = { data + 1, size - 1 };
	struct arena *made = arena_new((size_t)64 << 20), *a = arena_new(limits_default.memory);
	struct arena *b = arena_new(limits_default.memory);
	struct work work = { made, &report, &limits_default, w->kit, CLOCK };
	report_begin(&report, made);
	struct web *web = answers(w, &work, way, rest);
	struct span one = judge(w, a, web, &first), two = judge(w, b, web, &second);
	must(first == second && span_eq(one, two));
	/* a set or a list that does not name the key says nothing of it */
	bool named = memmem(rest.ptr, rest.len, w->signer.kid.ptr, w->signer.kid.len) != NULL;
	must(first != REASON_NONE || named || way == WAY_KEYS_MADE || way == WAY_RIDS_MADE);
	must(first != REASON_REVOCATION_REVOKED || memmem(rest.ptr, rest.len, "abc", 3) ||
		memchr(rest.ptr, '\\', rest.len));
	web_unref(web);
	arena_free(b);
	arena_free(a);
	arena_free(made);
	return 0;
}
