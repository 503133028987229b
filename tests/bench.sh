#!/bin/sh
# bench.sh BUILD: runs every measurement; each prints lines "BENCH name value=… limit=… unit=…".
# Measurements are programs in tests/bench/*.c and scripts tests/bench/*.sh.
B=$(cd "$1" && pwd)
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=
for t in "$B"/tests/bench/* tests/bench/*.sh; do
	case $t in *.o | *.d) continue ;; esac
	[ -f "$t" ] && [ -x "$t" ] || continue
	found=1
	env HOME="$work" TMPDIR="$work" LC_ALL=C.UTF-8 TZ=UTC TERM=xterm-256color \
		HOMARD="$B/homard" BUILD="$B" "$t" || echo "BENCH ${t##*/} failed"
done
[ -n "$found" ] || echo "nothing to measure in tests/bench"
