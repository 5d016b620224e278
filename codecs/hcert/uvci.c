/* uvci.c - the unique certificate identifier: URN:UVCI:01:CC:..., with a check character behind #.
 *
 * Barely half of the identifiers in the field pass their own check character, so a
 * fault here is a note and never more.
 */
#include "codecs/hcert/eu_dcc.h"

enum { MODULUS = 38 };

/* A to Z, 0 to 9, / and : in this order. */
static int
value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '0' && c <= '9')
		return c - '0' + 26;
	if (c == '/')
		return 36;
	return c == ':' ? 37 : -1;
}

/* Luhn modulo 38, from the right, the last character doubled; -1 when one is outside the alphabet. */
static int
checksum(struct span s)
{
	int sum = 0, factor = 2;

	for (size_t i = s.len; i-- > 0;) {
		int v = value(s.ptr[i]);
		if (v < 0)
			return -1;
		v *= factor;
		sum += v / MODULUS + v % MODULUS;
		factor = 3 - factor;
	}
	return (MODULUS - sum % MODULUS) % MODULUS;
}

static bool
form_good(struct span ci)
{
	bool prefix = span_starts(ci, SPAN_LIT("URN:UVCI:01:"));
	struct span country = span_slice(ci, 12, 2);

	return prefix && ci.len <= 80 && ci.len > 15 && value(country.ptr[0]) >= 0 &&
	       value(country.ptr[0]) < 26 && value(country.ptr[1]) >= 0 &&
	       value(country.ptr[1]) < 26 && ci.ptr[14] == ':';
}

char
dcc_check_character(struct span ci)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:";
	int sum = checksum(ci);

	return sum < 0 ? '\0' : alphabet[sum];
}

void
dcc_check_identifier(struct work *w, const struct node *n)
{
	struct span ci = span_trim(n->as.bytes);
	size_t hash = span_find(ci, '#');

	if (!form_good(ci))
		report_find(w->report, REASON_NOTE_UVCI_FORM, node_place(w, n, HCERT_LAYER));
	if (hash + 2 != ci.len)
		return;
	if (checksum(span_slice(ci, 0, hash)) != value(ci.ptr[hash + 1]) ||
		value(ci.ptr[hash + 1]) < 0)
		report_find(w->report, REASON_NOTE_UVCI_CHECKSUM, node_place(w, n, HCERT_LAYER));
}
