#!/bin/bash
# Notifications through a real daemon (dunst under Xvfb on a private bus): the words, both buttons, and
# a daemon that is mute.
. "$PWD/tests/support/tap.sh"
NAME="notifications"
for need in dbus-run-session dunst dunstctl Xvfb dbus-send; do
	if ! command -v $need >/dev/null; then
		skip "$NAME" "$need is not installed"
		exit 0
	fi
done
HELPER=$(dirname "$(readlink -f "$HOMARD")")/libexec/homard-desktop
if [ "${1-}" != inside ]; then
	export XDG_RUNTIME_DIR=$TMPDIR/run XDG_CONFIG_HOME=$TMPDIR/config
	mkdir -p "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME/dunst" && chmod 700 "$XDG_RUNTIME_DIR"
	exec dbus-run-session -- bash "$0" inside 2>/dev/null
fi

until_true() { # command: within five seconds
	for _ in $(seq 100); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}

has_daemon() {
	dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
		org.freedesktop.DBus.NameHasOwner string:org.freedesktop.Notifications | grep -q "boolean true"
}

is_displayed() {
	[ "$(dunstctl count displayed)" -ge 1 ]
}

is_hidden() {
	[ "$(dunstctl count displayed)" = 0 ]
}

# The daemon's menu is this script: it presses the button named in the file "press".
cat >"$TMPDIR/menu" <<S
#!/bin/sh
grep -m1 -F "\$(cat "$TMPDIR/press")"
S
cat >"$TMPDIR/seen" <<S
#!/bin/sh
printf '%s|%s\n' "\$DUNST_SUMMARY" "\$DUNST_BODY" >>"$TMPDIR/log"
S
chmod +x "$TMPDIR/menu" "$TMPDIR/seen"
cat >"$XDG_CONFIG_HOME/dunst/dunstrc" <<S
[global]
  dmenu = $TMPDIR/menu
  enable_posix_regex = true
  always_run_script = true
[all]
  summary = ".*"
  script = $TMPDIR/seen
S
Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$TMPDIR/display" &
X=$!
until_true test -s "$TMPDIR/display"
DISPLAY=:$(cat "$TMPDIR/display")
export DISPLAY
dunst -config "$XDG_CONFIG_HOME/dunst/dunstrc" >/dev/null 2>&1 &
DUNST=$!
trap 'kill -CONT $DUNST; kill $DUNST $X; wait' EXIT
if ! until_true has_daemon; then
	skip "$NAME" "dunst does not start here"
	exit 0
fi

notify() { # words for the buttons
	printf 'homard waits\nrm <b>-rf</b> build & more' | timeout -k 1 10 "$HELPER" notify "$@" >"$OUT"
}

for button in Review Deny; do
	dunstctl close-all
	until_true is_hidden
	echo "$button" >"$TMPDIR/press"
	(until_true is_displayed && dunstctl context) &
	PRESS=$!
	notify Review Deny
	say $? "$button: it ends well"
	wait $PRESS
	[ "$(tail -1 "$OUT")" = "$(echo "$button" | tr RD rd)" ]
	say $? "$button is told"
done
grep -qF 'homard waits|rm <b>-rf</b> build & more' "$TMPDIR/log"
say $? "the words arrive as they are"
notify
say $? "without buttons it does not wait"
[ "$(cat "$OUT")" = shown ]
say $? "and says that it is shown"

# The whole program: a decision waits while nobody looks at the terminal, and is refused elsewhere.
screen() { # name, the talk on stdin
	if ! command -v python3 >/dev/null; then
		skip "$1" "python3 is not installed"
		return
	fi
	TERM=xterm-256color python3 tests/support/talk.py 20 "$TMPDIR/said" "$HOMARD" >"$TMPDIR/why" 2>&1
	status=$?
	say $status "$1"
	[ $status = 0 ] || { cat "$TMPDIR/why"; tail -c 3000 "$TMPDIR/said" | cat -v | sed 's/^/# /'; }
}
mkdir -p "$HOME/Downloads" && echo x >"$HOME/Downloads/f.txt" && echo y >"$HOME/Downloads/f.jpg"
dunstctl close-all
until_true is_hidden
(until_true is_displayed && dunstctl context) &
PRESS=$!
screen "Deny on the notification refuses" <<'T'
see homard
keys \x1b[O
send tidy ~/Downloads by type
see refused from the notification
T
wait $PRESS
[ -f "$HOME/Downloads/f.txt" ]
say $? "and nothing was taken"
grep -qF "homard waits for you|" "$TMPDIR/log"
say $? "it says what waits"
kill -STOP $DUNST
printf 'homard\nx' | timeout 1 "$HELPER" notify Review Deny >"$OUT"
[ ! -s "$OUT" ]
say $? "a mute daemon never makes it say shown"
screen "nor is it felt on the screen" <<'T'
see homard
keys \x1b[O
send tidy ~/Downloads by type
see May this be done
keys abcxyz
see abcxyz
T
