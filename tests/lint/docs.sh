#!/bin/sh
# Makes docs/reasons.md and docs/limits.md from their tables; with --check only says whether they are current.
reasons() {
	echo "# Reasons"
	echo
	echo "Made from \`codecs/base/reasons.def\` by \`make docs\`. A code never changes its meaning. Codes that begin with \`note.\`"
	echo "are findings: they stand beside the checks and never change the verdict."
	echo
	echo "| code | meaning |"
	echo "|---|---|"
	sed -n 's/^REASON([A-Z0-9_]*, *"\([^"]*\)", *"\(.*\)")$/| `\1` | \2 |/p' codecs/base/reasons.def
}
limits() {
	echo "# Limits"
	echo
	echo "Made from \`codecs/base/limits.def\` by \`make docs\`. Each is a key of the section \`[limits]\`; an input over one is answered"
	echo "with \`input.too_large\`, the limit's name and its value. Limits of the listener are in \`docs/operations.md\`."
	echo
	echo "| key | default | ceiling | bounds |"
	echo "|---|---|---|---|"
	sed -n 's/^LIMIT([a-z_0-9]*, *"\([^"]*\)", *\([0-9]*\), *\([0-9]*\), *"\(.*\)")$/| `\1` | \2 | \3 | \4 |/p' codecs/base/limits.def
}
status=0
for page in reasons limits; do
	if [ "$1" = --check ]; then
		$page | cmp -s - docs/$page.md || { echo "docs: docs/$page.md is not current (make docs)"; status=1; }
	else
		$page >docs/$page.md
	fi
done
# Cases that pages name as `suite/case` exist.
suites=$(ls conformance/cases | tr '\n' '|')
for case in $(grep -ohE "\`(${suites%|})/[a-z0-9-]+\`" docs/schemes/*.md | tr -d '\`' | sort -u); do
	[ -f "conformance/cases/$case/case.json" ] || { echo "docs: there is no case $case"; status=1; }
done
exit $status
