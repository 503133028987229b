#!/bin/bash
# Every recipe that changes files, headless, in two languages, on real files: refused without
# approval, everything taken is what plain tools make of a copy, undone to the byte, mode and time.
. "$PWD/tests/support/tap.sh"
. "$PWD/tests/support/recipes.sh"

journey() { # name language request sentence
	local task
	homard run --json "$3"
	exits 3 "$1 $2: without approval nothing is done"
	prints '"kind":"approval"' "$1 $2: it was shown and asked"
	same "$TMPDIR/before" "$HOME" "$1 $2: and nothing changed"
	homard run --approve all --json "$3"
	exits 0 "$1 $2: done"
	task=$(sed -n 's/.*"task":\([0-9]*\).*/\1/p' "$OUT" | tail -n 1)
	prints "$4" "$1 $2: $4"
	becomes "all_${1//-/_}" "$1 $2: the tree is as plain tools make it"
	homard undo "$task"
	exits 0 "$1 $2: undone"
	same "$TMPDIR/before" "$HOME" "$1 $2: every byte, mode and time is back"
}

recipe() { # as in every_recipe
	prepare "$1"
	NOTED=${6-} journey "$1" en "$2" "$3"
	NOTED=${7-} LANGUAGE=zh_CN journey "$1" zh "$4" "$5"
}

export LC_ALL=C.UTF-8
every_recipe
homard verify
exits 0 "the journal verifies after all of it"
