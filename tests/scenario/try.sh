#!/bin/sh
# homard try to the letter: as this user and, when that is root, as an ordinary one too.
set -u
who=me

ok() { echo "ok - $who: $1"; }
not_ok() { echo "not ok - $who: $1"; shift; printf '%s\n' "$@" | sed 's/^/# /'; }

same() { # name got want
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got: $2" "want: $3"; fi
}
holds() { # name text part
	case $2 in *"$3"*) ok "$1" ;; *) not_ok "$1" "no '$3' in: $2" ;; esac
}
lacks() { # name text part
	case $2 in *"$3"*) not_ok "$1" "'$3' in: $2" ;; *) ok "$1" ;; esac
}

# Runs it as whoever this round is about; sets out, err and code.
try() {
	# shellcheck disable=SC2086
	out=$(cd "$HOME" && $AS "$HOMARD" try "$@" 2>"$base/err" </dev/null)
	code=$?
	err=$(cat "$base/err")
}

fresh() {
	rm -rf "$HOME" "$HOMARD_HOME"
	mkdir -p "$HOME/tree/sub" "$HOME/.ssh"
	echo hello >"$HOME/file"
	echo a >"$HOME/tree/a"
	echo bb >"$HOME/tree/sub/b"
	echo KEY >"$HOME/.ssh/id"
	[ -z "$AS" ] || chown -R 64123:64123 "$HOME"
}

report() {
	fresh
	try --json -- sh -c 'echo noise; echo more >>file; rm -r tree; mkdir new; echo x >new/f; exit 7'
	same "the exit is 0 when there is a report" "$code" 0
	same "one line" "$(printf '%s\n' "$out" | wc -l)" 1
	holds "the command's exit" "$out" '"exit":7,"limit":null'
	holds "a deleted tree is one entry" "$out" "{\"path\":\"$HOME/tree\",\"kind\":\"delete\",\"bytes\":5,\"count\":4,\"from\":null}"
	holds "a change" "$out" "{\"path\":\"$HOME/file\",\"kind\":\"modify\",\"bytes\":11,\"count\":1"
	holds "a new file" "$out" "\"path\":\"$HOME/new/f\",\"kind\":\"create\""
	holds "nothing was taken" "$out" '"taken":0}'
	holds "the output goes to stderr" "$err" noise
	lacks "and not to stdout" "$out" noise
	same "the file is as it was" "$(cat "$HOME/file")" hello
	same "the tree is there" "$(cat "$HOME/tree/sub/b")" bb
	same "nothing new is there" "$(ls -A "$HOME" | tr '\n' ' ')" ".ssh file tree "
}

kinds() {
	fresh
	try --json -- sh -c 'mv file moved; chmod 600 tree/a; rm tree/sub/b; mkdir tree/sub/b; ln -s / root; printf x >"$(printf "\377\n")"'
	holds "a move is one" "$out" "{\"path\":\"$HOME/moved\",\"kind\":\"move\",\"bytes\":6,\"count\":1,\"from\":\"$HOME/file\"}"
	holds "permissions" "$out" '"kind":"perm"'
	holds "another type" "$out" '"kind":"replace"'
	holds "bytes that are not UTF-8" "$out" "\\\\xFF"
	try --json -- sh -c 'touch file; cat tree/a >/dev/null'
	holds "touching is no effect" "$out" '"effects":[]'
}

limits() {
	fresh
	try --json --wall 1 -- sh -c 'echo x >made; sleep 100 & sleep 100'
	holds "the wall is told" "$out" '"exit":null,"limit":"wall"'
	holds "with what was done" "$out" "$HOME/made"
	same "and reported" "$code" 0
	try --wall 1 -- sleep 100
	same "without --json a limit is 4" "$code" 4
	try --json --mem 64M --wall 20 -- sh -c 'x=$(head -c 200000000 /dev/zero | tr "\0" x); echo done'
	lacks "memory is held" "$out" '"exit":0'
}

exits() {
	fresh
	try -- sh -c 'exit 9'
	same "the exit is the command's" "$code" 9
	try -- no-such-program-here
	same "a missing program is 127" "$code" 127
	try --json -- sh -c 'kill -9 $$'
	holds "a signal is 128 more" "$out" '"exit":137'
	try --what -- true
	same "an unknown option is 2" "$code" 2
	try
	same "no command is 2" "$code" 2
	try --cwd /no/such/folder -- true
	same "a missing folder is 2" "$code" 2
	try --json --cwd "$HOME/tree" -- pwd
	holds "--cwd" "$err" "$HOME/tree"
	try -- sh -c 'echo x >made'
	holds "without a terminal it drops and says so" "$err" "dropped"
	same "and did" "$(ls "$HOME")" "file
tree"
	try -- sh -c 'echo out; echo err >&2'
	same "stdout is the command's" "$out" out
}

taking() {
	fresh
	try --json --take all -- sh -c 'echo more >>file; rm -r tree; echo n >new'
	holds "all is taken" "$out" '"taken":3}'
	same "the file changed" "$(tail -1 "$HOME/file")" more
	same "the tree is gone" "$(ls "$HOME")" "file
new"
	# shellcheck disable=SC2086
	task=$(cd "$HOME" && $AS "$HOMARD" history --json </dev/null | sed -n '1s/.*"task":\([0-9]*\).*/\1/p')
	# shellcheck disable=SC2086
	(cd "$HOME" && $AS "$HOMARD" undo "$task" </dev/null) >"$base/out" 2>&1
	same "undo" "$?" 0
	same "gives the file back" "$(cat "$HOME/file")" hello
	same "and the tree" "$(cat "$HOME/tree/sub/b")" bb
	same "and takes the new one away" "$(ls "$HOME")" "file
tree"
}

walls() {
	fresh
	try --json -- sh -c 'cat .ssh/id; ls -A .ssh; echo x >.ssh/y; echo x >/etc/homard-test; echo x >/var/tmp/homard-test; ps -e | wc -l; cat /proc/net/dev'
	lacks "secrets are hidden" "$err" KEY
	same "no file outside" "$(ls /etc/homard-test /var/tmp/homard-test 2>/dev/null)" ""
	lacks "no network but its own" "$err" eth
	holds "no effect either" "$out" '"effects":[]'
	try --json -- sh -c 'ls -A "$HOMARD_HOME" 2>&1; ls -A '"$HOMARD_HOME"'; echo x >'"$HOMARD_HOME"'/journal.db'
	lacks "homard's own folder is hidden" "$err" stage
}

round() {
	base=$(mktemp -d /tmp/homard-try-XXXXXX) && chmod 755 "$base" || exit 1
	HOME=$base/home HOMARD_HOME=$base/own
	export HOME HOMARD_HOME
	[ -z "$AS" ] || chown 64123:64123 "$base"
	fresh
	try --json -- true
	if [ "$code" != 0 ]; then
		echo "ok - $who: # SKIP no drafts here: $err"
	else
		report
		kinds
		limits
		exits
		taking
		walls
	fi
	chmod -R u+rwx "$base"
	rm -rf "$base"
}

AS=
round
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	who='ordinary user'
	# The other user may not be allowed into the folders above the program.
	near=$(mktemp -d /tmp/homard-try-XXXXXX) && chmod 755 "$near" || exit 1
	cp -R "$(dirname "$HOMARD")/libexec" "$HOMARD" "$near" || exit 1
	HOMARD=$near/$(basename "$HOMARD")
	AS='setpriv --reuid 64123 --regid 64123 --clear-groups'
	round
	rm -rf "$near"
fi
