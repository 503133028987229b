#!/bin/sh
# deb.sh BUILD VERSION: a binary package with dpkg-deb; its dependencies are the packages that own
# the libraries the program and the helpers are linked with.
set -eu
B=$1 V=$2
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
D=$B/deb
rm -rf "$D"
sh "$ROOT/agent/data/install.sh" "$B" "$D/usr"
for f in "$D"/usr/bin/homard "$D"/usr/libexec/homard/*; do
	[ -f "$f" ] && strip --strip-unneeded "$f"
done
mkdir -p "$D/DEBIAN" dist
gzip -9nf "$D"/usr/share/man/man*/* 2>/dev/null || :
if [ -f "$D/usr/share/doc/homard/LICENSE" ]; then
	mv "$D/usr/share/doc/homard/LICENSE" "$D/usr/share/doc/homard/copyright"
fi

# Only what is linked directly: those packages name their own dependencies.
owners() {
	for f in "$@"; do
		[ -f "$f" ] || continue
		needed=$(objdump -p "$f" | awk '$1 == "NEEDED" {print $2}')
		ldd "$f" | awk '/=> \// {print $1, $3}' | while read -r name path; do
			echo "$needed" | grep -qxF "$name" || continue
			dpkg-query -S "$(readlink -f "$path")" 2>/dev/null || dpkg-query -S "$path"
		done
	done | sed 's/:.*//' | sort -u | paste -sd, | sed 's/,/, /g'
}
libraries=$(owners "$D"/usr/bin/homard "$D"/usr/libexec/homard/*)
cat >"$D/DEBIAN/control" <<END
Package: homard
Version: $V
Section: utils
Priority: optional
Architecture: $(dpkg --print-architecture)
Maintainer: Homard <homard@localhost>
Depends: $libraries, libcurl4
Installed-Size: $(du -sk "$D/usr" | cut -f1)
Description: personal assistant in the terminal that shows effects before they happen
 Homard plans and acts with tools, shows every step, runs each act first in a
 private copy-on-write draft of your files, and can undo what you took.
END
dpkg-deb --root-owner-group --build "$D" "dist/homard_${V}_$(dpkg --print-architecture).deb"
