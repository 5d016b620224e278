#!/bin/sh
# Every header compiles alone.
status=0
for h in $(find codecs trust config gateway conformance tests -name '*.h'); do
	printf '#include "%s"\n' "$h" | ${CC:-gcc} ${CFLAGS:--std=c11 -I.} -Wall -Wextra -Werror -fsyntax-only -x c - ||
		{ echo "$h: does not compile alone"; status=1; }
done
exit $status
