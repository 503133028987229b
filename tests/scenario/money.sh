#!/bin/bash
# Money with the real program: budgets of a task and of a day over several starts, the question
# before a dear request, and what `homard usage` says of it all.
. "$PWD/tests/support/tap.sh"

# A model with a price (openai/gpt-5: 1.25 dollars a million in, 10 out) whose replies are counted
# as 20,000 tokens in and 1,000 out: 3.5 cents each.
dear() { # behaviour
	model "$1" || return 1
	DEAR="--engine model -c provider.openai.kind=openai-chat \
-c provider.openai.base_url=http://127.0.0.1:$(cat "$TMPDIR/port")/v1"
}

cost() { # how: what usage says, in all
	homard usage "$1" --csv
	awk -F, 'NR > 1 { n += $8 } END { printf "%.4f\n", n }' "$OUT"
}

tells() { # words name
	grep -qF -- "$1" "$ERR"
	say $? "$2"
}

if ! command -v python3 >/dev/null; then
	skip "money" "python3 is not installed"
	exit 0
fi
dear dear-list
homard run $DEAR --model openai/gpt-5 -c budget.task=0.20 -- "look everywhere"
exits 4 "a task stops at its budget"
tells "budget of" "and says so"
same_text() { [ "$1" = "$2" ]; say $? "$3 ($1)"; }
same_text "$(cost task)" 0.1750 "five replies of 3.5 cents were paid, the sixth was not asked for"
homard run $DEAR --model openai/gpt-5 -c budget.day=0.25 -- "look again"
exits 4 "the day's budget counts what an earlier start spent"
homard run $DEAR --model openai/gpt-5 -c budget.day=0.15 -- "and again"
exits 4 "with nothing left nothing is asked"
same_text "$(cost task)" "$(cost day)" "by task and by day it is the same"
same_text "$(cost model)" "$(cost skill)" "by model and by skill too"
homard run $DEAR --model openai/gpt-5 -c budget.task_tokens=50000 -- "look everywhere"
exits 4 "a limit on tokens holds as well"
big=$(head -c 90000 /dev/zero | tr '\0' y)
dear say
homard run $DEAR --model openai/gpt-5-pro -- "sum it up: $big"
exits 4 "what would cost more than budget.warn is asked first, and nobody is there"
tells "input of this request alone" "and says why"
homard run $DEAR --model openai/gpt-5-pro -c budget.warn=1 -- "sum it up: $big"
exits 0 "with a higher limit it is sent"
homard usage
grep -q '█' "$OUT"
say $? "usage has a chart"
homard usage model --json
grep -q '"key":"openai/gpt-5","requests":' "$OUT"
say $? "and lines for programs"
