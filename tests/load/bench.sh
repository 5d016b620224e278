#!/bin/sh
# bench.sh OUT: every figure in one run on this machine; only ratios mean anything across machines.
out=$1
world=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$world"' EXIT
code=3
while [ "$code" -eq 3 ]; do # the sample is to be compressed in earnest: bench_verify.c
	"$out/vidimus" demo "$world" >/dev/null || exit 1
	"$out/tests/load/bench_verify" "$world"; code=$?
done
[ "$code" -eq 0 ] || exit 1
"$out/tests/load/bench_vc" || exit 1
printf 'rate = 100000\nquota = 1000000000\n' >>"$world/vidimus.conf" # its last section is the client that attests
"$out/tests/load/bench_signer" "$world/bench-keys" || exit 1
VIDIMUS_LISTEN_ADDRESS=127.0.0.1:0 VIDIMUS_LISTEN_LOOPS=1 VIDIMUS_LISTEN_RATE=0 VIDIMUS_LISTEN_REQUESTS_PER_CONNECTION=100000000 \
	VIDIMUS_LOG_LEVEL=error "$out/vidimus" serve --config "$world/vidimus.conf" >"$world/out" 2>"$world/err" &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	port=$(sed -n 's/.*listens on http:\/\/127.0.0.1:\([0-9]*\).*/\1/p' "$world/out"); [ -n "$port" ] && break; sleep 0.2
done
"$out/tests/load/bench_http" "$port" "$pid" "$world/samples/vaccination.txt" || exit 1
"$out/tests/load/bench_translate" "$port" "$pid" "$world/samples/vaccination.txt" "$world/own.token"
