/* folder.c - certificates in files: PEM (one or more) or DER, each a signer.
 *
 * The country is the file's folder or the beginning of its name ("SE/dsc.pem",
 * "SE_dsc.pem"), else the operator's for the source, else the certificate's own.
 * Authorities among the files are no signers; those of `anchors` vouch for them.
 */
#include "codecs/base/arena.h"
#include "trust/source/list.h"

enum { CERTS_A_FILE = 1024 };

static bool
detect(const struct trust_input *in)
{
	struct span s = in->files[0].bytes;

	return s.len > 0 && (s.ptr[0] == 0x30 || list_mentions(in, "-----BEGIN CERTIFICATE-----"));
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
add_file(struct work *w, const struct trust_input *in, const struct trust_file *f,
	const struct anchors *a, struct trust_builder *b)
{
	struct cert **certs = ARENA_ARRAY(w->arena, CERTS_A_FILE, struct cert *);
	size_t count, bad;
	struct span country = country_of(f->name);

	if (!certs)
		return arena_error(w->arena);
	int r = cert_from_file(f->bytes, &key_policy_default, certs, CERTS_A_FILE, &count, &bad);
	for (; bad > 0; bad--)
		builder_skip(b);
	for (size_t i = 0; i < count; i++) {
		struct list_signer s = { .der = cert_der(certs[i]),
			.country = country.len ? country : in->country };
		if (cert_is_ca(certs[i]))
			builder_skip(b);
		else if (r == 0)
			r = list_add_signer(&s, a, b);
		cert_free(certs[i]);
	}
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct anchors a;
	int r = anchors_read(w, in->anchors, &a);

	builder_info(b)->items_checked = a.count > a.uploads;
	for (size_t i = 0; i < in->file_count && r == 0; i++)
		r = add_file(w, in, &in->files[i], &a, b);
	anchors_drop(&a);
	return r;
}

const struct trust_source folder_source = {
	.kind = "certificates",
	.title = "a file or folder of PEM or DER certificates",
	.detect = detect,
	.read = read,
};
