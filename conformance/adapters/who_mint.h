/* who_mint.h - HC1 texts under keys of our own, good and bad, and rows that say what must come of each. */
#ifndef CONFORMANCE_ADAPTERS_WHO_MINT_H
#define CONFORMANCE_ADAPTERS_WHO_MINT_H

#include "codecs/hcert/seal.h"
#include "codecs/seal/signer_file.h"
#include "conformance/adapters/who.h"

enum { MINT_CLOCK = 1796126400 /* 2026-12-01 12:00 UTC */, MINT_DAY = 86400 };

enum mint_signer {
	MINT_GOOD, MINT_RSA /* PS256 */, MINT_P384, MINT_TEST /* may sign tests only */, MINT_EXPIRED,
	MINT_DER /* the good key; writes ASN.1 */, MINT_RS256 /* the RSA key, by another algorithm */, MINT_UNLISTED,
	MINT_SIGNERS
};

struct who_mint {
	struct arena  *arena;
	struct trust  *trust, *stale; /* every listed key, for EU certificates and those of the WHO; the same, too old */
	struct mint_key {
		struct private_key *key;
		struct cert        *cert;
		struct signer       signer, inner;
	} keys[MINT_SIGNERS];
};

struct mint_row {
	const char *id, *what;      /* of the check or scenario; what this row is about */
	int64_t     claim;
	const char *json;           /* content; NULL: `text` as it is */
	struct hcert_recipe recipe; /* dates in seconds from the clock; 0: a day ago, in a day */
	enum mint_signer signer;
	const char *text;
	int64_t     later;          /* the decision's time after the clock */
	bool        stale;          /* under the list that is too old */
	enum check_id check;        /* which must fail (or be unknown) with this reason; REASON_NONE: verified */
	enum reason reason, note;   /* note: one that must be there */
	const char *record;         /* what the record's JSON must hold; with '!' in front: must not hold */
};

int  who_mint_open(struct suite *s, struct who_mint *m);
void who_mint_close(struct who_mint *m);
/* Runs a row and tells it as "ID what". */
int  who_mint_row(struct suite *s, struct who_mint *m, const struct mint_row *row);

/* Contents that pass. */
#define MINT_PERSON "\"n\":\"Otto Pinguin\",\"dob\":\"1998-02-26\""
#define MINT_YF     "YellowFeverProductd2c75a15ed309658b3968519ddb31690"
#define MINT_SHOT   "{\"vp\":\"" MINT_YF "\",\"dt\":\"2026-10-01\",\"bo\":\"A1\",\"cn\":\"D\",\"is\":\"S7\"}"
#define MINT_ICVP   "{" MINT_PERSON ",\"v\":[" MINT_SHOT "]}"
#define MINT_DCC                                                                                               \
	"{\"ver\":\"1.3.0\",\"nam\":{\"fnt\":\"PINGUIN\"},\"dob\":\"1998-02-26\",\"v\":[{\"tg\":\"840539006\"," \
	"\"vp\":\"1119349007\",\"mp\":\"EU/1/20/1528\",\"ma\":\"ORG-100030215\",\"dn\":2,\"sd\":2,"             \
	"\"dt\":\"2026-05-29\",\"co\":\"AQ\",\"is\":\"M\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]}"

#endif
