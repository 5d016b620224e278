/* test_cover.c - what is found out about a credential of DIVOC while its statements are made to be signed. */
#include "codecs/vc/proof.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define V1    "\"https://www.w3.org/2018/credentials/v1\""
#define COWIN "\"https://cowin.gov.in/credentials/vaccination/v2\""
#define RSA                                                                   \
	"\"type\":\"RsaSignature2018\",\"created\":\"2022-01-05T17:43:33Z\"," \
	"\"jws\":\"eyJhbGciOiJQUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..AAAA\""
#define DOCUMENT(contexts, type, name, proof)                                               \
	"{\"@context\":[" contexts "],\"type\":[\"VerifiableCredential\",\"" type "\"],"    \
	"\"credentialSubject\":{\"type\":\"Person\",\"id\":\"did:india:1\",\"name\":" name  \
	"},\"issuer\":\"https://cowin.gov.in/\",\"issuanceDate\":\"2022-01-05T17:43:33Z\"," \
	"\"evidence\":[{\"id\":\"https://cowin.gov.in/vaccine/525\",\"type\":"              \
	"[\"Vaccination\"],\"dose\":1}],\"proof\":{" proof                                  \
	",\"verificationMethod\":\"did:india\",\"proofPurpose\":\"assertionMethod\"}}"
#define SHOT "ProofOfVaccinationCredential"

/* The name as an object is stated, but not as that object: it is looked at again, and told, where the record is read.
 * Of other credentials nothing is found out. */
static void
subjects(void **state)
{
	static const struct {
		const char *text;
		bool stated;
	} rows[] = {
		{ DOCUMENT(V1 "," COWIN, SHOT, "\"Ada\"", RSA), true },
		/* a line feed and a control: made canonical in two ways */
		{ DOCUMENT(V1 "," COWIN, SHOT, "\"A\\nd\\u0001a\"", RSA), true },
		{ DOCUMENT(V1 "," COWIN, SHOT, "{\"@value\":\"Ada\"}", RSA), false },
		{ DOCUMENT(V1 "," COWIN "," COWIN, SHOT, "\"Ada\"", RSA), false },
		{ DOCUMENT(V1 "," COWIN, "VerifiableCredential", "\"Ada\"", RSA), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vc_covered c = { .subject_stated = !rows[i].stated };
		const struct node *doc = NULL;
		struct vc_proof p = { 0 };
		struct aid_work a;
		bool ok = false;

		aid_begin(&a);
		assert_int_equal(node_from_json(&a.work, span_of(rows[i].text), "json", &doc), 0);
		assert_int_equal(
			vc_proof_read(&a.work, node_get(doc, "proof"), "json", &p, &ok), 0);
		assert_true(ok);
		assert_int_equal(vc_proof_cover(&a.work, doc, &p, &c, &ok), 0);
		if (!ok || c.subject_stated != rows[i].stated)
			fail_msg("row %zu: %d %d", i, ok, c.subject_stated);
		aid_end(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(subjects) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
