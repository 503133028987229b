#!/bin/bash
# Keys in a real keyring (gnome-keyring on a private bus): kept, found, removed; a locked and a mute one.
. "$PWD/tests/support/tap.sh"
NAME="keys in the keyring"
if ! command -v dbus-run-session >/dev/null || ! command -v gnome-keyring-daemon >/dev/null ||
	! command -v dbus-send >/dev/null; then
	skip "$NAME" "gnome-keyring or dbus is not installed"
	exit 0
fi
if [ "${1-}" != inside ]; then
	export XDG_RUNTIME_DIR=$TMPDIR/run XDG_DATA_HOME=$TMPDIR/data
	mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
	exec dbus-run-session -- bash "$0" inside 2>/dev/null
fi

daemon=
start() { # with the password, or without: locked
	if [ "${1-}" ]; then
		printf %s "$1" | gnome-keyring-daemon --foreground --unlock --components=secrets \
			--control-directory="$TMPDIR/run" >/dev/null 2>&1 &
	else
		gnome-keyring-daemon --foreground --components=secrets --control-directory="$TMPDIR/run" \
			>/dev/null 2>&1 &
	fi
	daemon=$!
	for _ in $(seq 100); do
		dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
			org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null |
			grep -q "boolean true" && return 0
		sleep 0.05
	done
	return 1
}

stop() {
	kill -CONT "$daemon" 2>/dev/null
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
}
trap stop EXIT

set_key() { # provider key
	printf '%s\n' "$2" | timeout -k 5 30 "$HOMARD" secrets set "$1" >"$OUT" 2>"$ERR"
	RC=$?
}

if ! start password; then
	skip "$NAME" "gnome-keyring does not start here"
	exit 0
fi
set_key openai sk-test-abcdefghijklmnopqrstuvwx
exits 0 "a key is set"
prints "keyring" "it is said to be in the keyring"
[ "$(cat "$HOMARD_HOME/secrets.json")" = '{"openai":true}' ]
say $? "the file only says so"
! grep -rq "sk-test-abcdef" "$HOMARD_HOME"
say $? "the key is nowhere in the files"
homard secrets list
prints "keyring" "the list names the place"
# 200: a model on loopback would do; here only the way to the key is looked at.
homard run --engine model --model openai/m -c provider.openai.base_url=http://127.0.0.1:9 hello
complains "does not answer" "the key is found, the request is made" 3
kill -STOP "$daemon"
from=$(date +%s)
set_key mistral sk-mute-abcdefghijklmnopqrstuvwx
exits 0 "with a mute keyring the key goes into the file"
[ $(($(date +%s) - from)) -le 5 ]
say $? "without being felt"
prints "file" "it is said"
kill -CONT "$daemon"
homard secrets remove openai
exits 0 "a key is removed"
homard secrets list
! grep -q openai "$OUT"
say $? "and gone"
set_key openai sk-test-abcdefghijklmnopqrstuvwx
stop
if start; then
	homard run --engine model --model openai/m hello
	exits 1 "a locked keyring gives no key"
	grep -q "keyring does not give the key of openai" "$OUT" "$ERR"
	say $? "the sentence names it"
else
	skip "a locked keyring" "gnome-keyring does not start a second time"
fi
