# Sourced by scenarios: TAP lines, a private home, exact pictures of trees.
# HOMARD is the program; HOME, TMPDIR and HOMARD_HOME are private to the scenario.
set -u
: "${HOMARD:?the program to test}" "${TMPDIR:?a private folder}"
export HOMARD_HOME=$TMPDIR/homard
unset LANGUAGE LC_MESSAGES LANG
AS_ROOT=$([ "$(id -u)" = 0 ] && echo yes || true)

say() { # status name
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

skip() { # name why
	echo "ok - $1 # SKIP $2"
}

# Runs the program; its output is in $OUT, its complaints in $ERR, its exit in $RC.
OUT=$TMPDIR/out ERR=$TMPDIR/err RC=0
homard() {
	timeout -k 5 60 "$HOMARD" "$@" >"$OUT" 2>"$ERR" </dev/null
	RC=$?
}

exits() { # status name: the last run of homard ended so
	if [ "$RC" = "$1" ]; then
		echo "ok - $2"
	else
		echo "not ok - $2 (exit $RC, not $1)"
		sed 's/^/# /' "$OUT" "$ERR" | cut -c1-300 | head -20
	fi
}

# One sentence on standard error that holds the words, free of control bytes, and nothing else.
complains() { # words name
	if [ "$(wc -l <"$ERR")" -le "${3:-2}" ] && grep -qF -- "$1" "$ERR" &&
		! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$ERR"; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		cat -v "$ERR" | sed 's/^/# /' | head -20
	fi
}

prints() { # words name: on standard output
	if grep -qF -- "$1" "$OUT"; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		cat -v "$OUT" | sed 's/^/# /' | head -20
	fi
}

# Kind, mode, time, size, target and content of everything below the folder, the folder too.
picture() { # folder
	(
		cd "$1" || exit
		find . -printf '%P\t%y\t%m\t%T@\t%s\t%l\n' | sed 's/\(\td\t[^\t]*\t[^\t]*\t\)[0-9]*/\1/' | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
	)
}

same() { # picture folder name
	picture "$2" >"$TMPDIR/now.picture"
	if cmp -s "$1" "$TMPDIR/now.picture"; then
		echo "ok - $3"
	else
		echo "not ok - $3"
		diff "$1" "$TMPDIR/now.picture" | sed 's/^/# /' | head -20
	fi
}

# 300 files of 20 kinds, a hidden one, a folder and a link, with odd modes and old times.
fill_downloads() { # folder
	local i=0 kind
	local kinds="txt pdf doc odt md jpg png gif webp mp3 flac ogg mp4 mkv zip tar.gz deb iso csv xyz"

	mkdir -p "$1/kept folder" && echo inside >"$1/kept folder/inside.txt"
	while [ $i -lt 15 ]; do
		for kind in $kinds; do
			echo "$i $kind" >"$1/file $i.$kind"
		done
		i=$((i + 1))
	done
	echo hidden >"$1/.hidden.txt"
	ln -s "file 0.txt" "$1/link.txt"
	chmod 600 "$1/file 1.txt"
	chmod 444 "$1/file 2.pdf"
	chmod 755 "$1/file 3.deb"
	chmod 750 "$1/kept folder"
	find "$1" -name '*.jpg' -exec touch -h -d '2019-03-04 05:06:07.123456789' {} +
	find "$1" -name '*.pdf' -exec touch -h -d '2021-11-12 13:14:15.987654321' {} +
	touch -d '2020-02-02 02:02:02.020202020' "$1/kept folder"
	touch -d '2022-01-01 01:01:01.010101010' "$1"
}

# A model on loopback (mock_model.py); sets MODEL to the options that use it. Fails without python3.
MODEL_PID=
model() { # behaviour
	command -v python3 >/dev/null || return 1
	model_ends
	rm -f "$TMPDIR/port"
	python3 tests/support/mock_model.py "$TMPDIR/port" "$1" &
	MODEL_PID=$!
	timeout 20 sh -c 'until [ -s "$1" ]; do sleep 0.02; done' sh "$TMPDIR/port" || return 1
	MODEL="--engine model -c provider.mock.kind=openai-chat -c model.default=mock/m \
-c provider.mock.base_url=http://127.0.0.1:$(cat "$TMPDIR/port")/v1"
}

model_ends() {
	[ -z "$MODEL_PID" ] || { kill "$MODEL_PID" && wait "$MODEL_PID"; } 2>/dev/null
	MODEL_PID=
}
trap model_ends EXIT
