#!/bin/sh
# check-page.sh BINARY: the web page in Debian's chromium (skipped where there is none): pastes samples of a fresh demo
# world behind the # of the address, lets the page ask the gateway, and looks for the verdict in what it shows.
vidimus=${1:-build/vidimus}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
[ -n "$browser" ] || { echo "no chromium: 0 passed, 0 failed, 1 skipped"; exit 0; }
dir=$(mktemp -d)
pid=
trap 'kill $pid 2>/dev/null; rm -rf "$dir"' EXIT
passed=0 failed=0
check() { # WHAT PATTERN FILE: the page must show it
	if grep -q "$2" "$3"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: no $2"; fi
}
absent() { # WHAT PATTERN FILE
	if grep -q "$2" "$3"; then failed=$((failed + 1)); echo "FAILED $1: $2 is there"; else passed=$((passed + 1)); fi
}

"$vidimus" demo "$dir/world" >/dev/null || { echo "FAILED demo: 0 passed, 1 failed"; exit 1; }
serve() { # ADDRESS
	VIDIMUS_LISTEN_ADDRESS=$1 "$vidimus" serve --config "$dir/world/vidimus.conf" >"$dir/out" 2>"$dir/err" &
	pid=$!
	for _ in $(seq 50); do
		url=$(sed -n 's/.*listens on \(http[^ ]*\).*/\1/p' "$dir/out"); [ -n "$url" ] && break; sleep 0.2
	done
	[ -n "$url" ] || { cat "$dir/err"; echo "FAILED the gateway does not start: 0 passed, 1 failed"; exit 1; }
}
encode() { printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'; }
show() { # NAME HASH: what the page has become
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$dir/profile" --virtual-time-budget=8000 \
		--enable-logging=stderr --dump-dom "$url/#$2" >"$dir/$1.html" 2>>"$dir/browser.log"
	page=$dir/$1.html
}
sample() { show "$1" "$(encode "$(cat "$dir/world/samples/$1.txt")")"; }

serve 127.0.0.1:0
sample vaccination
check "good: verdict" 'data-verdict="verified"' "$page"
check "good: words" '>Verified<' "$page"
check "good: person" 'Ægir' "$page"
check "good: code beside its meaning" 'Comirnaty.*EU/1/20/1528' "$page"
check "good: schemes" 'Understood: .*EU Digital COVID Certificate' "$page"
check "good: nine checks" '>Policy<' "$page"
sample tampered
check "tampered: verdict" 'data-verdict="rejected"' "$page"
check "tampered: reason" 'signature.mismatch' "$page"
check "tampered: five rows not looked at" "class=\"mark skipped\"" "$page"
absent "tampered: nothing of the content" 'Ægir' "$page"
sample expired
check "expired: verdict" 'data-verdict="rejected"' "$page"
check "expired: place" 'layer cwt · byte' "$page"
sample stale-list
check "stale list: verdict" 'data-verdict="indeterminate"' "$page"
sample uvci-checksum
check "remark" 'note.uvci_checksum' "$page"
sample shc-vaccination
check "card: verdict" 'data-verdict="verified"' "$page"
check "card: issuer" 'https://clinic.example/shc' "$page"
check "card: doses are said to be counted" 'counted here' "$page"
sample shc-revoked
check "revoked card: reason" 'revocation.revoked' "$page"
sample link-not-allowed
check "link: verdict" 'data-verdict="indeterminate"' "$page"
check "link: where to" 'links.vidimus-demo.aq' "$page"
absent "link: not its key" 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' "$page"
show several "$(encode "$(cat "$dir/world/samples/vaccination.txt"; echo; cat "$dir/world/samples/expired.txt")")"
check "several" '>2 certificates<' "$page"
show link shlink:/eyJ1cmwiOiJodHRwczovL2Voci5ub3doZXJlLnRlc3QvN2U0ZTJhMmM5ZDBmNGIxYzhhM2Q1ZTZmN2E4YjljMGQxZTJmM2E0YjVjNiIsImtleSI6Ik1ERXlNelExTmpjNE9XRmlZMlJsWm1kb2FXcHJiRzF1YjNCeGNuTjBkWFkiLCJsYWJlbCI6IkJhY2sgcGFpbiJ9
check "link: verdict" 'data-verdict="indeterminate"' "$page"
check "link: why" 'link.not_allowed' "$page"
check "link: what it says" 'Back pain' "$page"
show markup "$(encode '<img src=x onerror=alert(1)>')"
check "unreadable: problem" 'data-problem="format.unknown"' "$page"
show long "$(head -c 66000 /dev/zero | tr '\0' A)"
check "too long: problem" 'data-problem="http.too_large"' "$page"
if command -v node >/dev/null; then
	node tests/browser/attest.mjs "$browser" "$url" "$(cat "$dir/world/own.token")" "$dir/world/samples/vaccination.txt" "$dir/attest" >"$dir/attested"
	page=$dir/attested
	check "attest: verified first" '^verdict verified' "$page"
	check "attest: forms to pick" '^form 1[0-9]' "$page"
	check "attest: the next field by keyboard" '^tab token' "$page"
	check "attest: QR code, with words for who does not see it" '^code QR code of the attestation: SMART Health Card' "$page"
	check "attest: rows of the loss report" '^rows [1-9][0-9]' "$page"
	check "attest: what was translated" '^mapped .*EU/1/20/1528' "$page"
	check "attest: its text" '^text shc:/' "$page"
	check "attest: as a file" '^download attestation-shc.txt' "$page"
	check "attest: each field has a label" '^labels all' "$page"
	check "attest: a wrong token" '^refused access.token' "$page"
	absent "attest: nothing stays away" '^never' "$page"
	absent "attest: no fault of script or policy" '^fault .*\(Refused\|Uncaught\|violates\)' "$page"
else
	echo "no node: attesting in the browser is skipped"
fi
kill "$pid"; wait "$pid"; url=
export VIDIMUS_LISTEN_RATE=1 VIDIMUS_LISTEN_BURST=4 # enough for the page itself
serve 127.0.0.1:0
sample vaccination
check "too many requests: words" 'Too many requests came from your address. Please try again in 1 second' "$page"
absent "no fault of script or policy" 'Refused to\|Uncaught' "$dir/browser.log"

echo "page: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
