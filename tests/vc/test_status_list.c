/* test_status_list.c - our own lists of status: what our entries lead to, as our own engine believes it. */
#include "codecs/base/inflate.h"
#include "codecs/vc/emit/status_list.h"
#include "tests/aid/oom.h"
#include "tests/vc/aid_emit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define URL      "https://gateway.example.test/status/7"

enum { INDEX = 94567, HOUR = 3600 };

static const struct pair {
	const char *target;
	enum vc_list_kind kind;
	enum vc_form form;
	const char *media_type;
} pairs[] = {
	{ "vc", VC_LIST_BITSTRING, VC_JSON, "application/vc" },
	{ "vc-ecdsa", VC_LIST_BITSTRING, VC_JSON, "application/vc" },
	{ "vc-eddsa-jcs", VC_LIST_BITSTRING, VC_JOSE, "application/vc+jwt" },
	{ "vc-ecdsa-jcs", VC_LIST_BITSTRING, VC_JSON, "application/vc" },
	{ "vc-jwt", VC_LIST_BITSTRING, VC_JOSE, "application/vc+jwt" },
	{ "vc-jwt-1.1", VC_LIST_2021, VC_TOKEN, "application/jwt" },
};

/* A desk that names a place in the list, and the list with that bit, counted from the left, and no other. */
static struct writing *
open_desk(const struct pair *p, struct status_list *l, size_t revoked)
{
	struct writing *d = writing_open(p->target);
	uint8_t *bits = arena_bytes(d->wallet.arena, STATUS_LIST_LEAST);

	assert_non_null(bits);
	memset(bits, 0, STATUS_LIST_LEAST);
	bits[revoked / 8] = (uint8_t)(0x80 >> revoked % 8);
	d->emission.status_list = SPAN_LIT(URL);
	d->emission.status_index = INDEX;
	*l = (struct status_list){ .kind = p->kind,
		.form = p->form,
		.bits = { bits, STATUS_LIST_LEAST },
		.url = p->kind == VC_LIST_2021 ? SPAN_LIT(URL STATUS_LIST_2021) : SPAN_LIT(URL),
		.issuer = d->wallet.did,
		.from = WALLET_NOW - HOUR,
		.until = WALLET_NOW + HOUR };
	return d;
}

static struct span
render(struct writing *d, const struct status_list *l)
{
	struct status_list_text out = { 0 };

	d->wallet.work.arena = d->wallet.arena;
	report_begin(&d->wallet.report, d->wallet.arena);
	assert_int_equal(status_list_render(&d->wallet.work, l, &d->wallet.signer, &out), 0);
	assert_non_null(out.text.ptr);
	return out.text;
}

/* What the engine says of the credential when that stands at the list's address. */
static enum reason
judge(struct writing *d, struct span url, struct span list)
{
	struct web_item item = { .need = { .kind = NEED_STATUS,
					 .scope = { ENV_DEMO, TRUST_VC },
					 .issuer = d->wallet.did,
					 .url = url },
		.bytes = list,
		.at = WALLET_NOW,
		.until = WALLET_NOW + 60 };
	struct web *web = NULL;

	assert_int_equal(writing_emit(d), 0);
	assert_int_equal(web_with(&d->wallet.work, NULL, &item, 1, &web), 0);
	wallet_verify(&d->wallet, d->out.text, web, &d->again);
	web_unref(web);
	return d->wallet.report.checks[CHECK_REVOCATION].reason;
}

static void
one_bit_is_one_credential(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct status_list l;
		struct writing *d = open_desk(&pairs[i], &l, INDEX);
		assert_int_equal(judge(d, l.url, render(d, &l)), REASON_REVOCATION_REVOKED);
		writing_close(d);
		for (size_t near = INDEX - 1; near <= INDEX + 1; near += 2) {
			d = open_desk(&pairs[i], &l, near);
			assert_int_equal(judge(d, l.url, render(d, &l)), REASON_NONE);
			assert_int_equal(report_verdict(&d->wallet.report), VERDICT_VERIFIED);
			writing_close(d);
		}
	}
}

static void
a_list_is_believed_for_its_time_and_its_kind(void **state)
{
	struct status_list l, other;
	struct writing *d = open_desk(&pairs[0], &l, 0);
	struct status_list_text out = { 0 };

	(void)state;
	other = l;
	other.until = WALLET_NOW - 1;
	assert_int_equal(judge(d, l.url, render(d, &other)), REASON_STATUS_EXPIRED);
	other = l;
	other.url = SPAN_LIT(URL "0");
	assert_int_equal(judge(d, l.url, render(d, &other)), REASON_STATUS_KIND);
	other = l;
	other.kind = VC_LIST_2021;
	other.form = VC_TOKEN;
	assert_int_equal(judge(d, l.url, render(d, &other)), REASON_STATUS_KIND);
	struct span good = render(d, &l);
	uint8_t *bad = arena_bytes(d->wallet.arena, good.len);
	memcpy(bad, good.ptr, good.len);
	*(uint8_t *)memmem(bad, good.len, "revocation", 10) = 'R';
	assert_int_equal(judge(d, l.url, (struct span){ bad, good.len }), REASON_STATUS_UNTRUSTED);
	other.form = VC_JSON;
	assert_int_equal(
		status_list_render(&d->wallet.work, &other, &d->wallet.signer, &out), -EINVAL);
	l.bits.len--;
	assert_int_equal(status_list_render(&d->wallet.work, &l, &d->wallet.signer, &out), -EINVAL);
	assert_null(out.text.ptr);
	writing_close(d);
}

static void
it_says_of_which_kind_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct status_list l;
		struct writing *d = open_desk(&pairs[i], &l, 0);
		struct status_list_text out = { 0 };
		assert_int_equal(
			status_list_render(&d->wallet.work, &l, &d->wallet.signer, &out), 0);
		assert_string_equal(out.media_type, pairs[i].media_type);
		writing_close(d);
	}
}

struct once {
	struct writing *desk;
	struct status_list list;
};

static int
render_once(void *arg)
{
	struct once *o = arg;
	struct arena *arena = arena_new(1 << 23);
	struct kit *kit = kit_new();
	struct report report;
	struct work w = { arena, &report, &limits_default, kit, WALLET_NOW };
	struct status_list_text out;
	int r = arena && kit ? 0 : -ENOMEM;

	if (r == 0) {
		report_begin(&report, arena);
		r = status_list_render(&w, &o->list, &o->desk->wallet.signer, &out);
	}
	kit_free(kit);
	arena_free(arena);
	return r;
}

static void
out_of_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i += 5) {
		struct once o;
		o.desk = open_desk(&pairs[i], &o.list, INDEX);
		assert_true(oom_each(render_once, &o) > 0);
		writing_close(o.desk);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bit_is_one_credential),
		cmocka_unit_test(a_list_is_believed_for_its_time_and_its_kind),
		cmocka_unit_test(it_says_of_which_kind_it_is),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests_name("status lists", tests, NULL, NULL);
}
