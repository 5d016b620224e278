/* samples.c - the EU DCC's part: its lists, and its samples as a table: what each is, how it is made, what a
 * verifier must say of it.
 */
#include "gateway/cli/demo/demo.h"

#define NAME                                                                              \
	"\"nam\":{\"fn\":\"Pinguin\",\"gn\":\"\xc3\x86gir\",\"fnt\":\"PINGUIN\",\"gnt\":" \
	"\"AEGIR\"}"
#define DCC(ver, nam, dob, rest) "{\"ver\":\"" ver "\"," nam ",\"dob\":\"" dob "\"," rest "}"
#define CI                       "URN:UVCI:01:AQ:7F3KX2#7"
#define SHOT(mp, dn, sd, dt, ci)                                               \
	"\"v\":[{\"tg\":\"840539006\",\"vp\":\"1119349007\",\"mp\":\"" mp      \
	"\",\"ma\":\"ORG-100030215\",\"dn\":" dn ",\"sd\":" sd ",\"dt\":\"" dt \
	"\",\"co\":\"AQ\",\"is\":\"Ministry of Ice\",\"ci\":\"" ci "\"}]"
#define SWAB(sc)                                                                             \
	"\"t\":[{\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"nm\":\"Frost PCR\",\"sc\":\"" sc \
	"\",\"tr\":\"260415000\","                                                           \
	"\"tc\":\"Station 7\",\"co\":\"AQ\",\"is\":\"Ministry of Ice\",\"ci\":\"" CI "\"}]"
#define SWAB_BY(centre)                                                                            \
	"\"t\":[{\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"sc\":\"2026-11-20T10:00:00Z\",\"tr\":" \
	"\"260415000\","                                                                           \
	"\"co\":\"AQ\",\"is\":\"" centre "\",\"ci\":\"" CI "\"}]"
#define BACK                                                                                     \
	"\"r\":[{\"tg\":\"840539006\",\"fr\":\"2026-05-01\",\"co\":\"AQ\",\"is\":\"Ministry of " \
	"Ice\",\"df\":\"2026-05-12\","                                                           \
	"\"du\":\"2026-10-28\",\"ci\":\"" CI "\"}]"
#define GOOD_SHOT SHOT("EU/1/20/1528", "2", "2", "2026-05-29", CI)
#define SHOT_DCC  DCC("1.3.0", NAME, "1998-02-26", GOOD_SHOT)

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

enum { DAY = 86400 };

static const uint64_t tags_cwt[] = { 61, 18 }, tags_other[] = { 98 };

static const struct sample samples[] = {
#include "gateway/cli/demo/samples.def"
};

static const char config[] =
	"[source \"signed-list\"]\npath = trust/signed-list.json\npin = trust/signed-list.pin.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"gateway-list\"]\npath = trust/gateway-list.json\npin = "
	"trust/gateway-list.pin.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"cbor-list\"]\npath = trust/cbor-list.cbor\nsignature = trust/cbor-list.cose\n"
	"pin = trust/cbor-list.pin.pem\ncountry = TF\nenvironment = demo\nscheme = dcc\n\n"
	"[source \"jwk-set\"]\npath = trust/keys.jwks.json\ncountry = HM\nenvironment = "
	"demo\nscheme = dcc\n\n"
	"[source \"certificates\"]\npath = trust/BV_signer.pem\nanchors = trust/BV_authority.pem\n"
	"environment = demo\nscheme = dcc\n\n"
	"[source \"old-list\"]\npath = trust/old-list.json\nmax_age = 1 d\nenvironment = "
	"demo\nscheme = dcc\n\n"
	"[source \"acceptance\"]\npath = trust/AQ_acceptance.pem\nenvironment = acceptance\nscheme "
	"= dcc\n";

static const char trust[] =
	"[{\"file\":\"../_trust/signed-list.json\",\"pin\":\"../_trust/signed-list.pin.pem\"},"
	"{\"file\":\"../_trust/gateway-list.json\",\"pin\":\"../_trust/gateway-list.pin.pem\"},"
	"{\"file\":\"../_trust/cbor-list.cbor\",\"signature\":\"../_trust/cbor-list.cose\","
	"\"pin\":\"../_trust/cbor-list.pin.pem\",\"country\":\"TF\"},"
	"{\"file\":\"../_trust/keys.jwks.json\",\"country\":\"HM\"},"
	"{\"file\":\"../_trust/BV_signer.pem\",\"anchors\":\"../_trust/BV_authority.pem\"},"
	"{\"file\":\"../_trust/old-list.json\",\"maxAge\":86400},"
	"{\"file\":\"../_trust/AQ_acceptance.pem\",\"env\":\"acceptance\"}]";

static const struct demo_key *
keys(const struct demo *d, size_t *count)
{
	*count = SIGNER_COUNT;
	return d->signers;
}

const struct demo_part demo_dcc = { .suite = "eu-dcc",
	.config = config,
	.trust = trust,
	.samples = samples,
	.sample_count = sizeof(samples) / sizeof(samples[0]),
	.make_keys = dcc_make_keys,
	.write_lists = dcc_write_lists,
	.mint = dcc_mint,
	.drop_keys = dcc_drop_keys,
	.keys = keys };
