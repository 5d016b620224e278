#!/bin/sh
# Lines and branches of the product that unit tests and conformance runs reach (gcovr, or gcov's own sums).
set -e
make -s -j"$(nproc)" MODE=cov CC=gcc all tests
find build/cov-gcc -name '*.gcda' -delete
make -s MODE=cov CC=gcc unit
build/cov-gcc/vidimus conformance run >/dev/null
tests/smoke.sh build/cov-gcc/vidimus | tail -n 1
if command -v gcovr >/dev/null; then
	gcovr --root . --object-directory build/cov-gcc --filter 'codecs/' --filter 'trust/' --filter 'config/' --filter 'gateway/' \
		--exclude-unreachable-branches --print-summary --sort-percentage -o build/coverage.txt
	echo "file by file: build/coverage.txt"
else
	echo "coverage: gcovr is missing (apt-get install gcovr)"
	exit 1
fi
