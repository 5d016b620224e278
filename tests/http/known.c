/* known.c - see known.h. */
#include "tests/http/known.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint8_t digests[CLIENTS][32];
struct span known[CLIENTS];

struct span
known_token(size_t slot, const char *text)
{
	assert_int_equal(
		EVP_Digest(text, strlen(text), digests[slot], NULL, EVP_sha256(), NULL), 1);
	return (struct span){ digests[slot], 32 };
}

struct config_access clients[CLIENTS] = {
	{ .name = { (const uint8_t *)"gate", 4 },
		.token_sha256 = { digests[0], 32 },
		.roles = ROLE_VERIFY,
		.rate = 10,
		.quota = 1000 },
	{ .name = { (const uint8_t *)"desk", 4 },
		.token_path = { (const uint8_t *)"x", 1 },
		.roles = ROLE_VERIFY | ROLE_ATTEST,
		.rate = 2,
		.quota = 5 },
	{ .name = { (const uint8_t *)"port", 4 },
		.certificate = { (const uint8_t *)"CN=Port,C=AQ", 12 },
		.roles = ROLE_ATTEST | ROLE_REVOKE,
		.rate = 10,
		.quota = 1000 },
	{ .name = { (const uint8_t *)"both", 4 },
		.token_sha256 = { digests[3], 32 },
		.certificate = { (const uint8_t *)"00ff00ff00ff00ff00ff00ff00ff00ff"
						  "00ff00ff00ff00ff00ff00ff00ff00FF",
			64 },
		.roles = ROLE_REVOKE,
		.rate = 1,
		.quota = 1 },
};

void
known_reset(void)
{
	known[0] = known_token(0, GOOD);
	known[1] = known_token(1, SIGN);
	known[2] = SPAN_NONE;
	known[3] = known_token(3, BOTH);
}
