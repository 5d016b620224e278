/* shc_vci_directory.c - the VCI directory and its signed snapshot of 2026-08-22, figure by figure.
 *
 * Read: logs/vci_snapshot.json, logs/vci_snapshot.sig, vci_snapshot.crt, vci-issuers.json, vci-issuers-metadata.json,
 * all of assemble and fixtures.  The figures are those that an independent count gave.
 */
#include "codecs/base/arena.h"
#include "conformance/adapters/crypto.h"
#include "trust/trust.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const struct adapter shc_vci_directory_adapter;

#define SNAPSHOT "logs/vci_snapshot.json"

enum { MADE = 1787373830 /* 2026-08-22T04:43:50Z */, CLOCK = MADE + 3600, DAY = 86400 };

static const struct trust_scope cards = { ENV_PRODUCTION, TRUST_SHC };

struct files {
	struct trust_file row[2];
	size_t count;
	struct span pin, anchors, issuer;
	int64_t max_age;
};

static void
figure(struct suite *s, const char *id, long long got, long long want)
{
	suite_figure(s, id, got);
	suite_tell(s, id, got == want ? CASE_PASS : CASE_FAIL,
		got == want ? NULL : "%lld, where %lld are stated", got, want);
}

/* By content, as an operator would. */
static struct trust *
build(struct suite *s, const struct files *f)
{
	struct trust_input in = { .name = SPAN_LIT("corpus"),
		.domain = TRUST_SHC,
		.files = f->row,
		.file_count = f->count,
		.pin = f->pin,
		.anchors = f->anchors,
		.issuer = f->issuer,
		.max_age = f->max_age,
		.read_at = CLOCK };
	struct work *w = suite_work(s);
	struct trust *t = NULL;

	w->now = CLOCK;
	if (trust_build(w, &in, 1, &t) == 0)
		return t;
	suite_tell(s, "memory", CASE_FAIL, "the list did not fit into memory");
	return NULL;
}

static bool
open_files(struct suite *s, const char *first, const char *second, struct files *out)
{
	const char *paths[] = { first, second };

	*out = (struct files){ 0 };
	for (; out->count < 2 && paths[out->count]; out->count++) {
		struct trust_file *f = &out->row[out->count];
		f->name = span_of(paths[out->count]);
		if (suite_read(s, paths[out->count], &f->bytes) != 0) {
			suite_tell(s, paths[out->count], CASE_FAIL, "the file is missing");
			return false;
		}
	}
	return true;
}

static long long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Each key is found by its own issuer and identifier, alone, and under no other issuer's name. */
static void
look_up(struct suite *s, const struct trust *t)
{
	long long found = 0, shared = 0, wrong = 0, tenants = 0;

	for (size_t i = 0; i < trust_key_count(t); i++) {
		const struct trust_key *k = trust_key_at(t, i), *got[2];
		struct key_hint hint = { .issuer = k->authority, .kid = k->kid };
		found += trust_find(t, cards, &hint, got, 2) == 1 && got[0] == k;
		shared += trust_kid_elsewhere(t, cards, &hint);
		tenants += span_is(k->kid, "MhFC5Nju-gakQX0lGUbkOrPzkeWSNb-iW0pHNiYERio");
		hint.issuer = SPAN_LIT("https://issuer.example");
		wrong += trust_find(t, cards, &hint, got, 2) > 0;
	}
	figure(s, "keys found by issuer and identifier", found, 961);
	figure(s, "keys whose identifier other issuers have too", shared, 961 - 550);
	figure(s, "issuers that share the commonest identifier", tenants, 161);
	figure(s, "keys found under a foreign issuer", wrong, 0);
}

/* An iss with capitals in its host is found as listed and no other way. */
static void
exact_names(struct suite *s, const struct trust *t, const json_t *infos)
{
	long long exact = 0, folded = 0, named = 0;
	size_t i;
	json_t *info;

	json_array_foreach(infos, i, info)
	{
		struct span iss = crypto_text(json_object_get(info, "issuer"), "iss");
		char small[256] = "";
		bool capital = false;
		size_t slashes = 0;
		for (size_t n = 0; n < iss.len && n < sizeof(small); n++) {
			slashes += iss.ptr[n] == '/';
			capital = capital || (slashes == 2 && isupper(iss.ptr[n]));
			small[n] = (char)(slashes == 2 ? tolower(iss.ptr[n]) : iss.ptr[n]);
		}
		const struct trust_issuer *found = trust_issuer(t, cards, iss);
		named += found && span_eq(found->iss, iss);
		exact += capital && found;
		folded += capital && trust_issuer(t, cards,
					     (struct span){ (uint8_t *)small,
						     iss.len < sizeof(small) ? iss.len : 0 });
	}
	figure(s, "issuers found by name", named, 651);
	figure(s, "issuers with capitals in the host", exact, 9);
	/* two stand in the list in both spellings, each with keys of its own */
	figure(s, "of these, found in small letters", folded, 2);
}

struct tally {
	long long entries, before, at;
};

/* Issued a moment before its entry's time a card is revoked, at that time it is not; without a time, whenever. */
static void
check_entries(const struct trust *t, const json_t *info, const json_t *list, struct tally *sum)
{
	struct span iss = crypto_text(json_object_get(info, "issuer"), "iss"),
		    kid = crypto_text(list, "kid");
	size_t i;
	json_t *text;

	json_array_foreach(json_object_get(list, "rids"), i, text)
	{
		const char *entry = json_string_value(text), *dot = strchr(entry, '.');
		struct span rid = span_slice(span_of(entry), 0, span_find(span_of(entry), '.'));
		struct moment at = { .seconds = dot ? atoll(dot + 1) : CLOCK };
		struct trust_revocation r = { 0 };
		sum->entries++;
		sum->at += trust_revocation(t, cards, iss, kid, rid, at, &r) && r.revoked;
		at.seconds--;
		at.nanoseconds = 999999999;
		sum->before += trust_revocation(t, cards, iss, kid, rid, at, &r) && r.revoked;
	}
}

static void
revocations(struct suite *s, const struct trust *t, const json_t *infos)
{
	struct tally timed = { 0 }, bare = { 0 }, empty = { 0 };
	long long announced = 0, counters = 0;
	size_t i, j;
	json_t *info, *list;

	json_array_foreach(infos, i, info)
	{
		struct span iss = crypto_text(json_object_get(info, "issuer"), "iss");
		struct tally *sum = span_is(iss, "https://labtools.curativeinc.com/api") ? &bare
				    : span_is(iss, "https://www.hss.gov.nt.ca/covax")    ? &empty
											 : &timed;
		json_array_foreach(json_object_get(info, "crls"), j, list)
		{
			struct trust_revocation r = { 0 };
			struct moment now = { .seconds = CLOCK };
			check_entries(t, info, list, sum);
			if (trust_revocation(
				    t, cards, iss, crypto_text(list, "kid"), SPAN_NONE, now, &r))
				counters += r.ctr;
		}
	}
	for (size_t k = 0; k < trust_key_count(t); k++)
		announced += trust_key_at(t, k)->crl_version;
	figure(s, "revocation lists", (long long)trust_source_at(t, 0)->rid_lists, 6);
	figure(s, "sum of their counters", counters, 3 + 69 + 4 + 556);
	figure(s, "sum of the versions that keys announce", announced, 3 + 69 + 4 + 556);
	figure(s, "entries of Quebec", timed.entries, 771 + 17);
	figure(s, "revoked just before their times", timed.before, 771 + 17);
	figure(s, "revoked at their times", timed.at, 0);
	figure(s, "entries of Curative", bare.entries, 555);
	figure(s, "revoked at any time", bare.at, 555);
	figure(s, "entries of the Northwest Territories", empty.entries, 0);
}

/* Issuers that can't be reached keep their last entry for ever: a maximum age finds them. */
static void
ages(struct suite *s, const struct trust *t, const json_t *infos)
{
	long long old = 0, stale = 0;
	size_t i;
	json_t *info;

	json_array_foreach(infos, i, info)
	{
		struct span iss = crypto_text(json_object_get(info, "issuer"), "iss");
		const struct trust_issuer *found = trust_issuer(t, cards, iss);
		old += found && MADE - found->seen_at >= MADE % DAY;
	}
	for (size_t k = 0; k < trust_key_count(t); k++)
		stale += trust_key_stale(trust_key_at(t, k), CLOCK);
	figure(s, "time of the snapshot", trust_source_at(t, 0)->issued_at, MADE);
	figure(s, "issuers not seen on its day", old, 97);
	figure(s, "keys past a maximum age of one day", stale, 135);
	figure(s, "the list itself is not", trust_stale(trust_source_at(t, 0), CLOCK), 0);
	figure(s, "past a day and an hour it is", trust_stale(trust_source_at(t, 0), CLOCK + DAY),
		1);
}

static void
snapshot_figures(struct suite *s, const struct trust *t)
{
	const struct trust_source_info *i = trust_source_at(t, 0);

	if (i->fault)
		suite_tell(s, "snapshot", CASE_FAIL, "%s", i->fault);
	figure(s, "snapshot signature", i->list_signed, 1);
	figure(s, "issuers", (long long)i->issuers, 651);
	figure(s, "keys", (long long)trust_key_count(t), 961);
	suite_figure(s, "keys in use", (long long)i->keys);
	suite_tell(s, "keys in use", i->keys == 959 && i->refused == 2 ? CASE_EXCEPTION : CASE_FAIL,
		"two keys (soap.bassett.org, fhir.dchstx.org) have an x of 31 octets, where RFC "
		"7518 6.2.1.2 wants 32");
	figure(s, "items passed over", (long long)i->skipped, 0);
}

static void
snapshot(struct suite *s)
{
	struct files f;
	long long begun = milliseconds();

	if (!open_files(s, SNAPSHOT, "logs/vci_snapshot.sig", &f) ||
		suite_read(s, "vci_snapshot.crt", &f.pin) != 0)
		return;
	f.max_age = DAY;
	struct trust *t = build(s, &f);
	long long took = milliseconds() - begun;
	json_t *root = t ? crypto_file(s, SNAPSHOT) : NULL;
	if (root) {
		const json_t *infos = json_object_get(root, "issuerInfo");
		suite_figure(s, "milliseconds to read the snapshot", took);
		snapshot_figures(s, t);
		look_up(s, t);
		exact_names(s, t, infos);
		revocations(s, t, infos);
		ages(s, t, infos);
	}
	json_decref(root);
	trust_unref(t);
}

/* The fault that is told, and nothing of the list. */
static void
refused(struct suite *s, const char *id, const struct files *f, const char *fault)
{
	struct trust *t = build(s, f);
	const struct trust_source_info *i = t ? trust_source_at(t, 0) : NULL;
	bool good = i && i->fault && strcmp(i->fault, fault) == 0 && trust_key_count(t) == 0 &&
		    i->issuers == 0;

	suite_tell(s, id, good ? CASE_PASS : CASE_FAIL, good ? NULL : "%s",
		i && i->fault ? i->fault : "it was taken");
	trust_unref(t);
}

static void
tampered(struct suite *s)
{
	static const char whose[] = "the snapshot's signature is not by the pinned certificate";
	struct files f, g;
	struct arena *a = arena_new(16 << 20);

	if (!a || !open_files(s, SNAPSHOT, "logs/vci_snapshot.sig", &f) ||
		suite_read(s, "vci_snapshot.crt", &f.pin) != 0) {
		arena_free(a);
		return;
	}
	for (size_t part = 0; part < 3; part++) {
		static const char *const ids[] = { "one bit at the beginning",
			"one bit in the middle", "one bit at the end" };
		struct span copy = arena_copy(a, f.row[0].bytes);
		size_t at = 1 + part * (copy.len - 2) / 2;
		((uint8_t *)(uintptr_t)copy.ptr)[at] ^= 1;
		g = f;
		g.row[0].bytes = copy;
		refused(s, ids[part], &g, whose);
	}
	g = f;
	g.row[1].bytes = span_slice(f.row[1].bytes, 0, f.row[1].bytes.len - 1);
	refused(s, "signature cut", &g, "the signature file is no ECDSA signature");
	g = f;
	g.count = 1;
	refused(s, "signature missing", &g,
		"a pin is configured, but the signature file is missing");
	g = f;
	g.pin = SPAN_NONE;
	refused(s, "signature without a pin", &g,
		"there is a signature file, but no pin to check it with");
	arena_free(a);
}

/* 14 issuers of the snapshot are listed no longer; an alias points to an issuer that is listed itself. */
static void
directory(struct suite *s)
{
	struct files f;
	long long aliases = 0, listed = 0, gone = 0;
	json_t *root = crypto_file(s, SNAPSHOT), *info;
	size_t i;
	struct trust *t = open_files(s, "vci-issuers.json", "vci-issuers-metadata.json", &f)
				  ? build(s, &f)
				  : NULL;

	if (!t || !root) {
		json_decref(root);
		trust_unref(t);
		return;
	}
	json_array_foreach(json_object_get(root, "issuerInfo"), i, info)
	{
		const struct trust_issuer *found = trust_issuer(
			t, cards, crypto_text(json_object_get(info, "issuer"), "iss"));
		gone += !found;
		aliases += found && found->canonical.len > 0;
		listed += found && found->canonical.len > 0 &&
			  trust_issuer(t, cards, found->canonical);
	}
	const struct trust_issuer *california = trust_issuer(
		t, cards, SPAN_LIT("https://myvaccinerecord.cdph.ca.gov/creds"));
	figure(s, "directory issuers", (long long)trust_source_at(t, 0)->issuers, 637);
	figure(s, "directory keys", (long long)trust_key_count(t), 0);
	figure(s, "issuers of the snapshot that are listed no longer", gone, 14);
	suite_figure(s, "aliases that the snapshot has", aliases);
	figure(s, "whose present name is listed", listed, aliases);
	figure(s, "a name with its label",
		california && span_is(california->name, "State of California (California)"), 1);
	json_decref(root);
	trust_unref(t);
}

/* An issuer's own file, with a chain whose root is the last of it. */
static void
own_keys(struct suite *s)
{
	json_t *root = crypto_file(s, "fixtures/example_iss_jwks.json");
	json_t *x5c = json_object_get(json_array_get(json_object_get(root, "keys"), 1), "x5c");
	const char *last = json_string_value(json_array_get(x5c, 2));
	struct files f;
	char pem[2048];

	if (!last || !open_files(s, "fixtures/example_iss_jwks.json", NULL, &f)) {
		json_decref(root);
		return;
	}
	snprintf(pem, sizeof(pem), "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n",
		last);
	f.issuer = SPAN_LIT("https://spec.smarthealth.cards/examples/issuer");
	struct trust *plain = build(s, &f);
	f.anchors = span_of(pem);
	struct trust *chained = build(s, &f);
	f.issuer = SPAN_LIT("https://spec.smarthealth.cards/examples/Issuer");
	struct trust *other = build(s, &f);
	figure(s, "keys of the specification's issuer",
		plain ? (long long)trust_source_at(plain, 0)->keys : -1, 2);
	figure(s, "of these, vouched for by its root",
		chained ? (long long)trust_source_at(chained, 0)->keys : -1, 1);
	figure(s, "vouched for under another name",
		other ? (long long)trust_source_at(other, 0)->keys : -1, 0);
	trust_unref(plain);
	trust_unref(chained);
	trust_unref(other);
	json_decref(root);
}

static void
small(struct suite *s, const char *path, long long issuers, long long keys)
{
	struct files f;
	struct trust *t = open_files(s, path, NULL, &f) ? build(s, &f) : NULL;

	if (t) {
		bool good = (long long)trust_source_at(t, 0)->issuers == issuers &&
			    (long long)trust_key_count(t) == keys && !trust_source_at(t, 0)->fault;
		suite_tell(s, path, good ? CASE_PASS : CASE_FAIL,
			good ? NULL : "%zu issuers, %zu keys: %s", trust_source_at(t, 0)->issuers,
			trust_key_count(t), trust_source_at(t, 0)->fault);
	}
	trust_unref(t);
}

static int
run(struct suite *s)
{
	snapshot(s);
	tampered(s);
	directory(s);
	own_keys(s);
	small(s, "assemble/snapshot1.json", 4, 4);
	small(s, "assemble/snapshot2.json", 4, 5);
	small(s, "assemble/snapshot3.json", 4, 5);
	small(s, "assemble/expected.json", 5, 6);
	small(s, "fixtures/sample_directory.json", 3, 0);
	suite_tell(s, "replaying snapshots", CASE_SKIP,
		"how the directory's maker joins days is not a verifier's matter");
	return 0;
}

const struct adapter shc_vci_directory_adapter = { "shc-vci-directory", run };
