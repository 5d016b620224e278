/* zip.h - a ZIP archive of one file, as the QR codes of DIVOC carry their credential (APPNOTE 6.3.10).
 *
 * Read so strictly that no two readers can see different files in it: one entry whose header agrees with the
 * directory's, nothing in front, between or behind, stored or deflated, no encryption.  Sizes stand in front, or, as
 * what CoWIN packs has them, behind a deflated file, where they must be those of the directory.
 */
#ifndef VC_ZIP_H
#define VC_ZIP_H

#include "codecs/base/span.h"

struct work;

/* By its first four bytes. */
bool zip_looks_like(struct span in);
/* The content of the only file, which must have that name; at most max bytes (limit: the name that is quoted).
 * Anything else is reported on the running check (zip.*, inflate.*, input.too_large, with its offset in `layer`) and
 * leaves out->ptr NULL.  0, -ENOMEM, -ENOBUFS. */
struct zip_rules {
	const char *layer, *name, *limit;
	size_t      max;
};
int zip_only_file(struct work *w, struct span in, const struct zip_rules *rules, struct span *out);

#endif
