/* link.h - a health link and everything that it leads to, as one pure function, asked again with more each time.
 *
 * The link comes alone (shlink:/) or signed, in a certificate (claim 5 of an HC1 container).  What is judged is never
 * mixed: that certificate, the link itself, the wrapper of each file (does it decrypt, is it listed as valid), and each
 * certificate inside, which is verified as any other.  A signature over a link proves nothing about what is inside,
 * nor does a link or a wrapper.  Key and passcode stand in no report.
 *
 * The caller's loop: run; while there are needs that may be fetched, fetch them, add what became of each to `items`
 * (NEED_FILE) or to `web` (the others), give the memory of the last run back and run again.  Items belong to this
 * request alone: they go into no snapshot and no log, for their bodies hold passcodes and their files are the holder's.
 */
#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include "codecs/shc/link.h"
#include "gateway/engine/engine.h"

enum { LINK_NEEDS = 64 };

/* One certificate in a file. */
struct link_entry {
	struct report report;
	struct verify verify;
};

/* One file: rows of its wrapper are those of CHECK_FORMAT alone. */
struct link_file {
	struct span        type; /* of the content: as listed, else as the file itself says, else as it looks; may be empty */
	struct report      report;
	struct link_entry *entries;
	size_t             entry_count;
	enum verdict       verdict; /* the worst of the wrapper's and the entries' */
	enum reason        reason;
};

struct link_verify {
	/* asked */
	struct span            input; /* the link's text, or that of a certificate with a link in it */
	struct span            passcode;  /* ptr NULL: none was given */
	struct span            recipient; /* who asks, shown to the holder; empty: "Vidimus" */
	const struct trust    *trust;
	const struct policy   *policy;
	const struct web      *web; /* for the certificates inside; NULL: nothing */
	bool                   core; /* their records as core data set */
	const struct web_item *items; /* what became of the needs for files */
	size_t                 item_count;
	/* found; the link's own row is CHECK_FORMAT of w->report */
	struct link_entry *carrier; /* the certificate with the link in it, which is followed only once that is verified;
	                             * NULL: the link came alone */
	struct link       link;
	char              host[256]; /* that the link leads to; "" where it names none that could be asked */
	int64_t           attempts;  /* that remain after a wrong passcode; -1: not told */
	struct link_file *files;
	size_t            file_count;
	enum verdict      verdict; /* the worst of all, the carrier's first; with no file it never is VERDICT_VERIFIED */
	enum reason       reason;
	/* What is lacking and may be fetched under the policy.  POST where there is a body. */
	struct need       needs[LINK_NEEDS];
	size_t            need_count;
};

/* w's arena should have w->limits->link_memory; asked fields are set, all else is zero.  0, or -ENOMEM. */
int engine_link(struct work *w, struct link_verify *v);
/* Whether a certificate, as engine_verify left it, is signed and holds a link, and its policy lets links be followed
 * (not: this one).  Then the answer is that of engine_link about the same input, else the report alone. */
bool engine_leads(const struct verify *v);

/* {"verdict", "reason", "at", "certificate": report, "link": {...}, "files": [...]}: docs/api.md.  The certificate is
 * there where one carried the link.  Certificates as render_report has them. */
void render_link(struct buf *b, const struct work *w, const struct link_verify *v);
/* What the link says, without its key: for `inspect`.  Reads it itself.  0, -ENOMEM, -ENOBUFS. */
int render_link_inspect(struct buf *b, struct work *w, struct span input);

#endif
