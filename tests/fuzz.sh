#!/bin/sh
# fuzz.sh BUILD SECONDS: each target with its seeds (tests/fuzz/NAME.seeds/), new inputs are kept
# in BUILD/corpus. A crash is left in BUILD/crashes and fails the run.
B=$1 seconds=$2
bad=0
mkdir -p "$B/crashes"
for t in "$B"/tests/fuzz/*; do
	case $t in *.o | *.d) continue ;; esac
	[ -x "$t" ] || continue
	name=${t##*/}
	seeds=tests/fuzz/$name.seeds
	mkdir -p "$B/corpus/$name"
	[ -d "$seeds" ] || seeds=
	echo "fuzz $name for $seconds seconds"
	# shellcheck disable=SC2086
	if ! "$t" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=1500 -timeout=10 \
		-artifact_prefix="$B/crashes/$name-" -print_final_stats=1 "$B/corpus/$name" $seeds \
		>"$B/$name.log" 2>&1; then
		tail -40 "$B/$name.log"
		bad=1
	fi
	grep -E 'number_of_executed_units|^Done' "$B/$name.log"
done
exit $bad
