/* who.c - the part of the WHO's certificates: its list, the samples as a table, and one of them as text. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

#include <errno.h>

enum { DAY = 86400 };

#define YF     "YellowFeverProductf82b015dfb3b1feeacd4c44d95b3b3ec"
#define POLIO  "a3K3X000006Mii6UAC"
#define PERSON "\"n\":\"\xc3\x86gir Pinguin\",\"dob\":\"1998-02-26\""
#define SHOT(vp, dt, more) \
	"{\"vp\":\"" vp "\",\"dt\":\"" dt "\",\"bo\":\"AQ-7\"," more "\"is\":\"Station 7\"}"
#define ICVP(shots) "{" PERSON ",\"s\":\"male\",\"ntl\":\"ATA\",\"v\":[" shots "]}"
#define ONE_SHOT    ICVP(SHOT(YF, "2026-05-29", ""))

#define HEAD "\"name\":\"\xc3\x86gir Pinguin\",\"birthDate\":\"1998-02-26\""
#define VACCINE_OF(system)                                                             \
	"\"vaccine\":{\"code\":\"XM0GQ8\",\"system\":\"" system "\"},"                 \
	"\"brand\":\"Comirnaty\",\"lot\":\"AQ-7\",\"date\":\"2026-05-29\",\"dose\":2," \
	"\"country\":{\"code\":\"ATA\"}"
#define VACCINE       VACCINE_OF("http://id.who.int/icd/release/11/mms")
#define MAKER         ",\"manufacturer\":{\"code\":\"ORG-100030215\"}"
#define VS_OF(system) "{" HEAD ",\"vaccination\":{" VACCINE_OF(system) MAKER "}}"
#define VS(more)      "{" HEAD more ",\"vaccination\":{" VACCINE MAKER "}}"
#define TEST_OF(type, result)                                                                      \
	"\"pathogen\":{\"code\":\"XN109\"},\"type\":{" type "},\"date\":\"2026-11-20T10:00:00Z\"," \
	"\"result\":{\"code\":\"" result "\"},\"country\":{\"code\":\"ATA\"}"
#define TR_OF(type, result) "{" HEAD ",\"test\":{" TEST_OF(type, result) "}}"
#define TR                  TR_OF("\"code\":\"1334426561\"", "QA02")
#define CERTIFICATE(period)                           \
	",\"certificate\":{\"issuer\":\"Ministry of " \
	"Ice\",\"hcid\":\"AQ-1\",\"version\":\"RC2\",\"period\":" period "}"
#define MEDICINE(more)  "{\"m\":\"318956006\"," more "\"es\":\"2026-01-01\",\"d\":\"1 a day\"}"
#define OVERVIEW(lines) "{" PERSON ",\"s\":\"male\",\"m\":[" lines "]}"
#define ADDRESS         "https://links.vidimus-demo.aq/Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM"
#define LEAD(more)      "{\"url\":\"" ADDRESS "\",\"key\":\"*\"" more "}"
#define LINK            LEAD("")
#define FOLLOW          "{\"links\":\"any\"}"
#define LISTS(file)     .policy = FOLLOW, .web = "{\"" ADDRESS "\":\"../_trust/" file "\"}"
/* The certificate's verdict and the link's row. */
#define PARTS(verdict, link)                                                                     \
	"\"certificate\":{\"verdict\":\"" verdict "\",\"scheme\":\"vhl\"},\"link\":{\"status\":" \
	"\"" link

/* A list of another name, said to be of that environment. */
#define TRUSTED(file, more) \
	"[{\"file\":\"../_trust/" file "\",\"kind\":\"gdhcn\",\"scheme\":\"who\"" more "}]"
#define PINNED ",\"pin\":\"../_trust/network.pin.pem\""

#define SPEC_ICVP  "ICVP 0.3.0, ICVPMin"
#define SPEC_DDCC  "DDCC 1.0.1, core data set"
#define SPEC_MEOW  "PH4H, MedicationOverviewMin"
#define SPEC_VHL   "SMART Trust 1.6.0, claim 5"
#define SPEC_HCERT "Electronic Health Certificate Specification 1.1.1"
#define SPEC_LIST  "GDHCN, trust lists of version 2"
#define SPEC_TRUST "GDHCN, domains of trust lists"

static const struct sample samples[] = {
#include "gateway/cli/demo/who.def"
};

static const char config[] = "\n[source \"network\"]\npath = trust/network.did.json\nkind = gdhcn\n"
			     "pin = trust/network.pin.pem\nenvironment = demo\nscheme = who\n";

static const char trust[] =
	"[{\"file\":\"../_trust/network.did.json\",\"kind\":\"gdhcn\",\"scheme\":\"who\","
	"\"pin\":\"../_trust/network.pin.pem\"},"
	"{\"file\":\"../_trust/vhl-clinic.jwks.json\",\"kind\":\"issuer-keys\",\"scheme\":\"shc\","
	"\"issuer\":\"https://clinic.example/shc\"}]";

static int64_t
date(const struct demo *d, int64_t stated, int64_t usual)
{
	return stated == TIME_NONE ? TIME_NONE : d->now + (stated ? stated : usual);
}

/* The day, or the link's payload in base64url. */
static int
filling(struct demo *d, const struct who_sample *s, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX), json = buf_in(d->arena, SIZE_MAX);

	if (s->link) {
		demo_fill(&json, s->link, '*', SPAN_LIT(DEMO_LINK_KEY));
		base64url_encode(&b, buf_span(&json));
		*out = buf_span(&b);
		return json.error ? json.error : b.error;
	}
	time_format(&b, d->now);
	*out = span_slice(buf_span(&b), 0, 10);
	return b.error;
}

static int
mint(struct demo *d, const struct sample *sample, struct span *out)
{
	const struct who_sample *s = &sample->who;
	struct hcert_recipe r = s->recipe;
	struct buf json = buf_in(d->arena, SIZE_MAX);
	struct span value;
	int error = filling(d, s, &value);

	if (error != 0)
		return error;
	demo_fill(&json, s->content, '*', value);
	if (json.error)
		return json.error;
	r.claim = s->claim;
	r.issued = date(d, s->issued_in, -30 * DAY);
	r.expires = date(d, s->expires_in, 330 * DAY);
	if (r.issuer.len == 0)
		r.issuer = SPAN_LIT("ATA");
	error = demo_cbor(d, buf_span(&json), &r.content);
	return error != 0 ? error
			  : hcert_seal(&d->work, &r, &d->participants[s->signer].signer, out);
}

static const struct demo_key *
keys(const struct demo *d, size_t *count)
{
	*count = PARTICIPANT_COUNT;
	return d->participants;
}

const struct demo_part demo_who = { .suite = "who",
	.config = config,
	.trust = trust,
	.samples = samples,
	.sample_count = sizeof(samples) / sizeof(samples[0]),
	.make_keys = who_make_keys,
	.write_lists = who_write_lists,
	.mint = mint,
	.drop_keys = who_drop_keys,
	.keys = keys };
