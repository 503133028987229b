#!/bin/sh
# symbols.sh BUILD: libagent.a must link without curses, and no function of ours may carry the
# name of one inside a library we link (the program's would silently take its place there).
set -eu
B=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

libs=$(ldd "$B"/homard "$B"/libexec/* 2>/dev/null | awk '/=> \//{print $3}' | sort -u)
for lib in $libs; do
	nm -D --defined-only "$lib" 2>/dev/null | awk '{sub(/@.*/, "", $3); print $3}'
done | sort -u >"$tmp/theirs"
nm -g --defined-only "$B"/libagent.a "$B"/libtui.a 2>/dev/null |
	awk '$2 ~ /[TDBR]/ {print $3}' | sort -u >"$tmp/ours"
bad=0
for s in $(comm -12 "$tmp/ours" "$tmp/theirs"); do
	echo "symbol $s of ours also stands in a library; rename it"
	bad=1
done
for lib in $libs; do
	case $lib in
	*/libncurses* | */libtinfo*) nm -D --defined-only "$lib" | awk '{sub(/@.*/, "", $3); print $3}' ;;
	esac
done | sort -u >"$tmp/curses"
nm -u "$B"/libagent.a 2>/dev/null | awk '{print $2}' | sort -u >"$tmp/wanted"
for s in $(comm -12 "$tmp/curses" "$tmp/wanted"); do
	grep -qx "$s" "$tmp/ours" && continue
	echo "libagent.a wants $s of curses"
	bad=1
done
exit $bad
