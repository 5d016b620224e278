#!/bin/sh
# deps.sh NEEDS PACKAGE...: are the libraries here?  On Debian and Ubuntu installs what is missing.
needs=$1; shift
have() { command -v pkg-config >/dev/null && pkg-config --exists "$needs"; }
missing=
if command -v dpkg-query >/dev/null; then
	for p; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
	done
fi
[ -z "$missing" ] && have && exit 0
if ! command -v apt-get >/dev/null; then
	pkg-config --print-errors --exists "$needs"
	echo "deps: install these libraries with your system's package manager" >&2
	exit 1
fi
[ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
echo "deps: installing$missing"
$sudo apt-get update -qq || exit 1
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || exit 1
pkg-config --print-errors --exists "$needs"
