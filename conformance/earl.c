/* earl.c - what the W3C's suites came to, in the W3C's own form: EARL 1.0 as JSON-LD (docs/conformance.md).
 *
 * Suites whose tests have no published IRIs are told under names of our own.  An exception is a failure here: who
 * gathers such reports has the suite's word alone to go by, and reads our reason beside it.
 */
#include "codecs/base/text.h"
#include "conformance/suite_impl.h"

#include <string.h>

/* By suite; our id "expand#t0001" is "expand-manifest#t0001" in the manifest: `group` stands before the #. */
static const struct place_of_tests {
	const char *suite, *base, *group;
} places[] = {
	{ "w3c-json-ld", "https://w3c.github.io/json-ld-api/tests/", "-manifest" },
	{ "w3c-rdf-canon", "https://w3c.github.io/rdf-canon/tests/manifest", "" },
	{ "w3c-vc-di-eddsa", "urn:vidimus:w3c-vc-di-eddsa:", "" },
	{ "w3c-vc-di-ecdsa", "urn:vidimus:w3c-vc-di-ecdsa:", "" },
};

static const char *const outcomes[] = { "passed", "failed", "untested", "failed" };

static const char head[] =
	"{\"@context\":{\"earl\":\"http://www.w3.org/ns/earl#\",\"doap\":"
	"\"http://usefulinc.com/ns/doap#\",\"dcterms\":\"http://purl.org/dc/terms/\","
	"\"assertedBy\":{\"@id\":\"earl:assertedBy\",\"@type\":\"@id\"},"
	"\"subject\":{\"@id\":\"earl:subject\",\"@type\":\"@id\"},"
	"\"test\":{\"@id\":\"earl:test\",\"@type\":\"@id\"},"
	"\"mode\":{\"@id\":\"earl:mode\",\"@type\":\"@id\"},"
	"\"outcome\":{\"@id\":\"earl:outcome\",\"@type\":\"@id\"},"
	"\"result\":\"earl:result\",\"description\":\"dcterms:description\"},\n"
	"\"@graph\":[{\"@id\":\"urn:vidimus\",\"@type\":[\"earl:TestSubject\",\"earl:Software\","
	"\"doap:Project\"],\"doap:name\":\"Vidimus\",\"doap:release\":{\"@type\":\"doap:Version\","
	"\"doap:revision\":";

static const struct place_of_tests *
place_of(const struct suite *s)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(s->name, places[i].suite) == 0)
			return &places[i];
	return NULL;
}

/* What no IRI can hold is percent-encoded. */
static void
iri_byte(struct buf *b, uint8_t c)
{
	static const char hex[] = "0123456789ABCDEF";

	if (c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", c)) {
		buf_char(b, (char)c);
		return;
	}
	buf_char(b, '%');
	buf_char(b, hex[c >> 4]);
	buf_char(b, hex[c & 15]);
}

static void
write_iri(struct buf *b, const struct place_of_tests *p, struct span id)
{
	size_t hash = p->group[0] ? span_find(id, '#') : id.len;

	buf_str(b, p->base);
	for (size_t i = 0; i < id.len; i++) {
		if (i == hash)
			buf_str(b, p->group);
		iri_byte(b, id.ptr[i]);
	}
}

static void
write_assertion(struct buf *b, const struct place_of_tests *p, const struct told *t)
{
	buf_str(b, ",\n{\"@type\":\"earl:Assertion\",\"assertedBy\":\"urn:vidimus\","
		   "\"subject\":\"urn:vidimus\",\"test\":\"");
	write_iri(b, p, t->id);
	buf_str(b, "\",\"mode\":\"earl:automatic\",\"result\":{\"@type\":\"earl:TestResult\","
		   "\"outcome\":\"earl:");
	buf_str(b, outcomes[t->outcome]);
	buf_char(b, '"');
	if (t->detail.len > 0) {
		buf_str(b, ",\"description\":");
		buf_json(b, t->detail);
	}
	buf_str(b, "}}");
}

void
report_earl(struct buf *b, const char *target, const struct suite *suites)
{
	buf_str(b, head);
	buf_json(b, span_of(VIDIMUS_VERSION));
	buf_str(b, "}}");
	/* these suites are asked of the library alone: of another target there is nothing to assert */
	for (const struct suite *s = target ? NULL : suites; s; s = s->next) {
		const struct place_of_tests *p = place_of(s);
		for (const struct told *t = p ? s->first : NULL; t; t = t->next)
			write_assertion(b, p, t);
	}
	buf_str(b, "]}\n");
}
