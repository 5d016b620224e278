/* vdsnc.h - ICAO's visible digital seals for non-constrained environments (VDS-NC 1.1): what this folder shares. */
#ifndef VDSNC_VDSNC_H
#define VDSNC_VDSNC_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/codec.h"
#include "codecs/tree/node.h"

#define VDS_SCHEME "icao-vds-nc"

/* The names of layers, in reports and for inspect. */
#define VDS_LAYER        "json"
#define VDS_LAYER_SIGNED "signed"

enum vds_type { VDS_VACCINATION, VDS_TEST };

/* Kept from decode to check and normalise. */
struct vds {
	enum vds_type      type;
	const struct node *header, *message; /* data.hdr, data.msg: maps */
	const struct cert *cert; /* the signer's; NULL where the document brings none */
};

/* A JSON object, or an array of one, with data of hdr or msg, or a sig of sigvl or cer, whatever else it holds. */
bool vds_detect(struct span in);

/* The rules of the header and of both types of message (VDS-NC, annexes for proof of vaccination and of testing). */
int vds_check(struct work *w, const struct credential *c);
int vds_normalise(struct work *w, const struct credential *c, struct record *out);

/* A whole number, or one written as text (then *as_text); false for anything else. */
bool vds_number(const struct node *n, int64_t *out, bool *as_text);

#endif
