#!/bin/bash
# A real job on real files: asked without approval, with it, undone, verified, found again.
# asan
. "$PWD/tests/support/tap.sh"
D=$HOME/Downloads
fill_downloads "$D"
picture "$D" >"$TMPDIR/before"
[ "$(find "$D" -maxdepth 1 -name 'file *' | wc -l)" = 300 ]
say $? "300 files lie there"

homard run --json "tidy ~/Downloads by type"
exits 3 "without approval it is refused"
same "$TMPDIR/before" "$D" "without approval nothing changed, no byte, mode or time"
grep -q '"kind":"effects".*"move":300' "$OUT"
say $? "the effects name 300 moves"
homard verify
exits 0 "the journal verifies after the refusal"

homard run --json --approve all "tidy ~/Downloads by type"
exits 0 "approved it is done"
[ -z "$(find "$D" -maxdepth 1 -name 'file *')" ]
say $? "no file is left at the top"
[ "$(find "$D" -mindepth 2 -name 'file *' | wc -l)" = 300 ]
say $? "all 300 are in sub-folders"
[ -f "$D/.hidden.txt" ] && [ -L "$D/link.txt" ] && [ -f "$D/kept folder/inside.txt" ]
say $? "hidden files, links and folders stay"
[ "$(stat -c %a "$D"/*/"file 2.pdf")" = 444 ] && [ "$(stat -c %Y "$D"/*/"file 2.pdf")" = 1636722855 ]
say $? "moved files keep mode and time"
task=$(sed -n 's/.*"task":\([0-9]*\).*/\1/p' "$OUT" | tail -n 1)
picture "$D" >"$TMPDIR/after"

homard history
prints "tidy ~/Downloads" "the history lists it"
homard search downloads
prints "tidy ~/Downloads" "a word finds it"
homard show "$task"
prints "file 0.zip" "the task shown whole names its files"
homard verify
exits 0 "the journal verifies before the undo"

homard undo "$task"
exits 0 "it is undone"
same "$TMPDIR/before" "$D" "undo restores every byte, mode and time, of folders too"
homard undo "$task"
exits 1 "a second undo says so"
same "$TMPDIR/before" "$D" "a second undo changes nothing"
homard redo "$task"
exits 0 "it is done again"
same "$TMPDIR/after" "$D" "redo brings back what was taken, times too"
homard undo "$task"
exits 0 "it is undone again"
same "$TMPDIR/before" "$D" "again every byte, mode and time"
homard verify
exits 0 "the journal verifies at the end"

# One byte flipped on a copy: verify names the event.
flip() { # text offset-in-it
	local at byte
	at=$(LC_ALL=C grep -abo -m1 -F -- "$1" "$HOMARD_HOME/journal.db" | head -n 1 | cut -d: -f1)
	[ -n "$at" ] || return 1
	byte=$(dd if="$HOMARD_HOME/journal.db" bs=1 skip=$((at + $2)) count=1 status=none | od -An -tu1 | tr -d ' ')
	printf "\\$(printf %o $((byte ^ 1)))" |
		dd of="$HOMARD_HOME/journal.db" bs=1 seek=$((at + $2)) conv=notrunc status=none
}
real=$HOMARD_HOME
export HOMARD_HOME=$TMPDIR/flipped
for place in 'body:Sorted 300 files' 'row:"engine":"instinct","reason"'; do
	rm -rf "$HOMARD_HOME"
	cp -a "$real" "$HOMARD_HOME"
	flip "${place#*:}" 9
	say $? "a byte of a ${place%%:*} can be flipped"
	homard verify
	exits 1 "a flipped byte in a ${place%%:*} does not verify"
	grep -q 'event [0-9]' "$ERR" "$OUT"
	say $? "verify names the event of the ${place%%:*}"
done
