/* who.h - the demo world's certificates of the WHO: who signs them, the network's list, how they are made. */
#ifndef CLI_DEMO_WHO_H
#define CLI_DEMO_WHO_H

#include "codecs/hcert/seal.h"
#include "codecs/seal/signer_file.h"

struct demo;
struct sample;

/* Who signs; each row of the table in who_list.c. */
enum demo_participant {
	PARTICIPANT_ICVP, /* listed for vaccination certificates */
	PARTICIPANT_DDCC,
	PARTICIPANT_PH4H,
	PARTICIPANT_IPS,  /* links */
	PARTICIPANT_STRANGER, /* on no list */
	PARTICIPANT_COUNT
};

struct who_sample {
	int64_t claim;
	const char *content; /* JSON; * in it stands for the day */
	const char *link;    /* JSON of a health link's payload; * in it stands for the key, in content for its base64url */
	enum demo_participant signer;
	struct hcert_recipe recipe;
	int64_t issued_in, expires_in; /* seconds from now; 0: 30 days ago, in 330 days; TIME_NONE: left out */
};

/* who_list.c: keys and list.  Each 0 or a negative errno. */
int  who_make_keys(struct demo *d);
int  who_write_lists(struct demo *d, const char *folder);
void who_drop_keys(struct demo *d);
/* who_links.c: what links lead to, and whose cards are there. */
int who_write_links(struct demo *d, const char *folder);

#endif
