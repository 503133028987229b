#!/bin/sh
# cover.sh BUILD: lines reached, by room and for the least covered files.
B=$1
find "$B/agent" "$B/tui" -name '*.gcda' | while read -r f; do
	gcov -n -o "$(dirname "$f")" "$f" 2>/dev/null
done | awk '
	/^File / { gsub(/\x27/, "", $2); file = $2; next }
	/^Lines executed:/ && file ~ /^(agent|tui)\/.*\.c$/ {
		split($0, v, /[:% ]+/)
		pct = v[3]; n = $NF; hit = pct * n / 100
		split(file, d, "/"); room = d[1] == "agent" ? d[1] "/" d[2] : d[1]
		lines[room] += n; reached[room] += hit; alln += n; allh += hit
		if (pct < 60) low[file] = pct "% of " n
		file = ""
	}
	END {
		for (r in lines) printf "%5.1f %%  %6d lines  %s\n", 100 * reached[r] / lines[r], lines[r], r | "sort -n"
		close("sort -n")
		if (alln) printf "%5.1f %%  %6d lines  all\n", 100 * allh / alln, alln
		for (f in low) print "below 60 %: " f "  " low[f]
	}'
