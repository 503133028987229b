#!/bin/bash
# Line mode on a terminal: asked, decided in part, undone, found again by a word, in two languages.
# asan
. "$PWD/tests/support/tap.sh"
command -v python3 >/dev/null || { skip "line mode" "python3 is not installed"; exit 0; }

talk() { # name, the talk on stdin
	python3 tests/support/talk.py 40 "$TMPDIR/said" "$HOMARD" --plain >"$TMPDIR/why" 2>&1
	status=$?
	say $status "$1"
	[ $status = 0 ] || { cat "$TMPDIR/why"; tail -c 1500 "$TMPDIR/said" | cat -v | sed 's/^/# /'; }
}

count() {
	find "$HOME/Downloads" -maxdepth 1 -type f -name 'f*' | wc -l
}

prepare() {
	rm -rf "$HOME/Downloads" "$HOMARD_HOME"
	mkdir -p "$HOME/Downloads"
	for e in txt jpg mp3 zip; do echo "$e" >"$HOME/Downloads/f.$e"; done
	touch -d '2020-01-02 03:04:05.060708090' "$HOME/Downloads"/* "$HOME/Downloads"
	picture "$HOME/Downloads" >"$TMPDIR/before"
}

prepare
export LC_ALL=C.UTF-8
talk "English: a request, a part taken" <<'T'
see Ask in plain words
send tidy ~/Downloads by type
see Your decision:
see take part
see stop the task
send 2
see Which numbers?
send 1-2
see taken: 2 changes
see Task 1 is done
send /quit
quit
T
[ "$(count)" = 3 ]
say $? "exactly the part that was taken moved"
talk "English: found by a word, undone" <<'T'
see Ask in plain words
send /search downloads
see tidy ~/Downloads
send /undo 1
see Undone: 2 changes.
send /quit
quit
T
same "$TMPDIR/before" "$HOME/Downloads" "English: undone to the byte, mode and time"
talk "English: a refusal with words" <<'T'
see Ask in plain words
send tidy ~/Downloads by type
see refuse and say why
see stop the task
send 5
see Say why:
send leave the music alone
see Task 2:
send /quit
quit
T
same "$TMPDIR/before" "$HOME/Downloads" "English: refused means untouched"
talk "typing before the question is shown is no answer" <<'T'
see Ask in plain words
send /help
see take back what a task changed
send /nonsense
see There is no command /nonsense
keys \x04
quit
T

prepare
export LANGUAGE=zh_CN
talk "中文：提出请求，接受一部分" <<'T'
see 直接用平常的话提要求
send 按类型整理下载文件夹
see 你的决定：
see 部分接受
see 停止任务
send 2
see 哪些编号？
send 1-2
see 已接受 2 处变更
see 任务 1 已完成
send /quit
quit
T
[ "$(count)" = 3 ]
say $? "中文：只移动了接受的部分"
talk "中文：按词找到，撤销" <<'T'
see 直接用平常的话提要求
send /search 下载
see 整理下载
send /undo 1
see 已撤销 2 处变更
send /quit
quit
T
same "$TMPDIR/before" "$HOME/Downloads" "中文：逐字节、权限和时间都恢复"
homard history
prints "整理下载文件夹" "the history keeps the Chinese request"
homard -c ui.language=zh_CN doctor
prints "沙箱" "a setting chooses the language where no locale is generated"
unset LANGUAGE
homard -c ui.language=zh_CN --help
prints "用法" "also for --help"
homard help history
prints "List the tasks" "without a wish it is English"
