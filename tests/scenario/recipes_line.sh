#!/bin/bash
# Every recipe that changes files, in line mode, in two languages: shown, a part taken by its
# numbers, exactly that part done, undone to the byte, mode and time; then all of it.
. "$PWD/tests/support/tap.sh"
. "$PWD/tests/support/recipes.sh"
command -v python3 >/dev/null || { skip "line mode" "python3 is not installed"; exit 0; }

talk() { # name, the talk on stdin
	python3 tests/support/talk.py 30 "$TMPDIR/said" "$HOMARD" --plain >"$TMPDIR/why" 2>&1
	status=$?
	say $status "$1"
	[ $status = 0 ] || { cat "$TMPDIR/why"; tail -c 2500 "$TMPDIR/said" | cat -v | sed 's/^/# /'; }
}

task=0
journey() { # name language request sentence, and the words to see
	local name=$1 lang=$2 f=${1//-/_} part decide=$5 stop=$6 numbers=$7 taken=$8 undone=$9 task_is=${10}
	part=PART_$f
	task=$((task + 1))
	talk "$name $lang: a part is taken" <<-T
		send $3
		see $decide
		see $stop
		send 2
		see $numbers
		send ${!part}
		see $taken
		see /undo $task
		see $task_is $task
		send /quit
		quit
	T
	becomes "part_$f" "$name $lang: exactly that part is done"
	if grep -Eq 'You took|你接受了' "$TMPDIR/said"; then
		! grep '^  + ' "$TMPDIR/said" | grep -Evq 'You took|你接受了'
		say $? "$name $lang: nothing else is claimed"
	fi
	talk "$name $lang: undone, then all of it" <<-T
		send /undo $task
		see $undone
		send $3
		see $decide
		see $stop
		send 1
		see $taken
		see $4
		see $task_is $((task + 1))
		send /quit
		quit
	T
	task=$((task + 1))
	becomes "all_$f" "$name $lang: all of it is done"
	homard undo $task
	same "$TMPDIR/before" "$HOME" "$name $lang: every byte, mode and time is back"
}

recipe() { # as in every_recipe
	prepare "$1"
	NOTED=${6-} journey "$1" en "$2" "$3" \
		"Your decision:" "stop the task" "Which numbers?" "taken:" "Undone:" "Task"
	NOTED=${7-} LANGUAGE=zh_CN journey "$1" zh "$4" "$5" \
		"你的决定：" "停止任务" "哪些编号？" "已接受" "已撤销" "任务"
}

export LC_ALL=C.UTF-8
every_recipe
