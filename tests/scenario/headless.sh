#!/bin/bash
# `homard run` for scripts: every exit code, JSON lines, stdin, piped data, -c anywhere, --cwd.
# asan
. "$PWD/tests/support/tap.sh"
D=$HOME/Downloads
mkdir -p "$D" "$HOME/work/keep"
for e in txt jpg mp3; do echo "$e" >"$D/f.$e"; done
echo precious >"$HOME/work/keep/file"

json_lines() { # name
	if command -v python3 >/dev/null; then
		python3 -c '
import json, sys
for line in open(sys.argv[1], "rb"):
    e = json.loads(line)
    assert {"seq", "task", "time", "kind"} <= e.keys(), line
' "$OUT"
		say $? "$1"
	else
		skip "$1" "python3 is not installed"
	fi
}

homard run --json "biggest files in ~/Downloads"
exits 0 "done is 0"
json_lines "every line of --json is an event"
homard run "paint my house purple"
exits 1 "not understood is 1"
homard run "tidy ~/Nowhere by type"
exits 1 "failed is 1"
homard run
exits 2 "no request is 2"
homard run --approve some x
exits 2 "a wrong value is 2"
homard run -- --nonsense
exits 1 "behind -- it is a request"
homard run --json "tidy ~/Downloads by type"
exits 3 "refused for want of approval is 3"
json_lines "so it is when refused"
homard run --mode read-only --approve all "tidy ~/Downloads by type"
exits 3 "read-only refuses what would change"
[ -f "$D/f.txt" ]
say $? "and nothing moved"

echo "biggest files in ~/Downloads" | timeout -k 5 60 "$HOMARD" run - >"$OUT" 2>"$ERR"
RC=$?
exits 0 "- reads the request from standard input"
echo "tidy ~/Downloads by type" | timeout -k 5 60 "$HOMARD" run --approve all --json "biggest files in ~/Downloads" >"$OUT" 2>"$ERR"
RC=$?
exits 0 "with a request, piped text is no request"
[ -f "$D/f.txt" ] && ! grep -q '"tool":"arrange"' "$OUT"
say $? "and is not obeyed"

for list in "history --json" "search --json files"; do
	homard $list
	[ -s "$OUT" ] && ! grep -qv '"task":[0-9]*,"request":"[^"]*.*","state":"[a-z]*","time":[0-9]*' "$OUT" &&
		! grep -q 'u000[12]' "$OUT"
	say $? "$list names task, request, state and time in every line"
done

homard -c ui.language=zh_CN run "paint my house purple"
grep -q '[^ -~]' "$OUT" "$ERR"
say $? "-c before the verb"
homard run -c ui.language=zh_CN "paint my house purple"
grep -q '[^ -~]' "$OUT" "$ERR"
say $? "-c after the verb"
homard run -c engine.default=instinct -c model.default=nobody/none "please zorgle now"
grep -q 'No recipe fits\|I only know' "$OUT" "$ERR" && ! grep -q nobody "$OUT" "$ERR"
say $? "engine.default=instinct asks no model"
HOMARD_HOME=$TMPDIR/fresh homard history --json
exits 0 "an empty history is no failure"
[ ! -s "$OUT" ]
say $? "and lists nothing"
homard run --cwd "$D" --json "biggest files in ."
exits 0 "--cwd is taken"
grep -q 'f\.jpg' "$OUT"
say $? "relative paths resolve against it"
homard run --json --approve all --mode draft "tidy ~/Downloads by type"
exits 0 "draft mode decides once at the end"
[ -f "$D/Music/f.mp3" ]
say $? "and takes all of it"
homard recipe match --json "tidy my downloads"
exits 0 "recipe match"
prints '"recipe":"tidy-by-type","slots":{"folder":"~/Downloads"}' "prints the match on one line"
homard recipe match --json "do not tidy my downloads"
prints '"recipe":null' "a negated request matches nothing"
for list in history approvals skills; do
	homard $list --json
	exits 0 "$list --json"
	! grep -qv '^{.*}$' "$OUT"
	say $? "$list prints one object a line"
done

if ! model say; then
	skip "a model" "python3 is not installed"
	exit 0
fi
# shellcheck disable=SC2086
{
	homard run $MODEL --json "hello"
	exits 0 "a model answers"
	json_lines "its events are JSON lines"
	model list
	homard run $MODEL -c brakes.steps=3 "list everything"
	exits 4 "the limit of steps is 4"
	model same
	homard run $MODEL -c brakes.repeat=3 "list the same"
	exits 4 "the same call again and again is 4"
	model rude
	homard run $MODEL "hello"
	exits 1 "a refused key is 1"
	complains "key" "it says that the key is the matter" 6
	model write
	homard run $MODEL --cwd "$HOME/work" "write a note"
	exits 3 "a model's write without approval is 3"
	[ ! -e "$HOME/work/note.txt" ]
	say $? "and nothing was written"
	homard run $MODEL --approve all --cwd "$HOME/work" "write a note"
	exits 0 "approved it is done"
	[ "$(cat "$HOME/work/note.txt")" = "from the model" ]
	say $? "and written"
	model remove
	picture "$HOME/work" >"$TMPDIR/before"
	homard run $MODEL --json --cwd "$HOME/work" "remove keep"
	if grep -q 'sandbox' "$OUT" "$ERR"; then
		skip "a model's rm -rf is only drafted" "no sandbox here"
	else
		exits 3 "a model's rm -rf without approval is 3"
		same "$TMPDIR/before" "$HOME/work" "it ran in the draft only"
		homard run $MODEL --json --approve all --cwd "$HOME/work" "remove keep"
		exits 0 "approved it is done"
		[ ! -e "$HOME/work/keep" ]
		say $? "and gone"
		homard undo "$(sed -n 's/.*"task":\([0-9]*\).*/\1/p' "$OUT" | tail -n 1)"
		same "$TMPDIR/before" "$HOME/work" "and back after an undo, byte, mode and time"
	fi
	model silent
	"$HOMARD" run $MODEL --json "hello" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	timeout 20 sh -c 'until grep -q thinking "$1"; do sleep 0.02; done' sh "$OUT"
	kill -INT $pid
	wait $pid
	RC=$?
	exits 130 "stopped is 130"
	homard history --json --limit 1
	prints '"state":"stopped"' "the history says stopped"
	"$HOMARD" run $MODEL --json "hello" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	timeout 20 sh -c 'until grep -q thinking "$1"; do sleep 0.02; done' sh "$OUT"
	kill -TERM $pid
	timeout 5 tail --pid=$pid -f /dev/null
	say $? "SIGTERM ends it soon"
	wait $pid 2>/dev/null
	RC=$?
	exits 130 "and cleanly"
	homard run "biggest files in ~/Downloads"
	exits 0 "the next start works"
	complains "was interrupted" "and says what was interrupted" 20
}
model_ends
homard verify
exits 0 "the journal verifies after all of it"

# A program that was killed at its question: the decision is still one command.
waits() { # the request; a program that asks and is killed
	mkfifo "$TMPDIR/keys"
	"$HOMARD" --plain <>"$TMPDIR/keys" >"$TMPDIR/said" 2>&1 &
	pid=$!
	echo "$1" >"$TMPDIR/keys"
	timeout 30 sh -c 'until "$1" approvals --json 2>/dev/null | grep -q .; do :; done' sh "$HOMARD"
	kill -9 $pid
	wait $pid 2>/dev/null
	rm "$TMPDIR/keys"
}
for e in txt jpg mp3; do echo "$e" >"$D/g.$e"; done
picture "$D" >"$TMPDIR/before"
waits "tidy ~/Downloads by type"
task=$("$HOMARD" approvals --json | sed -n '1s/.*"task":\([0-9]*\).*/\1/p')
picture "$D" | cmp -s - "$TMPDIR/before"
say $? "killed at its question, it has changed nothing"
homard approve "$task"
exits 0 "approve goes on with a task whose program has ended"
[ ! -e "$D/g.txt" ]
say $? "and takes what was shown"
homard history --json
grep -q "\"task\":$task,.*\"state\":\"done\"" "$OUT"
say $? "and the task is done"
homard undo "$task"
picture "$D" | cmp -s - "$TMPDIR/before"
say $? "and can be undone"
waits "tidy ~/Downloads by type"
homard deny "$((task + 1))"
picture "$D" | cmp -s - "$TMPDIR/before"
say $? "deny changes nothing"
homard approvals --json
[ ! -s "$OUT" ]
say $? "and nothing waits any more"
