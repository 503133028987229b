#!/bin/bash
# Every recipe that only looks, headless and in line mode, in two languages: what it says is what
# find, du, grep and git say, and nothing changes. Memory: remembered, recalled, forgotten.
. "$PWD/tests/support/tap.sh"
. "$PWD/tests/support/recipes.sh"
export LC_ALL=C.UTF-8
ROOT=$PWD
cd "$HOME" && gen_reads
cd "$ROOT" || exit
picture "$HOME" >"$TMPDIR/before"
DAY=$(date +%F)

# Asked headless, and kept to be asked in one talk in line mode.
asks() { # language request sentence...
	local lang=$1 request=$2 s
	shift 2
	LANGUAGE=$lang homard run "$request"
	exits 0 "$request"
	for s in "$@"; do prints "$s" "$request: $s"; done
	{
		echo "send $request"
		for s in "$@"; do echo "see $s"; done
		[ "$lang" = en ] && echo "see is done" || echo "see 已完成"
	} >>"$TMPDIR/talk.$lang"
}

size() { # bytes, as the program writes them: two digits, 1024 to the next
	awk -v b="$1" 'BEGIN { split("B kB MB GB TB", u); i = 1
		while (b >= 1024 && i < 5) { b /= 1024; i++ }
		if (i == 1 || b >= 9.95) printf "%.0f %s", b, u[i]; else printf "%.1f %s", b, u[i] }'
}

top=$(find "$HOME/Downloads" -type f -printf '%s\n' | sort -rn | head -n 3)
sum=$(size "$(echo "$top" | paste -sd+ | bc 2>/dev/null || echo "$top" | awk '{ s += $1 } END { print s }')")
asks en "show the 3 biggest files in ~/Downloads" "The 3 biggest files in ~/Downloads take $sum:" \
	"121 kB  ~/Downloads/sub/海.iso" "79 kB  ~/Downloads/9 file.bin" "62 kB  ~/Downloads/8 file.bin"
asks zh_CN "列出下载里最大的三个文件" "~/Downloads 里最大的 3 个文件共占 $sum：" "121 kB  ~/Downloads/sub/海.iso"

n=$(find "$HOME/Documents" -type f -newermt "$(date -d yesterday +%F)" | wc -l)
asks en "what changed in ~/Documents since yesterday" "$n files in ~/Documents changed since $(date -d yesterday +%F):"
asks zh_CN "文档里昨天以来改过哪些文件" "~/Documents 里 $(date -d yesterday +%F) 以来改动了 $n 个文件："

asks en "what changed in ~/many since yesterday" "250 files in ~/many changed since" "and 200 more"
asks zh_CN "~/many 里昨天以来改过哪些文件" "以来改动了 250 个文件：" "还有 200"

lines=$(grep -ri invoice "$HOME/Documents" | wc -l)
files=$(grep -rli invoice "$HOME/Documents" | wc -l)
asks en 'find "invoice" in ~/Documents' "“invoice” stands in $lines lines of $files files in ~/Documents:" \
	"~/Documents/letter.txt:3  INVOICE again, invoice twice"
asks zh_CN '在文档里搜索“invoice”' "“invoice”出现在 ~/Documents 的 $files 个文件、共 $lines 行里："
asks en 'find "Zebra" in ~/Documents' "“Zebra” stands in no file of ~/Documents; 4 files were read."
asks zh_CN '在文档里搜索“斑马”' "~/Documents 里没有文件含有“斑马”，共看了 4 个文件。"

if command -v git >/dev/null; then
	commits=$(git -C "$HOME/proj" rev-list --count HEAD)
	people=$(git -C "$HOME/proj" log --format=%an | sort -u | wc -l)
	asks en "what was committed in ~/proj since yesterday" "$commits commits in ~/proj since $(date -d yesterday +%F), by $people people: 2 files, +5 −0 lines." "change 1"
	asks zh_CN "总结 ~/proj 这周的提交" "~/proj 有 $commits 次提交，$people 人：2 个文件，+5 −0 行。" "change 1"
else
	skip "git-week" "git is not installed"
fi

asks en "summarise ~/Documents/sales.csv" "sales.csv has 3 rows and 3 columns:" "name: text, Ada … Eve" \
	"amount: number, 3 … 7.5, mean 5.25, 1 empty" "day: date, 2024-01-02 … 2024-03-04"
asks zh_CN "总结 ~/Documents/sales.csv" "sales.csv 有 3 行、3 列：" "name：文本，Ada … Eve" "amount：数字，3 … 7.5，平均 5.25，1 个空"

room=$(size "$(df -B1 --output=size "$HOME" | tail -n 1)")
used=$(df --output=pcent "$HOME" | tail -n 1 | tr -dc 0-9)
takes=$(size $((512 * $(find "$HOME/Downloads" -type f -printf '%b\n' | paste -sd+ | sed 's/.*/(&)/' | { read -r e; echo $((e)); }))))
asks en "how much space is left in ~/Downloads" "~/Downloads takes $takes;" " of $room are free on its disk, $used % used."
asks zh_CN "硬盘还剩多少空间" "主目录所在磁盘 $room 中剩" "，已用 $used %；主目录占用"

cores=$(nproc --all)
. /etc/os-release
asks en "show a system report" "$PRETTY_NAME, kernel $(uname -r), " "($cores core" "Up for "
asks zh_CN "系统状态报告" "$PRETTY_NAME，内核 $(uname -r)，" "（$cores 核）"

asks en "what is on my to-do list" "2 tasks are open, 1 done:" "1. water the plants" "[x] call Ada" "2. 买邮票"
asks zh_CN "看看待办清单" "2 项未完成，1 项已完成：" "1. water the plants" "2. 买邮票"
asks en "find my notes about the plumber" "1 place mentions “the plumber”:" "the plumber comes"
asks zh_CN "查找关于水管工的笔记" "有 1 处提到“水管工”：" "水管工 13 点来"
same "$TMPDIR/before" "$HOME" "nothing changed by looking"
if [ "$AS_ROOT" = yes ]; then
	skip "a folder that cannot be read is said" "root reads everything"
else
	mkdir "$HOME/shut" && chmod 0 "$HOME/shut"
	homard run "show the 3 biggest files in ~"
	prints "1 place could not be read: ~/shut." "a folder that cannot be read is said"
	LANGUAGE=zh_CN homard run "列出 ~ 里最大的三个文件"
	prints "有 1 处无法读取，第一处是：~/shut。" "in Chinese too"
	rmdir "$HOME/shut"
	picture "$HOME" >"$TMPDIR/before"
fi

asks en "what do you know about my bike lock" "I remember nothing about “my bike lock”."
asks en "remember that my bike lock code is 4711" "Remembered: my bike lock code is 4711"
asks en "what do you know about my bike lock" "I remember 1 thing about “my bike lock”:" "my bike lock code is 4711  ($DAY"
homard memory --json
prints "my bike lock code is 4711" "a remembered fact is listed"
asks en "forget my bike lock code" "Forgotten: my bike lock code is 4711"
asks en "what do you know about my bike lock" "I remember nothing about “my bike lock”."
asks zh_CN "记住我的自行车锁密码是4711" "记住了：我的自行车锁密码是4711"
asks zh_CN "你记得我的自行车锁吗" "关于“我的自行车锁”，我记得 1 件事：" "我的自行车锁密码是4711（$DAY"
asks zh_CN "忘掉我的自行车锁密码" "已忘掉：我的自行车锁密码是4711"
asks zh_CN "你记得我的自行车锁吗" "没有记住关于“我的自行车锁”的内容。"
same "$TMPDIR/before" "$HOME" "nothing changed by remembering"

if command -v python3 >/dev/null; then
	for lang in en zh_CN; do
		printf 'send /quit\nquit\n' >>"$TMPDIR/talk.$lang"
		LANGUAGE=$lang python3 tests/support/talk.py 60 "$TMPDIR/said" "$HOMARD" --plain \
			<"$TMPDIR/talk.$lang" >"$TMPDIR/why" 2>&1
		status=$?
		say $status "line mode, $lang: all of these in one talk"
		[ $status = 0 ] || { cat "$TMPDIR/why"; tail -c 1500 "$TMPDIR/said" | cat -v | sed 's/^/# /'; }
	done
	same "$TMPDIR/before" "$HOME" "line mode: nothing changed"
else
	skip "line mode" "python3 is not installed"
fi
homard verify
exits 0 "the journal verifies after all of it"
