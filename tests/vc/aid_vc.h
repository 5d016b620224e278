/* aid_vc.h - an issuer with a did:key, a list that trusts it, and credentials of any content under its key. */
#ifndef TESTS_VC_AID_VC_H
#define TESTS_VC_AID_VC_H

#include "codecs/base/kit.h"
#include "codecs/seal/signer_file.h"
#include "gateway/engine/engine.h"

enum { WALLET_NOW = 1796126400 }; /* 2026-12-01T12:00:00Z */

struct wallet {
	struct arena       *arena, *scratch;
	struct kit         *kit;
	struct report       report;
	struct work         work; /* over scratch; begun anew by wallet_verify */
	struct limits       limits;
	struct private_key *key;
	struct signer       signer;
	struct trust       *trust;
	struct policy       policy;
	struct span         did, method; /* did:key:z..., did:key:z...#z... */
};

void wallet_open(struct wallet *w); /* asserts, as all of these */
/* Another kind of key: PRIVATE_ED25519 or PRIVATE_P256. */
void wallet_open_with(struct wallet *w, enum private_kind kind, enum sig_alg alg);
void wallet_close(struct wallet *w);
/* In text every $I becomes the issuer, every $M its method. */
struct span wallet_fill(struct wallet *w, const char *text);
/* document (a JSON object) with a proof of eddsa-jcs-2022: options is the proof without proofValue. */
struct span wallet_jcs(struct wallet *w, const char *document, const char *options);
/* A compact JWS of the two JSON texts. */
struct span wallet_jwt(struct wallet *w, const char *header, const char *payload);
/* The engine's answer; web may be NULL. */
enum verdict wallet_verify(struct wallet *w, struct span input, const struct web *web, struct verify *v);
/* Runs the engine: whether all rows pass but that of the record, for most of these credentials say nothing that is
 * known; and the first reason of the others. */
bool        wallet_genuine(struct wallet *w, struct span input);
enum reason wallet_reason(struct wallet *w, struct span input);

#endif
