#include "tests/support/testing.h"
#include "agent/base/str.h"

static void
slice__cut__loops_over_all_parts(UNUSED void **state)
{
	struct slice rest = SLICE_LIT("a,,b,");
	const char *const want[] = { "a", "", "b", "" };
	size_t n = 0;

	while (rest.p) {
		assert_true(n < ARRAY_LEN(want));
		assert_true(slice_eq_str(slice_cut(&rest, ','), want[n++]));
	}
	assert_int_equal(n, 4);
}

static void
slice__line__takes_both_line_ends(UNUSED void **state)
{
	struct slice rest = SLICE_LIT("one\r\n\ntwo\nlast");
	const char *const want[] = { "one", "", "two", "last" };
	size_t n = 0;

	while (rest.p)
		assert_true(slice_eq_str(slice_line(&rest), want[n++]));
	assert_int_equal(n, 4);
	rest = SLICE_LIT("only\n");
	assert_true(slice_eq_str(slice_line(&rest), "only"));
	assert_null(rest.p);
}

static void
slice__compare__knows_lengths(UNUSED void **state)
{
	struct slice s = { "ab\0cd", 5 };
	autofree char *copy = slice_dup(s);

	assert_memory_equal(copy, "ab\0cd\0", 6);
	assert_false(slice_eq_str(s, "ab"));
	assert_true(slice_eq((struct slice){ NULL, 0 }, SLICE_LIT("")));
	assert_true(slice_starts(SLICE_LIT("abc"), ""));
	assert_true(slice_starts(SLICE_LIT("abc"), "abc"));
	assert_false(slice_starts(SLICE_LIT("ab"), "abc"));
	assert_true(slice_ends(SLICE_LIT("abc"), "bc"));
	assert_false(slice_ends((struct slice){ NULL, 0 }, "x"));
	assert_true(slice_eq_str(slice_trim(SLICE_LIT(" \t\r\n x y \v\f")), "x y"));
	assert_int_equal(slice_trim(SLICE_LIT("  ")).n, 0);
}

static void
slice__find__first_or_none(UNUSED void **state)
{
	assert_int_equal(slice_find(SLICE_LIT("abcabc"), SLICE_LIT("ca")), 2);
	assert_int_equal(slice_find(SLICE_LIT("abc"), SLICE_LIT("x")), -1);
	assert_int_equal(slice_find(SLICE_LIT("a"), SLICE_LIT("abc")), -1);
	assert_int_equal(slice_find(SLICE_LIT("abc"), SLICE_LIT("")), 0);
	assert_int_equal(slice_find((struct slice){ NULL, 0 }, SLICE_LIT("a")), -1);
}

static void
str__eq_nocase__is_ascii_only(UNUSED void **state)
{
	assert_true(str_eq_nocase("HeLLo-9", "hEllO-9"));
	assert_false(str_eq_nocase("a", "ab"));
	assert_false(str_eq_nocase("ab", "a"));
	assert_false(str_eq_nocase("\xC3\x84", "\xC3\xA4"));
	assert_true(str_starts("abc", "ab"));
	assert_false(str_starts("a", "ab"));
	assert_true(str_ends("a.txt", ".txt"));
}

static void
str__to_i64__whole_range_and_nothing_else(UNUSED void **state)
{
	static const char *const bad[] = { "", "-", "+", " 1", "1 ", "0x1", "1.0", "--1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999999" };
	int64_t n = 7;
	uint64_t u = 7;

	assert_true(str_to_i64("-9223372036854775808", &n));
	assert_true(n == INT64_MIN);
	assert_true(str_to_i64("9223372036854775807", &n));
	assert_true(n == INT64_MAX);
	assert_true(str_to_i64("+12", &n));
	assert_int_equal(n, 12);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_to_i64(bad[i], &n));
	assert_int_equal(n, 12);
	assert_true(str_to_u64("18446744073709551615", &u));
	assert_true(u == UINT64_MAX);
	assert_false(str_to_u64("18446744073709551616", &u));
	assert_false(str_to_u64("-1", &u));
}

static void
str__to_double__plain_decimals(UNUSED void **state)
{
	static const char *const good[] = { "0", "-1.5", "+2e3", ".5", "5.", "1E-2" };
	static const char *const bad[] = { "", ".", "nan", "inf", "0x10", "1e", "1 ", " 1",
		"1e999", "1,5" };
	double d;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(str_to_double(good[i], &d));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_to_double(bad[i], &d));
	assert_true(str_to_double("2.25", &d) && d == 2.25);
}

static void
str__to_size__units_and_overflow(UNUSED void **state)
{
	static const struct {
		const char *s;
		uint64_t n;
	} good[] = { { "10", 10 }, { "4K", 4096 }, { "4k", 4096 }, { "1.5 MB", 1572864 },
		{ "2GiB", 2147483648u }, { "7 b", 7 }, { "16777215T", 18446742974197923840u },
		{ "0.5K", 512 } };
	static const char *const bad[] = { "", "K", "-1", "1X", "1KBB", "1 K B", "16777216T",
		"18446744073709551616", "1e30P" };
	uint64_t n;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(str_to_size(good[i].s, &n));
		assert_true(n == good[i].n);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_to_size(bad[i], &n));
}

static void
str__size__never_prints_1024_of_a_unit(UNUSED void **state)
{
	char s[16];

	assert_string_equal(str_size(0, s), "0 B");
	assert_string_equal(str_size(1023, s), "1023 B");
	assert_string_equal(str_size(1024, s), "1.0 kB");
	assert_string_equal(str_size(1468006, s), "1.4 MB");
	assert_string_equal(str_size(10 << 20, s), "10 MB");
	assert_string_equal(str_size((1 << 20) - 1, s), "1.0 MB");
	assert_string_equal(str_size(UINT64_MAX, s), "16 EB");
	for (uint64_t n = 1; n < UINT64_MAX / 3; n *= 3) {
		assert_null(strstr(str_size(n * 2 + 1, s), "1024"));
		assert_true(strlen(s) < 16);
	}
}

static void
str__count__separates_thousands(UNUSED void **state)
{
	char s[32];

	assert_string_equal(str_count(0, s), "0");
	assert_string_equal(str_count(999, s), "999");
	assert_string_equal(str_count(1000, s), "1,000");
	assert_string_equal(str_count(101020, s), "101,020");
	assert_string_equal(str_count(UINT64_MAX, s), "18,446,744,073,709,551,615");
}

static void
strv__add__stays_terminated(UNUSED void **state)
{
	autostrv struct strv v = { 0 };

	assert_false(strv_has(&v, "a"));
	strv_sort(&v);
	for (int i = 20; i > 0; i--) {
		strv_addf(&v, "%02d", i);
		assert_null(v.v[v.n]);
	}
	strv_add(&v, "00");
	strv_sort(&v);
	assert_string_equal(v.v[0], "00");
	assert_string_equal(v.v[20], "20");
	assert_true(strv_has(&v, "13"));
	assert_int_equal(v.n, 21);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slice__cut__loops_over_all_parts),
		cmocka_unit_test(slice__line__takes_both_line_ends),
		cmocka_unit_test(slice__compare__knows_lengths),
		cmocka_unit_test(slice__find__first_or_none),
		cmocka_unit_test(str__eq_nocase__is_ascii_only),
		cmocka_unit_test(str__to_i64__whole_range_and_nothing_else),
		cmocka_unit_test(str__to_double__plain_decimals),
		cmocka_unit_test(str__to_size__units_and_overflow),
		cmocka_unit_test(str__size__never_prints_1024_of_a_unit),
		cmocka_unit_test(str__count__separates_thousands),
		cmocka_unit_test(strv__add__stays_terminated),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
