#!/bin/sh
# Installing puts a program down that finds its own parts; uninstalling leaves nothing.
set -u
build=$(dirname "$HOMARD")
root=$TMPDIR/root

check() { # name command...
	name=$1
	shift
	if "$@" >"$TMPDIR/out" 2>&1; then echo "ok - $name"; else
		echo "not ok - $name"
		sed 's/^/# /' "$TMPDIR/out"
	fi
}

check "install" sh agent/data/install.sh "$build" "$root/usr/local"
check "the installed program tells its version" \
	sh -c '"$1" --version | grep -q "^homard [0-9]"' sh "$root/usr/local/bin/homard"
check "every helper is installed" sh -c '
	for f in "$1"/libexec/homard-*; do
		case $f in *.[a-z]) continue ;; esac
		cmp "$f" "$2/usr/local/libexec/homard/${f##*/}" || exit 1
	done' sh "$build" "$root"
check "the installed program knows other people's words" \
	sh -c '"$1" recipe match --json "my downloads are a jungle, deal with them by kind will you" |
		grep -q "\"recipe\":\"tidy-by-type\""' sh "$root/usr/local/bin/homard"
check "a list that cannot be learned from is named with its line" sh -c '
	printf "tidy-by-type tidy it\n" >"$2" && ! "$1" recipe train "$3" "$2" 2>"$2.said" &&
		grep -q "line 1: write RECIPE" "$2.said" && [ ! -e "$3" ]' \
	sh "$root/usr/local/bin/homard" "$TMPDIR/list.tsv" "$TMPDIR/learned"
check "the manual tells every verb" sh -c '
	for v in $("$1" history --help >/dev/null; "$1" --help | sed -n "s/^  \([a-z]*\) .*/\1/p"); do
		grep -q "^\.B $v$" "$2/usr/local/share/man/man1/homard.1" || { echo "$v"; exit 1; }
	done' sh "$HOMARD" "$root"
if command -v man >/dev/null; then
	check "the manual is sound" sh -c 'LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z \
		"$1" 2>&1 >/dev/null | grep . && exit 1 || exit 0' sh "$root/usr/local/share/man/man1/homard.1"
else
	echo "ok - the manual is sound # SKIP man is not installed"
fi
check "bash takes the completions" bash -c '
	. "$1"/usr/local/share/bash-completion/completions/homard
	COMP_WORDS=(homard hist) COMP_CWORD=1; _homard; [ "${COMPREPLY[*]}" = history ] || exit 1
	COMP_WORDS=(homard run --app) COMP_CWORD=2; _homard; [ "${COMPREPLY[*]}" = --approve ]' sh "$root"
check "nothing of the build folder is installed" \
	sh -c '! find "$1" -type f \( -name "*.o" -o -name "*.d" \) | grep .' sh "$root"
check "uninstall" sh agent/data/install.sh --remove "$root/usr/local"
check "no file is left behind" sh -c '! find "$1" ! -type d | grep .' sh "$root"
