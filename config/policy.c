/* policy.c - the policy that holds where the operator names none.
 *
 * Production keys only, a minute of clock skew, each scheme's own strictness.
 */
#include "config/policy.h"

const struct policy policy_default = {
	.name = { (const uint8_t *)"default", sizeof("default") - 1 },
	.env = ENV_PRODUCTION,
	.skew = 60,
	.match_country = true,
	.match_domain = true,
};
