#!/bin/bash
# Runs tests in a deterministic environment and counts them.
#   -u DIR            all unit tests in DIR/tests/unit
#   -s PROGRAM        all scenarios (tests/scenario/*.sh) with HOMARD=PROGRAM
#   -k PROGRAM        the scenarios that hold a line "# asan", with HOMARD=PROGRAM
#   -x NAME COMMAND   one more test: COMMAND in a shell, passed when it exits 0
#   -j N              at most N at once (2)
#   -f PATTERN        only tests whose name matches the glob PATTERN
# A scenario prints "ok - name", "not ok - name" or "ok - name # SKIP why"; it runs at the root of
# the repository with HOMARD, its own empty HOME and TMPDIR, and may take 300 seconds.
# The last line is "N passed, N failed, N skipped"; exit 1 when something failed.
set -u
cd "$(dirname "$0")/.." || exit 2
ROOT=$PWD
JOBS=2
FILTER='*'
UNIT_SECONDS=${UNIT_SECONDS:-180}
SCENARIO_SECONDS=${SCENARIO_SECONDS:-300}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/homard-run-XXXXXX") || exit 2
SHARED=$(cd "${HOMARD_SHARED:-../shared}" 2>/dev/null && pwd)
names=() kinds=() commands=() programs=()

# Folders that a draft made may lack the write bit.
clean() {
	chmod -R u+rwx "$WORK" 2>/dev/null
	rm -rf "$WORK"
}
trap clean EXIT
trap 'exit 130' INT TERM

add() { # kind name command program
	# shellcheck disable=SC2254
	case $2 in $FILTER) ;; *) return ;; esac
	kinds+=("$1") names+=("$2") commands+=("$3") programs+=("$4")
}

absolute() {
	case $1 in /*) echo "$1" ;; *) echo "$ROOT/$1" ;; esac
}

add_units() {
	local t
	for t in "$1"/tests/unit/*; do
		case $t in *.[a-z]) continue ;; esac
		[ -f "tests/unit/${t##*/}.c" ] || continue # built from a source that is gone
		[ -f "$t" ] && [ -x "$t" ] && add unit "unit/${t##*/}" "$(absolute "$t")" ''
	done
}

add_scenarios() { # program label only-asan
	local t
	for t in tests/scenario/*.sh; do
		[ -x "$t" ] || continue
		[ -z "$3" ] || grep -q '^# asan' "$t" || continue
		add scenario "scenario/$(basename "$t" .sh)$2" "$ROOT/$t" "$(absolute "$1")"
	done
}

for ((i = 1; i < $#; i++)); do
	[ "${!i}" != -f ] || { i=$((i + 1)); FILTER=${!i}; }
done
while [ $# -gt 0 ]; do
	case $1 in
	-u) add_units "$2"; shift 2 ;;
	-s) add_scenarios "$2" '' ''; shift 2 ;;
	-k) add_scenarios "$2" '@asan' only; shift 2 ;;
	-x) add command "$2" "$3" ''; shift 3 ;;
	-j) JOBS=$2; shift 2 ;;
	-f) shift 2 ;;
	*) sed -n '2,12p' "$0"; exit 2 ;;
	esac
done

# Runs test number $1 into $WORK/$1/log; exit status and seconds go to $WORK/$1/{status,seconds}.
run_one() {
	local i=$1 dir=$WORK/$1 from=$EPOCHREALTIME limit=$UNIT_SECONDS status to
	local -a call=("${commands[$i]}")

	mkdir -p "$dir/home" "$dir/tmp"
	chmod 700 "$dir/home" "$dir/tmp"
	[ "${kinds[$i]}" = scenario ] && limit=$SCENARIO_SECONDS
	if [ "${kinds[$i]}" = command ]; then
		bash -c "${call[0]}" >"$dir/log" 2>&1 </dev/null
	else
		env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \
			LC_ALL=C.UTF-8 TZ=UTC TERM=xterm-256color \
			HOME="$dir/home" TMPDIR="$dir/tmp" USER="$(id -un)" LOGNAME="$(id -un)" \
			HOMARD="${programs[$i]}" HOMARD_SHARED="$SHARED" \
			CMOCKA_MESSAGE_OUTPUT=TAP \
			ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 \
			UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
			timeout -k 10 "$limit" "${call[@]}" >"$dir/log" 2>&1 </dev/null
	fi
	status=$?
	to=$EPOCHREALTIME
	echo $status >"$dir/status"
	echo $(((${to/./} - ${from/./}) / 100000)) >"$dir/tenths"
	chmod -R u+rwx "$dir/home" "$dir/tmp" 2>/dev/null
	rm -rf "$dir/home" "$dir/tmp"
}

# Counts the TAP lines of test $1: sets p f s, and why when it failed as a whole.
count_one() {
	local dir=$WORK/$1 status planned
	status=$(cat "$dir/status" 2>/dev/null || echo 99)
	p=0 f=0 s=0 why=
	if [ "${kinds[$1]}" = command ]; then
		if [ "$status" = 0 ]; then p=1; else f=1 why="exit $status"; fi
		return
	fi
	read -r p f s planned < <(awk '
		/^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ { s++; next }
		/^ok / { p++ } /^not ok / { f++ } /^1\.\.[0-9]+$/ { n += substr($0, 4) }
		END { print p + 0, f + 0, s + 0, n + 0 }' "$dir/log")
	if [ "$status" = 124 ] || [ "$status" = 137 ]; then
		why="stopped after its time limit"
	elif [ "$status" != 0 ] && [ "$f" = 0 ]; then
		why="exit $status"
	elif [ $((p + f + s)) = 0 ]; then
		why="reported nothing"
	elif [ $((p + f + s)) -lt "$planned" ]; then
		why="ended after $((p + f + s)) of $planned"
	fi
	[ -z "$why" ] || f=$((f + 1))
}

report_one() {
	local seconds
	count_one "$1"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	seconds=$(cat "$WORK/$1/tenths" 2>/dev/null || echo 0)
	printf '%-6s %-40s %3d passed%s%s  %d.%d s%s\n' "$([ "$f" = 0 ] && echo ok || echo FAILED)" \
		"${names[$1]}" "$p" "$([ "$f" = 0 ] || echo ", $f failed")" \
		"$([ "$s" = 0 ] || echo ", $s skipped")" $((seconds / 10)) $((seconds % 10)) "${why:+ ($why)}"
	[ "$f" = 0 ] || broken+=("$1")
}

passed=0 failed=0 skipped=0 broken=()
running=0 reported=0 total=${#names[@]}
started=$SECONDS
for ((i = 0; i < total; i++)); do
	if [ $running -ge "$JOBS" ]; then
		wait -n
		running=$((running - 1))
	fi
	run_one $i &
	running=$((running + 1))
	# Reported in order, as far as everything before has ended.
	while [ $reported -lt $i ] && [ -e "$WORK/$reported/tenths" ]; do
		report_one $reported
		reported=$((reported + 1))
	done
done
wait
for (( ; reported < total; reported++)); do
	report_one $reported
done

# A test's first two skips by name, the rest by number.
skips=$(for ((i = 0; i < total; i++)); do
	[ "${kinds[$i]}" = command ] || awk -v test="${names[$i]}" '
		/^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ {
			sub(/^(not )?ok */, "")
			if (++n <= 2) print "skipped " test ": " $0
		}
		END { if (n > 2) print "skipped " test ": " n - 2 " more" }' "$WORK/$i/log"
done)
[ -z "$skips" ] || printf '\n%s\n' "$skips"
for i in "${broken[@]}"; do
	printf '\n--- %s ---\n' "${names[$i]}"
	tail -c 20000 "$WORK/$i/log" | cat -v
done
printf '\n%d seconds\n' $((SECONDS - started))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ $((passed + skipped)) -gt 0 ]
