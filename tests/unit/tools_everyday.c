/* Arranging, renaming, doubles, sums: through a real draft. */
#include "tests/support/toolbox.h"
#include <sys/stat.h>

#define DAY 86400000ll

static void
arrange__kind__moves_visible_files_only(UNUSED void **state)
{
	const cJSON *o;

	toolbox_file(&box, "D/a.jpg", "1");
	toolbox_file(&box, "D/b.PDF", "2");
	toolbox_file(&box, "D/c.unknown", "3");
	toolbox_file(&box, "D/noext", "4");
	toolbox_file(&box, "D/.hidden.jpg", "5");
	toolbox_file(&box, "D/sub/x.jpg", "6");
	toolbox_file(&box, "D/Pictures/a.jpg", "taken");
	assert_int_equal(symlink("sub", toolbox_path(&box, "D/Documents")), 0); /* in the way */
	toolbox_file(&box, "D/odd\n\xff.mp3", "7");
	assert_int_equal(symlink("a.jpg", toolbox_path(&box, "D/link.jpg")), 0);
	o = toolbox_call(&box, "arrange", "{'path':'~/D','by':'kind'}");
	assert_int_equal(json_i64(o, "moved", 0), 5);
	assert_int_equal(json_i64(o, "skipped", 9), 0);
	assert_string_equal(box.r.summary, "Moved 5 files into 4 folders");
	assert_string_equal(json_str(json_at(o, "folders.0"), "name", ""), "Other");
	assert_int_equal(json_i64(json_at(o, "folders.0"), "count", 0), 2);
	assert_string_equal(toolbox_seen(&box, "D/Pictures/a.jpg"), "taken");
	assert_string_equal(toolbox_seen(&box, "D/Pictures/a (2).jpg"), "1");
	assert_string_equal(toolbox_seen(&box, "D/Documents (2)/b.PDF"), "2");
	assert_string_equal(toolbox_seen(&box, "D/Music/odd\n\xff.mp3"), "7");
	assert_true(toolbox_has(&box, "D/.hidden.jpg"));
	assert_true(toolbox_has(&box, "D/sub/x.jpg"));
	assert_true(toolbox_has(&box, "D/link.jpg"));
	assert_false(toolbox_has(&box, "D/a.jpg"));
	assert_int_equal(access(toolbox_path(&box, "D/a.jpg"), F_OK), 0);
	/* The second time there is nothing to do. */
	o = toolbox_call(&box, "arrange", "{'path':'~/D','by':'kind'}");
	assert_int_equal(json_i64(o, "moved", 9), 0);
	assert_string_equal(box.r.summary, "Nothing to move in ~/D");
	toolbox_fails(&box, "arrange", "{'path':'~/Nope','by':'kind'}", ERR_NOT_FOUND,
		"There is no ~/Nope");
	toolbox_fails(&box, "arrange", "{'path':'~/D','by':'size'}", ERR_USAGE,
		"kind, month, photo_date");
	toolbox_reset(&box);
}

static void
arrange__month__and_pattern(UNUSED void **state)
{
	const cJSON *o;

	toolbox_file(&box, "M/a.jpg", "1");
	toolbox_file(&box, "M/b.txt", "2");
	toolbox_time(&box, "M/a.jpg", TOOLBOX_NOW);
	toolbox_time(&box, "M/b.txt", TOOLBOX_NOW - 40 * DAY);
	o = toolbox_call(&box, "arrange", "{'path':'M','by':'month','pattern':'pictures'}");
	assert_int_equal(json_i64(o, "moved", 0), 1);
	assert_true(toolbox_has(&box, "M/2024-05/a.jpg"));
	toolbox_call(&box, "arrange", "{'path':'M','by':'month'}");
	assert_true(toolbox_has(&box, "M/2024-04/b.txt"));
	toolbox_reset(&box);
}

static void
rename__rules__make_names(UNUSED void **state)
{
	const cJSON *o;

	toolbox_file(&box, "R/IMG 1.JPG", "1");
	toolbox_file(&box, "R/IMG 2.JPG", "2");
	toolbox_file(&box, "R/keep.txt", "3");
	o = toolbox_call(&box, "rename_many",
		"{'path':'R','pattern':'*.jpg','find':'IMG','replace':'Sea'}");
	assert_int_equal(json_i64(o, "renamed", 0), 2);
	assert_string_equal(toolbox_seen(&box, "R/Sea 1.JPG"), "1");
	toolbox_call(&box, "rename_many", "{'path':'R','spaces':'_','case':'lower'}");
	assert_string_equal(toolbox_seen(&box, "R/sea_2.jpg"), "2");
	toolbox_call(&box, "rename_many", "{'path':'R','pattern':'*.jpg','number':'Day ###'}");
	assert_string_equal(toolbox_seen(&box, "R/Day 001.jpg"), "1");
	assert_string_equal(toolbox_seen(&box, "R/Day 002.jpg"), "2");
	assert_string_equal(toolbox_seen(&box, "R/keep.txt"), "3");
	toolbox_fails(&box, "rename_many", "{'path':'R'}", ERR_USAGE, "Say how to rename");
	toolbox_fails(&box, "rename_many",
		"{'path':'R','find':'keep','replace':'a/b','pattern':'keep*'}", ERR_USAGE,
		"slash");
	toolbox_fails(&box, "rename_many", "{'path':'R','find':'keep','pattern':'keep*'}",
		ERR_USAGE, "Nothing would be left");
	toolbox_reset(&box);
}

static void
rename__one_name_for_all__is_refused(UNUSED void **state)
{
	toolbox_file(&box, "O/a1.txt", "1");
	toolbox_file(&box, "O/a2.txt", "2");
	toolbox_file(&box, "O/a3.txt", "3");
	toolbox_fails(&box, "rename_many", "{'path':'O','find':'*','replace':'same'}", ERR_USAGE,
		"All 3 files would get the one name same.txt");
	/* A few doubles get numbers. */
	toolbox_call(&box, "rename_many",
		"{'path':'O','pattern':'a[12]*','find':'a*','replace':'same'}");
	assert_string_equal(toolbox_seen(&box, "O/same.txt"), "1");
	assert_string_equal(toolbox_seen(&box, "O/same (2).txt"), "2");
	toolbox_reset(&box);
}

static void
rename__names_change_places(UNUSED void **state)
{
	const cJSON *o;

	/* "x1" -> "1x" ... a circle of two through one rule: swap by case is none, so by find.
	 */
	toolbox_file(&box, "C/ab", "first");
	toolbox_file(&box, "C/b", "second");
	o = toolbox_call(&box, "rename_many", "{'path':'C','find':'a','replace':''}");
	assert_int_equal(json_i64(o, "renamed", 0), 1);
	assert_string_equal(toolbox_seen(&box, "C/b"), "second");
	assert_string_equal(toolbox_seen(&box, "C/b (2)"), "first");
	toolbox_reset(&box);
	toolbox_file(&box, "K/aab", "1");
	toolbox_file(&box, "K/ab", "2");
	toolbox_file(&box, "K/xb", "3");
	/* Each takes the name the next one gives up. */
	toolbox_call(&box, "rename_many", "{'path':'K','find':'aab','replace':'ab'}");
	assert_string_equal(toolbox_seen(&box, "K/ab"), "2");
	assert_string_equal(toolbox_seen(&box, "K/ab (2)"), "1");
	toolbox_reset(&box);
}

static void
biggest__counts_and_limits(UNUSED void **state)
{
	const cJSON *o;
	char name[32], text[400];

	memset(text, 'x', sizeof(text));
	for (int i = 1; i <= 20; i++) {
		snprintf(name, sizeof(name), "B/%s%02d", i % 2 ? "sub/" : "", i);
		toolbox_bytes(&box, name, text, (size_t)i * 10);
	}
	o = toolbox_call(&box, "biggest", "{'path':'B','count':3}");
	assert_int_equal(json_i64(o, "count", 0), 3);
	assert_int_equal(json_i64(o, "bytes", 0), 570);
	assert_true(str_ends(json_str(json_at(o, "files.0"), "path", ""), "/B/20"));
	assert_true(str_ends(json_str(json_at(o, "files.1"), "path", ""), "/B/sub/19"));
	o = toolbox_call(&box, "biggest", "{'path':'B','count':'50','min_size':'150'}");
	assert_int_equal(json_i64(o, "count", 0), 6);
	toolbox_fails(
		&box, "biggest", "{'path':'B','min_size':'big'}", ERR_USAGE, "must be a size");
	toolbox_fails(&box, "biggest", "{'path':'B/20'}", ERR_USAGE, "not a folder");
}

static void
changed_since__newest_first(UNUSED void **state)
{
	const cJSON *o;

	toolbox_file(&box, "S/old", "1");
	toolbox_file(&box, "S/new", "2");
	toolbox_file(&box, "S/newer", "3");
	toolbox_time(&box, "S/old", TOOLBOX_NOW - 30 * DAY);
	toolbox_time(&box, "S/new", TOOLBOX_NOW - 2 * DAY);
	toolbox_time(&box, "S/newer", TOOLBOX_NOW - DAY);
	o = toolbox_call(&box, "changed_since", "{'path':'S','since':'a week ago'}");
	assert_int_equal(json_i64(o, "count", 0), 2);
	assert_true(str_ends(json_str(json_at(o, "files.0"), "path", ""), "/S/newer"));
	o = toolbox_call(&box, "changed_since", "{'path':'S','since':'2024-01-01','limit':1}");
	assert_int_equal(json_i64(o, "count", 0), 3);
	assert_int_equal(cJSON_GetArraySize(json_get(o, "files")), 1);
	toolbox_fails(
		&box, "changed_since", "{'path':'S','since':'whenever'}", ERR_USAGE, "no date");
}

static void
duplicates__oldest_stays_copies_move_beside(UNUSED void **state)
{
	char *big = xmalloc(100000);
	const cJSON *o;

	memset(big, 'b', 100000);
	toolbox_bytes(&box, "P/X/one.bin", big, 100000);
	toolbox_bytes(&box, "P/X/sub/two.bin", big, 100000);
	toolbox_bytes(&box, "P/X/sub/one.bin", big, 100000);
	big[99999] = 'c'; /* same size, same head */
	toolbox_bytes(&box, "P/X/other.bin", big, 100000);
	big[5] = 'd';
	toolbox_bytes(&box, "P/X/third.bin", big, 100000);
	toolbox_file(&box, "P/X/s1", "tiny");
	toolbox_file(&box, "P/X/s2", "tiny");
	toolbox_file(&box, "P/X/empty1", "");
	toolbox_file(&box, "P/X/empty2", "");
	toolbox_file(&box, "P/X/.hid", "tiny");
	assert_int_equal(
		link(toolbox_path(&box, "P/X/other.bin"), toolbox_path(&box, "P/X/hard.bin")), 0);
	toolbox_time(&box, "P/X/sub/two.bin", TOOLBOX_NOW - 9 * DAY);
	toolbox_time(&box, "P/X/one.bin", TOOLBOX_NOW - 2 * DAY);
	toolbox_time(&box, "P/X/sub/one.bin", TOOLBOX_NOW - DAY);
	toolbox_time(&box, "P/X/s1", TOOLBOX_NOW - DAY);
	o = toolbox_call(&box, "duplicates", "{'path':'P/X'}");
	assert_int_equal(json_i64(o, "groups", 0), 2);
	assert_int_equal(json_i64(o, "copies", 0), 3);
	assert_int_equal(json_i64(o, "moved", 0), 3);
	assert_int_equal(json_i64(o, "bytes", 0), 200004);
	assert_true(toolbox_has(&box, "P/X/sub/two.bin"));
	assert_false(toolbox_has(&box, "P/X/one.bin"));
	assert_true(toolbox_has(&box, "P/Duplicates/one.bin"));
	assert_true(toolbox_has(&box, "P/Duplicates/one (2).bin"));
	assert_true(toolbox_has(&box, "P/Duplicates/s2"));
	assert_true(toolbox_has(&box, "P/X/hard.bin"));
	assert_true(toolbox_has(&box, "P/X/empty2"));
	o = toolbox_call(&box, "duplicates", "{'path':'P/X'}");
	assert_int_equal(json_i64(o, "copies", 9), 0);
	toolbox_reset(&box);
	o = toolbox_call(&box, "duplicates", "{'path':'P/X','move':false}");
	assert_int_equal(json_i64(o, "moved", 9), 0);
	assert_int_equal(json_i64(o, "copies", 9), 3);
	box.cancelled = true;
	toolbox_fails(&box, "duplicates", "{'path':'P/X'}", ERR_CANCELLED, "Stopped");
	box.cancelled = false;
	free(big);
	toolbox_reset(&box);
}

static void
csv__columns__are_summed(UNUSED void **state)
{
	const cJSON *o, *col;

	toolbox_file(&box, "c.csv",
		"\xef\xbb\xbfname;amount;when;note\n\"Ann; A\";10;2024-01-01;\n"
		"Bob;2,5;2024-02-01;\"two\nlines \"\"q\"\"\"\nCy;;2023-12-31;x\n");
	o = toolbox_call(&box, "csv_summary", "{'path':'c.csv'}");
	assert_int_equal(json_i64(o, "rows", 0), 3);
	assert_int_equal(json_i64(o, "n_columns", 0), 4);
	assert_int_equal(json_i64(o, "ragged", 9), 0);
	assert_string_equal(json_str(o, "separator", ""), ";");
	col = json_at(o, "columns.0");
	assert_string_equal(json_str(col, "name", ""), "name");
	assert_string_equal(json_str(col, "type", ""), "text");
	assert_string_equal(json_str(col, "min", ""), "Ann; A");
	col = json_at(o, "columns.1");
	assert_string_equal(json_str(col, "type", ""), "number");
	assert_true(json_num(col, "min", 0) == 2.5);
	assert_true(json_num(col, "mean", 0) == 6.25);
	assert_int_equal(json_i64(col, "empty", 0), 1);
	assert_string_equal(json_str(json_at(o, "columns.2"), "type", ""), "date");
	assert_string_equal(json_str(json_at(o, "columns.2"), "max", ""), "2024-02-01");
	assert_string_equal(box.r.summary, "~/c.csv has 3 rows and 4 columns");
	toolbox_file(&box, "plain.csv", "1,2\n3,4\n5\n");
	o = toolbox_call(&box, "csv_summary", "{'path':'plain.csv'}");
	assert_int_equal(json_i64(o, "rows", 0), 3);
	assert_int_equal(json_i64(o, "ragged", 0), 1);
	assert_string_equal(json_str(json_at(o, "columns.0"), "name", ""), "1");
	assert_true(json_num(json_at(o, "columns.0"), "sum", 0) == 9);
	toolbox_bytes(&box, "bin.csv", "a,b\0c", 5);
	toolbox_fails(&box, "csv_summary", "{'path':'bin.csv'}", ERR_USAGE, "no table of text");
	toolbox_file(&box, "none.csv", "");
	toolbox_fails(&box, "csv_summary", "{'path':'none.csv'}", ERR_USAGE, "is empty");
	toolbox_text(&box, "csv_summary", "{'path':'c.csv'}");
	assert_non_null(strstr(buf_str(&box.r.text), "rows: 3\n"));
}

static void
clean_temp__only_leftovers(UNUSED void **state)
{
	const cJSON *o;

	toolbox_file(&box, "T/a.tmp", "12345");
	toolbox_file(&box, "T/fresh.tmp", "1");
	toolbox_file(&box, "T/doc~", "12");
	toolbox_file(&box, "T/keep.txt", "1");
	toolbox_file(&box, "T/.DS_Store", "1");
	toolbox_file(&box, "T/half.crdownload", "1");
	toolbox_time(&box, "T/a.tmp", TOOLBOX_NOW - 2 * DAY);
	toolbox_time(&box, "T/doc~", TOOLBOX_NOW - 8 * DAY);
	toolbox_time(&box, "T/half.crdownload", TOOLBOX_NOW - DAY);
	toolbox_time(&box, "T/fresh.tmp", TOOLBOX_NOW);
	toolbox_time(&box, "T/.DS_Store", TOOLBOX_NOW);
	o = toolbox_call(&box, "clean_temp", "{'path':'T'}");
	assert_int_equal(json_i64(o, "files", 0), 3);
	assert_int_equal(json_i64(o, "bytes", 0), 8);
	assert_false(toolbox_has(&box, "T/a.tmp"));
	assert_true(toolbox_has(&box, "T/keep.txt"));
	assert_true(toolbox_has(&box, "T/fresh.tmp"));
	assert_true(toolbox_has(&box, "T/half.crdownload"));
	toolbox_file(&box, ".cache/thumbnails/x.png", "123");
	toolbox_file(&box, ".cache/app/new", "123");
	toolbox_file(&box, ".cache/app/old", "123");
	toolbox_time(&box, ".cache/app/new", TOOLBOX_NOW - DAY);
	toolbox_time(&box, ".cache/app/old", TOOLBOX_NOW - 90 * DAY);
	toolbox_call(&box, "clean_temp", "{}");
	assert_false(toolbox_has(&box, ".cache/thumbnails/x.png"));
	assert_false(toolbox_has(&box, ".cache/app/old"));
	assert_true(toolbox_has(&box, ".cache/app/new"));
	toolbox_reset(&box);
}

static void
disk_space__folders_and_disks(UNUSED void **state)
{
	char *big = xcalloc(1, 300000);
	const cJSON *o;

	memset(big, 'x', 300000);
	toolbox_bytes(&box, "DS/big/a", big, 300000);
	toolbox_bytes(&box, "DS/small/deep/b", big, 10000);
	o = toolbox_call(&box, "disk_space", "{'path':'DS'}");
	assert_true(cJSON_GetArraySize(json_get(o, "filesystems")) >= 1);
	assert_true(str_ends(json_str(json_at(o, "folders.0"), "path", ""), "/DS/big"));
	assert_true(json_i64(json_at(o, "folders.0"), "bytes", 0) >= 300000);
	assert_int_equal(cJSON_GetArraySize(json_get(o, "folders")), 2);
	free(big);
	o = toolbox_call(&box, "system_report", "{}");
	assert_true(json_i64(json_get(o, "memory"), "total", 0) > 1000000);
	assert_true(json_i64(o, "cores", 0) >= 1);
	assert_true(*json_str(o, "kernel", "") != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrange__kind__moves_visible_files_only),
		cmocka_unit_test(arrange__month__and_pattern),
		cmocka_unit_test(rename__rules__make_names),
		cmocka_unit_test(rename__one_name_for_all__is_refused),
		cmocka_unit_test(rename__names_change_places),
		cmocka_unit_test(biggest__counts_and_limits),
		cmocka_unit_test(changed_since__newest_first),
		cmocka_unit_test(duplicates__oldest_stays_copies_move_beside),
		cmocka_unit_test(csv__columns__are_summed),
		cmocka_unit_test(clean_temp__only_leftovers),
		cmocka_unit_test(disk_space__folders_and_disks),
	};

	return cmocka_run_group_tests(tests, toolbox_group, toolbox_group_end);
}
