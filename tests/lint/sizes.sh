#!/bin/sh
# Size gates: a .c file has at most 500 lines, a header of ours at most 150, a function at most 60
# (const tables are no functions), a folder at most 14 source files (docs/adr/0001).
status=0
for f in $(find codecs trust config gateway conformance tests -name '*.c'); do
	n=$(wc -l <"$f")
	[ "$n" -le 500 ] || { echo "$f: $n lines, the limit is 500"; status=1; }
done
for f in $(find codecs trust config gateway conformance -name '*.h'); do
	n=$(wc -l <"$f")
	[ "$n" -le 150 ] || { echo "$f: $n lines, the limit for headers is 150"; status=1; }
done
for d in $(find codecs trust config gateway conformance -type d -not -path '*/cases*' -not -path '*/adapters*'); do
	n=$(find "$d" -maxdepth 1 -name '*.c' | wc -l)
	[ "$n" -le 14 ] || { echo "$d: $n source files, the limit is 14"; status=1; }
done
find codecs trust config gateway conformance tests -name '*.c' | xargs awk '
FNR == 1 { inside = 0 }
/^\{/ && !table { inside = 1; start = FNR }
/^[a-z].*=[[:space:]]*\{/ { table = 1 }
/^\}/ { if (inside && FNR - start > 61) { print FILENAME ":" start ": function of " FNR - start - 1 " lines, the limit is 60"; bad = 1 }
	inside = 0; table = 0 }
length($0) > 100 + gsub(/\t/, "\t") * 0 { w = $0; gsub(/\t/, "        ", w); if (length(w) > 120) { print FILENAME ":" FNR ": " length(w) " columns"; bad = 1 } }
END { exit bad }' || status=1
exit $status
