/* countries.c - ISO 3166-1: alpha-2 as a row of second letters for each first letter, alpha-3 as pairs in order. */
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

/* Alpha-3 and alpha-2 in one, in order of the former. */
static const char threes[] =
	"ABWAWAFGAFAGOAOAIAAIALAAXALBALANDADAREAEARGARARMAMASMASATAAQATFTFATGAGAUSAU"
	"AUTATAZEAZBDIBIBELBEBENBJBESBQBFABFBGDBDBGRBGBHRBHBHSBSBIHBABLMBLBLRBYBLZBZ"
	"BMUBMBOLBOBRABRBRBBBBRNBNBTNBTBVTBVBWABWCAFCFCANCACCKCCCHECHCHLCLCHNCNCIVCI"
	"CMRCMCODCDCOGCGCOKCKCOLCOCOMKMCPVCVCRICRCUBCUCUWCWCXRCXCYMKYCYPCYCZECZDEUDE"
	"DJIDJDMADMDNKDKDOMDODZADZECUECEGYEGERIERESHEHESPESESTEEETHETFINFIFJIFJFLKFK"
	"FRAFRFROFOFSMFMGABGAGBRGBGEOGEGGYGGGHAGHGIBGIGINGNGLPGPGMBGMGNBGWGNQGQGRCGR"
	"GRDGDGRLGLGTMGTGUFGFGUMGUGUYGYHKGHKHMDHMHNDHNHRVHRHTIHTHUNHUIDNIDIMNIMINDIN"
	"IOTIOIRLIEIRNIRIRQIQISLISISRILITAITJAMJMJEYJEJORJOJPNJPKAZKZKENKEKGZKGKHMKH"
	"KIRKIKNAKNKORKRKWTKWLAOLALBNLBLBRLRLBYLYLCALCLIELILKALKLSOLSLTULTLUXLULVALV"
	"MACMOMAFMFMARMAMCOMCMDAMDMDGMGMDVMVMEXMXMHLMHMKDMKMLIMLMLTMTMMRMMMNEMEMNGMN"
	"MNPMPMOZMZMRTMRMSRMSMTQMQMUSMUMWIMWMYSMYMYTYTNAMNANCLNCNERNENFKNFNGANGNICNI"
	"NIUNUNLDNLNORNONPLNPNRUNRNZLNZOMNOMPAKPKPANPAPCNPNPERPEPHLPHPLWPWPNGPGPOLPL"
	"PRIPRPRKKPPRTPTPRYPYPSEPSPYFPFQATQAREUREROURORUSRURWARWSAUSASDNSDSENSNSGPSG"
	"SGSGSSHNSHSJMSJSLBSBSLESLSLVSVSMRSMSOMSOSPMPMSRBRSSSDSSSTPSTSURSRSVKSKSVNSI"
	"SWESESWZSZSXMSXSYCSCSYRSYTCATCTCDTDTGOTGTHATHTJKTJTKLTKTKMTMTLSTLTONTOTTOTT"
	"TUNTNTURTRTUVTVTWNTWTZATZUGAUGUKRUAUMIUMURYUYUSAUSUZBUZVATVAVCTVCVENVEVGBVG"
	"VIRVIVNMVNVUTVUWLFWFWSMWSXKXXKYEMYEZAFZAZMBZMZWEZW";

enum { ROW = 5, ROWS = (sizeof(threes) - 1) / ROW };

/* Codes without a country that participants of the WHO's network go by, and how their certificates name them. */
static const char *const others[][2] = { { "WHO", "WH" }, { "IOM", "IO" }, { "XCL", "XL" },
	{ "XML", "XM" }, { "XXA", "XA" }, { "XXJ", "XJ" }, { "XXK", "XK" }, { "XYK", "YK" } };

struct span
country_alpha2(struct span code)
{
	size_t low = 0, high = ROWS;

	while (code.len == 3 && low < high) {
		size_t middle = low + (high - low) / 2;
		struct span row = { (const uint8_t *)&threes[middle * ROW], ROW };
		int order = memcmp(row.ptr, code.ptr, 3);
		if (order == 0)
			return span_from(row, 3);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return code;
}

struct span
country_alpha3(struct span code)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_is(code, others[i][1]) && !country_known(code))
			return span_of(others[i][0]);
	for (size_t i = 0; code.len == 2 && i < ROWS; i++)
		if (memcmp(&threes[i * ROW + 3], code.ptr, 2) == 0)
			return (struct span){ (const uint8_t *)&threes[i * ROW], 3 };
	return SPAN_NONE;
}

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
	code = country_alpha2(code);
	if (span_is(code, "EL"))
		return SPAN_LIT("GR");
	return span_is(code, "UK") ? SPAN_LIT("GB") : code;
}

bool
country_same(struct span a, struct span b)
{
	return span_eq(canonical(a), canonical(b));
}

static struct span
participant(struct span code)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_is(code, others[i][1]))
			return span_of(others[i][0]);
	return canonical(code);
}

bool
participant_same(struct span a, struct span b)
{
	return country_same(a, b) || span_eq(participant(a), participant(b));
}

static const char *const passports[][2] = { { "D", "DE" }, { "D<<", "DE" }, { "GBD", "GB" },
	{ "GBN", "GB" }, { "GBO", "GB" }, { "GBP", "GB" }, { "GBS", "GB" }, { "RKS", "XK" },
	{ "UNK", "XK" }, { "UNO", "UN" }, { "UNA", "UN" }, { "EUE", "EU" } };

struct span
passport_country(struct span code)
{
	struct span two = canonical(code);

	for (size_t i = 0; i < sizeof(passports) / sizeof(passports[0]); i++)
		if (span_is(code, passports[i][0]))
			return span_of(passports[i][1]);
	return country_known(two) ? two : SPAN_NONE;
}

struct span
country_passport(struct span alpha2)
{
	static const char *const own[][2] = { { "DE", "D<<" }, { "XK", "RKS" }, { "UN", "UNO" },
		{ "EU", "EUE" } };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (span_is(alpha2, own[i][0]))
			return span_of(own[i][1]);
	return country_alpha3(alpha2);
}
