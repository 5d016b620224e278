/* shc.h - what the adapters of SMART Health Card corpora share: a directory, a web of files, verdicts in their words.
 *
 * The corpora say "accept", "accept-with-findings", "reject", "indeterminate" or "per-entry", with a reason in words of
 * their own; shc_tell holds a card's answers against that.
 */
#ifndef CONFORMANCE_ADAPTERS_SHC_H
#define CONFORMANCE_ADAPTERS_SHC_H

#include "conformance/adapters/crypto.h"
#include "conformance/pages.h"
#include "gateway/engine/engine.h"

enum { SHC_PAGES = 48, SHC_ENTRIES = 4 };

struct shc_world {
	struct suite *suite;
	struct page   page[SHC_PAGES];
	struct pages  pages;
	struct trust *trust;
	int64_t       at;
};

/* What was answered about one card. */
struct shc_seen {
	enum verdict verdict;
	enum reason  reason;
	struct span  authority; /* of the key that verified; lives as long as the suite */
	bool         verified, found[REASON_COUNT];
};

/* A case and its exception. */
struct shc_exception {
	const char *id, *why;
};

/* The answer of an address: bytes that live as long as the suite. */
void shc_page(struct shc_world *w, const char *url, struct span bytes);
/* The same with a file of the corpus; false: there is none. */
bool shc_page_file(struct shc_world *w, const char *url, const char *path);
/* Trusts whom a list names (kind vci-directory or vci-snapshot); one at fault names nobody.  0 or -errno.
 * shc_close drops it. */
int  shc_trust(struct shc_world *w, const char *kind, struct span list);
/* The same of a directory of these. */
int  shc_trust_issuers(struct shc_world *w, const char *const *iss, size_t count);
void shc_close(struct shc_world *w);

/* Every card of the input; *count at most SHC_ENTRIES.  0 or -errno. */
int shc_ask(struct shc_world *w, struct span input, struct shc_seen *out, size_t *count);
/* One outcome: expect is {"verdict", "reason"}. */
void shc_tell(struct suite *s, const char *id, const json_t *expect, const struct shc_seen *seen, size_t count,
	      const struct shc_exception *exceptions);
/* Another comparison: agrees, or its exception, or a failure with that detail. */
void shc_tell_if(struct suite *s, const char *id, bool agrees, const char *detail, const struct shc_exception *exceptions);

#endif
