/* backup and unpack, with the helper of this build; archives made by hand to do harm. */
#include "tests/support/toolbox.h"
#include "agent/tools/unpack.h"
#include <fcntl.h>
#include <sys/stat.h>

static bool helper;

static int
open_box(UNUSED void **state)
{
	autofree char *path = NULL;

	toolbox_group_helpers(NULL);
	path = path_join(box.places.libexec, "homard-files");
	helper = access(path, X_OK) == 0;
	return 0;
}

/* --- a tar writer that writes whatever it is told --- */

static void
tar_entry(struct buf *b, const char *name, char type, const char *link, const void *data,
	size_t n)
{
	char h[512] = { 0 };
	unsigned sum = 0;

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0755);
	snprintf(h + 108, 8, "%07o", 0);
	snprintf(h + 116, 8, "%07o", 0);
	snprintf(h + 124, 12, "%011zo", n);
	snprintf(h + 136, 12, "%011o", 1715774400u);
	memset(h + 148, ' ', 8);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link ? link : "");
	memcpy(h + 257, "ustar\00000", 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_add(b, h, 512);
	buf_add(b, data, n);
	while (b->len % 512)
		buf_add_char(b, '\0');
}

static void
tar_save(struct buf *b, const char *name)
{
	for (int i = 0; i < 1024; i++)
		buf_add_char(b, '\0');
	toolbox_bytes(&box, name, b->p, b->len);
	buf_finish(b);
}

static const char *
odd_why(const cJSON *o, const char *path)
{
	const cJSON *one;

	cJSON_ArrayForEach(
		one, json_get(o, "odd")) if (str_eq(json_str(one, "path", ""),
						     path)) return json_str(one, "why", "");
	fail_msg("%s was not told as odd", path);
	return "";
}

static void
names__cannot_leave_the_folder(UNUSED void **state)
{
	static const struct {
		const char *name, *want;
		enum unpack_odd odd;
	} rows[] = {
		{ "a/b", "a/b", UNPACK_FINE },
		{ "./a//b/", "a/b", UNPACK_FINE },
		{ "./", "", UNPACK_FINE },
		{ "a\\b", "a/b", UNPACK_FINE },
		{ "..a/b..", "..a/b..", UNPACK_FINE },
		{ "/etc/x", NULL, UNPACK_ABSOLUTE },
		{ "\\x", NULL, UNPACK_ABSOLUTE },
		{ "C:\\x", NULL, UNPACK_ABSOLUTE },
		{ "../x", NULL, UNPACK_UP },
		{ "a/../../x", NULL, UNPACK_UP },
		{ "a\\..\\x", NULL, UNPACK_UP },
		{ "a/..", NULL, UNPACK_UP },
		{ "", NULL, UNPACK_NAME },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum unpack_odd odd;
		autofree char *got = unpack_name(rows[i].name, &odd);

		assert_int_equal(odd, rows[i].odd);
		if (rows[i].want)
			assert_string_equal(got, rows[i].want);
		else
			assert_null(got);
	}
	assert_true(unpack_link_stays("a/l", "../b"));
	assert_true(unpack_link_stays("l", "b/c"));
	assert_false(unpack_link_stays("l", "../b"));
	assert_false(unpack_link_stays("a/l", "b/../../../c"));
	assert_false(unpack_link_stays("a/l", "/etc"));
	assert_false(unpack_link_stays("l", ""));
}

static void
unpack__slips__are_left_out_and_told(UNUSED void **state)
{
	struct buf b = BUF_INIT(1u << 20);
	const cJSON *o;

	if (!helper)
		skip();
	tar_entry(&b, "good.txt", '0', NULL, "fine", 4);
	tar_entry(&b, "../up.txt", '0', NULL, "evil", 4);
	tar_entry(&b, "/abs.txt", '0', NULL, "evil", 4);
	tar_entry(&b, "link", '2', "/etc", NULL, 0);
	tar_entry(&b, "link/passwd", '0', NULL, "evil", 4);
	tar_entry(&b, "inner", '2', "good.txt", NULL, 0);
	tar_entry(&b, "dev", '3', NULL, NULL, 0);
	tar_entry(&b, "again", '1', "good.txt", NULL, 0);
	tar_entry(&b, "steal", '1', "../../secret", NULL, 0);
	tar_entry(&b, "file", '0', NULL, "f", 1);
	tar_entry(&b, "file/below", '0', NULL, "x", 1);
	tar_save(&b, "A/evil.tar");
	toolbox_file(&box, "secret", "password");
	o = toolbox_call(&box, "unpack", "{'path':'A/evil.tar'}");
	assert_true(str_ends(json_str(o, "folder", ""), "/A/evil"));
	assert_string_equal(toolbox_seen(&box, "A/evil/good.txt"), "fine");
	assert_string_equal(toolbox_seen(&box, "A/evil/again"), "fine");
	assert_string_equal(toolbox_seen(&box, "A/evil/inner"), "fine");
	assert_string_equal(toolbox_seen(&box, "A/evil/link/passwd"), "evil");
	assert_false(toolbox_has(&box, "A/up.txt"));
	assert_false(toolbox_has(&box, "A/evil/steal"));
	assert_false(toolbox_has(&box, "A/evil/dev"));
	assert_string_equal(odd_why(o, "../up.txt"), unpack_odd_words(UNPACK_UP));
	assert_string_equal(odd_why(o, "/abs.txt"), unpack_odd_words(UNPACK_ABSOLUTE));
	assert_string_equal(odd_why(o, "link"), unpack_odd_words(UNPACK_LINK_OUT));
	assert_string_equal(odd_why(o, "dev"), unpack_odd_words(UNPACK_SPECIAL));
	assert_string_equal(odd_why(o, "file/below"), unpack_odd_words(UNPACK_TAKEN));
	assert_int_equal(json_i64(o, "n_odd", 0), 6);
	/* A second time: a folder of its own. */
	o = toolbox_call(&box, "unpack", "{'path':'A/evil.tar'}");
	assert_true(str_ends(json_str(o, "folder", ""), "/A/evil (2)"));
	toolbox_reset(&box);
}

static void
unpack__large_files__go_through_the_stage(UNUSED void **state)
{
	struct buf b = BUF_INIT(8u << 20);
	char *big = xmalloc(3000000);
	struct stat st;
	const cJSON *o;

	if (!helper)
		skip();
	for (size_t i = 0; i < 3000000; i++)
		big[i] = (char)(i * 7 + i / 1000);
	tar_entry(&b, "dir/", '5', NULL, NULL, 0);
	tar_entry(&b, "dir/big.bin", '0', NULL, big, 3000000);
	tar_entry(&b, "dir/empty", '0', NULL, NULL, 0);
	tar_save(&b, "L.tar");
	o = toolbox_call(&box, "unpack", "{'path':'L.tar','to':'~/out'}");
	assert_int_equal(json_i64(o, "files", 0), 2);
	assert_int_equal(json_i64(o, "bytes", 0), 3000000);
	assert_true(draft_stat(box.d, toolbox_path(&box, "out/L/dir/big.bin"), &st, NULL));
	assert_int_equal(st.st_size, 3000000);
	assert_int_equal(st.st_mtime, 1715774400);
	assert_memory_equal(toolbox_seen(&box, "out/L/dir/big.bin"), big, 1000000);
	assert_true(toolbox_has(&box, "out/L/dir/empty"));
	free(big);
	toolbox_reset(&box);
}

static void
unpack__damaged_or_none__says_so_and_keeps_nothing(UNUSED void **state)
{
	const cJSON *o;

	if (!helper)
		skip();
	toolbox_bytes(&box, "junk.zip", "PK\3\4junkjunkjunkjunkjunkjunkjunkjunkjunk", 40);
	toolbox_fails(&box, "unpack", "{'path':'junk.zip'}", ERR_IO, "could not be understood");
	assert_false(toolbox_has(&box, "junk"));
	toolbox_fails(&box, "unpack", "{'path':'nothere.zip'}", ERR_NOT_FOUND, "There is no");
	toolbox_file(&box, "text.zip", "a text with a wrong name");
	toolbox_fails(&box, "unpack", "{'path':'text.zip'}", ERR_IO, "could not be understood");
	assert_false(toolbox_has(&box, "text"));
	/* A list of words was taken for an mtree archive. */
	toolbox_bytes(&box, "words.txt.gz",
		"\x1f\x8b\x08\0\0\0\0\0\2\3\x4b\x2c\x28\xc8\x49\xe5\x2a\x48\x4d\x2c\xe2\x2a"
		"\xc8\x29\xcd\xe5\2\0\x9a\xe3\xb8\x9d\x10\0\0\0",
		36);
	o = toolbox_call(&box, "unpack", "{'path':'words.txt.gz'}");
	assert_int_equal(json_i64(o, "files", 0), 1);
	assert_int_equal(json_i64(o, "bytes", 0), 16);
	assert_string_equal(toolbox_seen(&box, "words.txt"), "apple\npear\nplum\n");
	toolbox_file(&box, "empty.zip", "");
	box.cancelled = true;
	toolbox_fails(&box, "unpack", "{'path':'junk.zip'}", ERR_CANCELLED, "Stopped");
	box.cancelled = false;
}

static void
make_source(void)
{
	char *big = xcalloc(1, 200000);

	memset(big, 'z', 200000);
	toolbox_file(&box, "src/a.txt", "alpha");
	toolbox_file(&box, "src/.hidden", "hidden");
	toolbox_file(&box, "src/odd\n\xff name", "odd");
	toolbox_bytes(&box, "src/deep/er/big.bin", big, 200000);
	toolbox_file(&box, "src/empty", "");
	(void)!symlink("a.txt", toolbox_path(&box, "src/link"));
	(void)!mkdir(toolbox_path(&box, "src/nothing"), 0700);
	free(big);
}

static void
backup__verified__unpacks_to_the_same(UNUSED void **state)
{
	const cJSON *o;
	autofree char *archive = NULL;

	if (!helper)
		skip();
	make_source();
	o = toolbox_call(&box, "backup", "{'path':'~/src'}");
	assert_true(str_ends(json_str(o, "archive", ""), "/Backups/src-2024-05-15.tar.gz"));
	assert_int_equal(json_i64(o, "files", 0), 5);
	assert_int_equal(json_i64(o, "bytes", 0), 200014);
	assert_true(json_bool(o, "verified", false));
	assert_int_equal(json_i64(o, "skipped", 9), 0);
	assert_true(json_i64(o, "archive_bytes", 0) > 100);
	/* What the draft changed is what is kept. */
	toolbox_call(&box, "write", "{'path':'src/a.txt','content':'beta'}");
	toolbox_call(&box, "move", "{'path':'src/deep','to':'src/moved'}");
	o = toolbox_call(&box, "backup", "{'path':'~/src','to':'~/safe/my.tar.zst'}");
	archive = xstrdup(json_str(o, "archive", ""));
	assert_true(str_ends(archive, "/safe/my.tar.zst"));
	o = toolbox_call(&box, "unpack", "{'path':'~/safe/my.tar.zst'}");
	assert_int_equal(json_i64(o, "n_odd", 9), 0);
	assert_string_equal(toolbox_seen(&box, "safe/my/src/a.txt"), "beta");
	assert_string_equal(toolbox_seen(&box, "safe/my/src/.hidden"), "hidden");
	assert_string_equal(toolbox_seen(&box, "safe/my/src/odd\n\xff name"), "odd");
	assert_string_equal(toolbox_seen(&box, "safe/my/src/link"), "beta");
	assert_true(toolbox_has(&box, "safe/my/src/moved/er/big.bin"));
	assert_true(toolbox_has(&box, "safe/my/src/nothing"));
	toolbox_fails(
		&box, "backup", "{'path':'~/src','to':'~/src/deep'}", ERR_USAGE, "inside it");
	toolbox_fails(&box, "backup", "{'path':'~'}", ERR_USAGE, "inside it");
	toolbox_fails(&box, "backup", "{'path':'~/none'}", ERR_NOT_FOUND, "There is no");
	toolbox_reset(&box);
}

static void
backup__unreadable__is_counted(UNUSED void **state)
{
	const cJSON *o;

	if (!helper || geteuid() == 0)
		skip();
	make_source();
	assert_int_equal(chmod(toolbox_path(&box, "src/a.txt"), 0), 0);
	o = toolbox_call(&box, "backup", "{'path':'~/src'}");
	assert_int_equal(json_i64(o, "skipped", 0), 1);
	assert_non_null(strstr(box.r.summary, "1 could not be read"));
	assert_int_equal(chmod(toolbox_path(&box, "src/a.txt"), 0600), 0);
	toolbox_reset(&box);
}

/* The smallest JPEG that tells when it was taken. */
static void
photo(const char *name, const char *date)
{
	unsigned char p[256] = { 0xff, 0xd8, 0xff, 0xe1, 0, 0, 'E', 'x', 'i', 'f', 0, 0, 'I',
		'I', 42, 0, 8, 0, 0, 0, /* IFD0: one entry, pointer to the Exif IFD at 26 */
		1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0,
		/* Exif IFD: DateTimeOriginal, 20 bytes of text at 44 */
		1, 0, 0x03, 0x90, 2, 0, 20, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0 };
	size_t n = 12 + 44;

	memcpy(p + n, date, 20);
	n += 20;
	p[4] = (unsigned char)((n - 4) >> 8);
	p[5] = (unsigned char)(n - 4);
	p[n++] = 0xff;
	p[n++] = 0xd9;
	toolbox_bytes(&box, name, p, n);
}

static void
photos__go_by_the_day_they_were_taken(UNUSED void **state)
{
	const cJSON *o;

	if (!helper)
		skip();
	photo("Ph/a.jpg", "2019:08:03 10:11:12");
	photo("Ph/bad.jpg", "9999:99:99 10:11:12");
	toolbox_file(&box, "Ph/none.png", "no photo at all");
	toolbox_file(&box, "Ph/text.txt", "stays");
	toolbox_time(&box, "Ph/none.png", TOOLBOX_NOW);
	toolbox_time(&box, "Ph/bad.jpg", TOOLBOX_NOW);
	o = toolbox_call(&box, "arrange", "{'path':'Ph','by':'photo_date'}");
	assert_int_equal(json_i64(o, "moved", 0), 3);
	assert_int_equal(json_i64(o, "by_file_date", 0), 2);
	assert_true(toolbox_has(&box, "Ph/2019-08/a.jpg"));
	assert_true(toolbox_has(&box, "Ph/2024-05/none.png"));
	assert_true(toolbox_has(&box, "Ph/text.txt"));
	toolbox_reset(&box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names__cannot_leave_the_folder),
		cmocka_unit_test(unpack__slips__are_left_out_and_told),
		cmocka_unit_test(unpack__large_files__go_through_the_stage),
		cmocka_unit_test(unpack__damaged_or_none__says_so_and_keeps_nothing),
		cmocka_unit_test(backup__verified__unpacks_to_the_same),
		cmocka_unit_test(backup__unreadable__is_counted),
		cmocka_unit_test(photos__go_by_the_day_they_were_taken),
	};

	return cmocka_run_group_tests(tests, open_box, toolbox_group_end);
}
