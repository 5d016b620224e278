/* info.c - what is answered without a certificate: what this gateway knows, how it is, and its web page.
 *
 * The page's files are taken into the binary as they stand in gateway/http/page/.
 */
#include "codecs/base/buf.h"
#include "gateway/engine/render.h"
#include "gateway/http/metrics.h"
#include "gateway/http/routes.h"

/* clang-format off */
#define ASSET(symbol, path, file, type) \
	__asm__(".section .rodata\n" \
		"asset_" #symbol ":\n" \
		".incbin \"gateway/http/page/" file "\"\n" \
		"asset_" #symbol "_end:\n" \
		".byte 0\n" \
		".previous\n"); \
	extern const uint8_t symbol##_start[] __asm__("asset_" #symbol) __attribute__((visibility("hidden"))); \
	extern const uint8_t symbol##_end[] __asm__("asset_" #symbol "_end") __attribute__((visibility("hidden")));
#include "gateway/http/assets.def"
ASSET(openapi, "/openapi.json", "openapi.json", "")
#undef ASSET

static const struct asset {
	const char *path, *type;
	const uint8_t *start, *end;
} assets[] = {
#define ASSET(symbol, path, file, type) { path, type, symbol##_start, symbol##_end },
#include "gateway/http/assets.def"
#undef ASSET
};
/* clang-format on */

enum { ASSETS = sizeof(assets) / sizeof(assets[0]) };

static const struct asset *
asset_at(struct span path)
{
	for (size_t i = 0; i < ASSETS; i++)
		if (span_is(path, assets[i].path))
			return &assets[i];
	return NULL;
}

bool
asset_exists(struct span path)
{
	return asset_at(path) != NULL;
}

void
asset_handler(struct exchange *x)
{
	const struct asset *a = asset_at(x->path);

	if (!a) {
		exchange_fail(x, PROBLEM_ROUTE_UNKNOWN, NULL);
		return;
	}
	x->page = true;
	x->content_type = a->type;
	x->content = (struct span){ a->start, (size_t)(a->end - a->start) };
}

void
openapi_handler(struct exchange *x)
{
	x->content = (struct span){ openapi_start, (size_t)(openapi_end - openapi_start) };
}

static struct buf
answer(struct exchange *x)
{
	return buf_in(x->tools->arena, x->tools->app->config->limits.memory);
}

static void
finish(struct exchange *x, const struct buf *b)
{
	if (b->error != 0)
		exchange_error(x, b->error);
	else
		x->content = buf_span(b);
}

void
schemes_handler(struct exchange *x)
{
	struct buf b = answer(x);

	render_schemes(&b);
	finish(x, &b);
}

void
reasons_handler(struct exchange *x)
{
	struct buf b = answer(x);

	render_reasons(&b);
	finish(x, &b);
}

void
trust_handler(struct exchange *x)
{
	struct buf b = answer(x);

	render_trust(&b, x->trust, x->now);
	finish(x, &b);
}

void
authority_handler(struct exchange *x)
{
	struct buf b = answer(x);

	if (render_authority(&b, x->trust, span_from(x->path, span_of(x->route->path).len)))
		finish(x, &b);
	else
		exchange_fail(x, PROBLEM_TRUST_AUTHORITY, NULL);
}

void
health_handler(struct exchange *x)
{
	x->content = SPAN_LIT("{\"status\":\"ok\"}");
}

/* Ready: at least one usable key of a list that is fresh enough. */
void
ready_handler(struct exchange *x)
{
	for (size_t i = 0; i < trust_source_count(x->trust); i++) {
		const struct trust_source_info *s = trust_source_at(x->trust, i);
		if (s->keys == 0 || trust_stale(s, x->now))
			continue;
		x->content = SPAN_LIT("{\"status\":\"ready\"}");
		return;
	}
	exchange_fail(x, PROBLEM_NOT_READY, NULL);
}

void
metrics_handler(struct exchange *x)
{
	struct buf b = answer(x);

	metrics_write(&b, x->tools->app, x->trust, x->now);
	x->content_type = "text/plain; version=0.0.4; charset=utf-8";
	finish(x, &b);
}
