# Sourced by the recipe journeys: real files for each shipped recipe (gen_NAME), what is there
# when everything was taken (all_NAME), and when only the effects in $PART_NAME were (part_NAME),
# made with plain tools. Each works in the present folder, which stands for the home.

OLD='2021-11-12 13:14:15.123456789'

# A JPEG of nothing but its EXIF day.
photo() { # file "YYYY:MM:DD HH:MM:SS"
	{
		printf '\377\330\377\341\000\110Exif\000\000II*\000\010\000\000\000'
		printf '\001\000\151\207\004\000\001\000\000\000\032\000\000\000\000\000\000\000'
		printf '\001\000\003\220\002\000\024\000\000\000\054\000\000\000\000\000\000\000'
		printf '%s\000\377\331' "$2"
	} >"$1"
}

# A PDF with one line of text a page.
pdf() { # file text...
	local file=$1 kids='' n=3 text stream font
	shift
	font=$((3 + 2 * $#))
	for text in "$@"; do kids="$kids $n 0 R" n=$((n + 2)); done
	n=3
	{
		printf '%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'
		printf '2 0 obj\n<< /Type /Pages /Kids [%s ] /Count %d >>\nendobj\n' "$kids" $#
		for text in "$@"; do
			stream="BT /F1 24 Tf 72 720 Td ($text) Tj ET"
			printf '%d 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] ' $n
			printf '/Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>\nendobj\n' \
				$((n + 1)) $font
			printf '%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n' \
				$((n + 1)) ${#stream} "$stream"
			n=$((n + 2))
		done
		printf '%d 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n' $font
		printf 'trailer << /Size %d /Root 1 0 R >>\n%%%%EOF\n' $((font + 1))
	} >"$file"
}

age() { # path...
	local p
	for p in "$@"; do find "$p" -depth -exec touch -h -d "$OLD" {} +; done
}

# Kind, mode, size and content below the present folder; times where they are not of today.
outline() {
	find . -printf '%P\t%y\t%m\t%T@\t%s\t%l\n' | LC_ALL=C awk -F '\t' -v now="$(date +%s)" '
		{ $4 = now - $4 < 86400 ? "new" : $4; if ($2 == "d") $5 = "" }
		!($1 == "" && $4 == "new") { print }' OFS='\t' | LC_ALL=C sort
	find . -type f ! -name '*.tar.gz' ! -name '*.webp' -print0 | LC_ALL=C sort -z |
		xargs -0 -r sha256sum
}

gen_tidy_by_type() {
	mkdir -p Downloads/kept
	printf x >'Downloads/report (final).pdf'
	printf yy >Downloads/海边.jpg
	printf zzz >"Downloads/it's.png"
	printf w >Downloads/song.mp3
	printf v >Downloads/all.tar.gz
	printf u >Downloads/.hidden.txt
	printf t >Downloads/kept/inside.txt
	ln -s song.mp3 Downloads/link.mp3
	chmod 600 Downloads/song.mp3
	chmod 444 'Downloads/report (final).pdf'
	chmod 750 Downloads/kept
	age Downloads
}
all_tidy_by_type() {
	mkdir Downloads/{Archives,Documents,Music,Pictures}
	mv Downloads/*.pdf Downloads/Documents
	mv Downloads/*.jpg Downloads/*.png Downloads/Pictures
	mv Downloads/song.mp3 Downloads/Music
	mv Downloads/*.gz Downloads/Archives
}
PART_tidy_by_type=1-2
part_tidy_by_type() { mkdir Downloads/Archives && mv Downloads/*.gz Downloads/Archives; }

gen_tidy_by_month() {
	gen_tidy_by_type
	touch -d '2019-03-04 05:06:07.5' "Downloads/it's.png" Downloads/song.mp3
	touch -d "$OLD" Downloads
}
all_tidy_by_month() {
	mkdir Downloads/2019-03 Downloads/2021-11
	mv "Downloads/it's.png" Downloads/song.mp3 Downloads/2019-03
	mv Downloads/*.pdf Downloads/*.jpg Downloads/*.gz Downloads/2021-11
}
PART_tidy_by_month=1,3
part_tidy_by_month() { mkdir Downloads/2019-03 && mv Downloads/song.mp3 Downloads/2019-03; }

gen_photos_by_date() {
	mkdir Pictures
	photo Pictures/a.jpg '2018:07:06 05:04:03'
	photo 'Pictures/b c.JPG' '2018:07:30 23:59:59'
	photo Pictures/d.jpeg '2020:02:29 00:00:00'
	printf 'no day inside' >Pictures/e.png
	printf text >Pictures/readme.txt
	age Pictures
}
all_photos_by_date() {
	mkdir Pictures/2018-07 Pictures/2020-02 Pictures/2021-11
	mv Pictures/a.jpg Pictures/b* Pictures/2018-07
	mv Pictures/d.jpeg Pictures/2020-02
	mv Pictures/e.png Pictures/2021-11
}
PART_photos_by_date=4-5
part_photos_by_date() { mkdir Pictures/2020-02 && mv Pictures/d.jpeg Pictures/2020-02; }

gen_rename_many() {
	mkdir scans scans/SUB
	printf 1 >'scans/Page ONE.JPG'
	printf 2 >'scans/ÄRGER.TXT'
	printf 3 >scans/already.txt
	printf 4 >"$(printf 'scans/LINE\nBREAK.TXT')"
	age scans
}
all_rename_many() {
	mv 'scans/Page ONE.JPG' 'scans/page one.jpg'
	mv scans/ÄRGER.TXT scans/ärger.txt
	mv "$(printf 'scans/LINE\nBREAK.TXT')" "$(printf 'scans/line\nbreak.txt')"
}
PART_rename_many=2
part_rename_many() { mv 'scans/Page ONE.JPG' 'scans/page one.jpg'; }

gen_duplicates() {
	mkdir -p Photos/2020 Photos/2021
	head -c 70000 /dev/zero | tr '\0' a >Photos/2020/sea.jpg
	cp Photos/2020/sea.jpg Photos/2021/sea.jpg
	cp Photos/2020/sea.jpg 'Photos/sea (copy).jpg'
	head -c 70000 /dev/zero | tr '\0' b >Photos/2020/other.jpg
	printf same >Photos/x.txt
	printf same >Photos/2021/y.txt
	: >Photos/empty1
	: >Photos/empty2
	age Photos
	touch -d '2015-01-01 00:00:00.25' Photos/2020/sea.jpg Photos/2021/y.txt
	touch -d "$OLD" Photos/2020 Photos/2021
}
all_duplicates() {
	mkdir Duplicates
	mv Photos/2021/sea.jpg 'Photos/sea (copy).jpg' Photos/x.txt Duplicates
}
PART_duplicates=1,4
part_duplicates() { mkdir Duplicates && mv Photos/x.txt Duplicates; }

gen_backup_folder() {
	mkdir -p Documents/letters
	printf 'dear ada' >Documents/letters/ada.txt
	head -c 100000 /dev/zero >Documents/zeros.bin
	ln -s letters/ada.txt Documents/newest
	printf x >"$(printf 'Documents/odd\tname')"
	chmod 640 Documents/zeros.bin
	age Documents
}
# The archive is compared by its own means: content, modes and times of what it holds.
all_backup_folder() {
	mkdir Backups
	cp -p "$HOME/Backups/"*.tar.gz Backups/ && tar -C . -dzf Backups/*.tar.gz
}
PART_backup_folder=2
part_backup_folder() { all_backup_folder; }

gen_unpack() {
	mkdir -p t/box/inner Downloads
	printf one >t/box/one.txt
	printf two >'t/box/inner/two 二.txt'
	chmod 755 t/box/one.txt
	age t
	tar -C t/box -czf Downloads/box.tar.gz .
	rm -r t
	age Downloads
}
all_unpack() {
	mkdir Downloads/box
	tar -C Downloads/box --no-same-owner -xzf Downloads/box.tar.gz
	find Downloads/box -type d -exec touch {} +
}
PART_unpack=1,4
part_unpack() {
	mkdir Downloads/box
	tar -C Downloads/box --no-same-owner -xzf Downloads/box.tar.gz ./one.txt
}

gen_clean_temp() {
	mkdir -p work/deep
	printf 1234 >work/a.tmp
	printf 56 >'work/deep/old~'
	printf 7 >work/.~lock.x.odt#
	printf keep >work/letter.txt
	age work
	printf young >work/new.tmp
	touch -d "$OLD" work
}
all_clean_temp() { rm work/a.tmp 'work/deep/old~' work/.~lock*; }
PART_clean_temp=2
part_clean_temp() { rm work/a.tmp; }

gen_convert_images() {
	mkdir Pictures
	printf 'P6 4 4 255 %048d' 0 >t.ppm
	convert t.ppm Pictures/a.png && convert t.ppm 'Pictures/b b.png'
	rm t.ppm
	printf 'no picture' >Pictures/notes.txt
	age Pictures
}
all_convert_images() { cp -p "$HOME"/Pictures/*.webp Pictures/; }
PART_convert_images=1
part_convert_images() { cp -p "$HOME/Pictures/a.webp" Pictures/; }

gen_pdf_text() {
	mkdir Documents
	pdf Documents/contract.pdf 'Rent is 900 a month' 'Signed in May'
	age Documents
}
all_pdf_text() { printf 'Rent is 900 a month\n\n\fSigned in May\n\n\f' >Documents/contract.txt; }
PART_pdf_text=1
part_pdf_text() { all_pdf_text; }

gen_note_add() {
	mkdir Notes
	printf '# older\n\n## 2020-01-01 10:00\n\nwater the plants\n' >Notes/2020-01.md
	age Notes
}
all_note_add() { cp "$HOME/Notes/$(date +%Y-%m).md" Notes/ && grep -q "$NOTED" Notes/*; }
PART_note_add=1
part_note_add() { all_note_add; }

gen_todo_add() {
	mkdir -p Notes
	printf '# To do\n\n- [ ] water the plants\n- [x] call Ada\n- [ ] 买邮票\n' >Notes/todo.md
	chmod 600 Notes/todo.md
	age Notes
}
all_todo_add() { sed -i "\$a- [ ] $NOTED" Notes/todo.md; }
PART_todo_add=1
part_todo_add() { all_todo_add; }

gen_todo_done() { gen_todo_add; }
all_todo_done() { sed -i "s/\\[ \\] $NOTED/[x] $NOTED/" Notes/todo.md; }
PART_todo_done=1
part_todo_done() { all_todo_done; }

# What the recipes without effects look at: files of many sizes and days, a table, a repository,
# notes and a to-do list.
gen_reads() {
	local i
	mkdir -p Downloads/sub Documents Notes proj many
	for i in $(seq 250); do : >"many/$i"; done
	for i in 1 2 3 4 5 6 7 8 9; do
		head -c $((i * i * 1000)) /dev/zero >"Downloads/$i file.bin"
	done
	head -c 123456 /dev/zero >Downloads/sub/海.iso
	printf 'an invoice of May\nnothing\nINVOICE again, invoice twice\n' >Documents/letter.txt
	printf 'no such word\n' >Documents/other.txt
	age Downloads Documents
	printf 'the invoice\n' >Documents/today.md
	printf 'name,amount,day\nAda,3,2024-01-02\n"Bob, jr.",,2024-02-03\nEve,7.5,2024-03-04\n' \
		>Documents/sales.csv
	gen_todo_add
	printf '# 2020-01\n\n## 2020-01-01 10:00\n\nthe plumber comes\n\n## 2020-01-02 10:00\n\n水管工 13 点来\n' \
		>Notes/2020-01.md
	(
		cd proj && git init -q . || exit
		for i in 1 2 3 4 5; do
			printf '%d\n' $i >>"f$((i % 2)).txt"
			git add . && git -c user.name="P$((i % 3))" -c user.email=p@x \
				-c commit.gpgsign=false commit -qm "change $i"
		done
	)
}

# The files of a recipe, an exact picture of them in before, a copy in start.
prepare() { # recipe
	(cd "$HOME" && find . -mindepth 1 -delete && "gen_${1//-/_}")
	rm -rf "$TMPDIR/start" && cp -a "$HOME" "$TMPDIR/start"
	picture "$HOME" >"$TMPDIR/before"
}

# Is the home what a function above makes of the copy?
becomes() { # function label
	rm -rf "$TMPDIR/want"
	cp -a "$TMPDIR/start" "$TMPDIR/want"
	if (cd "$TMPDIR/want" && "$1") >"$TMPDIR/why" 2>&1 &&
		(cd "$TMPDIR/want" && outline) >"$TMPDIR/want.outline" &&
		(cd "$HOME" && outline) >"$TMPDIR/got.outline" &&
		cmp -s "$TMPDIR/want.outline" "$TMPDIR/got.outline"; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		{ cat "$TMPDIR/why"; diff "$TMPDIR/want.outline" "$TMPDIR/got.outline"; } | sed 's/^/# /' | cut -c1-200 | head -20
	fi
}

# Calls "recipe" (the scenario's own) for each recipe that changes files, with its name, the
# English request and sentence, the Chinese request and sentence, and the words noted in each.
every_recipe() {
	local DAY
	DAY=$(date +%F)
	recipe tidy-by-type \
		"tidy ~/Downloads by type" "Sorted 5 files of ~/Downloads into 4 folders: Pictures 2, " \
		"按类型整理下载文件夹" "已把 ~/Downloads 里的 5 个文件放进 4 个文件夹：Pictures 2, "
	recipe tidy-by-month \
		"sort ~/Downloads by month" "Sorted 5 files of ~/Downloads into 2 months: 2021-11 3, 2019-03 2." \
		"按月份整理下载文件夹" "已把 ~/Downloads 里的 5 个文件放进 2 个月份文件夹：2021-11 3, 2019-03 2。"
	recipe photos-by-date \
		"sort the photos in ~/Pictures by date" "Sorted 4 photos of ~/Pictures into 3 folders: 2018-07 2, 2020-02 1, 2021-11 1. 1 photo does not say when taken" \
		"把 ~/Pictures 里的照片按拍摄日期整理" "已把 ~/Pictures 里的 4 张照片放进 3 个文件夹：2018-07 2, 2020-02 1, 2021-11 1。有 1 张没有拍摄日期"
	recipe rename-many \
		"make the file names in ~/scans lower case" "Renamed 3 files in ~/scans:" \
		"把 ~/scans 里的文件名改成小写" "已给 ~/scans 里的 3 个文件改名："
	recipe duplicates \
		"find duplicates in ~/Photos" "3 copies of 2 files (137 kB); 3 were moved to ~/Duplicates" \
		"找出 ~/Photos 里重复的文件" "有 2 组相同文件，共 3 个副本（137 kB）；3 个已移到 ~/Duplicates"
	recipe backup-folder \
		"back up ~/Documents" "Packed 3 files (98 kB) of ~/Documents into ~/Backups/Documents-$DAY.tar.gz, " \
		"备份我的文档" "已把 ~/Documents 的 3 个文件（98 kB）打包到 ~/Backups/Documents-$DAY.tar.gz"
	recipe unpack \
		"unpack ~/Downloads/box.tar.gz" "Unpacked 2 files (6 B) into ~/Downloads/box." \
		"解压 ~/Downloads/box.tar.gz" "已解压 2 个文件（6 B）到 ~/Downloads/box。"
	recipe clean-temp \
		"clean up temporary files in ~/work" "Deleted 3 files, 7 B." \
		"清理 ~/work 里的临时文件" "已删除 3 个文件，共 7 B。"
	if convert -version 2>/dev/null | grep -q Magick; then
		recipe convert-images \
			"convert the images in ~/Pictures to webp" "Converted 2 pictures of ~/Pictures to webp; the originals stay." \
			"把 ~/Pictures 里的图片转成 webp" "已把 ~/Pictures 里的 2 张图片转换成 webp，原图保留。"
	else
		skip convert-images "ImageMagick is not installed"
	fi
	if command -v pdftotext >/dev/null; then
		recipe pdf-text \
			"extract the text from ~/Documents/contract.pdf" "2 pages of contract.pdf; the text is kept in ~/Documents/contract.txt. It begins: Rent is 900 a month" \
			"提取 ~/Documents/contract.pdf 里的文字" "contract.pdf 有 2 页，文字存在 ~/Documents/contract.txt。开头是：Rent is 900 a month"
	else
		skip pdf-text "pdftotext is not installed"
	fi
	recipe note-add \
		"note: the plumber comes on Tuesday" "Noted in ~/Notes/${DAY%-*}.md." \
		"记一下：周二水管工要来" "已记在 ~/Notes/${DAY%-*}.md。" \
		"the plumber comes on Tuesday" "周二水管工要来"
	recipe todo-add \
		"add buy bread to my to-do list" "On the list; 3 tasks are open." \
		"添加待办：买面包" "已加到清单；还有 3 项未完成。" \
		"buy bread" "买面包"
	recipe todo-done \
		"mark water the plants as done" "Done. 1 task is open." \
		"把买邮票标记为已完成" "已完成。还有 1 项未完成。" \
		"water the plants" "买邮票"
}

# For tests in other languages: makes the files of one recipe and prints its English request and
# sentence, its Chinese ones, and PART_NAME, a line each. Nothing where its program is missing.
one_recipe() { # name
	ONE=$1
	skip() { :; }
	recipe() {
		local part=PART_${1//-/_}
		[ "$1" = "$ONE" ] || return 0
		"gen_${1//-/_}"
		printf '%s\n' "$2" "$3" "$4" "$5" "${!part}"
	}
	every_recipe
}
