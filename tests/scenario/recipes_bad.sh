#!/bin/bash
# asan
# Recipes on bad input: names of every kind, links in circles, pipes, names that meet, archives
# that are none or climb out, a folder of 20,000 files, a repository of 30,000 commits, a file that
# grows meanwhile. A clear sentence each time, nothing lost, undone exactly.
. "$PWD/tests/support/tap.sh"
export LC_ALL=C.UTF-8
D=$HOME/nasty
mkdir "$D" && cd "$D" || exit
for n in "$(printf 'new\nline.txt')" "$(printf 'esc\033[31mred\033]0;x\007.txt')" \
	"$(printf 'bad\377\376.jpg')" "$(printf '%0250d.txt' 7)" "$(printf '\342\200\256gpj.exe')" \
	-rf --help.txt '$(touch x).txt' 'a b  c.PDF' ' lead' 'trail .txt' UP.TXT up.txt .hidden; do
	printf '%s' "$n" >./"$n"
done
ln -s /etc/passwd link.txt && ln -s nowhere dangling.pdf && ln -s . loop && mkfifo pipe && mkdir dir.jpg
find . -exec touch -h -d '2021-11-12 13:14:15.123456789' {} +
cd - >/dev/null || exit
picture "$D" >"$TMPDIR/before"
content() { find "$HOME" -type f -exec sha256sum {} + | sed 's/^\\//' | cut -c1-64 | sort; }
content >"$TMPDIR/content"

task=0
tries() { # name request sentence: done, nothing lost, undone exactly
	homard run --json --approve all "$2"
	task=$((task + 1))
	exits 0 "$1"
	prints "$3" "$1: $3"
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$OUT" "$ERR"
	say $? "$1: no control byte reaches the terminal"
	content | cmp -s - "$TMPDIR/content"
	say $? "$1: every file's content is still there"
	homard undo $task
	same "$TMPDIR/before" "$D" "$1: undone exactly"
}
tries "names of every kind, by type" "tidy ~/nasty by type" "Sorted 13 files of ~/nasty into 4 folders"
tries "names of every kind, by month" "sort ~/nasty by month" "Sorted 13 files of ~/nasty into 1 month: 2021-11 13."
tries "two files with one new name" "make the file names in ~/nasty lower case" "1 name was wanted twice and got a number:"
tries "a name that would grow too long" "number the files in ~/nasty" "1 file keeps its name, the new one would be empty or too long:"
tries "everything to one name" 'replace "*" with "x" in the file names of ~/nasty' "7 names were wanted twice and got a number:"

for f in a b c; do echo "$f" >"$HOME/nasty/$f.one"; done
rm -rf "$HOME/same" && mkdir "$HOME/same" && mv "$D"/*.one "$HOME/same/"
homard run --approve all 'replace "*" with "x" in the file names of ~/same'
exits 1 "all files to one name is refused"
complains "All 3 files would get the one name" "and says what to do" 20
[ -f "$HOME/same/a.one" ]
say $? "and nothing moved"

homard run --approve all "back up ~/nasty"
prints "Packed 14 files" "links in circles and a pipe: the backup ends"
prints "1 entry could not be read and stayed out, first ~/nasty/pipe." "and says what stayed out"

echo "no archive" >"$HOME/x.zip"
homard run --approve all "unpack ~/x.zip"
exits 1 "a file that is no archive is not unpacked"
complains "it is no archive that can be read" "and says so" 20
mkdir -p "$HOME/in/deep" && echo evil >"$HOME/in/evil" && echo fine >"$HOME/in/deep/fine"
(cd "$HOME/in/deep" && tar -cPf "$HOME/slip.tar" ../evil fine "$HOME/in/evil" 2>/dev/null)
rm -r "$HOME/in"
homard run --approve all "unpack ~/slip.tar"
exits 0 "an archive that climbs out is unpacked without that"
prints "Unpacked 1 file (5 B) into ~/slip. 2 members were left out:" "what is left out is counted"
prints "../evil: it climbs out of the folder" "and named"
[ ! -e "$HOME/evil" ] && [ ! -e "$HOME/in" ]
say $? "nothing came out"
printf 'apple\npear\n' | gzip -c >"$HOME/words.txt.gz"
homard run --approve all "unpack ~/words.txt.gz"
prints "Unpacked 1 file (11 B) into ~/words.txt." "a compressed file becomes the file"
printf 'apple\npear\n' | cmp -s - "$HOME/words.txt"
say $? "with its content"

homard run --approve all "tidy by type"
exits 1 "what is missing is not guessed"
complains "Which folder shall I tidy?" "and is named" 20
homard run --approve all "rename the files in ~/same"
complains "Say how, for example" "a rename without a rule says how to ask" 20
homard run --approve all "back up ~/same to ~/same/inside"
complains "would lie inside it" "no backup lies inside its source" 20

mkdir "$TMPDIR/bin" "$HOME/pictures" && ln -s "$(command -v timeout)" "$TMPDIR/bin/timeout"
: >"$HOME/x.pdf" && : >"$HOME/pictures/a.png"
lacks() { # request sentence: on a machine without the program
	PATH=$TMPDIR/bin homard run --approve all "$1"
	exits 1 "without its program: $1"
	complains "! $2" "it says what to install: $2" 20
}
lacks "convert the images in ~/pictures to jpg" "ImageMagick is not installed. Install the package imagemagick."
mkdir "$HOME/bin" && printf '#!/bin/sh\necho "some other convert" >&2\nexit 1\n' >"$HOME/bin/convert"
chmod 755 "$HOME/bin/convert" && ln -s convert "$HOME/bin/magick"
PATH=$HOME/bin:$PATH homard run --approve all "convert the images in ~/pictures to jpg"
exits 1 "a convert that is another program converts nothing"
complains "magick on this machine is not ImageMagick's. Install the package imagemagick." "and it is said so" 20
lacks "extract the text from ~/x.pdf" "pdftotext is not installed. Install the package poppler-utils."
lacks "what was committed in ~/pictures since yesterday" "Git is not installed. Install the package git."

mkdir "$HOME/many"
(cd "$HOME/many" && seq -f 'file %.0f.txt' 20000 | xargs -d '\n' touch)
homard run --approve all "make the file names in ~/many upper case"
prints "Renamed 20,000 files in ~/many:" "20,000 files are renamed in one go"
prints "and 19,995 more" "and counted"
homard run "show the 2 biggest files in ~/many"
exits 0 "and looked at"

(
	i=0
	while [ $i -lt 300 ] && [ -d "$HOME/grows" ]; do
		head -c 20000 /dev/zero >>"$HOME/grows/log.txt"
		i=$((i + 1))
	done
) &
writer=$!
mkdir -p "$HOME/grows" && echo begin >"$HOME/grows/log.txt"
homard run --approve all "back up ~/grows"
exits 0 "a file that grows meanwhile is packed"
wait $writer

if command -v git >/dev/null; then
	mkdir "$HOME/repo" && git init -q "$HOME/repo"
	awk -v now="$(date +%s)" 'BEGIN { for (i = 0; i < 30000; i++)
		printf "commit refs/heads/main\ncommitter P%d <p@x> %d +0000\ndata 2\nc\n\nM 100644 inline f%d\ndata 6\n%05d\n\n", i % 97, now - 30000 + i, i % 50, i }' |
		git -C "$HOME/repo" fast-import --quiet --date-format=raw
	homard run "what was committed in ~/repo since $(date -d '2 days ago' +%F)"
	prints "More than 20,000 commits in ~/repo" "a repository of 30,000 commits ends in a sentence"
	prints "by 97 people: 50 files" "with its numbers"
else
	skip "a large repository" "git is not installed"
fi
homard verify
exits 0 "the journal verifies after all of it"
