#!/bin/sh
# clang-format agrees with every source file (const tables may say otherwise between its off and on marks).
command -v clang-format >/dev/null || { echo "format: clang-format is missing (make deps-test)"; exit 1; }
find codecs trust config gateway conformance tests -name '*.c' -print0 |
	xargs -0 -r clang-format --dry-run --Werror 2>&1 | head -n 40 >"${TMPDIR:-/tmp}/vidimus-format.$$"
if [ -s "${TMPDIR:-/tmp}/vidimus-format.$$" ]; then
	cat "${TMPDIR:-/tmp}/vidimus-format.$$"; rm -f "${TMPDIR:-/tmp}/vidimus-format.$$"
	echo "format: run clang-format -i on these"; exit 1
fi
rm -f "${TMPDIR:-/tmp}/vidimus-format.$$"
