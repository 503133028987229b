#include "tests/support/testing.h"
#include "agent/base/path.h"
#include <fcntl.h>
#include <sys/stat.h>

static void
check(char *got, const char *want)
{
	assert_string_equal(got, want);
	free(got);
}

static void
path__join__one_slash(UNUSED void **state)
{
	check(path_join("/a", "b"), "/a/b");
	check(path_join("/a/", "b"), "/a/b");
	check(path_join("/a//", "b/"), "/a/b/");
	check(path_join("/", "b"), "/b");
	check(path_join("/a", "/b"), "/b");
	check(path_join("", "b"), "b");
	check(path_join("/a/", ""), "/a");
	check(path_join("a", "b"), "a/b");
}

static void
path__normal__is_lexical(UNUSED void **state)
{
	check(path_normal("/a/./b//c/../d/"), "/a/b/d");
	check(path_normal("/../.."), "/");
	check(path_normal("/"), "/");
	check(path_normal(""), "/");
	check(path_normal("//x"), "/x");
	check(path_normal("a/../.."), "..");
	check(path_normal("../../a"), "../../a");
	check(path_normal("a/.."), ".");
	check(path_normal("."), ".");
	check(path_normal("/a/...b/.c"), "/a/...b/.c");
	check(path_normal("/\xFF/x"), "/\xFF/x");
}

static void
path__resolve__knows_home_and_cwd(UNUSED void **state)
{
	check(path_resolve("x", "/w", "/h"), "/w/x");
	check(path_resolve("../x", "/w/v", "/h"), "/w/x");
	check(path_resolve("~", "/w", "/h"), "/h");
	check(path_resolve("~/a//b", "/w", "/h"), "/h/a/b");
	check(path_resolve("~//a", "/w", "/h"), "/h/a");
	check(path_resolve("~user/a", "/w", "/h"), "/w/~user/a");
	check(path_resolve("/x/.", "/w", "/h"), "/x");
	check(path_resolve("", "/w", "/h"), "/w");
}

static void
path__tilde__only_below_home(UNUSED void **state)
{
	check(path_tilde("/h/u/x", "/h/u"), "~/x");
	check(path_tilde("/h/u", "/h/u/"), "~");
	check(path_tilde("/h/us/x", "/h/u"), "/h/us/x");
	check(path_tilde("/x", "/"), "/x");
}

static void
path__base_dir__of_any_path(UNUSED void **state)
{
	assert_string_equal(path_base("/a/b"), "b");
	assert_string_equal(path_base("b"), "b");
	assert_string_equal(path_base("/"), "");
	check(path_dir("/a/b"), "/a");
	check(path_dir("/a"), "/");
	check(path_dir("/a//b"), "/a");
	check(path_dir("b"), ".");
	check(path_dir("/"), "/");
}

static void
path__below__compares_whole_components(UNUSED void **state)
{
	assert_true(path_below("/a/b", "/a"));
	assert_true(path_below("/a", "/a"));
	assert_true(path_below("/a/b", "/a/"));
	assert_true(path_below("/a", "/"));
	assert_false(path_below("/ab", "/a"));
	assert_false(path_below("/", "/a"));
}

static void
path__numbered__before_the_extension(UNUSED void **state)
{
	check(path_numbered("a.txt", 2), "a (2).txt");
	check(path_numbered("/x.y/a", 3), "/x.y/a (3)");
	check(path_numbered("a.tar.gz", 2), "a (2).tar.gz");
	check(path_numbered(".bashrc", 2), ".bashrc (2)");
	check(path_numbered("a.", 2), "a. (2)");
	check(path_numbered("/d/Dr. No", 2), "/d/Dr. No (2)");
	check(path_numbered("文件.pdf", 12), "文件 (12).pdf");
}

static void
path__make_dirs__makes_all_and_accepts_existing(UNUSED void **state)
{
	struct err err = { 0 };
	struct stat st;
	const char *p = test_path("m/a/b/c");

	assert_true(path_make_dirs(p, 0700, &err));
	assert_true(path_make_dirs(p, 0700, &err));
	assert_int_equal(stat(p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	test_write("m/file", "x");
	assert_false(path_make_dirs(test_path("m/file"), 0700, &err));
	assert_non_null(strstr(err.text, "is a file"));
	assert_false(path_make_dirs(test_path("m/file/below"), 0700, &err));
	assert_true(path_make_dirs("/", 0700, &err));
}

static void
path__read_file__bounds_and_kinds(UNUSED void **state)
{
	struct err err = { 0 };
	autobuf struct buf b = BUF_INIT(5);
	const char *fifo = test_path("fifo");

	assert_true(path_read_file(test_write("five", "12345"), &b, &err));
	assert_string_equal(buf_str(&b), "12345");
	buf_clear(&b);
	assert_false(path_read_file(test_write("six", "123456"), &b, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	buf_clear(&b);
	assert_false(path_read_file(fifo, &b, &err));
	assert_false(path_read_file(test_dir(), &b, &err));
	assert_false(path_read_file(test_path("absent"), &b, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void
path__write_file__replaces_whole_and_leaves_nothing_else(UNUSED void **state)
{
	struct err err = { 0 };
	const char *p = test_write("w/config", "old and longer");
	struct stat st;
	autofree char *got = NULL;

	assert_true(path_write_file(p, SLICE_LIT("new"), 0600, &err));
	got = test_slurp(p);
	assert_string_equal(got, "new");
	assert_int_equal(stat(p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(rename(p, test_path("kept")), 0);
	assert_int_equal(rmdir(test_path("w")), 0); /* no temporary file was left */
	assert_false(path_write_file(test_path("none/x"), SLICE_LIT("y"), 0600, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void
path__write_file__keeps_a_link(UNUSED void **state)
{
	const char *real = test_write("real/config", "a"), *link = test_path("link");
	struct stat st;
	autofree char *got = NULL;

	assert_int_equal(symlink(real, link), 0);
	assert_true(path_write_file(link, SLICE_LIT("b"), 0600, NULL));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	got = test_slurp(real);
	assert_string_equal(got, "b");
}

static void
path__known_folder__file_then_names(UNUSED void **state)
{
	const char *home = test_path("home");
	autofree char *want = path_join(home, "Téléchargements");

	setenv("XDG_CONFIG_HOME", "relative is ignored", 1);
	check(path_known_folder("MUSIC", "/h"), "/h/Music");
	check(path_known_folder("NOSUCH", "/h"), "/h");
	test_write("home/.config/user-dirs.dirs",
		"# comment\nXDG_DOWNLOAD_DIR=\"$HOME/Téléchargements\"\n"
		"XDG_DESKTOP_DIR=\"$HOME/\"\nXDG_MUSIC_DIR=\"/srv/my \\\"music\\\"/\"\n"
		"XDG_PICTURES_DIR=\"relative\"\n");
	check(path_known_folder("DOWNLOAD", home), want);
	check(path_known_folder("MUSIC", home), "/srv/my \"music\"");
	free(want);
	/* Set to the home itself means there is none: never the whole home. */
	want = path_join(home, "Desktop");
	check(path_known_folder("DESKTOP", home), want);
	free(want);
	want = path_join(home, "Pictures");
	check(path_known_folder("PICTURES", home), want);
	unsetenv("XDG_CONFIG_HOME");
}

static void
places__init__homard_home_holds_all(UNUSED void **state)
{
	struct places p;
	struct err err = { 0 };
	struct stat st;
	const char *all = test_path("new/all");

	setenv("HOMARD_HOME", all, 1);
	setenv("XDG_STATE_HOME", "/nowhere", 1);
	assert_true(places_init(&p, &err));
	assert_string_equal(p.config, all);
	assert_string_equal(p.state, all);
	assert_string_equal(p.data, all);
	assert_int_equal(stat(all, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	places_finish(&p);
	places_finish(&p);
	unsetenv("HOMARD_HOME");
	unsetenv("XDG_STATE_HOME");
}

static void
places__init__xdg_and_defaults(UNUSED void **state)
{
	struct places p;
	struct err err = { 0 };
	const char *home = test_path("xhome");
	autofree char *state_dir = path_join(home, ".local/state/homard");

	setenv("HOME", home, 1);
	setenv("XDG_CONFIG_HOME", test_path("xcfg"), 1);
	setenv("XDG_DATA_HOME", "not/absolute", 1);
	unsetenv("XDG_STATE_HOME");
	assert_true(places_init(&p, &err));
	assert_string_equal(p.home, home);
	assert_string_equal(p.config, test_path("xcfg/homard"));
	assert_string_equal(p.state, state_dir);
	assert_true(str_ends(p.data, "/xhome/.local/share/homard"));
	assert_null(places_helper(&p, "homard-nosuch", &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	places_finish(&p);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_DATA_HOME");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path__join__one_slash),
		cmocka_unit_test(path__normal__is_lexical),
		cmocka_unit_test(path__resolve__knows_home_and_cwd),
		cmocka_unit_test(path__tilde__only_below_home),
		cmocka_unit_test(path__base_dir__of_any_path),
		cmocka_unit_test(path__below__compares_whole_components),
		cmocka_unit_test(path__numbered__before_the_extension),
		cmocka_unit_test(path__make_dirs__makes_all_and_accepts_existing),
		cmocka_unit_test(path__read_file__bounds_and_kinds),
		cmocka_unit_test(path__write_file__replaces_whole_and_leaves_nothing_else),
		cmocka_unit_test(path__write_file__keeps_a_link),
		cmocka_unit_test(path__known_folder__file_then_names),
		cmocka_unit_test(places__init__homard_home_holds_all),
		cmocka_unit_test(places__init__xdg_and_defaults),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
