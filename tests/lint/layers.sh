#!/bin/sh
# Who may include whom: folders are layers and includes point down.  First matching line wins:
# FILES allowed-prefixes...  (SELF is the file's own folder; | separates alternatives.)
rules='
codecs/base/     codecs/base/
codecs/tree/     codecs/base/ codecs/tree/
codecs/seal/     codecs/base/ codecs/tree/ codecs/seal/ codecs/credential.h codecs/signer.h
codecs/record/   codecs/base/ codecs/tree/ codecs/record/ codecs/credential.h
codecs/jsonld/   codecs/base/ codecs/tree/ codecs/jsonld/ codecs/seal/digest.h
codecs/vc/emit/  codecs/base/ codecs/tree/ codecs/record/ codecs/seal/ codecs/jsonld/ codecs/emit.h codecs/credential.h codecs/vc/
codecs/vc/       codecs/base/ codecs/tree/ codecs/seal/ codecs/record/ codecs/jsonld/ codecs/codec.h codecs/credential.h codecs/signer.h codecs/vc/
codecs/credential.h|codecs/signer.h|codecs/codec.h  codecs/base/ codecs/credential.h codecs/signer.h
codecs/emit.h    codecs/base/ codecs/record/loss.h codecs/signer.h
codecs/emit/     codecs/base/ codecs/record/ codecs/emit.h codecs/emit/
codecs/shc/emit/ codecs/base/ codecs/record/ codecs/emit.h codecs/credential.h codecs/shc/
codecs/hcert/emit/ codecs/base/ codecs/tree/ codecs/record/ codecs/seal/ codecs/emit.h codecs/credential.h codecs/hcert/
codecs/vdsnc/emit/ codecs/base/ codecs/tree/ codecs/record/ codecs/seal/ codecs/emit.h codecs/credential.h codecs/vdsnc/
codecs/fhir/emit/ codecs/base/ codecs/tree/ codecs/record/ codecs/seal/ codecs/emit.h codecs/credential.h codecs/fhir/
codecs/registry.c  codecs/codec.h codecs/codecs.def
codecs/hcert/health_link.c codecs/base/ codecs/hcert/ codecs/shc/link.h
codecs/          codecs/base/ codecs/tree/ codecs/seal/ codecs/record/ codecs/jsonld/ codecs/codec.h codecs/credential.h codecs/signer.h SELF
trust/           codecs/base/ codecs/tree/ codecs/seal/ codecs/record/countries.h codecs/codec.h codecs/credential.h codecs/signer.h trust/
gateway/attest/  codecs/base/ codecs/record/ codecs/seal/digest.h codecs/emit.h codecs/codec.h codecs/credential.h codecs/signer.h trust/trust.h gateway/engine/ gateway/attest/
config/          codecs/base/ codecs/tree/ codecs/record/loss.h trust/trust.h trust/source.h trust/net/url.h config/
gateway/engine/  codecs/emit.h codecs/base/ codecs/tree/ codecs/seal/ codecs/record/ codecs/shc/link.h codecs/vc/status.h codecs/vc/present/ codecs/vc/model.h codecs/codec.h codecs/credential.h codecs/signer.h trust/trust.h trust/bind.h trust/web.h trust/did/did.h trust/dcc/batches.h trust/net/url.h config/policy.h gateway/engine/
gateway/desk/    codecs/base/ codecs/emit.h config/ gateway/attest/ gateway/engine/ gateway/keys/keys.h gateway/store/store.h gateway/desk/
gateway/publish/ codecs/base/ codecs/seal/digest.h codecs/hcert/emit/uvci.h codecs/vc/emit/status_list.h codecs/signer.h gateway/keys/keys.h gateway/keys/publish.h gateway/store/store.h gateway/publish/
gateway/qr/      codecs/base/ codecs/emit.h gateway/qr/
gateway/keys/    codecs/base/ codecs/tree/ codecs/seal/ codecs/record/countries.h codecs/credential.h codecs/signer.h trust/source/gdhcn.h gateway/keys/
gateway/http/fetch/peer.c codecs/seal/cert_bounds.h gateway/http/
gateway/http/    codecs/base/ codecs/tree/ codecs/vc/present/present.h codecs/codec.h codecs/credential.h trust/trust.h trust/web.h trust/net/ config/ gateway/engine/ gateway/desk/desk.h gateway/attest/attest.h gateway/qr/qr.h gateway/store/store.h gateway/publish/publisher.h gateway/http/
gateway/store/   codecs/base/ codecs/seal/digest.h gateway/store/
conformance/     codecs/ trust/ config/ gateway/engine/ gateway/attest/ gateway/http/ conformance/
gateway/         codecs/ trust/ config/ gateway/ conformance/
<cbor.h>         codecs/tree/cbor.c codecs/tree/cbor_write.c
<jansson.h>      trust/ config/ conformance/ gateway/
<libxml/         codecs/tree/xml.c
<libdeflate.h>   codecs/base/inflate.c
<sodium          codecs/seal/
<openssl/        codecs/seal/ trust/ gateway/http/ conformance/adapters/tls_stub.c gateway/store/secret.c
<event2/         gateway/http/
<curl/           gateway/http/fetch/
<seccomp.h>      gateway/keys/process/
<p11-kit/        gateway/keys/token/
<qrencode.h>     gateway/qr/qr.c
<png.h>          gateway/qr/png.c
<sqlite3.h>      gateway/store/sqlite.c
<libpq-fe.h>     gateway/store/postgres.c
<pthread.h>      gateway/http/ gateway/publish/ gateway/keys/ gateway/store/ conformance/adapters/tls_stub.c
<sys/socket.h>   gateway/http/ gateway/keys/process/ gateway/cli/ conformance/
<time.h>         gateway/http/ gateway/publish/publisher.c gateway/store/store.c gateway/store/postgres.c gateway/cli/ conformance/
'
grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' codecs trust config gateway conformance |
awk -v rules="$rules" '
BEGIN { n = split(rules, R, "\n") }
{
	split($0, p, ":"); file = p[1]; line = p[2]
	match($0, /["<][^">]*[">]/); inc = substr($0, RSTART, RLENGTH)
	outer = inc ~ /^</; if (!outer) inc = substr(inc, 2, length(inc) - 2)
	folder = file; sub(/[^\/]*$/, "", folder)
	for (i = 1; i <= n; i++) {
		k = split(R[i], w, " "); if (k == 0) continue
		hit = 0; m = split(w[1], alt, "|")
		for (a = 1; a <= m; a++) if (index(outer ? inc : file, alt[a]) == 1) hit = 1
		if (!hit) continue
		ok = 0; seen++
		for (j = 2; j <= k; j++) if (index(outer ? file : inc, w[j] == "SELF" ? folder : w[j]) == 1) ok = 1
		if (!ok) { print file ":" line ": may not include " inc; bad = 1 }
		break
	}
}
END { if (!seen) { print "layers: no include found to check"; bad = 1 } exit bad }'
status=$?
# The clock belongs to the edges; so do calls that C11 code should not make at all.
grep -rnE '(^|[^_a-z0-9])(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|atoi|atol)[[:space:]]*\(' --include='*.[ch]' \
	codecs trust config gateway conformance && { echo "layers: banned call"; status=1; }
grep -rnE '(^|[^_a-z0-9>.])(time|gettimeofday|clock_gettime)[[:space:]]*\(' --include='*.[ch]' \
	codecs trust config gateway/engine && { echo "layers: only gateway/http, gateway/cli and conformance ask the clock"; status=1; }
exit $status
