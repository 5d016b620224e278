#!/bin/sh
# check.sh OUT (build/release-gcc): samples of a fresh demo world, attested in every form that run.mjs has checks for, and
# verified by libraries that others wrote (package.json, whose exact versions are taken from the registry once).  Skipped
# where there is no npm, or no way to the registry.
bin=$(realpath "${1:-build/release-gcc}")
cd "$(dirname "$0")" || exit 1
out=$(realpath ../..)/build/strangers
vidimus=$bin/vidimus
skip() { echo "no $1: 0 passed, 0 failed, 1 skipped"; exit 0; }
command -v node >/dev/null && command -v npm >/dev/null || skip "node and npm"

mkdir -p "$out" && cp ./*.mjs package.json package-lock.json "$out/" || exit 1
cd "$out" || exit 1
if ! cmp -s package-lock.json node_modules/.of; then
	timeout 300 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1 || {
		cat npm.log
		npm ping >/dev/null 2>&1 || skip "registry in reach"
		echo "FAILED npm ci: 0 passed, 1 failed"; exit 1
	}
	cp package-lock.json node_modules/.of
fi

rm -rf world attested
"$vidimus" demo world >demo.log 2>&1 || { cat demo.log; echo "FAILED demo: 0 passed, 1 failed"; exit 1; }
sources="vaccination test recovery shc-vaccination shc-laboratory icvp ddcc-vaccination vc-divoc vds-test"
for form in $(node run.mjs --forms); do
	mkdir -p "attested/$form"
	for source in $sources; do
		[ -e "world/samples/$source.txt" ] || continue
		"$vidimus" translate --to "$form" --config world/vidimus.conf -o "attested/$form/$source.txt" \
			"world/samples/$source.txt" >>translate.log 2>&1 || rm -f "attested/$form/$source.txt"
	done
done
exec node run.mjs world attested "$bin/tests/strangers/status_list"
