#!/bin/bash
# Bad input: one clear sentence, the right exit code, nothing lost.
# asan
. "$PWD/tests/support/tap.sh"
D=$HOME/Downloads

fresh() {
	rm -rf "$D" "$HOMARD_HOME"
	mkdir -p "$D"
	for e in txt jpg mp3; do echo "$e" >"$D/f.$e"; done
	picture "$D" >"$TMPDIR/before"
}
untouched() {
	same "$TMPDIR/before" "$D" "$1"
}

fresh
homard --nonsense
exits 2 "an unknown option is 2"
complains "unknown option" "and says so"
homard run --nonsense x
exits 2 "an unknown option of a verb is 2"
complains "--nonsense" "and names it"
homard frobnicate
exits 2 "an unknown verb is 2"
homard $'bad\e[31mverb\nname'
exits 2 "a verb with escape codes is 2"
complains "unknown verb" "and they do not reach the terminal"
homard run --cwd /nowhere/at/all "biggest files"
exits 2 "a missing folder for --cwd is 2"
complains "/nowhere/at/all" "and is named"
homard run "tidy ~/Nowhere by type"
exits 1 "a missing folder is 1"
complains "There is no ~/Nowhere" "and is named" 6
homard run $'\xff\xfe not text'
[ "$RC" != 0 ] && [ "$RC" -lt 128 ]
say $? "a request that is not UTF-8 is refused"
head -c 300 /dev/urandom | timeout 60 "$HOMARD" run - >"$OUT" 2>"$ERR"
RC=$?
exits 2 "a binary request from a pipe is 2"
complains "not valid UTF-8 text" "and is said"
printf 'tidy\0up' | timeout 60 "$HOMARD" run - >"$OUT" 2>"$ERR"
RC=$?
exits 2 "a request with a zero byte is not cut short but refused"
homard undo 77
exits 1 "a task that is not there is 1"
complains "There is no task 77" "and is named"
homard run "$(printf 'tidy ~/Downloads\001 by type')"
[ "$RC" -lt 128 ]
say $? "control bytes in a request do no harm"
untouched "nothing changed by any of it"

# Root reads everything, unless it gives that right away.
RIGHTS=
if [ -n "$AS_ROOT" ]; then
	RIGHTS="setpriv --bounding-set=-all --inh-caps=-all"
	$RIGHTS true 2>/dev/null || RIGHTS=none
fi
if [ "$RIGHTS" != none ]; then
	program=$HOMARD
	# shellcheck disable=SC2086
	limited() {
		timeout -k 5 60 $RIGHTS "$program" "$@" >"$OUT" 2>"$ERR" </dev/null
		RC=$?
	}
	echo "a secret" >"$D/locked.txt"
	mkdir "$D/closed"
	chmod 000 "$D/locked.txt" "$D/closed"
	limited run "find \"secret\" in ~/Downloads"
	exits 0 "what cannot be read does not stop a search"
	prints "2 places could not be read" "and is counted"
	limited run --approve all "tidy ~/Downloads by type"
	exits 0 "an unreadable file can still be moved"
	[ "$(stat -c %a "$D"/*/locked.txt)" = 0 ]
	say $? "and keeps its mode"
	limited undo "$(sed -n "s/.*\/undo \([0-9]*\) .*/\1/p" "$OUT" "$ERR")"
	chmod 700 "$D/closed"
	[ "$(stat -c %a "$D/locked.txt")" = 0 ]
	say $? "and comes back unread"
	for f in config.yaml rules.yaml journal.db; do
		[ -e "$HOMARD_HOME/$f" ] || echo '{}' >"$HOMARD_HOME/$f"
		chmod 000 "$HOMARD_HOME/$f"
		limited run "biggest files in ~/Downloads"
		exits 1 "an unreadable $f is 1"
		complains "heck" "and says what to look at" 1
		chmod 600 "$HOMARD_HOME/$f"
		[ $f = journal.db ] || rm "$HOMARD_HOME/$f"
	done
	chmod 400 "$HOMARD_HOME/journal.db"
	limited run "biggest files in ~/Downloads"
	exits 1 "a journal that cannot be written is 1"
	complains "chmod u+w" "and says what to do"
	limited history
	exits 0 "but can be read"
	chmod 600 "$HOMARD_HOME/journal.db"
else
	skip "an unreadable file" "root reads everything and setpriv is missing"
fi
chmod -R u+rwX "$D"

fresh
printf 'a\0b\1\2\377 needle' >"$D/blob.txt"
homard run "find \"needle\" in ~/Downloads"
exits 0 "binary where text is expected is passed over"
homard run "summarize the table ~/Downloads/blob.txt"
[ "$RC" -lt 128 ]
say $? "a table that is none is a sentence"
rm "$D/blob.txt"

fresh
echo x >"$D/"$'new\nline\e[31m.txt'
echo y >"$D/"$'bad\xff.jpg'
echo z >"$D/-rf"
echo q >"$D/ \"quoted\" 'name'.txt"
picture "$D" >"$TMPDIR/before"
homard run "tidy ~/Downloads by type"
exits 3 "odd names are shown"
! LC_ALL=C grep -q "$(printf '\033')" "$OUT" "$ERR"
say $? "no escape code reaches the terminal"
grep -q 'the name holds characters that cannot be seen' "$OUT" "$ERR"
say $? "and odd names are pointed out"
homard run --json --approve all "tidy ~/Downloads by type"
exits 0 "odd names are moved"
task=$(sed -n 's/.*"task":\([0-9]*\).*/\1/p' "$OUT" | tail -n 1)
! grep -qv '^{.*}$' "$OUT"
say $? "JSON lines stay whole lines"
homard undo "$task"
untouched "and undone, every byte of the names"

fresh
mkdir -p "$HOMARD_HOME"
printf '# mine\nbrakes:\n  stepz: 3\n' >"$HOMARD_HOME/config.yaml"
homard run --approve all "tidy ~/Downloads by type"
exits 2 "an unknown setting is 2"
complains "config.yaml:3: unknown setting" "with file and line"
printf 'brakes: [\n' >"$HOMARD_HOME/config.yaml"
homard history
exits 2 "a broken config is 2"
complains "config.yaml:" "with file and line"
printf 'brakes:\n  steps: many\n' >"$HOMARD_HOME/config.yaml"
homard history
exits 2 "a wrong value is 2"
complains "brakes.steps must be a whole number" "and says what is right"
printf 'a\0b' >"$HOMARD_HOME/config.yaml"
homard history
exits 2 "a binary config is 2"
homard doctor
prints "config.yaml" "doctor still runs and names it"
printf 'keys:\n  nowhere:\n    C-a: help\n' >"$HOMARD_HOME/config.yaml"
homard help keys
exits 0 "the list of keys is there when keys are wrong"
prints "no key context is called nowhere" "and says what is wrong"
prints "Ctrl+P" "beside the keys there are"
rm "$HOMARD_HOME/config.yaml"
homard -c brakes.steps=many history
exits 2 "a wrong value behind -c is 2"

for rule in '- id: x' '- {id: x, allow: [create]}' 'nonsense: true' 'rules: 7' '[' \
	'rules: [{id: x, allow: [fly], below: ~/a, match: [create ~/a/b], not_match: [create ~/c]}]'; do
	printf '%s\n' "$rule" >"$HOMARD_HOME/rules.yaml"
	homard run --approve all "tidy ~/Downloads by type"
	exits 2 "a broken rule stops the start: $rule"
	complains "rules.yaml" "with its file"
done
rm "$HOMARD_HOME/rules.yaml"
untouched "nothing changed under broken rules"

mkdir -p "$HOMARD_HOME/skills/broken"
printf -- '---\nname: broken\ndescription: A broken one.\n---\n' >"$HOMARD_HOME/skills/broken/SKILL.md"
printf 'name: broken\nsteps: nope\n' >"$HOMARD_HOME/skills/broken/recipe.yaml"
homard skills check "$HOMARD_HOME/skills/broken"
exits 1 "a broken recipe fails its check"
prints "recipe.yaml:" "with file and line"
homard recipe match --json "tidy my downloads"
prints '"recipe":"tidy-by-type"' "and does not take the others down"

# The journal.
homard run --approve all "tidy ~/Downloads by type"
exits 0 "a task to keep"
homard undo 1
cp -a "$HOMARD_HOME" "$TMPDIR/kept"
newer() {
	python3 -c 'import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute("pragma user_version=99"); c.commit()' \
		"$HOMARD_HOME/journal.db"
}
if command -v python3 >/dev/null; then
	newer
	sum=$(sha256sum <"$HOMARD_HOME/journal.db")
	homard run --approve all "tidy ~/Downloads by type"
	[ "$RC" = 1 ] || [ "$RC" = 2 ]
	say $? "a newer journal is refused"
	complains "newer Homard" "with a sentence"
	[ "$sum" = "$(sha256sum <"$HOMARD_HOME/journal.db")" ]
	say $? "and is not touched"
else
	skip "a newer journal" "python3 is not installed"
fi
echo garbage >"$HOMARD_HOME/journal.db"
homard run --approve all "tidy ~/Downloads by type"
exits 1 "a journal that is none is refused"
complains "damaged" "with a sentence"
[ "$(cat "$HOMARD_HOME/journal.db")" = garbage ]
say $? "and is not overwritten"
untouched "and nothing changed without a journal"
: >"$HOMARD_HOME/journal.db"
homard run --approve all "tidy ~/Downloads by type"
exits 1 "an empty journal is refused"
complains "is empty" "and not taken for a new one"
rm "$HOMARD_HOME"/journal.db*
echo log >"$HOMARD_HOME/journal.db-wal"
homard run --approve all "tidy ~/Downloads by type"
exits 1 "a log without its journal is refused"
complains "without its journal" "with a sentence"
[ "$(cat "$HOMARD_HOME/journal.db-wal")" = log ]
say $? "and is kept"
rm -rf "$HOMARD_HOME"
cp -a "$TMPDIR/kept" "$HOMARD_HOME"

# One byte of it: every verb ends with a result or a sentence, verify names what is wrong.
if command -v python3 >/dev/null; then
	cat >"$TMPDIR/flip.py" <<'P'
import sys
path, words = sys.argv[1], sys.argv[2].encode()
data = bytearray(open(path, "rb").read())
at = data.find(words)
if at < 0:
    sys.exit("not there: %r" % words)
data[at] ^= 1
open(path, "wb").write(data)
P
	for flip in 'tidy ~/Downloads:event 1:' '"reason":"recipe":event' 'CREATE INDEX event_task:damaged'; do
		rm -rf "$HOMARD_HOME"
		cp -a "$TMPDIR/kept" "$HOMARD_HOME"
		python3 "$TMPDIR/flip.py" "$HOMARD_HOME/journal.db" "${flip%:*}" ||
			python3 "$TMPDIR/flip.py" "$HOMARD_HOME/journal.db" "${flip%%:*}"
		homard verify
		exits 1 "a flipped byte does not verify: ${flip%%:*}"
		complains "${flip##*:}" "and is named"
		for verb in history "show 1" "search tidy" usage "undo 1" doctor; do
			# shellcheck disable=SC2086
			homard $verb
			[ "$RC" -lt 2 ] && { [ "$RC" = 0 ] || [ -s "$ERR" ] || [ -s "$OUT" ]; }
			say $? "homard $verb ends well with it"
		done
	done
	rm -rf "$HOMARD_HOME"
	cp -a "$TMPDIR/kept" "$HOMARD_HOME"
	python3 -c 'import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute("update task set state=?", ("failed",)); c.commit()' \
		"$HOMARD_HOME/journal.db"
	homard verify
	exits 1 "a list that does not match the events does not verify"
	complains "task list" "and is named"
	complains "verify --rebuild" "with the way to mend it"
	homard verify --rebuild
	exits 0 "which mends it"
	homard history --state done
	prints "tidy" "and the list is right again"
	rm -rf "$HOMARD_HOME"
	cp -a "$TMPDIR/kept" "$HOMARD_HOME"
else
	skip "a flipped byte" "python3 is not installed"
fi

# Changed between showing and taking.
fresh
cat >"$TMPDIR/change.py" <<'P'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "--plain"])
seen, at, end = b"", 0, time.monotonic() + 40
def see(words):
    global seen, at
    while seen.find(words, at) < 0:
        if time.monotonic() > end or not select.select([fd], [], [], 1)[0] and time.monotonic() > end:
            sys.exit("not seen: %r\n%s" % (words, seen.decode(errors="replace")))
        try:
            seen += os.read(fd, 65536)
        except OSError:
            sys.exit("it ended\n" + seen.decode(errors="replace"))
    at = seen.find(words, at) + len(words)
see(b"Ask in plain words")
os.write(fd, b"tidy ~/Downloads by type\r")
see(b"stop the task")
with open(sys.argv[2], "w") as f:
    f.write("my own edit, made while it asked\n")
os.write(fd, b"1\r")
see(b"Task 1")
os.write(fd, b"\x04")
P
if command -v python3 >/dev/null; then
	timeout 60 python3 "$TMPDIR/change.py" "$HOMARD" "$D/f.txt"
	say $? "a file changed between showing and taking is noticed"
	f=$(find "$D" -name 'f.txt')
	[ "$(cat "$f")" = "my own edit, made while it asked" ]
	say $? "and the person's edit is kept"
else
	skip "a file changed between showing and taking" "python3 is not installed"
fi

# Two programs at once.
fresh
mkdir -p "$HOME/Desktop"
for i in 1 2 3 4; do echo $i >"$HOME/Desktop/d$i.txt"; done
timeout 60 "$HOMARD" run --approve all "tidy ~/Downloads by type" >"$TMPDIR/one" 2>&1 </dev/null &
one=$!
timeout 60 "$HOMARD" run --approve all "tidy ~/Desktop by type" >"$TMPDIR/two" 2>&1 </dev/null &
two=$!
wait $one
a=$?
wait $two
[ $a = 0 ] && [ $? = 0 ]
say $? "two programs at once both finish"
homard verify
exits 0 "their journal verifies"
homard undo 1
a=$RC
homard undo 2
[ $a = 0 ] && [ $RC = 0 ]
say $? "both can be undone"
untouched "and all is as before"

# The same job twice at once: one takes, the other finds nothing left or says what changed.
fresh
for i in $(seq 20); do echo "$i" >"$D/a$i.txt"; done
picture "$D" >"$TMPDIR/before"
timeout 60 "$HOMARD" run --approve all "tidy ~/Downloads by type" >"$TMPDIR/one" 2>&1 </dev/null &
one=$!
timeout 60 "$HOMARD" run --approve all "tidy ~/Downloads by type" >"$TMPDIR/two" 2>&1 </dev/null
a=$?
wait $one
b=$?
[ $((a * b)) = 0 ] && [ $((a + b)) -le 1 ]
say $? "of two programs at one folder one takes it, the other ends with 0 or 1"
n=$(find "$D" -type f | wc -l)
[ "$n" = 23 ]
say $? "and no file is lost or doubled"
[ "$n" = 23 ] || { echo "# $n files, exits $a and $b" && find "$D" && cat "$TMPDIR/one" "$TMPDIR/two"; } | sed 's/^/# /'
timeout 60 "$HOMARD" undo 1 >"$TMPDIR/one" 2>&1 </dev/null &
one=$!
homard undo 2
wait $one
homard undo 1
untouched "undone from two sides it is as before"
homard verify
exits 0 "and the journal verifies"

# A full disk.
if [ -n "$AS_ROOT" ] && mkdir -p "$TMPDIR/small" && unshare -m true 2>/dev/null; then
	fresh
	unshare -m --propagation private bash -c '
		. tests/support/tap.sh
		mount -t tmpfs -o size=3m tmpfs "$1/small" || exit 77
		export HOMARD_HOME=$1/small/homard HOME=$1/small/home
		mkdir -p "$HOME/Downloads"
		for e in txt jpg mp3; do echo $e >"$HOME/Downloads/f.$e"; done
		homard run "biggest files in ~/Downloads"
		exits 0 "a small disk is enough to begin with"
		picture "$HOME/Downloads" >"$1/before"
		dd if=/dev/zero of="$1/small/full" bs=4k 2>/dev/null
		homard run --approve all "tidy ~/Downloads by type"
		[ "$RC" = 1 ]
		say $? "on a full disk it fails"
		grep -qi "disk\|space" "$OUT" "$ERR"
		say $? "and says that the disk is full"
		same "$1/before" "$HOME/Downloads" "and nothing changed"
		rm "$1/small/full"
		homard verify
		exits 0 "the journal is whole afterwards"
		homard run --approve all "tidy ~/Downloads by type"
		exits 0 "with room again it works"
		homard history
		homard undo "$(awk "NR == 1 { print \$1 }" "$OUT")"
		exits 0 "and can be undone"
		same "$1/before" "$HOME/Downloads" "to the byte"
		# Room for ever more of the writes: whichever fails, all is there and can go back.
		cp -a "$HOMARD_HOME" "$1/small.kept"
		for pages in 8 40 70 85 100 120 140 160; do
			rm -rf "$HOMARD_HOME"
			cp -a "$1/small.kept" "$HOMARD_HOME"
			dd if=/dev/zero of="$1/small/full" bs=4k 2>/dev/null
			truncate -s "-$((pages * 4096))" "$1/small/full"
			homard run --approve all "tidy ~/Downloads by type"
			ended=$RC
			[ $ended = 0 ] || grep -qi "disk\|space" "$OUT" "$ERR" || echo "# no word of the disk"
			[ $ended -le 1 ]
			say $? "with $pages pages free it is done or says that the disk is full"
			rm "$1/small/full"
			homard run "biggest files in ~/Downloads"
			exits 0 "the next start goes on"
			homard verify
			exits 0 "with a whole journal"
			homard history --json
			task=$(sed -n "s/.*\"task\":\([0-9]*\).*\"tidy.*/\1/p" "$OUT" | head -n 1)
			homard undo "${task:-1}"
			same "$1/before" "$HOME/Downloads" "and what was taken goes back"
		done
	' sh "$TMPDIR"
	[ $? != 77 ] || skip "a full disk" "no tmpfs here"
else
	skip "a full disk" "only root can mount a small disk"
fi
