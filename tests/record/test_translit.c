/* Names of many scripts as the machine readable zone writes them. */
#include "codecs/record/translit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
gives(const char *name, const char *expected)
{
	struct arena *a = arena_new(65536);
	struct buf b = buf_in(a, SIZE_MAX);
	bool good = translit_name(&b, span_of(name));

	if (!expected)
		assert_false(good);
	else if (!good || !span_is(buf_span(&b), expected))
		fail_msg("%s: %s, got %.*s", name, expected, (int)b.len, (const char *)b.ptr);
	arena_free(a);
}

static void
latin(void **state)
{
	(void)state;
	gives("Pinguin", "PINGUIN");
	gives("\xc3\x86gir \xc3\x98st", "AEGIR<OEST");
	gives("M\xc3\xbcller-L\xc3\xbc"
	      "denscheidt",
		"MUELLER<LUEDENSCHEIDT");
	gives("A\xcc\x8angstro\xcc\x88m e\xcc\x81", "AANGSTROEM<E");
	gives("\xc5\x81ukasz \xc5\xbb\xc3\xb3\xc5\x82\xc4\x87", "LUKASZ<ZOLC");
	gives("Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b \xc4\x90\xe1\xba\xb7ng", "NGUYEN<THI<DANG");
	gives("\xc3\x9e\xc3\xb3r \xc3\x90", "THOR<D");
	gives("Stra\xc3\x9f", "STRASS");
	gives("\xc4\xb0\xc4\xb1\xc4\x9f", "IIG");
}

static void
marks(void **state)
{
	(void)state;
	gives("O'Neill", "ONEILL");
	gives("D\xe2\x80\x99"
	      "Arc,  J. R.",
		"DARC<J<R");
	gives(" -a- ", "A");
	gives("PINGUIN<OTTO", "PINGUIN<OTTO");
	gives("", NULL);
	gives(" ' ", NULL);
	gives("John 3", NULL);
	gives("\xff", NULL);
	gives("\xe7\x8e\x8b", NULL);
	gives("Wang \xe7\x8e\x8b", NULL);
}

static void
cyrillic(void **state)
{
	(void)state;
	gives("\xd0\xa9\xd1\x83\xd0\xba\xd0\xb8\xd0\xbd \xd0\xae\xd1\x80\xd0\xb8\xd0\xb9",
		"SHCHUKIN<IURII");
	gives("\xd0\x93\xd0\xbe\xd0\xb3\xd0\xbe\xd0\xbb\xd1\x8c", "GOGOL");
	gives("\xd0\xa3\xd0\xba\xd1\x80\xd0\xb0\xd1\x97\xd0\xbd\xd0\xb0", "UKRAINA");
}

static void
arabic(void **state)
{
	(void)state;
	/* Muhammad with a shadda, Fatima with a taa marbutah at its end */
	gives("\xd9\x85\xd8\xad\xd9\x85\xd9\x91\xd8\xaf", "MXHMMD");
	gives("\xd9\x81\xd8\xa7\xd8\xb7\xd9\x85\xd8\xa9 \xd8\xb9\xd9\x84\xd9\x8a", "FAXTTMXAH<ELY");
}

/* ELOT 743: pairs, what follows them, and marks that keep them apart, in one code point or in two. */
static void
greek(void **state)
{
	(void)state;
	gives("\xce\xa0\xce\xb1\xcf\x80\xce\xb1\xce\xb4\xcf\x8c\xcf\x80\xce\xbf\xcf\x85\xce\xbb\xce"
	      "\xbf\xcf\x82 \xce\x93\xce\xb5\xcf\x8e\xcf\x81\xce\xb3\xce\xb9\xce\xbf\xcf\x82",
		"PAPADOPOULOS<GEORGIOS");
	gives("\xce\x95\xce\xa5\xce\x91\xce\x93\xce\x93\xce\x95\xce\x9b\xce\x9f\xce\xa3",
		"EVANGELOS");
	gives("\xce\x95\xcf\x85\xcf\x84\xcf\x85\xcf\x87\xce\xaf\xce\xb1", "EFTYCHIA");
	gives("\xce\x9c\xcf\x80\xce\xb1\xce\xba\xce\xbf\xce\xb3\xce\xb9\xce\xac\xce\xbd\xce\xbd\xce"
	      "\xb7",
		"BAKOGIANNI");
	gives("\xce\x9b\xce\xb1\xce\xbc\xcf\x80\xcf\x81\xce\xac\xce\xba\xce\xb7\xcf\x82",
		"LAMPRAKIS");
	gives("\xce\xa7\xce\xb1\xcf\x84\xce\xb6\xce\xb7\xce\xb3\xce\xb9\xce\xac\xce\xbd\xce\xbd\xce"
	      "\xb7\xcf\x82",
		"CHATZIGIANNIS");
	gives("\xce\xa4\xce\xb1\xce\xb0\xce\xb3\xce\xb5\xcf\x84\xce\xbf\xcf\x82", "TAYGETOS");
	gives("\xce\xa3\xcf\x86\xce\xaf\xce\xb3\xce\xbe", "SFINX");
	gives("\xce\x91\xcf\x8d\xcf\x81\xce\xb1", "AVRA");
	gives("\xce\x86\xcf\x85\xce\xbb\xce\xbf\xcf\x82", "AYLOS");
	gives("\xce\xa8\xcf\x85\xcf\x87\xce\xae", "PSYCHI");
	gives("\xe1\xbc\x88\xce\xb8\xce\xb7\xce\xbd\xe1\xbe\xb6", "ATHINA");
	gives("\xce\xa4\xce\xb1\xcf\x85\xcc\x88\xcc\x81\xce\xb3\xce\xb5\xcf\x84\xce\xbf\xcf\x82 "
	      "\xce\xa0\xce\xb1\xcf\x85\xcc\x81\xce\xbb\xce\xbf\xcf\x82",
		"TAYGETOS<PAVLOS");
	gives("\xce\x9b\xce\xb5\xcf\x89\xce\xbd\xce\xaf\xce\xb4\xce\xb1\xcf\x82 \xce\x9e",
		"LEONIDAS<X");
	gives("\xce\x9c\xce\x91\xce\xa5\xce\xa1\xce\x9f\xce\xa3 "
	      "\xce\x9b\xce\xb5\xcf\x85\xce\xba\xcf\x8c\xcf\x82",
		"MAVROS<LEFKOS");
}

static void
what_is_one_already(void **state)
{
	(void)state;
	assert_true(translit_is(SPAN_LIT("VAN<DER<BERG")));
	assert_false(translit_is(SPAN_LIT("")));
	assert_false(translit_is(SPAN_LIT("O'NEILL")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latin),
		cmocka_unit_test(marks),
		cmocka_unit_test(cyrillic),
		cmocka_unit_test(arabic),
		cmocka_unit_test(greek),
		cmocka_unit_test(what_is_one_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
