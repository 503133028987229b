#!/bin/bash
# kill -9 at random moments of a big tidy and of its undo: before or after, never between, never twice.
# Each round kills at a random microsecond within the time the work takes, from a printed seed.
. "$PWD/tests/support/tap.sh"
D=$HOME/Downloads
ROUNDS=${KILL_ROUNDS:-30}
RANDOM=${KILL_SEED:-20261122}
echo "# seed ${KILL_SEED:-20261122}, $ROUNDS rounds"
fill_downloads "$D"
cp -a "$D" "$TMPDIR/original"
picture "$D" >"$TMPDIR/before"

homard run --json --approve all "tidy ~/Downloads by type"
exits 0 "it is done once undisturbed"
from=$EPOCHREALTIME
homard undo 1
took=$((${EPOCHREALTIME/./} - ${from/./}))
same "$TMPDIR/before" "$D" "and undone"

restore() {
	chmod -R u+rwX "$D"
	rm -rf "$D" "$HOMARD_HOME"
	cp -a "$TMPDIR/original" "$D"
}

# Runs homard and kills it after that many microseconds; the time of a whole run goes up to LIMIT.
killed_after() { # microseconds words...
	local us=$1 pid
	shift
	"$HOMARD" "$@" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	LC_ALL=C read -rt "$((us / 1000000)).$(printf %06d $((us % 1000000)))" <>"$TMPDIR/never"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
}
mkfifo "$TMPDIR/never"

# Every file once, at the top or in a sub-folder, with its own bytes.
contents() { # folder
	find "$1" -name 'file *' -type f -print0 | xargs -0 -r sha256sum | sed 's|  /.*/|  |' | LC_ALL=C sort
}
contents "$TMPDIR/original" >"$TMPDIR/contents"
whole() {
	contents "$D" | cmp -s - "$TMPDIR/contents"
}
top() {
	find "$D" -maxdepth 1 -name 'file *' | wc -l
}

mixed=0 lost=0 broken=0 verify=0 twice=0 before=0 after=0
limit=$((took * 3 + 60000))
i=0
while [ $i -lt "$ROUNDS" ]; do
	i=$((i + 1))
	restore
	killed_after $(((RANDOM * 32768 + RANDOM) % limit)) run --json --approve all "tidy ~/Downloads by type"
	# The next start recovers before anything else.
	homard run "biggest files in ~/Desktop"
	[ "$RC" -lt 128 ] || broken=$((broken + 1))
	whole || { lost=$((lost + 1)); echo "# round $i: a file is lost or not its own"; }
	case $(top) in
	300)
		before=$((before + 1))
		picture "$D" | cmp -s - "$TMPDIR/before" || { mixed=$((mixed + 1)); echo "# round $i: not as before"; }
		;;
	0) after=$((after + 1)) ;;
	*) mixed=$((mixed + 1)); echo "# round $i: $(top) of 300 at the top" ;;
	esac
	homard verify
	[ "$RC" = 0 ] || { verify=$((verify + 1)); sed 's/^/# /' "$ERR"; }
	if [ "$(top)" = 0 ]; then
		# What was taken can be undone, now with a kill in the undo.
		killed_after $(((RANDOM * 32768 + RANDOM) % (took + 20000))) undo 1
		homard run "biggest files in ~/Desktop"
		whole || { lost=$((lost + 1)); echo "# round $i: lost in undo"; }
		case $(top) in
		0) homard undo 1 ;;
		300) ;;
		*) mixed=$((mixed + 1)); echo "# round $i: undo left $(top) at the top" ;;
		esac
		picture "$D" | cmp -s - "$TMPDIR/before" || {
			mixed=$((mixed + 1))
			echo "# round $i: undone but not as before"
			picture "$D" | diff - "$TMPDIR/before" | sed 's/^/# /' | head -5
		}
		homard verify
		[ "$RC" = 0 ] || verify=$((verify + 1))
	fi
	# Nothing was done twice: one commit at most is told for the task.
	homard show --json 1
	[ "$(grep -c '"kind":"commit_done"' "$OUT")" -le 1 ] || twice=$((twice + 1))
done
echo "# killed before the take: $before, after it: $after"
say $lost "no file lost"
say $mixed "the tree is exactly before or after, $ROUNDS rounds"
say $broken "every next start works"
say $verify "the journal verifies after each"
say $twice "nothing was taken twice"
[ $before -gt 0 ] && [ $after -gt 0 ]
say $? "the kills fell on both sides"
