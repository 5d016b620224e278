/* test_chain.c - a signer under its national authority: the one step, and each way in which it must not pass. */
#include "trust/chain.h"

#include "tests/aid/oom.h"
#include "tests/trust/aid_trust.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct world w;

static int
open_world(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

enum { DAY = WORLD_DAY, YEAR = 365 * WORLD_DAY };

static enum chain_result
check(const struct world_key *leaf, const struct world_key *anchor, int64_t at)
{
	enum chain_result result = CHAIN_GOOD;
	struct cert *anchors[] = { anchor->cert };

	assert_int_equal(chain_check(leaf->cert, anchors, 1, at, &result), 0);
	return result;
}

static void
test_one_step(void **state)
{
	struct world_key twin = { 0 }, child_of_twin = { 0 }, sub_ca = { 0 }, below = { 0 };
	struct world_key nowhere = { 0 }, nowhere_ca = { 0 };

	(void)state;
	world_mint(&w, &twin, "AQ", NULL, true); /* the name of AQ's authority, another key */
	world_mint(&w, &child_of_twin, "AQ", &twin, false);
	world_mint(&w, &sub_ca, "AQ", &w.csca_aq, true);
	world_mint(&w, &below, "AQ", &sub_ca, false);
	world_mint(&w, &nowhere_ca, NULL, NULL, true);
	world_mint(&w, &nowhere, NULL, &nowhere_ca, false);
	const struct {
		const struct world_key *leaf, *anchor;
		int64_t at;
		enum chain_result result;
	} rows[] = {
		{ &w.aq, &w.csca_aq, WORLD_NOW, CHAIN_GOOD },
		{ &w.aq, &w.csca_aq, WORLD_NOW - YEAR, CHAIN_GOOD },
		{ &w.aq, &w.csca_aq, WORLD_NOW - YEAR - 1, CHAIN_BAD },
		{ &w.aq, &w.csca_aq, WORLD_NOW + YEAR - 1, CHAIN_GOOD },
		{ &w.aq, &w.csca_aq, WORLD_NOW + YEAR + 1, CHAIN_BAD },
		{ &w.aq, &w.csca_bv, WORLD_NOW, CHAIN_NO_ANCHOR }, /* another country */
		{ &w.aq, &w.upload_aq, WORLD_NOW, CHAIN_NO_ANCHOR }, /* no authority */
		{ &w.aq, &w.aq, WORLD_NOW, CHAIN_NO_ANCHOR }, /* nor is it its own */
		{ &w.aq, &twin, WORLD_NOW, CHAIN_BAD },
		{ &child_of_twin, &w.csca_aq, WORLD_NOW, CHAIN_BAD },
		{ &child_of_twin, &twin, WORLD_NOW, CHAIN_GOOD },
		{ &w.stranger, &w.csca_aq, WORLD_NOW, CHAIN_BAD },
		{ &w.csca_aq, &w.csca_aq, WORLD_NOW, CHAIN_BAD }, /* an authority is no signer */
		{ &sub_ca, &w.csca_aq, WORLD_NOW, CHAIN_BAD },
		{ &below, &w.csca_aq, WORLD_NOW, CHAIN_BAD }, /* two steps */
		{ &below, &sub_ca, WORLD_NOW, CHAIN_GOOD },
		{ &w.weak, &w.csca_aq, WORLD_NOW, CHAIN_BAD }, /* RSA-1024 */
		{ &nowhere, &nowhere_ca, WORLD_NOW, CHAIN_NO_ANCHOR },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum chain_result got = check(rows[i].leaf, rows[i].anchor, rows[i].at);
		if (got != rows[i].result)
			fail_msg("row %zu: %d", i, (int)got);
	}
}

/* Among many anchors the right one is found, wherever it stands; two of one name don't hide each other. */
static void
test_many_anchors(void **state)
{
	struct world_key twin = { 0 };
	enum chain_result result;

	(void)state;
	world_mint(&w, &twin, "AQ", NULL, true);
	struct cert *a[] = { twin.cert, w.csca_bv.cert, w.upload_aq.cert, w.csca_aq.cert };
	struct cert *b[] = { w.csca_aq.cert, twin.cert };
	assert_int_equal(chain_check(w.aq.cert, a, 4, WORLD_NOW, &result), 0);
	assert_int_equal(result, CHAIN_GOOD);
	assert_int_equal(chain_check(w.aq.cert, b, 2, WORLD_NOW, &result), 0);
	assert_int_equal(result, CHAIN_GOOD);
	assert_int_equal(chain_check(w.aq.cert, NULL, 0, WORLD_NOW, &result), 0);
	assert_int_equal(result, CHAIN_NO_ANCHOR);
}

/* What may stand between, how deep, and for which purpose. */
static void
test_paths(void **state)
{
	struct world_key root = { 0 }, sub = { 0 }, leaf = { 0 };
	enum chain_result result;

	(void)state;
	world_mint(&w, &root, "AQ", NULL, true);
	world_mint(&w, &sub, "AQ", &root, true);
	world_mint(&w, &leaf, "AQ", &sub, false);
	struct cert *anchors[] = { root.cert }, *between[] = { sub.cert };
	struct chain_path p = { .leaf = leaf.cert,
		.anchors = anchors,
		.anchor_count = 1,
		.between = between,
		.between_count = 1,
		.at = WORLD_NOW,
		.depth = 1 };
	/* all authorities of this world bear one name: a change of keys, which counts for no path length */
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_GOOD);
	p.depth = 0;
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_BAD);
	p.depth = 1;
	/* what may stand between is not trusted by standing there */
	p.anchors = (struct cert *[]){ w.csca_bv.cert };
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_BAD);
	p.anchors = (struct cert *[]){ sub.cert };
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_GOOD);
	p.eku = "1.3.6.1.5.5.7.3.1"; /* a leaf that names no purposes may serve any */
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_GOOD);
	/* asked for CRLs, silence is no answer, nor is garbage */
	const struct span crl = SPAN_LIT("\x30\x03\x02\x01\x00");
	p.crls = &crl;
	p.crl_count = 1;
	assert_int_equal(chain_verify(&p, &result), 0);
	assert_int_equal(result, CHAIN_BAD);
}

struct sweep {
	const struct world_key *leaf;
	size_t good, told;
};

static int
one_check(void *arg)
{
	struct sweep *s = arg;
	struct cert *anchors[] = { w.csca_aq.cert };
	enum chain_result result = CHAIN_NO_ANCHOR;
	int r = chain_check(s->leaf->cert, anchors, 1, WORLD_NOW, &result);

	s->good += r == 0 && result == CHAIN_GOOD;
	s->told += r == -ENOMEM;
	return r;
}

/* Without memory a good signer may be refused, but a bad one never passes. */
static void
test_memory(void **state)
{
	struct sweep good = { &w.aq, 0, 0 }, bad = { &w.stranger, 0, 0 };

	(void)state;
	oom_each(one_check, &good);
	assert_true(good.good > 0 && good.told > 0);
	oom_each(one_check, &bad);
	assert_int_equal(bad.good, 0);
	assert_true(bad.told > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_step),
		cmocka_unit_test(test_many_anchors),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
