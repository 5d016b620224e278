/* aid_trust.h - two countries with authorities, upload certificates and signers, and lists made of them. */
#ifndef TESTS_TRUST_AID_TRUST_H
#define TESTS_TRUST_AID_TRUST_H

#include "codecs/base/buf.h"
#include "codecs/base/kit.h"
#include "codecs/seal/signer_file.h"
#include "trust/trust.h"

enum { WORLD_NOW = 1796126400, WORLD_DAY = 86400, WORLD_OWNED = 64 };

struct world_key {
	struct private_key *key;
	struct cert        *cert;
};

struct world {
	struct arena *arena;
	struct kit   *kit;
	struct limits limits;
	struct world_key anchor; /* the gateway's trust anchor; also signs lists */
	struct world_key csca_aq, csca_bv;
	struct world_key upload_aq, upload_bv;
	struct world_key aq, aq2, bv; /* signers */
	struct world_key weak;        /* RSA-1024, of AQ */
	struct world_key stranger;    /* says AQ; by nobody */
	struct world_key all[WORLD_OWNED]; /* to be freed */
	size_t all_count;
};

void world_open(struct world *w); /* asserts, as all of these */
void world_close(struct world *w);
/* A certificate over k->key (made when NULL) by `ca` (NULL: by itself); valid from a year before to a year after now. */
void world_mint(struct world *w, struct world_key *k, const char *country, const struct world_key *ca, bool is_ca);

/* Spans that the world makes end in NUL, so that they print with %s. */
struct span world_print(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct span world_base64(struct world *w, struct span s);
struct span world_pem(struct world *w, const struct cert *c);
struct span world_join(struct world *w, struct span a, struct span b);
/* The first `from` in text replaced; asserts that there is one. */
struct span world_swap(struct world *w, struct span text, const char *from, const char *to);

/* {"kid", "country", "certificateType", ...} with a CMS by `by` (NULL: an empty one). */
struct span world_item(struct world *w, const struct world_key *k, const char *type, const struct world_key *by);
/* CSCA, UPLOAD, AUTHENTICATION and DSC items of both countries, as the gateway answers. */
struct span world_gateway(struct world *w);
struct span world_signed_line(struct world *w, struct span json, const struct world_key *by);
struct span world_cbor(struct world *w);
/* The signature file over `list`. */
struct span world_cose(struct world *w, struct span list, int64_t from, int64_t until);
struct span world_nl_payload(struct world *w);
struct span world_nl(struct world *w, struct span payload, const struct world_key *by);
struct span world_jwks(struct world *w);
struct span world_card_jwk(struct world *w, const struct world_key *k); /* as SMART Health Cards have it */
struct span world_snapshot(struct world *w); /* of the VCI directory */
/* A detached signature by a P-521 key. */
struct span world_ecdsa_der(struct world *w, struct span list, const struct world_key *by);

/* One list of one file; the rest is for the caller to fill. */
struct trust_input world_input(const char *kind, struct trust_file *file, struct span bytes);
struct trust *world_build(struct world *w, const struct trust_input *in, size_t count);
int           world_try(struct world *w, const struct trust_input *in, size_t count, struct trust **out);
/* What trust says of the one list. */
struct trust_source_info world_read(struct world *w, const struct trust_input *in);

struct key_hint world_hint(const struct cert *c);
/* How many keys of c's identifier the scope knows. */
size_t world_find(const struct trust *t, enum trust_env env, const struct cert *c);

#endif
