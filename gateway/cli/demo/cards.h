/* cards.h - the demo world's health cards and health links: who issues them, how they are made and broken. */
#ifndef CLI_DEMO_CARDS_H
#define CLI_DEMO_CARDS_H

#include "codecs/seal/signer_file.h"
#include "codecs/shc/seal.h"

struct demo;
struct sample;

/* Who issues health cards; each row of the table in card_issuers.c. */
enum demo_issuer {
	ISSUER_CLINIC,    /* the usual one, in the signed snapshot */
	ISSUER_STATE,     /* revokes cards: its key announces a list, which the snapshot holds */
	ISSUER_BEHIND,    /* its revocation list is older than its key announces */
	ISSUER_AHEAD,     /* its revocation list is newer than its key announces, and has an entry that is none */
	ISSUER_NO_LIST,   /* its revocation list is nowhere */
	ISSUER_OWN,       /* the operator keeps a copy of its key set */
	ISSUER_UNTYPED,   /* its key states neither use nor algorithm */
	ISSUER_DIRECTORY, /* named by the directory, whose keys are at the issuer */
	ISSUER_OLD,       /* its keys were last seen long ago */
	ISSUER_TEST,      /* known in the acceptance environment only */
	ISSUER_STRANGER,  /* on no list */
	ISSUER_COUNT
};

/* The key of every health link here: the octets 0 to 31. */
#define DEMO_LINK_KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

/* How a health card does, or a health link. */
struct card_sample {
	enum demo_issuer issuer;
	struct shc_recipe recipe;
	int64_t issued_in, expires_in; /* seconds from now; 0: as the recipe says, else 30 days ago, and never */
	int kid_of; /* 1 and the issuer whose key it names; 0: its own */
	const char *tampered; /* a bundle, exchanged for the signed one */
	int (*mangle)(struct demo *d, struct span text, struct span *out);
	const char *issuer_text; /* instead of the issuer's own */
	const char *payload; /* JSON of the whole payload; * in it stands for the issuer */
	const char *text;    /* instead of a card */
	const char *form;    /* the text of the sample; * in it stands for the card, ~ for its digits */
	const char *link;    /* JSON of a health link's payload; * in it stands for the key */
};

extern const char demo_card_bundle[]; /* one vaccination */

/* card_issuers.c: keys and lists.  Each 0 or a negative errno. */
int  card_make_keys(struct demo *d);
int  card_write_lists(struct demo *d, const char *folder);
void card_drop_keys(struct demo *d);
int  card_write_keys(struct demo *d, const char *folder, enum demo_issuer i, const char *name); /* its JWK set */
/* card_links.c: what links lead to; number: of the file, no two of which may have the same. */
int card_write_links(struct demo *d, const char *folder);
int card_seal_file(struct demo *d, uint8_t number, const char *type, struct span content, struct span *out);
/* card_mint.c: one sample as text. */
int card_mint(struct demo *d, const struct sample *s, struct span *out);
int mangle_card_end(struct demo *d, struct span text, struct span *out);
int mangle_card_digit(struct demo *d, struct span text, struct span *out);

#endif
