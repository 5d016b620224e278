/* aid_who.h - contents of the WHO's certificates, and rows of them with what is answered. */
#ifndef TESTS_HCERT_AID_WHO_H
#define TESTS_HCERT_AID_WHO_H

#include "tests/aid/mint.h"

/* MINT_NOW is 2026-12-01 12:00 UTC. */
#define YF         "YellowFeverProductd2c75a15ed309658b3968519ddb31690"
#define POLIO_2026 "a3K3X000006Mii6UAC"
#define PERSON     "\"n\":\"Otto Pinguin\",\"dob\":\"1998-02-26\""
#define SHOT            \
	"{\"vp\":\"" YF \
	"\",\"dt\":\"2026-10-01\",\"bo\":\"A1\",\"cn\":\"Dr. Walross\",\"is\":\"Station 7\"}"
#define ICVP "{" PERSON ",\"v\":[" SHOT "]}"
#define ICVP_WITH(members)                 \
	"{" PERSON ",\"v\":[{\"vp\":\"" YF \
	"\",\"dt\":\"2026-10-01\",\"bo\":\"A1\",\"cn\":\"D\"," members "}]}"
#define ICVP_OF(vp, dt) \
	"{" PERSON ",\"v\":[{\"vp\":\"" vp "\",\"dt\":\"" dt "\",\"bo\":\"A1\",\"cn\":\"D\"}]}"

#define VS                                                                                         \
	"\"vaccine\":{\"code\":\"XM0GQ8\",\"system\":\"http://id.who.int/icd/release/11/mms\"},"   \
	"\"brand\":\"Comirnaty\",\"maholder\":{\"code\":\"B\"},\"lot\":\"L1\",\"date\":\"2026-05-" \
	"01\","                                                                                    \
	"\"dose\":2,\"country\":{\"code\":\"ATA\"}"
#define HEAD "\"name\":\"Otto Pinguin\",\"birthDate\":\"1998-02-26\""
#define TR                                                                               \
	"\"pathogen\":{\"code\":\"XN109\"},\"type\":{\"code\":\"1334426561\"},\"date\":" \
	"\"2026-11-30T08:00:00Z\",\"result\":{\"code\":\"QA02\"},\"country\":{\"code\":\"ATA\"}"

struct who_row {
	int64_t claim;
	const char *json;
	enum reason reason; /* of the verdict; REASON_NONE: verified */
	enum reason note; /* one that must be there; REASON_NONE: there must be none at all */
};

/* Each row sealed and judged at MINT_NOW; fails the running test with the row that is answered otherwise. */
void who_rows(struct mint *m, const struct who_row *rows, size_t count);

#endif
