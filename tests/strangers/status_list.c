/* status_list WORLD vc|vc-jwt|vc-jwt-1.1 URL INDEX: a list of the demo world's gateway in which that one attestation is
 * revoked, as the form's readers get it. */
#include "codecs/vc/emit/status_list.h"
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "gateway/keys/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROOM = 1024, BUDGET = 1 << 23, HOUR = 3600 };

static const struct row {
	const char *form;
	enum key_purpose purpose;
	enum vc_list_kind kind;
	enum vc_form as;
} rows[] = {
	{ "vc", PURPOSE_VC_EDDSA, VC_LIST_BITSTRING, VC_JSON },
	{ "vc-ecdsa", PURPOSE_VC_ECDSA, VC_LIST_BITSTRING, VC_JSON },
	{ "vc-jwt", PURPOSE_VC_ECDSA, VC_LIST_BITSTRING, VC_JOSE },
	{ "vc-jwt-1.1", PURPOSE_VC_ECDSA, VC_LIST_2021, VC_TOKEN },
};

static const struct row *
row_of(const char *form)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].form, form) == 0)
			return &rows[i];
	return NULL;
}

static int
open_keys(const char *world, struct keys **out)
{
	char path[ROOM], pass[ROOM] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/own.pass", world);
	if (!(f = fopen(path, "r")))
		return -1;
	if (!fgets(pass, sizeof(pass), f))
		pass[0] = '\0';
	fclose(f);
	pass[strcspn(pass, "\n")] = '\0';
	snprintf(path, sizeof(path), "%s/own", world);
	return keys_open(path, span_of(pass), out);
}

static int
write_list(struct work *w, struct keys *k, const struct row *row, const char *url, long index)
{
	static uint8_t bits[STATUS_LIST_LEAST];
	struct status_list l = { .kind = row->kind,
		.form = row->as,
		.bits = { bits, sizeof(bits) },
		.url = span_of(url),
		.issuer = keys_did(k),
		.from = w->now - HOUR,
		.until = w->now + HOUR };
	const struct own_key *key = keys_active(k, row->purpose, w->now);
	struct status_list_text out;
	struct signer s;

	if (!key || keys_signer(k, key, &s) != 0 || index < 0 || index / 8 >= STATUS_LIST_LEAST)
		return -1;
	s.kid = key->kid;
	bits[index / 8] = (uint8_t)(0x80 >> index % 8);
	if (status_list_render(w, &l, &s, &out) != 0)
		return -1;
	return fwrite(out.text.ptr, 1, out.text.len, stdout) == out.text.len ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct work w = { arena_new(BUDGET), NULL, &limits_default, kit_new(), time(NULL) };
	const struct row *row = argc == 5 ? row_of(argv[2]) : NULL;
	struct report report;
	struct keys *k = NULL;

	if (!row || !w.arena || !w.kit || open_keys(argv[1], &k) != 0) {
		fprintf(stderr, "usage: status_list WORLD FORM URL INDEX\n");
		return 1;
	}
	w.report = &report;
	report_begin(&report, w.arena);
	int r = write_list(&w, k, row, argv[3], strtol(argv[4], NULL, 10));
	keys_close(k);
	kit_free(w.kit);
	arena_free(w.arena);
	return r == 0 ? 0 : 1;
}
