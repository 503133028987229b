#!/bin/bash
# Random scripts of file commands: taken through `homard try` they must leave what they leave when
# run plainly, and undoing must leave what was there before. Usage: same_as_plain.sh [N [SEED]]
# with HOMARD=PROGRAM. What cannot be alike (other rights of root outside) is left out.
set -u
N=${1:-300} SEED=${2:-1}
: "${HOMARD:?}"
base=$(mktemp -d "${TMPDIR:-/tmp}/homard-same-XXXXXX") || exit 2
trap 'chmod -R u+rwx "$base"; rm -rf "$base"' EXIT
names=(x y z a b c d e f l ld hx n1 n2)

fill() {
	mkdir -p "$1"/{a/b/c,d/e,f}
	for n in x y a/x a/b/x a/b/c/x d/x d/e/y f/1 f/2; do echo "$n$n$n" >"$1/$n"; done
	ln -s x "$1/l"
	ln -s a "$1/ld"
	ln "$1/x" "$1/hx"
	chmod 600 "$1/f/2"
}

path() {
	local n=$((RANDOM % 5)) p=${names[RANDOM % ${#names[@]}]}
	[ $n -lt 2 ] || p=$p/${names[RANDOM % ${#names[@]}]}
	[ $n -lt 4 ] || p=$p/${names[RANDOM % ${#names[@]}]}
	path=$p
}

op() {
	local p q r=$((RANDOM % 100))
	path; p=$path; path; q=$path
	case $((RANDOM % 22)) in
	0) op="rm -rf $p" ;;
	1) op="rm -f $p" ;;
	2) op="mkdir -p $p" ;;
	3) op="echo $r >$p" ;;
	4) op="echo $r >>$p" ;;
	5) op="mv $p $q" ;;
	6) op="mv -T $p $q" ;;
	7) op="cp -a $p $q" ;;
	8) op="cp -r $p $q" ;;
	9) op="ln -s $q $p" ;;
	10) op="ln -sfn $q $p" ;;
	11) op="ln $p $q" ;;
	12) op="chmod 7$((r % 8))$((r % 5)) $p" ;;
	13) op="touch $p" ;;
	14) op="rmdir $p" ;;
	15) op="truncate -s $((r % 20)) $p" ;;
	16) op="mkfifo $p" ;;
	17) op="rm -rf $p; mkdir $p; echo n >$p/n1" ;;
	18) op="sed -i s/x/yy/ $p" ;;
	19) op="find $p -type f -delete" ;;
	20) op="tar cf t.tar $p && rm -rf $p && tar xf t.tar; rm -f t.tar" ;;
	21) op="mv $p t9 && mv $q $p && mv t9 $q" ;;
	esac
}

seen() { # types, modes, targets, contents
	(cd "$1" && find . -mindepth 1 \( -type l -printf '%P %y %l\n' \) -o -printf '%P %y %m\n' | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r md5sum)
}

bad=0
for ((i = 0; i < N; i++)); do
	rm -rf "$base"/{A,B,own}
	RANDOM=$((SEED + i))
	script=''
	for ((k = RANDOM % 6; k >= 0; k--)); do
		op
		script="$script$op; "
	done
	fill "$base/A"
	fill "$base/B"
	before=$(seen "$base/B")
	(cd "$base/A" && HOME=$base/A timeout 30 sh -c "$script") >/dev/null 2>&1 </dev/null
	(cd "$base/B" && HOME=$base/B HOMARD_HOME=$base/own timeout 60 "$HOMARD" try --json --take all \
		-- sh -c "$script") >"$base/report" 2>"$base/err" </dev/null
	if [ "$(seen "$base/A")" != "$(seen "$base/B")" ]; then
		grep -qE 'Permission denied|into itself' "$base/err" && continue
		# Written in place under one of two names and then removed there: a draft parts the names.
		[[ $script =~ (truncate|\>).*(rm|mv|find|ln) ]] && continue
		bad=$((bad + 1))
		echo "not the same, seed $((SEED + i)): $script"
		diff <(seen "$base/A") <(seen "$base/B")
		continue
	fi
	grep -q '"taken":0' "$base/report" && continue
	(cd "$base/B" && HOME=$base/B HOMARD_HOME=$base/own "$HOMARD" undo 1) >/dev/null 2>"$base/err" </dev/null
	if [ "$before" != "$(seen "$base/B")" ]; then
		bad=$((bad + 1))
		echo "undo is not exact, seed $((SEED + i)): $script"
		diff <(echo "$before") <(seen "$base/B")
	fi
done
echo "random scripts: $N, different from a plain run or not undone: $bad"
[ $bad = 0 ]
