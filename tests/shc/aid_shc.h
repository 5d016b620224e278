/* aid_shc.h - an issuer of cards, a snapshot that trusts it, and cards of any content under its key. */
#ifndef TESTS_SHC_AID_SHC_H
#define TESTS_SHC_AID_SHC_H

#include "codecs/base/kit.h"
#include "codecs/seal/signer_file.h"
#include "codecs/shc/seal.h"
#include "gateway/engine/engine.h"

enum { CARDS_NOW = 1796126400 };

#define CARDS_ISSUER "https://cards.example.test/shc"

struct cards {
	struct arena       *arena, *scratch;
	struct kit         *kit;
	struct report       report;
	struct work         work; /* over scratch; begun anew by cards_verify */
	struct limits       limits;
	struct private_key *key;
	struct signer       signer;
	struct trust       *trust;
	struct policy       policy;
};

#define CARDS_PATIENT \
	"{\"fullUrl\":\"resource:0\",\"resource\":{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Pinguin\"," \
	"\"given\":[\"Otto\",\"K.\"]}],\"birthDate\":\"1998-02-26\"}}"
/* An entry with a vaccination: its number, further elements (each with a comma behind it), vaccine code, date. */
#define CARDS_SHOT(n, more, cvx, date) \
	"{\"fullUrl\":\"resource:" n "\",\"resource\":{\"resourceType\":\"Immunization\"," more \
	"\"vaccineCode\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/cvx\",\"code\":\"" cvx "\"}]}," \
	"\"patient\":{\"reference\":\"resource:0\"},\"occurrenceDateTime\":\"" date "\"}}"
#define CARDS_DONE "\"status\":\"completed\","
#define CARDS_BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" entries "]}"
#define CARDS_GOOD CARDS_BUNDLE(CARDS_PATIENT "," CARDS_SHOT("1", CARDS_DONE, "208", "2026-05-29"))

void cards_open(struct cards *c); /* asserts */
void cards_close(struct cards *c);
/* The key set that the issuer publishes, with further members of its one key (each with a comma behind it); sets the
 * signer's kid. */
struct span cards_keys(struct cards *c, const char *more);
/* The key as its issuer publishes it. */
struct span cards_jwks(struct cards *c);
#define CARDS_TYPED "\"use\":\"sig\",\"alg\":\"ES256\","
/* The recipe's card; bundle and not_before are filled in where empty. */
struct span cards_seal(struct cards *c, struct shc_recipe recipe);
/* A card with that bundle, as compact JWS. */
struct span cards_of(struct cards *c, const char *bundle);
/* The engine's answer at CARDS_NOW; the report is in c->report. */
enum verdict cards_verify(struct cards *c, struct span input, struct verify *v);
bool         cards_found(const struct cards *c, enum reason reason);
/* The pointer of the first finding of that reason; "" when there is none. */
struct span  cards_place(const struct cards *c, enum reason reason);
/* The record as JSON. */
const char  *cards_record(struct cards *c, const struct verify *v);

#endif
