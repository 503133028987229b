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
check "nothing of the build folder is installed" \
	sh -c '! find "$1" -name "*.o" -o -name "*.d" | grep .' sh "$root"
check "uninstall" sh agent/data/install.sh --remove "$root/usr/local"
check "no file is left behind" sh -c '! find "$1" ! -type d | grep .' sh "$root"
