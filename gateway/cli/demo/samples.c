/* samples.c - the samples as a table: what each is, how it is made, and what a verifier must say of it. */
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

const struct sample demo_samples[] = {
#include "gateway/cli/demo/samples.def"
};

const size_t demo_sample_count = sizeof(demo_samples) / sizeof(demo_samples[0]);
