/* folder.c - certificates in files: PEM (one or more) or DER, each a signer.
 *
 * The country is the file's folder or the beginning of its name ("SE/dsc.pem",
 * "SE_dsc.pem"), else the operator's for the source, else the certificate's own.
 * Authorities among the files are no signers; those of `anchors` vouch for them.
 * For ICAO's schemes it is the other way round: documents bring their signer's
 * certificate along, and the files are the authorities (CSCA) that it must come from.
 */
#include "codecs/base/arena.h"
#include "trust/bind.h"
#include "trust/source/anchors.h"

#include <string.h>

enum { FILES = 20000 };

static const char pem_begin[] = "-----BEGIN CERTIFICATE-----";

/* Other files may lie in a folder; one certificate among them makes it a list. */
static bool
detect(const struct trust_input *in)
{
	for (size_t i = 0; i < in->file_count; i++) {
		struct span s = in->files[i].bytes;
		if (s.len > 0 && (s.ptr[0] == 0x30 || span_holds(s, SPAN_LIT(pem_begin))))
			return true;
	}
	return false;
}

static bool
is_letter(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_country(struct span s)
{
	return s.len == 2 && is_letter(s.ptr[0]) && is_letter(s.ptr[1]);
}

/* The last folder of the path, or two capitals in front of the name. */
static struct span
country_of(struct span path)
{
	struct span rest = path, part, folder = SPAN_NONE, name = SPAN_NONE;

	while (span_split(&rest, '/', &part)) {
		folder = name;
		name = part;
	}
	if (is_country(folder))
		return folder;
	bool marked = name.len > 2 && !is_letter(name.ptr[2]) &&
		      (name.ptr[2] == '_' || name.ptr[2] == '-');
	return marked && is_country(span_slice(name, 0, 2)) ? span_slice(name, 0, 2) : SPAN_NONE;
}

static int
add_cert(const struct trust_input *in, const struct cert *cert, struct span country,
	const struct anchors *a, struct trust_builder *b)
{
	struct candidate c = { .cert = cert, .country = country };

	if (cert_is_ca(cert) == trust_binds(in->domain))
		return signer_add(&c, a, b);
	builder_skip(b);
	return 0;
}

struct room {
	struct cert **certs;
	size_t count;
};

static int
add_file(struct room *room, const struct trust_input *in, const struct trust_file *f,
	const struct anchors *a, struct trust_builder *b)
{
	size_t count, bad;
	struct span country = country_of(f->name);
	int r = cert_from_file(
		f->bytes, &key_policy_default, room->certs, room->count, &count, &bad);

	if (country.len == 0)
		country = in->country;
	/* a file without any certificate is counted as well */
	for (bad += count == 0 && bad == 0; bad > 0; bad--)
		builder_skip(b);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = add_cert(in, room->certs[i], country, a, b);
		cert_free(room->certs[i]);
	}
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct anchors a;
	/* one more than allowed, so that a file with too many is told from a full one */
	struct room room = { .count = w->limits->trust_keys + 1 };
	int r = anchors_read(w, in, false, b, &a);

	room.certs = ARENA_ARRAY(w->arena, room.count, struct cert *);
	if (!room.certs && r == 0)
		r = arena_error(w->arena);
	for (size_t i = 0; i < in->file_count && r == 0 && !builder_faulty(b); i++)
		r = add_file(&room, in, &in->files[i], &a, b);
	anchors_drop(&a);
	return r;
}

const struct trust_source folder_source = {
	.kind = "certificates",
	.title = "a file or folder of PEM or DER certificates",
	.files = FILES,
	.takes_anchors = true,
	.serves = SERVES_DCC | SERVES_WHO | SERVES_ICAO,
	.detect = detect,
	.read = read,
};
