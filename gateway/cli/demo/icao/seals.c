/* seals.c - the part of ICAO VDS-NC: its authorities as sources, and the samples as a table. */
#include "gateway/cli/demo/demo.h"

#define SPEC "ICAO VDS-NC 1.1"

#define PERSON(name) \
	"\"pid\":{\"n\":\"" name "\",\"dob\":\"1998-02-26\",\"sex\":\"F\",\"i\":\"AQ0001\"}"
#define PENGUIN PERSON("PINGUIN AEGIR")
#define DOSE_OF(day, seq, more) \
	"{\"dvc\":\"" day "\",\"seq\":" seq ",\"ctr\":\"ATA\",\"adm\":\"Station 7\"" more "}"
#define DOSE(day, seq) DOSE_OF(day, seq, ",\"lot\":\"ICE-7\"")
#define VE(doses) \
	"\"ve\":[{\"des\":\"XM0GQ8\",\"nam\":\"Comirnaty\",\"dis\":\"RA01\",\"vd\":[" doses "]}]"
#define SHOT_OF(person, ve) "{\"uvci\":\"AQ7F3KX2\"," person "," ve "}"
#define SHOT                SHOT_OF(PENGUIN, VE(DOSE("2026-05-29", "2")))
#define TWO_SHOTS           SHOT_OF(PENGUIN, VE(DOSE("2026-05-08", "1") "," DOSE("2026-05-29", "2")))
#define TESTED \
	"\"pid\":{\"n\":\"PINGUIN AEGIR\",\"dob\":\"1998-02-26\",\"dt\":\"P\",\"dn\":\"AQ0001\"}"
#define TAKEN "\"dat\":{\"sc\":\"2026-11-20T10:00:00+01:00\",\"ri\":\"2026-11-20T18:00:00+01:00\"}"
#define PLACE                        \
	"\"sp\":{\"spn\":\"Station " \
	"7\",\"ctr\":\"ATA\",\"cd\":{\"p\":\"+672\",\"e\":\"ice@station.example\",\"a\":\"Ice\"}}"
#define TEST_OF(result)                                  \
	"{\"utci\":\"AQT1\"," TESTED "," PLACE "," TAKEN \
	",\"tr\":{\"tc\":\"molecular(PCR)\",\"r\":\"" result "\",\"m\":\"saliva\"}}"
#define TEST TEST_OF("negative")
#define HDR  "\"hdr\":{\"t\":\"icao.vacc\",\"v\":1,\"is\":\"ATA\"}"
#define DATA "{" HDR ",\"msg\":" SHOT "}"
#define COVID                                                                     \
	"\"normalised\":{\"code\":\"840539006\",\"system\":\"http://snomed.info/" \
	"sct\",\"display\":\"COVID-19\"}"

static const struct sample samples[] = {
#include "gateway/cli/demo/icao/seals.def"
};

static const char config[] = "\n[source \"passport authorities\"]\npath = "
			     "trust/csca.pem\nenvironment = demo\nscheme = icao\n\n"
			     "[source \"passport test authorities\"]\npath = "
			     "trust/csca-test.pem\nenvironment = acceptance\n"
			     "scheme = icao\n";

static const char trust[] =
	"[{\"file\":\"../_trust/csca.pem\",\"scheme\":\"icao\"},"
	"{\"file\":\"../_trust/csca-test.pem\",\"scheme\":\"icao\",\"env\":\"acceptance\"}]";

static int
mint(struct demo *d, const struct sample *s, struct span *out)
{
	const struct seal_sample *q = &s->seal;
	struct vds_recipe r = q->recipe;
	struct span text = span_of(q->text);
	int error = 0;

	report_begin(&d->report, d->arena);
	r.cert = cert_der(d->seals[q->signer].cert);
	if (!q->text)
		error = vds_seal(&d->work, &r, &d->seals[q->signer].signer, &text);
	*out = span_slice(text, 0, text.len - (error == 0 ? q->cut : 0));
	return error;
}

static const struct demo_key *
keys(const struct demo *d, size_t *count)
{
	*count = SEAL_COUNT;
	return d->seals;
}

const struct demo_part demo_seals = { .suite = "icao-vds-nc",
	.config = config,
	.trust = trust,
	.samples = samples,
	.sample_count = sizeof(samples) / sizeof(samples[0]),
	.make_keys = seal_make_keys,
	.write_lists = seal_write_lists,
	.mint = mint,
	.drop_keys = seal_drop_keys,
	.keys = keys };
