#!/bin/sh
# files.sh: is every source file named in agent/ARCHITECTURE.md, with a line on what it is?
# files.sh --write: writes that section anew. A line that is there stays; a new file gets the first
# sentence of its own first comment (the header's, else the source's).
set -eu
doc=agent/ARCHITECTURE.md

first_sentence() { # stem without suffix
	for f in "$1.h" "$1.c"; do
		[ -f "$f" ] || continue
		awk '
			NR == 1 && !/^\/\*/ { exit }
			{ sub(/^\/\*+ ?/, ""); sub(/^ \*\/?/, ""); sub(/^ /, ""); end = /\*\/ *$/ ; sub(/ *\*\/ *$/, "")
			  text = text (text == "" || $0 == "" ? "" : " ") $0
			  if (end || text ~ /[.:;]( |$)/ && length(text) > 30) exit }
			END { if (match(text, /\.( |$)/)) text = substr(text, 1, RSTART - 1)
			  gsub(/[`]/, "", text); print substr(text, 1, 160) }' "$f" | grep . && return
	done
	echo
}

section() {
	for dir in agent/base agent/cli agent/core agent/draft agent/helpers/* agent/llm agent/net agent/skill agent/store agent/tools tui; do
		[ -d "$dir" ] || continue
		printf '\n### %s\n\n' "$dir"
		for f in "$dir"/*.c "$dir"/*.h; do
			[ -f "$f" ] && echo "${f%.[ch]}"
		done | LC_ALL=C sort -u | while read -r stem; do
			old=$(awk -v dir="### $dir" -v name="- \`${stem##*/}\`: " '
				/^### / { here = $0 == dir }
				here && index($0, name) == 1 { print substr($0, length(name) + 1); exit }' $doc)
			[ -n "$old" ] || old=$(first_sentence "$stem")
			# shellcheck disable=SC2016
			printf -- '- `%s`: %s\n' "${stem##*/}" "$old"
		done
	done
}

section >"${TMPDIR:-/tmp}/files.$$"
trap 'rm -f "${TMPDIR:-/tmp}/files.$$" "${TMPDIR:-/tmp}/doc.$$"' EXIT
if [ "${1:-}" = --write ]; then
	awk -v with="${TMPDIR:-/tmp}/files.$$" '
		/^### / && !done { while ((getline line < with) > 0) print line; done = skip = 1 }
		/^## / { skip = 0 }
		!skip && !(/^$/ && last == "" && NR > 1) { print } { if (!skip) last = $0 }' $doc >"${TMPDIR:-/tmp}/doc.$$"
	cat "${TMPDIR:-/tmp}/doc.$$" >$doc
	exit
fi
missing=$(grep -e '^- .*: $' "${TMPDIR:-/tmp}/files.$$" || true)
unlisted=$(grep '^- ' "${TMPDIR:-/tmp}/files.$$" | sed 's/: .*//' | while read -r line; do
	grep -qF -- "$line: " $doc || echo "$line"
done)
[ -z "$missing$unlisted" ] && exit
printf '%s\n' "not told in $doc (run: sh tests/lint/files.sh --write, then read it):" "$missing" "$unlisted"
exit 1
