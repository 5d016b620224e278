/* countries.c - ISO 3166-1 alpha-2: a row of second letters for each first letter. */
#include "codecs/record/countries.h"

static const char *const second_letters[26] = {
	"DEFGILMOQRSTUWXZ", /* A */
	"ABDEFGHIJLMNOQRSTVWYZ", /* B */
	"ACDFGHIKLMNORUVWXYZ", /* C */
	"EJKMOZ", /* D */
	"CEGHLRST", /* E, with EL for Greece */
	"IJKMOR", /* F */
	"ABDEFGHILMNPQRSTUWY", /* G */
	"KMNRTU", /* H */
	"DELMNOQRST", /* I */
	"EMOP", /* J */
	"EGHIMNPRWYZ", /* K */
	"ABCIKRSTUVY", /* L */
	"ACDEFGHKLMNOPQRSTUVWXYZ", /* M */
	"ACEFGILOPRUZ", /* N */
	"M", /* O */
	"AEFGHKLMNRSTWY", /* P */
	"A", /* Q */
	"EOSUW", /* R */
	"ABCDEGHIJKLMNORSTVXYZ", /* S */
	"CDFGHJKLMNORTVWZ", /* T */
	"AGKMSYZ", /* U, with UK */
	"ACEGINU", /* V */
	"FS", /* W */
	"K", /* X: Kosovo */
	"ET", /* Y */
	"AMW", /* Z */
};

bool
country_known(struct span code)
{
	if (code.len != 2 || code.ptr[0] < 'A' || code.ptr[0] > 'Z')
		return false;
	for (const char *s = second_letters[code.ptr[0] - 'A']; *s; s++)
		if ((uint8_t)*s == code.ptr[1])
			return true;
	return false;
}

static struct span
canonical(struct span code)
{
	if (span_is(code, "EL"))
		return SPAN_LIT("GR");
	return span_is(code, "UK") ? SPAN_LIT("GB") : code;
}

bool
country_same(struct span a, struct span b)
{
	return span_eq(canonical(a), canonical(b));
}
