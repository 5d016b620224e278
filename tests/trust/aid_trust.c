/* aid_trust.c - see aid_trust.h. */
#include "tests/trust/aid_trust.h"

#include "codecs/base/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void
world_mint(struct world *w, struct world_key *k, const char *country, const struct world_key *ca,
	bool is_ca)
{
	struct span der;
	struct cert_request r = { .country = country,
		.common_name = is_ca ? "Authority" : "Signer",
		.not_before = WORLD_NOW - 365 * (int64_t)WORLD_DAY,
		.not_after = WORLD_NOW + 365 * (int64_t)WORLD_DAY,
		.is_ca = is_ca,
		.ca = ca ? ca->cert : NULL,
		.ca_key = ca ? ca->key : NULL };

	if (!k->key)
		assert_int_equal(private_new(PRIVATE_P256, &k->key), 0);
	r.subject = k->key;
	assert_int_equal(cert_issue(&r, w->arena, &der), 0);
	assert_int_equal(cert_from_der(der, &key_policy_default, &k->cert), 0);
	assert_non_null(k->cert);
	assert_true(w->all_count < WORLD_OWNED);
	w->all[w->all_count++] = *k;
}

void
world_open(struct world *w)
{
	*w = (struct world){
		.arena = arena_new((size_t)256 << 20), .kit = kit_new(), .limits = limits_default
	};
	assert_true(w->arena && w->kit);
	world_mint(w, &w->anchor, "EU", NULL, false);
	world_mint(w, &w->csca_aq, "AQ", NULL, true);
	world_mint(w, &w->csca_bv, "BV", NULL, true);
	world_mint(w, &w->upload_aq, "AQ", NULL, false);
	world_mint(w, &w->upload_bv, "BV", NULL, false);
	world_mint(w, &w->aq, "AQ", &w->csca_aq, false);
	world_mint(w, &w->aq2, "AQ", &w->csca_aq, false);
	world_mint(w, &w->bv, "BV", &w->csca_bv, false);
	assert_int_equal(private_new(PRIVATE_RSA1024, &w->weak.key), 0);
	world_mint(w, &w->weak, "AQ", &w->csca_aq, false);
	world_mint(w, &w->stranger, "AQ", NULL, false);
}

void
world_close(struct world *w)
{
	for (size_t i = 0; i < w->all_count; i++) {
		cert_free(w->all[i].cert);
		private_free(w->all[i].key);
	}
	kit_free(w->kit);
	arena_free(w->arena);
}

struct span
world_print(struct world *w, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	int n = vasprintf(&text, format, ap);
	va_end(ap);
	assert_true(n >= 0);
	struct span copy = arena_copy(w->arena, (struct span){ (uint8_t *)text, (size_t)n });
	assert_non_null(copy.ptr);
	free(text);
	return copy;
}

struct span
world_join(struct world *w, struct span a, struct span b)
{
	struct buf out = buf_in(w->arena, SIZE_MAX);

	buf_add(&out, a);
	buf_add(&out, b);
	assert_int_equal(out.error, 0);
	return arena_copy(w->arena, buf_span(&out));
}

struct span
world_swap(struct world *w, struct span text, const char *from, const char *to)
{
	const uint8_t *at = memmem(text.ptr, text.len, from, strlen(from));

	assert_non_null(at);
	size_t start = (size_t)(at - text.ptr);
	struct span head = world_join(w, span_slice(text, 0, start), span_of(to));
	return world_join(w, head, span_from(text, start + strlen(from)));
}

struct trust_input
world_input(const char *kind, struct trust_file *file, struct span bytes)
{
	*file = (struct trust_file){ SPAN_LIT("lists/list"), bytes };
	return (struct trust_input){ .name = SPAN_LIT("test"),
		.kind = span_of(kind),
		.env = ENV_PRODUCTION,
		.domain = TRUST_DCC,
		.files = file,
		.file_count = 1,
		.read_at = WORLD_NOW };
}

int
world_try(struct world *w, const struct trust_input *in, size_t count, struct trust **out)
{
	struct work work = { .limits = &w->limits, .kit = w->kit, .now = WORLD_NOW };

	return trust_build(&work, in, count, out);
}

struct trust *
world_build(struct world *w, const struct trust_input *in, size_t count)
{
	struct trust *t = NULL;

	assert_int_equal(world_try(w, in, count, &t), 0);
	assert_non_null(t);
	assert_int_equal(trust_source_count(t), count);
	return t;
}

struct trust_source_info
world_read(struct world *w, const struct trust_input *in)
{
	struct trust *t = world_build(w, in, 1);
	struct trust_source_info info = *trust_source_at(t, 0);

	/* a list at fault gives nothing, a good one something; and the counts are those of the keys */
	assert_int_equal(
		info.fault != NULL, trust_key_count(t) + info.issuers + info.rid_lists == 0);
	assert_int_equal(info.keys + info.refused, trust_key_count(t));
	info.name = info.fault_file = SPAN_NONE; /* they went with the snapshot */
	trust_unref(t);
	return info;
}

struct key_hint
world_hint(const struct cert *c)
{
	return (struct key_hint){ .kid = span_slice(cert_sha256(c), 0, 8) };
}

size_t
world_find(const struct trust *t, enum trust_env env, const struct cert *c)
{
	const struct trust_key *found[16];
	struct key_hint hint = world_hint(c);

	return trust_find(t, (struct trust_scope){ env, TRUST_DCC }, &hint, found, 16);
}
