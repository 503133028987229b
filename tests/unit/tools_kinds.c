#include "tests/support/testing.h"
#include "agent/tools/glob.h"
#include "agent/tools/kinds.h"
#include "agent/tools/topn.h"
#include "agent/tools/util.h"
#include <time.h>

static void
kinds__table__is_sorted_and_lower(UNUSED void **state)
{
	for (size_t i = 0; i < kind_n_exts; i++) {
		for (const char *s = kind_exts[i].ext; *s; s++)
			assert_false(*s >= 'A' && *s <= 'Z');
		assert_true(strlen(kind_exts[i].ext) < 15);
		if (i)
			assert_true(strcmp(kind_exts[i - 1].ext, kind_exts[i].ext) < 0);
	}
}

static void
kinds__name__decides(UNUSED void **state)
{
	assert_string_equal(kind_of_name("a.JPG"), "Pictures");
	assert_string_equal(kind_of_name("a.b.pdf"), "Documents");
	assert_string_equal(kind_of_name("x.tar.gz"), "Archives");
	assert_string_equal(kind_of_name("Makefile"), "Code");
	assert_string_equal(kind_of_name("README"), "Documents");
	assert_string_equal(kind_of_name("noext"), KIND_OTHER);
	assert_string_equal(kind_of_name("a."), KIND_OTHER);
	assert_string_equal(kind_of_name("a.thisextensionisfartoolong"), KIND_OTHER);
	assert_string_equal(kind_of_name(".bashrc"), KIND_OTHER);
	assert_string_equal(kind_of_name("\xff\xfe.mp3"), "Music");
	assert_string_equal(kind_of_word("图片"), "Pictures");
	assert_string_equal(kind_of_word("Photos"), "Pictures");
	assert_null(kind_of_word("bananas"));
}

static void
kinds__first_bytes__say_what_it_is(UNUSED void **state)
{
	assert_null(tool_not_text(SLICE_LIT("hello\n")));
	assert_null(tool_not_text((struct slice){ NULL, 0 }));
	assert_string_equal(tool_not_text(SLICE_LIT("\x89PNG\r\n")), "a PNG picture");
	assert_string_equal(tool_not_text(SLICE_LIT("ab\0c")), "a binary file");
}

static bool
fits(const char *pattern, const char *name)
{
	struct glob g;
	bool fit;

	assert_true(glob_init(&g, pattern, NULL));
	fit = glob_match(&g, name, name);
	glob_finish(&g);
	return fit;
}

static void
glob__patterns__fit(UNUSED void **state)
{
	assert_true(fits("*.jpg", "A.JPG"));
	assert_false(fits("*.jpg", "a.jpeg"));
	assert_true(fits("*.{jpg,jpeg,tar.{gz,xz}}", "x.tar.xz"));
	assert_false(fits("*.{jpg,jpeg}", "x.tar.xz"));
	assert_true(fits("?.txt", "é.txt"));
	assert_false(fits("?.txt", "ab.txt"));
	assert_true(fits("[a-c]x[!0-9]", "bxq"));
	assert_false(fits("[a-c]x[!0-9]", "bx7"));
	assert_true(fits("invoice", "My Invoice 3.pdf"));
	assert_true(fits("kind:pictures", "a.png"));
	assert_true(fits("图片", "a.png"));
	assert_false(fits("photos", "a.pdf"));
	assert_true(fits("sub/*.c", "sub/x.c"));
	assert_true(fits("[x", "[x"));
	assert_true(fits("", "anything"));
	assert_true(fits("a{b", "a{b"));
	assert_true(fits("*报告*", "年度报告.docx"));
}

static void
glob__many_stars__stay_quick(UNUSED void **state)
{
	char name[4001], pattern[401];
	struct timespec a, b;

	memset(name, 'a', 4000);
	name[4000] = '\0';
	for (int i = 0; i < 200; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[399] = 'b';
	pattern[400] = '\0';
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_false(fits(pattern, name));
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec <= 1);
}

static void
glob__too_much__is_refused(UNUSED void **state)
{
	struct glob g;
	struct err err = { 0 };

	assert_false(glob_init(&g, "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", &err));
	assert_int_equal(err.code, ERR_USAGE);
}

static void
topn__many__keeps_the_greatest(UNUSED void **state)
{
	struct topn t;
	char name[16];

	topn_init(&t, 5, false);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d", (i * 7919) % 1000);
		topn_add(&t, name, (i * 7919) % 1000, NULL);
	}
	topn_sort(&t);
	assert_int_equal(t.n, 5);
	assert_int_equal(t.seen, 1000);
	for (int i = 0; i < 5; i++)
		assert_int_equal(t.v[i].key, 999 - i);
	topn_finish(&t);
	topn_init(&t, 3, true);
	topn_add(&t, "c", 1, NULL);
	topn_add(&t, "a", 2, NULL);
	topn_add(&t, "d", 3, NULL);
	topn_add(&t, "b", 4, NULL);
	topn_sort(&t);
	assert_string_equal(t.v[0].name, "a");
	assert_string_equal(t.v[2].name, "c");
	topn_finish(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds__table__is_sorted_and_lower),
		cmocka_unit_test(kinds__name__decides),
		cmocka_unit_test(kinds__first_bytes__say_what_it_is),
		cmocka_unit_test(glob__patterns__fit),
		cmocka_unit_test(glob__many_stars__stay_quick),
		cmocka_unit_test(glob__too_much__is_refused),
		cmocka_unit_test(topn__many__keeps_the_greatest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
