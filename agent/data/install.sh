#!/bin/sh
# install.sh BUILD PREFIX: puts the built program below PREFIX (with DESTDIR in front already).
# install.sh --remove PREFIX: takes exactly that away again.
set -eu
cd "$(dirname "$0")/../.."

if [ "$1" = --remove ]; then
	P=$2
	rm -rf "$P/libexec/homard" "$P/share/homard" "$P/share/doc/homard"
	rm -f "$P/bin/homard" "$P"/share/man/man1/homard.1 "$P"/share/man/zh_CN/man1/homard.1 \
		"$P/share/bash-completion/completions/homard" \
		"$P/share/zsh/site-functions/_homard" \
		"$P/share/fish/vendor_completions.d/homard.fish" \
		"$P/share/applications/homard.desktop" \
		"$P/share/icons/hicolor/scalable/apps/homard.svg"
	exit 0
fi

B=$1 P=$2
put() { # mode file folder [name]
	[ -e "$2" ] || return 0
	install -D -m "$1" "$2" "$3/${4:-${2##*/}}"
}
tree() { # folder target
	[ -d "$1" ] || return 0
	(cd "$1" && find . -type f) | while read -r f; do
		mode=644
		[ -x "$1/$f" ] && mode=755
		install -D -m $mode "$1/$f" "$2/$f"
	done
}
put 755 "$B/homard" "$P/bin"
for f in "$B"/libexec/homard-*; do
	case $f in *.[a-z]) ;; *) put 755 "$f" "$P/libexec/homard" ;; esac
done
tree skills "$P/share/homard/skills"
tree themes "$P/share/homard/themes"
tree "$B/share/locale" "$P/share/homard/locale"
put 644 "$B/share/requests.sense" "$P/share/homard"
for f in agent/data/*.yaml agent/data/*.json agent/data/*.txt; do
	put 644 "$f" "$P/share/homard"
done
# The manual and the completions are printed by the program itself.
generated() { # target argument...
	target=$1
	shift
	mkdir -p "${target%/*}"
	HOMARD_HOME=$B "$B/homard" "$@" >"$target"
	chmod 644 "$target"
}
generated "$P/share/man/man1/homard.1" -c ui.language=en help --man
generated "$P/share/man/zh_CN/man1/homard.1" -c ui.language=zh_CN help --man
generated "$P/share/bash-completion/completions/homard" help --completions bash
generated "$P/share/zsh/site-functions/_homard" help --completions zsh
generated "$P/share/fish/vendor_completions.d/homard.fish" help --completions fish
put 644 agent/data/homard.desktop "$P/share/applications"
put 644 agent/data/homard.svg "$P/share/icons/hicolor/scalable/apps"
for f in README.md README.zh-CN.md CHANGELOG.md LICENSE; do
	put 644 "$f" "$P/share/doc/homard"
done
