#!/bin/sh
# Installs what building and testing need, on Debian and its children; does nothing, asks nothing
# and opens no connection when all of it is there. With a list of packages as arguments: those.
set -eu

# Build, in the order of the Makefile's LIBS_*; helpers; tests; checks.
[ $# -gt 0 ] || set -- \
	gcc libc6-dev make pkg-config git ca-certificates gettext \
	libncurses-dev libcurl4-openssl-dev libcjson-dev libsqlite3-dev libuv1-dev libutf8proc-dev \
	libmd4c-dev libyaml-dev libssl-dev libseccomp-dev \
	libnotify-dev libsecret-1-dev libexif-dev libarchive-dev libmagic-dev \
	libcmocka-dev libvterm-dev sqlite3 tmux \
	clang libclang-rt-dev

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "homard: not a Debian system; these packages (or your system's names for them) are needed:"
	echo "  $*"
	exit 0
fi

# A virtual or renamed package counts when something installed provides it.
missing=
for p in "$@"; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) in
	installed*) ;;
	*) missing="$missing $p" ;;
	esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "homard: packages are missing and there is no sudo. As root, run:" >&2
		echo "  apt-get install$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "homard: installing$missing"
get() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}
install() {
	# shellcheck disable=SC2086
	get install -y -q --no-install-recommends $missing
}
# Fresh machines have no lists, and old lists name files that are gone.
ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && install || { get update -q && install; }
