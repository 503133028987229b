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
homard run "$(printf 'tidy ~/Downloads\001 by type')"
[ "$RC" -lt 128 ]
say $? "control bytes in a request do no harm"
untouched "nothing changed by any of it"

echo secret >"$D/locked.txt"
chmod 000 "$D/locked.txt"
if [ -z "$AS_ROOT" ]; then
	homard run "find \"secret\" in ~/Downloads"
	exits 0 "an unreadable file does not stop a search"
	homard run --approve all "tidy ~/Downloads by type"
	exits 0 "an unreadable file can still be moved"
	[ "$(stat -c %a "$D"/*/locked.txt)" = 0 ]
	say $? "and keeps its mode"
else
	skip "an unreadable file" "root reads everything"
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
rm -rf "$HOMARD_HOME"
cp -a "$TMPDIR/kept" "$HOMARD_HOME"

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
	' sh "$TMPDIR"
	[ $? != 77 ] || skip "a full disk" "no tmpfs here"
else
	skip "a full disk" "only root can mount a small disk"
fi
