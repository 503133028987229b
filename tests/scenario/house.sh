#!/bin/sh
# The house checks itself: the runner counts right, and every wall stops what it should.
set -u
root=$PWD

say() { # status name
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

tests/run.sh -x good true -x bad 'echo why; false' >"$TMPDIR/out" 2>&1
say $(($? - 1)) "the runner fails when something failed"
[ "$(tail -n 1 "$TMPDIR/out")" = "1 passed, 1 failed, 0 skipped" ]
say $? "the runner counts in its last line"
grep -q '^why' "$TMPDIR/out"
say $? "the runner shows the log of what failed"
tests/run.sh -x good true >/dev/null 2>&1
say $? "the runner succeeds when all passed"
! tests/run.sh >/dev/null 2>&1
say $? "no test at all is not a success"

mkdir -p "$TMPDIR/tree" && cd "$TMPDIR/tree" || exit 1
mkdir -p agent/base agent/store agent/draft agent/core agent/tools agent/skill agent/net \
	agent/helpers/x agent/cli tui

wall() { # expected(0 taken, 1 refused) file line
	printf '%s\n' "$3" >"$2"
	awk -f "$root/tests/lint/deps.awk" "$2" >/dev/null 2>&1
	got=$?
	rm -f "$2"
	say $((got - $1)) "$([ "$1" = 0 ] && echo taken || echo refused): $2 $3"
}
wall 0 agent/draft/a.c '#include "agent/base/buf.h"'
wall 0 agent/core/a.c '#include "agent/store/journal.h"'
wall 0 tui/a.c '#include "agent/cli/cli.h"'
wall 0 tui/a.c '#include <curses.h>'
wall 0 agent/store/a.c '#include <sqlite3.h>'
wall 1 agent/draft/a.c '#include "agent/store/journal.h"'
wall 1 agent/tools/a.c '#include "agent/skill/skill.h"'
wall 1 agent/base/a.c '#include "agent/core/agent.h"'
wall 1 agent/core/a.c '#include "tui/term.h"'
wall 1 agent/helpers/x/a.c '#include "agent/draft/draft.h"'
wall 1 agent/core/a.c '#include <curses.h>'
wall 1 agent/core/a.c '#include <sqlite3.h>'
wall 1 agent/llm.c '#include <curl/curl.h>'
wall 1 agent/net/a.c '#include <glib.h>'
wall 1 tui/a.c '#include <cjson/cJSON.h>'
wall 1 agent/core/a.c '#include "agent.h"'
awk 'BEGIN { for (i = 0; i < 601; i++) print "" }' >agent/core/long.c
! awk -f "$root/tests/lint/deps.awk" agent/core/long.c >/dev/null
say $? "refused: a file of 601 lines"
touch notes.txt
! sh "$root/tests/lint/root.sh" >/dev/null
say $? "refused: a stray file at the root"
