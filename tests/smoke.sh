#!/bin/sh
# smoke.sh BINARY: the product as its user meets it: a demo world, every sample through the command line, a running
# gateway asked with curl, a reload, a graceful stop.
vidimus=$1
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
passed=0 failed=0
made="eu-dcc smart-health-card who icao-vds-nc vc" # the suites that the demo world writes
suites=$(printf ' --suite %s' $made)
check() { # WHAT EXPECTED GOT
	if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: expected $2, got $3"; fi
}

"$vidimus" demo "$dir" >/dev/null || { echo "FAILED demo"; echo "0 passed, 1 failed"; exit 1; }
conf=$dir/vidimus.conf
sed -i '/^\[access "demo"\]/a rate = 10000\nquota = 100000' "$conf"

# every sample's verdict and reason, by its index
sed -n 's/.*"file":"\([^"]*\)","verdict":"\([^"]*\)"\(,"reason":"\([^"]*\)"\)\{0,1\}.*/\1 \2 \4/p' "$dir/samples/samples.json" \
	>"$dir/index"
while read -r file verdict reason; do
	got=$("$vidimus" verify --config "$conf" --json "$dir/samples/$file" |
		sed -n 's/^{"verdict":"\([^"]*\)"\(,"reason":"\([^"]*\)"\)\{0,1\}.*/\1 \3/p')
	check "sample $file" "$verdict $reason" "$got"
done <"$dir/index"
check "samples in the index" yes "$([ "$(wc -l <"$dir/index")" -ge 170 ] && echo yes)"

# exit codes of the command line
"$vidimus" verify --config "$conf" "$dir/samples/vaccination.txt" >/dev/null; check "exit code, good" 0 $?
"$vidimus" verify --config "$conf" "$dir/samples/expired.txt" >/dev/null; check "exit code, expired" 1 $?
"$vidimus" verify --config "$conf" "$dir/samples/stale-list.txt" >/dev/null; check "exit code, stale list" 2 $?
"$vidimus" verify --config "$conf" "$dir/samples/garbage.txt" >/dev/null; check "exit code, unreadable" 3 $?
# What was verified is attested, and nothing else; a plan signs nothing.
"$vidimus" translate --config "$conf" --to shc "$dir/samples/vaccination.txt" >"$dir/card" 2>"$dir/loss"; check "translate" 0 $?
check "translate, the text" "shc:/" "$(head -c 5 "$dir/card")"
check "translate, the loss report" 1 "$(grep -c 'mapped *events\[0\].brand: EU/1/20/1528 -> XM8NQ0' "$dir/loss")"
"$vidimus" translate --config "$conf" --to shc "$dir/samples/expired.txt" >"$dir/card" 2>/dev/null; check "translate, expired" 1 $?
check "translate, nothing for the expired" "" "$(cat "$dir/card")"
"$vidimus" translate --config "$conf" --to shc --plan "$dir/samples/vaccination.txt" >"$dir/card" 2>/dev/null; check "translate, a plan" 0 $?
check "translate, nothing for a plan" "" "$(cat "$dir/card")"
"$vidimus" translate --config "$conf" --to nothing "$dir/samples/vaccination.txt" >/dev/null 2>&1; check "translate, no such form" 64 $?
"$vidimus" translate --config "$conf" --to shc -o "$dir/card.svg" "$dir/samples/vaccination.txt" 2>/dev/null; check "translate, a picture" 0 $?
check "translate, the picture" "<svg" "$(head -c 4 "$dir/card.svg")"
# What this gateway attests is verified by itself: in every form, lists of status included, until it is revoked.
while read -r form source; do
	"$vidimus" translate --config "$conf" --to "$form" -o "$dir/own-$form" "$dir/samples/$source.txt" 2>/dev/null; check "attest $form" 0 $?
	"$vidimus" verify --config "$conf" "$dir/own-$form" >/dev/null 2>&1; check "our own $form verifies" 0 $?
done <<END
shc vaccination
eu-dcc vaccination
vc vaccination
vc-ecdsa vaccination
vc-eddsa-jcs vaccination
vc-ecdsa-jcs vaccination
vc-jwt vaccination
vc-jwt-1.1 vaccination
ddcc vc-vaccination
vds-nc vc-vaccination
icvp icvp
fhir-json vds-vaccination
fhir-xml vds-vaccination
END
"$vidimus" verify --no-such-option 2>/dev/null; check "exit code, usage" 64 $?

# the gateway on a free port
VIDIMUS_LISTEN_RATE=0 VIDIMUS_LISTEN_ADDRESS=127.0.0.1:0 "$vidimus" serve --config "$conf" >"$dir/out" 2>"$dir/err" &
pid=$!
for _ in $(seq 50); do
	url=$(sed -n 's/.*listens on \(http[^ ]*\).*/\1/p' "$dir/out"); [ -n "$url" ] && break; sleep 0.2
done
ask() { curl -s -m 5 -o "$dir/answer" -w '%{http_code}' "$@"; }
post() { ask --data-binary "@$dir/samples/$1.txt" -H 'Content-Type: text/plain' "$url/v1/verify"; }
for s in "vaccination verified" "expired validity.expired" "tampered signature.mismatch" "untrusted issuer.unknown" \
	"base45 encoding.base45" "shc-vaccination verified" "shc-revoked revocation.revoked"; do
	set -- $s
	check "POST $1" 200 "$(post "$1")"
	check "answer to $1" yes "$(grep -q "\"$2\"" "$dir/answer" && echo yes)"
done
check "POST of no scheme" 422 "$(post garbage)"
check "wrong type" 415 "$(ask --data-binary x -H 'Content-Type: image/gif' "$url/v1/verify")"
check "wrong method" 405 "$(ask "$url/v1/verify")"
check "no such page" 404 "$(ask "$url/nothing")"
# what this gateway attested is verified over HTTP, until it is revoked there
bearer="Authorization: Bearer $(cat "$dir/own.token")"
for form in shc eu-dcc vc vc-ecdsa vc-eddsa-jcs vc-ecdsa-jcs vc-jwt vc-jwt-1.1 ddcc vds-nc icvp fhir-json; do
	check "POST our own $form" 200 "$(ask --data-binary "@$dir/own-$form" -H 'Content-Type: text/plain' "$url/v1/verify")"
	check "our own $form over HTTP" yes "$(grep -q '^{"verdict":"verified"' "$dir/answer" && echo yes)"
done
check "attest without a token" 401 "$(ask --data-binary "@$dir/samples/vaccination.txt" -H 'Content-Type: text/plain' "$url/v1/translate?to=vc")"
id=$(sed -n 's/.*"id":"\(urn:uuid:[^"]*\)".*/\1/p' "$dir/own-vc")
check "revoke" 200 "$(ask -d "{\"id\":\"$id\"}" -H "$bearer" -H 'Content-Type: application/json' "$url/v1/revoke")"
sleep 1
check "POST of the revoked" 200 "$(ask --data-binary "@$dir/own-vc" -H 'Content-Type: text/plain' "$url/v1/verify")"
check "the revoked over HTTP" yes "$(grep -q '"reason":"revocation.revoked"' "$dir/answer" && echo yes)"
batches() { curl -s -m 5 "$url/revocation-list" | grep -c batchId; }
check "no batch before a revocation" 0 "$(batches)"
ask --data-binary "@$dir/samples/vaccination.txt" -H "$bearer" -H 'Content-Type: text/plain' "$url/v1/translate?to=eu-dcc" >/dev/null
cp "$dir/answer" "$dir/attested"
id=$(sed -n 's/.*"attestation":{[^}]*"id":"\([^"]*\)".*/\1/p' "$dir/answer")
check "revoke a certificate" 200 "$(ask -d "{\"id\":\"$id\"}" -H "$bearer" -H 'Content-Type: application/json' "$url/v1/revoke")"
sleep 1
check "a batch then" 1 "$(batches)"
batch=$(curl -s -m 5 "$url/revocation-list" | sed -n 's/.*"batchId":"\([^"]*\)".*/\1/p')
check "GET the batch" 200 "$(ask "$url/revocation-list/$batch")"
base64 -d <"$dir/answer" >"$dir/batch" # by a library that is not ours
curl -s -m 5 "$url/certificates/list.pem" >"$dir/list.pem"
openssl cms -verify -binary -inform DER -in "$dir/batch" -nointern -certfile "$dir/list.pem" -noverify -out "$dir/entries" 2>/dev/null
check "the batch's CMS" 0 $?
check "its entries" 1 "$(grep -c '"hashType":"UCI","entries":\[{"hash":"[^"]*=="}\]}$' "$dir/entries")"
mkdir "$dir/batches" && cp "$dir/answer" "$dir/batches/$batch" && curl -s -m 5 -o "$dir/batches/list" "$url/revocation-list"
# who has the batch rejects what it lists: attested anew, revoked, and read by the command line with and without it
sed -n 's/.*"text":"\(HC1:[^"]*\)".*/\1/p' "$dir/attested" >"$dir/revoked"
sed "/^\[issue\]/i [source \"own batches\"]\npath = batches\nkind = eu-revocation\npin = list.pem\nenvironment = demo\nscheme = dcc\n" "$conf" >"$dir/batches.conf"
"$vidimus" verify --config "$conf" "$dir/revoked" >/dev/null 2>&1; check "the revoked, without the batch" 0 $?
"$vidimus" verify --config "$dir/batches.conf" --json "$dir/revoked" >"$dir/verdict"; check "the revoked, with the batch" 1 $?
check "and its reason" 1 "$(grep -c '"reason":"revocation.revoked"' "$dir/verdict")"
"$vidimus" verify --config "$dir/batches.conf" "$dir/own-eu-dcc" >/dev/null 2>&1; check "its neighbour, with the batch" 0 $?
sed -i 's/MII/MIJ/' "$dir/batches/$batch"
"$vidimus" verify --config "$dir/batches.conf" "$dir/own-eu-dcc" >/dev/null 2>&1; check "its neighbour, with a damaged batch" 2 $?
for page in /.well-known/jwks.json /.well-known/did.json /trustlist /revocation-list /v2/trustlist /certificates/list.pem /status/1 /status/1/2021; do
	check "GET $page" 200 "$(ask "$url$page")"
done
cat "$dir/samples/vaccination.txt" >"$dir/lines"; echo >>"$dir/lines"; cat "$dir/samples/expired.txt" >>"$dir/lines"; echo >>"$dir/lines"
echo nonsense >>"$dir/lines"
check "batch" 200 "$(ask --data-binary "@$dir/lines" -H 'Content-Type: application/x-ndjson' "$url/v1/verify")"
check "lines of the batch" 3 "$(wc -l <"$dir/answer" | tr -d ' ')"
for page in / /v1/schemes /v1/reasons /v1/trust /v1/trust/AQ /healthz /readyz /metrics /openapi.json; do
	check "GET $page" 200 "$(ask "$url$page")"
done
check "inspect" 200 "$(ask --data-binary "@$dir/samples/vaccination.txt" -H 'Content-Type: text/plain' "$url/v1/inspect")"
check "no name in the log" "" "$(grep -i pinguin "$dir/err")"
reloads() { grep -c '"event":"reload"' "$dir/err"; }
reload() { # and wait for it
	before=$(reloads); kill -HUP "$pid"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(reloads)" -gt "$before" ] && break; sleep 0.3
	done
}
reload
check "reload" 1 "$(grep -c '"event":"reload","taken":true' "$dir/err")"
# a list at fault keeps its own keys and holds up no other
check "POST other-environment" 200 "$(post other-environment)"
check "the acceptance list is known" yes "$(grep -q issuer.environment "$dir/answer" && echo yes)"
cp "$dir/trust/signed-list.json" "$dir/whole-list"; echo broken >"$dir/trust/signed-list.json"; cp "$dir/trust/BV_signer.pem" "$dir/trust/AQ_acceptance.pem"
reload
check "a broken list is told" 1 "$(grep -c '"event":"list_kept".*"source":"signed-list"' "$dir/err")"
check "and an alarm raised" 1 "$(curl -s -m 5 "$url/metrics" | grep -c '^vidimus_trust_source_refused{source="signed-list"} 1$')"
check "of no other" 1 "$(curl -s -m 5 "$url/metrics" | grep -c '^vidimus_trust_source_refused{.*} 1$')"
check "a broken list keeps the old one" 200 "$(post vaccination)"
check "and still verifies" yes "$(grep -q '"verdict":"verified"' "$dir/answer" && echo yes)"
check "POST other-environment again" 200 "$(post other-environment)"
check "the other list was renewed" yes "$(grep -q issuer.unknown "$dir/answer" && echo yes)"
mkdir -p "$dir/world/trust" && cp "$conf" "$dir/world/"
for suite in $made; do cp conformance/cases/$suite/_trust/* "$dir/world/trust/"; done
"$vidimus" conformance run $suites --adapter exec \
	--target "exec:$vidimus verify --config $dir/world/vidimus.conf --at \$CASE_AT --json" >"$dir/exec" 2>&1
check "every case asked of the command line" 0 $?
check "and most were asked" yes "$(grep -qE '^[1-9][0-9]+ passed, 0 failed' "$dir/exec" && echo yes)"
# the cases in the repository are what this binary writes, but for the keys
"$vidimus" demo --cases "$dir/cases" >/dev/null; check "cases with fresh keys are written" 0 $?
"$vidimus" conformance run --cases "$dir/cases" $suites >"$dir/exec"; check "and pass" 0 $?
for suite in $made; do
	for case in conformance/cases/$suite/*/case.json; do
		cmp -s "$case" "$dir/cases/${case#conformance/cases/}"; check "$case is as written" 0 $?
	done
	check "cases of $suite" "$(ls conformance/cases/$suite | wc -l)" "$(ls "$dir/cases/$suite" | wc -l)"
done
# every pair of source and form: the cases as written, and asked of this gateway and of the command line with the demo world's samples
cp -r conformance/cases/fhir "$dir/cases/"
"$vidimus" conformance pairs --cases "$dir/cases" >"$dir/pairs" 2>&1; check "pairs under fresh keys" 0 $?
check "the table of pairs" 0 "$(grep -c FAILED "$dir/pairs")"
diff -r conformance/cases/translate "$dir/cases/translate" >/dev/null; check "cases of translate are as written (make pairs)" 0 $?
"$vidimus" conformance pairs --as page | cmp -s - docs/pairs.md; check "docs/pairs.md is current (make pairs)" 0 $?
for input in $(sed -n 's/^"input":"..\/..\/\([^"]*\)",$/\1/p' conformance/cases/translate/*/case.json | sort -u); do
	sample=$(basename "$(dirname "$input")")
	[ ! -f "$dir/samples/$sample.txt" ] || cp "$dir/samples/$sample.txt" "$dir/cases/$input"
done
"$vidimus" conformance run --cases "$dir/cases" --suite translate --target "$url" --token "$dir/own.token" >"$dir/exec"
check "pairs asked of the gateway" 0 $?
check "and most were asked" yes "$(grep -qE '^[1-9][0-9]{2} passed, 0 failed' "$dir/exec" && echo yes)"
"$vidimus" conformance run --cases "$dir/cases" --suite translate --target "$url" >"$dir/exec"; check "without the token none is written" 1 $?
kill -TERM "$pid"; wait "$pid"; check "graceful stop" 0 $?
mkdir -p "$dir/few/translate" && cp -r "$dir/cases/smart-health-card" "$dir/few/"
cp -r "$dir/cases/translate/smart-health-card-test-to-shc" "$dir/cases/translate/smart-health-card-test-to-icvp" "$dir/few/translate/"
"$vidimus" conformance run --cases "$dir/few" --suite translate \
	--target "exec:$vidimus translate --config $conf --to \$CASE_TO --json 2>/dev/null" >"$dir/exec"
check "pairs asked of the command line" 0 $?

cp "$dir/whole-list" "$dir/trust/signed-list.json"
# with TLS alone, on files as an operator makes them; the demo world's client must show its certificate, too
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -days 2 \
	-keyout "$dir/tls.key" -out "$dir/tls.pem" 2>/dev/null
tls="env VIDIMUS_LISTEN_TLS_ADDRESS=127.0.0.1:0 VIDIMUS_LISTEN_TLS_CERTIFICATE=tls.pem VIDIMUS_LISTEN_TLS_KEY=tls.key
	VIDIMUS_LISTEN_CLIENT_CA=tls.pem VIDIMUS_ACCESS_DEMO_CERTIFICATE=CN=localhost"
sed -i "/^address = /d" "$conf"
chmod 644 "$dir/tls.key"
$tls "$vidimus" serve --check --config "$conf" >/dev/null 2>"$dir/err"; check "a key that others may read" 78 $?
chmod 600 "$dir/tls.key"
$tls "$vidimus" serve --config "$conf" >"$dir/out" 2>"$dir/err" &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	url=$(sed -n 's/.*listens on \(http[^ ]*\).*/\1/p' "$dir/out"); [ -n "$url" ] && break; sleep 0.2
done
secure() { ask --cacert "$dir/tls.pem" "$@"; }
check "TLS alone" https "${url%%:*}"
check "GET over TLS" 200 "$(secure "$url/healthz")"
check "a certificate that is not believed" 000 "$(ask "$url/healthz")"
check "plain HTTP to TLS" 000 "$(ask "http${url#https}/healthz")"
check "batch over TLS" 200 "$(secure --data-binary "@$dir/lines" -H 'Content-Type: application/x-ndjson' "$url/v1/verify")"
check "lines of the batch over TLS" 3 "$(wc -l <"$dir/answer" | tr -d ' ')"
attest() { secure --data-binary "@$dir/samples/vaccination.txt" -H 'Content-Type: text/plain' "$@" "$url/v1/translate?to=shc"; }
shown="--cert $dir/tls.pem --key $dir/tls.key"
check "attest for nobody" 401 "$(attest)"
check "attest for a token alone" 401 "$(attest -H "Authorization: Bearer $(cat "$dir/own.token")")"
check "attest for a certificate alone" 401 "$(attest $shown)"
check "attest for both" 200 "$(attest $shown -H "Authorization: Bearer $(cat "$dir/own.token")")"
check "no token in the log" "" "$(grep -F "$(cat "$dir/own.token")" "$dir/err")"
kill -TERM "$pid"; wait "$pid"; check "graceful stop with TLS" 0 $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
