/* purposes.c - what keys are for: kind, certificate and what may be signed with them, a row each.
 *
 * A key signs one form of bytes only, so that no signature of one scheme can pass as one of another,
 * whoever asks for it.
 */
#include "codecs/base/ascii.h"
#include "gateway/keys/keys_impl.h"

/* COSE_Sign1: RFC 9052, 4.4. */
static bool
is_cose(struct span s)
{
	return span_starts(s, SPAN_LIT("\x84\x6aSignature1"));
}

/* RFC 7515, 5.1: a header that begins with {" in base64url, a dot, a payload. */
static bool
is_jws(struct span s)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.len; i++) {
		dots += s.ptr[i] == '.';
		if (!ascii_base64url(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	}
	return dots == 1 && span_starts(s, SPAN_LIT("eyJ"));
}

/* Data Integrity: two digests; or a JWS. */
static bool
is_credential(struct span s)
{
	return s.len == 64 || is_jws(s);
}

/* What the WHO's network takes: certificates in CBOR, documents in FHIR. */
static bool
is_document(struct span s)
{
	return is_cose(s) || is_jws(s);
}

/* The canonical data of a VDS-NC. */
static bool
is_seal(struct span s)
{
	return span_starts(s, SPAN_LIT("{\"hdr\":{")) && span_ends(s, SPAN_LIT("}"));
}

#define GDHCN_HEADER "eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9."

/* Signed attributes of a CMS: a SET that begins with the content type. */
static bool
is_cms(struct span s)
{
	static const char first[] = "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";

	return s.len > 2 && s.ptr[0] == 0x31 && s.ptr[1] < 0x80 &&
	       span_starts(span_from(s, 2), span_of(first));
}

/* Or the WHO's form of proof: a header, and two digests as they are. */
static bool
is_list(struct span s)
{
	return is_cms(s) ||
	       (span_starts(s, SPAN_LIT(GDHCN_HEADER)) && s.len == sizeof(GDHCN_HEADER) - 1 + 64);
}

/* A certificate of version 3: SEQUENCE, [0] version. */
static bool
is_certificate(struct span s)
{
	return s.len > 9 && s.ptr[0] == 0x30 && s.ptr[1] == 0x82 && s.ptr[4] == 0xa0 &&
	       s.ptr[5] == 3;
}

static const char *const health[] = { "1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2",
	"1.3.6.1.4.1.1847.2021.1.3", NULL };
static const char *const tests_and_shots[] = { "1.3.6.1.4.1.1847.2021.1.1",
	"1.3.6.1.4.1.1847.2021.1.2", NULL };
static const char *const barcodes[] = { "2.23.136.1.1.14.2", NULL };

enum {
	SHORT = 90,
	YEARS_2 = 730,
	YEARS_4 = 1461,
	YEARS_5 = 1826,
	YEARS_10 = 3652,
	YEARS_15 = 5479
};

const struct purpose purposes[PURPOSE_COUNT] = {
	[PURPOSE_DCC] = { "dcc", "EU Digital COVID Certificates", PRIVATE_P256, SIG_ES256,
		PURPOSE_CSCA_DCC, true, false, health, false, NULL, SHORT, YEARS_2, "DSC",
		is_cose },
	[PURPOSE_SHC] = { "shc", "SMART Health Cards", PRIVATE_P256, SIG_ES256, PURPOSE_CA_SHC,
		true, false, NULL, false, NULL, SHORT, YEARS_2, "Health Cards", is_jws },
	[PURPOSE_VC_EDDSA] = { "vc-eddsa", "W3C credentials, Ed25519", PRIVATE_ED25519, SIG_EDDSA,
		PURPOSE_COUNT, false, false, NULL, false, NULL, SHORT, YEARS_2, NULL,
		is_credential },
	[PURPOSE_VC_ECDSA] = { "vc-ecdsa", "W3C credentials, P-256", PRIVATE_P256, SIG_ES256,
		PURPOSE_COUNT, false, false, NULL, false, NULL, SHORT, YEARS_2, NULL,
		is_credential },
	[PURPOSE_WHO] = { "who", "DDCC and ICVP in the WHO's network", PRIVATE_P256, SIG_ES256,
		PURPOSE_SCA_WHO, true, false, tests_and_shots, false, NULL, SHORT, YEARS_2, "DSC",
		is_document },
	[PURPOSE_ICAO] = { "icao", "VDS-NC bar codes", PRIVATE_P256, SIG_ES256, PURPOSE_CSCA_ICAO,
		true, false, barcodes, true, "NVNT", SHORT, YEARS_10, "Bar Code Signer", is_seal },
	[PURPOSE_LIST] = { "list", "trust lists of our keys", PRIVATE_P256, SIG_ES256,
		PURPOSE_COUNT, true, false, NULL, false, NULL, YEARS_2, YEARS_4, "Trust List",
		is_list },
	[PURPOSE_CSCA_DCC] = { "csca-dcc", "authority of dcc", PRIVATE_P256, SIG_ES256,
		PURPOSE_COUNT, true, true, NULL, false, NULL, YEARS_2, YEARS_4, "CSCA",
		is_certificate },
	[PURPOSE_CA_SHC] = { "ca-shc", "authority of shc", PRIVATE_P256, SIG_ES256, PURPOSE_COUNT,
		true, true, NULL, false, NULL, YEARS_2, YEARS_4, "Health Cards Authority",
		is_certificate },
	[PURPOSE_SCA_WHO] = { "sca-who", "authority of who", PRIVATE_P256, SIG_ES256, PURPOSE_COUNT,
		true, true, NULL, false, NULL, YEARS_2, YEARS_4, "SCA", is_certificate },
	[PURPOSE_CSCA_ICAO] = { "csca-icao", "authority of icao", PRIVATE_P256, SIG_ES256,
		PURPOSE_COUNT, true, true, NULL, false, NULL, YEARS_5, YEARS_15, "Passport CSCA",
		is_certificate },
};

const char *
purpose_name(enum key_purpose p)
{
	return p < PURPOSE_COUNT ? purposes[p].name : "";
}

const char *
purpose_title(enum key_purpose p)
{
	return p < PURPOSE_COUNT ? purposes[p].title : "";
}

bool
purpose_named(struct span name, enum key_purpose *out)
{
	for (enum key_purpose p = 0; p < PURPOSE_COUNT; p++)
		if (span_is(name, purposes[p].name)) {
			*out = p;
			return true;
		}
	return false;
}

bool
purpose_is_authority(enum key_purpose p)
{
	return p < PURPOSE_COUNT && purposes[p].is_authority;
}

const char *
own_state_name(enum own_state s)
{
	static const char *const names[] = { "next", "active", "retired", "withdrawn", "gone" };

	return names[s];
}
