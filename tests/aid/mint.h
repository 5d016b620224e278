/* mint.h - a signer, its certificate, a snapshot that trusts it, and EU DCCs of any content under it. */
#ifndef TESTS_AID_MINT_H
#define TESTS_AID_MINT_H

#include "codecs/base/kit.h"
#include "codecs/hcert/seal.h"
#include "codecs/seal/signer_file.h"
#include "gateway/engine/engine.h"

enum { MINT_NOW = 1796126400, MINT_DAY = 86400 };

struct mint {
	struct arena       *arena, *scratch;
	struct kit         *kit;
	struct report       report;
	struct work         work; /* over scratch; begun anew by mint_verify */
	struct private_key *key;
	struct cert        *cert;
	struct signer       signer;
	struct trust       *trust;
	struct policy       policy; /* demo environment */
};

/* What the tests call a good vaccination, and its pieces. */
#define MINT_NAME "\"nam\":{\"fn\":\"Pinguin\",\"gn\":\"Otto\",\"fnt\":\"PINGUIN\",\"gnt\":\"OTTO\"}"
#define MINT_SHOT                                                                                   \
	"\"v\":[{\"tg\":\"840539006\",\"vp\":\"1119349007\",\"mp\":\"EU/1/20/1528\",\"ma\":\"ORG-100030215\"," \
	"\"dn\":2,\"sd\":2,\"dt\":\"2026-05-29\",\"co\":\"AQ\",\"is\":\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]"
#define MINT_GOOD "{\"ver\":\"1.3.0\"," MINT_NAME ",\"dob\":\"1998-02-26\"," MINT_SHOT "}"

void mint_open(struct mint *m, enum private_kind kind, enum sig_alg alg); /* asserts */
void mint_close(struct mint *m);
/* JSON content, sealed by the recipe (its content, issuer and dates are filled in where empty). */
struct span mint_text(struct mint *m, const char *json, struct hcert_recipe recipe);
/* The engine's answer at MINT_NOW; the report is in m->report. */
enum verdict mint_verify(struct mint *m, struct span input, struct verify *v);
bool         mint_found(const struct mint *m, enum reason reason);

#endif
